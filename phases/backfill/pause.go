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
	// Rows and Estimate are those of Batched, for a run that has told none yet.
	Rows, Estimate int64
}

// How often a throttle is asked during a pause, and how often at most another
// reason is written down: one may have a figure in it that never stands still.
const (
	askEvery  = 100 * time.Millisecond
	noteEvery = 5 * time.Second
)

// wait waits as long as the throttle has a reason. It ends early, without an
// error, when ctx does, and with ledger.ErrLeaseLost or a *Halted. Other workers
// wait behind the one who asks.
func (l *lane) wait(ctx context.Context) error {
	if l.options.Throttle == nil {
		return nil
	}
	select {
	case l.gate <- struct{}{}:
		defer func() { <-l.gate }()
	case <-ctx.Done():
		return nil
	}
	p := pause{lane: l}
	defer p.end(context.WithoutCancel(ctx))
	for ctx.Err() == nil {
		reason, err := l.options.Throttle.Reason(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("it cannot be told whether %s has to wait: %w", l.migration.ID, err)
		}
		if err := p.because(ctx, reason); err != nil || reason == "" {
			return err
		}
		if err := l.halted(reason); err != nil {
			return err
		}
		if err := l.rest(ctx, askEvery); err != nil {
			return err
		}
	}
	return nil
}

// rest waits for a while, or until ctx ends or the lease is lost.
func (l *lane) rest(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-l.held.Lost():
		return ledger.ErrLeaseLost
	}
	return nil
}

// pause is one pause, from its first reason to its end.
type pause struct {
	lane   *lane
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
		p.tell(reason)
	}
	if reason == p.noted || p.noted != "" && time.Since(p.noteAt) < noteEvery {
		return nil
	}
	p.noted, p.noteAt = reason, time.Now()
	return p.lane.note(ctx, reason)
}

// tell tells the reason; "" when the pause is over.
func (p *pause) tell(reason string) {
	l := p.lane
	l.mu.Lock()
	event := Paused{Migration: l.migration.ID, Reason: reason, Since: p.since, Rows: l.total, Estimate: l.estimated}
	l.mu.Unlock()
	l.emit(event)
}

// end tells that the pause is over, if there was one. It writes so as well: the
// batch that follows would, but none may follow.
func (p *pause) end(ctx context.Context) {
	if p.since.IsZero() {
		return
	}
	l := p.lane
	p.tell("")
	l.mu.Lock()
	l.speed.begin(time.Now(), l.rows)
	l.mu.Unlock()
	if p.noted != "" {
		// If it fails the next batch fails too, and with better words.
		_ = l.note(ctx, "")
	}
}

// note writes down why the work pauses, beside the position that it keeps.
func (l *lane) note(ctx context.Context, reason string) error {
	l.progress.Waiting = reason
	err := l.held.Batch(context.WithoutCancel(ctx), func(context.Context, database.Session) (ledger.Progress, error) {
		return l.progress, nil
	})
	if err == nil {
		l.started()
	}
	return err
}
