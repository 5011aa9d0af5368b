package phases

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"manage/engine/database"
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/engine/run"
	"manage/migrations/catalog"
	"manage/schema"
)

// WayBack is what a downgrade would do: its plan, and what it would destroy.
type WayBack struct {
	Plan   plan.Plan
	Losses []plan.Loss
	// NotUndone are data migrations whose rows stay as they are.
	NotUndone []string
	// Revisions are the revisions that go, in their order. Plan may hold fewer:
	// what follows plain SQL is planned once that has run.
	Revisions []string
	ways      []oneBack
	cut       bool
}

// Downgrade takes a database back to the request's version. Before anything
// runs it is refused where the catalog forbids it and where a revision has no
// way back.
func (s *Service) Downgrade(ctx context.Context, req Request) (Result, error) {
	return s.change(ctx, "downgrade", func(ctx context.Context, sess database.Session) (work, error) {
		a, way, err := s.wayBack(ctx, sess, req)
		return work{plan: way.Plan, unfinished: a.unfinished, cut: way.cut, back: way.ways, notUndone: way.NotUndone}, err
	})
}

// WayBack says what Downgrade would do. It writes nothing.
func (s *Service) WayBack(ctx context.Context, req Request) (WayBack, error) {
	sess, err := s.DB.Reader(ctx)
	if err != nil {
		return WayBack{}, err
	}
	defer sess.Close()
	_, way, err := s.wayBack(ctx, sess, req)
	if err != nil {
		return way, err
	}
	way.Losses, err = s.lossesNow(ctx, sess, work{plan: way.Plan, back: way.ways})
	return way, err
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
	ways, err := s.waysBack(a.applied, pending)
	if err != nil {
		return a, way, err
	}
	for _, w := range ways {
		way.Revisions = append(way.Revisions, w.id)
	}
	way.ways = ways
	way.NotUndone = s.notUndone(a.applied, a.target.Set)
	var behind [][]catalog.Change
	for _, w := range ways {
		behind = append(behind, w.changes)
	}
	live, err := s.inspectFor(ctx, sess, behind...)
	if err != nil {
		return a, way, err
	}
	p := &planner{catalog: s.Catalog, state: live, here: s.DB.Schema(), applied: a.applied, sees: s.seesTriggers(ctx, sess)}
	for i, w := range ways {
		at, begun := a.unfinished[w.id]
		if err := misplaced(at, len(w.changes), false); err != nil {
			return a, way, err
		}
		step, err := p.down(w.id, w.changes, w.left, resume{begun: begun, attempt: at, before: p.before(w.changes)})
		var unknown *hidden
		if errors.As(err, &unknown) {
			if way.cut = true; i == 0 {
				return a, way, unknown.refusal()
			}
			return a, way, nil
		}
		if err != nil {
			return a, way, s.explain(ctx, sess, err, a)
		}
		way.Plan.Steps = append(way.Plan.Steps, step)
		if begun {
			way.cut = true
			return a, way, nil
		}
	}
	way.Plan.To = s.Catalog.Graph.Rows(p.applied)
	return a, way, nil
}

// oneBack is the way back from one revision, and what is left after it.
type oneBack struct {
	id      string
	changes []catalog.Change
	left    revision.Set
}

// waysBack finds the way back from each of pending, the last one first. One
// without a way back refuses all of them.
func (s *Service) waysBack(applied revision.Set, pending []revision.Revision) ([]oneBack, error) {
	var ways []oneBack
	for _, r := range slices.Backward(pending) {
		left := s.Catalog.Graph.Closure(slices.DeleteFunc(applied.IDs(), func(id string) bool { return id == r.ID })...)
		changes, err := s.changesBack(r.ID, left)
		if err != nil {
			return nil, err
		}
		ways = append(ways, oneBack{id: r.ID, changes: changes, left: left})
		applied = left
	}
	return ways, nil
}

// beginBack reads where the database stands and refuses what has no way back.
func (s *Service) beginBack(ctx context.Context, sess database.Session, req Request) (attempt, error) {
	if !s.Catalog.Downgrade {
		reason := fmt.Sprintf("the catalog %s has no way back", s.Catalog.Name)
		return attempt{}, &Refused{Reason: reason, Hint: s.Catalog.DowngradeReason}
	}
	a, err := s.standing(ctx, sess, req)
	if err != nil {
		return a, err
	}
	p := a.position
	for id, at := range a.unfinished {
		if at.Direction == plan.Up && !p.Applied.Has(id) && s.Catalog.Revisions[id] != nil {
			return a, &Refused{Reason: id + " is half applied, so there is nothing whole to go back from", Next: "sync " + id}
		}
		if r := s.Catalog.Revisions[id]; r != nil && at.Direction == plan.Down {
			if !r.Means(at.Checksum) {
				return a, &run.Changed{Step: id, Attempt: at}
			}
			at.Checksum = r.Checksum
			a.unfinished[id] = at
		}
	}
	a.target, err = s.Catalog.Graph.Target(req.Version, revision.Scope{Applied: p.Applied, Rows: p.Rows})
	if err == nil && !a.applied.Contains(a.target.Set) {
		at := "is at " + p.Version.String()
		if !p.Recorded {
			at = "has no version"
		}
		err = &Refused{Reason: fmt.Sprintf("%s is not behind the database, which %s", req.Version, at)}
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
			if err := c.Op.Apply(state); err != nil && !state.Opaque {
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
