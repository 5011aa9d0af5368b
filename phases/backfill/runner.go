package backfill

import (
	"context"
	"time"

	"manage/engine/catalog"
	"manage/engine/database"
	"manage/engine/ledger"
	"manage/engine/run"
)

// maxPasses bounds how often a migration goes over its rows: writers of the
// old release may leave new ones behind it, but not for ever.
const maxPasses = 100

// Run runs a data migration to its end and returns how many rows it changed in
// this run. It goes on where an earlier run was interrupted.
func Run(ctx context.Context, held *run.Held, m *catalog.Migration, o Options) (int64, error) {
	src, err := open(ctx, m, held.Session().Flavor(), o)
	if err != nil {
		return 0, err
	}
	defer src.close()
	r := runner{held: held, migration: m, source: src, options: o, limits: newLimits(o, time.Now())}
	if err := r.begin(ctx); err != nil {
		return 0, err
	}
	for range maxPasses {
		changed, err := r.pass(ctx)
		if err != nil {
			return r.rows, err
		}
		found, _, err := src.pending(ctx, held.Session())
		if err != nil || !found {
			return r.rows, err
		}
		if changed == 0 {
			break
		}
		r.progress.Position, r.progress.Finished = "", nil
	}
	query, _ := m.Pending.For(held.Session().Flavor().Dialect)
	return r.rows, &Stuck{Migration: m.ID, Pending: query}
}

// runner is one run of a data migration.
type runner struct {
	held      *run.Held
	migration *catalog.Migration
	source    source
	options   Options
	progress  ledger.Progress
	rows      int64 // changed by this run
	limits    limits
	speed     speed
}

// begin finds where an earlier run stopped, or starts anew.
func (r *runner) begin(ctx context.Context) error {
	all, err := r.held.Store().Progress(ctx)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.Migration == r.migration.ID && p.Range == "" && p.Finished == nil {
			r.progress = p
			return nil
		}
	}
	_, estimate, err := r.source.pending(ctx, r.held.Session())
	r.progress = ledger.Progress{Migration: r.migration.ID, Estimate: estimate, Started: time.Now().UTC()}
	return err
}

// pass goes over the rows once, from the position on, and returns how many it
// changed.
func (r *runner) pass(ctx context.Context) (int64, error) {
	var changed int64
	r.speed.begin(time.Now(), r.rows)
	for {
		if err := r.before(ctx); err != nil {
			return changed, err
		}
		began := time.Now()
		b, err := r.batch(ctx)
		if err != nil {
			return changed, err
		}
		r.progress = r.after(b)
		changed += b.Rows
		r.rows += b.Rows
		r.limits.used += b.Rows
		r.tell(time.Since(began))
		if b.Done {
			return changed, nil
		}
		if err := r.rest(ctx, r.options.Pause); err != nil {
			return changed, err
		}
	}
}

// before is what comes before each batch: limits, and what has to be waited for.
func (r *runner) before(ctx context.Context) error {
	if err := r.halted(); err != nil {
		return err
	}
	if s, ok := r.source.(sized); ok {
		s.limit(r.limits.left())
	}
	return r.wait(ctx)
}

// halted is the error of a limit that is reached.
func (r *runner) halted() error {
	if reason := r.limits.reached(time.Now()); reason != "" {
		return &Halted{Migration: r.migration.ID, Reason: reason, Rows: r.rows}
	}
	return nil
}

// batch does one batch and writes its position, in the same transaction where
// the batch is in one of ours.
func (r *runner) batch(ctx context.Context) (Batch, error) {
	if o, ok := r.source.(outside); ok && ctx.Err() == nil {
		o.until(r.held.Lost())
		b, err := r.source.batch(ctx, nil, r.progress.Position)
		if err != nil {
			return b, err
		}
		return b, r.held.Batch(context.WithoutCancel(ctx), func(context.Context, database.Session) (ledger.Progress, error) {
			return r.after(b), nil
		})
	}
	var b Batch
	err := r.watched(func() error {
		return r.held.Batch(ctx, func(ctx context.Context, sess database.Session) (ledger.Progress, error) {
			var err error
			if b, err = r.source.batch(ctx, sess, r.progress.Position); err != nil {
				return ledger.Progress{}, err
			}
			return r.after(b), nil
		})
	})
	return b, err
}

// after is the progress once a batch is done.
func (r *runner) after(b Batch) ledger.Progress {
	p := r.progress
	p.Position = b.Position
	p.Rows += b.Rows
	p.Updated = time.Now().UTC()
	p.Batch = b.Rows
	if s, ok := r.source.(sized); ok {
		p.Batch = s.size()
	}
	p.Waiting = ""
	if b.Done {
		p.Finished = &p.Updated
	}
	return p
}

// tell reports the batch that was just done.
func (r *runner) tell(took time.Duration) {
	r.speed.add(time.Now(), r.rows)
	r.emit(Batched{
		Migration: r.migration.ID, Rows: r.progress.Rows, Estimate: r.progress.Estimate,
		Started: r.progress.Started, Took: took, Size: r.progress.Batch, Speed: r.speed.rate(),
	})
}

// emit tells an event.
func (r *runner) emit(event any) {
	if r.options.Events != nil {
		r.options.Events(event)
	}
}
