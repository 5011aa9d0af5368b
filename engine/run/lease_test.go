package run_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/ledger"
	"manage/engine/plan"
	"manage/engine/run"
)

// Of two runners that start at once, one applies the plan, and the other one
// finds it done.
func TestTwoRunnersAtOnce(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		const crowd = 4
		errs := make([]error, crowd)
		applied := make([]int, crowd)
		var all sync.WaitGroup
		for i := range crowd {
			r := runner(t, e)
			r.Events = func(ev run.Event) {
				if _, ok := ev.(run.StepDone); ok {
					applied[i]++
				}
			}
			all.Go(func() { errs[i] = try(t, r, faultPlan(e.Flavor), false) })
		}
		all.Wait()
		must(t, errors.Join(errs...))
		total := 0
		for _, n := range applied {
			if n != 0 && n != 4 {
				t.Errorf("a runner applied %d of 4 steps", n)
			}
			total += n
		}
		equal(t, "steps applied", total, 4)
	})
}

// Who waits is told for whom, and gives up when the holder gives no sign of
// life any more.
func TestWait(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		began := time.Now()
		holder := runner(t, e)
		holder.Options.Holder = "the first one"
		h, err := holder.Acquire(t.Context(), "contract")
		must(t, err)
		defer h.Release(t.Context())

		var told []run.Waiting
		r := runner(t, e)
		r.Events = func(ev run.Event) { told = append(told, ev.(run.Waiting)) }
		for _, wait := range []time.Duration{-1, 300 * time.Millisecond} {
			told = nil
			r.Options.Wait = wait
			_, err = r.Acquire(t.Context(), "sync")
			var held *run.LeaseHeld
			if !errors.As(err, &held) || held.Lease.Holder != "the first one" || held.Lease.Doing != "contract" || time.Since(began) < wait {
				t.Fatalf("error %v", err)
			}
			if len(told) != 1 || told[0].Lease.Holder != "the first one" {
				t.Errorf("told %v", told)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		r.Options.Wait = time.Minute
		_, err = r.Acquire(ctx, "sync")
		var stopped *run.Interrupted
		if !errors.As(err, &stopped) || stopped.Began {
			t.Errorf("error %v, want Interrupted before anything began", err)
		}
	})
}

// A heartbeat keeps the lease alive while a statement takes longer than the
// lease lasts.
func TestHeartbeat(t *testing.T) {
	sleeps := map[flavor.Dialect]string{flavor.Postgres: "SELECT pg_sleep(1.5)", flavor.MariaDB: "DO SLEEP(1.5)", flavor.MySQL: "DO SLEEP(1.5)",
		flavor.SQLite: "CREATE TABLE slow AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000000) SELECT max(i) FROM n"}
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		r := runner(t, e)
		r.Options.LeaseTTL = 450 * time.Millisecond
		h, err := r.Acquire(t.Context(), "sync")
		must(t, err)
		second := runner(t, e)
		waited := make(chan error)
		go func() {
			w, err := second.Acquire(t.Context(), "sync")
			if err == nil {
				err = w.Release(t.Context())
			}
			waited <- err
		}()
		step := plan.Step{ID: "slow", Phase: plan.Trunk, Direction: plan.Up, Transaction: e.Flavor.TransactionalDDL(),
			Statements: statements(sleeps[e.Dialect]), Rows: []string{"slow"}}
		must(t, h.Execute(t.Context(), plan.Plan{Steps: []plan.Step{step}}, nil))
		select {
		case err := <-waited:
			t.Fatalf("the second runner got the lease meanwhile: %v", err)
		default:
		}
		must(t, h.Release(t.Context()))
		must(t, <-waited)
	})
}

