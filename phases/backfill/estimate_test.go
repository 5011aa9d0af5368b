package backfill_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/phases/backfill"
)

// TestEstimate: every server knows about how many rows there are.
func TestEstimate(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		sess := acquire(t, runner(t, db)).Session()
		db.Exec(t, "CREATE TABLE rows_of (id INTEGER NOT NULL PRIMARY KEY)")
		var rows []string
		for i := range 1000 {
			rows = append(rows, fmt.Sprintf("(%d)", i+1))
		}
		db.Exec(t, "INSERT INTO rows_of VALUES "+strings.Join(rows, ", "))
		n, err := backfill.Estimate(t.Context(), sess, db.Dialect, "rows_of")
		if err != nil || n < 100 || n > 5000 {
			t.Errorf("about %d rows, error %v", n, err)
		}
	})
}

// What an update has left behind of rows on PostgreSQL is not counted as rows,
// nor are rows counted twice that a session wrote just before it analyzed the
// table: the server hears of them when the session ends, or a while later.
func TestEstimateOnPostgres(t *testing.T) {
	if !slices.Contains(enginetest.Dialects(), flavor.Postgres) {
		t.Fatal("there is no PostgreSQL")
	}
	create := "CREATE TABLE rows_of (id INTEGER NOT NULL PRIMARY KEY, a INTEGER) WITH (autovacuum_enabled = false)"
	insert := "INSERT INTO rows_of SELECT g, g FROM generate_series(1, 5000) g"
	flush := "SELECT pg_stat_force_next_flush()"
	for name, statements := range map[string][]string{
		"after updates":           {create, insert, flush, "ANALYZE rows_of", "UPDATE rows_of SET a = a + 1", "UPDATE rows_of SET a = a + 1", flush, "SELECT 1"},
		"analyzed while unheard":  {create, insert, "ANALYZE rows_of", flush, "SELECT 1"},
		"never analyzed, counted": {create, insert, flush, "SELECT 1"},
	} {
		t.Run(name, func(t *testing.T) {
			e := enginetest.New(t, flavor.Postgres)
			sess := acquire(t, runner(t, e)).Session()
			for _, statement := range statements {
				if _, err := sess.ExecContext(t.Context(), statement); err != nil {
					t.Fatal(err)
				}
			}
			n, err := backfill.Estimate(t.Context(), sess, flavor.Postgres, "rows_of")
			if err != nil || n != 5000 {
				t.Errorf("about %d rows, error %v", n, err)
			}
		})
	}
}
