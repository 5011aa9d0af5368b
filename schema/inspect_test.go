package schema

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// inspected reads a test database.
func inspected(t testing.TB, db enginetest.Database) *Schema {
	t.Helper()
	s, err := Inspect(context.Background(), db.SQL(), db.Flavor, schemaName(db))
	if err != nil {
		t.Fatalf("inspect %s: %v", db.Dialect.Title(), err)
	}
	return s
}

func schemaName(db enginetest.Database) string {
	switch db.Dialect {
	case flavor.Postgres:
		return "public"
	case flavor.SQLite:
		return ""
	}
	return db.Name
}

// recorded lists the snapshots of databases that the real tools made.
func recorded(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../migrations/*/testdata/*-*.json")
	specimens, _ := filepath.Glob("../engine/enginetest/testdata/specimen-*.json")
	if err != nil || len(files) < 15 || len(specimens) != 3 {
		t.Fatalf("%d recorded snapshots and %d specimens: %v", len(files), len(specimens), err)
	}
	return append(files, specimens...)
}

func dialectOf(s *enginetest.Snapshot) flavor.Dialect {
	return map[string]flavor.Dialect{"mariadb": flavor.MariaDB, "postgresql": flavor.Postgres, "sqlite": flavor.SQLite}[s.Backend]
}

// The inspection and the snapshot, which know nothing of each other, say the
// same of every recorded database.
func TestInspectAgreesWithSnapshots(t *testing.T) {
	for _, path := range recorded(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			snap := enginetest.LoadSnapshot(t, path)
			db := enginetest.New(t, dialectOf(snap))
			enginetest.Rebuild(t, db, snap)
			s := inspected(t, db)
			if diff := cmp.Diff(snapshotLines(snap, db.Flavor), schemaLines(s)); diff != "" {
				t.Errorf("snapshot (-) and inspection (+) differ:\n%s", diff)
			}
		})
	}
}

// schemaLines says what a schema holds, one object a line, sorted.
func schemaLines(s *Schema) []string {
	var out []string
	line := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for name, t := range s.Tables {
		for n, c := range t.Columns {
			def := ""
			if c.Default != nil {
				def = *c.Default
			}
			line("%s column %d %s %s null=%v auto=%v default=%s", name, n, c.Name, c.Type, c.Nullable, c.Autoincrement, def)
		}
		if k := t.PrimaryKey; k != nil {
			line("%s primary %s %v", name, k.Name, k.Columns)
		}
		for _, k := range t.Uniques {
			line("%s unique %s %v", name, k.Name, k.Columns)
		}
		for _, x := range t.Indexes {
			var parts []string
			for _, p := range x.Columns {
				part := p.Name + p.Expr
				if p.Length > 0 {
					part = fmt.Sprintf("%s(%d)", part, p.Length)
				}
				parts = append(parts, part)
			}
			line("%s index %s %v unique=%v where=%s", name, x.Name, parts, x.Unique, x.Where)
		}
		for _, f := range t.ForeignKeys {
			line("%s foreign %s %v %s%v delete=%s update=%s", name, f.Name, f.Columns, f.RefTable, f.RefColumns, f.OnDelete, f.OnUpdate)
		}
		for _, c := range t.Checks {
			line("%s check %s %s", name, c.Name, settleExpr(c.Expr))
		}
	}
	for _, tr := range s.Triggers {
		line("trigger %s on %s %s %s", tr.Name, tr.Table, tr.Timing, tr.Event)
	}
	for _, e := range s.Enums {
		line("enum %s %q", e.Name, e.Values)
	}
	slices.Sort(out)
	return out
}

// snapshotLines says the same of a snapshot.
func snapshotLines(snap *enginetest.Snapshot, f flavor.Flavor) []string {
	var out []string
	line := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for name, t := range snap.Tables {
		for n, c := range t.Columns {
			def := text(c.Default)
			switch {
			case f.Dialect == flavor.MariaDB && def == "NULL", f.Dialect == flavor.Postgres && c.Autoincrement:
				def = ""
			}
			key := t.PrimaryKey != nil && len(t.PrimaryKey.Columns) == 1 && t.PrimaryKey.Columns[0] == c.Name
			rowid := f.Dialect == flavor.SQLite && key && c.Type == "INTEGER"
			line("%s column %d %s %s null=%v auto=%v default=%s", name, n, c.Name, CanonicalType(c.Type, f), c.Nullable && !rowid, c.Autoincrement, def)
		}
		if k := t.PrimaryKey; k != nil {
			line("%s primary %s %v", name, strings.Replace(text(k.Name), "PRIMARY", "", 1), k.Columns)
		}
		for _, k := range t.UniqueConstraints {
			line("%s unique %s %v", name, text(k.Name), k.Columns)
		}
		for _, x := range t.Indexes {
			constraint := slices.ContainsFunc(t.UniqueConstraints, func(k enginetest.SnapKey) bool { return text(k.Name) == x.Name })
			switch {
			case f.Dialect != flavor.SQLite && constraint:
			case f.Dialect == flavor.MariaDB && x.Unique:
				line("%s unique %s %v", name, x.Name, x.Columns)
			default:
				line("%s index %s %v unique=%v where=%s", name, x.Name, x.Columns, x.Unique, withoutParens(x.Where))
			}
		}
		for _, k := range t.ForeignKeys {
			line("%s foreign %s %v %s%v delete=%s update=%s", name, text(k.Name), k.Columns, k.RefTable, k.RefColumns,
				strings.Replace(k.OnDelete, "NO ACTION", "", 1), strings.Replace(k.OnUpdate, "NO ACTION", "", 1))
		}
		for _, c := range t.Checks {
			line("%s check %s %s", name, text(c.Name), settleExpr(strings.TrimPrefix(c.Expression, "CHECK ")))
		}
	}
	for _, tr := range snap.Triggers {
		line("trigger %s on %s %s %s", tr.Name, tr.Table, strings.ToLower(tr.Timing), strings.ToLower(tr.Event))
	}
	for _, e := range snap.Types {
		line("enum %s %q", e.Name, e.Values)
	}
	slices.Sort(out)
	return out
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

// What no snapshot holds: bodies, functions, views, comments, character sets,
// directions, methods, generated columns.
func TestInspectKeepsWhatAtlasDrops(t *testing.T) {
	t.Run("postgres", func(t *testing.T) {
		db := enginetest.New(t, flavor.Postgres)
		db.Exec(t, `CREATE TABLE "Odd ""name" (id BIGINT GENERATED ALWAYS AS IDENTITY, a INT, b INT GENERATED ALWAYS AS (a * 2) STORED, c TEXT COLLATE "C", d JSONB);
			COMMENT ON TABLE "Odd ""name" IS 'a table'; COMMENT ON COLUMN "Odd ""name".a IS 'it''s a';
			CREATE INDEX i ON "Odd ""name" (a DESC, lower(c)) WHERE (a > 0); CREATE INDEX g ON "Odd ""name" USING gin (d);
			CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
			CREATE TRIGGER tr AFTER INSERT OR DELETE ON "Odd ""name" FOR EACH ROW EXECUTE FUNCTION f();
			CREATE VIEW v AS SELECT a FROM "Odd ""name"; CREATE MATERIALIZED VIEW m AS SELECT 1 AS x;
			CREATE TABLE empty ()`)
		s := inspected(t, db)
		tab := s.Tables[`Odd "name`]
		if tab == nil || s.Tables["empty"] == nil {
			t.Fatalf("tables %v", s.TableNames())
		}
		equal(t, "table comment", tab.Comment, "a table")
		equal(t, "column comment", tab.Columns[1].Comment, "it's a")
		equal(t, "identity", tab.Columns[0].Extra, "GENERATED ALWAYS AS IDENTITY")
		equal(t, "generated", tab.Columns[2].Extra, "GENERATED ALWAYS AS ((a * 2)) STORED")
		equal(t, "collation", tab.Columns[3].Collation, "C")
		equal(t, "index", fmt.Sprint(tab.Indexes[0].Columns, tab.Indexes[0].Where), "[{a  0 true} { lower(c) 0 false}]a > 0")
		equal(t, "method", tab.Indexes[1].Method, "gin")
		equal(t, "trigger", s.Triggers[0].Timing+" "+s.Triggers[0].Event+" "+s.Triggers[0].Function+" "+s.Triggers[0].Body, "after insert or delete f BEGIN RETURN NEW; END")
		if !strings.HasPrefix(s.Triggers[0].FunctionText, "CREATE OR REPLACE FUNCTION public.f()") {
			t.Errorf("function %q", s.Triggers[0].FunctionText)
		}
		if len(s.Views) != 2 || !strings.HasPrefix(s.Views[1].Text, `CREATE MATERIALIZED VIEW "m" AS SELECT 1`) {
			t.Errorf("views %q", s.Views)
		}
	})
	t.Run("mariadb", func(t *testing.T) {
		db := enginetest.New(t, flavor.MariaDB)
		db.Exec(t, "CREATE TABLE `odd ``name` (id INT PRIMARY KEY, a VARCHAR(20) COLLATE latin1_bin COMMENT 'it''s a', b INT AS (id * 2) VIRTUAL, "+
			"c TIMESTAMP(3) NOT NULL DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3), d TEXT, j JSON, e DECIMAL(5,2) DEFAULT 1.5, "+
			"x VARCHAR(10) DEFAULT (uuid()), FULLTEXT ft (d), KEY p (d(10)), UNIQUE u (a, e)) CHARSET utf8mb3 COMMENT 'a table'; "+
			"CREATE TRIGGER tr BEFORE UPDATE ON `odd ``name` FOR EACH ROW BEGIN SET NEW.a = 'x;y'; END; CREATE VIEW v AS SELECT 1 AS x")
		s := inspected(t, db)
		tab := s.Tables["odd `name"]
		if tab == nil {
			t.Fatalf("tables %v", s.TableNames())
		}
		equal(t, "table", tab.Engine+" "+tab.Charset+" "+tab.Collation+" "+tab.Comment, "InnoDB utf8mb3 utf8mb3_general_ci a table")
		equal(t, "column", tab.Columns[1].Charset+" "+tab.Columns[1].Collation+" "+tab.Columns[1].Comment, "latin1 latin1_bin it's a")
		equal(t, "generated", tab.Columns[2].Extra, "GENERATED ALWAYS AS (`id` * 2) VIRTUAL")
		equal(t, "on update", tab.Columns[3].Extra+" "+text(tab.Columns[3].Default), "ON UPDATE CURRENT_TIMESTAMP(3) current_timestamp(3)")
		equal(t, "expression", text(tab.Columns[7].Default), "uuid()")
		equal(t, "methods", tab.Indexes[0].Method+" "+fmt.Sprint(tab.Indexes[1].Columns), "fulltext [{d  10 false}]")
		equal(t, "unique", fmt.Sprint(*tab.Uniques[0]), "{u [a e]  false false  false}")
		equal(t, "json check", fmt.Sprint(*tab.Checks[0]), "{j json_valid(`j`) j   false false false}")
		equal(t, "trigger", s.Triggers[0].Timing+" "+s.Triggers[0].Event+" "+s.Triggers[0].Body, "before update BEGIN SET NEW.a = 'x;y'; END")
		equal(t, "view", s.Views[0].Name, "v")
	})
}

func equal(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %q, want %q", what, got, want)
	}
}

// An index that an interrupted CREATE INDEX CONCURRENTLY left is told from one
// that can be used.
func TestInspectSeesInvalidIndexes(t *testing.T) {
	db := enginetest.New(t, flavor.Postgres)
	db.Exec(t, "CREATE TABLE a (id INT); INSERT INTO a VALUES (1), (1)")
	if _, err := db.SQL().Exec("CREATE UNIQUE INDEX CONCURRENTLY ix ON a (id)"); err == nil {
		t.Fatal("a unique index over equal rows was built")
	}
	x := inspected(t, db).Tables["a"].Indexes
	if len(x) != 1 || x[0].Valid {
		t.Errorf("indexes %+v, want one that is not valid", x)
	}
}

// Only the schema that was asked for is read, and types of it are not
// qualified even where the search path lacks it.
func TestInspectOneSchema(t *testing.T) {
	db := enginetest.New(t, flavor.Postgres)
	db.Exec(t, `CREATE SCHEMA other; CREATE TYPE other.mood AS ENUM ('a', 'b');
		CREATE TABLE other.x (id SERIAL PRIMARY KEY, m other.mood DEFAULT 'a'); CREATE TABLE public.y (id INT)`)
	s, err := Inspect(context.Background(), db.SQL(), db.Flavor, "other")
	if err != nil {
		t.Fatal(err)
	}
	if names := s.TableNames(); !slices.Equal(names, []string{"x"}) {
		t.Fatalf("tables %v, want x", names)
	}
	m := s.Tables["x"].Columns[1]
	equal(t, "type", m.Type, "mood")
	equal(t, "default", text(m.Default), "'a'::mood")
	if !s.Tables["x"].Columns[0].Autoincrement {
		t.Error("serial is not known as autoincrement")
	}
}

func TestTableNames(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		names := func() string {
			list, err := TableNames(context.Background(), db.SQL(), db.Flavor, schemaName(db))
			if err != nil {
				t.Fatal(err)
			}
			return strings.Join(list, " ")
		}
		equal(t, "an empty database", names(), "")
		db.Exec(t, "CREATE TABLE sqlitelike (id INTEGER); CREATE TABLE a (id INTEGER); CREATE VIEW v AS SELECT id FROM a")
		equal(t, "tables", names(), "a sqlitelike")
		if s := inspected(t, db); len(s.Tables) != 2 || len(s.Views) != 1 {
			t.Errorf("%d tables and %d views", len(s.Tables), len(s.Views))
		}
	})
}

// Reading the image service's schema costs a few milliseconds. The bounds are
// ten times what it takes here, so that only a query per table breaks them.
func TestInspectIsQuick(t *testing.T) {
	bounds := map[string]time.Duration{"mariadb": 70 * time.Millisecond, "postgresql": 70 * time.Millisecond, "sqlite": 10 * time.Millisecond}
	for backend, bound := range bounds {
		t.Run(backend, func(t *testing.T) {
			snap := enginetest.LoadSnapshot(t, "../migrations/glance/testdata/"+backend+"-wallaby_contract01.json")
			db := enginetest.New(t, dialectOf(snap))
			enginetest.Rebuild(t, db, snap)
			best := time.Hour
			for range 5 {
				start := time.Now()
				inspected(t, db)
				best = min(best, time.Since(start))
			}
			if best > bound {
				t.Errorf("the best of five took %v, want at most %v", best, bound)
			}
		})
	}
}
