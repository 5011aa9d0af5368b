package run

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"manage/engine/database"
	"manage/engine/ledger"
)

// Acquire takes the lease and returns it with the session to work on. While
// somebody else has it, Acquire asks again and again, without a blocking call
// and without an open transaction, whose snapshot CREATE INDEX CONCURRENTLY
// would wait for. It gives up with *LeaseHeld when the holder has given no sign
// of life for Options.Wait, and with *Interrupted when ctx ends. A lease that
// has expired is taken over, and so is that of a holder who is certain to be
// dead.
func (r *Runner) Acquire(ctx context.Context, doing string) (*Held, error) {
	if err := r.at(BeforeAcquire, "", 0); err != nil {
		return nil, err
	}
	s, err := r.DB.Session(ctx)
	if err != nil {
		return nil, interrupted(ctx, err)
	}
	h := &Held{r: r, o: r.Options.complete(), session: s, store: r.books(s), events: &sync.Mutex{}}
	if err := h.acquire(ctx, doing); err != nil {
		if h.beat != nil {
			h.beat.stop()
		}
		// What went wrong before is what matters, not how it was closed.
		_ = s.Close()
		return nil, err
	}
	return h, nil
}

// acquire waits for the lease and starts the heartbeat.
func (h *Held) acquire(ctx context.Context, doing string) error {
	w := waiting{h: h, began: time.Now(), sign: time.Now()}
	h.place = here(ctx, h.session)
	for {
		before, got, err := h.try(ctx, doing)
		if err != nil && !locked(err) {
			return interrupted(ctx, err)
		}
		if got {
			h.identify(ctx)
			if ended := h.supersede(ctx, before); before != nil {
				h.emit(TookOver{From: *before, Dead: !before.Expired, Ended: ended})
			}
			h.startBeating(ctx)
			return h.r.at(AfterAcquire, "", 0)
		}
		if err := w.pause(ctx, before, err); err != nil {
			return err
		}
	}
}

// try reads the lease and takes it if it is free or expired, or its holder
// dead.
func (h *Held) try(ctx context.Context, doing string) (before *ledger.Lease, got bool, err error) {
	before, err = h.store.Lease(ctx)
	if err != nil {
		return before, false, err
	}
	if before != nil && !before.Expired {
		if !dead(ctx, h.session, h.place, *before) {
			return before, false, nil
		}
		h.lease, got, err = h.store.Seize(ctx, *before, h.o.Holder, h.place.String(), doing, h.o.LeaseTTL)
		return before, got, err
	}
	if err := h.store.Prepare(ctx); err != nil {
		return before, false, err
	}
	h.lease, got, err = h.store.Acquire(ctx, h.o.Holder, h.place.String(), doing, h.o.LeaseTTL)
	return before, got, err
}

// The pauses between two looks at a lease that somebody else has.
const (
	firstPoll = 50 * time.Millisecond
	lastPoll  = time.Second
	// remind is the time between two Waiting events about the same thing.
	remind = 10 * time.Second
)

// waiting is the state of the wait for another holder.
type waiting struct {
	h       *Held
	began   time.Time
	sign    time.Time     // when the holder gave his last sign of life, by our clock
	last    *ledger.Lease // as it was seen last
	told    time.Time
	between time.Duration
}

// pause waits a little, or gives up. cause is the lock that was in the way, if
// it was not the lease.
func (w *waiting) pause(ctx context.Context, seen *ledger.Lease, cause error) error {
	w.look(seen)
	if waited := time.Since(w.sign); waited >= w.h.o.Wait {
		if w.last == nil && cause != nil && time.Since(w.began) >= w.h.o.LeaseTTL {
			return cause
		}
		if w.last != nil {
			return &LeaseHeld{Lease: *w.last, Waited: time.Since(w.began), Stopped: Stopped(*w.last)}
		}
	}
	w.between = min(max(firstPoll, w.between*5/4), lastPoll)
	return interrupted(ctx, database.Sleep(ctx, jitter(w.between)))
}

// look notes a sign of life and tells of what changed.
func (w *waiting) look(seen *ledger.Lease) {
	news := w.told.IsZero() || time.Since(w.told) >= remind
	if seen != nil {
		w.sign = time.Now().Add(-seen.Silent())
		news = news || w.last == nil || w.last.Token != seen.Token || w.last.Doing != seen.Doing
		w.last = seen
	}
	if news {
		w.told = time.Now()
		told := Waiting{Lease: w.last, Since: w.began}
		if w.last != nil {
			told.Stopped = Stopped(*w.last)
		}
		w.h.emit(told)
	}
}

// interrupted turns the end of ctx into *Interrupted, before anything began.
func interrupted(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return &Interrupted{}
	}
	return err
}

// jitter varies d by a quarter, so that those who wait do not move in step.
func jitter(d time.Duration) time.Duration {
	return d*3/4 + rand.N(d/2+1)
}
