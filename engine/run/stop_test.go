package run_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/ledger"
	"manage/engine/plan"
	"manage/engine/run"
)

// Wherever the run is interrupted, the statement in hand is finished and
// recorded, and the next run goes on and ends in the same state.
func TestInterruptEverywhere(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		all, want := points(t, e.Dialect)
		for i, p := range all {
			if p.Place == run.BeforeAcquire || p.Place == run.BeforeRelease || p.Place == run.AfterRelease {
				continue
			}
			reset(t, e)
			ctx, cancel := context.WithCancel(t.Context())
			r, seen := runner(t, e), 0
			r.Faults = faults(func(run.Point) error {
				if seen++; seen == i+1 {
					cancel()
				}
				return nil
			})
			h, err := r.Acquire(ctx, "sync")
			must(t, err)
			err = h.Execute(ctx, faultPlan(e.Flavor), nil)
			var stopped *run.Interrupted
			if errors.As(err, &stopped) {
				if stopped.Began != (p.Step != "" && !(p.Step == "one" && stopped.Next == "one" && stopped.Statement == 0)) {
					t.Errorf("at %v: %+v", p, stopped)
				}
			} else if err != nil || p.Step != "four" {
				t.Fatalf("at %v: %v", p, err)
			}
			must(t, h.Release(ctx))
			must(t, try(t, runner(t, e), faultPlan(e.Flavor), false))
			equal(t, "state after "+p.String(), state(t, e), want)
			cancel()
		}
	})
}

// one is a step with one statement that is sent by itself.
func one(sql string, e *plan.Effect) plan.Plan {
	return plan.Plan{Steps: []plan.Step{{ID: "one", Phase: plan.Expand, Direction: plan.Up, Checksum: "x", Rows: []string{"one"},
		Statements: []plan.Statement{{SQL: sql, Effect: e, NoTransaction: true}}}}}
}

// A statement that fails is recorded with the reason, leaves what came before,
// and is sent again by the next run.
func TestStatementFails(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		p := faultPlan(e.Flavor)
		good := p.Steps[1].Statements[1].SQL
		p.Steps[1].Statements[1].SQL = "ALTER TABLE nowhere ADD COLUMN y INTEGER"
		err := try(t, runner(t, e), p, false)
		var failed *run.StepFailed
		if !errors.As(err, &failed) || failed.Step != "two" || failed.Index != 1 || failed.SQL != p.Steps[1].Statements[1].SQL {
			t.Fatalf("error %v", err)
		}
		equal(t, "applied", failed.Applied, !e.Flavor.TransactionalDDL())
		if class := database.ClassOf(err); class != database.MissingTable {
			t.Errorf("class %v of %v", class, err)
		}
		equal(t, "rows of a", len(e.Query(t, "SELECT id FROM a")) == 1, failed.Applied)
		h, err := runner(t, e).Acquire(t.Context(), "look")
		must(t, err)
		attempts, err := h.Attempts(t.Context())
		must(t, err)
		last := attempts[len(attempts)-1]
		if last.Revision != "two" || last.Succeeded() || last.Finished == nil || !strings.Contains(last.Error, "nowhere") || !last.Confirmed {
			t.Errorf("journal %+v", last)
		}
		_, half := run.Unfinished(attempts)["two"]
		equal(t, "half applied", half, failed.Applied)
		must(t, h.Release(t.Context()))

		p.Steps[1].Statements[1].SQL = good
		must(t, try(t, runner(t, e), p, false))
		_, want := points(t, e.Dialect)
		equal(t, "state", state(t, e), want)
	})
}

// A revision whose file changed after it was half applied is not gone on with.
func TestChangedHalfway(t *testing.T) {
	e := enginetest.New(t, flavor.MariaDB)
	p := faultPlan(e.Flavor)
	p.Steps[1].Statements[1].SQL = "ALTER TABLE nowhere ADD COLUMN y INTEGER"
	if err := try(t, runner(t, e), p, false); err == nil {
		t.Fatal("no error")
	}
	p.Steps[1].Checksum = "another"
	err := try(t, runner(t, e), p, false)
	var changed *run.Changed
	if !errors.As(err, &changed) || changed.Step != "two" || changed.Attempt.Checksum != "sum of two" {
		t.Fatalf("error %v", err)
	}
	p.Steps[1].Checksum, p.Steps[1].Direction = "sum of two", plan.Down
	if err := try(t, runner(t, e), p, false); !errors.As(err, &changed) {
		t.Fatalf("error %v", err)
	}
}

