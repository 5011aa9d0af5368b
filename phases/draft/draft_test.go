package draft_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/migrations/catalog"
	"manage/phases/draft"
	"manage/schema"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// fataler is what both *testing.T and *rapid.T can do.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// shelf is a catalog's files in memory.
type shelf struct{ fstest.MapFS }

// newShelf is a catalog whose first revision makes models.
func newShelf(m *catalog.Models) shelf {
	s := shelf{fstest.MapFS{"catalog.toml": {Data: []byte("name = \"shop\"\nreleases = [\"one\"]\n")}}}
	var up []catalog.Change
	for _, op := range m.Operations(flavor.SQLite) {
		up = append(up, catalog.Change{Op: op})
	}
	s.put("versions/r1_first.toml", "revision = \"r1\"\nrelease = \"one\"\n\n"+catalog.EncodeChanges("up", up))
	s.models(m)
	return s
}

func (s shelf) put(name, text string) { s.MapFS[name] = &fstest.MapFile{Data: []byte(text)} }

func (s shelf) models(m *catalog.Models) { s.put("models.toml", catalog.EncodeModels(m)) }

func (s shelf) load(t fataler) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(s.MapFS, catalog.Options{})
	if err != nil {
		t.Fatalf("%v\n%s", err, s)
	}
	return c
}

// String is the files in full.
func (s shelf) String() string {
	var b strings.Builder
	for name, f := range s.MapFS {
		fmt.Fprintf(&b, "-- %s --\n%s\n", name, f.Data)
	}
	return b.String()
}

// add puts derived revisions into the catalog.
func (s shelf) add(t fataler, d draft.Draft) {
	t.Helper()
	parts := make([]catalog.Part, len(d.Parts))
	for i, p := range d.Parts {
		parts[i] = catalog.Part{Branch: p.Branch, Up: []byte(catalog.EncodeChanges("up", p.Up)), Down: []byte(catalog.EncodeChanges("down", p.Down))}
	}
	files, err := s.load(t).Files(catalog.Draft{Message: "derived", Parts: parts})
	if err != nil {
		t.Fatalf("%v", err)
	}
	for _, f := range files {
		s.put(f.Name, string(f.Content))
	}
}

// derive compares the models with the folded schema of a dialect.
func derive(t fataler, c *catalog.Catalog, f flavor.Flavor) draft.Draft {
	t.Helper()
	live, err := c.Fold(f, false, c.Graph.All())
	if err != nil {
		t.Fatalf("%v", err)
	}
	d, err := draft.Derive(c, live)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return d
}

// plain are the differences that count.
func plain() schema.Rules { return schema.Rules{ChosenNames: true, ColumnOrder: true, Comments: true} }

// TestRandomChangesAreDerived changes random models at random: what is derived
// on one dialect leads to the new models on all of them, back to the old ones,
// and is loaded as it was written. Then nothing is left to derive.
func TestRandomChangesAreDerived(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &models{T: t}
		for range rapid.IntRange(1, 8).Draw(t, "to begin with") {
			m.mutate()
		}
		if len(m.Tables) == 0 {
			return
		}
		s := newShelf(&m.Models)
		before := s.load(t)
		f := flavor.Default(pick(t, flavor.Dialects()...))
		for range rapid.IntRange(0, 6).Draw(t, "changes") {
			m.mutate()
		}
		s.models(&m.Models)
		d := derive(t, s.load(t), f)
		for _, finding := range d.ByHand {
			if !strings.Contains(finding.Problem, "change their order") && !strings.Contains(finding.Problem, "not every server") {
				t.Fatalf("left to people: %s\n%s", finding, s)
			}
		}
		if len(d.ByHand) > 0 {
			return
		}
		if len(d.Parts) == 0 {
			same(t, s.load(t), before)
			return
		}
		s.add(t, d)
		after := s.load(t)
		if again := derive(t, after, f); !again.Empty() {
			t.Fatalf("derived again: %+v\n%s", again, s)
		}
		arrives(t, after, s)
		returns(t, before, d, s)
	})
}

// same checks that nothing but the order and layout of models changed.
func same(t *rapid.T, c, before *catalog.Catalog) {
	for _, dialect := range flavor.Dialects() {
		f := flavor.Default(dialect)
		want, err := c.Models.Schema(f)
		if err != nil {
			t.Fatalf("%v", err)
		}
		have, err := before.Fold(f, false, before.Graph.All())
		if err != nil {
			t.Fatalf("%v", err)
		}
		if diff := schema.Compare(want, have, plain()); len(diff) > 0 {
			t.Fatalf("nothing is derived on %s, but %v", dialect, diff)
		}
	}
}

