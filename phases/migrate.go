package phases

import (
	"context"

	"manage/engine/database"
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/migrations/catalog"
	"manage/phases/backfill"
	"manage/schema"
)

// migrateJob decides for Migrate.
func (s *Service) migrateJob(req Request) job {
	req.Online = true
	return func(ctx context.Context, sess database.Session) (work, error) {
		if err := s.branched("migrate"); err != nil {
			return work{}, err
		}
		a, err := s.begin(ctx, sess, req, revision.Migrate)
		if err != nil {
			return work{}, err
		}
		if a.target.Migration != "" && req.Again {
			return s.again(ctx, sess, a)
		}
		if err := s.expandedFor("migrate", a.applied, expandPart(s.Catalog.Graph, a.target.Set)); err != nil {
			return work{}, err
		}
		w, err := s.compose(ctx, sess, a, nil, a.target.Migrations)
		if err != nil {
			return work{}, err
		}
		return w, s.stillFits(ctx, sess, a, w.plan)
	}
}

// expandPart leaves the contract revisions out of a set, with what only they
// need.
func expandPart(g *revision.Graph, set revision.Set) revision.Set {
	var ids []string
	for _, id := range set.IDs() {
		if r, _ := g.Revision(id); r.Branch != revision.Contract {
			ids = append(ids, id)
		}
	}
	return g.Closure(ids...)
}

// again decides for `migrate NAME --again`: one data migration is run once
// more, whatever is contracted, if it finds rows.
func (s *Service) again(ctx context.Context, sess database.Session, a attempt) (work, error) {
	id := a.target.Migration
	found, err := s.pending(ctx, sess, s.Catalog.Migrations[id])
	if err != nil || !found {
		return work{}, err
	}
	w := work{}
	w.plan = plan.Plan{Catalog: s.Catalog.Name, Dialect: string(s.DB.Flavor().Dialect), From: a.position.Rows, To: a.position.Rows}
	w.plan.Steps = s.migrationSteps([]string{id})
	return w, nil
}

// stillFits refuses data migrations whose contract revision was begun by
// something that left no journal: what they read may be gone.
func (s *Service) stillFits(ctx context.Context, sess database.Session, a attempt, p plan.Plan) error {
	var waiting []string
	for _, step := range p.Steps {
		if step.Phase != plan.Migrate {
			continue
		}
		if before := s.Catalog.Graph.Waiting(step.ID); before != "" {
			waiting = append(waiting, before)
		}
	}
	if len(waiting) == 0 {
		return nil
	}
	live, err := s.inspect(ctx, sess)
	if err != nil {
		return err
	}
	target := s.Catalog.Graph.Closure(waiting...)
	planned := &planner{catalog: s.Catalog, state: live, online: true, applied: a.applied}
	w := work{}
	return s.revisions(ctx, sess, planned, &w, a, s.Catalog.Graph.Pending(a.applied, target), nil)
}

// countPending counts the rows that a data migration has still to move, as far
// as its steps tell.
func (s *Service) countPending(ctx context.Context, q database.Querier, id string) (int64, error) {
	return backfill.Count(ctx, q, s.Catalog.Migrations[id], s.DB.Flavor())
}

// pendingElsewhere asks a program or a Go hook whether anything is pending.
func (s *Service) pendingElsewhere(ctx context.Context, q database.Querier, m *catalog.Migration) (bool, error) {
	if s.unaskable(m) {
		done, err := s.recordedDone(ctx, q, m)
		return !done, err
	}
	return backfill.Pending(ctx, s.DB, m, s.backfillOptions())
}

// Inspect reads the live schema of the service's database.
func (s *Service) Inspect(ctx context.Context) (*schema.Schema, error) {
	sess, err := s.DB.Reader(ctx)
	if err != nil {
		return nil, err
	}
	defer sess.Close()
	return s.inspect(ctx, sess)
}
