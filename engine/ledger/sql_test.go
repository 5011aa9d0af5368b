package ledger_test

import (
	"testing"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/enginetest/fixtures"
	"manage/engine/ledger"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

func open(t testing.TB, e enginetest.Database) database.Session {
	t.Helper()
	s, err := fixtures.DB(t, e.URL).Session(t.Context())
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

func TestSQL(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		t.Run(string(d), func(t *testing.T) {
			fresh := func(t *testing.T) books {
				db := enginetest.New(t, d)
				return func(catalog string) ledger.Store { return ledger.NewSQL(open(t, db), catalog, "alembic_version") }
			}
			conformance(t, fresh)
			t.Run("notices foreign changes of version rows", func(t *testing.T) { foreignRows(t, fresh(t)) })
		})
	}
}
