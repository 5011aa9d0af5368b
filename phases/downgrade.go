package phases

import (
	"context"
	"fmt"
	"slices"

	"manage/engine/catalog"
	"manage/engine/database"
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/engine/run"
	"manage/schema"
)

// WayBack is what a downgrade would do: its plan, and what it would destroy.
type WayBack struct {
	Plan   plan.Plan
	Losses []Loss
	// NotUndone are data migrations whose rows stay as they are.
	NotUndone []string
	// Cut is true if more goes back than Plan says: it is planned once this
	// has run, because it follows plain SQL.
	Cut bool
}

// Loss is a table or a column that a downgrade takes away with its data.
type Loss struct {
	Revision string
	Table    string
	Column   string // "" if the whole table goes
	Rows     int64  // rows of the table, or those with a value in the column
}

// Downgrade takes a database back to the request's version. Before anything
// runs it is refused where the catalog forbids it and where a revision has no
// way back.
func (s *Service) Downgrade(ctx context.Context, req Request) (Result, error) {
	return s.change(ctx, "downgrade", func(ctx context.Context, sess database.Session) (work, error) {
		a, way, err := s.wayBack(ctx, sess, req)
		return work{plan: way.Plan, unfinished: a.unfinished, cut: way.Cut}, err
	})
}

// WayBack says what Downgrade would do. It writes nothing.
func (s *Service) WayBack(ctx context.Context, req Request) (WayBack, error) {
	sess, err := s.DB.Session(ctx)
	if err != nil {
		return WayBack{}, err
	}
	defer sess.Close()
	_, way, err := s.wayBack(ctx, sess, req)
	if err != nil {
		return way, err
	}
	for i := range way.Losses {
		if err := s.countLoss(ctx, sess, &way.Losses[i]); err != nil {
			return way, err
		}
	}
	return way, nil
}

// wayBack plans a downgrade on the live schema: the contract revisions from
// the newest on, then the expand revisions, then the trunk, so that what
// depends on another goes before it.
func (s *Service) wayBack(ctx context.Context, sess database.Session, req Request) (attempt, WayBack, error) {
	a, err := s.beginBack(ctx, sess, req)
	if err != nil {
		return a, WayBack{}, err
	}
	way := WayBack{Plan: plan.Plan{Catalog: s.Catalog.Name, Dialect: string(s.DB.Flavor().Dialect), From: a.position.Rows, To: a.position.Rows}}
	pending := s.Catalog.Graph.Pending(a.target.Set, a.applied)
	if len(pending) == 0 {
		return a, way, nil
	}
	live, err := s.inspect(ctx, sess)
	if err != nil {
		return a, way, err
	}
	p := &planner{catalog: s.Catalog, state: live, applied: a.applied}
	for _, r := range slices.Backward(pending) {
		left := s.Catalog.Graph.Closure(slices.DeleteFunc(p.applied.IDs(), func(id string) bool { return id == r.ID })...)
		changes, err := s.changesBack(r.ID, left)
		if err != nil {
			return a, way, err
		}
		step, err := p.down(r.ID, changes, left, resume{begun: len(a.unfinished[r.ID].Revision) > 0, attempt: a.unfinished[r.ID]})
		if err != nil {
			return a, way, s.explain(ctx, sess, err, a.applied)
		}
		way.Plan.Steps = append(way.Plan.Steps, step)
		way.Losses = append(way.Losses, losses(r.ID, changes)...)
		if step.Opaque {
			way.Cut = true
			return a, way, nil
		}
	}
	way.Plan.To = s.Catalog.Graph.Rows(p.applied)
	way.NotUndone = s.notUndone(a.applied, a.target.Set)
	return a, way, nil
}

