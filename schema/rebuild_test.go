package schema

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// oddDatabase is a SQLite database with everything that a rebuild could lose.
const oddDatabase = `
CREATE TABLE base (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE "order" (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- numbers are never given twice
  "a b" VARCHAR(10) COLLATE NOCASE DEFAULT 'x, y' CHECK ("a b" <> 'bad)'),
  "quo""te" INTEGER CONSTRAINT positive CHECK ("quo""te" > 0) REFERENCES base(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  "br[acket" NUMERIC UNIQUE ON CONFLICT IGNORE,
  up INTEGER REFERENCES "order",
  total INTEGER GENERATED ALWAYS AS ("quo""te" * 2) STORED,
  twice INTEGER AS (id * 2),
  at DATETIME DEFAULT (datetime('now', 'utc')) NOT NULL /* a, comment */,
  spare TEXT,
  CONSTRAINT uq UNIQUE ("a b", "quo""te"),
  CHECK ("order"."quo""te" < 1000),
  CONSTRAINT fk FOREIGN KEY (spare) REFERENCES base(name) -- the last word
);
CREATE TABLE line (n INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES "order"(id), what TEXT);
CREATE TABLE bare (k TEXT, v ANY, PRIMARY KEY (k)) WITHOUT ROWID, STRICT;
CREATE TABLE log (what TEXT);
CREATE INDEX part ON "order" ("a b") WHERE "quo""te" > 5;
CREATE UNIQUE INDEX expr ON "order" (lower("a b"), up DESC);
CREATE VIEW v AS SELECT id, "a b" FROM "order" WHERE "quo""te" > 0;
CREATE VIEW vv AS SELECT count(*) AS n FROM v;
CREATE TRIGGER own AFTER INSERT ON "order" BEGIN INSERT INTO log VALUES ('insert ' || NEW.id); END;
CREATE TRIGGER foreign_one AFTER DELETE ON line BEGIN UPDATE "order" SET up = NULL WHERE id = OLD.order_id; END;
CREATE TRIGGER through INSTEAD OF INSERT ON v BEGIN INSERT INTO "order" ("a b", "quo""te") VALUES (NEW."a b", 7); END;
INSERT INTO base VALUES (1, 'one'), (2, 'two');
INSERT INTO "order" (id, "a b", "quo""te", "br[acket", up, spare, at) VALUES (1, 'A', 1, 1.5, NULL, 'one', '2020'), (2, 'B', 2, 2.5, 1, NULL, '2021'), (50, 'C', 2, NULL, 2, NULL, '2022');
DELETE FROM "order" WHERE id = 50;
INSERT INTO line VALUES (1, 1, 'x'), (2, 2, 'y');
INSERT INTO bare VALUES ('k', 1);
`

// odd makes the odd database.
func odd(t testing.TB) enginetest.Database {
	t.Helper()
	db := enginetest.New(t, flavor.SQLite)
	db.Exec(t, oddDatabase)
	return db
}

// contents is all that a table holds, with the rows' own numbers.
func contents(t testing.TB, db enginetest.Database, query string) string {
	t.Helper()
	var b strings.Builder
	for _, row := range db.Query(t, query) {
		fmt.Fprintln(&b, row...)
	}
	return b.String()
}

// others is the text of everything but the table that is rebuilt.
func others(t testing.TB, db enginetest.Database, table string) string {
	t.Helper()
	return contents(t, db, "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE NOT (type = 'table' AND name = '"+table+"') AND sql IS NOT NULL ORDER BY type, name")
}

func TestRebuildLosesNothing(t *testing.T) {
	for _, c := range []struct{ name, up string }{
		{"a type", `alter_column = { table = "order", name = "spare", type = "string(20)" }`},
		{"a default", `alter_column = { table = "order", name = "spare", default = "it's, (odd)" }`},
		{"null", `alter_column = { table = "order", name = "a b", nullable = false }`},
		{"a check", `add_check = { table = "order", expr = "up <> id" }`},
		{"a table's check", `drop_check = { table = "order", expr = "\"order\".\"quo\"\"te\" < 1000" }`},
		{"a column's check", `drop_check = { table = "order", name = "positive" }`},
		{"a unique constraint", `add_unique = { table = "order", columns = ["up", "spare"] }`},
		{"its removal", `drop_unique = { table = "order", name = "uq" }`},
		{"a column's unique constraint", `drop_unique = { table = "order", columns = ["br[acket"] }`},
		{"a foreign key", `add_foreign_key = { table = "order", columns = ["up"], ref_table = "base", ref_columns = ["id"] }`},
		{"its removal by name", `drop_foreign_key = { table = "order", name = "fk" }`},
		{"its removal at a column", `drop_foreign_key = { table = "order", columns = ["up"] }`},
		{"a column that cannot be added", `add_column = { table = "order", name = "now", type = "datetime", default_sql = "CURRENT_TIMESTAMP" }`},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := odd(t)
			const rows = `SELECT id, "a b", "quo""te", "br[acket", up, total, twice, at, spare FROM "order" ORDER BY id`
			before, rest := contents(t, db, rows), others(t, db, "order")
			s := inspected(t, db)
			statements := fold(t, s, forDialect(parse(t, "[[up]]\n"+c.up), flavor.SQLite))
			execute(t, db, statements)
			if diff := cmp.Diff(before, contents(t, db, rows)); diff != "" {
				t.Errorf("the rows differ: %s", diff)
			}
			if diff := cmp.Diff(rest, others(t, db, "order")); diff != "" {
				t.Errorf("something else changed: %s", diff)
			}
			sameAsServer(t, "rebuilt", s, db)
			checkAlive(t, db)
			if got := Rebuilt(statements); !slices.Equal(got, []string{"order"}) {
				t.Errorf("rebuilt tables are %q", got)
			}
		})
	}
}

