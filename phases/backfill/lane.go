package backfill

import (
	"context"
	"time"

	"manage/engine/database"
	"manage/engine/ledger"
	"manage/engine/run"
)

// lane is one range of keys and the worker that goes over it: a session, a
// source and a position of its own.
type lane struct {
	*runner
	held     *run.Held
	source   source
	progress ledger.Progress
	// finishes is true if the end of the range is that of the data migration.
	finishes bool
	gaps     gaps
	free     time.Time // until when the database is left to others
	told     time.Time // when it was written down last that locks are missing
}

// walk goes over the range, from its position to its end.
func (l *lane) walk(ctx context.Context) error {
	for {
		if err := l.before(ctx); err != nil {
			return err
		}
		began := time.Now()
		b, err := l.batch(ctx)
		if err != nil {
			return err
		}
		l.done(b, time.Since(began))
		if b.Done {
			return nil
		}
		_, reads := l.source.(*reader)
		l.free = time.Now().Add(l.gaps.after(time.Since(began), l.held.Session().Flavor(), !reads))
		if err := l.rest(ctx, l.options.Pause); err != nil {
			return err
		}
	}
}

// before is what comes before each batch: limits, what has to be waited for,
// and the range.
func (l *lane) before(ctx context.Context) error {
	if err := l.halted(""); err != nil {
		return err
	}
	if err := l.wait(ctx); err != nil {
		return err
	}
	s, ok := l.source.(*steps)
	if !ok || ctx.Err() != nil {
		return l.rest(ctx, time.Until(l.free))
	}
	l.mu.Lock()
	left := l.limits.left()
	l.mu.Unlock()
	s.limit((left + int64(l.workers()) - 1) / int64(l.workers()))
	return l.ready(ctx, s)
}

// ready finds the range of the next batch, and lets the time pass that others
// have the database for. A reader is in nobody's way where there is a log.
func (l *lane) ready(ctx context.Context, s *steps) error {
	if l.log == nil {
		if err := l.rest(ctx, time.Until(l.free)); err != nil {
			return err
		}
	}
	if err := l.prepare(ctx, s); err != nil {
		return err
	}
	return l.rest(ctx, time.Until(l.free))
}

// prepareTries is how often the range is looked for again where a lock was in
// the way; only SQLite's readers wait for any.
const prepareTries = 20

func (l *lane) prepare(ctx context.Context, s *steps) error {
	for try := 1; ; try++ {
		err := s.prepare(context.WithoutCancel(ctx), l.held.Session(), l.progress.Position)
		class := database.ClassOf(err)
		if err == nil || try == prepareTries || ctx.Err() != nil || class != database.LockTimeout && class != database.Deadlock {
			return err
		}
		if err := l.rest(ctx, askEvery); err != nil {
			return err
		}
	}
}

// batch does one batch and writes its position, in the same transaction where
// the batch is in one of ours. A batch that did not get its locks is done again
// over fewer rows.
func (l *lane) batch(ctx context.Context) (b Batch, err error) {
	if o, ok := l.source.(outside); ok && ctx.Err() == nil {
		o.until(l.held.Lost())
		if b, err = l.source.batch(ctx, nil, l.progress.Position); err != nil || l.passing(b) {
			return b, err
		}
		return b, l.held.Batch(context.WithoutCancel(ctx), func(context.Context, database.Session) (ledger.Progress, error) {
			return l.after(b), nil
		})
	}
	l.held.OnRetry(l.locked)
	defer l.held.OnRetry(nil)
	tries := 0
	err = l.held.Batch(ctx, func(ctx context.Context, sess database.Session) (ledger.Progress, error) {
		if s, ok := l.source.(*steps); ok && tries > 0 {
			if err := s.recut(ctx, sess); err != nil {
				return ledger.Progress{}, err
			}
		}
		tries++
		err := l.watched(func() (err error) {
			b, err = l.source.batch(ctx, sess, l.progress.Position)
			return err
		})
		if err != nil {
			return ledger.Progress{}, err
		}
		return l.after(b), nil
	})
	return b, err
}

// after is the progress once a batch is done.
func (l *lane) after(b Batch) ledger.Progress {
	p := l.progress
	p.Position, p.Batch, p.Waiting, p.Speed = b.Position, b.Rows, "", l.pace()
	p.Rows += b.Rows
	p.Updated = time.Now().UTC()
	if s, ok := l.source.(*steps); ok {
		p.Batch = s.size()
	}
	if b.Done && l.finishes {
		p.Finished = &p.Updated
	}
	return p
}

// pace is how fast all lanes together went of late.
func (l *lane) pace() float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.speed.rate()
}

// started notes that the row of the range is written.
func (l *lane) started() {
	if l.progress.Started.IsZero() {
		l.progress.Started = time.Now().UTC()
	}
}

// done counts a batch in and tells of it.
func (l *lane) done(b Batch, took time.Duration) {
	l.progress = l.after(b)
	l.started()
	l.mu.Lock()
	l.rows += b.Rows
	l.total += b.Rows
	l.limits.used += b.Rows
	l.speed.add(time.Now(), l.rows)
	event := Batched{Migration: l.migration.ID, Rows: l.total, Estimate: l.estimated, Started: l.since,
		Took: took, Size: l.progress.Batch, Speed: l.speed.rate()}
	l.mu.Unlock()
	l.emit(event)
}
