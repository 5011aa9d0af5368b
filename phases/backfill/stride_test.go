package backfill

import (
	"fmt"
	"math"
	"testing"

	"manage/migrations/catalog"

	"pgregory.net/rapid"
)

// strider is steps whose last range was packed, at a place.
func strider(after, until int64, rows int) *steps {
	s := &steps{migration: &catalog.Migration{}, whole: []bool{true}, dense: true, rows: newSize(0)}
	s.rows.fix(rows)
	s.next.at = place{After: []any{fmt.Sprint("n:", after)}, Until: []any{fmt.Sprint("n:", until)}}
	return s
}

// A stride never spans more numbers than a batch may have rows, passes the last
// key, or stands still.
func TestStride(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		until := rapid.Int64Min(math.MinInt64+1).Draw(t, "until")
		after := rapid.Int64Range(math.MinInt64, until-1).Draw(t, "after")
		rows := rapid.IntRange(1, 200_000).Draw(t, "rows")
		last, ok := strider(after, until, rows).stride()
		n, whole := wholeOf(last)
		if !ok || !whole || n <= after || n > until || distance(after, n) > uint64(rows) {
			t.Fatalf("stride from %d to %d in %d rows ends at %v, %t", after, until, rows, last, ok)
		}
	})
}

func TestStrideOnlyAmongNumbers(t *testing.T) {
	for name, change := range map[string]func(*steps){
		"sparse":        func(s *steps) { s.dense = false },
		"no position":   func(s *steps) { s.next.at.After = nil },
		"text":          func(s *steps) { s.next.at.After = []any{"s:a"} },
		"unsigned":      func(s *steps) { s.next.at.Until = []any{"n:18446744073709551615"} },
		"real":          func(s *steps) { s.next.at.After = []any{"n:1.5e+00"} },
		"bytes":         func(s *steps) { s.next.at.After = []any{"x:10"} },
		"first row set": func(s *steps) { s.next.first = []any{"n:7"} },
	} {
		s := strider(1, 1000, 10)
		change(s)
		if last, ok := s.stride(); ok {
			t.Errorf("%s: stride to %v", name, last)
		}
	}
}

func TestPacked(t *testing.T) {
	for _, c := range []struct {
		after, last, rows int64
		want              bool
	}{
		{0, 100, 100, true}, {0, 100, 75, true}, {0, 100, 74, false}, {0, 100, 0, false},
		{-50, 50, 80, true}, {math.MinInt64, math.MaxInt64, 1000, false},
	} {
		s := strider(c.after, math.MaxInt64, 100)
		s.next.last = []any{fmt.Sprint("n:", c.last)}
		if got := s.packed(c.rows); got != c.want {
			t.Errorf("%d rows from %d to %d: packed %t", c.rows, c.after, c.last, got)
		}
	}
}
