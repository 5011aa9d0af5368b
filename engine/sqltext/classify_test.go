package sqltext

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/engine/flavor"
)

const (
	lite    = flavor.SQLite
	pg      = flavor.Postgres
	my      = flavor.MySQL
	maria   = flavor.MariaDB
	guarded = true
)

// one is the meaning of a statement with a single effect.
func one(v Verb, e Effect) Meaning { return Meaning{Known: true, Verb: v, Effects: []Effect{e}} }

func TestClassifyObjects(t *testing.T) {
	table := func(v Verb, name string, guarded bool) Meaning {
		return one(v, Effect{Verb: v, Kind: KindTable, Name: name, Guarded: guarded})
	}
	cases := []struct {
		d    flavor.Dialect
		sql  string
		want Meaning
	}{
		{lite, "CREATE TABLE images (id INT)", table(Create, "images", false)},
		{lite, "create table if not exists main.[odd name] (id INT)", table(Create, "odd name", guarded)},
		{pg, `CREATE UNLOGGED TABLE public."Odd ""Name"" " AS SELECT 1`, table(Create, `Odd "Name" `, false)},
		{pg, "CREATE TABLE Public.Images (id INT)", table(Create, "images", false)},
		{my, "/*!50001 CREATE TABLE `a``b`.`c``d` (id INT) */", table(Create, "c`d", false)},
		{maria, "CREATE OR REPLACE TABLE t (id INT)", table(Create, "t", guarded)},
		{lite, "CREATE TEMP TABLE t (id INT)", Meaning{Known: true, Verb: Create, Session: true}},
		{my, "DROP TABLE a", table(Drop, "a", false)},
		{my, "DROP TABLE IF EXISTS a, b.c", Meaning{Known: true, Verb: Drop, Effects: []Effect{
			{Verb: Drop, Kind: KindTable, Name: "a", Guarded: true}, {Verb: Drop, Kind: KindTable, Name: "c", Guarded: true}}}},
		{pg, "DROP TABLE a CASCADE", Meaning{Verb: Drop, Effects: []Effect{{Verb: Drop, Kind: KindTable, Name: "a"}}}},
		{my, "RENAME TABLE a TO b, c TO x.d", Meaning{Known: true, Verb: Rename, Effects: []Effect{
			{Verb: Rename, Kind: KindTable, Name: "a", NewName: "b"}, {Verb: Rename, Kind: KindTable, Name: "c", NewName: "d"}}}},

		{lite, "CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a)", one(Create, Effect{Verb: Create, Kind: KindIndex, Table: "t", Name: "i", Guarded: true})},
		{my, "CREATE FULLTEXT INDEX i USING BTREE ON d.t (a)", one(Create, Effect{Verb: Create, Kind: KindIndex, Table: "t", Name: "i"})},
		{pg, "CREATE INDEX ON ONLY t (a)", one(Create, Effect{Verb: Create, Kind: KindIndex, Table: "t"})},
		{pg, "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)", Meaning{Known: true, Verb: Create, NoTransaction: true,
			Effects: []Effect{{Verb: Create, Kind: KindIndex, Table: "t", Name: "i", Guarded: true}}}},
		{pg, "DROP INDEX CONCURRENTLY i", Meaning{Known: true, Verb: Drop, NoTransaction: true,
			Effects: []Effect{{Verb: Drop, Kind: KindIndex, Name: "i"}}}},
		{my, "DROP INDEX `i` ON t", one(Drop, Effect{Verb: Drop, Kind: KindIndex, Table: "t", Name: "i"})},

		{lite, "CREATE TRIGGER IF NOT EXISTS g AFTER UPDATE OF a, b ON t BEGIN SELECT 1; END", one(Create, Effect{Verb: Create, Kind: KindTrigger, Table: "t", Name: "g", Guarded: true})},
		{my, "CREATE DEFINER=`a`@`b` TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1", one(Create, Effect{Verb: Create, Kind: KindTrigger, Table: "t", Name: "g"})},
		{my, "/*!50003 CREATE*/ /*!50017 DEFINER=CURRENT_USER()*/ /*!50003 TRIGGER g BEFORE INSERT ON t FOR EACH ROW BEGIN END */", one(Create, Effect{Verb: Create, Kind: KindTrigger, Table: "t", Name: "g"})},
		{pg, "CREATE CONSTRAINT TRIGGER g AFTER INSERT OR UPDATE ON s.t EXECUTE FUNCTION f()", one(Create, Effect{Verb: Create, Kind: KindTrigger, Table: "t", Name: "g"})},
		{pg, "DROP TRIGGER IF EXISTS g ON s.t", one(Drop, Effect{Verb: Drop, Kind: KindTrigger, Table: "t", Name: "g", Guarded: true})},
		{lite, "DROP TRIGGER g", one(Drop, Effect{Verb: Drop, Kind: KindTrigger, Name: "g"})},

		{my, "CREATE OR REPLACE ALGORITHM=MERGE DEFINER=a@b SQL SECURITY INVOKER VIEW v AS SELECT 1", one(Create, Effect{Verb: Create, Kind: KindView, Name: "v", Guarded: true})},
		{pg, "CREATE MATERIALIZED VIEW v AS SELECT 1", one(Create, Effect{Verb: Create, Kind: KindView, Name: "v"})},
		{pg, "DROP VIEW v", one(Drop, Effect{Verb: Drop, Kind: KindView, Name: "v"})},

		{pg, "CREATE TYPE s.mood AS ENUM ('a', 'b')", one(Create, Effect{Verb: Create, Kind: KindEnum, Name: "mood"})},
		{pg, "CREATE TYPE pair AS (a int)", one(Create, Effect{Verb: Create, Kind: KindType, Name: "pair"})},
		{pg, "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'c' AFTER 'b'", Meaning{Known: true, Verb: Alter, NoTransaction: true,
			Effects: []Effect{{Verb: Create, Kind: KindEnumValue, Table: "mood", Name: "c", Guarded: true}}}},
		{pg, "ALTER TYPE mood RENAME VALUE 'a' TO 'z'", one(Rename, Effect{Verb: Rename, Kind: KindEnumValue, Table: "mood", Name: "a", NewName: "z"})},
		{pg, "ALTER TYPE mood RENAME TO temper", one(Rename, Effect{Verb: Rename, Kind: KindType, Name: "mood", NewName: "temper"})},
		{pg, "ALTER INDEX IF EXISTS i RENAME TO j", one(Rename, Effect{Verb: Rename, Kind: KindIndex, Name: "i", NewName: "j", Guarded: true})},
		{pg, "ALTER VIEW v RENAME COLUMN a TO b", one(Rename, Effect{Verb: Rename, Kind: KindColumn, Table: "v", Name: "a", NewName: "b"})},
		{pg, "ALTER SEQUENCE s OWNED BY t.a", Meaning{Verb: Alter, Effects: []Effect{{Verb: Alter, Kind: "sequence", Name: "s"}}}},
		{pg, "ALTER SYSTEM SET a = 1", Meaning{Verb: Alter, NoTransaction: true}},

		{pg, "CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql AS $$SELECT 1$$", one(Create, Effect{Verb: Create, Kind: "function", Name: "f", Guarded: true})},
		{pg, "DROP FUNCTION f(int, text), g()", Meaning{Known: true, Verb: Drop, Effects: []Effect{
			{Verb: Drop, Kind: "function", Name: "f"}, {Verb: Drop, Kind: "function", Name: "g"}}}},
		{pg, "CREATE EXTENSION IF NOT EXISTS x", one(Create, Effect{Verb: Create, Kind: "extension", Name: "x", Guarded: true})},
		{pg, "CREATE DATABASE d", Meaning{Known: true, Verb: Create, NoTransaction: true, Effects: []Effect{{Verb: Create, Kind: "database", Name: "d"}}}},
		{my, "CREATE SCHEMA d", one(Create, Effect{Verb: Create, Kind: "database", Name: "d"})},
		{pg, "DROP OWNED BY x", Meaning{Verb: Drop}},
		{pg, "CREATE", Meaning{Verb: Create}},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, unplaced(c.sql, c.d)); diff != "" {
			t.Errorf("%s: %s\n%s", c.d, c.sql, diff)
		}
	}
}