// A connection that breaks under a statement without a transaction leaves its
// outcome unknown, and no run sends it again unless a look settles it.
func TestOutcomeUnknown(t *testing.T) {
	for d, sleep := range map[flavor.Dialect]string{flavor.Postgres: "SELECT pg_sleep(30)", flavor.MariaDB: "DO SLEEP(30)"} {
		t.Run(string(d), func(t *testing.T) {
			e := enginetest.New(t, d)
			r := runner(t, e)
			cutDone := make(chan bool)
			r.Events = func(ev run.Event) {
				if _, ok := ev.(run.StatementStarted); ok {
					time.AfterFunc(200*time.Millisecond, func() { cutDone <- cut(t, e) })
				}
			}
			err := try(t, r, one(sleep, nil), false)
			<-cutDone
			var unknown *run.OutcomeUnknown
			if !errors.As(err, &unknown) || unknown.Step != "one" || unknown.SQL != sleep || unknown.Err == nil || unknown.Settles {
				t.Fatalf("error %v", err)
			}
			for range 2 {
				unknown = nil
				err = try(t, runner(t, e), one(sleep, nil), false)
				if !errors.As(err, &unknown) || unknown.Err != nil {
					t.Fatalf("error %v", err)
				}
			}
			// Once the plan says what to look at, it is settled.
			settled := one("CREATE TABLE made (id INTEGER PRIMARY KEY)", &plan.Effect{Kind: plan.KindTable, Name: "made", Present: true})
			var looked []run.Outcome
			r = runner(t, e)
			r.Events = func(ev run.Event) {
				if s, ok := ev.(run.Settling); ok {
					looked = append(looked, s.Outcome)
				}
			}
			must(t, try(t, r, settled, false))
			equal(t, "looks", looked, []run.Outcome{run.NotApplied})
			equal(t, "rows of made", e.Strings(t, "SELECT count(*) FROM made"), []string{"0"})
		})
	}
}

// A lock that is not to be had is tried for again, and is had when it is free.
func TestLockRetries(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		setup := example(e.Flavor)
		setup.Steps = setup.Steps[:1]
		must(t, try(t, runner(t, e), setup, false))
		rest := example(e.Flavor)
		rest.Steps = rest.Steps[1:]
		r := runner(t, e)
		r.Options.LockTimeout = 50 * time.Millisecond
		if e.Dialect.MySQLFamily() {
			r.Options.LockTimeout = time.Second
		}
		r.Options.LockRetries, r.Options.LeaseTTL = 1, 3*time.Second
		h, err := r.Acquire(t.Context(), "sync")
		must(t, err)
		unlock := lock(t, e)
		err = h.Execute(t.Context(), rest, nil)
		if e.Flavor.Galera { // a schema change ends what is in its way
			must(t, err)
			return
		}
		var failed *run.StepFailed
		if !errors.As(err, &failed) || failed.Retries != 1 || failed.Step != "two" {
			t.Fatalf("error %+v", err)
		}
		if class := database.ClassOf(err); class != database.LockTimeout {
			t.Fatalf("class %v of %v", class, err)
		}
		retried := 0
		if e.Dialect == flavor.SQLite {
			unlock() // nothing can be written under another's lock, the lease neither
			retried = 2
		}
		must(t, h.Release(t.Context()))
		r.Options.LockRetries = 0
		r.Events = func(ev run.Event) {
			if again, ok := ev.(run.Retrying); ok && again.Of == run.DefaultLockRetries+1 {
				if retried++; retried == 2 {
					unlock()
				}
			}
		}
		must(t, try(t, r, example(e.Flavor), false))
		if retried < 2 {
			t.Errorf("retried %d times", retried)
		}
		equal(t, "version rows", e.Strings(t, "SELECT version_num FROM alembic_version"), []string{"four"})
	})
}

