package phases

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/migrations/catalog"
)

// drawCatalog draws a catalog of two branches over a table with the columns k0
// to k5: each expand revision adds a column, each contract revision drops one,
// and depends on any expand revision of its release or of one before.
func drawCatalog(t *rapid.T) (files fstest.MapFS, targets []string) {
	files = fstest.MapFS{
		"catalog.toml": {Data: []byte("name = \"crates\"\nreleases = [\"r1\", \"r2\"]\n")},
		"versions/root.toml": {Data: []byte(`revision = "root"
branch = "trunk"
[[up]]
create_table = { name = "crates", columns = [
  { name = "id", type = "integer", nullable = false },
  { name = "k0", type = "string(9)" }, { name = "k1", type = "string(9)" }, { name = "k2", type = "string(9)" },
  { name = "k3", type = "string(9)" }, { name = "k4", type = "string(9)" }, { name = "k5", type = "string(9)" },
], primary_key = ["id"] }
`)},
	}
	targets = []string{"base", "root"}
	expand, contract, dropped := []string{}, "root", 0
	add := func(id, revises, branch, rest string) {
		files["versions/"+id+".toml"] = &fstest.MapFile{Data: fmt.Appendf(nil, "revision = %q\nrevises = %q\nbranch = %q\nrelease = %q\n%s", id, revises, branch, id[:2], rest)}
		targets = append(targets, id)
	}
	for _, release := range []string{"r1", "r2"} {
		for i := range rapid.IntRange(1, 3).Draw(t, "expands of "+release) {
			id, last := fmt.Sprintf("%s_expand%02d", release, i+1), "root"
			if len(expand) > 0 {
				last = expand[len(expand)-1]
			}
			add(id, last, "expand", fmt.Sprintf("[[up]]\nadd_column = { table = \"crates\", name = \"e%d\", type = \"string(9)\" }\n", len(expand)))
			expand = append(expand, id)
		}
		for i := range rapid.IntRange(1, 3).Draw(t, "contracts of "+release) {
			id := fmt.Sprintf("%s_contract%02d", release, i+1)
			needs := rapid.SampledFrom(expand).Draw(t, "needs")
			add(id, contract, "contract", fmt.Sprintf("depends_on = [%q]\n[[up]]\ndrop_column = { table = \"crates\", name = \"k%d\" }\n", needs, dropped))
			contract, dropped = id, dropped+1
		}
	}
	return files, targets
}

// A downgrade takes back nothing that something applied still needs, says what
// it destroys, leaves the schema that going up to the same version makes, and
// the rows; and the way up is open again.
func TestDowngradeOfRandomCatalogs(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		t.Run(string(d), func(t *testing.T) {
			left := 4
			if d == flavor.SQLite {
				left = 60
			}
			rapid.Check(t, func(rt *rapid.T) {
				if left--; left < 0 {
					return
				}
				files, targets := drawCatalog(rt)
				c, err := catalog.Load(files, catalog.Options{})
				if err != nil {
					rt.Fatal(err)
				}
				goesBack(rt, t, c, d, rapid.SampledFrom(targets).Draw(rt, "target"))
			})
		})
	}
}

func goesBack(rt *rapid.T, t *testing.T, c *catalog.Catalog, d flavor.Dialect, target string) {
	db := enginetest.New(t, d)
	s := service(t, c, db)
	must(t, s, "sync", "")
	newest := sortColumns(tablesOf(t, db))
	db.Exec(t, "INSERT INTO crates (id, e0) VALUES (1, 'kept')")
	way, err := s.WayBack(t.Context(), Request{Version: target})
	if err != nil {
		rt.Fatal(err)
	}
	applied := c.Graph.Closure(c.Graph.Rows(c.Graph.Closure(s.newest()...))...)
	for _, id := range way.Revisions {
		var rest []string
		for _, other := range applied.IDs() {
			if other != id {
				rest = append(rest, other)
			}
		}
		applied = c.Graph.Closure(rest...)
		if applied.Has(id) {
			rt.Fatalf("%s goes while something needs it: %v", id, way.Revisions)
		}
		if strings.Contains(id, "expand") && target != "base" && !saysLoss(way, id) {
			rt.Fatalf("nothing is said of what %s destroys: %+v", id, way.Losses)
		}
	}
	if _, err := s.Downgrade(t.Context(), Request{Version: target}); err != nil {
		rt.Fatal(err)
	}
	beside := enginetest.New(t, d)
	if target != "base" {
		must(t, service(t, c, beside), "sync", target)
	}
	// The empty version table stays, as Alembic's does.
	up, down := tablesOf(t, beside).Without(c.VersionTable), tablesOf(t, db).Without(c.VersionTable)
	if diff := enginetest.CompareSnapshots(sortColumns(up), sortColumns(down)); diff != "" {
		rt.Fatalf("at %s (-up +down):\n%s", target, diff)
	}
	must(t, s, "sync", "")
	if diff := enginetest.CompareSnapshots(newest, sortColumns(tablesOf(t, db))); diff != "" {
		rt.Fatalf("up again from %s (-before +after):\n%s", target, diff)
	}
	want := "1"
	if target == "base" {
		want = "0"
	}
	if got := db.Strings(t, "SELECT COUNT(*) FROM crates"); got[0] != want {
		rt.Fatalf("%s rows are left, want %s", got[0], want)
	}
}

// saysLoss reports whether a way back names the column that a revision takes.
func saysLoss(way WayBack, id string) bool {
	for _, l := range way.Losses {
		if l.Step == id && l.Table == "crates" && l.Column != "" {
			return true
		}
	}
	return false
}
