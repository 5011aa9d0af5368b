package phases

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/run"
)

// kept are revisions in SQL whose statements depend on what those before have
// left in the session, and a query that shows what became of the rows.
type kept struct {
	why, header, sql string
	shows            string
	// unknown is true if one of its statements can have had an effect that no
	// look at the schema shows: a run then stops and asks.
	unknown bool
}

var keptMySQL = []kept{
	{why: "a variable and a temporary table", sql: `SET @shop = 7;
CREATE TEMPORARY TABLE tmp (n int);
INSERT INTO tmp SELECT n FROM goods;
INSERT INTO sales (n, shop) SELECT n, 1 FROM tmp;
INSERT INTO sales (n, shop) VALUES (100, @shop);
DROP TEMPORARY TABLE tmp;
ALTER TABLE goods ADD COLUMN more int`, shows: "SELECT n, shop FROM sales ORDER BY n"},
	{why: "what rows said before they changed", sql: `SET @most = (SELECT MAX(n) FROM goods);
INSERT INTO goods (n) VALUES (@most + 1);
INSERT INTO sales (n, shop) VALUES (@most, 0);
ALTER TABLE sales ADD COLUMN more int`, shows: "SELECT n, shop FROM sales UNION ALL SELECT n, -1 FROM goods ORDER BY 1, 2"},
	{why: "the row inserted last", sql: `INSERT INTO sales (n, shop) VALUES (5, 5);
SET @id = LAST_INSERT_ID();
INSERT INTO goods (n) VALUES (@id + 1000);
INSERT INTO goods (n) VALUES (@id + 2000)`, shows: "SELECT n - (SELECT MAX(id) FROM sales) FROM goods WHERE n > 1000 ORDER BY 1"},
	{why: "modes and other databases", sql: `SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', @old = 1;
USE information_schema;
INSERT INTO {db}.sales (n, shop) VALUES (1, CHAR_LENGTH('a\b'));
USE {db};
ALTER TABLE "goods" ADD COLUMN "more" int;
INSERT INTO "sales" (n, shop) VALUES (2, CHAR_LENGTH('a\b'))`, shows: "SELECT n, shop FROM sales ORDER BY n"},
	{why: "foreign keys off", sql: `SET FOREIGN_KEY_CHECKS = 0;
CREATE TABLE part (id int PRIMARY KEY, sale int, CONSTRAINT fk_part FOREIGN KEY (sale) REFERENCES sales (id));
INSERT INTO part VALUES (1, 4711);
INSERT INTO part VALUES (2, 4712);
SET FOREIGN_KEY_CHECKS = 1`, shows: "SELECT id, sale FROM part ORDER BY id"},
	{why: "statements made of what is there", sql: `SET @s = (SELECT IF(COUNT(*) > 0, 'SELECT 1', 'ALTER TABLE goods ADD COLUMN more int DEFAULT 3') FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'goods' AND column_name = 'more');
PREPARE s FROM @s;
EXECUTE s;
DEALLOCATE PREPARE s;
INSERT INTO sales (n, shop) SELECT n, more FROM goods`, shows: "SELECT n, shop FROM sales ORDER BY n", unknown: true},
}

var keptElsewhere = map[flavor.Dialect][]kept{
	flavor.Postgres: {
		{why: "search_path and a role's user", header: "-- transaction: false\n", sql: `SET search_path TO other, public;
CREATE TABLE mine (n int);
INSERT INTO mine VALUES (1);
SET standard_conforming_strings = off;
INSERT INTO mine VALUES (char_length('a\\b'));
SELECT pg_catalog.set_config('search_path', '', false);
INSERT INTO public.sales (n, shop) SELECT n, 1 FROM other.mine`, shows: "SELECT n, shop FROM sales ORDER BY n", unknown: true},
		{why: "temporary", header: "-- transaction: false\n", sql: `CREATE TEMPORARY TABLE tmp AS SELECT n FROM goods;
DELETE FROM goods;
INSERT INTO sales (n, shop) SELECT n, 2 FROM tmp;
DROP TABLE tmp`, shows: "SELECT n, shop FROM sales ORDER BY n"},
	},
	flavor.SQLite: {
		{why: "PRAGMAs", header: "-- transaction: false\n", sql: `PRAGMA foreign_keys = ON;
PRAGMA case_sensitive_like = ON;
INSERT INTO sales (n, shop) SELECT 1, 'A' LIKE 'a';
CREATE TABLE more (n int);
INSERT INTO sales (n, shop) SELECT 2, 'A' LIKE 'a'`, shows: "SELECT n, shop FROM sales ORDER BY n"},
	},
}

