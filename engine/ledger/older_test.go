package ledger_test

import (
	"testing"

	"manage/engine/enginetest"
	"manage/engine/ledger"
)

// The journal of an older release has no outlines. It is read as it is, without
// being changed, and gets the column before it is next written to.
func TestOlderJournal(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		t.Run(string(d), func(t *testing.T) {
			e := enginetest.New(t, d)
			old := ledger.NewSQL(open(t, e), "glance", "alembic_version")
			must(t, old.Prepare(t.Context()))
			l, _, err := old.Acquire(t.Context(), "me", "", "", minute)
			must(t, err)
			before := example
			before.Outline = ""
			before.ID, err = old.Start(t.Context(), l.Token, before)
			must(t, err)
			e.Exec(t, "ALTER TABLE manage_journal DROP COLUMN outline")

			s := ledger.NewSQL(open(t, e), "glance", "alembic_version")
			equal(t, "the old journal", attempts(t, s), []ledger.Attempt{before})
			if columns := len(e.Query(t, "SELECT * FROM manage_journal")[0]); columns != 15 {
				t.Errorf("reading left %d columns", columns)
			}
			// Whoever seizes a lease does not prepare the books.
			id, err := s.Start(t.Context(), l.Token, example)
			must(t, err)
			second := example
			second.ID, second.Outline = id, ""
			equal(t, "written without the column", attempts(t, s), []ledger.Attempt{before, second})

			must(t, s.Prepare(t.Context()))
			must(t, ledger.NewSQL(open(t, e), "glance", "alembic_version").Prepare(t.Context()))
			third := example
			third.ID, err = s.Start(t.Context(), l.Token, third)
			must(t, err)
			equal(t, "with the column", attempts(t, s), []ledger.Attempt{before, second, third})
		})
	}
}

// So are the positions of an older release, which know no size and no reason of a
// pause.
func TestOlderPositions(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		t.Run(string(d), func(t *testing.T) {
			e := enginetest.New(t, d)
			books := func() ledger.Store { return ledger.NewSQL(open(t, e), "glance", "alembic_version") }
			old := books()
			must(t, old.Prepare(t.Context(), ledger.Positions))
			l, _, err := old.Acquire(t.Context(), "me", "", "", minute)
			must(t, err)
			must(t, old.SaveProgress(t.Context(), l.Token, ledger.Progress{Migration: "m", Position: "5", Rows: 5}))
			e.Exec(t, "ALTER TABLE manage_backfill DROP COLUMN batch_rows")
			e.Exec(t, "ALTER TABLE manage_backfill DROP COLUMN waiting")
			e.Exec(t, "ALTER TABLE manage_backfill DROP COLUMN speed_milli")

			s := books()
			expect := func(what string, batch int64, waiting string) {
				t.Helper()
				all, err := books().Progress(t.Context())
				must(t, err)
				if len(all) != 1 || all[0].Position != "5" || all[0].Batch != batch || all[0].Waiting != waiting {
					t.Errorf("%s: %+v", what, all)
				}
			}
			expect("as they were", 0, "")
			if columns := len(e.Query(t, "SELECT * FROM manage_backfill")[0]); columns != 9 {
				t.Errorf("reading left %d columns", columns)
			}
			p := ledger.Progress{Migration: "m", Position: "5", Batch: 70, Waiting: "a replica"}
			must(t, s.SaveProgress(t.Context(), l.Token, p))
			expect("written without the columns", 0, "")
			must(t, s.Prepare(t.Context(), ledger.Positions))
			must(t, books().Prepare(t.Context(), ledger.Positions))
			must(t, s.SaveProgress(t.Context(), l.Token, p))
			expect("with the columns", 70, "a replica")
		})
	}
}
