package catalog

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

const (
	postgresTakes = "PostgreSQL takes 63"
	mysqlTakes    = "MySQL and MariaDB take 64"
)

// named64 is a name of 64 letters, which MySQL takes and PostgreSQL does not.
var (
	named63 = strings.Repeat("n", 63)
	named64 = strings.Repeat("n", 64)
	named65 = strings.Repeat("n", 65)
)

// operations are those with a name at %s. Each is tried with a name that
// PostgreSQL takes and with one that it does not.
var nameOperations = []string{
	`create_table = { name = "%s", columns = [ { name = "a", type = "integer" } ] }`,
	`create_table = { name = "t", columns = [ { name = "%s", type = "integer" } ] }`,
	`create_table = { name = "t", columns = [ { name = "a", type = "integer" } ], unique = [ { name = "%s", columns = ["a"] } ] }`,
	`create_table = { name = "t", columns = [ { name = "a", type = "integer" } ], indexes = [ { name = "%s", columns = ["a"] } ] }`,
	`create_table = { name = "t", columns = [ { name = "a", type = "integer" } ], checks = [ { name = "%s", expr = "a > 0" } ] }`,
	`create_table = { name = "t", columns = [ { name = "a", type = "integer" } ], checks = [ { expr = "a > 0", name_on = { postgres = "%s", mysql = "c" } } ] }`,
	`create_table = { name = "t", columns = [ { name = "a", type = "integer" } ], foreign_keys = [ { name = "%s", columns = ["a"], ref_table = "u", ref_columns = ["a"] } ] }`,
	`create_table = { name = "t", columns = [ { name = "a", type = "integer" } ], foreign_keys = [ { columns = ["a"], ref_table = "%s", ref_columns = ["a"] } ] }`,
	`create_table = { name = "t", columns = [ { name = "a", type = "integer" } ], foreign_keys = [ { columns = ["a"], ref_table = "u", ref_columns = ["%s"] } ] }`,
	`create_table = { name = "t", columns = [ { name = "a", type = "enum(x, y)", type_name = "%s" } ] }`,
	`create_table = { name = "t", columns = [ { name = "a", type = "enum(x, '%s')", type_name = "e" } ] }`,
	`create_table = { name = "t", columns = [ { name = "a", type = "integer", type_on = { postgres = "enum(x, '%s')" }, type_name = "e" } ] }`,
	`drop_table = { name = "%s" }`,
	`drop_table = { name = "%s", if_exists = true }`,
	`rename_table = { from = "%s", to = "t" }`,
	`rename_table = { from = "t", to = "%s" }`,
	`add_column = { table = "%s", name = "a", type = "integer" }`,
	`add_column = { table = "t", name = "%s", type = "integer" }`,
	`drop_column = { table = "t", name = "%s" }`,
	`drop_column = { table = "t", name = "%s", if_exists = true }`,
	`rename_column = { table = "t", from = "%s", to = "a" }`,
	`rename_column = { table = "t", from = "a", to = "%s" }`,
	`alter_column = { table = "t", name = "%s", nullable = true }`,
	`add_index = { table = "t", name = "%s", columns = ["a"] }`,
	`add_index = { table = "t", name = "i", columns = ["a", "%s"] }`,
	`drop_index = { table = "t", name = "%s", if_exists = true }`,
	`add_unique = { table = "t", name = "%s", columns = ["a"] }`,
	`drop_unique = { table = "t", name = "%s", if_exists = true }`,
	`add_foreign_key = { table = "t", name = "%s", columns = ["a"], ref_table = "u", ref_columns = ["a"] }`,
	`drop_foreign_key = { table = "t", name = "%s", if_exists = true }`,
	`add_check = { table = "t", name = "%s", expr = "a > 0" }`,
	`drop_check = { table = "t", name = "%s", if_exists = true }`,
	`create_enum = { name = "%s", values = ["a"] }`,
	`create_enum = { name = "e", values = ["a", "%s"] }`,
	`drop_enum = { name = "%s" }`,
	`add_enum_value = { name = "e", value = "%s" }`,
	`add_enum_value = { name = "e", value = "v", after = "%s" }`,
	`create_trigger = { name = "%s", table = "t", timing = "after", event = "insert", body = "BEGIN END" }`,
	`create_trigger = { name = "g", table = "%s", timing = "after", event = "insert", body = "BEGIN END" }`,
	`create_trigger = { name = "g", table = "t", timing = "after", event = "update", of = ["%s"], body = "BEGIN END" }`,
	`drop_trigger = { name = "%s", table = "t", if_exists = true }`,
	`insert_rows = { table = "t", rows = [ { "%s" = 1 } ] }`,
	`update_rows = { table = "t", set = { "%s" = 1 }, where = "a = 1" }`,
	`delete_rows = { table = "%s", where = "a = 1" }`,
	`sync_columns = { name = "s", table = "t", old = "%s", new = "b", to_new = "{old}", to_old = "{new}" }`,
	`sync_columns = { name = "s", table = "t", old = "a", new = "%s", to_new = "{old}", to_old = "{new}" }`,
	`sync_columns = { name = "s", table = "%s", old = "a", new = "b", to_new = "{old}", to_old = "{new}" }`,
	`unsync_columns = { name = "s", table = "%s" }`,
}

