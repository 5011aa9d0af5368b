package purge

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"manage/engine/enginetest"
	"manage/engine/enginetest/fixtures"
	"manage/engine/flavor"
	"manage/migrations/catalog"
	"manage/phases"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// recordedCase is one run of the original tool.
type recordedCase struct {
	Name   string             `json:"name"`
	Args   []string           `json:"args"`
	Stdin  string             `json:"stdin"`
	Exit   int                `json:"exit"`
	Stdout string             `json:"stdout"`
	Stays  map[string][]int64 `json:"remaining_ids"`
}

// recordedFiles are the records of a dialect; MySQL takes those of MariaDB.
func recordedFiles(t testing.TB, d flavor.Dialect) (seed string, cases []recordedCase) {
	t.Helper()
	name := map[flavor.Dialect]string{flavor.SQLite: "sqlite", flavor.Postgres: "postgresql", flavor.MariaDB: "mariadb", flavor.MySQL: "mariadb"}[d]
	text, err := os.ReadFile(filepath.Join("testdata", name+"-seed-A.sql"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join("testdata", name+"-cases-A.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Cases []recordedCase `json:"cases"`
	}
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	return string(text), all.Cases
}

// created makes the newest schema of a catalog on a fresh database.
func created(t testing.TB, c *catalog.Catalog, db enginetest.Database) *Service {
	t.Helper()
	opened := fixtures.DB(t, db.URL)
	s := &phases.Service{Catalog: c, DB: opened}
	if _, err := s.CreateSchema(context.Background()); err != nil {
		t.Fatal(err)
	}
	return &Service{Catalog: c, DB: opened}
}

// option is the value of an option of a recorded run.
func (c recordedCase) option(name string) (string, bool) {
	if i := slices.Index(c.Args, name); i >= 0 {
		return c.Args[i+1], true
	}
	return "", false
}

// number is the value of an option that is a number.
func (c recordedCase) number(t testing.TB, name string) (int, bool) {
	text, given := c.option(name)
	if !given {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n, true
}

// request is what the options of a recorded run ask for.
func (c recordedCase) request(t testing.TB) Request {
	req := Request{ExcludeOrphans: slices.Contains(c.Args, "-e")}
	if age, _ := c.number(t, "-d"); age != 0 {
		before := time.Now().AddDate(0, 0, -age)
		req.Before = &before
	}
	if goal, given := c.option("-t"); given {
		req.Root = &Root{Kind: "goal", Word: goal}
	}
	return req
}

var lastRow = regexp.MustCompile(`\n\|([^\n]*)\|\n[+-]+\n$`)

// counts are those of the last table that the recorded run printed: the kinds in
// order, and the total.
func (c recordedCase) counts(t testing.TB) []int64 {
	m := lastRow.FindStringSubmatch(c.Stdout)
	if m == nil {
		t.Fatalf("no table at the end of %q", c.Stdout)
	}
	var all []int64
	for _, cell := range strings.Split(m[1], "|") {
		n, err := strconv.ParseInt(strings.TrimSpace(cell), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, n)
	}
	return all
}

// unlike are the recorded runs that went wrong: they stopped half way, or, on
// SQLite, left broken references. Ours looks first and leaves all as it is.
var unlike = []string{"no-orphans", "goal-name-old"}

// refused are the recorded runs with numbers that the command line refuses:
// package cmd replays them.
var refused = []string{"age-huge", "max-negative"}

// The recorded purges of the original are ours, row by row.
func TestRecorded(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		t.Run(string(d), func(t *testing.T) {
			seed, cases := recordedFiles(t, d)
			if len(cases) < 16 {
				t.Fatalf("%d cases", len(cases))
			}
			for _, c := range cases {
				if slices.Contains(refused, c.Name) {
					continue
				}
				t.Run(c.Name, func(t *testing.T) {
					db := enginetest.New(t, d)
					s := created(t, fixtures.Catalog(t, "watcher"), db)
					db.Exec(t, seed)
					replay(t, s, db, c)
				})
			}
		})
	}
}

// replay runs a recorded case and compares what is left.
func replay(t *testing.T, s *Service, db enginetest.Database, c recordedCase) {
	ctx := context.Background()
	all := remaining(t, db)
	sel, err := s.Look(ctx, c.request(t))
	if c.Exit == 1 && !slices.Contains(unlike, c.Name) {
		if err == nil || err.Error() != strings.TrimSpace(c.Stdout) {
			t.Fatalf("got %v, want %q", err, c.Stdout)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	answers := strings.Count(c.Stdin, "y\n")
	if limit, given := c.number(t, "-n"); given && sel.Counts().Total() > int64(limit) {
		if answers--; answers < 0 {
			return
		}
		if sel, err = s.Reduce(ctx, sel, int64(limit)); err != nil {
			t.Fatal(err)
		}
	}
	if slices.Contains(unlike, c.Name) {
		var b *Blocked
		if err := s.InTheWay(ctx, sel); !errors.As(err, &b) {
			t.Fatalf("got %v, want rows in the way", err)
		}
		t.Log(b)
		if diff := cmp.Diff(all, remaining(t, db)); diff != "" {
			t.Errorf("rows are gone (-before +after):\n%s", diff)
		}
		return
	}
	var counts []int64
	for _, k := range sel.Counts() {
		counts = append(counts, k.N)
	}
	if diff := cmp.Diff(c.counts(t), append(counts, sel.Counts().Total())); diff != "" {
		t.Errorf("counts (-recorded +ours):\n%s", diff)
	}
	if answers > 0 && !slices.Contains(c.Args, "--dry-run") {
		if err := s.InTheWay(ctx, sel); err != nil {
			t.Fatal(err)
		}
		done, err := s.Delete(ctx, sel)
		if err != nil {
			t.Fatal(err)
		}
		if done.Total() != sel.Counts().Total() {
			t.Errorf("%d objects of %d are gone", done.Total(), sel.Counts().Total())
		}
	}
	if diff := cmp.Diff(c.Stays, remaining(t, db)); diff != "" {
		t.Errorf("what stays (-recorded +ours):\n%s", diff)
	}
}

// remaining are the ids in the tables of the optimization service.
func remaining(t testing.TB, db enginetest.Database) map[string][]int64 {
	t.Helper()
	all := map[string][]int64{}
	for _, table := range []string{"goals", "strategies", "audit_templates", "audits", "action_plans", "actions"} {
		all[table] = ids(t, db, table)
	}
	return all
}

// ids are the ids in a table.
func ids(t testing.TB, db enginetest.Database, table string) []int64 {
	t.Helper()
	all := []int64{}
	for _, id := range db.Strings(t, "SELECT id FROM "+table+" ORDER BY id") {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, n)
	}
	return all
}
