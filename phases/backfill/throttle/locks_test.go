package throttle_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/phases/backfill"
	"manage/phases/backfill/throttle"
)

// While somebody else holds a row that a batch wants, the batch waits, and those
// wait who want the rows that it has already: the next batch comes later and is
// smaller.
func TestLocks(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		if e.Dialect == flavor.SQLite || e.Flavor.Galera {
			return // no rows are locked; a transaction of another node does not wait
		}
		fill(t, e)
		other, err := e.SQL().BeginTx(t.Context(), nil)
		must(t, err)
		_, err = other.Exec("UPDATE items SET a = a WHERE id = 900")
		must(t, err)
		th := begin(t, e.URL, throttle.Options{})
		var sizes []int64
		var mu sync.Mutex
		m := move(t, e, backfill.Options{Throttle: th}, func(ev any) {
			if b, ok := ev.(backfill.Batched); ok {
				mu.Lock()
				defer mu.Unlock()
				sizes = append(sizes, b.Size)
			}
		})
		time.Sleep(500 * time.Millisecond) // the batch holds the row 1
		served := make(chan error, 1)
		go func() {
			_, err := e.SQL().ExecContext(context.WithoutCancel(t.Context()), "UPDATE items SET a = a + 7 WHERE id = 1")
			served <- err
		}()
		time.Sleep(2 * time.Second)
		must(t, other.Rollback())
		must(t, <-served)
		m.pauses(t, "waited for locks of a batch")
		e.Exec(t, "UPDATE items SET b = a WHERE id = 1") // the writer came after the batch
		m.ends(t)
		mu.Lock()
		defer mu.Unlock()
		if len(sizes) < 2 || sizes[1] > 750 {
			t.Errorf("batches of %d rows", sizes)
		}
	})
}
