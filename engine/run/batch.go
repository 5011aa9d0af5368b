package run

import (
	"context"

	"manage/engine/database"
	"manage/engine/ledger"
)

// Batch runs one batch of a data migration: fn's changes and the position it
// returns are one transaction under the lease's token. A batch that fails for
// want of a lock is rolled back and run again, so fn must bear being repeated.
// When ctx is cancelled, a batch that has begun is finished all the same; the
// error is *Interrupted if it had not.
func (h *Held) Batch(ctx context.Context, fn func(ctx context.Context, s database.Session) (ledger.Progress, error)) error {
	if ctx.Err() != nil {
		return &Interrupted{Began: h.began}
	}
	if err := h.prepare(context.WithoutCancel(ctx), ledger.Positions); err != nil {
		return err
	}
	err := h.retry(ctx, "", func(ctx context.Context) error {
		if err := h.alive(); err != nil {
			return err
		}
		err := h.batch(ctx, fn)
		if err != nil && !isDead(err) {
			h.rollback(ctx)
		}
		return err
	})
	if err == nil {
		h.began = true
	}
	return err
}

// Read runs fn, which reads only: in no transaction, save where only that bounds
// the wait for locks. It is run again where it fails for want of one, and
// finished once it has begun; the error is *Interrupted if it had not.
func (h *Held) Read(ctx context.Context, fn func(ctx context.Context, s database.Session) error) error {
	if ctx.Err() != nil {
		return &Interrupted{Began: h.began}
	}
	return h.retry(ctx, "", func(ctx context.Context) error {
		if err := h.alive(); err != nil {
			return err
		}
		if !perTransaction(h.session.Flavor()) {
			if err := h.limitLocks(ctx); err != nil {
				return err
			}
			return fn(database.WithoutLockRetries(ctx), h.session)
		}
		if err := h.begin(ctx); err != nil {
			return err
		}
		defer h.rollback(ctx) // nothing was changed
		return fn(ctx, h.session)
	})
}

// batch leaves the transaction open if it fails.
func (h *Held) batch(ctx context.Context, fn func(ctx context.Context, s database.Session) (ledger.Progress, error)) error {
	if err := h.r.at(BeforeBegin, "", 0); err != nil {
		return err
	}
	if err := h.begin(ctx); err != nil {
		return err
	}
	p, err := fn(ctx, h.session)
	if err != nil {
		return err
	}
	if err := h.r.at(BeforeMark, p.Migration, 0); err != nil {
		return err
	}
	if err := h.store.SaveProgress(ctx, h.lease.Token, p); err != nil {
		return err
	}
	if err := h.r.at(BeforeCommit, p.Migration, 0); err != nil {
		return err
	}
	if err := h.session.Commit(ctx); err != nil {
		return err
	}
	return h.r.at(AfterCommit, p.Migration, 0)
}
