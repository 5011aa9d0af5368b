package schema

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// countingKeys are the ways to write a key by which SQLite numbers rows, and
// whether it gives a number only once.
var countingKeys = []struct {
	table string
	once  bool
}{
	{"CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT, b TEXT)", true},
	{`CREATE TABLE t ("id" integer CONSTRAINT pk PRIMARY KEY ASC ON CONFLICT ABORT AUTOINCREMENT /* the key */ NOT NULL CHECK (id > 0), a TEXT, b TEXT)`, true},
	{`CREATE TABLE t ("id" INTEGER, a TEXT, b TEXT, PRIMARY KEY("id" AUTOINCREMENT))`, true},
	{"CREATE TABLE t (id INTEGER NOT NULL, a TEXT, b TEXT, CONSTRAINT pk PRIMARY KEY (id AUTOINCREMENT) ON CONFLICT FAIL)", true},
	{"CREATE TABLE t (a TEXT, id INTEGER PRIMARY KEY, b TEXT)", false},
	{"CREATE TABLE t (id INTEGER NOT NULL, a TEXT, b TEXT, PRIMARY KEY (id))", false},
	{"CREATE TABLE t (id INTEGER, a TEXT, b TEXT, PRIMARY KEY (id DESC))", false},
	{"CREATE TABLE t (id [INTEGER] DEFAULT 7 PRIMARY KEY, a TEXT, b TEXT)", false},
	{"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT) STRICT", false},
}

// rowidChanges are changes of the key, and others that make the table anew.
var rowidChanges = []string{
	`alter_column = { table = "t", name = "id", type = "bigint" }`,
	`alter_column = { table = "t", name = "id", type = "smallint" }`,
	`alter_column = { table = "t", name = "id", type = "integer" }`,
	`alter_column = { table = "t", name = "ID", type = "bigint", nullable = false }`,
	`alter_column = { table = "t", name = "id", type_on = { sqlite = "sql(UNSIGNED BIG INT)" } }`,
	`alter_column = { table = "t", name = "id", nullable = false }`,
	`alter_column = { table = "t", name = "id", default = 5 }`,
	`alter_column = { table = "t", name = "id", drop_default = true }`,
	`alter_column = { table = "t", name = "a", type = "string(9)", nullable = false, default = "x" }`,
	`rename_column = { table = "t", from = "id", to = "number" }`,
	`rename_column = { table = "t", from = "id", to = "ID" }`,
	`rename_table = { from = "t", to = "s" }`,
	`add_column = { table = "t", name = "c", type = "datetime", nullable = false, default_sql = "CURRENT_TIMESTAMP" }`,
	`drop_column = { table = "t", name = "b" }`,
	`add_unique = { table = "t", name = "uq", columns = ["a"] }`,
	`add_check = { table = "t", name = "ck", expr = "a <> ''" }`,
	`add_foreign_key = { table = "t", columns = ["b"], ref_table = "t", ref_columns = ["a"] }`,
}

// TestRowidStays makes each change of a table with a key that numbers rows, and
// undoes it: rows keep their numbers, and new ones get the next.
func TestRowidStays(t *testing.T) {
	if !slices.Contains(enginetest.Dialects(), flavor.SQLite) {
		t.Skip("not asked for")
	}
	for _, key := range countingKeys {
		for _, up := range rowidChanges {
			t.Run(key.table+"; "+up, func(t *testing.T) {
				if strings.HasSuffix(key.table, "STRICT") {
					up = strings.NewReplacer("string(9)", "text", `"datetime"`, `"text"`).Replace(up)
				}
				db := enginetest.New(t, flavor.SQLite)
				db.Exec(t, key.table)
				db.Exec(t, "INSERT INTO t (a, b) VALUES ('p', 'p'), ('q', 'p'), ('r', 'p'); DELETE FROM t WHERE a = 'r'")
				s := inspected(t, db)
				ops := forDialect(parse(t, "[[up]]\n"+up), flavor.SQLite)
				back := inverse(t, s, ops)
				execute(t, db, fold(t, s, ops))
				sameAsServer(t, "changed", s, db)
				next := 3 + counts(key.once)
				numbered(t, db, s, "x", next)
				execute(t, db, fold(t, s, back))
				sameAsServer(t, "undone", s, db)
				numbered(t, db, s, "y", next+1)
			})
		}
	}
}

func counts(once bool) int {
	if once {
		return 1 // the number of the row that is gone is not given again
	}
	return 0
}

