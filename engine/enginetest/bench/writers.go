package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"sync"
	"time"

	managed "manage/engine/database"
	"manage/engine/flavor"
)

// The words that make this program another process of a measurement.
const (
	writersWord = "-write-rows"  // URL, kind of key, number of rows
	executeWord = "-execute-sql" // URL, statement
)

// writePace is the time between two writes: 200 a second.
const writePace = 5 * time.Millisecond

// writeCrowd is how many connections the writers have: one that waits for a lock
// must not keep the others from writing. On SQLite, where one writes at a time,
// more would only be in each other's way.
func writeCrowd(d flavor.Dialect) int {
	if d == flavor.SQLite {
		return 1
	}
	return 16
}

// writerWaits is what the writers waited, each counted from the moment when its
// statement was due.
type writerWaits struct {
	Writes, Errors         int
	P50, P95, P99, Longest time.Duration
	FirstError             string
}

func (w writerWaits) String() string {
	text := fmt.Sprintf("p50 %s p95 %s p99 %s max %s, %d writes, %d errors", ms(w.P50), ms(w.P95), ms(w.P99), ms(w.Longest), w.Writes, w.Errors)
	if w.FirstError != "" {
		text += " (" + w.FirstError + ")"
	}
	return text
}

// startWriters lets another process write single rows until stop is called.
func startWriters(url string, t table) (stop func() (writerWaits, error), err error) {
	cmd := exec.Command(self(), writersWord, url, string(t.key), fmt.Sprint(t.rows))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return func() (w writerWaits, err error) {
		closeErr := in.Close()
		err = json.NewDecoder(out).Decode(&w)
		return w, errors.Join(closeErr, err, cmd.Wait())
	}, nil
}

// self is this program.
func self() string {
	path, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return path
}

// writeRows is the other process: it writes until its standard input ends, and
// prints what it waited.
func writeRows(args []string) error {
	t, err := parseTable(args[1], args[2])
	if err != nil {
		return err
	}
	db, err := connect(args[0])
	if err != nil {
		return err
	}
	defer db.Close()
	due := make(chan job, 100_000)
	var group sync.WaitGroup
	results := make([]writerResult, writeCrowd(db.Flavor().Dialect))
	for i := range results {
		group.Go(func() { results[i] = writer(db, due) })
	}
	over := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // until it is closed
		close(over)
	}()
	t.pace(due, over)
	group.Wait()
	return json.NewEncoder(os.Stdout).Encode(sum(results))
}

// job is one statement and when it is due.
type job struct {
	at        time.Time
	statement string
}

// pace hands out statements of both releases in turn until over is closed.
func (t table) pace(due chan<- job, over <-chan struct{}) {
	defer close(due)
	at := time.Now()
	for n := 0; ; n++ {
		at = at.Add(writePace)
		select {
		case <-over:
			return
		case <-time.After(time.Until(at)):
		}
		older, newer := t.writes(1 + rand.IntN(t.rows))
		due <- job{at, []string{older, newer}[n%2]}
	}
}

// writerResult is what one connection saw.
type writerResult struct {
	waits []time.Duration
	errs  []error
}

func writer(db managed.DB, due <-chan job) (r writerResult) {
	sess, err := db.Session(context.Background())
	if err != nil {
		return writerResult{errs: []error{err}}
	}
	defer sess.Close()
	for j := range due {
		_, err := sess.ExecContext(context.Background(), j.statement)
		r.waits = append(r.waits, time.Since(j.at))
		if err != nil {
			r.errs = append(r.errs, err)
		}
	}
	return r
}

// sum puts the connections' results together.
func sum(results []writerResult) (w writerWaits) {
	var all []time.Duration
	for _, r := range results {
		all = append(all, r.waits...)
		w.Errors += len(r.errs)
		if len(r.errs) > 0 && w.FirstError == "" {
			w.FirstError = r.errs[0].Error()
		}
	}
	slices.Sort(all)
	w.Writes = len(all)
	if len(all) == 0 {
		return w
	}
	at := func(share float64) time.Duration { return all[int(float64(len(all)-1)*share)] }
	w.P50, w.P95, w.P99, w.Longest = at(0.50), at(0.95), at(0.99), all[len(all)-1]
	return w
}

// executeSQL runs one statement through the driver that manage uses.
func executeSQL(args []string) error {
	db, err := connect(args[0])
	if err != nil {
		return err
	}
	defer db.Close()
	sess, err := db.Session(context.Background())
	if err != nil {
		return err
	}
	defer sess.Close()
	_, err = sess.ExecContext(context.Background(), args[1])
	return err
}
