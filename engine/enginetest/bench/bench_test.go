package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"manage/migrations/catalog"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == measureWord {
		os.Exit(measureThis(os.Args[2:]))
	}
	os.Exit(m.Run())
}

// Generated catalogs are valid and have the size that is asked for.
func TestGenerate(t *testing.T) {
	for _, f := range []form{formTOML, formSQL} {
		for _, h := range []shape{shapeTrunk, shapeBranches} {
			t.Run(fmt.Sprintf("%s %s", f, h), func(t *testing.T) {
				const n = 127
				dir := t.TempDir()
				if err := write(dir, generate(n, f, h)); err != nil {
					t.Fatal(err)
				}
				c, err := catalog.Load(os.DirFS(dir), catalog.Options{Dir: dir})
				if err != nil {
					t.Fatal(err)
				}
				if len(c.Revisions) != n {
					t.Errorf("%d revisions, want %d", len(c.Revisions), n)
				}
				for id, r := range c.Revisions {
					if len(r.Up) != 1 {
						t.Errorf("%s has %d changes, want 1", id, len(r.Up))
					}
				}
			})
		}
	}
}

func TestRun(t *testing.T) {
	const size = 60 << 20
	p := program{
		args:  []string{"sh", "-c", `cat; echo "$WORD"; head -c 62914560 /dev/zero | tail -n 1 | wc -c`},
		env:   []string{"WORD=seen"},
		input: "bench_test.go",
	}
	s, err := p.run()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(s.Output, "package main") || !strings.Contains(s.Output, "\nseen\n") {
		t.Errorf("output is not the program's: %.40q…", s.Output)
	}
	// tail keeps the line, so that it needs as much memory as that is long.
	if s.Elapsed <= 0 || s.Peak < size || s.Peak > 4*size {
		t.Errorf("took %v and %d bytes", s.Elapsed, s.Peak)
	}
	small, err := program{args: []string{"true"}}.run()
	if err != nil {
		t.Fatal(err)
	}
	if small.Peak > 30<<20 {
		t.Errorf("an empty program needs %d bytes: the measuring one is counted", small.Peak)
	}
}

func TestRunFails(t *testing.T) {
	_, err := program{args: []string{"sh", "-c", "echo why >&2; exit 3"}}.run()
	if err == nil || !strings.Contains(err.Error(), "why") || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("got %v", err)
	}
	if _, err := (program{args: []string{"/nowhere/at/all"}}).run(); err == nil {
		t.Error("a program that is not there was run")
	}
}

func TestFastestAndPeak(t *testing.T) {
	all := samples{{Elapsed: 3, Peak: 1}, {Elapsed: 1, Peak: 5}, {Elapsed: 2, Peak: 2}}
	if all.fastest() != time.Nanosecond || all.peak() != 5 {
		t.Errorf("fastest %v, peak %d", all.fastest(), all.peak())
	}
}

// The keys of the rows that a data migration moves are unique and in order, as
// the loop of key ranges takes them, and the catalog is one that loads.
func TestBackfillTable(t *testing.T) {
	for _, key := range []keyKind{keyNumber, keyText} {
		t.Run(string(key), func(t *testing.T) {
			table := table{key: key, rows: 2 * rangeRows, dir: t.TempDir()}
			if err := table.write(); err != nil {
				t.Fatal(err)
			}
			if _, err := catalog.Load(os.DirFS(table.dir), catalog.Options{Dir: table.dir}); err != nil {
				t.Error(err)
			}
			data, err := os.ReadFile(table.data())
			if err != nil {
				t.Fatal(err)
			}
			rows := strings.Split(strings.TrimSpace(string(data)), "\n")
			if len(rows) != table.rows {
				t.Fatalf("%d rows, want %d", len(rows), table.rows)
			}
			for i := range rows {
				id, _, _ := strings.Cut(rows[i], "\t")
				if key == keyText && (len(id) != 36 || i > 0 && rows[i-1] >= rows[i]) {
					t.Fatalf("row %d has the key %q behind %q", i, id, rows[max(i, 1)-1])
				}
			}
			loop, err := os.ReadFile(table.loop())
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(loop), "\n"); n != 2 || !strings.Contains(string(loop), table.literal(table.rows)) {
				t.Errorf("the loop has %d statements and does not reach the last key, or has too many:\n%s", n, loop)
			}
		})
	}
}

// Percentiles are of all connections together.
func TestSumOfWriters(t *testing.T) {
	var one, other writerResult
	for i := 1; i <= 100; i++ {
		one.waits = append(one.waits, time.Duration(i)*time.Millisecond)
	}
	other = writerResult{waits: []time.Duration{time.Second}, errs: []error{os.ErrClosed}}
	w := sum([]writerResult{one, other})
	want := writerWaits{Writes: 101, Errors: 1, P50: 51 * time.Millisecond, P95: 96 * time.Millisecond, P99: 100 * time.Millisecond,
		Longest: time.Second, FirstError: os.ErrClosed.Error()}
	if w != want {
		t.Errorf("got %+v, want %+v", w, want)
	}
}
