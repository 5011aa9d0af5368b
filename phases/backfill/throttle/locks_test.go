package throttle_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/phases/backfill"
	"manage/phases/backfill/throttle"
)

// While a batch takes long others wait for its rows: the next batch comes later
// and is smaller.
func TestLocks(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		sleep := "SLEEP(1.5)"
		switch e.Dialect {
		case flavor.SQLite:
			return // locks no rows
		case flavor.Postgres:
			sleep = "pg_sleep(1.5)"
		}
		e.Watches(t)
		fill(t, e)
		e.Exec(t, "CREATE TABLE slow (id INTEGER PRIMARY KEY)")
		e.Exec(t, "INSERT INTO slow VALUES (1)")
		var done []int64 // rows after each batch
		var mu sync.Mutex
		m := moveWith(t, e, backfill.Options{Throttle: begin(t, e.URL, throttle.Options{})}, "SELECT "+sleep+" FROM slow", func(ev any) {
			if b, ok := ev.(backfill.Batched); ok {
				mu.Lock()
				defer mu.Unlock()
				done = append(done, b.Rows)
			}
		})
		writing, stop := context.WithCancel(t.Context())
		var writers sync.WaitGroup
		for id := range 4 {
			writers.Go(func() {
				for writing.Err() == nil {
					_, _ = e.SQL().ExecContext(writing, fmt.Sprintf("UPDATE items SET a = a WHERE id %% 10 = %d", id))
					time.Sleep(5 * time.Millisecond)
				}
			})
		}
		m.pauses(t, "waited for locks of a batch")
		stop()
		writers.Wait()
		e.Exec(t, "DELETE FROM slow")
		m.ends(t)
		mu.Lock()
		defer mu.Unlock()
		if len(done) < 2 {
			t.Errorf("batches end at %d rows", done)
		}
	})
}
