package faults

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/ledger"
)

// A full run breaks each kind of point of each run, and of all other points a
// share, by a seed: twice the same seed is twice the same points.
var (
	all   = flag.Bool("all", false, "break every kind of point of every run, not a sample of a few")
	share = flag.Float64("share", 0.4, "with -all: the share of all points that is broken, beside one of each kind; 1 for every point")
	seed  = flag.Uint64("seed", 1, "with -all: which points these are")
)

// stride is how many points a sample takes one of.
func stride(sample int) int {
	if *all {
		return 1
	}
	return sample
}

// lot is what draws the points of a full run.
func lot(k task) task {
	if *all {
		k.Share, k.Seed = *share, *seed
	}
	return k
}

// start starts a child with a task.
func start(t testing.TB, k task) (*exec.Cmd, *bytes.Buffer, *bytes.Buffer) {
	t.Helper()
	text, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(os.Args[0])
	if k.Fault == away {
		// A process id of a namespace of its own says nothing to others. The
		// first process there cannot be killed from within, so it is a shell.
		c = exec.Command("sh", "-c", `"$0"; exit $?`, os.Args[0])
		c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
	}
	out, log := &bytes.Buffer{}, &bytes.Buffer{}
	c.Stdout, c.Stderr = out, log
	c.Env = append(os.Environ(), envTask+"="+string(text))
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	return c, out, log
}

// runTask runs a child to its end; killed is true if it was killed.
func runTask(t testing.TB, k task) (r result, killed bool) {
	t.Helper()
	c, out, log := start(t, k)
	err := c.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) && (exit.ExitCode() < 0 || exit.ExitCode() == 128+int(syscall.SIGKILL)) {
		return r, true
	}
	if err == nil {
		err = json.Unmarshal(out.Bytes(), &r)
	}
	if err != nil {
		t.Fatalf("the child failed: %v\n%s", err, log)
	}
	return r, false
}

// content is everything that a run is to leave alike: schema, rows, version,
// and what the journal says is done.
type content struct {
	schema *enginetest.Snapshot
	rows   map[string][]string
}

func contentOf(t testing.TB, db enginetest.Database) content {
	t.Helper()
	c := content{schema: enginetest.TakeSnapshot(t, db).Without(ledger.Tables()...), rows: map[string][]string{}}
	for table := range c.schema.Tables {
		for _, row := range db.Query(t, "SELECT * FROM "+quoted(db, table)) {
			c.rows[table] = append(c.rows[table], fmt.Sprint(row...))
		}
		sort.Strings(c.rows[table])
	}
	return c
}

func quoted(db enginetest.Database, name string) string {
	if db.Dialect.MySQLFamily() {
		return "`" + name + "`"
	}
	return `"` + name + `"`
}

// same compares two contents.
func same(t testing.TB, when string, want, got content) {
	t.Helper()
	if diff := enginetest.CompareSnapshots(want.schema, got.schema); diff != "" {
		t.Fatalf("%s:\n%s", when, diff)
	}
	for table := range want.rows {
		if !slices.Equal(want.rows[table], got.rows[table]) {
			t.Fatalf("%s: the rows of %s are\n%s\nwant\n%s", when, table,
				strings.Join(got.rows[table], "\n"), strings.Join(want.rows[table], "\n"))
		}
	}
}

// run goes the chain's way with a fault in it, again and again until it comes
// through, and compares with the undisturbed way. It returns the number of
// faults.
func (c chain) run(t *testing.T, db enginetest.Database, f fault, want content, sample int) int {
	t.Helper()
	c.prepare(t, db)
	seen := filepath.Join(t.TempDir(), "seen")
	k := lot(task{URL: db.URL, Catalog: c.catalog, Commands: c.broken, Fault: f, Seen: seen, Stride: stride(sample)})
	if *all && c.few {
		k.Share = 1
	}
	if f == away {
		k.TTL = awayTTL
	}
	if c.pooled {
		k.URL = db.Pooled(t)
	}
	for faults := 0; ; faults++ {
		r, killed := runTask(t, k)
		switch {
		case killed:
		case r.Error == "":
			same(t, fmt.Sprintf("%s after %d times %s", c.name, faults, f), want, contentOf(t, db))
			return faults
		case f.kills() || r.Code == "other":
			points := pointsIn(seen)
			t.Fatalf("after %d times %s, the last at %s: %s", faults, f, points[len(points)-1], r.Error)
		}
		if faults > 5000 {
			t.Fatal("no end of it")
		}
	}
}

// awayTTL is how long the lease lasts of those who may only be waited for.
const awayTTL = 300 * time.Millisecond

func pointsIn(path string) []string {
	text, _ := os.ReadFile(path)
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// prepare goes the undisturbed part of the way.
func (c chain) prepare(t *testing.T, db enginetest.Database) {
	t.Helper()
	if len(c.before) == 0 {
		return
	}
	c.undisturbedly(t, db, c.before)
	for _, statement := range c.rows {
		db.Exec(t, statement)
	}
	if len(c.then) > 0 {
		c.undisturbedly(t, db, c.then)
	}
}

// undisturbedly runs commands on the chain's catalog.
func (c chain) undisturbedly(t *testing.T, db enginetest.Database, commands []command) {
	t.Helper()
	if r, _ := runTask(t, task{URL: db.URL, Catalog: c.catalog, Commands: commands}); r.Error != "" {
		t.Fatal(r.Error)
	}
}

// undisturbed is what a chain leads to without faults.
func (c chain) undisturbed(t *testing.T, d flavor.Dialect) content {
	t.Helper()
	db := enginetest.New(t, d)
	c.prepare(t, db)
	c.undisturbedly(t, db, c.broken)
	return contentOf(t, db)
}

// enough is how many processes a full run kills on each dialect at least.
const enough = 1000

// TestConverges breaks runs at the points that they pass, one after the other,
// and looks whether they end as if nothing had happened. Ways and faults, each on
// a database of its own, go side by side: a process that is killed leaves the
// machine waiting more than working.
func TestConverges(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		t.Run(string(d), func(t *testing.T) {
			t.Parallel()
			var kills, breaks atomic.Int64
			began := time.Now()
			t.Cleanup(func() {
				t.Logf("%s: %d processes killed, %d connections broken in %v", d.Title(), kills.Load(), breaks.Load(), time.Since(began).Round(time.Second))
				if kills.Load() < 10 || *all && kills.Load() < enough {
					t.Errorf("only %d processes were killed", kills.Load())
				}
			})
			for _, c := range chains(d) {
				var once sync.Once
				var want content
				for _, f := range c.faults {
					t.Run(c.name+" "+string(f), func(t *testing.T) {
						t.Parallel()
						once.Do(func() { want = c.undisturbed(t, d) })
						n := c.run(t, enginetest.New(t, d), f, want, c.sample(d))
						t.Logf("%d times", n)
						if f.kills() {
							kills.Add(int64(n))
						} else {
							breaks.Add(int64(n))
						}
					})
				}
			}
		})
	}
}

// sample is sampleOf for the chain.
func (c chain) sample(d flavor.Dialect) int {
	if c.few {
		return 12
	}
	return sampleOf(d)
}

// sampleOf is how many points the sample takes one of: what is one transaction
// has fewer states to be left in.
func sampleOf(d flavor.Dialect) int {
	if d.MySQLFamily() {
		return 80
	}
	return 60
}