func TestClassifyAlterTable(t *testing.T) {
	onT := func(v Verb, k Kind, name string) Effect { return Effect{Verb: v, Kind: k, Table: "t", Name: name} }
	guard := func(e Effect) Effect { e.Guarded = true; return e }
	to := func(e Effect, name string) Effect { e.NewName = name; return e }
	again := func(e Effect) Effect { e.Again = true; return e }
	cases := []struct {
		d       flavor.Dialect
		clauses string
		known   bool
		want    []Effect
	}{
		{lite, "ADD COLUMN a INT DEFAULT (1 + 2)", true, []Effect{onT(Create, KindColumn, "a")}},
		{lite, "ADD key TEXT", true, []Effect{onT(Create, KindColumn, "key")}},
		{lite, "DROP COLUMN [a b]", true, []Effect{onT(Drop, KindColumn, "a b")}},
		{lite, "RENAME a TO b", true, []Effect{to(onT(Rename, KindColumn, "a"), "b")}},
		{pg, "ADD COLUMN IF NOT EXISTS A int, DROP b, ALTER COLUMN c TYPE numeric(1,2), ALTER d SET NOT NULL", true, []Effect{
			guard(onT(Create, KindColumn, "a")), onT(Drop, KindColumn, "b"), again(onT(Alter, KindColumn, "c")), again(onT(Alter, KindColumn, "d"))}},
		{pg, "ALTER a TYPE int USING a::int, ALTER b ADD GENERATED ALWAYS AS IDENTITY, ALTER c DROP DEFAULT", true, []Effect{
			onT(Alter, KindColumn, "a"), onT(Alter, KindColumn, "b"), again(onT(Alter, KindColumn, "c"))}},
		{my, "MODIFY a INT PRIMARY KEY, MODIFY b INT UNIQUE", true, []Effect{onT(Alter, KindColumn, "a"), onT(Alter, KindColumn, "b")}},
		{pg, "ADD CONSTRAINT x CHECK (a IN (1, 2)) NOT VALID, ADD UNIQUE (a, b), ADD PRIMARY KEY (a), ADD CONSTRAINT y FOREIGN KEY (a) REFERENCES o (b)", true, []Effect{
			onT(Create, KindCheck, "x"), onT(Create, KindUnique, ""), onT(Create, KindPrimaryKey, ""), onT(Create, KindForeignKey, "y")}},
		{pg, "VALIDATE CONSTRAINT x", true, []Effect{again(onT(Alter, KindConstraint, "x"))}},
		{pg, "DROP CONSTRAINT IF EXISTS x", true, []Effect{guard(onT(Drop, KindConstraint, "x"))}},
		{pg, "DROP COLUMN a CASCADE", false, []Effect{onT(Drop, KindColumn, "a")}},
		{pg, "RENAME CONSTRAINT x TO y", true, []Effect{to(onT(Rename, KindConstraint, "x"), "y")}},
		{pg, "ENABLE TRIGGER g", false, []Effect{{Verb: Alter, Kind: KindTable, Name: "t"}}},
		{my, "ADD a INT FIRST, ADD COLUMN (b ENUM('x', 'y'), c INT), ADD INDEX (a), ADD UNIQUE KEY u (b)", true, []Effect{
			onT(Create, KindColumn, "a"), onT(Create, KindColumn, "b"), onT(Create, KindColumn, "c"), onT(Create, KindIndex, ""), onT(Create, KindUnique, "u")}},
		{my, "ADD FULLTEXT KEY f (a), ADD CONSTRAINT x FOREIGN KEY y (a) REFERENCES o (b), ADD CONSTRAINT CHECK (a > 1)", true, []Effect{
			onT(Create, KindIndex, "f"), onT(Create, KindForeignKey, "x"), onT(Create, KindCheck, "")}},
		{my, "MODIFY a BIGINT, MODIFY COLUMN b INT, CHANGE c c INT, CHANGE COLUMN d e INT, ALTER f SET DEFAULT 1", true, []Effect{
			again(onT(Alter, KindColumn, "a")), again(onT(Alter, KindColumn, "b")), again(onT(Alter, KindColumn, "c")), to(onT(Rename, KindColumn, "d"), "e"), again(onT(Alter, KindColumn, "f"))}},
		{my, "DROP KEY a, DROP FOREIGN KEY b, DROP PRIMARY KEY, DROP CHECK c, DROP d, ALGORITHM=INPLACE, LOCK=NONE", true, []Effect{
			onT(Drop, KindIndex, "a"), onT(Drop, KindForeignKey, "b"), onT(Drop, KindPrimaryKey, ""), onT(Drop, KindCheck, "c"), onT(Drop, KindColumn, "d")}},
		{my, "RENAME INDEX a TO b, RENAME COLUMN c TO d, ALTER INDEX e INVISIBLE, ALTER CHECK f NOT ENFORCED", true, []Effect{
			to(onT(Rename, KindIndex, "a"), "b"), to(onT(Rename, KindColumn, "c"), "d"), onT(Alter, KindIndex, "e"), onT(Alter, KindCheck, "f")}},
		{my, "ENGINE=InnoDB, ADD a INT", false, []Effect{{Verb: Alter, Kind: KindTable, Name: "t"}, onT(Create, KindColumn, "a")}},
		{my, "ADD PARTITION (PARTITION p VALUES LESS THAN (1)), DROP PARTITION p", false, []Effect{
			{Verb: Alter, Kind: KindTable, Name: "t"}, {Verb: Alter, Kind: KindTable, Name: "t"}}},
		{maria, "ADD COLUMN IF NOT EXISTS a INT, DROP COLUMN IF EXISTS b, ADD INDEX IF NOT EXISTS i (a), DROP FOREIGN KEY IF EXISTS x", true, []Effect{
			guard(onT(Create, KindColumn, "a")), guard(onT(Drop, KindColumn, "b")), guard(onT(Create, KindIndex, "i")), guard(onT(Drop, KindForeignKey, "x"))}},
	}
	for _, c := range cases {
		sql := "ALTER TABLE t " + c.clauses
		want := Meaning{Known: c.known, Verb: Alter, Effects: c.want}
		if diff := cmp.Diff(want, unplaced(sql, c.d)); diff != "" {
			t.Errorf("%s: %s\n%s", c.d, sql, diff)
		}
	}
}

