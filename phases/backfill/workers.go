package backfill

import (
	"context"
	"errors"
	"slices"
	"sync"

	"manage/engine/ledger"
	"manage/engine/run"
)

// work lets the workers take the open ranges of a step, one after the other.
// What goes wrong with one stops the others behind the batch they are at.
func (r *runner) work(ctx context.Context, s *steps, at place) error {
	open, err := r.open(s, at)
	if err != nil || len(open) == 0 {
		return err
	}
	workers, dismiss, err := r.hire(context.WithoutCancel(ctx), min(r.workers(), len(open)))
	defer dismiss()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	q := &queue{open: open, stop: cancel}
	var group sync.WaitGroup
	for _, w := range workers {
		group.Go(func() { r.serve(ctx, q, w, s) })
	}
	group.Wait()
	return q.err
}

// open are the ranges of a step that have not been gone over to their ends.
func (r *runner) open(s *steps, at place) ([]*ledger.Progress, error) {
	var open []*ledger.Progress
	if !slices.Equal(at.After, at.Until) {
		open = append(open, &r.main.progress)
	}
	for i := range r.parts {
		p, err := s.place(r.parts[i].Position)
		if err != nil {
			return nil, err
		}
		if r.parts[i].Finished == nil && p.Step == at.Step {
			open = append(open, &r.parts[i])
		}
	}
	return open, nil
}

// hire opens the sessions of so many workers, the first of whom has that of the
// lease. They are to be dismissed whether or not it fails.
func (r *runner) hire(ctx context.Context, n int) (workers []*run.Held, dismiss func(), err error) {
	var all []func()
	dismiss = func() {
		for _, done := range all {
			done()
		}
	}
	workers = []*run.Held{r.held}
	for len(workers) < n {
		w, done, err := r.held.Worker(ctx)
		if err != nil {
			return nil, dismiss, err
		}
		all, workers = append(all, done), append(workers, w)
		if err := LockLess(ctx, w.Session()); err != nil {
			return nil, dismiss, err
		}
	}
	return workers, dismiss, nil
}

// queue is the open ranges of a step, and what stopped the workers.
type queue struct {
	mu   sync.Mutex
	open []*ledger.Progress
	err  error
	stop func()
}

// next is a range that nobody has; nil if there is none.
func (q *queue) next() *ledger.Progress {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.open) == 0 || q.err != nil {
		return nil
	}
	p := q.open[0]
	q.open = q.open[1:]
	return p
}

// fail notes why a worker stopped, and stops the others. That they are stopped
// so is not what is told.
func (q *queue) fail(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var stopped *run.Interrupted
	if q.err == nil || errors.As(q.err, &stopped) {
		q.err = err
	}
	q.stop()
}

// serve goes over ranges until none is left.
func (r *runner) serve(ctx context.Context, q *queue, held *run.Held, s *steps) {
	mine := s.fork()
	for p := q.next(); p != nil; p = q.next() {
		l := &lane{runner: r, held: held, source: mine, progress: *p, finishes: p.Range != ""}
		err := l.walk(ctx)
		*p = l.progress
		if err != nil {
			q.fail(err)
			return
		}
	}
}
