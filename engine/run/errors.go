package run

import (
	"fmt"
	"slices"
	"time"

	"manage/engine/database"
	"manage/engine/ledger"
	"manage/engine/plan"
)

// LeaseHeld is returned by Acquire when somebody else kept the lease.
type LeaseHeld struct {
	Lease  ledger.Lease
	Waited time.Duration
	// Stopped is the id of the holder's process if that is stopped, on this
	// machine; 0 otherwise.
	Stopped int
}

func (e *LeaseHeld) Error() string {
	return fmt.Sprintf("%s is working on this database (%s)", e.Lease.Holder, e.Lease.Doing)
}

// LeaseLost is why a runner that somebody took over from stopped: his session
// was ended, or his token refused. It wraps ledger.ErrLeaseLost.
type LeaseLost struct {
	Token int64         // the runner's own
	Now   *ledger.Lease // who has the lease since; nil if he has done his work
	Err   error         // how it was noticed
}

func (e *LeaseLost) Error() string {
	who := "somebody else"
	if e.Now != nil {
		who = e.Now.Holder
	}
	return fmt.Sprintf("%s took over this work, because this process gave no sign of life for too long", who)
}

// Unwrap returns ledger.ErrLeaseLost and how it was noticed.
func (e *LeaseLost) Unwrap() []error { return []error{ledger.ErrLeaseLost, e.Err} }

// Interrupted is returned when the context was cancelled. What was in hand was
// finished and recorded, unless it waited for a lock.
type Interrupted struct {
	// Next is the step to go on with, and Statement the number of its first
	// statement that is not done, from 0.
	Next      string
	Statement int
	// Began is true if anything was done before under this lease, or of the
	// step by an earlier run.
	Began bool
	// Waited is true if it came while a lock was waited for: what wanted the
	// lock was not done.
	Waited bool
}

func (e *Interrupted) Error() string {
	if e.Next == "" {
		return "interrupted"
	}
	return "interrupted before " + e.Next
}

// StepFailed is returned when a statement, or the record of it, failed.
type StepFailed struct {
	Step  string
	Index int    // of the statement within the step's plan, from 0
	SQL   string // "" if the failure was not a statement's
	Err   error
	// Applied is true if statements of this step took effect and stay; the
	// journal knows which.
	Applied bool
	// Retries is how often it was tried again after a lock timeout, and
	// Blockers are who was in the way the last time.
	Retries  int
	Blockers []Blocker
	// Left are the indexes that the statement left half built, and that could
	// not be dropped; Dropped are those that were.
	Left, Dropped []string
}

func (e *StepFailed) Error() string {
	return fmt.Sprintf("%s, statement %d: %v", e.Step, e.Index+1, e.Err)
}

// Unwrap returns the cause.
func (e *StepFailed) Unwrap() error { return e.Err }

// OutcomeUnknown is returned when a statement was sent, its answer was lost,
// and no look at the schema can tell whether it took effect.
type OutcomeUnknown struct {
	Step  string
	Index int
	SQL   string
	// LookAt is the object whose state tells; nil if the plan knows none.
	LookAt *plan.Effect
	// Settles is true if running again can settle it by a look at the schema.
	Settles bool
	Err     error // what happened to the connection; nil when found on a rerun
}

func (e *OutcomeUnknown) Error() string {
	text := fmt.Sprintf("%s, statement %d: it is not known whether it took effect", e.Step, e.Index+1)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *OutcomeUnknown) Unwrap() error { return e.Err }

// Changed is returned when a half applied revision is not the one that the
// attempt before began with, so that its positions mean nothing.
type Changed struct {
	Step    string
	Attempt ledger.Attempt
	// Compared is true if the journal keeps what the attempt began with, and
	// Differences are the parts that were changed since: none, if they are for
	// other databases than this one.
	Compared    bool
	Differences []plan.Difference
}

// Acceptable reports whether it is certain that nothing of what was changed was
// executed here, so that the attempt can go on with the revision as it is now.
func (e *Changed) Acceptable() bool {
	return e.Compared && !slices.ContainsFunc(e.Differences, func(d plan.Difference) bool { return d.Done })
}

func (e *Changed) Error() string {
	if e.Attempt.Checksum != "" {
		return fmt.Sprintf("%s is half applied, and its file has changed since", e.Step)
	}
	return fmt.Sprintf("%s is half applied", e.Step)
}

// ForeignKeysBroken is returned when a step left more rows that refer to
// nothing than there were before.
type ForeignKeysBroken struct {
	Step          string
	Tables        []string
	Before, After int64
	// Kept is true if what the step did stays, as it is in no transaction;
	// otherwise it was rolled back.
	Kept bool
}

func (e *ForeignKeysBroken) Error() string {
	return fmt.Sprintf("%s leaves %d rows that refer to nothing, %d more than before", e.Step, e.After, e.After-e.Before)
}

// locked reports whether err is one after which the same may succeed later.
func locked(err error) bool {
	c := database.ClassOf(err)
	return c == database.LockTimeout || c == database.Deadlock
}
