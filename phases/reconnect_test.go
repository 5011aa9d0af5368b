package phases

import (
	"context"
	"errors"
	"slices"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/run"
	"manage/phases/backfill"
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
				disconnect(t, db)
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

// A data migration that goes on through another connection is told as one, with
// all the rows that it changed.
func TestMigrationLosesConnection(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if db.Dialect == flavor.SQLite {
			return // has no connection to lose
		}
		s := manyGoods(t, db)
		db.Exec(t, "UPDATE goods SET cents = NULL")
		batches := 0
		s.Faults = faults(func(p run.Point) error {
			if p.Place != run.BeforeCommit {
				return nil
			}
			if batches++; batches == 3 {
				disconnect(t, db)
			}
			return nil
		})
		result := must(t, s, "migrate", "")
		if len(result.Migrated) != 1 || result.Migrated[0].Rows != 4000 || batches < 4 {
			t.Errorf("migrated %v in %d batches", result.Migrated, batches)
		}
	})
}

// A limit that it reaches afterwards tells of all the rows too.
func TestHaltedAfterLostConnection(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if db.Dialect == flavor.SQLite {
			return // has no connection to lose
		}
		s := manyGoods(t, db)
		db.Exec(t, "UPDATE goods SET cents = NULL")
		s.Batches.MaxRows = 2000
		batches := 0
		s.Faults = faults(func(p run.Point) error {
			if p.Place == run.BeforeCommit {
				if batches++; batches == 2 {
					disconnect(t, db)
				}
			}
			return nil
		})
		_, err := command(s, "migrate", "")
		var halted *backfill.Halted
		if !errors.As(err, &halted) || halted.Rows != 2000 || batches < 4 {
			t.Fatalf("error %v, %d batches", err, batches)
		}
		if done := db.Strings(t, "SELECT count(*) FROM goods WHERE cents IS NOT NULL"); done[0] != "2000" {
			t.Errorf("%s rows are done", done[0])
		}
	})
}

// disconnect ends the sessions of the service on the server.
func disconnect(t *testing.T, db enginetest.Database) {
	t.Helper()
	if !db.Dialect.MySQLFamily() {
		db.Exec(t, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'manage-%'")
		return
	}
	for _, id := range db.Strings(t, "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()") {
		_, _ = db.SQL().Exec("KILL " + id)
	}
}
