package backfill_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/run"
	"manage/phases/backfill"
)

// reasons is a throttle that gives one reason after the other, and the last one
// for ever.
type reasons struct {
	all   []string
	asked int
}

func (r *reasons) Reason(context.Context) (string, error) {
	r.asked++
	return r.all[min(r.asked, len(r.all))-1], nil
}

// A pause is told when it begins, changes and ends, is written down for others
// to see, and the lease outlives it.
func TestPause(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		fill(t, e, 10)
		throttle := &reasons{all: []string{"a replica", "a replica", "a lock", "a lock", "a lock", "a lock", "a lock", "a lock", ""}}
		var paused []string
		r := runner(t, e)
		r.Options.LeaseTTL = 300 * time.Millisecond
		held := acquire(t, r)
		o := backfill.Options{Throttle: throttle, Events: func(ev any) {
			if p, ok := ev.(backfill.Paused); ok {
				paused = append(paused, p.Reason)
				if l, err := held.Store().Lease(t.Context()); err != nil || l.Expired {
					t.Errorf("at %q the lease is %+v, error %v", p.Reason, l, err)
				}
			}
		}}
		rows, err := backfill.Run(t.Context(), held, copying(), o)
		if err != nil || rows != 10 {
			t.Fatalf("%d rows, error %v", rows, err)
		}
		equal(t, "pauses", paused, []string{"a replica", "a lock", ""})
		if p := progress(t, held); p.Waiting != "" || p.Finished == nil {
			t.Errorf("afterwards %+v", p)
		}
	})
}

// During a pause the reason is in the books, and who interrupts it finds the
// position kept.
func TestPauseIsInterrupted(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		fill(t, e, 3000)
		held := acquire(t, runner(t, e))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		throttle := &reasons{all: []string{"", "it rains"}}
		var seen []string
		o := backfill.Options{Throttle: throttle, Events: func(ev any) {
			if p, ok := ev.(backfill.Paused); ok && p.Reason != "" {
				time.AfterFunc(300*time.Millisecond, func() {
					seen = e.Strings(t, "SELECT waiting FROM manage_backfill")
					cancel()
				})
			}
		}}
		_, err := backfill.Run(ctx, held, copying(), o)
		var stopped *run.Interrupted
		if !errors.As(err, &stopped) || !stopped.Began {
			t.Fatalf("error %v", err)
		}
		equal(t, "written down", seen, []string{"it rains"})
		p := progress(t, held)
		if p.Waiting != "" || p.Rows == 0 || p.Rows == 3000 || p.Batch == 0 {
			t.Errorf("the books say %+v", p)
		}
		if _, err := backfill.Run(t.Context(), held, copying(), backfill.Options{}); err != nil {
			t.Fatal(err)
		}
		equal(t, "rows", e.Strings(t, "SELECT count(*) FROM items WHERE b = a"), []string{"3000"})
	})
}

// A limit of time ends a pause, says what was waited for and how far it is.
func TestPauseIsHalted(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		fill(t, e, 3000)
		held := acquire(t, runner(t, e))
		var told []backfill.Paused
		o := backfill.Options{Throttle: &reasons{all: []string{"", "it rains"}}, MaxTime: 500 * time.Millisecond, Events: func(ev any) {
			if p, ok := ev.(backfill.Paused); ok {
				told = append(told, p)
			}
		}}
		rows, err := backfill.Run(t.Context(), held, copying(), o)
		var halted *backfill.Halted
		if !errors.As(err, &halted) || halted.Waiting != "it rains" || rows == 0 || rows == 3000 {
			t.Fatalf("%d rows, error %v", rows, err)
		}
		if len(told) != 2 || told[0].Rows != rows || told[0].Estimate != 3000 || told[1].Reason != "" {
			t.Errorf("%d rows, told %+v", rows, told)
		}
	})
}