func TestClassifyAlterTableNames(t *testing.T) {
	column := Effect{Verb: Create, Kind: KindColumn, Table: "t", Name: "a"}
	safe := column
	safe.Guarded = true
	renamed := Effect{Verb: Rename, Kind: KindTable, Name: "t", NewName: "u"}
	cases := []struct {
		d    flavor.Dialect
		sql  string
		want Meaning
	}{
		{pg, `ALTER TABLE IF EXISTS ONLY "s"."t" * ADD a int`, one(Alter, safe)},
		{maria, "ALTER ONLINE IGNORE TABLE `d`.`t` WAIT 5 ADD a INT", one(Alter, column)},
		{lite, "ALTER TABLE main.t RENAME TO u", one(Rename, renamed)},
		{my, "ALTER TABLE t RENAME AS x.u", one(Rename, renamed)},
		{my, "ALTER TABLE t RENAME u", one(Rename, renamed)},
		{pg, "ALTER TABLE t DETACH PARTITION p CONCURRENTLY", Meaning{Verb: Alter, NoTransaction: true,
			Effects: []Effect{{Verb: Alter, Kind: KindTable, Name: "t"}}}},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, unplaced(c.sql, c.d)); diff != "" {
			t.Errorf("%s: %s\n%s", c.d, c.sql, diff)
		}
	}
}