// problemsWith loads a catalog with one more file.
func problemsWith(name, text, dialects string) string {
	files := fstest.MapFS{
		"catalog.toml":         {Data: []byte("name = \"c\"\n" + dialects)},
		"versions/a01_one.sql": {Data: []byte("-- revision: a01\n-- message: one\n-- +up\nSELECT 1;\n")},
		name:                   {Data: []byte(text)},
	}
	if _, err := Load(files, Options{}); err != nil {
		return err.Error()
	}
	return ""
}

// TestNamesOfOperations: a name that is too long for a server of the catalog is
// found with its line, whatever it is the name of; for other servers it is not.
func TestNamesOfOperations(t *testing.T) {
	head := "revision = \"a02\"\nrevises = \"a01\"\nmessage = \"two\"\n[[up]]\n"
	for _, op := range nameOperations {
		load := func(name, dialects string) string {
			return problemsWith("versions/a02_two.toml", head+fmt.Sprintf(op, name)+"\n", dialects)
		}
		umlauts := strings.Repeat("ü", 32) // 64 bytes
		for _, name := range []string{named64, umlauts} {
			if got := load(name, ""); !strings.Contains(got, "versions/a02_two.toml:5: ") || !strings.Contains(got, "has 64 bytes; "+postgresTakes) {
				t.Errorf("%s with %s: %q", op, name, got)
			}
		}
		if got := load(named63, ""); strings.Contains(got, "bytes") || strings.Contains(got, "characters") {
			t.Errorf("%s with 63 letters: %q", op, got)
		}
		if got := load(umlauts, `dialects = ["sqlite", "mysql", "mariadb"]`); strings.Contains(got, "bytes") {
			t.Errorf("%s with 32 characters, without PostgreSQL: %q", op, got)
		}
		if got := load(strings.Repeat("n", 300), `dialects = ["sqlite"]`); strings.Contains(got, "bytes") {
			t.Errorf("%s on SQLite: %q", op, got)
		}
		got := load(named65, `dialects = ["mysql"]`)
		onPostgres := strings.Contains(op, "enum") || strings.Contains(op, "name_on")
		if !onPostgres && !strings.Contains(got, "has 65 characters; "+mysqlTakes) {
			t.Errorf("%s on MySQL: %q", op, got)
		}
	}
}

