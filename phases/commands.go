package phases

import (
	"context"

	"manage/engine/database"
	"manage/engine/plan"
	"manage/engine/revision"
)

// Sync takes an existing database under control and moves it to the request's
// version: expand, every due data migration, contract.
func (s *Service) Sync(ctx context.Context, req Request) (Result, error) {
	return s.change(ctx, "sync", s.toVersion(req))
}

// Upgrade moves a database to the request's version. It differs from Sync in
// name only: it is what one runs on a catalog without branches.
func (s *Service) Upgrade(ctx context.Context, req Request) (Result, error) {
	return s.change(ctx, "upgrade", s.toVersion(req))
}

// Expand applies the trunk and the expand branch, online.
func (s *Service) Expand(ctx context.Context, req Request) (Result, error) {
	return s.change(ctx, "expand", s.expandJob(req))
}

// Migrate runs the data migrations that are due, online.
func (s *Service) Migrate(ctx context.Context, req Request) (Result, error) {
	return s.change(ctx, "migrate", s.migrateJob(req))
}

// Contract applies the contract branch, online.
func (s *Service) Contract(ctx context.Context, req Request) (Result, error) {
	return s.change(ctx, "contract", s.contractJob(req))
}

// toVersion decides for Sync and Upgrade.
func (s *Service) toVersion(req Request) job {
	return func(ctx context.Context, sess database.Session) (work, error) {
		a, err := s.begin(ctx, sess, req, "")
		if err != nil {
			return work{}, err
		}
		pending := s.Catalog.Graph.Pending(a.applied, a.target.Set)
		migrations := s.Catalog.Graph.MigrationsBetween(a.applied, a.target.Set)
		return s.compose(ctx, sess, a, pending, migrations)
	}
}

// expandJob decides for Expand.
func (s *Service) expandJob(req Request) job {
	req.Online = true
	return func(ctx context.Context, sess database.Session) (work, error) {
		if err := s.branched("expand"); err != nil {
			return work{}, err
		}
		a, err := s.begin(ctx, sess, req, revision.Expand)
		if err != nil {
			return work{}, err
		}
		return s.compose(ctx, sess, a, s.Catalog.Graph.Pending(a.applied, a.target.Set), nil)
	}
}

// contractJob decides for Contract: gates first, then the plan.
func (s *Service) contractJob(req Request) job {
	req.Online = true
	return func(ctx context.Context, sess database.Session) (work, error) {
		if err := s.branched("contract"); err != nil {
			return work{}, err
		}
		a, err := s.begin(ctx, sess, req, revision.Contract)
		if err != nil {
			return work{}, err
		}
		if err := s.expandedFor("contract", a.applied, a.target.Set); err != nil {
			return work{}, err
		}
		pending := s.Catalog.Graph.Pending(a.applied, a.target.Set)
		w, err := s.compose(ctx, sess, a, pending, nil)
		if err != nil {
			return work{}, err
		}
		return w, s.migratedFor(ctx, sess, a)
	}
}

// migratedFor refuses a contract that a due data migration must precede.
func (s *Service) migratedFor(ctx context.Context, sess database.Session, a attempt) error {
	due, err := s.due(ctx, sess, s.Catalog.Graph.MigrationsBetween(a.applied, a.target.Set), nil)
	if err != nil || len(due) == 0 {
		return err
	}
	if s.unaskable(s.Catalog.Migrations[due[0]]) {
		return unknownRows(due[0])
	}
	return &Refused{Reason: "contract cannot run before the data migration " + due[0] + " is complete", Next: "migrate"}
}

// stampStep is the step that only writes version rows.
func stampStep(id string, rows []string) plan.Step {
	return plan.Step{ID: id, Phase: plan.Adopt, Direction: plan.Up, Transaction: true, Rows: rows}
}
