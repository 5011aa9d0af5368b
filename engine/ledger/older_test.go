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