// TestNamesElsewhere: the same for other files, and what else servers do not
// take.
func TestNamesElsewhere(t *testing.T) {
	revision := func(op string) string {
		return "revision = \"a02\"\nrevises = \"a01\"\nmessage = \"two\"\n[[up]]\n" + op + "\n"
	}
	table := func(column string) string {
		return revision(`create_table = { name = "t", columns = [ { name = "a", ` + column + ` } ] }`)
	}
	const two, move = "versions/a02_two.toml", "versions/a02_move.toml"
	migration := func(step string) string {
		return "migration = \"a02\"\ndepends_on = \"a01\"\nmessage = \"move\"\npending = \"SELECT 1 FROM t WHERE b IS NULL\"\n[[step]]\n" + step
	}
	for _, c := range []struct {
		what, name, text, dialects, want string
	}{
		{"a migration's table", move, migration("table = \"" + named64 + "\"\nkey = [\"id\"]\nwhere = \"b IS NULL\"\nset = { b = \"1\" }\n"), "", move + ":6: "},
		{"a migration's key", move, migration("table = \"t\"\nkey = [\"" + named64 + "\"]\nwhere = \"b IS NULL\"\nset = { b = \"1\" }\n"), "", move + ":7: "},
		{"a migration's column", move, migration("table = \"t\"\nkey = [\"id\"]\nwhere = \"b IS NULL\"\nset = { " + named64 + " = \"1\" }\n"), "", move + ":9: "},
		{"a model's table", "models.toml", "[[table]]\nname = \"" + named64 + "\"\ncolumns = [\n{ name = \"a\", type = \"integer\" } ]\n", "", "models.toml:2: "},
		{"a model's column", "models.toml", "[[table]]\nname = \"t\"\ncolumns = [\n  { name = \"" + named64 + "\", type = \"integer\" },\n]\n", "", "models.toml:4: "},
		{"a model's enum", "models.toml", "[[enum]]\nname = \"" + named64 + "\"\nvalues = [\"a\"]\n", "", "models.toml:2: "},
		{"a purge's table", "purge.toml", "[[kind]]\nname = \"k\"\nsoft_deleted = \"deleted = 1\"\ntable = \"" + named64 + "\"\nkey = \"id\"\n", "", "purge.toml:4: "},
		{"a way back", two, revision(`drop_table = { name = "t" }`) + "[[down]]\ncreate_table = { name = \"" + named64 + "\", columns = [ { name = \"a\", type = \"integer\" } ] }\n", "", two + ":7: "},
		{"only on MySQL", two, "revision = \"a02\"\nrevises = \"a01\"\nmessage = \"two\"\n[[up]]\ndialects = [\"mysql\"]\nadd_index = { table = \"t\", name = \"" + named64 + "\", columns = [\"a\"] }\n", "", ""},
		{"a check only on MySQL", two, table(`type = "integer"`) + "[[up]]\ncreate_table = { name = \"u\", columns = [ { name = \"a\", type = \"integer\" } ], checks = [ { name = \"" + named64 + "\", expr = \"a > 0\", dialects = [\"mysql\"] } ] }\n", "", ""},
		{"a long name of sync_columns", two, revision(`sync_columns = { name = "` + strings.Repeat("s", 100) + `", table = "t", old = "a", new = "b", to_new = "{old}", to_old = "{new}" }`), "", ""},
		{"NUL", two, revision(`drop_table = { name = "a\u0000b" }`), `dialects = ["sqlite"]`, "holds the character NUL"},
		{"a space at the end", two, revision(`drop_table = { name = "a " }`), "", "ends in a space, which MySQL and MariaDB do not take"},
		{"a space at the end, elsewhere", two, revision(`drop_table = { name = "a " }`), `dialects = ["sqlite", "postgres"]`, ""},
		{"a check with a space at its end", two, revision(`drop_check = { table = "t", name = "a " }`), "", ""},
		{"a far character", two, revision(`drop_column = { table = "t", name = "a😀" }`), "", "holds a character above U+FFFF"},
		{"a table in Chinese", two, revision(`drop_table = { name = "` + strings.Repeat("表", 51) + `" }`), `dialects = ["mysql"]`, "is 255 bytes long as the name of a file"},
		{"a shorter one", two, revision(`drop_table = { name = "` + strings.Repeat("表", 50) + `" }`), `dialects = ["mysql"]`, ""},
		{"a column in Chinese", two, revision(`drop_column = { table = "t", name = "` + strings.Repeat("表", 64) + `" }`), `dialects = ["mysql"]`, ""},
		{"a comment", two, table(`type = "integer", comment = "` + strings.Repeat("c", 1025) + `"`), "", "has 1025 characters; MySQL and MariaDB take 1024"},
		{"a shorter comment", two, table(`type = "integer", comment = "` + strings.Repeat("ü", 1024) + `"`), "", ""},
		{"an enum's value", two, table(`type = "enum(x, '` + strings.Repeat("v", 256) + `')", type_name = "e"`), `dialects = ["mysql"]`, "has 256 characters; MySQL takes 255"},
		{"an enum's value with a space", two, table(`type = "enum(x, 'y ')", type_name = "e"`), "", "ends in a space, which MySQL and MariaDB remove"},
		{"a default is no name", two, table(`type = "text", default = "` + named65 + `"`), "", ""},
		{"many columns", two, revision(`add_index = { table = "t", name = "i", columns = ["a","b","c","d","e","f","g","h","i","j","k","l","m","n","o","p","q"] }`), "", "add_index: index i has 17 columns; MySQL takes 16"},
		{"a long key", two, revision(`create_table = { name = "t", columns = [ { name = "a", type = "string(769)" } ], indexes = [ { name = "i", columns = ["a"] } ], options = { mysql = { charset = "utf8mb4" } } }`), "", "index i has 3076 bytes at the most; InnoDB takes 3072"},
		{"a shortened key", two, revision(`create_table = { name = "t", columns = [ { name = "a", type = "string(769)" } ], indexes = [ { name = "i", columns = ["a"], length = 768 } ], options = { mysql = { charset = "utf8mb4" } } }`), "", ""},
		{"a long key in an unknown character set", two, revision(`create_table = { name = "t", columns = [ { name = "a", type = "string(769)" } ], indexes = [ { name = "i", columns = ["a"] } ] }`), "", ""},
		{"a long primary key", two, revision(`create_table = { name = "t", columns = [ { name = "a", type = "string(500)" }, { name = "b", type = "string(300)" } ], primary_key = ["a", "b"], options = { mysql = { charset = "utf8mb4" } } }`), "", "primary_key has 3200 bytes"},
		{"the older scheme's table", "catalog.toml", "name = \"c\"\n[legacy]\ntable = \"" + named64 + "\"\ncolumn = \"v\"\nversions = { 1 = \"a01\" }\n", "", "catalog.toml:3: "},
	} {
		got := problemsWith(c.name, c.text, c.dialects)
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}
