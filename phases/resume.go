package phases

import (
	"context"
	"slices"

	"manage/engine/database"
	"manage/engine/ledger"
	"manage/engine/plan"
	"manage/engine/run"
	"manage/migrations/catalog"
	"manage/schema"
)

// resume is where an interrupted run of a revision goes on. The zero value is
// a revision that was never begun, or whose transaction was rolled back.
type resume struct {
	begun   bool
	attempt ledger.Attempt
	// before is the schema that operation number n starts from, as the catalog
	// has it; nil if it cannot be told. It serves to name the effect of a
	// statement that may or may not have taken place.
	before func(n int) *schema.Schema
}

// resumePoint finds out from the journal where a revision goes on. A file that
// was changed after it was half applied is refused: its positions mean nothing.
// Where nothing of what was changed has been executed they do, and the request
// may accept it.
func (s *Service) resumePoint(p *planner, a attempt, id string) (resume, error) {
	last, ok := a.unfinished[id]
	if !ok || last.Direction != plan.Up {
		return resume{}, nil
	}
	r := s.Catalog.Revisions[id]
	if err := misplaced(last, len(r.Up), r.Means(last.Checksum)); err != nil {
		return resume{}, err
	}
	if !r.Means(last.Checksum) {
		changed := &run.Changed{Step: id, Attempt: last}
		changed.Differences, changed.Compared = last.Outline.Differences(
			outline(r, p.state.Flavor.Dialect), last.Sent, last.Confirmed)
		if !changed.Acceptable() || !slices.Contains(a.req.Accept, id) {
			return resume{}, changed
		}
	}
	last.Checksum = r.Checksum
	a.unfinished[id] = last
	return resume{begun: true, attempt: last, before: p.before(r.Up)}, nil
}

// misplaced is the error of an attempt that stands at an operation which its
// changes do not have: to go on from there would be to leave all of them out.
// Where the changes are others than they were, it may stand behind them.
func misplaced(at ledger.Attempt, changes int, same bool) error {
	last := changes
	if same {
		last = max(0, changes-1)
	}
	if at.Sent.Operation > last {
		return at.GarbledSent()
	}
	return nil
}

// before is resume's before for the changes of a revision, up or down.
func (p *planner) before(changes []catalog.Change) func(int) *schema.Schema {
	return func(n int) *schema.Schema {
		// Plain SQL of unknown effect among them does no harm: if the object in
		// question is known all the same, its name is all that is needed.
		state, err := p.catalog.Fold(p.state.Flavor, p.online, p.applied)
		if err != nil {
			return nil
		}
		return p.folded(state, changes[:n])
	}
}

// folded applies changes to state; nil if one of them does not fit.
func (p *planner) folded(state *schema.Schema, changes []catalog.Change) *schema.Schema {
	for _, c := range changes {
		if p.takesPart(c) && c.Op.Apply(state) != nil {
			return nil
		}
	}
	return state
}

// probe settles by a look at the live schema whether a statement took effect.
func (s *Service) probe(ctx context.Context, sess database.Session, e plan.Effect) (run.Settled, error) {
	live, err := s.inspect(ctx, sess)
	if err != nil {
		return run.Settled{}, err
	}
	shown, known := live.Shows(e)
	switch {
	case !known:
		return run.Settled{Outcome: run.Unsettled}, nil
	case shown:
		return run.Settled{Outcome: run.Applied}, nil
	}
	settled := run.Settled{Outcome: run.NotApplied, Cleanup: live.Leftover(e)}
	for _, x := range live.LeftoverIndexes(e) {
		settled.Left = append(settled.Left, x.Name)
	}
	return settled, nil
}
