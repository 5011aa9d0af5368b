package phases

import (
	"context"
	"time"

	"manage/engine/database"
	"manage/engine/ledger"
	"manage/engine/run"
	"manage/migrations/catalog"
)

// Commands that only look do not start the programs of data migrations: whoever
// may write a catalog should not be run by everybody who looks at a database.
// Whether rows are left is not known then, and is not taken for "none": it is
// what the last run has recorded.

// unaskable reports whether a data migration is done by a program that this
// service does not start to ask it.
func (s *Service) unaskable(m *catalog.Migration) bool {
	return s.Batches.NoPrograms && m != nil && len(m.Program) > 0
}

// recordedDone reports whether a run of a data migration has come to its end
// since the revisions before it were applied last.
func (s *Service) recordedDone(ctx context.Context, q database.Querier, m *catalog.Migration) (bool, error) {
	sess, ok := q.(database.Session)
	if !ok {
		return false, nil
	}
	store := s.store(sess)
	progress, err := store.Progress(ctx)
	if err != nil {
		return false, err
	}
	var finished time.Time
	for _, p := range progress {
		if p.Migration != m.ID {
			continue
		}
		if p.Finished == nil {
			return false, nil
		}
		if p.Range == "" {
			finished = *p.Finished
		}
	}
	if finished.IsZero() {
		return false, nil
	}
	journal, err := store.Attempts(ctx)
	if err != nil {
		return false, err
	}
	before := s.Catalog.Graph.Closure(m.DependsOn...)
	for _, at := range journal {
		if before.Has(at.Revision) && at.Started.After(finished) {
			return false, nil // gone back and applied anew
		}
	}
	return true, nil
}

// unrecorded reports whether a data migration is done by a program and no end of
// a run of it is recorded. Its turn comes also if it has nothing to move, so that
// commands that only look can tell.
func (s *Service) unrecorded(ctx context.Context, q database.Querier, m *catalog.Migration) (bool, error) {
	if len(m.Program) == 0 || s.unaskable(m) {
		return false, nil
	}
	done, err := s.recordedDone(ctx, q, m)
	return !done, err
}

// recordDone records that the program of a data migration has nothing to move.
func (s *Service) recordDone(ctx context.Context, held *run.Held, m *catalog.Migration) error {
	open, err := s.unrecorded(ctx, held.Session(), m)
	if err != nil || !open {
		return err
	}
	done := ledger.Progress{Migration: m.ID}
	progress, err := held.Store().Progress(ctx)
	if err != nil {
		return err
	}
	for _, p := range progress {
		if p.Migration == m.ID && p.Range == "" {
			done = p
		}
	}
	done.Finished = &time.Time{}
	return held.Batch(ctx, func(context.Context, database.Session) (ledger.Progress, error) { return done, nil })
}

// notAsked are those of some data migrations that this service does not ask.
func (s *Service) notAsked(ids []string) []string {
	var all []string
	for _, id := range ids {
		if s.unaskable(s.Catalog.Migrations[id]) {
			all = append(all, id)
		}
	}
	return all
}

// unknownRows refuses what comes after a data migration whose program was not
// asked.
func unknownRows(id string) error {
	return &Refused{
		Reason: "contract cannot run before the data migration " + id + " is complete; whether it is, is not known, because its program was not asked and no finished run of it is recorded",
		Hint:   "let the program be asked with --ask-programs, or run migrate first",
	}
}