// Who waits for a lock of others says so where others look, and stops at a limit
// of time; what was waited for is forgotten behind it.
func TestLocked(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		if e.Dialect == flavor.SQLite {
			return // where others look at a file that is locked
		}
		fill(t, e, 10)
		const reason = "others hold a lock that it needs"
		tx, err := e.SQL().BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec("UPDATE items SET a = a WHERE id = 5"); err != nil {
			t.Fatal(err)
		}
		held := acquire(t, runner(t, e))
		_, err = backfill.Run(t.Context(), held, copying(), backfill.Options{MaxTime: 100 * time.Millisecond})
		var halted *backfill.Halted
		if !errors.As(err, &halted) || !strings.HasPrefix(halted.Waiting, reason) {
			t.Fatalf("error %v", err)
		}
		ended := make(chan error, 1)
		go func() {
			_, err := backfill.Run(t.Context(), held, copying(), backfill.Options{})
			ended <- err
		}()
		seen := func() string {
			all := e.Strings(t, "SELECT waiting FROM manage_backfill")
			return strings.Join(all, "\n")
		}
		for deadline := time.Now().Add(time.Minute); !strings.HasPrefix(seen(), reason); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("the books say %q", seen())
			}
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		equal(t, "written down", e.Strings(t, "SELECT waiting FROM manage_backfill"), []string{""})
		equal(t, "rows", e.Strings(t, "SELECT count(*) FROM items WHERE b = a"), []string{"10"})
	})
}

// Limits end the work between two batches, and the next run goes on.
func TestHalted(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		fill(t, e, 3000)
		held := acquire(t, runner(t, e))
		var told backfill.Batched
		events := func(ev any) { told, _ = ev.(backfill.Batched) }
		for i, want := range []int64{1200, 1200} {
			rows, err := backfill.Run(t.Context(), held, copying(), backfill.Options{MaxRows: want, Events: events})
			var halted *backfill.Halted
			if !errors.As(err, &halted) || halted.Rows != want || rows != want || halted.Reason != "1200 rows" {
				t.Fatalf("run %d: %d rows, error %v", i, rows, err)
			}
			p := progress(t, held)
			if told.Rows != want*int64(i+1) || told.Rows != p.Rows || told.Estimate != 3000 || told.Size != p.Batch || told.Size < 50 || i > 0 && !told.Started.Equal(p.Started) {
				t.Errorf("run %d: told %+v, recorded %+v", i, told, p)
			}
		}
		rows, err := backfill.Run(t.Context(), held, copying(), backfill.Options{MaxRows: 1200})
		if err != nil || rows != 600 {
			t.Fatalf("the last run: %d rows, error %v", rows, err)
		}
		_, err = backfill.Run(t.Context(), held, copying(), backfill.Options{MaxTime: time.Nanosecond})
		var halted *backfill.Halted
		if !errors.As(err, &halted) || halted.Reason != "1ns" {
			t.Fatalf("error %v", err)
		}
	})
}

// A batch that does not get its locks is done again over fewer rows.
func TestLockedBatchShrinks(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		if d == flavor.SQLite {
			continue // where all rows are locked, fewer are of no use
		}
		t.Run(string(d), func(t *testing.T) {
			e := enginetest.New(t, d)
			fill(t, e, 4000)
			other, err := e.SQL().Begin()
			must(t, err)
			_, err = other.Exec("UPDATE items SET a = a WHERE id = 10")
			must(t, err)
			r, retried := runner(t, e), 0
			r.Events = func(ev run.Event) {
				if _, ok := ev.(run.Retrying); ok {
					retried++
					_ = other.Rollback()
				}
			}
			var batches []int64 // rows in all after each
			events := func(ev any) {
				if b, ok := ev.(backfill.Batched); ok {
					batches = append(batches, b.Rows)
				}
			}
			rows, err := backfill.Run(t.Context(), acquire(t, r), copying(), backfill.Options{Events: events})
			must(t, err)
			if rows != 4000 || retried == 0 || batches[0] >= 500 || batches[0] < 50 {
				t.Errorf("%d rows, %d retries, batches up to %v", rows, retried, batches)
			}
		})
	}
}
