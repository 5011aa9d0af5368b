package run_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/run"
)

// limits executes a step in one transaction, and returns the limits on locks
// that its statements had, in milliseconds.
func limits(t *testing.T, online bool, whole time.Duration, list ...string) []int {
	t.Helper()
	e := enginetest.New(t, flavor.Postgres)
	e.Exec(t, "CREATE TABLE seen (n SERIAL, v TEXT); CREATE TABLE floors (id INTEGER PRIMARY KEY)")
	r := runner(t, e)
	r.Options.LockTimeout, r.Options.LockRetries = whole, -1
	h, err := r.Acquire(t.Context(), "expand")
	must(t, err)
	step := plan.Step{ID: "one", Phase: plan.Expand, Direction: plan.Up, Transaction: true, Statements: statements(list...), Rows: []string{"one"}}
	must(t, h.Execute(t.Context(), plan.Plan{Steps: []plan.Step{step}, Online: online}, nil))
	must(t, h.Release(t.Context()))
	var found []int
	for _, text := range e.Strings(t, "SELECT setting FROM (SELECT n, v AS setting FROM seen) AS s ORDER BY n") {
		d, err := time.ParseDuration(strings.Replace(text, "min", "m", 1))
		must(t, err)
		found = append(found, int(d.Milliseconds()))
	}
	return found
}

// see notes the limit that a statement has. It says that it has more to wait
// for than one table by a comment.
func see(comment string) string {
	return "INSERT INTO seen (v) VALUES (current_setting('lock_timeout')) /* " + comment + " */"
}

// The statements of a transaction have one limit together while others write,
// and each its own otherwise.
func TestLimitOfTransaction(t *testing.T) {
	const whole = 2 * time.Second
	got := limits(t, true, whole, see(""), "SELECT pg_sleep(0.5)", see(""), see("REFERENCES floors"), "SELECT pg_sleep(1.6)", see(""))
	if len(got) != 4 || got[0] != 2000 || got[1] > 1500 || got[2] > 750 || got[3] != 1 {
		t.Errorf("limits %v", got)
	}
	got = limits(t, false, whole, see(""), "SELECT pg_sleep(0.5)", see("REFERENCES floors"))
	if fmt.Sprint(got) != "[2000 2000]" {
		t.Errorf("with the service stopped: limits %v", got)
	}
	// Who had to wait for so long for a statement's work was told before.
	got = limits(t, true, 100*time.Millisecond, see(""), "SELECT pg_sleep(0.3)", see(""))
	if fmt.Sprint(got) != "[100 100]" {
		t.Errorf("after long work: limits %v", got)
	}
}

// A writer who queues behind the change of one table does not wait for the
// locks of the next one as well.
func TestWriterWaitsOnce(t *testing.T) {
	e := enginetest.New(t, flavor.Postgres)
	e.Exec(t, "CREATE TABLE a (id INTEGER); CREATE TABLE b (id INTEGER)")
	hold := func(table string) func() {
		tx, err := e.SQL().BeginTx(t.Context(), nil)
		must(t, err)
		_, err = tx.ExecContext(t.Context(), "SELECT 1 FROM "+table)
		must(t, err)
		return func() { must(t, tx.Rollback()) }
	}
	freeA, freeB := hold("a"), hold("b")
	r := runner(t, e)
	r.Options.LockTimeout, r.Options.LockRetries = 4*time.Second, -1
	h, err := r.Acquire(t.Context(), "expand")
	must(t, err)
	step := plan.Step{ID: "one", Phase: plan.Expand, Direction: plan.Up, Transaction: true, Rows: []string{"one"},
		Statements: statements("ALTER TABLE a ADD COLUMN x INTEGER", "ALTER TABLE b ADD COLUMN x INTEGER")}
	ended := make(chan error, 1)
	go func() { ended <- h.Execute(t.Context(), plan.Plan{Steps: []plan.Step{step}, Online: true}, nil) }()
	waiting(t, e, "%ALTER TABLE a%", 0)
	began := time.Now()
	written := make(chan time.Duration, 1)
	go func() {
		e.Exec(t, "INSERT INTO a VALUES (1)")
		written <- time.Since(began)
	}()
	waiting(t, e, "%ALTER TABLE a%", 3)
	freeA()
	err = <-ended
	// One limit and the rest of a busy machine; two limits would be seven seconds.
	if took := <-written; took > 6*time.Second {
		t.Errorf("the writer waited for %v", took)
	}
	var failed *run.StepFailed
	if !errors.As(err, &failed) || database.ClassOf(err) != database.LockTimeout || !strings.Contains(failed.SQL, "TABLE b") {
		t.Errorf("error %v", err)
	}
	freeB()
	must(t, h.Release(t.Context()))
}

// waiting waits until a statement has waited for a lock for some seconds.
func waiting(t *testing.T, e enginetest.Database, like string, seconds int) {
	t.Helper()
	for range 600 {
		if len(e.Strings(t, "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '"+like+
			"' AND clock_timestamp() - query_start >= interval '"+strconv.Itoa(seconds)+" s'")) > 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("%s does not wait", like)
}

// Through a pooler a statement that shares no transaction has a limit too,
// which nobody inherits.
func TestLimitAloneBehindPooler(t *testing.T) {
	e := enginetest.New(t, flavor.Postgres)
	e.Exec(t, "CREATE TABLE a (id INTEGER)")
	tx, err := e.SQL().BeginTx(t.Context(), nil)
	must(t, err)
	_, err = tx.ExecContext(t.Context(), "SELECT 1 FROM a")
	must(t, err)
	pooled := e
	pooled.URL = e.Pooled(t)
	r := runner(t, pooled)
	r.Options.LockTimeout, r.Options.LockRetries = 300*time.Millisecond, 1
	h, err := r.Acquire(t.Context(), "expand")
	must(t, err)
	list := statements("ALTER TABLE a ADD COLUMN x INTEGER")
	list[0].NoTransaction, list[0].Willing = true, true
	step := plan.Step{ID: "one", Phase: plan.Expand, Direction: plan.Up, Transaction: true, Statements: list, Rows: []string{"one"}}
	p := plan.Plan{Steps: []plan.Step{step}, Online: true}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err = h.Execute(ctx, p, nil)
	var failed *run.StepFailed
	if !errors.As(err, &failed) || database.ClassOf(err) != database.LockTimeout || failed.Retries != 1 {
		t.Fatalf("error %v", err)
	}
	must(t, tx.Rollback())
	attempts, err := h.Attempts(t.Context())
	must(t, err)
	must(t, h.Execute(t.Context(), p, run.Unfinished(attempts)))
	equal(t, "columns", e.Strings(t, "SELECT column_name FROM information_schema.columns WHERE table_name = 'a' ORDER BY 1"), []string{"id", "x"})
	must(t, h.Release(t.Context()))
	noLockTimeoutLeft(t, pooled)
}

// noLockTimeoutLeft checks that what a pooler hands out to others has no lock
// timeout of ours.
func noLockTimeoutLeft(t *testing.T, pooled enginetest.Database) {
	t.Helper()
	s, err := runner(t, pooled).DB.Session(t.Context())
	must(t, err)
	defer s.Close()
	for range 5 {
		rows, err := s.QueryContext(t.Context(), "SELECT current_setting('lock_timeout')")
		must(t, err)
		for rows.Next() {
			var left string
			must(t, rows.Scan(&left))
			equal(t, "lock timeout", left, "0")
		}
		must(t, rows.Close())
	}
}
