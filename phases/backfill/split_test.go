package backfill

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestRangesOf(t *testing.T) {
	key := func(s string) []any { return []any{s} }
	at := place{Step: 1, After: key("b"), Until: key("y")}
	cases := []struct {
		name   string
		points [][]any
		want   []place
	}{
		{"whole", nil, []place{{Step: 1, After: key("b"), Until: key("y"), Part: true}}},
		{"two", [][]any{key("k")}, []place{{Step: 1, After: key("b"), Until: key("k"), Part: true}, {Step: 1, After: key("k"), Until: key("y"), Part: true}}},
		{"at the ends", [][]any{key("b"), key("y")}, []place{{Step: 1, After: key("b"), Until: key("y"), Part: true}}},
		{"twice the same", [][]any{key("k"), key("k")}, []place{{Step: 1, After: key("b"), Until: key("k"), Part: true}, {Step: 1, After: key("k"), Until: key("y"), Part: true}}},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, rangesOf(at, c.points)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// However a range is cut, and whatever keys there are, each key behind its
// beginning and not behind its end lies in exactly one of the pieces, and no
// other key in any.
func TestPiecesCoverTheRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.SliceOfNDistinct(rapid.IntRange(0, 500), 2, 100, rapid.ID[int]).Draw(t, "keys")
		slices.Sort(numbers)
		var keys [][]any
		for _, n := range numbers {
			keys = append(keys, []any{n})
		}
		at := place{Until: keys[len(keys)-1]}
		if rapid.Bool().Draw(t, "begun") {
			at.After = keys[rapid.IntRange(0, len(keys)-2).Draw(t, "after")]
		}
		inside := keys
		if at.After != nil {
			inside = keys[slices.IndexFunc(keys, func(k []any) bool { return slices.Equal(k, at.After) })+1:]
		}
		pieces := rangesOf(at, cuts(inside, rapid.IntRange(1, 20).Draw(t, "pieces")))
		for n := range 501 {
			lies := 0
			for _, p := range pieces {
				if (p.After == nil || n > p.After[0].(int)) && n <= p.Until[0].(int) {
					lies++
				}
			}
			want := 0
			if n <= at.Until[0].(int) && (at.After == nil || n > at.After[0].(int)) {
				want = 1
			}
			if lies != want {
				t.Fatalf("%d lies in %d pieces of %v, want %d", n, lies, pieces, want)
			}
		}
	})
}

func TestCuts(t *testing.T) {
	var keys [][]any
	for i := range 20 {
		keys = append(keys, []any{i})
	}
	for _, c := range []struct {
		keys, n int
		want    [][]any
	}{
		{20, 4, [][]any{{5}, {10}, {15}}},
		{20, 3, [][]any{{6}, {13}}},
		{5, 4, [][]any{{2}}}, // two keys for each
		{3, 4, nil},
		{20, 1, nil},
	} {
		if diff := cmp.Diff(c.want, cuts(keys[:c.keys], c.n)); diff != "" {
			t.Errorf("%d keys for %d pieces (-want +got):\n%s", c.keys, c.n, diff)
		}
	}
}

func TestSize(t *testing.T) {
	s := newSize(100 * time.Millisecond)
	s.bound(1_000_000, false)
	for _, step := range []struct {
		what string
		took time.Duration
		want int
	}{
		{"grows by half", 10 * time.Millisecond, 1501},
		{"and on", 10 * time.Millisecond, 2252},
		{"as it is", 100 * time.Millisecond, 2252},
		{"shrinks at once", time.Second, 225},
		{"not below the least", time.Minute, 50},
	} {
		if s.adapt(step.took); s.rows != step.want {
			t.Errorf("%s: %d, want %d", step.what, s.rows, step.want)
		}
	}
	for _, b := range []struct {
		table int64
		alone bool
		most  int
		rows  int
	}{{0, false, 500, 500}, {10_000, false, 500, 500}, {1_000_000, false, 4000, 1000}, {1 << 40, false, 10_000, 1000},
		{10, true, 200_000, 1000}, {50_000, true, 200_000, 5000}, {1 << 40, true, 200_000, 10_000}} {
		s := newSize(time.Second)
		s.most = 500
		if s.bound(b.table, b.alone); s.most != b.most || s.rows != b.rows {
			t.Errorf("a table of %d rows: %d, at most %d, want %d and %d", b.table, s.rows, s.most, b.rows, b.most)
		}
	}
	grown := newSize(time.Second)
	grown.adapt(time.Minute)
	if grown.bound(1<<40, true); grown.rows != leastSize {
		t.Errorf("what was measured counts no more: %d", grown.rows)
	}
	cluster := newSize(time.Second)
	cluster.cluster = true
	if cluster.bound(1_000_000, false); cluster.most != mostCluster {
		t.Errorf("on a cluster: at most %d, want %d", cluster.most, mostCluster)
	}
	s.rows = 1000
	if s.shrink(); s.rows != 500 {
		t.Errorf("without its locks: %d", s.rows)
	}
	s.rows = s.least
	if s.shrink(); s.rows != s.least {
		t.Errorf("never below the least: %d", s.rows)
	}
}

func TestPasses(t *testing.T) {
	var p passes
	for i, step := range []struct {
		changed int64
		sample  []string
		want    bool
	}{
		{10, []string{"1"}, false}, // left by writers
		{10, []string{"2"}, false}, // others
		{10, []string{"2"}, false}, // the same row again
		{0, nil, false},            // nothing changed, and something came meanwhile
		{5, []string{"3"}, false},  // it goes on
		{5, []string{"3"}, false},
		{5, []string{"3"}, false},
		{5, []string{"3"}, true},
	} {
		if got := p.stuck(step.changed, step.sample); got != step.want {
			t.Errorf("pass %d: %v", i+1, got)
		}
	}
}

func TestWaitsLeaveGaps(t *testing.T) {
	// The pauses of SQLite's busy handler, in milliseconds. Whoever begins to
	// wait at any time has looked within a gap before a quarter of a second.
	pauses := []int{1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100}
	work, gap := int(gapEvery.Milliseconds()), int(gapFor.Milliseconds())
	for longer := 0; longer <= 20; longer++ { // a batch may take a little longer
		period := work + longer + gap
		for begins := range work + longer {
			at, reached := begins, false
			for _, p := range append([]int{0}, pauses...) {
				if at += p; at%period >= work+longer {
					reached = true
					break
				}
			}
			if !reached || at-begins > 250 {
				t.Fatalf("who waits from %d ms on in batches of %d ms gets in after %d ms (%v)", begins, work+longer, at-begins, reached)
			}
		}
	}
}