// arrives checks that the revisions lead to the models on every dialect.
func arrives(t *rapid.T, c *catalog.Catalog, s shelf) {
	for _, dialect := range flavor.Dialects() {
		f := flavor.Default(dialect)
		want, err := c.Models.Schema(f)
		if err != nil {
			t.Fatalf("%v", err)
		}
		have, err := c.Fold(f, false, c.Graph.All())
		if err != nil {
			t.Fatalf("%v\n%s", err, s)
		}
		if diff := schema.Compare(want, have, plain()); len(diff) > 0 {
			t.Fatalf("on %s, %v\n%s", dialect, diff, s)
		}
	}
}

// returns checks that the way back leads to what was before, on every dialect.
func returns(t *rapid.T, before *catalog.Catalog, d draft.Draft, s shelf) {
	for _, dialect := range flavor.Dialects() {
		state, err := before.Fold(flavor.Default(dialect), false, before.Graph.All())
		if err != nil {
			t.Fatalf("%v", err)
		}
		want := state.Clone()
		for _, part := range d.Parts {
			for _, c := range append(part.Up, part.Down...) {
				if !c.Serves(dialect) {
					continue
				}
				if err := c.Op.Apply(state); err != nil {
					t.Fatalf("on %s: %v\n%s", dialect, err, s)
				}
			}
		}
		if diff := schema.Compare(want, state, plain()); len(diff) > 0 {
			t.Fatalf("back on %s, %v\n%s", dialect, diff, s)
		}
	}
}

// TestRenameBesideRemoval: an index of a column that people have to rename
// cannot be given back under the new name, so it waits for them.
func TestRenameBesideRemoval(t *testing.T) {
	s := shelf{fstest.MapFS{}}
	s.put("catalog.toml", "name = \"shop\"\nreleases = [\"one\", \"two\"]\n")
	s.put("versions/r1_first.toml", `revision = "r1"
release = "one"
[[up]]
create_table = { name = "u", columns = [{ name = "id", type = "integer", nullable = false }, { name = "old", type = "text" }, { name = "name", type = "string(9)" }], primary_key = ["id"], indexes = [{ name = "ix", columns = ["name"] }] }
`)
	s.put("versions/two_expand01_size.toml", "revision = \"two_expand01\"\nrevises = \"r1\"\n[[up]]\nadd_column = { table = \"u\", name = \"size\", type = \"integer\" }\n")
	s.put("models.toml", `[[table]]
name = "u"
columns = [{ name = "id", type = "integer", nullable = false }, { name = "full", renamed_from = "name", type = "string(9)" }, { name = "size", type = "integer" }]
primary_key = ["id"]
`)
	for _, dialect := range flavor.Dialects() {
		d := derive(t, s.load(t), flavor.Default(dialect))
		if len(d.Parts) != 1 || len(d.Parts[0].Up) != 1 || d.Parts[0].Up[0].Op.Kind() != "drop_column" {
			t.Fatalf("on %s it writes %+v", dialect, d.Parts)
		}
		var named []string
		for _, f := range d.ByHand {
			named = append(named, f.Object)
		}
		if got := strings.Join(named, ", "); got != "column name, index ix" {
			t.Errorf("on %s it leaves to people %s", dialect, got)
		}
	}
}

// TestNumbersAreNoUUIDs: what MariaDB refuses even for a table without rows is
// left to people, with the rest of the change written.
func TestNumbersAreNoUUIDs(t *testing.T) {
	s := shelf{fstest.MapFS{}}
	s.put("catalog.toml", "name = \"shop\"\nreleases = [\"one\"]\n")
	s.put("versions/r1_first.toml", `revision = "r1"
release = "one"
[[up]]
create_table = { name = "u", columns = [{ name = "id", type = "integer", nullable = false }, { name = "a", type = "float" }, { name = "b", type = "string(36)" }], primary_key = ["id"] }
`)
	s.put("models.toml", `[[table]]
name = "u"
columns = [{ name = "id", type = "integer", nullable = false }, { name = "a", type = "uuid" }, { name = "b", type = "uuid" }]
primary_key = ["id"]
`)
	for _, dialect := range flavor.Dialects() {
		d := derive(t, s.load(t), flavor.Default(dialect))
		if len(d.ByHand) != 1 || d.ByHand[0].Object != "column a" || len(d.Parts) != 1 || len(d.Parts[0].Up) != 1 {
			t.Errorf("on %s it writes %+v and leaves to people %v", dialect, d.Parts, d.ByHand)
		}
	}
}