// lock takes a lock that is in the way of the example's second step.
func lock(t *testing.T, e enginetest.Database) (unlock func()) {
	t.Helper()
	c, err := e.SQL().Conn(t.Context())
	must(t, err)
	t.Cleanup(func() { c.Close() })
	texts := []string{"BEGIN", "SELECT * FROM a"}
	switch e.Dialect {
	case flavor.SQLite:
		texts = []string{"BEGIN IMMEDIATE"}
	case flavor.Postgres:
		texts = []string{"BEGIN", "LOCK TABLE a IN ACCESS EXCLUSIVE MODE"}
	}
	for _, text := range texts {
		_, err := c.ExecContext(t.Context(), text)
		must(t, err)
	}
	return func() { c.ExecContext(context.Background(), "ROLLBACK") }
}

// A rebuild that breaks references is rolled back; one that breaks no more
// than there were is not.
func TestForeignKeyCheck(t *testing.T) {
	e := enginetest.New(t, flavor.SQLite)
	e.Exec(t, "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id));"+
		" INSERT INTO p VALUES (1), (2); INSERT INTO c VALUES (1, 1), (2, 2), (3, 3)")
	step := func(id, sql string) plan.Plan {
		return plan.Plan{Steps: []plan.Step{{ID: id, Phase: plan.Trunk, Direction: plan.Up, Transaction: true, Rows: []string{id},
			Statements: statements(sql), ForeignKeyCheck: []string{"c", "not there"}}}}
	}
	h, err := runner(t, e).Acquire(t.Context(), "sync")
	must(t, err)
	must(t, h.Execute(t.Context(), step("harmless", "CREATE INDEX c_p ON c (p)"), nil))
	err = h.Execute(t.Context(), step("harmful", "DELETE FROM p WHERE id = 2"), nil)
	var broken *run.ForeignKeysBroken
	if !errors.As(err, &broken) || broken.Before != 1 || broken.After != 2 || broken.Step != "harmful" {
		t.Fatalf("error %v", err)
	}
	equal(t, "rows of p", e.Strings(t, "SELECT count(*) FROM p"), []string{"2"})
	equal(t, "version rows", e.Strings(t, "SELECT version_num FROM alembic_version"), []string{"harmless"})
	must(t, h.Release(t.Context()))
}

// A batch's rows and its position are one transaction.
func TestBatch(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		e.Exec(t, "CREATE TABLE a (id INTEGER PRIMARY KEY)")
		h, err := runner(t, e).Acquire(t.Context(), "migrate")
		must(t, err)
		batch := func(id int, fail error) error {
			return h.Batch(t.Context(), func(ctx context.Context, s database.Session) (ledger.Progress, error) {
				if _, err := s.ExecContext(ctx, fmt.Sprintf("INSERT INTO a VALUES (%d)", id)); err != nil {
					return ledger.Progress{}, err
				}
				return ledger.Progress{Migration: "m", Position: fmt.Sprint(id), Rows: int64(id)}, fail
			})
		}
		must(t, batch(1, nil))
		must(t, batch(2, nil))
		boom := errors.New("boom")
		if err := batch(3, boom); !errors.Is(err, boom) {
			t.Fatalf("error %v", err)
		}
		tries := 0
		must(t, h.Batch(t.Context(), func(context.Context, database.Session) (ledger.Progress, error) {
			if tries++; tries < 3 {
				return ledger.Progress{}, &database.Error{Class: database.Deadlock}
			}
			return ledger.Progress{Migration: "m", Position: "tried", Rows: 2}, nil
		}))
		p, err := h.Store().Progress(t.Context())
		must(t, err)
		if len(p) != 1 || p[0].Position != "tried" || p[0].Rows != 2 {
			t.Errorf("progress %+v", p)
		}
		equal(t, "rows of a", e.Strings(t, "SELECT count(*) FROM a"), []string{"2"})
		e.Exec(t, "UPDATE manage_lease SET token = token + 1")
		if err := batch(4, nil); !errors.Is(err, ledger.ErrLeaseLost) {
			t.Fatalf("error %v, want ErrLeaseLost", err)
		}
		equal(t, "rows of a", e.Strings(t, "SELECT count(*) FROM a"), []string{"2"})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		var stopped *run.Interrupted
		if err := h.Batch(ctx, nil); !errors.As(err, &stopped) || !stopped.Began {
			t.Errorf("error %v, want Interrupted", err)
		}
		must(t, h.Release(t.Context()))
	})
}

