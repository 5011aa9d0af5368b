package phases

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"manage/engine/flavor"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/run"
)

// While somebody is at work, what is there may be half of his change. It is
// neither refused nor taken over: the second comer waits for him.
func TestNothingIsBelievedWhileSomebodyWorks(t *testing.T) {
	ctx := context.Background()
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, inn(t), db)
		must(t, s, "sync", "open01")
		db.Exec(t, "DELETE FROM manage_version_inn")
		db.Exec(t, "CREATE TABLE half_made (id INTEGER)")
		var mismatch *Mismatch
		if _, err := s.Sync(ctx, Request{}); !errors.As(err, &mismatch) {
			t.Fatalf("alone: %v, want a mismatch", err)
		}
		db.Exec(t, "UPDATE manage_lease SET holder = 'root@other', expires = '2999-01-01 00:00:00'")
		s.Run.Wait = -1
		var held *run.LeaseHeld
		if _, err := s.Sync(ctx, Request{}); !errors.As(err, &held) || held.Lease.Holder != "root@other" {
			t.Errorf("beside another: %v, want to wait for root@other", err)
		}
	})
}

// busyRuns is how often a life of a database goes by beside two writers.
const busyRuns = 8

// Two writers of short transactions, who come back at once, keep a SQLite file
// busy nearly all the time. Every command ends well beside them: whatever it
// writes into its own tables is tried again, not only batches of rows.
func TestCommandsBesideWritersOfSQLite(t *testing.T) {
	for run := range busyRuns {
		db := enginetest.New(t, flavor.SQLite)
		s := service(t, inn(t), db)
		s.Run.LockTimeout = time.Millisecond // so that each wait may end with an error, as one in thousands does otherwise
		must(t, s, "upgrade", "open01")
		db.Exec(t, "CREATE TABLE beside (id INTEGER PRIMARY KEY, n INTEGER)")
		db.Exec(t, "INSERT INTO beside VALUES (1, 0), (2, 0), (3, 0), (4, 0)")
		for i := range 500 {
			db.Exec(t, fmt.Sprintf("INSERT INTO guests (name) VALUES ('Guest %d')", i))
		}
		stop := writers(t, db, 4)
		for _, name := range []string{"expand", "migrate", "contract"} {
			if _, err := command(s, name, ""); err != nil {
				t.Fatalf("run %d, %s: %v", run, name, err)
			}
			if lease := db.Strings(t, "SELECT holder FROM manage_lease"); lease[0] != "" {
				t.Fatalf("run %d, %s: the lease is %s's still", run, name, lease[0])
			}
		}
		if n := stop(); n < 50 {
			t.Errorf("only %d writes went on beside", n)
		}
	}
}

// writers write one row each, again and again, until they are stopped; how many
// writes that were is returned then.
func writers(t *testing.T, db enginetest.Database, number int) (stop func() int64) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	var writes atomic.Int64
	for id := range number {
		pool, err := sql.Open("sqlite", "file:"+db.Name+"?_pragma=busy_timeout(10000)")
		if err != nil {
			t.Fatal(err)
		}
		done.Go(func() {
			defer pool.Close()
			for ctx.Err() == nil {
				if _, err := pool.Exec("UPDATE beside SET n = n + 1 WHERE id = ?", id+1); err == nil {
					writes.Add(1)
				}
			}
		})
	}
	t.Cleanup(func() { cancel(); done.Wait() })
	return func() int64 { cancel(); done.Wait(); return writes.Load() }
}
