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
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/ledger"
)

// all breaks every point instead of a sample.
var all = flag.Bool("all", false, "break every point of every run, not a sample of them")

// stride is how many points a sample takes one of.
func stride(sample int) int {
	if *all {
		return 1
	}
	return sample
}

// start starts a child with a task.
func start(t testing.TB, k task) (*exec.Cmd, *bytes.Buffer, *bytes.Buffer) {
	t.Helper()
	text, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(os.Args[0])
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
	if errors.As(err, &exit) && exit.ExitCode() < 0 {
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

// chain is a way through a catalog that is broken at one point after another.
type chain struct {
	name    string
	catalog string
	before  []command // undisturbed
	rows    []string  // statements that fill tables after that
	broken  []command
}

// run goes the chain's way with a fault in it, again and again until it comes
// through, and compares with the undisturbed way. It returns the number of
// faults.
func (c chain) run(t *testing.T, db enginetest.Database, f fault, want content, sample int) int {
	t.Helper()
	c.prepare(t, db)
	seen := filepath.Join(t.TempDir(), "seen")
	k := task{URL: db.URL, Catalog: c.catalog, Commands: c.broken, Fault: f, Seen: seen, Stride: stride(sample)}
	for faults := 0; ; faults++ {
		r, killed := runTask(t, k)
		switch {
		case killed:
		case r.Error == "":
			same(t, fmt.Sprintf("%s after %d times %s", c.name, faults, f), want, contentOf(t, db))
			return faults
		case f == death || r.Code == "other":
			points := pointsIn(seen)
			t.Fatalf("after %d times %s, the last at %s: %s", faults, f, points[len(points)-1], r.Error)
		}
		if faults > 5000 {
			t.Fatal("no end of it")
		}
	}
}

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
	if r, _ := runTask(t, task{URL: db.URL, Catalog: c.catalog, Commands: c.before}); r.Error != "" {
		t.Fatal(r.Error)
	}
	for _, statement := range c.rows {
		db.Exec(t, statement)
	}
}

// undisturbed is what a chain leads to without faults.
func (c chain) undisturbed(t *testing.T, d flavor.Dialect) content {
	t.Helper()
	db := enginetest.New(t, d)
	c.prepare(t, db)
	if r, _ := runTask(t, task{URL: db.URL, Catalog: c.catalog, Commands: c.broken}); r.Error != "" {
		t.Fatal(r.Error)
	}
	return contentOf(t, db)
}

// chains are the ways that are broken: the image service's catalog and one that
// uses every operation, from nothing, in one go, and step by step while a
// service runs.
func chains(d flavor.Dialect) []chain {
	image := chain{catalog: "glance", before: []command{{"upgrade", "liberty"}}, rows: imageRows(d)}
	every := chain{catalog: "testdata/all", before: []command{{"upgrade", "base01"}}, rows: everyRows()}
	nothing := chain{name: "glance from nothing", catalog: "glance", broken: []command{{"sync", ""}}}
	ways := []chain{nothing}
	if *all {
		for _, name := range []string{"watcher", "solum", "mogan"} {
			ways = append(ways, chain{name: name + " from nothing", catalog: name, broken: []command{{"upgrade", ""}}})
		}
	}
	for _, c := range []chain{image, every} {
		name := filepath.Base(c.catalog)
		c.name, c.broken = name+" in one go", []command{{"sync", ""}}
		ways = append(ways, c)
		c.name, c.broken = name+" step by step", []command{{"expand", ""}, {"migrate", ""}, {"contract", ""}}
		ways = append(ways, c)
	}
	return ways
}

// wayNamed is one of the chains.
func wayNamed(t *testing.T, d flavor.Dialect, name string) chain {
	t.Helper()
	for _, c := range chains(d) {
		if c.name == name {
			return c
		}
	}
	t.Fatalf("no chain %s", name)
	return chain{}
}

// imageRows fill the tables of the image service.
func imageRows(d flavor.Dialect) []string {
	yes, no := "1", "0"
	if d == flavor.Postgres {
		yes, no = "true", "false"
	}
	var all []string
	for i := range 60 {
		public := no
		if i%3 == 0 {
			public = yes
		}
		at := "'2016-01-01 00:00:00'"
		all = append(all, fmt.Sprintf("INSERT INTO images (id, status, is_public, created_at, deleted, min_disk, min_ram, protected) VALUES ('i%03d', 'active', %s, %s, %s, 0, 0, %s)",
			i, public, at, no, no))
		if i%5 == 0 {
			all = append(all, fmt.Sprintf("INSERT INTO image_members (image_id, member, can_share, created_at, deleted, status) VALUES ('i%03d', 'm', %s, %s, %s, 'accepted')", i, no, at, no))
		}
		if i%7 == 0 {
			all = append(all, fmt.Sprintf(`INSERT INTO image_locations (image_id, value, created_at, deleted, meta_data, status) VALUES ('i%03d', 'file:///x', %s, %s, '{"backend": "file"}', 'active')`, i, at, no))
		}
	}
	return all
}

// everyRows fill the tables of the catalog with every operation.
func everyRows() []string {
	var all []string
	for i := range 40 {
		all = append(all, fmt.Sprintf("INSERT INTO guests (id, name, email, age, vip) VALUES (%d, 'guest %d', 'g%d@example.org', %d, '%d')", i+1, i, i, 20+i, i%2))
		all = append(all, fmt.Sprintf("INSERT INTO rooms (id, label, guest_id) VALUES (%d, 'room %d', %d)", i+1, i, i+1))
	}
	return all
}

// TestConverges breaks runs at the points that they pass, one after the other,
// and looks whether they end as if nothing had happened.
func TestConverges(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		t.Run(string(d), func(t *testing.T) {
			began, total := time.Now(), 0
			for _, c := range chains(d) {
				want := c.undisturbed(t, d)
				for _, f := range []fault{death, loss, cut} {
					if d == flavor.SQLite && f != death {
						continue // has no connection to lose
					}
					n := 0
					t.Run(c.name+" "+string(f), func(t *testing.T) {
						n = c.run(t, enginetest.New(t, d), f, want, sampleOf(d))
					})
					total += n
				}
			}
			t.Logf("%d faults in %v", total, time.Since(began).Round(time.Second))
			if total < 10 {
				t.Errorf("only %d faults", total)
			}
		})
	}
}

// sampleOf is how many points the sample takes one of: what is one transaction
// has fewer states to be left in.
func sampleOf(d flavor.Dialect) int {
	if d.MySQLFamily() {
		return 80
	}
	return 60
}