func TestClassifyRows(t *testing.T) {
	cases := []struct {
		d     flavor.Dialect
		sql   string
		verb  Verb
		table string
	}{
		{lite, "INSERT INTO t VALUES (1)", Insert, "t"},
		{lite, "INSERT OR IGNORE INTO main.t SELECT 1", Insert, "t"},
		{my, "INSERT IGNORE t VALUES (1)", Insert, "t"},
		{my, "REPLACE INTO `t` VALUES (1)", Insert, "t"},
		{my, "LOAD DATA INFILE 'x' INTO TABLE t", Insert, "t"},
		{pg, "COPY s.t (a) FROM stdin", Insert, "t"},
		{pg, "COPY t TO stdout", Select, ""},
		{pg, "COPY (SELECT 1) TO stdout", Select, ""},
		{lite, "UPDATE OR FAIL t SET a = 1", Update, "t"},
		{pg, "UPDATE ONLY t SET a = 1", Update, "t"},
		{my, "UPDATE a JOIN b SET a.x = 1", Update, ""},
		{my, "UPDATE a, b SET a.x = 1", Update, ""},
		{pg, "DELETE FROM ONLY t", Delete, "t"},
		{my, "DELETE a, b FROM a JOIN b", Delete, ""},
		{pg, "MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE", Merge, "t"},
		{pg, "TRUNCATE ONLY t", Truncate, "t"},
		{lite, "WITH x AS (SELECT 1) UPDATE t SET a = 1", Update, "t"},
		{pg, "WITH x AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM x", Insert, ""},
		{pg, "WITH x AS (DELETE FROM a RETURNING *) SELECT * FROM x", Delete, ""},
		{pg, "WITH x AS (SELECT 1), y AS MATERIALIZED (/* */ UPDATE ONLY a SET b = 1 RETURNING b) SELECT 1 FROM y", Update, ""},
		{pg, "WITH x AS (WITH z AS (INSERT INTO a VALUES (1) RETURNING 1) SELECT * FROM z) SELECT 1 FROM x", Insert, ""},
		{pg, "WITH x (update, delete) AS (SELECT 1, 'DELETE FROM a') SELECT count(update) FROM x", Select, ""},
		{pg, "WITH update AS (SELECT 1), delete (a) AS NOT MATERIALIZED (SELECT 2) SELECT 1 FROM update, delete", Select, ""},
		{pg, "WITH RECURSIVE insert (n) AS (SELECT 1) TABLE insert", Select, ""},
		{pg, "WITH update AS (SELECT 1) DELETE FROM a", Delete, ""},
		{lite, "WITH replace AS (SELECT 1) SELECT * FROM replace", Select, ""},
		{pg, "SELECT a.into, b AS into FROM a", Select, ""},
		{pg, "SELECT 'INTO t', \"into\" /* INTO t */ FROM a", Select, ""},
		{pg, "SELECT update, delete AS insert, (SELECT b.into FROM b) FROM a", Select, ""},
		{my, "SELECT 1 INTO @x", Select, ""},
		{my, "(SELECT 1) UNION (SELECT 2)", Select, ""},
		{pg, "VALUES (1)", Select, ""},
	}
	for _, c := range cases {
		want := Meaning{Known: true, Verb: c.verb, Table: c.table, Data: true}
		if diff := cmp.Diff(want, unplaced(c.sql, c.d)); diff != "" {
			t.Errorf("%s: %s\n%s", c.d, c.sql, diff)
		}
	}
	if m := Classify("TRUNCATE TABLE t", my); m.Data || m.Verb != Truncate || m.Table != "t" {
		t.Errorf("TRUNCATE commits on MySQL, so it is not only about rows: %+v", m)
	}
	want := one(Create, Effect{Verb: Create, Kind: KindTable, Name: "t"})
	if diff := cmp.Diff(want, unplaced("SELECT a INTO TABLE s.t FROM x", pg)); diff != "" {
		t.Error(diff)
	}
}