// Who was taken over can write nothing, and stops.
func TestTakeover(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		first := runner(t, e)
		first.Options.Holder = "first"
		h, err := first.Acquire(t.Context(), "sync")
		must(t, err)
		p := example(e.Flavor)
		half := p
		half.Steps = p.Steps[:1]
		must(t, h.Execute(t.Context(), half, nil))
		expire(t, e)

		var took []run.TookOver
		second := runner(t, e)
		second.Events = func(ev run.Event) {
			if o, ok := ev.(run.TookOver); ok {
				took = append(took, o)
			}
		}
		h2, err := second.Acquire(t.Context(), "sync")
		must(t, err)
		if len(took) != 1 || took[0].From.Holder != "first" || took[0].Ended != (e.Dialect != flavor.SQLite) {
			t.Errorf("took over %+v", took)
		}
		rest := p
		rest.Steps = p.Steps[1:]
		err = h.Execute(t.Context(), rest, nil)
		if err == nil || e.Dialect == flavor.SQLite && !errors.Is(err, ledger.ErrLeaseLost) {
			t.Errorf("the former holder: %v", err)
		}
		equal(t, "version rows", e.Strings(t, "SELECT version_num FROM alembic_version"), []string{"one"})
		must(t, h2.Execute(t.Context(), rest, nil))
		must(t, h.Release(t.Context()))
		equal(t, "holder", e.Strings(t, "SELECT holder FROM manage_lease")[0] != "", true)
		must(t, h2.Release(t.Context()))
	})
}

// A former holder whose session could not be ended is stopped by its token,
// before the next statement on a server that commits each one.
func TestFencedWithoutEndedSession(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		h, err := runner(t, e).Acquire(t.Context(), "sync")
		must(t, err)
		e.Exec(t, "UPDATE manage_lease SET token = token + 1, holder = 'somebody else'")
		err = h.Execute(t.Context(), example(e.Flavor), nil)
		if !errors.Is(err, ledger.ErrLeaseLost) {
			t.Fatalf("error %v, want ErrLeaseLost", err)
		}
		equal(t, "tables made", e.Query(t, probeQuery(e.Dialect, plan.Effect{Kind: plan.KindTable, Name: "a"})), [][]any(nil))
		must(t, h.Release(t.Context()))
		equal(t, "holder", e.Strings(t, "SELECT holder FROM manage_lease"), []string{"somebody else"})
	})
}

// The heartbeat notices that somebody took over.
func TestLost(t *testing.T) {
	e := enginetest.New(t, flavor.SQLite)
	r := runner(t, e)
	r.Options.LeaseTTL = 60 * time.Millisecond
	h, err := r.Acquire(t.Context(), "sync")
	must(t, err)
	e.Exec(t, "UPDATE manage_lease SET token = token + 1")
	select {
	case <-h.Lost():
	case <-time.After(10 * time.Second):
		t.Fatal("not noticed")
	}
	if err := h.Execute(t.Context(), example(e.Flavor), nil); !errors.Is(err, ledger.ErrLeaseLost) {
		t.Errorf("error %v, want ErrLeaseLost", err)
	}
	must(t, h.Release(t.Context()))
}

// A transaction that takes longer than a beat commits also where the database
// makes transactions serializable by default: the heartbeat's write of the
// lease's row must not count against it.
func TestHeartbeatUnderSerializable(t *testing.T) {
	e := enginetest.New(t, flavor.Postgres)
	e.Exec(t, "ALTER DATABASE "+e.Name+" SET default_transaction_isolation = 'serializable'")
	r := runner(t, e)
	r.Options.LeaseTTL = 450 * time.Millisecond
	r.Events = func(ev run.Event) {
		if again, ok := ev.(run.Retrying); ok {
			t.Errorf("retrying after %v", again.Err)
		}
	}
	h, err := r.Acquire(t.Context(), "sync")
	must(t, err)
	step := plan.Step{ID: "slow", Phase: plan.Trunk, Direction: plan.Up, Transaction: true,
		Statements: statements("SELECT count(*) FROM manage_lease", "SELECT pg_sleep(0.5)"), Rows: []string{"slow"}}
	must(t, h.Execute(t.Context(), plan.Plan{Steps: []plan.Step{step}}, nil))
	must(t, h.Release(t.Context()))
}

// A statement that refuses a transaction leaves no lock timeout behind on the
// connection, which may be another's next.
func TestNoTimeoutLeftBehind(t *testing.T) {
	e := enginetest.New(t, flavor.Postgres)
	h, err := runner(t, e).Acquire(t.Context(), "sync")
	must(t, err)
	must(t, h.Execute(t.Context(), faultPlan(e.Flavor), nil))
	rows, err := h.Session().QueryContext(t.Context(), "SHOW lock_timeout")
	must(t, err)
	defer rows.Close()
	var left string
	for rows.Next() {
		must(t, rows.Scan(&left))
	}
	equal(t, "lock timeout", left, "0")
	must(t, rows.Close())
	must(t, h.Release(t.Context()))
}
