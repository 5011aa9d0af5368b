package catalog_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/revision"
	"manage/migrations/catalog"
	"manage/schema"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// bench is a scratch database of a test.
type bench struct {
	testing.TB
	db     enginetest.Database
	opened *int
}

func (b bench) Run(statement string) error {
	_, err := b.db.SQL().Exec(statement)
	return err
}

func (b bench) Schema() (*schema.Schema, error) {
	return schema.Inspect(context.Background(), b.db.SQL(), b.db.Flavor, "")
}

func (b bench) Close() { *b.opened-- }

// withScratch gives a catalog scratch databases. The number of those that are
// open must be zero in the end.
func withScratch(t *testing.T, c *catalog.Catalog) {
	t.Helper()
	opened := 0
	c.Scratch = func() (catalog.Scratch, error) {
		opened++
		return bench{TB: t, db: enginetest.New(t, flavor.SQLite), opened: &opened}, nil
	}
	t.Cleanup(func() {
		if opened != 0 {
			t.Errorf("%d scratch databases are left open", opened)
		}
	})
}

const mixed = `
-- catalog.toml --
name = "mixed"
dialects = ["sqlite", "postgres"]
-- versions/root.sql --
-- revision: root
-- +up
CREATE TABLE goods (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20));
INSERT INTO goods VALUES (1, 'one');
CREATE INDEX goods_name ON goods (name);
-- versions/one_expand01.toml --
revision = "one_expand01"
revises = "root"
[[up]]
add_column = { table = "goods", name = "cents", type = "bigint" }
[[up]]
sql = { text = "ALTER TABLE goods ADD COLUMN weight INTEGER; CREATE TABLE shelves (id INTEGER, good INTEGER REFERENCES goods (id))" }
[[up]]
alter_column = { table = "goods", name = "weight", nullable = false, default = 0 }
-- versions/one_contract01.sql --
-- revision: one_contract01
-- revises: root
-- depends_on: one_expand01
-- +up
CREATE VIEW cheap AS SELECT id FROM goods WHERE cents < 100;
-- +up
DROP INDEX goods_name;
ALTER TABLE goods DROP COLUMN name;
-- versions/two_expand01.sql --
-- revision: two_expand01
-- revises: one_expand01
-- +up
CREATE TABLE racks (id INTEGER);
-- versions/two_expand02.sql --
-- revision: two_expand02
-- revises: two_expand01
-- +up
UPDATE racks SET id = 1;
`

// On SQLite the effect of plain SQL is known, and portable operations go on
// from it; elsewhere it is not.
func TestFoldOfPlainSQL(t *testing.T) {
	c := load(t, mixed)
	withScratch(t, c)
	cases := []struct {
		dialect  flavor.Dialect
		id, want string
	}{
		{flavor.SQLite, "root", "goods(id name)"},
		{flavor.SQLite, "one_expand01", "goods(id name cents weight) shelves(id good)"},
		{flavor.SQLite, "two_expand02", "goods(id name cents weight) racks(id) shelves(id good)"},
		{flavor.SQLite, "one_contract01", "goods(id cents weight) shelves(id good)"},
		{flavor.Postgres, "root", "opaque"},
		{flavor.Postgres, "one_contract01", "opaque"},
	}
	for _, tc := range cases {
		s, err := c.Fold(flavor.Default(tc.dialect), false, c.Graph.Closure(tc.id))
		if err != nil {
			t.Errorf("%s, %s: %v", tc.dialect, tc.id, err)
			continue
		}
		if got := shape(s); got != tc.want {
			t.Errorf("%s, %s: got %s, want %s", tc.dialect, tc.id, got, tc.want)
		}
		if s.Flavor != flavor.Default(tc.dialect) {
			t.Errorf("%s, %s: the flavor became %v", tc.dialect, tc.id, s.Flavor)
		}
	}
	s, err := c.Fold(flavor.Default(flavor.SQLite), false, c.Graph.All())
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Views) != 1 || s.Views[0].Name != "cheap" {
		t.Errorf("views are %v", s.Views)
	}
	if w := s.Table("goods").Columns[2]; w.Name != "weight" || w.Nullable || w.Default == nil {
		t.Errorf("weight is %+v", w)
	}
}

// Positions are the same with plain SQL among them.
func TestPositionsOfPlainSQL(t *testing.T) {
	c := load(t, mixed)
	withScratch(t, c)
	f := flavor.Default(flavor.SQLite)
	var got []string
	err := c.Positions(f, func(at revision.Set, s *schema.Schema) bool {
		folded, err := c.Fold(f, false, at)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range schema.Compare(folded, s, schema.Rules{}) {
			t.Errorf("%v: %s", c.Graph.Version(at).IDs(), d)
		}
		got = append(got, strings.Join(c.Graph.Version(at).IDs(), " ")+": "+shape(s))
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"root: goods(id name)",
		"one_expand01: goods(id name cents weight) shelves(id good)",
		"two_expand01: goods(id name cents weight) racks(id) shelves(id good)",
		"two_expand02: goods(id name cents weight) racks(id) shelves(id good)",
		"one_expand01 one_contract01: goods(id cents weight) shelves(id good)",
		"two_expand01 one_contract01: goods(id cents weight) racks(id) shelves(id good)",
		"two_expand02 one_contract01: goods(id cents weight) racks(id) shelves(id good)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("positions differ (-want +got):\n%s", diff)
	}
}

// SQL that SQLite does not run leaves the schema opaque, and what then does
// not fit it is not held against the catalog.
func TestFoldOfOtherSQL(t *testing.T) {
	c := load(t, `
-- catalog.toml --
name = "other"
-- versions/root.toml --
revision = "root"
[[up]]
create_table = { name = "goods", columns = [ { name = "id", type = "integer" } ] }
-- versions/one_expand01.sql --
-- revision: one_expand01
-- revises: root
-- +up
CREATE TABLE shelves (id INTEGER);
SELECT load_extension('none');
CREATE TABLE goods (id INTEGER);
-- versions/one_expand02.toml --
revision = "one_expand02"
revises = "one_expand01"
[[up]]
add_column = { table = "shelves", name = "height", type = "integer" }
`)
	withScratch(t, c)
	s, err := c.Fold(flavor.Default(flavor.SQLite), false, c.Graph.All())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := shape(s), "goods(id) opaque"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Without scratch databases nothing of plain SQL is known.
func TestFoldWithoutScratch(t *testing.T) {
	c := load(t, mixed)
	s, err := c.Fold(flavor.Default(flavor.SQLite), false, c.Graph.All())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := shape(s), "opaque"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