func TestClassifyOthers(t *testing.T) {
	alone := func(v Verb) Meaning { return Meaning{Known: true, Verb: v, NoTransaction: true} }
	session := Meaning{Known: true, Verb: Set, Session: true}
	cases := []struct {
		d    flavor.Dialect
		sql  string
		want Meaning
	}{
		{pg, "BEGIN WORK", alone(Transaction)},
		{my, "START TRANSACTION", alone(Transaction)},
		{lite, "END", alone(Transaction)},
		{maria, "BEGIN NOT ATOMIC SELECT 1; END", Meaning{Verb: Other}},
		{pg, "SET search_path = x", session},
		{my, "SET @a = 1", session},
		{my, "/*!40101 SET NAMES utf8mb4 */", session},
		{my, "SET GLOBAL a = 1", Meaning{Known: true, Verb: Set}},
		{my, "USE d", session},
		{lite, "PRAGMA foreign_keys = OFF", Meaning{Known: true, Verb: Set, Session: true, NoTransaction: true}},
		{lite, "PRAGMA user_version = 3", Meaning{Known: true, Verb: Set}},
		{lite, "PRAGMA writable_schema = ON", Meaning{Verb: Set, Session: true}},
		{lite, "ATTACH 'x' AS y", Meaning{Known: true, Verb: Set, Session: true, NoTransaction: true}},
		{pg, "VACUUM (FULL) t", alone(Maintain)},
		{lite, "VACUUM", alone(Maintain)},
		{pg, "REINDEX INDEX CONCURRENTLY i", alone(Maintain)},
		{pg, "REINDEX TABLE t", Meaning{Known: true, Verb: Maintain}},
		{pg, "CLUSTER", alone(Maintain)},
		{pg, "CLUSTER t", Meaning{Known: true, Verb: Maintain}},
		{my, "OPTIMIZE TABLE t", Meaning{Known: true, Verb: Maintain}},
		{pg, "GRANT SELECT ON t TO x", Meaning{Known: true, Verb: Grant}},
		{pg, "COMMENT ON TABLE t IS 'x'", Meaning{Known: true, Verb: Comment}},
		{pg, "DO $$ BEGIN END $$", Meaning{Verb: Other}},
		{my, "CALL p()", Meaning{Verb: Other}},
		{my, "nonsense", Meaning{Verb: Other}},
		{my, "", Meaning{Verb: Other}},
		{"oracle", "SELECT 1", Meaning{Verb: Other}},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, unplaced(c.sql, c.d)); diff != "" {
			t.Errorf("%s: %s\n%s", c.d, c.sql, diff)
		}
	}
}

