package phases

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/enginetest/golden"
	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/sqltext"
	"manage/schema"
)

// plainCase is a statement of plain SQL and how it is settled.
type plainCase struct {
	sql      string
	want     schema.Settling
	dialects []flavor.Dialect // where the server takes it
}

var (
	all    = flavor.Dialects()
	server = []flavor.Dialect{flavor.Postgres, flavor.MySQL, flavor.MariaDB}
	family = []flavor.Dialect{flavor.MySQL, flavor.MariaDB}
	pg     = []flavor.Dialect{flavor.Postgres}
	own    = []flavor.Dialect{flavor.SQLite, flavor.Postgres} // names of indexes belong to the schema
)

// plainCases are the statements that the reference shows, each on the schema
// of plainSetUp.
func plainCases() []plainCase {
	return []plainCase{
		{"CREATE TABLE guests (id INTEGER)", "table there", all},
		{"CREATE TABLE guests AS SELECT id FROM rooms", "table there", all},
		{"DROP TABLE cellar", "table gone", all},
		{"DROP TABLE cellar, shed", "table gone", server},
		{"DROP TABLE IF EXISTS cellar, nothing", "sent again", server},
		{"ALTER TABLE cellar RENAME TO vault", "table there", all},
		{"RENAME TABLE cellar TO vault, shed TO hut", "table there", family},
		{"ALTER TABLE rooms ADD COLUMN note INTEGER", "column there", all},
		{"ALTER TABLE rooms DROP COLUMN size", "column gone", all},
		{"ALTER TABLE rooms RENAME COLUMN size TO area", "column there", all},
		{"ALTER TABLE rooms CHANGE COLUMN size area BIGINT", "column there", family},
		{"ALTER TABLE rooms ADD COLUMN note INTEGER, DROP COLUMN size, ADD INDEX ix_note (note)", "column there", family},
		{"ALTER TABLE rooms MODIFY COLUMN size BIGINT NOT NULL DEFAULT 3", "sent again", family},
		{"ALTER TABLE rooms MODIFY COLUMN size BIGINT, ADD COLUMN note INTEGER", "column there", family},
		{"ALTER TABLE rooms ALTER COLUMN size TYPE bigint, ALTER COLUMN size SET NOT NULL", "sent again", pg},
		{"ALTER TABLE rooms ALTER COLUMN size TYPE bigint USING size * 2", "exit 9", pg},
		{"CREATE INDEX ix_size ON rooms (size)", "index there", all},
		{"CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_size ON rooms (size)", "index there", pg},
		{"CREATE INDEX ix_wing ON ONLY wing (id)", "partitioned index there", pg},
		{"ALTER INDEX ix_both ATTACH PARTITION ix_east", "sent again", pg},
		{"REINDEX INDEX CONCURRENTLY ix_floor", "sent again", pg},
		{"ALTER TABLE wing ATTACH PARTITION annex FOR VALUES IN (3)", "partition there", pg},
		{"ALTER TABLE wing DETACH PARTITION east CONCURRENTLY", "partition gone", pg},
		{"ALTER TABLE rooms ADD INDEX ix_size (size)", "index there", family},
		{"DROP INDEX ix_floor", "index gone", own},
		{"DROP INDEX ix_floor ON rooms", "index gone", family},
		{"ALTER TABLE rooms ADD CONSTRAINT uq_size UNIQUE (size)", "unique there", server},
		{"ALTER TABLE rooms ADD CONSTRAINT fk_size FOREIGN KEY (size) REFERENCES attic (id)", "foreign key there", server},
		{"ALTER TABLE rooms ADD CONSTRAINT ck_size CHECK (size > 0)", "check there", server},
		{"ALTER TABLE rooms DROP CONSTRAINT ck_floor", "constraint gone", server},
		{"ALTER TABLE rooms DROP FOREIGN KEY fk_floor", "foreign key gone", family},
		{"ALTER TABLE rooms VALIDATE CONSTRAINT ck_floor", "sent again", pg},
		{"ALTER TABLE cellar ADD PRIMARY KEY (id)", "primary key there", server},
		{"ALTER TABLE shed DROP PRIMARY KEY", "primary key gone", family},
		{"ALTER TABLE rooms ADD UNIQUE (size)", "exit 9", server},
		{"CREATE VIEW small AS SELECT id FROM rooms", "view there", all},
		{"CREATE OR REPLACE VIEW high AS SELECT id FROM rooms WHERE floor > 5", "sent again", server},
		{"DROP VIEW high", "view gone", all},
		{"CREATE TRIGGER t BEFORE INSERT ON rooms FOR EACH ROW SET NEW.size = 1", "trigger there", family},
		{"CREATE TRIGGER t AFTER INSERT ON rooms BEGIN DELETE FROM cellar; END", "trigger there", []flavor.Dialect{flavor.SQLite}},
		{"DROP TRIGGER swept", "trigger gone", []flavor.Dialect{flavor.SQLite, flavor.MySQL, flavor.MariaDB}},
		{"ALTER TYPE mood ADD VALUE 'new'", "enum as said", pg},
		{"CREATE TYPE colour AS ENUM ('red')", "enum there", pg},
		{"ALTER TABLE rooms ENGINE = InnoDB", "exit 9", family},
		{"TRUNCATE TABLE cellar", "exit 9", family},
		{"UPDATE rooms SET size = 3", "recorded with it", all},
	}
}

