package catalog_test

import (
	"strings"
	"testing"

	"manage/engine/flavor"
	"manage/migrations/catalog"
	"manage/schema"
)

// models is a catalog whose models are text.
func models(t *testing.T, text string) *catalog.Models {
	t.Helper()
	return load(t, "-- catalog.toml --\nname = \"shop\"\n-- versions/root.toml --\nrevision = \"root\"\n-- models.toml --\n"+text).Models
}

// ofTables are models of nothing but tables and references: "a" alone, or
// "a>b,c", with a dialect behind "@".
func ofTables(t *testing.T, words string) *catalog.Models {
	t.Helper()
	var text strings.Builder
	for _, word := range strings.Fields(words) {
		name, refs, _ := strings.Cut(word, ">")
		text.WriteString("[[table]]\nname = \"" + name + "\"\ncolumns = [ { name = \"id\", type = \"integer\" } ]\nprimary_key = [\"id\"]\nforeign_keys = [\n")
		for _, ref := range strings.Split(refs, ",") {
			if ref, dialect, limited := strings.Cut(ref, "@"); ref != "" {
				text.WriteString("  { columns = [\"id\"], ref_table = \"" + ref + "\", ref_columns = [\"id\"]")
				if limited {
					text.WriteString(", dialects = [\"" + dialect + "\"]")
				}
				text.WriteString(" },\n")
			}
		}
		text.WriteString("]\n")
	}
	return models(t, text.String())
}

// Tables come after those that they refer to, else in the order of the file;
// circles are closed at the end.
func TestModelsOperations(t *testing.T) {
	for _, c := range []struct{ tables, want string }{
		{"a b c", "a b c"},
		{"a>b b c", "b a c"},
		{"a>c b>a c", "c a b"},
		{"a>a b", "a b"},
		{"a>b b>a c", "c a b a>b"},
		{"a>b,c,a b>c c>b", "a b c a>b a>c b>c"},
		{"x>a a>b b>a,d d", "d x a b x>a a>b"},
		{"a>b@sqlite b>a", "a b"},
		{"a>b@postgres b", "b a"},
	} {
		m := ofTables(t, c.tables)
		var got []string
		for _, op := range m.Operations(flavor.Postgres) {
			switch op := op.(type) {
			case *schema.CreateTable:
				got = append(got, op.Name)
			case *schema.AddForeignKey:
				got = append(got, op.Table+">"+op.RefTable)
			}
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s is made as %s, want %s", c.tables, text, c.want)
		}
		for _, d := range flavor.Dialects() {
			s, err := m.Schema(flavor.Default(d))
			if err != nil {
				t.Fatalf("%s on %s: %v", c.tables, d, err)
			}
			keys := 0
			for _, table := range s.Tables {
				keys += len(table.ForeignKeys)
			}
			want := strings.Count(c.tables, ">") + strings.Count(c.tables, ",")
			if limited := strings.Count(c.tables, "@"); limited > 0 && !strings.Contains(c.tables, "@"+string(d)) {
				want -= limited
			}
			if keys != want {
				t.Errorf("%s on %s has %d foreign keys, want %d", c.tables, d, keys, want)
			}
		}
	}
}

// Enumerations are types of their own on PostgreSQL only; what the models are
// does not change when it is asked for.
func TestModelsSchema(t *testing.T) {
	m := models(t, `
[[enum]]
name = "colour"
values = ["red"]

[[table]]
name = "goods"
columns = [ { name = "id", type = "integer", autoincrement = true }, { name = "paint", type = "enum(red)", type_name = "colour" } ]
primary_key = ["id"]
`)
	for d, want := range map[flavor.Dialect]string{flavor.SQLite: "VARCHAR(3)", flavor.Postgres: "colour", flavor.MySQL: "enum('red')", flavor.MariaDB: "enum('red')"} {
		for range 2 {
			s, err := m.Schema(flavor.Default(d))
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Tables["goods"].Columns[1].Type; got != want {
				t.Errorf("on %s the type is %s, want %s", d, got, want)
			}
			if named := len(s.Enums) == 1; named != (d == flavor.Postgres) {
				t.Errorf("on %s the enumerations are %v", d, s.Enums)
			}
		}
	}
}

// What the loader lets pass and yet does not fit is said with its table.
func TestModelsThatDoNotFit(t *testing.T) {
	m := models(t, `
[[table]]
name = "goods"
columns = [ { name = "id", type = "integer" } ]
foreign_keys = [ { columns = ["id"], ref_table = "goods", ref_columns = ["number"] } ]
`)
	if _, err := m.Schema(flavor.Default(flavor.SQLite)); err == nil || !strings.Contains(err.Error(), "models.toml") || !strings.Contains(err.Error(), "number") {
		t.Errorf("got %v", err)
	}
}
