package cmd

import (
	"context"
	"fmt"
	"manage/cmd/argv"
	"manage/phases/purge"
	"math"
	"strconv"
	"time"
)

// glancePurge is `db purge` of the image service's tool.
type glancePurge struct {
	AgeInDays string `name:"age_in_days" default:"30" help:"Keep what was deleted within so many days."`
	MaxRows   string `name:"max_rows" default:"100" help:"Remove at most so many rows from each table; -1 for all."`
}

// Run removes deleted rows from all tables but that of the images.
func (c *glancePurge) Run(ctx context.Context, open lazyWrites) error {
	return glanceSweep(ctx, open, "purge", c.AgeInDays, c.MaxRows)
}

// glancePurgeImages is `db purge_images_table`.
type glancePurgeImages struct {
	AgeInDays string `name:"age_in_days" default:"180" help:"Keep what was deleted within so many days."`
	MaxRows   string `name:"max_rows" default:"100" help:"Remove at most so many rows; -1 for all."`
}

// Run removes deleted images.
func (c *glancePurgeImages) Run(ctx context.Context, open lazyWrites) error {
	return glanceSweep(ctx, open, "purge_images_table", c.AgeInDays, c.MaxRows)
}

// glanceSweep checks the numbers, in the order of the original, and purges.
func glanceSweep(ctx context.Context, open lazyWrites, name, ageWord, rowsWord string) error {
	now := time.Now().UTC()
	age, rows, err := sweepNumbers(ageWord, rowsWord, now)
	if err != nil {
		return err
	}
	w, err := open(ctx)
	if err != nil {
		return err
	}
	s := &purge.Service{Catalog: w.Catalog, DB: w.DB, Run: w.Run, Time: w.Batches.Time, Faults: w.Faults, Events: w.Events}
	return s.Sweep(ctx, purge.SweepRequest{Sweep: name, Before: now.AddDate(0, 0, -int(age)), Limit: rows})
}

// sweepNumbers reads an age in days and a number of rows.
func sweepNumbers(ageWord, rowsWord string, now time.Time) (age, rows int64, err error) {
	if age, err = integer("age_in_days", ageWord); err != nil {
		return 0, 0, err
	}
	if rows, err = integer("max_rows", rowsWord); err != nil {
		return 0, 0, err
	}
	days := float64(now.Unix()) / (24 * 60 * 60)
	switch {
	case age < 0:
		err = &argv.Misplaced{Reason: fmt.Sprintf("age_in_days must not be negative, as %d is", age)}
	case float64(age) >= days:
		err = &argv.Misplaced{Reason: fmt.Sprintf("age_in_days is too large: it is %d, and the epoch began %d days ago", age, int64(days))}
	case rows < -1:
		err = &argv.Misplaced{Reason: fmt.Sprintf("max_rows must be at least -1, which is no limit; it is %d", rows)}
	case rows > math.MaxInt32:
		err = &argv.Misplaced{Reason: fmt.Sprintf("max_rows is out of range: it is %d, and may be %d at most", rows, math.MaxInt32)}
	}
	return age, rows, err
}

// integer reads a positional word as a number. One that is too large for any
// use stays the largest there is.
func integer(name, word string) (int64, error) {
	if !argv.WholeNumber.MatchString(word) {
		return 0, &argv.Misplaced{Reason: fmt.Sprintf("%s must be a whole number, not %q", name, word)}
	}
	n, _ := strconv.ParseInt(word, 10, 64) // out of range: the nearest number
	return n, nil
}
