package draft_test

import (
	"testing"
	"testing/fstest"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/migrations/catalog"
	"manage/phases"
)

// TestKnownDifferencesAfterPlainSQL: what the catalog knows as harmless is left
// alone, whatever plain SQL came after it and hides what the revisions make.
func TestKnownDifferencesAfterPlainSQL(t *testing.T) {
	plain := map[string]map[flavor.Dialect]string{
		"none":            {},
		"a view":          {flavor.SQLite: "CREATE VIEW v AS SELECT id FROM goods"},
		"the table":       {flavor.SQLite: "ALTER TABLE goods ADD COLUMN hue varchar(9)"},
		"another table":   {flavor.SQLite: "CREATE TABLE crates (id integer NOT NULL PRIMARY KEY)"},
		"a form of words": {flavor.Postgres: "DO $$ BEGIN EXECUTE 'ALTER TABLE goods ADD COLUMN hue varchar(9)'; END $$", flavor.SQLite: "ALTER TABLE goods ADD hue varchar(9)"},
		"rows":            {flavor.SQLite: "UPDATE goods SET hue = 'red'"},
	}
	for name, texts := range plain {
		t.Run(name, func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				sql := texts[db.Dialect]
				if sql == "" {
					sql = texts[flavor.SQLite]
				}
				hue := `, { name = "hue", type = "string(9)" }`
				inTable, inModel, crates := "", "", ""
				switch name {
				case "the table", "a form of words":
					inModel = hue
				case "rows":
					inTable, inModel = hue, hue
				case "another table":
					crates = "\n[[table]]\nname = \"crates\"\ncolumns = [{ name = \"id\", type = \"integer\", nullable = false }]\nprimary_key = [\"id\"]\n"
				}
				columns := `{ name = "id", type = "integer", nullable = false }, { name = "name", type = "string(40)", nullable = false }, { name = "size", type = "integer" }`
				files := fstest.MapFS{
					"catalog.toml": {Data: []byte(`name = "shop"
dialects = ["` + string(db.Dialect) + `"]
[[known_difference]]
table = "goods"
kind = "extra"
index = "ix_size"
why = "made in a hurry"
[[known_difference]]
table = "goods"
kind = "extra"
unique = { columns = ["size", "name"] }
why = "of the other tool"
[[known_difference]]
table = "goods"
kind = "extra"
column = { name = "note", type = "string(7)" }
why = "of the other tool"
[[known_difference]]
table = "goods"
kind = "changed"
column = { name = "name", type = "string(60)" }
why = "longer names"
`)},
					"models.toml": {Data: []byte("[[table]]\nname = \"goods\"\ncolumns = [" + columns + inModel + "]\nprimary_key = [\"id\"]\n" + crates)},
					"versions/r1.toml": {Data: []byte("revision = \"r1\"\n[[up]]\ncreate_table = { name = \"goods\", columns = [" + columns + inTable +
						"], primary_key = [\"id\"] }\n")},
				}
				if sql != "" {
					files["versions/r2.toml"] = &fstest.MapFile{Data: []byte("revision = \"r2\"\nrevises = \"r1\"\n[[up]]\nsql = { text = { " + map[bool]string{true: "postgres", false: "other"}[db.Dialect == flavor.Postgres] + " = '''" + sql + "''' } }\n")}
				}
				c, err := catalog.Load(files, catalog.Options{Scratch: phases.Scratch})
				if err != nil {
					t.Fatal(err)
				}
				s := service(t, c, db)
				if _, err := s.Sync(t.Context(), phases.Request{Version: "r1"}); err != nil {
					t.Fatal(err)
				}
				long := "ALTER TABLE goods ALTER COLUMN name TYPE varchar(60), ALTER COLUMN name DROP NOT NULL"
				switch {
				case db.Dialect.MySQLFamily():
					long = "ALTER TABLE goods MODIFY name varchar(60)"
				case db.Dialect == flavor.SQLite:
					long = "DROP TABLE goods; CREATE TABLE goods (id INTEGER NOT NULL, name VARCHAR(60), size INTEGER" + map[bool]string{true: ", hue VARCHAR(9)"}[inTable != ""] + ", PRIMARY KEY (id), UNIQUE (size, name))"
				}
				db.Exec(t, long)
				if db.Dialect != flavor.SQLite {
					db.Exec(t, "ALTER TABLE goods ADD CONSTRAINT uq_other UNIQUE (size, name)")
				}
				db.Exec(t, "ALTER TABLE goods ADD COLUMN note varchar(7)")
				db.Exec(t, "CREATE INDEX ix_size ON goods (size)")
				if _, err := s.Sync(t.Context(), phases.Request{}); err != nil {
					t.Fatal(err)
				}
				d, err := s.Autogenerate(t.Context())
				if err != nil || !d.Empty() {
					t.Errorf("derived %+v, %v", d, err)
				}
			})
		})
	}
}
