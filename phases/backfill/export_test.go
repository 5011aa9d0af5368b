package backfill

import (
	"context"
	"time"

	"manage/engine/run"
)

// Fixed is o with batches of so many rows.
func Fixed(o Options, rows int) Options {
	o.fixed = rows
	return o
}

// Shifting is shifting.
var Shifting = shifting

// Estimate is estimate.
var Estimate = estimate

// Before is what comes before a batch of a Go function, while the database is
// left to others until free.
func Before(ctx context.Context, held *run.Held, free time.Time) error {
	l := &lane{runner: &runner{held: held, gate: make(chan struct{}, 1)}, held: held, source: &hooked{}, free: free}
	return l.before(ctx)
}