// beginBack reads where the database stands and refuses what has no way back.
func (s *Service) beginBack(ctx context.Context, sess database.Session, req Request) (attempt, error) {
	if !s.Catalog.Downgrade {
		reason := fmt.Sprintf("the catalog %s has no way back", s.Catalog.Name)
		return attempt{}, &Refused{Reason: reason, Hint: s.Catalog.DowngradeReason}
	}
	p, err := s.position(ctx, sess)
	if err != nil {
		return attempt{}, err
	}
	if err := s.known(p); err != nil {
		return attempt{}, err
	}
	a := attempt{req: req, position: p, applied: p.Applied}
	journal, err := s.store(sess).Attempts(ctx)
	if err != nil {
		return a, err
	}
	a.unfinished = run.Unfinished(journal)
	for id, at := range a.unfinished {
		if at.Direction == plan.Up && !p.Applied.Has(id) && s.Catalog.Revisions[id] != nil {
			return a, &Refused{Reason: id + " is half applied, so there is nothing whole to go back from", Next: "sync " + id}
		}
	}
	a.target, err = s.Catalog.Graph.Target(req.Version, revision.Scope{Applied: p.Applied, Rows: p.Rows})
	if err == nil && !a.applied.Contains(a.target.Set) {
		err = &Refused{Reason: fmt.Sprintf("%s is not behind the database, which is at %s", req.Version, p.Version)}
	}
	return a, err
}

// changesBack are the changes that undo a revision on a database that is left
// with the revisions of left: those its file gives, or the inverse of its way
// up.
func (s *Service) changesBack(id string, left revision.Set) ([]catalog.Change, error) {
	r := s.Catalog.Revisions[id]
	if r.HasDown {
		return r.Down, nil
	}
	state, err := s.Catalog.Fold(s.DB.Flavor(), false, left)
	if err != nil {
		return nil, err
	}
	var back []catalog.Change
	for _, c := range r.Up {
		if !c.Serves(state.Flavor.Dialect) {
			continue
		}
		inverse, err := c.Op.Inverse(state)
		if err != nil {
			return nil, &Refused{
				Reason: fmt.Sprintf("%s has no way back: %v", id, err),
				Hint:   fmt.Sprintf("write its down part, or go back to %s at the most", id),
			}
		}
		var changes []catalog.Change
		for _, op := range inverse {
			changes = append(changes, catalog.Change{Op: always(op), Source: c.Source})
		}
		back = append(changes, back...)
		if c.RunsIn(false) {
			if err := c.Op.Apply(state); err != nil {
				return nil, err
			}
		}
	}
	return back, nil
}

// always makes the drop of a trigger bear that it is not there: what an online
// run made to bridge two releases is there or not.
func always(op schema.Operation) schema.Operation {
	if t, ok := op.(*schema.DropTrigger); ok {
		drop := *t
		drop.IfExists = true
		return &drop
	}
	return op
}

// losses are the tables and columns that changes take away.
func losses(id string, changes []catalog.Change) []Loss {
	var all []Loss
	for _, c := range changes {
		switch op := c.Op.(type) {
		case *schema.DropTable:
			all = append(all, Loss{Revision: id, Table: op.Name})
		case *schema.DropColumn:
			all = append(all, Loss{Revision: id, Table: op.Table, Column: op.Name})
		}
	}
	return all
}

// countLoss counts the rows of a loss. A table or column that is not there yet
// loses nothing.
func (s *Service) countLoss(ctx context.Context, sess database.Session, l *Loss) error {
	query := "SELECT COUNT(*) FROM " + sess.QuoteIdent(l.Table)
	if l.Column != "" {
		query += " WHERE " + sess.QuoteIdent(l.Column) + " IS NOT NULL"
	}
	n, err := queryCount(ctx, sess, query)
	if err != nil && gone(err) {
		return nil
	}
	l.Rows = n
	return err
}

// notUndone are the data migrations that ran between the two positions.
func (s *Service) notUndone(applied, target revision.Set) []string {
	var ids []string
	for _, m := range s.Catalog.Graph.Migrations() {
		needs := s.Catalog.Graph.Closure(m.DependsOn...)
		if applied.Contains(needs) && !target.Contains(needs) {
			ids = append(ids, m.ID)
		}
	}
	return ids
}
