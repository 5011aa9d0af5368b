package run

import (
	"context"
	"errors"
	"time"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/ledger"
)

// heartbeat extends a lease through a session of its own while the working one
// is busy. Every write of the working session extends the lease as well, so
// that a run shorter than the first beat opens no second connection.
type heartbeat struct {
	h      *Held
	cancel context.CancelFunc
	done   chan struct{}
	lost   chan struct{}

	session database.Session
	store   ledger.Store
}

// beatPatience is how long a heartbeat waits for a lock. On SQLite the working
// session's own transaction is in the way at times: as long as it is open
// nobody can take over, and it extends the lease when it commits.
const beatPatience = 100 * time.Millisecond

func (h *Held) startBeating(ctx context.Context) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	h.beat = &heartbeat{h: h, cancel: cancel, done: make(chan struct{}), lost: make(chan struct{})}
	go h.beat.run(ctx)
}

// stop ends the heartbeat and waits until it has ended.
func (b *heartbeat) stop() {
	b.cancel()
	<-b.done
}

func (b *heartbeat) run(ctx context.Context) {
	defer close(b.done)
	defer b.close()
	// A ticker takes no interval of zero, however short a lease is asked for.
	between := max(b.h.o.LeaseTTL/3, time.Millisecond)
	ticker := time.NewTicker(between)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.h.o.Abort:
			b.h.abort(ctx)
			return
		case <-ticker.C:
		}
		err := b.beat(ctx)
		ticker.Reset(between)
		switch {
		case err == nil, ctx.Err() != nil:
		case errors.Is(err, ledger.ErrLeaseLost):
			close(b.lost)
			return
		case b.inTheWay(err):
			ticker.Reset(max(between/10, time.Millisecond))
		default:
			b.close()
			b.h.emit(HeartbeatFailed{Err: err})
		}
	}
}

// inTheWay reports whether err comes from a lock that is most likely the
// working session's. A SQLite database in memory has no limit for waiting, so
// that it is the time of the beat that runs out there.
func (b *heartbeat) inTheWay(err error) bool {
	return locked(err) || b.h.r.DB.Flavor().Dialect == flavor.SQLite && database.ClassOf(err) == database.Interrupted
}

// beat extends the lease once.
func (b *heartbeat) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, b.h.o.LeaseTTL)
	defer cancel()
	if b.session == nil {
		s, err := b.h.r.DB.Session(ctx)
		if err != nil {
			return err
		}
		b.session, b.store = s, b.h.r.books(s)
		if err := s.SetLockTimeout(ctx, beatPatience); err != nil {
			return err
		}
	}
	return b.store.Extend(ctx, b.h.lease.Token, "", b.h.o.LeaseTTL)
}

func (b *heartbeat) close() {
	if b.session != nil {
		// It is only used here, and the next beat opens another one.
		_ = b.session.Close()
		b.session, b.store = nil, nil
	}
}
