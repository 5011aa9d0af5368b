package purge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"manage/engine/enginetest"
	"manage/engine/enginetest/fixtures"
	"manage/engine/flavor"
	"manage/engine/run"
	"manage/phases/backfill"
)

// faults calls a function at each point of a run.
type faults func(run.Point) error

func (f faults) At(p run.Point) error { return f(p) }

// After a death at any point of a purge another one ends as an undisturbed one
// does.
func TestDeathAnywhere(t *testing.T) {
	death := errors.New("the process dies here")
	bound := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := created(t, fixtures.Catalog(t, "watcher"), db)
		s.Run.LeaseTTL = 100 * time.Millisecond
		seed, _ := recordedFiles(t, db.Dialect)
		fill := func() {
			for _, table := range slices.Backward(modelTables) {
				db.Exec(t, "DELETE FROM "+table.name)
			}
			db.Exec(t, seed)
		}
		fill()
		points := 0
		s.Faults = faults(func(run.Point) error { points++; return nil })
		if _, err := purged(s, Request{Before: &bound}); err != nil {
			t.Fatal(err)
		}
		want := remaining(t, db)
		for n := 1; n <= points; n += 3 { // a batch passes five, so all kinds come
			fill()
			seen, last := 0, run.Point{}
			s.Faults = faults(func(p run.Point) error {
				if seen++; seen == n {
					last = p
					return death
				}
				return nil
			})
			_, err := purged(s, Request{Before: &bound})
			released := strings.HasSuffix(string(last.Place), "-release")
			if !released && !errors.Is(err, death) {
				t.Fatalf("at point %d: %v", n, err)
			}
			s.Faults = nil
			if _, err := purged(s, Request{Before: &bound}); err != nil {
				t.Fatalf("after a death at %v: %v", last, err)
			}
			if diff := cmp.Diff(want, remaining(t, db)); diff != "" {
				t.Fatalf("after a death at %v (-undisturbed +this):\n%s", last, diff)
			}
		}
		if points < 20 {
			t.Errorf("there were only %d points", points)
		}
	})
}

// Between the look and the deletion objects come back to life: they stay, with
// what goes with them, and so do those that are orphans no more.
func TestRestoredStays(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := created(t, fixtures.Catalog(t, "watcher"), db)
		db.Exec(t, manyGoals(4))
		db.Exec(t, "UPDATE audits SET deleted = 0 WHERE id > 2") // orphans
		db.Exec(t, "INSERT INTO strategies (id, uuid, name, display_name, goal_id, deleted) VALUES (1, 's', 's', 'd', 3, 0)")
		for i := 1; i <= 4; i++ {
			db.Exec(t, fmt.Sprintf("INSERT INTO action_plans (id, uuid, audit_id, strategy_id, deleted) VALUES (%d, 'p%d', %d, 1, %d)", i, i, i, map[bool]int{true: i}[i < 3]))
			db.Exec(t, fmt.Sprintf("INSERT INTO efficacy_indicators (id, action_plan_id, deleted) VALUES (%d, %d, 0)", i, i))
		}
		sel, err := s.Look(context.Background(), Request{})
		if err != nil {
			t.Fatal(err)
		}
		if got := sel.Counts().Total(); got != 13 {
			t.Fatalf("%d are selected", got)
		}
		if err := s.InTheWay(context.Background(), sel); err != nil {
			t.Fatal(err)
		}
		db.Exec(t, "UPDATE goals SET deleted = 0 WHERE id = 3")        // its audit, strategy and plan are no orphans now
		db.Exec(t, "UPDATE action_plans SET deleted = 0 WHERE id = 1") // but an orphan: its audit is soft-deleted
		db.Exec(t, "UPDATE audits SET deleted = 0 WHERE id = 2")       // an orphan too
		if _, err := s.Delete(context.Background(), sel); err != nil {
			t.Fatal(err)
		}
		got := remaining(t, db)
		if text := fmt.Sprint(got["goals"], got["strategies"], got["audits"], got["action_plans"], ids(t, db, "efficacy_indicators")); text != "[3] [1] [3] [3] [3]" {
			t.Errorf("%s stay", text)
		}
	})
}

