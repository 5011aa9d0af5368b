package catalog_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"manage/engine/flavor"
	"manage/engine/revision"
	"manage/migrations/catalog"
	"manage/schema"
)

// load loads a catalog written as a txtar archive.
func load(t *testing.T, text string) *catalog.Catalog {
	t.Helper()
	files := map[string]string{}
	for _, f := range txtar.Parse([]byte(text)).Files {
		files[f.Name] = string(f.Data)
	}
	c, err := catalog.Load(inMemory(files), catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const shop = `
-- catalog.toml --
name = "shop"
-- versions/root.toml --
revision = "root"
[[up]]
create_table = { name = "goods", columns = [ { name = "id", type = "integer", nullable = false }, { name = "cheap", type = "boolean" } ], primary_key = ["id"] }
-- versions/one_expand01.toml --
revision = "one_expand01"
revises = "root"
[[up]]
add_column = { table = "goods", name = "price", type = "integer" }
[[up]]
when = "online"
[up.create_trigger]
name = "bridge"
table = "goods"
timing = "after"
event = "insert"
body = { other = "SELECT 1;" }
[[up]]
dialects = ["mysql"]
add_column = { table = "goods", name = "mysql_only", type = "integer" }
-- versions/one_contract01.toml --
revision = "one_contract01"
revises = "root"
depends_on = ["one_expand01"]
[[up]]
drop_trigger = { table = "goods", name = "bridge", if_exists = true }
[[up]]
drop_column = { table = "goods", name = "cheap" }
-- versions/two_expand01.toml --
revision = "two_expand01"
revises = "one_expand01"
[[up]]
create_table = { name = "shelves", columns = [ { name = "id", type = "integer" } ] }
-- versions/three_expand01.sql --
-- revision: three_expand01
-- revises: two_expand01
-- +up
CREATE TABLE audits (id INTEGER);
ALTER TABLE shelves RENAME TO racks;
-- versions/three_contract01.toml --
revision = "three_contract01"
revises = "one_contract01"
depends_on = ["three_expand01"]
`

// shape is a schema in one line: tables with their columns, and triggers.
func shape(s *schema.Schema) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(s.Tables)) {
		var columns []string
		for _, c := range s.Tables[name].Columns {
			columns = append(columns, c.Name)
		}
		parts = append(parts, name+"("+strings.Join(columns, " ")+")")
	}
	for _, tr := range s.Triggers {
		parts = append(parts, tr.Name)
	}
	if s.Opaque {
		parts = append(parts, "opaque")
	}
	return strings.Join(parts, " ")
}

func TestFold(t *testing.T) {
	c := load(t, shop)
	cases := []struct {
		dialect flavor.Dialect
		online  bool
		id      string
		want    string
	}{
		{flavor.SQLite, false, "root", "goods(id cheap)"},
		{flavor.SQLite, false, "one_expand01", "goods(id cheap price)"},
		{flavor.SQLite, true, "one_expand01", "goods(id cheap price) bridge"},
		{flavor.MySQL, false, "one_expand01", "goods(id cheap price mysql_only)"},
		{flavor.MariaDB, false, "one_expand01", "goods(id cheap price mysql_only)"},
		{flavor.Postgres, true, "one_contract01", "goods(id price)"},
		{flavor.SQLite, false, "one_contract01", "goods(id price)"},
		{flavor.SQLite, false, "two_expand01", "goods(id cheap price) shelves(id)"},
		{flavor.SQLite, false, "three_contract01", "goods(id price) shelves(id) opaque"},
	}
	for _, tc := range cases {
		t.Run(fmt.Sprintf("%s/%t/%s", tc.dialect, tc.online, tc.id), func(t *testing.T) {
			s, err := c.Fold(flavor.Default(tc.dialect), tc.online, c.Graph.Closure(tc.id))
			if err != nil {
				t.Fatal(err)
			}
			if got := shape(s); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

// An operation that does not fit is named with its place.
func TestFoldError(t *testing.T) {
	c := load(t, `
-- catalog.toml --
name = "shop"
-- versions/root.toml --
revision = "root"

[[up]]
create_table = { name = "goods", columns = [ { name = "id", type = "integer" } ] }

[[up]]
drop_column = { table = "goods", name = "weight" }
`)
	_, err := c.Fold(flavor.Default(flavor.SQLite), false, c.Graph.All())
	var fold *catalog.FoldError
	if !errors.As(err, &fold) {
		t.Fatalf("got %v, want a *FoldError", err)
	}
	want := revision.Source{File: "versions/root.toml", Line: 6}
	if fold.Source != want || !strings.Contains(err.Error(), "weight") {
		t.Errorf("got %v, want %v and the column's name", err, want)
	}
}

// Positions come oldest first, each once, and each with the schema that Fold
// has for it.
func TestPositions(t *testing.T) {
	c := load(t, shop)
	f := flavor.Default(flavor.SQLite)
	var got []string
	err := c.Positions(f, func(at revision.Set, s *schema.Schema) bool {
		v := c.Graph.Version(at)
		got = append(got, strings.Join(v.IDs(), " "))
		folded, err := c.Fold(f, false, at)
		if err != nil {
			t.Fatal(err)
		}
		if shape(folded) != shape(s) {
			t.Errorf("%v: got %s, Fold has %s", v.IDs(), shape(s), shape(folded))
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"root",
		"one_expand01",
		"two_expand01",
		"three_expand01",
		"one_expand01 one_contract01",
		"two_expand01 one_contract01",
		"three_expand01 one_contract01",
		"three_expand01 three_contract01",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("positions differ (-want +got):\n%s", diff)
	}
}

// visit ends the walk.
func TestPositionsStop(t *testing.T) {
	c := load(t, shop)
	for stop := 1; stop <= 8; stop++ {
		n := 0
		err := c.Positions(flavor.Default(flavor.SQLite), func(revision.Set, *schema.Schema) bool {
			n++
			return n < stop
		})
		if err != nil || n != stop {
			t.Errorf("asked to stop at %d, visited %d: %v", stop, n, err)
		}
	}
}

func TestTables(t *testing.T) {
	got := slices.Sorted(maps.Keys(load(t, shop).Tables()))
	if diff := cmp.Diff([]string{"audits", "goods", "racks", "shelves"}, got); diff != "" {
		t.Errorf("tables differ (-want +got):\n%s", diff)
	}
}