func TestUnfinished(t *testing.T) {
	now := time.Now()
	a := func(revision string, finished bool, message string, confirmed bool, operation int) ledger.Attempt {
		x := ledger.Attempt{Revision: revision, Confirmed: confirmed, Error: message, Sent: plan.Position{Operation: operation}}
		if finished {
			x.Finished = &now
		}
		return x
	}
	tests := []struct {
		name     string
		attempts []ledger.Attempt
		want     []string
	}{
		{"nothing", nil, nil},
		{"done", []ledger.Attempt{a("a", true, "", true, 2)}, nil},
		{"rolled back as a whole", []ledger.Attempt{a("a", true, "no", true, 0)}, nil},
		{"cut off at the first statement", []ledger.Attempt{a("a", false, "", false, 0)}, []string{"a"}},
		{"failed later", []ledger.Attempt{a("a", true, "no", true, 2)}, []string{"a"}},
		{"failed, then done", []ledger.Attempt{a("a", true, "no", true, 2), a("a", true, "", true, 2)}, nil},
		{"failed, then its bridge was made", []ledger.Attempt{a("a", true, "no", true, 2), {Revision: "a", Phase: plan.Bridge, Finished: &now, Confirmed: true}}, []string{"a"}},
		{"failed, then stamped", []ledger.Attempt{a("a", true, "no", true, 2), a("b", false, "", false, 1), {Revision: "head", Phase: plan.Adopt, Finished: &now, Confirmed: true}}, nil},
		{"failed, then a changed file accepted", []ledger.Attempt{a("a", true, "no", true, 2), {Revision: "z", Checksum: "x", Phase: plan.Adopt, Finished: &now, Confirmed: true}}, []string{"a"}},
		{"half a bridge", []ledger.Attempt{{Revision: "a", Phase: plan.Bridge, Sent: plan.Position{Operation: 1}}}, nil},
		{"two", []ledger.Attempt{a("a", true, "no", true, 2), a("b", false, "", false, 1)}, []string{"a", "b"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for id := range run.Unfinished(test.attempts) {
				got = append(got, id)
			}
			slices.Sort(got)
			equal(t, "unfinished", got, test.want)
		})
	}
}

// What is aborted is ended on the server too, and a further run goes on.
func TestAbort(t *testing.T) {
	for d, sleep := range map[flavor.Dialect]string{flavor.Postgres: "SELECT pg_sleep(60)", flavor.MariaDB: "DO SLEEP(60)"} {
		t.Run(string(d), func(t *testing.T) {
			e := enginetest.New(t, d)
			r, abort := runner(t, e), make(chan struct{})
			r.Options.Abort = abort
			r.Events = func(ev run.Event) {
				if _, ok := ev.(run.StatementStarted); ok {
					time.AfterFunc(100*time.Millisecond, func() { close(abort) })
				}
			}
			p := one(sleep, nil)
			p.Steps[0].Statements[0].NoTransaction, p.Steps[0].Statements[0].Data, p.Steps[0].Transaction = false, true, true
			if err := try(t, r, p, false); database.ClassOf(err) != database.ConnectionLost {
				t.Fatalf("error %v", err)
			}
			left := "SELECT count(*) FROM information_schema.processlist WHERE info = 'DO SLEEP(60)'"
			if d == flavor.Postgres {
				left = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query = 'SELECT pg_sleep(60)' AND datname = current_database()"
			}
			equal(t, "still at work", e.Strings(t, left), []string{"0"})
			must(t, try(t, runner(t, e), faultPlan(e.Flavor), false))
		})
	}
}

// Where there is no server, nothing is ended, and the run comes to its end.
func TestAbortWithoutServer(t *testing.T) {
	e := enginetest.New(t, flavor.SQLite)
	r, abort := runner(t, e), make(chan struct{})
	r.Options.Abort = abort
	close(abort)
	must(t, try(t, r, faultPlan(e.Flavor), false))
	_, want := points(t, e.Dialect)
	equal(t, "state", state(t, e), want)
}
