package backfill

import (
	"context"
	"time"

	"manage/engine/database"
	"manage/engine/run"
)

// patience is how long a batch waits for a lock before it lets go of those it
// has and tries again with fewer rows. Servers that count in seconds wait one.
const patience = 200 * time.Millisecond

// calm makes batches impatient, until the function that it returns is called.
func calm(held *run.Held) func() {
	held.Impatient(patience)
	return func() { held.Impatient(0) }
}

// ready looks whether the steps can be run at all, before anything is run.
func (s *steps) ready(ctx context.Context, sess database.Session) error {
	if alone(s.dialect) {
		s.rows.target = min(s.rows.target, gapEvery)
	}
	if err := s.check(ctx, sess); err != nil {
		return err
	}
	if err := LockLess(ctx, sess); err != nil {
		return err
	}
	if err := s.try(ctx, sess); err != nil {
		return err
	}
	s.tables = make([]int64, len(s.migration.Steps))
	for i, st := range s.migration.Steps {
		n, err := estimate(ctx, sess, s.dialect, st.Table)
		if err != nil || n == 0 {
			n = countable // it has other bounds than a small one
		}
		s.tables[i] = n
	}
	return nil
}