// checkAlive asks whether the database is sound, and whether its sequence,
// triggers, views and references still work.
func checkAlive(t *testing.T, db enginetest.Database) {
	t.Helper()
	for _, query := range []string{"PRAGMA foreign_key_check", "PRAGMA integrity_check"} {
		if got := contents(t, db, query); got != "" && got != "ok\n" {
			t.Errorf("%s: %s", query, got)
		}
	}
	db.Exec(t, `INSERT INTO v ("a b") VALUES ('via view')`)
	equal(t, "the next number", contents(t, db, `SELECT max(id) FROM "order"`), "51\n")
	equal(t, "what the trigger wrote", contents(t, db, `SELECT what FROM log WHERE what = 'insert 51'`), "insert 51\n")
	equal(t, "the view on a view", contents(t, db, "SELECT n FROM vv"), "3\n")
	db.Exec(t, "DELETE FROM line WHERE n = 2")
	equal(t, "what the other table's trigger wrote", contents(t, db, `SELECT up IS NULL FROM "order" WHERE id = 2`), "1\n")
	equal(t, "the old setting", contents(t, db, "PRAGMA legacy_alter_table"), "0\n")
	if _, err := db.SQL().Exec(`PRAGMA foreign_keys = ON; INSERT INTO line VALUES (9, 99, 'z')`); err == nil {
		t.Error("the reference from another table leads nowhere")
	}
}

// TestRebuildInTheSQLiteShell runs a rebuild with the SQLite of the system,
// which is another version than the one that is linked in.
func TestRebuildInTheSQLiteShell(t *testing.T) {
	db := odd(t)
	s := inspected(t, db)
	script := ".bail on\nPRAGMA foreign_keys = OFF;\nBEGIN;\n"
	for _, st := range fold(t, s, forDialect(parse(t, `
[[up]]
alter_column = { table = "order", name = "spare", type = "string(20)", default = "new" }
[[up]]
drop_check = { table = "order", name = "positive" }
[[up]]
rename_column = { table = "order", from = "up", to = "parent" }
[[up]]
add_unique = { table = "order", columns = ["parent", "spare"] }`), flavor.SQLite)) {
		script += st.SQL + ";\n"
	}
	shell := exec.Command("sqlite3", "-batch", db.Name)
	shell.Stdin = strings.NewReader(script + "COMMIT;\n")
	if out, err := shell.CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("sqlite3: %v\n%s", err, out)
	}
	sameAsServer(t, "rebuilt by the shell", s, db)
	equal(t, "rows", contents(t, db, `SELECT id, "a b", "quo""te", parent, total, twice, at, spare FROM "order" ORDER BY id`),
		"1 A 1 <nil> 2 2 2020 one\n2 B 2 1 4 4 2021 <nil>\n")
	db.Exec(t, `UPDATE "order" SET parent = NULL WHERE id = 2`)
	equal(t, "the view on a view", contents(t, db, "SELECT n FROM vv"), "2\n")
}

func TestRebuildKeepsWhatStandsBehindATable(t *testing.T) {
	db := odd(t)
	s := inspected(t, db)
	execute(t, db, fold(t, s, forDialect(parse(t, `
[[up]]
add_check = { table = "bare", expr = "v > 0" }`), flavor.SQLite)))
	sameAsServer(t, "rebuilt", s, db)
	text := contents(t, db, "SELECT sql FROM sqlite_master WHERE name = 'bare'")
	if !strings.Contains(text, "WITHOUT ROWID, STRICT") {
		t.Errorf("the table's options are lost: %s", text)
	}
	equal(t, "rows", contents(t, db, "SELECT * FROM bare"), "k 1\n")
}

// TestRebuildStopsAtABrokenView: a view that names a dropped column would
// fail every query later.
func TestRebuildStopsAtABrokenView(t *testing.T) {
	db := odd(t)
	db.Exec(t, `CREATE VIEW plain AS SELECT spare FROM "order"`)
	s := inspected(t, db)
	op := forDialect(parse(t, `
[[up]]
drop_column = { table = "order", name = "spare" }`), flavor.SQLite)
	var failed error
	for _, st := range fold(t, s, op) {
		if _, failed = db.SQL().Exec(st.SQL); failed != nil {
			break
		}
	}
	if failed == nil || !strings.Contains(failed.Error(), "no such column: spare") {
		t.Errorf("dropping a column that a view names gives %v", failed)
	}
}

func TestRebuildDropsAColumn(t *testing.T) {
	db := odd(t)
	s := inspected(t, db)
	execute(t, db, fold(t, s, forDialect(parse(t, `
[[up]]
drop_column = { table = "order", name = "spare" }
[[up]]
drop_column = { table = "order", name = "br[acket" }
[[up]]
rename_column = { table = "order", from = "up", to = "parent" }
[[up]]
rename_table = { from = "order", to = "group" }
[[up]]
alter_column = { table = "group", name = "parent", type = "bigint" }`), flavor.SQLite)))
	sameAsServer(t, "dropped and renamed", s, db)
	equal(t, "rows", contents(t, db, `SELECT id, "a b", "quo""te", parent, total, twice, at FROM "group" ORDER BY id`),
		"1 A 1 <nil> 2 2 2020\n2 B 2 1 4 4 2021\n")
	db.Exec(t, "DELETE FROM line WHERE n = 2")
	equal(t, "what the other table's trigger wrote", contents(t, db, `SELECT parent IS NULL FROM "group" WHERE id = 2`), "1\n")
}
