package run

import (
	"context"
	"errors"
	"time"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/plan"
)

// The pauses between two tries for a lock.
const (
	firstPause = 50 * time.Millisecond
	lastPause  = 5 * time.Second
)

// retry calls f until it does not fail for want of a lock, at most
// Options.LockRetries times more, with pauses that grow. f's context is not
// cancelled when ctx is, so that what it has in hand is finished; a pause is.
func (h *Held) retry(ctx context.Context, step string, f func(context.Context) error) error {
	return h.tryAgain(ctx, step, 0, lastPause, f)
}

// record is retry for a write of the bookkeeping tables that is a transaction of
// its own, and failed as a whole: it is tried for as long as the lease lasts at
// least, whatever Options.LockRetries is. What was done would not be known
// otherwise, or the lease not be given back. The lock is seldom held for long,
// and others may want it again and again, so that the pauses stay short.
func (h *Held) record(ctx context.Context, step string, f func(context.Context) error) error {
	return h.tryAgain(ctx, step, h.o.LeaseTTL, firstPause, f)
}

// tryAgain is retry, for patience at least, with pauses up to longest.
func (h *Held) tryAgain(ctx context.Context, step string, patience, longest time.Duration, f func(context.Context) error) error {
	pause, began := firstPause, time.Now()
	for try := 1; ; try++ {
		w := h.watch(ctx)
		err := f(context.WithoutCancel(ctx))
		blockers := w.end()
		if err == nil || isDead(err) || !locked(err) {
			return err
		}
		if try > h.o.LockRetries && time.Since(began) >= patience {
			return blame(err, blockers)
		}
		d := jitter(pause)
		event := Retrying{Step: step, Attempt: try, Of: max(h.o.LockRetries+1, try+1), Pause: d, Err: err, Blockers: blockers}
		h.emit(event)
		if h.onRetry != nil && patience == 0 {
			if err := h.onRetry(ctx, event); err != nil {
				return err
			}
		}
		if database.Sleep(ctx, d) != nil {
			return &Interrupted{Next: step, Began: h.began, Waited: true}
		}
		if lost := h.alive(); lost != nil {
			return lost
		}
		if h.aborted() {
			return err
		}
		pause = min(pause*3/2, longest)
	}
}

// aborted reports whether somebody has asked to end also what is in hand.
func (h *Held) aborted() bool {
	select {
	case <-h.o.Abort: // nil blocks for ever
		return true
	default:
		return false
	}
}

// OnRetry sets a function that is called before Batch or Read tries again for
// want of a lock, with no transaction open; an error of it ends the tries and is
// returned. nil takes it away.
func (h *Held) OnRetry(f func(context.Context, Retrying) error) { h.onRetry = f }

// blame notes in a failed step who was in its way.
func blame(err error, blockers []Blocker) error {
	var failed *StepFailed
	if errors.As(err, &failed) {
		failed.Blockers = blockers
	}
	return err
}

// begin opens a transaction in which statements wait for locks no longer than
// they should.
func (h *Held) begin(ctx context.Context) error {
	if perTransaction(h.session.Flavor()) {
		if err := h.session.Begin(ctx); err != nil {
			return err
		}
		return h.limitLocks(ctx)
	}
	if err := h.limitLocks(ctx); err != nil {
		return err
	}
	return h.session.Begin(ctx)
}

// rollback gives up the transaction, if one is open. What it fails with is of
// no interest beside the error that led here: a transaction that cannot be
// rolled back is not committed either.
func (h *Held) rollback(ctx context.Context) {
	if !h.session.InTransaction() {
		return
	}
	_ = h.session.Rollback(ctx)
	// The store may have written version rows that are gone now.
	_, _, _ = h.store.Rows(ctx)
}

// limitLocks sets the lock timeout of the session, or of its transaction.
func (h *Held) limitLocks(ctx context.Context) error {
	if h.patience > 0 {
		return h.session.SetLockTimeout(ctx, min(h.patience, h.o.LockTimeout))
	}
	return h.session.SetLockTimeout(ctx, h.o.LockTimeout)
}

// ownTransaction reports whether a statement that shares no transaction gets
// one of its own: where that is the only way to set a limit for it alone.
func (h *Held) ownTransaction(st plan.Statement) bool {
	return perTransaction(h.session.Flavor()) && !h.place.direct && st.Willing
}

// limitAlone sets the lock timeout for a statement that refuses a transaction.
// Behind a pooler it is not set: there, a setting of the session may be made on
// one connection of the server and serve somebody else next, while the
// statement goes to another. On PostgreSQL, where that is so, statements that
// refuse a transaction (CREATE INDEX CONCURRENTLY and its like) take locks that
// no writer queues behind, or are refused while the service runs, if nobody
// allows them to block (VACUUM FULL). For the former one long wait takes the
// place of many short ones: each would build the index anew, and be ended by the
// next transaction of the service that takes longer.
func (h *Held) limitAlone(ctx context.Context, st plan.Statement) error {
	if perTransaction(h.session.Flavor()) && !h.place.direct {
		return nil
	}
	if st.Patient {
		return h.session.SetLockTimeout(ctx, h.o.LockTimeout*time.Duration(h.o.LockRetries+1))
	}
	return h.limitLocks(ctx)
}

// unlimitAlone takes that limit back where it was not meant for the session. If
// it fails, the connection is gone, and the limit with it.
func (h *Held) unlimitAlone(ctx context.Context) {
	if perTransaction(h.session.Flavor()) && h.place.direct {
		_ = h.session.SetLockTimeout(context.WithoutCancel(ctx), 0)
	}
}

// perTransaction reports whether a lock timeout can be set for a transaction
// alone, so that it reaches the right connection behind a pooler (PostgreSQL
// manual, "SET": SET LOCAL).
func perTransaction(f flavor.Flavor) bool { return f.Dialect == flavor.Postgres }
