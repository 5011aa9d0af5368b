package backfill

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"manage/engine/database"
	"manage/engine/ledger"
	"manage/engine/run"
	"manage/migrations/catalog"
)

// maxPasses bounds how often a migration goes over its rows: writers of the
// old release may leave new ones behind it, but not for ever.
const maxPasses = 100

// Run runs a data migration to its end and returns how many rows it changed in
// this run. It goes on where an earlier run was interrupted. Errors are
// *MissingHook, *BadKey, *Rejected, *ProgramFailed, *Stuck, *Halted,
// *run.Interrupted and those of the database; the position is kept in each case.
func Run(ctx context.Context, held *run.Held, m *catalog.Migration, o Options) (rows int64, err error) {
	src, err := open(ctx, m, held.Session().Flavor(), o)
	if err != nil {
		return 0, err
	}
	defer src.close()
	r := &runner{held: held, migration: m, options: o, limits: newLimits(o, time.Now()), gate: make(chan struct{}, 1)}
	r.main = &lane{runner: r, held: held, source: src, finishes: true}
	work := context.WithoutCancel(ctx) // what reads is short, and broken off only with its session
	if s, ok := src.(*steps); ok {
		defer calm(held)()
		if err := s.ready(work, held.Session()); err != nil {
			return 0, err
		}
		if r.log, err = openWAL(work, held.Session()); err != nil {
			return 0, err
		}
		defer func() {
			if closeErr := r.log.close(work); err == nil {
				err = closeErr
			}
		}()
	}
	if err := r.begin(work); err != nil {
		return 0, err
	}
	err = r.scouting(work, func() error { return r.all(ctx) })
	return r.rows, err
}

// runner is one run of a data migration.
type runner struct {
	held      *run.Held
	migration *catalog.Migration
	options   Options
	main      *lane
	log       *wal              // nil where there is none
	parts     []ledger.Progress // the other ranges, if a step was split
	gate      chan struct{}     // held by whoever asks the throttle
	estimated int64             // rows there were when it began
	since     time.Time         // when it began

	mu     sync.Mutex // what follows is all workers'
	rows   int64      // changed by this run
	total  int64      // changed in all, with earlier runs
	limits limits
	speed  speed
}

// all goes over the rows until none is pending.
func (r *runner) all(ctx context.Context) error {
	var left passes
	for range maxPasses {
		before := r.rows
		if err := r.pass(ctx); err != nil {
			return err
		}
		found, sample, err := r.left(ctx)
		if err != nil || !found {
			return err
		}
		if left.stuck(r.rows-before, sample) {
			return r.stuck(sample, fmt.Sprintf("it went over all rows %d times", futilePasses))
		}
		r.main.progress.Position, r.main.progress.Finished = "", nil
	}
	return r.stuck(left.sample, fmt.Sprintf("it went over all rows %d times", maxPasses))
}

// left reports whether anything is pending, and some of what is.
func (r *runner) left(ctx context.Context) (found bool, sample []string, err error) {
	s, ok := r.main.source.(*steps)
	if ok {
		ctx = context.WithoutCancel(ctx)
	}
	found, _, err = r.main.source.pending(ctx, r.held.Session())
	if ok && found && err == nil {
		if sample, err = s.sample(ctx, r.held.Session()); len(sample) == 0 && err == nil {
			sample = s.asked(ctx, r.held.Session())
		}
	}
	return found, sample, err
}

func (r *runner) stuck(sample []string, reason string) error {
	query, _ := r.migration.Pending.For(r.held.Session().Flavor().Dialect)
	return &Stuck{Migration: r.migration.ID, Pending: query, Sample: sample, Reason: reason}
}

// pass goes over the rows once, from the position on.
func (r *runner) pass(ctx context.Context) error {
	r.mu.Lock()
	r.speed.begin(time.Now(), r.rows)
	r.mu.Unlock()
	s, ok := r.main.source.(*steps)
	if !ok {
		return r.main.walk(ctx)
	}
	at, err := s.place(r.main.progress.Position)
	if err != nil {
		return err
	}
	if at.Part || r.workers() > 1 {
		return r.split(ctx, s)
	}
	return r.main.walk(ctx)
}

// workers is how many work at once.
func (r *runner) workers() int {
	if alone(r.held.Session().Flavor().Dialect) {
		return 1
	}
	return max(1, r.options.Workers)
}

// begin finds where an earlier run stopped, or starts anew.
func (r *runner) begin(ctx context.Context) error {
	all, err := r.held.Store().Progress(ctx)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(p ledger.Progress) bool { return p.Migration != r.migration.ID })
	if err := r.understood(ctx, all); err != nil {
		return err
	}
	found := false
	for _, p := range all {
		switch {
		case p.Range != "":
			r.parts = append(r.parts, p)
		case p.Finished == nil:
			r.main.progress, found = p, true
		}
	}
	r.since = time.Now().UTC()
	if found {
		r.estimated, r.since = r.main.progress.Estimate, r.main.progress.Started
		r.total = r.main.progress.Rows
		for _, p := range r.parts {
			r.total += p.Rows
		}
		return nil
	}
	return r.anew(ctx)
}

// anew starts from the first row. What is left of ranges of an earlier run
// counts no more.
func (r *runner) anew(ctx context.Context) error {
	estimate, err := r.estimate(ctx)
	if err != nil {
		return err
	}
	r.estimated = estimate
	r.main.progress = ledger.Progress{Migration: r.migration.ID, Estimate: estimate}
	if len(r.parts) == 0 {
		return nil
	}
	for i := range r.parts {
		r.parts[i] = ledger.Progress{Migration: r.migration.ID, Range: r.parts[i].Range, Finished: &time.Time{}}
	}
	return r.save(ctx)
}

func (r *runner) estimate(ctx context.Context) (int64, error) {
	if _, ok := r.main.source.(*steps); ok {
		return Count(ctx, r.held.Session(), r.migration, r.held.Session().Flavor())
	}
	_, n, err := r.main.source.pending(ctx, r.held.Session())
	return n, err
}

// save writes the progress of all ranges in one transaction.
func (r *runner) save(ctx context.Context) error {
	err := r.held.Batch(ctx, func(ctx context.Context, _ database.Session) (ledger.Progress, error) {
		for _, p := range r.parts {
			if err := r.held.Store().SaveProgress(ctx, r.held.Token(), p); err != nil {
				return ledger.Progress{}, err
			}
		}
		return r.main.progress, nil
	})
	if err == nil {
		r.main.started()
		for i := range r.parts {
			if r.parts[i].Started.IsZero() {
				r.parts[i].Started = time.Now().UTC()
			}
		}
	}
	return err
}

// halted is the error of a limit that is reached; waiting is why the work pauses.
func (r *runner) halted(waiting string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if reason := r.limits.reached(time.Now()); reason != "" {
		return &Halted{Migration: r.migration.ID, Reason: reason, Rows: r.rows, Waiting: waiting}
	}
	return nil
}

// emit tells an event.
func (r *runner) emit(event any) {
	if r.options.Events != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.options.Events(event)
	}
}