// plainSetUp is the schema of plainCases.
func plainSetUp(d flavor.Dialect) []string {
	out := []string{
		"CREATE TABLE cellar (id INTEGER NOT NULL)",
		"CREATE TABLE shed (id INTEGER NOT NULL, PRIMARY KEY (id))",
		"CREATE TABLE attic (id INTEGER NOT NULL, PRIMARY KEY (id))",
		"CREATE TABLE rooms (id INTEGER NOT NULL, floor INTEGER, size INTEGER, CONSTRAINT ck_floor CHECK (floor > 0), CONSTRAINT fk_floor FOREIGN KEY (floor) REFERENCES attic (id))",
		"CREATE INDEX ix_floor ON rooms (id, floor)",
		"CREATE VIEW high AS SELECT id FROM rooms WHERE floor > 10",
	}
	switch {
	case d.MySQLFamily():
		out = append(out, "CREATE TRIGGER swept AFTER INSERT ON attic FOR EACH ROW DELETE FROM cellar")
	case d == flavor.SQLite:
		out = append(out, "CREATE TRIGGER swept AFTER INSERT ON attic BEGIN DELETE FROM cellar; END")
	default:
		out = append(out, "CREATE TYPE mood AS ENUM ('ok')", "CREATE TABLE wing (id integer) PARTITION BY LIST (id)", "CREATE TABLE east PARTITION OF wing FOR VALUES IN (1)",
			"CREATE TABLE annex (id integer)", "CREATE INDEX ix_both ON ONLY wing (id)", "CREATE INDEX ix_east ON east (id)")
	}
	return out
}

// settled is a statement of plain SQL as the planner takes it.
func settled(sql string, d flavor.Dialect) plan.Statement {
	m := sqltext.Classify(sql, d)
	st := plan.Statement{SQL: sql, Data: m.Data, Effect: effectOf(m)}
	if d == flavor.Postgres {
		indexEffect(&st)
	}
	return st
}