// numbered inserts a row without a number, and one with NULL for it, in a
// transaction that is undone but for the first row, and checks the numbers.
func numbered(t *testing.T, db enginetest.Database, s *Schema, a string, want int) {
	t.Helper()
	table := s.Tables[s.TableNames()[0]]
	id := table.rowid()
	if id == nil {
		t.Fatalf("%s has no column that numbers rows: %v", table.Name, db.Strings(t, "SELECT sql FROM sqlite_master"))
	}
	query := func(format string, args ...any) string {
		return fmt.Sprintf(format, append([]any{quoteIdent(table.Name, flavor.SQLite), quoteIdent(id.Name, flavor.SQLite)}, args...)...)
	}
	db.Exec(t, query("INSERT INTO %s (a) VALUES ('%[3]s') RETURNING %[2]s", a))
	conn, err := db.SQL().Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, sql := range []string{"BEGIN", query("INSERT INTO %s (%s, a) VALUES (NULL, 'z')"), "ROLLBACK"} {
		if _, err := conn.ExecContext(context.Background(), sql); err != nil {
			t.Errorf("%s: %v", sql, err)
		}
	}
	got := strings.Join(db.Strings(t, query("SELECT typeof(%[2]s) || ' ' || %[2]s FROM %[1]s WHERE a = '%[3]s'", a)), ", ")
	if got != fmt.Sprintf("integer %d", want) {
		t.Errorf("the new row has the key %q, want %d", got, want)
	}
}

// TestRowidRefused lists what cannot become of such a key, and what of others.
func TestRowidRefused(t *testing.T) {
	text := func(from, op string) string {
		t.Helper()
		s := New(flavor.Default(flavor.SQLite))
		table, err := ParseSQLiteTable(from)
		if err != nil {
			t.Fatal(err)
		}
		s.Tables["t"] = table
		for _, o := range forDialect(parse(t, "[[up]]\n"+op), flavor.SQLite) {
			if err := o.Apply(s); err != nil {
				return err.Error()
			}
		}
		return sqliteTable(s.Tables["t"], "t")
	}
	for _, c := range []struct{ from, op, want string }{
		{"CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)", `alter_column = { table = "t", name = "id", type = "string(9)" }`,
			`alter_column on table "t": column "id" numbers the rows by itself, so it cannot become VARCHAR(9)`},
		{"CREATE TABLE t (id INTEGER PRIMARY KEY)", `alter_column = { table = "t", name = "id", type = "string(9)" }`, `"t" (id VARCHAR(9) NOT NULL PRIMARY KEY)`},
		{"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT) STRICT", `alter_column = { table = "t", name = "a", type = "string(9)" }`,
			`alter_column on table "t": the table is STRICT, so column "a" cannot be VARCHAR(9); its type must be one of INT, INTEGER, REAL, TEXT, BLOB, ANY: say so with type_on = { sqlite = "sql(TEXT)" }`},
		{"CREATE TABLE t (id INTEGER PRIMARY KEY) STRICT", `add_column = { table = "t", name = "a", type = "datetime" }`,
			`add_column on table "t": the table is STRICT, so column "a" cannot be DATETIME; its type must be one of INT, INTEGER, REAL, TEXT, BLOB, ANY: say so with type_on = { sqlite = "sql(TEXT)" }`},
		{"CREATE TABLE t (id INTEGER PRIMARY KEY)", `alter_column = { table = "t", name = "id", nullable = true }`,
			`alter_column on table "t": column "id" belongs to the primary key and cannot be null`},
		{"CREATE TABLE t (id INTEGER PRIMARY KEY DESC)", `alter_column = { table = "t", name = "id", type = "bigint" }`, `"t" (id BIGINT PRIMARY KEY DESC)`},
		{"CREATE TABLE t (id INTEGER PRIMARY KEY) WITHOUT ROWID", `alter_column = { table = "t", name = "id", type = "bigint" }`, `"t" (id BIGINT NOT NULL PRIMARY KEY) WITHOUT ROWID`},
		{"CREATE TABLE t (id INTEGER, n INTEGER, PRIMARY KEY (id, n))", `alter_column = { table = "t", name = "id", type = "bigint" }`, `"t" (id BIGINT, n INTEGER, PRIMARY KEY (id, n))`},
	} {
		if got := text(c.from, c.op); got != c.want {
			t.Errorf("%s, %s:\n%s\nwant %s", c.from, c.op, got, c.want)
		}
	}
}
