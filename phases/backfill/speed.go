package backfill

import "time"

// speed is how fast the rows went of late.
type speed struct{ samples []sample }

// sample is how many rows were done at a time.
type sample struct {
	at   time.Time
	rows int64
}

// The window in which a speed is measured, and how much of it there must be for
// a figure that means anything.
const (
	speedWindow = 10 * time.Second
	speedLeast  = 200 * time.Millisecond
)

// begin forgets what was before: a pause, or another run.
func (s *speed) begin(now time.Time, rows int64) {
	s.samples = append(s.samples[:0], sample{now, rows})
}

// add notes how many rows are done in all. Samples closer together than a
// hundredth of the window are one.
func (s *speed) add(now time.Time, rows int64) {
	n := len(s.samples)
	if n > 1 && now.Sub(s.samples[n-2].at) < speedWindow/100 {
		s.samples = s.samples[:n-1]
	}
	s.samples = append(s.samples, sample{now, rows})
	for len(s.samples) > 2 && now.Sub(s.samples[1].at) >= speedWindow {
		s.samples = append(s.samples[:0], s.samples[1:]...)
	}
}

// rate is rows per second; 0 while unknown.
func (s *speed) rate() float64 {
	if len(s.samples) == 0 {
		return 0
	}
	first, last := s.samples[0], s.samples[len(s.samples)-1]
	took := last.at.Sub(first.at)
	if took < speedLeast {
		return 0
	}
	return float64(last.rows-first.rows) / took.Seconds()
}
