package run

import (
	"context"
	"errors"
	"sync"
	"time"

	"manage/engine/database"
	"manage/engine/ledger"
)

// Held is the lease while it is held, with the session that works under it. It
// is used by one goroutine at a time.
type Held struct {
	r       *Runner
	o       Options
	session database.Session
	store   ledger.Store
	lease   ledger.Lease
	place   place // where this runner works
	locked  bool  // whether it has the server's own lock
	// prepared notes the parts of the books that were made.
	prepared map[ledger.Part]bool
	// began is true once anything was done under this lease.
	began bool

	events *sync.Mutex // one event at a time, of all workers
	beat   *heartbeat
	// patience, if it is not 0, bounds how long a batch waits for a lock.
	patience time.Duration
	onRetry  func(context.Context, Retrying) error // described at OnRetry
}

// Session is the session to work on. Its transactions must be closed before
// any method of Held is called.
func (h *Held) Session() database.Session { return h.session }

// Store is the books, through Session.
func (h *Held) Store() ledger.Store { return h.store }

// Token is the fencing token that every write to Store carries.
func (h *Held) Token() int64 { return h.lease.Token }

// Pooled reports whether something stands between us and the server, so that
// the server's name of Session means nothing from one transaction to the next.
func (h *Held) Pooled() bool { return h.session.Port() > 0 && !h.place.direct }

// Lost is closed when the heartbeat finds that somebody else took over.
func (h *Held) Lost() <-chan struct{} { return h.beat.lost }

// Attempts returns the journal, oldest first.
func (h *Held) Attempts(ctx context.Context) ([]ledger.Attempt, error) {
	return h.store.Attempts(ctx)
}

// Why explains an error of work under the lease: if it comes from a connection
// or a token that was lost because somebody took over, it is a *LeaseLost that
// wraps err. It looks through a session of its own.
func (h *Held) Why(ctx context.Context, err error) error {
	if isDead(err) || !errors.Is(err, ledger.ErrLeaseLost) && database.ClassOf(err) != database.ConnectionLost {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), whyWait)
	defer cancel()
	s, openErr := h.r.DB.Session(ctx)
	if openErr != nil {
		return err
	}
	defer s.Close()
	now, readErr := h.r.books(s).Lease(ctx)
	if readErr != nil || now != nil && now.Token == h.lease.Token {
		return err
	}
	return &LeaseLost{Token: h.lease.Token, Now: now, Err: err}
}

// whyWait bounds the look for why a connection was lost.
const whyWait = 5 * time.Second

// Release gives the lease back and closes the session. It does so also when
// ctx has ended. It is no error if the lease was lost.
func (h *Held) Release(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	h.beat.stop()
	if err := h.r.at(BeforeRelease, "", 0); err != nil {
		return errors.Join(err, h.session.Close())
	}
	h.rollback(ctx)
	h.unlock(ctx)
	err := h.record(ctx, "", func(ctx context.Context) error { return h.store.Release(ctx, h.lease.Token) })
	if err != nil && !errors.Is(err, ledger.ErrLeaseLost) {
		err = h.releaseAnew(ctx)
	}
	if errors.Is(err, ledger.ErrLeaseLost) {
		err = nil
	}
	// A session that was cut off cannot be closed in good order.
	_ = h.session.Close()
	if err != nil {
		return err
	}
	return h.r.at(AfterRelease, "", 0)
}

// releaseAnew gives the lease back through another session, because the
// working one broke.
func (h *Held) releaseAnew(ctx context.Context) error {
	s, err := h.r.DB.Session(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	return h.r.books(s).Release(ctx, h.lease.Token)
}

// emit tells an event.
func (h *Held) emit(e Event) {
	if h.r.Events == nil {
		return
	}
	h.events.Lock()
	defer h.events.Unlock()
	h.r.Events(e)
}

// prepare makes a part of the books, once.
func (h *Held) prepare(ctx context.Context, part ledger.Part) error {
	if h.prepared[part] {
		return nil
	}
	err := h.record(ctx, "", func(ctx context.Context) error { return h.store.Prepare(ctx, part) })
	if err != nil {
		return err
	}
	if h.prepared == nil {
		h.prepared = map[ledger.Part]bool{}
	}
	h.prepared[part] = true
	return nil
}

// alive is ledger.ErrLeaseLost if the heartbeat found that out.
func (h *Held) alive() error {
	select {
	case <-h.beat.lost:
		return ledger.ErrLeaseLost
	default:
		return nil
	}
}
