package cmd

import (
	"errors"
	"time"

	"manage/cmd/config"
)

// pacing are the options of the commands that go over rows, to move or to
// compare them. What is given wins over [batches] of the configuration.
type pacing struct {
	BatchTime    *duration `placeholder:"TIME" help:"The time that a batch of rows aims at, such as 100ms: rows that it moves are locked for as long."`
	PauseBetween *duration `placeholder:"TIME" help:"How long to pause between two batches."`
	MaxTime      *duration `placeholder:"TIME" help:"Stop after so long a time of moving or comparing rows, with exit code 8; the same command goes on."`
	throttling
}

func (o pacing) check() error {
	if d := o.BatchTime; d != nil && config.BatchTime(time.Duration(*d)) != nil {
		return outOfRange("--batch-time", *d, config.BatchTime(time.Duration(*d)))
	}
	if d := o.PauseBetween; d != nil && config.BatchPause(time.Duration(*d)) != nil {
		return outOfRange("--pause-between", *d, config.BatchPause(time.Duration(*d)))
	}
	if d := o.MaxLag; d != nil && *d < 0 {
		return outOfRange("--max-lag", *d, errors.New("must not be negative"))
	}
	if n := o.MaxLoad; n != nil && *n < 0 {
		return outOfRange("--max-load", *n, errors.New("must not be negative"))
	}
	if d := o.MaxTime; d != nil && *d <= 0 {
		return outOfRange("--max-time", *d, errors.New("must be more than 0"))
	}
	return nil
}

func (o pacing) apply(s Writes) {
	b := &s.Batches
	set(&b.Time, (*time.Duration)(o.BatchTime))
	set(&b.Pause, (*time.Duration)(o.PauseBetween))
	set(&b.MaxTime, (*time.Duration)(o.MaxTime))
	o.throttling.apply(s)
}

func (o pacing) words() []string {
	return []string{optionWords("--batch-time", o.BatchTime), optionWords("--pause-between", o.PauseBetween),
		optionWords("--max-time", o.MaxTime), optionWords("--max-lag", o.MaxLag), optionWords("--max-load", o.MaxLoad)}
}

// goingOn adds to the error of a limit the command that goes on: the words that
// it was given, with the options of this kind.
func (o pacing) goingOn(err error, words ...string) error {
	return wordsToGoOn(err, append(words, o.words()...))
}
