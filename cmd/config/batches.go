package config

import (
	"errors"
	"fmt"
	"time"
)

// Batches are the settings of data migrations: the time that a batch aims at,
// how many run at once, and the pause behind each.
type Batches struct {
	Time    time.Duration
	Workers int
	Pause   time.Duration
}

// The bounds of these settings, in a file and on the command line: a batch that
// is meant to take less than a millisecond, or locks its rows for more than an
// hour, is a slip of the pen, and a worker is a session on the server.
const (
	leastBatchTime = time.Millisecond
	mostBatchTime  = time.Hour
	mostBatchPause = time.Hour
	mostWorkers    = 64
)

// BatchTime says what is wrong with the time that a batch is to aim at, as the
// end of a sentence.
func BatchTime(d time.Duration) error {
	if d < leastBatchTime || d > mostBatchTime {
		return errors.New("must be from 1ms to 1h")
	}
	return nil
}

// BatchPause says what is wrong with a pause between batches.
func BatchPause(d time.Duration) error {
	if d < 0 || d > mostBatchPause {
		return errors.New("must not be longer than 1h")
	}
	return nil
}

// WorkerCount says what is wrong with a number of workers.
func WorkerCount(n int) error {
	if n < 1 || n > mostWorkers {
		return fmt.Errorf("must be from 1 to %d", mostWorkers)
	}
	return nil
}

// ParseDuration reads a duration as the files have it: "3s", "100ms", or a
// number of seconds.
func ParseDuration(text string) (time.Duration, error) { return value{raw: text}.duration() }
