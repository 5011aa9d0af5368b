package backfill

import (
	"testing"
	"time"
)

func TestLimits(t *testing.T) {
	start := time.Unix(1000, 0)
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	cases := []struct {
		name    string
		options Options
		used    int64
		now     time.Time
		reached string
		left    int64
	}{
		{"none", Options{}, 1 << 40, at(1 << 20), "", 0},
		{"rows left", Options{MaxRows: 100}, 99, at(0), "", 1},
		{"rows", Options{MaxRows: 100}, 100, at(0), "100 rows", 1},
		{"rows before", Options{MaxRows: 100, Used: Used{Rows: 60}}, 40, at(0), "100 rows", 1},
		{"time left", Options{MaxTime: time.Minute}, 0, at(59), "", 0},
		{"time", Options{MaxTime: time.Minute}, 0, at(60), "1m0s", 0},
		{"time before", Options{MaxTime: time.Minute, Used: Used{Since: at(-50)}}, 0, at(10), "1m0s", 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			l := newLimits(c.options, start)
			l.used += c.used
			if got := l.reached(c.now); got != c.reached {
				t.Errorf("reached %q, want %q", got, c.reached)
			}
			if got := l.left(); got != c.left {
				t.Errorf("left %d, want %d", got, c.left)
			}
		})
	}
}

func TestSpeed(t *testing.T) {
	var s speed
	if got := s.rate(); got != 0 {
		t.Errorf("before anything: %v", got)
	}
	start := time.Unix(1000, 0)
	s.begin(start, 50)
	s.add(start.Add(100*time.Millisecond), 150)
	if got := s.rate(); got != 0 {
		t.Errorf("after 100 ms: %v, which is too early to say", got)
	}
	s.add(start.Add(time.Second), 1050)
	if got := s.rate(); got != 1000 {
		t.Errorf("after a second: %v", got)
	}
	for i := 2; i <= 40; i++ { // it slows down to 10 rows a second
		s.add(start.Add(time.Duration(i)*time.Second), 1050+int64(i)*10)
	}
	if got := s.rate(); got != 10 {
		t.Errorf("of late: %v", got)
	}
	if len(s.samples) > 102 {
		t.Errorf("%d samples are kept", len(s.samples))
	}
}
