package phases

import (
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/migrations/catalog"
	"manage/schema"
)

// A bridge is what an expand revision makes only while two releases run: its
// changes with `when = "online"`. An online run restores one that is missing,
// as an offline expand leaves it out; an offline run removes one that is
// there, as nobody needs it any more and its columns are about to go.

// bridgesPossible reports whether the command must look for bridges.
func (s *Service) bridgesPossible(a attempt) bool {
	for _, r := range s.Catalog.Graph.Revisions() {
		if a.applied.Has(r.ID) && len(bridgeOf(s.Catalog.Revisions[r.ID])) > 0 {
			return true
		}
	}
	return false
}

// bridgeOf returns the changes of a revision that only online runs make.
func bridgeOf(r *catalog.Revision) []catalog.Change {
	var changes []catalog.Change
	for _, c := range r.Up {
		if c.When == catalog.Online {
			changes = append(changes, c)
		}
	}
	return changes
}

// bridges plans what is to be restored or removed before anything else runs,
// and folds it into live.
func (s *Service) bridges(a attempt, live *schema.Schema) []plan.Step {
	var steps []plan.Step
	for _, r := range s.Catalog.Graph.Revisions() {
		if !a.applied.Has(r.ID) {
			continue
		}
		changes := bridgeOf(s.Catalog.Revisions[r.ID])
		if len(changes) == 0 {
			continue
		}
		p := &planner{catalog: s.Catalog, state: live, online: true}
		changes = p.parts(changes)
		step := plan.Step{ID: r.ID, Phase: plan.Bridge, Release: r.Release, Transaction: live.Flavor.TransactionalDDL()}
		if a.req.Online {
			if !s.contracted(r, a) {
				step.Direction, step.Message = plan.Up, "restore what joins the two releases"
				p.restore(&step, changes)
			}
		} else {
			step.Direction, step.Message = plan.Down, "remove what joined the two releases"
			p.remove(&step, changes)
		}
		if len(step.Statements) > 0 {
			steps = append(steps, step)
		}
	}
	return steps
}

// contracted reports whether the contract side of an expand revision has
// begun: from then on its bridge must not come back. One that is half applied
// may have dropped it, and will not do so again.
func (s *Service) contracted(expand revision.Revision, a attempt) bool {
	for _, r := range s.Catalog.Graph.Revisions() {
		if r.Branch != revision.Contract || r.Release != expand.Release {
			continue
		}
		if _, half := a.unfinished[r.ID]; half || a.applied.Has(r.ID) {
			return true
		}
	}
	return false
}

// parts puts the triggers of sync_columns in its place, so that each is looked
// at by itself: where only one of the two is there, the bridge is broken.
// Columns that are not there have none.
func (p *planner) parts(changes []catalog.Change) []catalog.Change {
	var out []catalog.Change
	for _, c := range changes {
		sync, ok := c.Op.(*schema.SyncColumns)
		if !ok {
			out = append(out, c)
			continue
		}
		if !p.takesPart(c) {
			continue
		}
		ops, err := sync.Parts(p.state)
		if err != nil {
			continue // what it joins is gone, and the server let its triggers go before
		}
		for _, op := range ops {
			out = append(out, catalog.Change{Op: op, When: c.When, Dialects: c.Dialects, Source: c.Source})
		}
	}
	return out
}

// restore adds the statements that make the missing parts of a bridge. A part
// that cannot be made on the live schema is left out: what it joins is gone.
func (p *planner) restore(step *plan.Step, changes []catalog.Change) {
	for i, c := range changes {
		if !p.takesPart(c) || present(c.Op, p.state) {
			continue
		}
		statements, err := schema.Statements(c.Op, p.state, p.form())
		if err != nil || c.Op.Apply(p.state) != nil {
			continue
		}
		step.Statements = append(step.Statements, numbered(statements, i)...)
	}
}

// remove adds the statements that undo the parts of a bridge that are there,
// the last one first.
func (p *planner) remove(step *plan.Step, changes []catalog.Change) {
	for i := len(changes) - 1; i >= 0; i-- {
		c := changes[i]
		if !p.takesPart(c) || !present(c.Op, p.state) {
			continue
		}
		inverse, err := c.Op.Inverse(p.state)
		if err != nil {
			continue
		}
		for _, op := range inverse {
			statements, err := schema.Statements(op, p.state, p.form())
			if err == nil && op.Apply(p.state) == nil {
				step.Statements = append(step.Statements, numbered(statements, len(step.Statements))...)
			}
		}
	}
}

// numbered gives the statements of one operation its place in the step.
func numbered(statements []plan.Statement, operation int) []plan.Statement {
	for i := range statements {
		statements[i].Position.Operation = operation
	}
	return statements
}

// present reports whether the live schema holds what a bridging operation
// makes.
func present(op schema.Operation, live *schema.Schema) bool {
	t, ok := op.(*schema.CreateTrigger)
	if !ok {
		return false
	}
	for _, have := range live.Triggers {
		if have.Name == t.Name && have.Table == t.Table {
			return true
		}
	}
	return false
}
