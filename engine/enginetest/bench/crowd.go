package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	managed "manage/engine/database"
)

// crowdWaits is what readers and writers of live rows waited.
type crowdWaits struct{ read, write waitsOf }

// waitsOf is the longest of n waits.
type waitsOf struct {
	n       int
	longest time.Duration
}

func (w *waitsOf) add(d time.Duration) {
	w.n++
	w.longest = max(w.longest, d)
}

// startCrowd lets two readers and two writers work with live orders and their
// lines, a statement every few milliseconds each, until stop is called.
func startCrowd(url string, orders int) (stop func() (crowdWaits, error), err error) {
	db, err := connect(url)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	results, errs := make([]waitsOf, 4), make([]error, 4)
	for i := range results {
		group.Go(func() { results[i], errs[i] = worker(ctx, db, i%2 == 1, orders) })
	}
	return func() (crowdWaits, error) {
		cancel()
		group.Wait()
		var w crowdWaits
		for i, r := range results {
			sum := &w.read
			if i%2 == 1 {
				sum = &w.write
			}
			sum.n += r.n
			sum.longest = max(sum.longest, r.longest)
		}
		return w, errors.Join(append(errs, db.Close())...)
	}, nil
}

// worker reads or writes live rows until ctx ends.
func worker(ctx context.Context, db managed.DB, writes bool, orders int) (waitsOf, error) {
	var w waitsOf
	sess, err := db.Session(context.Background())
	if err != nil {
		return w, err
	}
	defer sess.Close()
	for ctx.Err() == nil {
		id := 11 * (1 + rand.IntN(orders)) // see purgeRows
		began := time.Now()
		if writes {
			err = writeLive(sess, id)
		} else {
			err = readLive(sess, id)
		}
		if c := managed.ClassOf(err); err != nil && c != managed.LockTimeout && c != managed.Deadlock {
			return w, err
		}
		w.add(time.Since(began)) // also where it was for nothing
		time.Sleep(3 * time.Millisecond)
	}
	return w, nil
}

// readLive reads an order and its lines.
func readLive(sess managed.Session, id int) error {
	for _, query := range []string{"SELECT id, note FROM orders WHERE id = %d", "SELECT id, note FROM order_lines WHERE order_id = %d"} {
		rows, err := sess.QueryContext(context.Background(), fmt.Sprintf(query, id))
		if err != nil {
			return err
		}
		for rows.Next() {
			continue
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
	}
	return nil
}

// writeLive changes an order and its lines, and adds a line.
func writeLive(sess managed.Session, id int) error {
	for _, statement := range []string{
		"UPDATE orders SET note = 'changed' WHERE id = %d",
		"UPDATE order_lines SET note = 'changed' WHERE order_id = %d",
		"INSERT INTO order_lines (order_id, note, deleted) VALUES (%d, 'new', 0)",
	} {
		if _, err := sess.ExecContext(context.Background(), fmt.Sprintf(statement, id)); err != nil {
			return err
		}
	}
	return nil
}
