package backend

import (
	"context"
	"time"
)

type repeatable struct{}

// Repeatable marks the context of a query that belongs to no transaction: a
// backend may send it again when the server ended it, and took back what it
// did, for the sake of somebody else.
func Repeatable(ctx context.Context) context.Context {
	return context.WithValue(ctx, repeatable{}, true)
}

type lockless struct{}

// WithoutLockRetries marks the context of queries whose caller tries again by
// itself where a lock is not to be had: they are not sent again for that.
func WithoutLockRetries(ctx context.Context) context.Context {
	return context.WithValue(ctx, lockless{}, true)
}

// IsRepeatable reports whether Repeatable made ctx, or one it comes from.
func IsRepeatable(ctx context.Context) bool { return ctx.Value(repeatable{}) != nil }

// Sleep waits so long, unless ctx ends first: then it returns why it did.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
