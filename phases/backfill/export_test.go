package backfill

// Fixed is o with batches of so many rows.
func Fixed(o Options, rows int) Options {
	o.fixed = rows
	return o
}

// Shifting is shifting.
var Shifting = shifting

// Estimate is estimate.
var Estimate = estimate