// FuzzClassify: any text has a meaning, and layout does not change it.
// unplaced is Classify without what names are qualified with.
func unplaced(sql string, d flavor.Dialect) Meaning {
	m := Classify(sql, d)
	m.Schemas = nil
	return m
}

// TestSchemas: a statement about another schema says so, wherever the name is.
func TestSchemas(t *testing.T) {
	for sql, want := range map[string]string{
		"CREATE TABLE t (id int)":                        "[]",
		"CREATE TABLE o.t (id int)":                      "[o]",
		"CREATE INDEX i ON o.t (a)":                      "[o]",
		"DROP TABLE a, o.b":                              "[o]",
		"ALTER TABLE o.t ADD COLUMN a int":               "[o]",
		"DROP INDEX o.i":                                 "[o]",
		`CREATE VIEW "O".v AS SELECT t.a FROM other.t t`: "[O]",
	} {
		if got := fmt.Sprint(Classify(sql, flavor.Postgres).Schemas); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
}

func FuzzClassify(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	for _, s := range []string{"ALTER TABLE t ADD (a INT, b INT), DROP c", "DROP TABLE a, b", "RENAME TABLE a TO b,", "CREATE DEFINER=a@b VIEW v"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		for _, d := range flavor.Dialects() {
			a, b := Classify(sql, d), Classify(Normalize(sql, d), d)
			if diff := cmp.Diff(a, b); diff != "" {
				t.Fatalf("%s: %q and its normal form differ:\n%s", d, sql, diff)
			}
		}
	})
}
