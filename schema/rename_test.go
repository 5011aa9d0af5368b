package schema

import (
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// TestRenamesInTexts renames what has the name of other things as well, and
// rebuilds the tables from the texts that were followed.
func TestRenamesInTexts(t *testing.T) {
	db := enginetest.New(t, flavor.SQLite)
	db.Exec(t, `
CREATE TABLE other (label TEXT UNIQUE, ref INTEGER REFERENCES date(key) ON DELETE SET NULL, date TEXT UNIQUE);
CREATE TABLE date (
  date DATE CONSTRAINT date CHECK (date > '1' OR date = 'date') DEFAULT 'date',
  key INTEGER PRIMARY KEY,
  label TEXT COLLATE NOCASE REFERENCES other(label),
  CONSTRAINT label UNIQUE (label, date),
  FOREIGN KEY (date) REFERENCES other (date)
);
CREATE INDEX key ON date (key, lower(label)) WHERE label <> 'key';
CREATE VIEW v AS SELECT date.label FROM date JOIN other ON date.key = other.ref;
CREATE TRIGGER tr AFTER INSERT ON other BEGIN UPDATE date SET label = NEW.label WHERE key = NEW.ref; END;
INSERT INTO date VALUES ('2020', 1, NULL);`)
	s := inspected(t, db)
	step := func(up string) {
		t.Helper()
		execute(t, db, fold(t, s, forDialect(parse(t, "[[up]]\n"+up), flavor.SQLite)))
		sameAsServer(t, up, s, db)
	}
	step(`rename_column = { table = "date", from = "date", to = "day" }`)
	step(`rename_column = { table = "date", from = "key", to = "id" }`)
	step(`rename_column = { table = "other", from = "label", to = "word" }`)
	step(`alter_column = { table = "date", name = "label", type = "string(9)" }`)
	step(`alter_column = { table = "other", name = "ref", type = "bigint" }`)
	step(`rename_table = { from = "date", to = "days" }`)
	step(`alter_column = { table = "days", name = "day", default = "new" }`)
	step(`alter_column = { table = "other", name = "word", type = "string(8)" }`)
	db.Exec(t, "INSERT INTO other VALUES ('w', 1, 'd')")
	equal(t, "what the trigger and the view see", contents(t, db, "SELECT label, v FROM (SELECT label AS v, label FROM v)"), "w w\n")
	equal(t, "the index", contents(t, db, "SELECT sql FROM sqlite_master WHERE name = 'key'"),
		`CREATE INDEX key ON "days" ("id", lower(label)) WHERE label <> 'key'`+"\n")
	db.Exec(t, "PRAGMA foreign_keys = ON; DELETE FROM days")
	equal(t, "what the reference did", contents(t, db, "SELECT ref FROM other"), "<nil>\n")
}

// TestRenamesOnServers undoes drops after renames: the texts that PostgreSQL
// gave before name the old table.
func TestRenamesOnServers(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := New(db.Flavor)
		execute(t, db, fold(t, s, forDialect(parse(t, twoTables+`
[[up]]
add_index = { table = "child", name = "label", columns = ["label", "flag"] }
[[up]]
create_trigger = { name = "child", table = "child", timing = "after", event = "insert", body = { mysql = "SET @x = 1", postgres = "BEGIN RETURN NULL; END", sqlite = "SELECT 1;" } }`), db.Dialect)))
		s = inspected(t, db)
		up := forDialect(parse(t, `
[[up]]
rename_column = { table = "child", from = "label", to = "word" }
[[up]]
rename_table = { from = "child", to = "kid" }
[[up]]
drop_index = { table = "kid", name = "label" }
[[up]]
drop_trigger = { table = "kid", name = "child" }`), db.Dialect)
		before := s.Clone()
		back := inverse(t, s, up)
		execute(t, db, fold(t, s, up))
		sameAsServer(t, "renamed", s, db)
		execute(t, db, fold(t, s, back))
		sameAsServer(t, "undone", s, db)
		for _, d := range Compare(before, inspected(t, db), Rules{}) {
			t.Errorf("it is not undone: %s", d)
		}
	})
}
