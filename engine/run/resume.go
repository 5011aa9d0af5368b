package run

import (
	"context"
	"errors"

	"manage/engine/database"
	"manage/engine/ledger"
	"manage/engine/plan"
)

// Outcome is what a look at the schema tells about a statement.
type Outcome int

// The outcomes.
const (
	Unsettled  Outcome = iota // it cannot be told
	Applied                   // it took effect
	NotApplied                // it did not
)

// Settled is the answer of a Probe.
type Settled struct {
	Outcome Outcome
	// Cleanup are statements that remove what was left half done, before the
	// statement is sent again: an invalid index, for one.
	Cleanup []string
	// Left are the names of what each of them removes.
	Left []string
}

// Probe looks at the schema, through s, whether an effect is there.
type Probe func(ctx context.Context, s database.Session, e plan.Effect) (Settled, error)

// Unfinished returns the revisions that are half applied, each with its last
// attempt: its Sent is where to go on, and all that comes before is in the
// schema already. Attempts are in the journal's order. A revision whose last
// attempt left nothing behind is not among them; neither are bridges and what
// was taken over, which are planned from the live schema every time. Where
// somebody has recorded a version by hand since (`stamp`), nothing is half
// applied: he has looked, and says where the database stands.
func Unfinished(attempts []ledger.Attempt) map[string]ledger.Attempt {
	last := map[string]ledger.Attempt{}
	for _, a := range attempts {
		switch a.Phase {
		case plan.Bridge:
		case plan.Adopt:
			if a.Succeeded() && a.Checksum == "" { // not an accepted file
				clear(last)
			}
		default:
			last[a.Revision] = a
		}
	}
	for id, a := range last {
		if a.Succeeded() || a.Confirmed && a.Sent == (plan.Position{}) {
			delete(last, id)
		}
	}
	return last
}

// rest leaves out the statements that an earlier attempt left done, and settles
// the one that it may have left under way.
func (e *execution) rest(ctx context.Context, from ledger.Attempt) error {
	if from.Direction != e.step.Direction || from.Checksum != e.step.Checksum {
		return &Changed{Step: e.step.ID, Attempt: from}
	}
	for len(e.todo) > 0 && e.todo[0].Position.Before(from.Sent) {
		e.drop()
	}
	if len(e.todo) == 0 || from.Confirmed || e.todo[0].Position != from.Sent {
		return nil
	}
	// What is a transaction with its record now may have been sent without one:
	// a run beside a service has other forms.
	atomic := e.groups()[0].atomic
	if st := e.todo[0]; atomic && (st.Data || st.Effect == nil || e.h.r.Probe == nil) {
		return nil
	}
	applied, err := e.settle(ctx, nil)
	var unknown *OutcomeUnknown
	if atomic && errors.As(err, &unknown) {
		return nil
	}
	if err != nil {
		return err
	}
	if applied {
		e.drop()
	}
	return nil
}

// resumes reports whether an earlier attempt at the revision tells where its
// step goes on.
func (e *execution) resumes(unfinished map[string]ledger.Attempt) (ledger.Attempt, bool) {
	if e.step.Phase == plan.Bridge || e.step.Phase == plan.Adopt {
		return ledger.Attempt{}, false
	}
	from, found := unfinished[e.step.ID]
	return from, found
}

// drop counts the first statement as done.
func (e *execution) drop() {
	e.todo, e.first = e.todo[1:], e.first+1
}

// settle finds out whether the first statement to do took effect, and removes
// what it left half done. cause is why that is not known.
func (e *execution) settle(ctx context.Context, cause error) (applied bool, err error) {
	st := e.todo[0]
	unknown := &OutcomeUnknown{Step: e.step.ID, Index: e.first, SQL: st.SQL, LookAt: st.Effect, Err: cause}
	if st.Effect == nil || e.h.r.Probe == nil {
		return e.told(st, unknown)
	}
	settled, err := e.h.r.Probe(ctx, e.h.session, *st.Effect)
	if err != nil {
		return false, err
	}
	if settled.Outcome == Unsettled {
		return e.told(st, unknown)
	}
	e.h.emit(Settling{Step: e.step.ID, Statement: st, Outcome: settled.Outcome})
	for _, text := range settled.Cleanup {
		if _, err := e.h.session.ExecContext(ctx, text); err != nil {
			return false, e.failed(text, err)
		}
	}
	return settled.Outcome == Applied, nil
}

// told is what somebody who has looked says of a statement, or that it is
// unknown.
func (e *execution) told(st plan.Statement, unknown *OutcomeUnknown) (applied bool, err error) {
	said := e.h.o.Resolve
	if said == Unsettled || unknown.Err != nil {
		return false, unknown
	}
	e.h.o.Resolve = Unsettled
	e.h.emit(Settling{Step: e.step.ID, Statement: st, Outcome: said, Told: true})
	return said == Applied, nil
}