// A row that somebody inserts beside a purge, and has not committed when the
// purge comes to what it refers to, stays whole.
func TestUncommittedReferenceStays(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		for _, action := range []string{"NO ACTION", "CASCADE", "SET NULL"} {
			t.Run(string(d)+" "+action, func(t *testing.T) {
				db := enginetest.New(t, d)
				s := created(t, fixtures.Catalog(t, "watcher"), db)
				s.Run.LockTimeout = time.Second
				db.Exec(t, manyGoals(5))
				db.Exec(t, "CREATE TABLE notes (id integer PRIMARY KEY, goal_id integer, FOREIGN KEY (goal_id) REFERENCES goals (id) ON DELETE "+action+")")
				sel, err := s.Look(context.Background(), Request{})
				if err != nil {
					t.Fatal(err)
				}
				tx, err := db.SQL().Begin()
				if err != nil {
					t.Fatal(err)
				}
				insert := func() {
					if _, err := tx.Exec("INSERT INTO notes VALUES (1, 3)"); err != nil {
						t.Error(err)
					}
				}
				if d != flavor.SQLite { // where one who writes keeps all others out
					insert()
				}
				s.Events = func(e any) {
					switch e.(type) {
					case backfill.Batched: // the audits are gone
						if d == flavor.SQLite && tx != nil {
							insert()
						}
					case run.Retrying: // the purge waits for the goal
					default:
						return
					}
					if _, batched := e.(backfill.Batched); tx != nil && (!batched || d == flavor.SQLite) {
						if err := tx.Commit(); err != nil {
							t.Error(err)
						}
						tx = nil
					}
				}
				done, err := s.Delete(context.Background(), sel)
				if err != nil || done.Total() != 9 {
					t.Errorf("%d are gone: %v", done.Total(), err)
				}
				if got := db.Strings(t, "SELECT goal_id FROM notes"); !slices.Equal(got, []string{"3"}) {
					t.Errorf("the note refers to %v", got)
				}
			})
		}
	}
}

// One purge at a time: another one finds whoever has the lease, and removes
// nothing.
func TestOneAtATime(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := created(t, fixtures.Catalog(t, "watcher"), db)
		s.Run.Wait = -1
		db.Exec(t, manyGoals(3))
		r := run.Runner{DB: s.DB, Catalog: s.Catalog.Name, VersionTable: s.Catalog.VersionTable, Options: run.Options{Holder: "somebody else"}}
		held, err := r.Acquire(context.Background(), "purge")
		if err != nil {
			t.Fatal(err)
		}
		var busy *run.LeaseHeld
		if _, err := purged(s, Request{}); !errors.As(err, &busy) || busy.Lease.Holder != "somebody else" {
			t.Errorf("got %v", err)
		}
		if got := remaining(t, db)["goals"]; len(got) != 3 {
			t.Errorf("goals %v stay", got)
		}
		if err := held.Release(context.Background()); err != nil {
			t.Fatal(err)
		}
		if done, err := purged(s, Request{}); err != nil || done.Total() != 6 {
			t.Errorf("%d are gone: %v", done.Total(), err)
		}
	})
}

// A purge that somebody took over from says who, also where it notices by its
// connection, which the other one has ended.
func TestTakenOver(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := created(t, fixtures.Catalog(t, "watcher"), db)
		db.Exec(t, manyGoals(1500))
		sel, err := s.Look(context.Background(), Request{})
		if err != nil {
			t.Fatal(err)
		}
		taken := false
		s.Events = func(e any) {
			if _, ok := e.(backfill.Batched); !ok || taken {
				return
			}
			taken = true
			db.Exec(t, "UPDATE manage_lease SET holder = 'root@other', token = token + 1")
			switch {
			case db.Dialect == flavor.Postgres:
				db.Exec(t, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'manage-%'")
			case db.Dialect.MySQLFamily():
				for _, id := range db.Strings(t, "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()") {
					_, _ = db.SQL().Exec("KILL " + id)
				}
			}
		}
		done, err := s.Delete(context.Background(), sel)
		var lost *run.LeaseLost
		if !errors.As(err, &lost) || lost.Now == nil || lost.Now.Holder != "root@other" {
			t.Fatalf("after %d rows: %v", done.Total(), err)
		}
	})
}
