package run

import (
	"errors"
	"fmt"
)

// Place is a place in the code where a run can break. The names are stable:
// tests and harnesses choose by them.
type Place string

// The places, in the order in which a run passes them.
const (
	BeforeAcquire   Place = "before-acquire"
	AfterAcquire    Place = "after-acquire"
	BeforeStart     Place = "before-start" // of a journal row
	AfterStart      Place = "after-start"
	BeforeBegin     Place = "before-begin" // of a transaction
	AfterBegin      Place = "after-begin"
	BeforeStatement Place = "before-statement"
	AfterStatement  Place = "after-statement"
	BeforeMark      Place = "before-mark" // done and next position
	AfterMark       Place = "after-mark"
	BeforeComplete  Place = "before-complete" // journal, version rows and lease
	AfterComplete   Place = "after-complete"
	BeforeCommit    Place = "before-commit"
	AfterCommit     Place = "after-commit"
	BeforeRelease   Place = "before-release"
	AfterRelease    Place = "after-release"
)

// Point is a place and when it is passed.
type Point struct {
	Place Place
	Step  string // "" outside of steps
	Index int    // of the statement within the step's plan, where there is one
}

// String is the point's stable name, such as "ocata_expand01/2/after-statement".
func (p Point) String() string {
	if p.Step == "" {
		return string(p.Place)
	}
	return fmt.Sprintf("%s/%d/%s", p.Step, p.Index, p.Place)
}

// Faults breaks runs, for tests. At is called at every point; a Faults that
// wants the connection to break there breaks it and returns nil. An error means
// that the process dies there: the run returns at once with that error, and
// neither rolls back nor records anything.
type Faults interface {
	At(point Point) error
}

// died wraps the error of a Faults, so that nothing is done after it.
type died struct {
	point Point
	err   error
}

func (e *died) Error() string { return fmt.Sprintf("at %s: %v", e.point, e.err) }
func (e *died) Unwrap() error { return e.err }

func isDead(err error) bool {
	var d *died
	return errors.As(err, &d)
}

// at passes a point.
func (r *Runner) at(place Place, step string, index int) error {
	if r.Faults == nil {
		return nil
	}
	p := Point{Place: place, Step: step, Index: index}
	if err := r.Faults.At(p); err != nil {
		return &died{point: p, err: err}
	}
	return nil
}
