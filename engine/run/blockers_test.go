package run_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/run"
)

// While a service holds a long transaction, a schema change that wants the
// table keeps no other writer waiting for longer than its lock timeout; when it
// gives up, it names who was in its way, without the texts in his statement.
func TestLongTransaction(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		if e.Dialect == flavor.SQLite || e.Flavor.Galera {
			return // one writer at a time anyway; a schema change that ends what is in its way
		}
		e.Watches(t)
		e.Exec(t, "CREATE TABLE a (id INTEGER PRIMARY KEY, x INTEGER)")
		c, err := e.SQL().Conn(t.Context())
		must(t, err)
		defer c.Close()
		for _, text := range []string{"BEGIN", "SELECT 'a secret', id FROM a"} {
			_, err := c.ExecContext(t.Context(), text)
			must(t, err)
		}
		r := runner(t, e)
		r.Options.LockTimeout, r.Options.LockRetries = time.Second, 1
		h, err := r.Acquire(t.Context(), "expand")
		must(t, err)
		ended := make(chan error, 1)
		step := plan.Step{ID: "one", Phase: plan.Expand, Direction: plan.Up, Transaction: true,
			Statements: statements("ALTER TABLE a ADD COLUMN y INTEGER"), Rows: []string{"one"}}
		go func() { ended <- h.Execute(t.Context(), plan.Plan{Steps: []plan.Step{step}}, nil) }()
		slowest, written := time.Duration(0), 0
		for err = nil; err == nil; written++ {
			began := time.Now()
			e.Exec(t, fmt.Sprintf("INSERT INTO a (id, x) VALUES (%d, 1)", written))
			slowest = max(slowest, time.Since(began))
			select {
			case err = <-ended:
			case <-time.After(time.Millisecond):
			}
		}
		// The rest is for a busy machine; without a timeout it would be for ever.
		if slowest > r.Options.LockTimeout+2*time.Second {
			t.Errorf("a writer waited for %v", slowest)
		}
		var failed *run.StepFailed
		if !errors.As(err, &failed) || failed.Retries != 1 || len(failed.Blockers) == 0 {
			t.Fatalf("error %+v", err)
		}
		for _, b := range failed.Blockers {
			if text := b.String(); b.ID == 0 || strings.Contains(text, "secret") || !strings.Contains(text, "session") {
				t.Errorf("in the way: %s", text)
			}
		}
		if b := failed.Blockers[0]; e.Dialect == flavor.Postgres && (!b.Sure || b.User != e.User || !strings.Contains(b.Query, "SELECT '…', id FROM a")) {
			t.Errorf("in the way: %+v", b)
		}
		_, err = c.ExecContext(context.Background(), "ROLLBACK")
		must(t, err)
		must(t, h.Execute(t.Context(), plan.Plan{Steps: []plan.Step{step}}, nil))
		must(t, h.Release(t.Context()))
	})
}

// Behind a pooler no setting is left on a session that serves others next.
func TestNoTimeoutLeftInPool(t *testing.T) {
	e := enginetest.New(t, flavor.Postgres)
	pooled := e
	pooled.URL = e.Pooled(t)
	h, err := runner(t, pooled).Acquire(t.Context(), "sync")
	must(t, err)
	must(t, h.Execute(t.Context(), faultPlan(e.Flavor), nil))
	must(t, h.Release(t.Context()))
	noLockTimeoutLeft(t, pooled)
	equal(t, "locks left", e.Strings(t, "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"+
		" WHERE locktype = 'advisory' AND d.datname = current_database()"), []string{"0"})
}

func TestBrief(t *testing.T) {
	for query, want := range map[string]string{
		"SELECT  1": "SELECT 1",
		"UPDATE u SET p = 'geheim' WHERE n = 'a''b'": "UPDATE u SET p = '…' WHERE n = '…''…'",
		"UPDATE u SET p = 'cut o":                    "UPDATE u SET p = '…'",
		"":                                           "",
		strings.Repeat("x", 90):                      strings.Repeat("x", 80) + "…",
	} {
		equal(t, query, run.Brief(query), want)
	}
}