// tried reports whether a death is tried at a point: after each record, and at
// some of the points where a statement is under way.
func tried(p run.Point, i int, unknown bool) bool {
	switch p.Place {
	case "":
		return true
	case run.AfterMark:
		return !unknown || p.Index != 1 // the statement after it is announced
	case run.AfterStatement:
		return !unknown && i%4 == 0
	}
	return false
}

// keptCatalog has the revision behind one that makes the tables.
func keptCatalog(d flavor.Dialect, name string, k kept) map[string]string {
	id := "INTEGER PRIMARY KEY"
	switch {
	case d.MySQLFamily():
		id = "INTEGER PRIMARY KEY AUTO_INCREMENT"
	case d == flavor.Postgres:
		id = "SERIAL PRIMARY KEY"
	}
	first := "-- revision: k01\n-- branch: trunk\n-- +up\nCREATE TABLE goods (n int);\nINSERT INTO goods VALUES (10);\nINSERT INTO goods VALUES (20);\n" +
		"CREATE TABLE sales (id " + id + ", n int, shop int);\n"
	if d == flavor.Postgres {
		first += "CREATE SCHEMA other;\n"
	}
	return map[string]string{
		"catalog.toml":     "name = \"kept\"\ndialects = [\"" + string(d) + "\"]",
		"versions/k01.sql": first,
		"versions/k02.sql": "-- revision: k02\n-- revises: k01\n-- branch: trunk\n" + k.header + "-- +up\n" + strings.ReplaceAll(k.sql, "{db}", name) + ";\n",
	}
}

// A run that goes on in the middle of a revision, after the process died at any
// of its points, makes of the rows what an undisturbed one makes of them.
func TestResumesWithItsSession(t *testing.T) {
	death := errors.New("the process dies here")
	enginetest.Each(t, func(t *testing.T, _ enginetest.Database) {
		d := dialectOf(t)
		all := keptElsewhere[d]
		switch {
		case d == flavor.MariaDB:
			all = keptMySQL
		case d == flavor.MySQL:
			all = keptMySQL[3:4] // it takes its time
		}
		for _, k := range all {
			want, points := "", []run.Point{{}}
			for i := 0; i < len(points); i++ {
				if !tried(points[i], i, k.unknown) {
					continue
				}
				db := enginetest.New(t, d).AsAdmin() // temporary tables take a right of their own
				s := service(t, loaded(t, keptCatalog(d, db.Name, k)), db)
				must(t, s, "upgrade", "k01")
				seen := 0
				s.Faults = faults(func(p run.Point) error {
					if p.Step != "k02" {
						return nil
					}
					if seen++; i == 0 {
						points = append(points, p)
					} else if seen == i {
						return death
					}
					return nil
				})
				_, err := command(s, "sync", "")
				if i > 0 && !errors.Is(err, death) || i == 0 && err != nil {
					t.Fatalf("%s, at %s: %v", k.why, points[i], err)
				}
				s.Faults = nil
				if _, err := command(s, "sync", ""); err != nil {
					t.Fatalf("%s, after %s: %v", k.why, points[i], err)
				}
				got := fmt.Sprint(db.Query(t, k.shows))
				if i == 0 {
					want = got
				}
				if got != want {
					t.Errorf("%s, after %s:\n got %s\nwant %s", k.why, points[i], got, want)
				}
			}
		}
	})
}

// The same where a statement fails, its cause is removed and the command is
// given again.
func TestResumesAfterFailure(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if !db.Dialect.MySQLFamily() {
			return // such a revision is a transaction
		}
		db = db.AsAdmin() // temporary tables take a right of their own
		k := kept{sql: `SET @shop = 7;
CREATE TEMPORARY TABLE tmp (n int PRIMARY KEY);
INSERT INTO tmp SELECT n FROM goods;
INSERT INTO sales (n, shop) SELECT n, @shop FROM tmp`}
		s := service(t, loaded(t, keptCatalog(db.Dialect, db.Name, k)), db)
		must(t, s, "upgrade", "k01")
		db.Exec(t, "INSERT INTO goods VALUES (10)")
		if _, err := command(s, "sync", ""); err == nil {
			t.Fatal("two rows with one key were taken")
		}
		db.Exec(t, "DELETE FROM goods LIMIT 1")
		must(t, s, "sync", "")
		if got := db.Strings(t, "SELECT CONCAT(n, ' ', COALESCE(shop, 'none')) FROM sales ORDER BY n"); len(got) != 2 || !strings.HasSuffix(got[0], " 7") || !strings.HasSuffix(got[1], " 7") {
			t.Errorf("the rows are %q", got)
		}
	})
}
