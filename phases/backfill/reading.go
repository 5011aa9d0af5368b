package backfill

import (
	"context"
	"time"

	"manage/engine/database"
	"manage/engine/ledger"
	"manage/engine/revision"
	"manage/engine/run"
	"manage/migrations/catalog"
)

// Reading is work over rows that changes none of them. It goes on and stops, is
// throttled and retried as a data migration is.
type Reading struct {
	Name     string // its position is kept under it
	Says     string // what its events call it
	Estimate int64  // rows there are; 0 if unknown
	// Usable reports whether what an interrupted run left is gone on with. The
	// error is a *ledger.Garbled.
	Usable func(ledger.Progress) (bool, error)
	// Batch reads the rows behind a position, "" for the first. It may be called
	// again for the same one, after it failed for want of a lock.
	Batch func(ctx context.Context, sess database.Session, position string) (Batch, error)
}

// Read goes over rows to their end. What is done in one batch leaves no
// position. Errors are those of Batch, *Halted, *run.Interrupted and those of
// the database. The options that count rows or workers do not matter to it.
func Read(ctx context.Context, held *run.Held, what Reading, o Options) error {
	o.MaxRows, o.Workers = 0, 1
	o.Events = what.called(o.Events)
	r := &runner{held: held, migration: &catalog.Migration{Migration: revision.Migration{ID: what.Name}}, options: o, limits: newLimits(o, time.Now()), gate: make(chan struct{}, 1)}
	r.main = &lane{runner: r, held: held, source: &reader{Reading: what, held: held}, finishes: true}
	// Where it was is read as the rows are: again where a lock is in the way.
	if err := held.Read(ctx, func(ctx context.Context, _ database.Session) error { return r.begin(ctx) }); err != nil {
		return err
	}
	p, usable := &r.main.progress, true
	if !p.Started.IsZero() {
		var err error
		if usable, err = what.Usable(*p); err != nil {
			return err
		}
	}
	if !usable {
		p.Position, p.Rows, p.Estimate = "", 0, what.Estimate
		r.total, r.estimated, r.since = 0, what.Estimate, time.Now().UTC()
	}
	r.speed.begin(time.Now(), 0)
	err := r.main.walk(ctx)
	if h, ok := err.(*Halted); ok {
		h.Migration, h.Read = what.Says, true
	}
	return err
}

// called passes events on with the name that people are told.
func (w Reading) called(events func(any)) func(any) {
	if events == nil {
		return nil
	}
	return func(e any) {
		switch known := e.(type) {
		case Batched:
			known.Migration = w.Says
			e = known
		case Paused:
			known.Migration = w.Says
			e = known
		}
		events(e)
	}
}

// reader is the source of a Reading.
type reader struct {
	Reading
	held *run.Held
}

func (r *reader) pending(context.Context, database.Session) (bool, int64, error) {
	return true, r.Estimate, nil
}

func (r *reader) close() error { return nil }

// until has nothing to do: the session ends with the lease.
func (r *reader) until(<-chan struct{}) {}

func (r *reader) batch(ctx context.Context, _ database.Session, position string) (b Batch, err error) {
	err = r.held.Read(ctx, func(ctx context.Context, sess database.Session) (err error) {
		b, err = r.Batch(ctx, sess, position)
		return err
	})
	return b, err
}

// passing reports whether a batch leaves no trace: one that reads, and is the
// first and the last.
func (l *lane) passing(b Batch) bool {
	_, reads := l.source.(*reader)
	return reads && b.Done && l.progress.Started.IsZero()
}
