package run

import (
	"context"
	"strings"
	"time"

	"manage/engine/plan"
)

// budget is the time that the statements of one transaction may wait for locks,
// all together. Who queues behind a lock that one of them waits for, or has,
// waits until the transaction ends: were the limit each statement's own, that
// would be their sum.
type budget struct {
	h     *Held
	began time.Time // when the first statement was sent; zero before
	limit time.Duration
	// broken is true once a statement has worked for so long that others have
	// waited beyond the limit anyway, as somebody allowed.
	broken bool
}

// budget is that of a new transaction; nil where each statement has the limit
// to itself, because nobody writes meanwhile, or because the server knows no
// limits for a transaction: MySQL and MariaDB end it with each change of the
// schema.
func (e *execution) budget() *budget {
	if !e.online || !perTransaction(e.h.session.Flavor()) {
		return nil
	}
	return &budget{h: e.h, limit: e.h.o.LockTimeout}
}

// spend sends a statement with what is left for its locks.
func (b *budget) spend(ctx context.Context, st plan.Statement, send func() error) error {
	if b == nil {
		return send()
	}
	whole, now := b.h.o.LockTimeout, time.Now()
	if b.began.IsZero() {
		b.began = now
	}
	left := whole
	if !b.broken {
		left -= now.Sub(b.began)
	}
	if err := b.set(ctx, left/time.Duration(locks(st))); err != nil {
		return err
	}
	err := send()
	b.broken = b.broken || time.Since(now) > 2*whole
	return err
}

// spare leaves some time for the record, whose rows the heartbeat may have
// locked for a moment.
func (b *budget) spare(ctx context.Context) error {
	if b == nil || b.limit >= b.h.o.LockTimeout/10 {
		return nil
	}
	return b.set(ctx, b.h.o.LockTimeout/10)
}

// set tells the server of a limit, unless it is about the one that it has:
// most transactions are short, and a message takes longer than their work.
func (b *budget) set(ctx context.Context, limit time.Duration) error {
	limit = max(limit, time.Millisecond)
	if change := b.limit - limit; change < b.h.o.LockTimeout/20 && -change < b.h.o.LockTimeout/20 {
		return nil
	}
	b.limit = limit
	return b.h.session.SetLockTimeout(ctx, limit)
}

// locks is how many tables a statement waits for, one after the other: the
// server's limit is for each. A foreign key has two ends.
func locks(st plan.Statement) int {
	n := 1 + strings.Count(strings.ToUpper(st.SQL), "REFERENCES ")
	if e := st.Effect; e != nil && !e.Present && (e.Kind == plan.KindForeignKey || e.Kind == plan.KindTable) {
		n++
	}
	return n
}
