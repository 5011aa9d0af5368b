package phases

import (
	"context"
	"slices"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/run"
)

// A connection that is lost in a transaction, or between two statements, costs
// nothing: the command goes on from what is recorded.
func TestGoesOnAfterLostConnection(t *testing.T) {
	c := inn(t)
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if db.Dialect == flavor.SQLite {
			return // has no connection to lose
		}
		want := must(t, service(t, c, enginetest.New(t, db.Dialect)), "sync", "").After.Rows
		s := service(t, c, db)
		lost := 0
		s.Faults = faults(func(p run.Point) error {
			if lost == 0 && p.Step != "" && (p.Place == run.AfterBegin || p.Place == run.BeforeStart) {
				lost++
				end := "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'manage-%'"
				if db.Dialect.MySQLFamily() {
					for _, id := range db.Strings(t, "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()") {
						_, _ = db.SQL().Exec("KILL " + id)
					}
					return nil
				}
				db.Exec(t, end)
			}
			return nil
		})
		var warned []string
		s.Events = func(e any) {
			if w, ok := e.(Warned); ok {
				warned = append(warned, w.Text)
			}
		}
		result, err := s.Sync(context.Background(), Request{})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(result.After.Rows, want) {
			t.Errorf("version rows %v, want %v", result.After.Rows, want)
		}
		if lost == 0 || len(warned) != lost {
			t.Errorf("lost %d times, told %q", lost, warned)
		}
	})
}
