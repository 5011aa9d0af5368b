package backfill

import (
	"context"
	"fmt"
	"time"

	"manage/engine/database"
	"manage/engine/ledger"
)

// Throttle says when a data migration has to wait. It is asked before each
// batch, by one goroutine at a time, and limits by itself how often it looks.
// The reason is "" to go on, else one phrase, such as "replica 10.0.0.2:3306 is
// 12 s behind (limit 5 s)".
type Throttle interface {
	Reason(ctx context.Context) (string, error)
}

// Paused is the event when a pause begins, has another reason, or is over.
type Paused struct {
	Migration string
	Reason    string // "" when it is over
	Since     time.Time
}

// How often a throttle is asked during a pause, and how often at most another
// reason is written down: one may have a figure in it that never stands still.
const (
	askEvery  = 100 * time.Millisecond
	noteEvery = 5 * time.Second
)

// wait waits as long as the throttle has a reason. It ends early, without an
// error, when ctx does, and with ledger.ErrLeaseLost or a *Halted.
func (r *runner) wait(ctx context.Context) error {
	if r.options.Throttle == nil {
		return nil
	}
	p := pause{runner: r}
	defer p.end(context.WithoutCancel(ctx))
	for ctx.Err() == nil {
		reason, err := r.options.Throttle.Reason(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("it cannot be told whether %s has to wait: %w", r.migration.ID, err)
		}
		if err := p.because(ctx, reason); err != nil || reason == "" {
			return err
		}
		if err := r.halted(); err != nil {
			return err
		}
		if err := r.rest(ctx, askEvery); err != nil {
			return err
		}
	}
	return nil
}

// rest waits for a while, or until ctx ends or the lease is lost.
func (r *runner) rest(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-r.held.Lost():
		return ledger.ErrLeaseLost
	}
	return nil
}

// pause is one pause, from its first reason to its end.
type pause struct {
	runner *runner
	reason string    // the last one
	since  time.Time // when it began
	noted  string    // what the ledger says
	noteAt time.Time // since when it does
}

// because tells and writes down the reason, if it is another one.
func (p *pause) because(ctx context.Context, reason string) error {
	if reason == "" {
		return nil // end tells it
	}
	if p.since.IsZero() {
		p.since = time.Now()
	}
	if reason != p.reason {
		p.reason = reason
		p.runner.emit(Paused{Migration: p.runner.migration.ID, Reason: reason, Since: p.since})
	}
	if reason == p.noted || p.noted != "" && time.Since(p.noteAt) < noteEvery {
		return nil
	}
	p.noted, p.noteAt = reason, time.Now()
	return p.runner.note(ctx, reason)
}

// end tells that the pause is over, if there was one. It writes so as well: the
// batch that follows would, but none may follow.
func (p *pause) end(ctx context.Context) {
	if p.since.IsZero() {
		return
	}
	p.runner.emit(Paused{Migration: p.runner.migration.ID, Since: p.since})
	p.runner.speed.begin(time.Now(), p.runner.rows)
	if p.noted != "" {
		// If it fails the next batch fails too, and with better words.
		_ = p.runner.note(ctx, "")
	}
}

// note writes down why the work pauses, beside the position that it keeps.
func (r *runner) note(ctx context.Context, reason string) error {
	r.progress.Waiting = reason
	return r.held.Batch(context.WithoutCancel(ctx), func(context.Context, database.Session) (ledger.Progress, error) {
		return r.progress, nil
	})
}