// lookAt reads the schema of a database.
func lookAt(t *testing.T, db enginetest.Database) *schema.Schema {
	t.Helper()
	opened := service(t, inn(t), db).DB
	sess, err := opened.Reader(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer sess.Close()
	live, err := schema.Inspect(context.Background(), sess, opened.Flavor(), opened.Schema())
	if err != nil {
		t.Fatal(err)
	}
	return live
}

// TestPlainSQLIsSettled asks before and after each statement what a rerun would
// ask; what is sent again is sent again.
func TestPlainSQLIsSettled(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, at enginetest.Database) {
		for _, c := range plainCases() {
			if !contains(c.dialects, at.Dialect) {
				continue
			}
			st := settled(c.sql, at.Dialect)
			if got := schema.SettlingOf(st); got != c.want {
				t.Errorf("%s is settled by %q, want %q", c.sql, got, c.want)
				continue
			}
			if c.want == schema.Unsettled || c.want == schema.Recorded {
				continue
			}
			db := enginetest.New(t, at.Dialect)
			for _, sql := range plainSetUp(db.Dialect) {
				db.Exec(t, sql)
			}
			ask := func(want bool) {
				if shown, known := lookAt(t, db).Shows(*st.Effect); shown != want || !known {
					t.Errorf("%s: the look at %+v says %v (known: %v), want %v", c.sql, *st.Effect, shown, known, want)
				}
			}
			ask(false)
			db.Exec(t, c.sql)
			if c.want == schema.SentAgain {
				db.Exec(t, c.sql)
				continue
			}
			ask(true)
		}
	})
}

func contains(list []flavor.Dialect, d flavor.Dialect) bool {
	for _, each := range list {
		if each == d {
			return true
		}
	}
	return false
}

// TestHalfOfAStatement: a server may have dropped one of two tables when it
// ended. That is neither done nor undone.
func TestHalfOfAStatement(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		for _, sql := range plainSetUp(db.Dialect) {
			db.Exec(t, sql)
		}
		st := settled("DROP TABLE cellar, shed", db.Dialect)
		if shown, known := lookAt(t, db).Shows(*st.Effect); shown || !known {
			t.Errorf("with both tables there: %v, %v", shown, known)
		}
		db.Exec(t, "DROP TABLE cellar")
		if _, known := lookAt(t, db).Shows(*st.Effect); known {
			t.Error("with one of two tables there, it is known whether they were dropped")
		}
	})
}

const probesHead = `# Statements of unknown outcome

When the process, the connection or the server ends while a statement is under way, the journal says that it was sent, and not whether it took effect. The next run settles that before it goes on:

- *there*, *gone*, *as said*, *validated*: it looks at the schema for the object that the statement makes, removes or changes. If it shows, the statement is counted as done; if not, it is sent again. An index that PostgreSQL holds for invalid is dropped first.
- *sent again*: it does no harm to send the statement again, so that is done.
- *recorded with it*: the statement shares a transaction with its journal entry, so both are there or none.
- *one transaction*: the statements of the operation share a transaction.
- *exit 9*: nothing can tell. The run stops, prints the statement and what to look at.

On PostgreSQL and SQLite this concerns statements outside of a transaction only: the online forms that refuse one, and revisions with ` + "`transaction = false`" + `.

## Operations

| operation | SQLite | PostgreSQL | MySQL | MariaDB |
|---|---|---|---|---|
`

// TestProbesPage holds the reference of probes against the tables.
func TestProbesPage(t *testing.T) {
	var b strings.Builder
	b.WriteString(probesHead)
	for _, kind := range schema.Kinds() {
		if kind == "sql" {
			continue
		}
		fmt.Fprintf(&b, "| `%s` |", kind)
		for _, d := range flavor.Dialects() {
			var ways []string
			for _, way := range schema.Settlings(kind, d) {
				ways = append(ways, string(way))
			}
			fmt.Fprintf(&b, " %s |", strings.Join(ways, ", "))
		}
		b.WriteString("\n")
	}
	b.WriteString("\n## Plain SQL\n\nBy the words of the statement. Of an `ALTER TABLE` with several clauses those that can be looked for speak for the others, because servers do it wholly or not at all; of a statement that names several objects all must show.\n\n| statement | settled by | dialects |\n|---|---|---|\n")
	for _, c := range plainCases() {
		var names []string
		for _, d := range c.dialects {
			names = append(names, string(d))
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c.sql, c.want, strings.Join(names, ", "))
	}
	b.WriteString("\nOther statements, such as calls of procedures, functions, and what names no object, end with exit 9.\n")
	golden.File(t, "../docs/reference/probes.md", b.String())
}
