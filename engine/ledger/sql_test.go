package ledger_test

import (
	"strings"
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

// The tables have transactions whatever the session would make by default.
func TestTablesHaveTransactions(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if !db.Dialect.MySQLFamily() {
			return
		}
		sess := open(t, db)
		_, err := sess.ExecContext(t.Context(), "SET default_storage_engine = MyISAM")
		must(t, err)
		must(t, ledger.NewSQL(sess, "shop", "alembic_version").Prepare(t.Context(), ledger.Versions, ledger.Positions))
		got := db.Strings(t, "SELECT CONCAT(table_name, ' ', engine) FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1")
		if want := "alembic_version InnoDB, manage_backfill InnoDB, manage_journal InnoDB, manage_lease InnoDB"; strings.Join(got, ", ") != want {
			t.Errorf("made %v", got)
		}
	})
}
