package faults

import (
	"context"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// The service's transaction goes on for held, a statement waits for its lock
// for calmTimeout, and nobody is to wait behind it for much longer: what is
// beyond is left to a busy machine.
const (
	held        = 6 * time.Second
	calmTimeout = time.Second
	longest     = 4 * time.Second
)

// While the service holds a transaction open, an expansion and a contraction
// wait for it, and others who write never wait for long behind these.
func TestWritersBesideALongTransaction(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		if d == flavor.SQLite {
			continue // has one writer, for whom everybody waits
		}
		t.Run(string(d), func(t *testing.T) {
			c := wayNamed(t, d, "glance step by step")
			db := enginetest.New(t, d)
			c.prepare(t, db)
			for _, step := range c.broken {
				k := task{URL: db.URL, Catalog: c.catalog, Commands: []command{step}, LockTimeout: calmTimeout}
				if step.Name == "migrate" {
					c.undisturbedly(t, db, k.Commands)
					continue
				}
				besideLongTransaction(t, db, k)
			}
			same(t, "after the long transactions", c.undisturbed(t, d), contentOf(t, db))
		})
	}
}

// besideLongTransaction runs a task that has to wait for a transaction, and
// looks how long each of many small writes takes meanwhile.
func besideLongTransaction(t *testing.T, db enginetest.Database, k task) {
	t.Helper()
	tx, err := db.SQL().BeginTx(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec("UPDATE images SET status = 'active' WHERE id = 'i000'"); err != nil {
		t.Fatal(err)
	}
	child, out, log := start(t, k)
	ended := make(chan result, 1)
	go func() { ended <- ending(t, child, out, log) }()
	writes, worst := 0, time.Duration(0)
	for began := time.Now(); time.Since(began) < held; writes++ {
		before := time.Now()
		db.Exec(t, "UPDATE images SET status = 'active' WHERE id = 'i001'")
		worst = max(worst, time.Since(before))
		time.Sleep(10 * time.Millisecond)
	}
	select {
	case r := <-ended:
		if !db.Flavor.Galera {
			t.Fatalf("%s did not wait for the transaction: %+v", k.Commands[0].Name, r)
		}
		ended <- r
	default:
	}
	// A cluster's nodes make a change at the same point, and end a transaction
	// that is in its way.
	if err := tx.Commit(); err != nil && !db.Flavor.Galera {
		t.Fatal(err)
	}
	if r := <-ended; r.Error != "" {
		t.Fatalf("%s: %s", k.Commands[0].Name, r.Error)
	}
	t.Logf("%s: the longest of %d writes took %v", k.Commands[0].Name, writes, worst.Round(time.Millisecond))
	if worst > longest {
		t.Errorf("%s: somebody waited for %v", k.Commands[0].Name, worst)
	}
}
