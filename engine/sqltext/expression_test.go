package sqltext

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"manage/engine/flavor"
)

var servers = []flavor.Dialect{flavor.SQLite, flavor.Postgres, flavor.MariaDB, flavor.MySQL}

// A word that is also the name of a function that gives another value each time
// is one only where it is called: not as a column, a type, an alias, a string or
// a comment.
func TestChangingWords(t *testing.T) {
	for _, d := range servers {
		for word, with := range changing[d].calls {
			// {} is the word, and the form is no call of it.
			for _, form := range []string{
				"{}", "t.{}", `t."{}"`, "{} + 1", "coalesce({}, a)", "a || {} || 'x'", "CASE WHEN {} > 1 THEN {} END",
				"(SELECT {} FROM t)", "(SELECT a AS {} FROM t)", "(SELECT a AS {}, b FROM {})", "(SELECT count(*) FROM t {} )",
				"(SELECT x.a FROM t AS {}(a))", "(SELECT {}.a FROM (SELECT 1) AS {}(a))", "(WITH {}(a) AS (SELECT 1) SELECT a FROM {})",
				"(SELECT a FROM (SELECT 1) {}(a))", "CAST(a AS {})", "CAST(a AS {}(3))", "'{}()'", "'{} ()'", "a /* {}() */ + 1", "a -- {}()\n + 1",
				"a IN ({}, 1)", "{} IN (1, 2)", "{} = 1 AND ({} > 2)", "not_{}(a)", "{}s(a)", "x.{} + (1)",
				"EXISTS (SELECT 1 FROM {} WHERE {}.a = 1)",
			} {
				if !changing[d].bare[strings.ToUpper(word)] {
					none(t, strings.ReplaceAll(form, "{}", word), d)
				}
			}
			name := map[bool]string{true: "`" + word + "`", false: `"` + word + `"`}[d.MySQLFamily()]
			for _, form := range []string{"{}", "t.{}", "({} + 1)", "coalesce({}, 'x')", "(SELECT a AS {} FROM t)"} {
				none(t, strings.ReplaceAll(form, "{}", name), d)
			}
			for _, form := range []string{"{}", "{} + 1", "a + {}", "coalesce(a, {})", "CASE WHEN a THEN {} END", "CASE WHEN a THEN 1 ELSE {} END", "(SELECT {})",
				"a = 1 AND {} > 2", "NOT {}", "a IN ({}, 1)", "a BETWEEN {} AND 3", "(SELECT max(a) FROM t WHERE a < {})", "-{}", "({})"} {
				some(t, strings.ReplaceAll(form, "{}", word+"()"), d)
				some(t, strings.ReplaceAll(form, "{}", strings.ToUpper(word)+" /* */ ( )"), d)
			}
			if with == whatever {
				some(t, word+"(a, 1)", d)
			}
		}
		for word := range changing[d].bare {
			for _, form := range []string{"{}", "coalesce(a, {})", "{}(3)", "a < {}", "CAST({} AS date)"} {
				some(t, strings.ReplaceAll(form, "{}", word), d)
				some(t, strings.ReplaceAll(form, "{}", strings.ToLower(word)), d)
			}
			for _, form := range []string{"t.{}", "'{}'", "{}s", "a /* {} */", "my_{}", "(SELECT a AS {} FROM t)"} {
				none(t, strings.ReplaceAll(form, "{}", word), d)
			}
		}
	}
}

func none(t *testing.T, expr string, d flavor.Dialect) {
	t.Helper()
	if got := Changing(expr, d); got != "" {
		t.Errorf("%s: %s: %q is taken for what changes", d, expr, got)
	}
}

func some(t *testing.T, expr string, d flavor.Dialect) {
	t.Helper()
	if Changing(expr, d) == "" {
		t.Errorf("%s: %s: nothing is taken for what changes", d, expr)
	}
}

func TestChanging(t *testing.T) {
	pg, lite, my, maria := flavor.Postgres, flavor.SQLite, flavor.MySQL, flavor.MariaDB
	for _, tt := range []struct {
		d          flavor.Dialect
		expr, want string
	}{
		{pg, "a::uuid", ""}, {pg, "uuid 'f0'", ""}, {pg, `"now"`, ""}, {pg, `"random"()`, "\"random\"()"}, {pg, "pg_catalog.random()", "random()"},
		{pg, "public.uuid_generate_v4()", "uuid_generate_v4()"}, {pg, "x.now", ""}, {pg, "age(a)", "age()"}, {pg, "age(a, b)", ""}, {pg, "age(f(a, b))", "age()"},
		{pg, "'now'", ""}, {pg, "'now'::text", ""}, {pg, "'now'::timestamp", "'now'"}, {pg, "timestamp 'now'", "'now'"}, {pg, "date 'today'", "'today'"},
		{pg, "CAST('yesterday' AS date)", "'yesterday'"}, {pg, "timestamp with time zone ' NOW '", "' NOW '"}, {pg, "a = 'today'", ""}, {pg, "$$now()$$", ""},
		{pg, "rand()", ""}, {pg, "unixepoch()", ""}, {pg, "a::timestamp(3)", ""}, {pg, "CURRENT_USER", ""}, {pg, "count(*) FILTER (WHERE now > 1)", ""},
		{pg, "U&\"now\"", ""}, {pg, "E'\\' now()'", ""}, {pg, "nextval('s'::regclass)", "nextval()"}, {pg, "a AT TIME ZONE now()::text", "now()"},
		{lite, "datetime('now')", "'now'"}, {lite, "strftime('%s', 'now', 'utc')", "'now'"}, {lite, "date(a)", ""}, {lite, "date()", "date()"}, {lite, "strftime('%s')", "strftime()"},
		{lite, "strftime('%s', a)", ""}, {lite, "coalesce(a, 'now')", ""}, {lite, "[random]", ""}, {lite, "now()", ""}, {lite, "julianday('NOW') - a", "'NOW'"},
		{my, `"now()"`, ""}, {my, "unix_timestamp(a)", ""}, {my, "unix_timestamp()", "unix_timestamp()"}, {my, "@a", "@a"}, {my, "@@version", ""}, {my, "a # now()\n", ""},
		{my, "/*!50000 now() */", "now()"}, {my, "/* now() */ 1", ""}, {my, "DATE_ADD(a, INTERVAL rand() DAY)", "rand()"}, {my, "CAST(a AS DATE)", ""}, {my, "random()", ""},
		{maria, "NEXT VALUE FOR s", "NEXT VALUE FOR"}, {maria, "next + value", ""}, {maria, "a = 'it\\'s' OR b = ' now()'", ""}, {maria, "uuid + 1", ""}, {maria, "CAST(a AS uuid)", ""},
	} {
		if got := Changing(tt.expr, tt.d); got != tt.want {
			t.Errorf("%s: %s: %q, want %q", tt.d, tt.expr, got, tt.want)
		}
	}
}

func TestColumns(t *testing.T) {
	pg, lite, my := flavor.Postgres, flavor.SQLite, flavor.MySQL
	for _, tt := range []struct {
		d          flavor.Dialect
		expr, want string
	}{
		{pg, "lower(name)", "name"}, {pg, "CAST(a AS date)", "a"}, {pg, "a::date + date", "a date"}, {pg, "date '2020-01-01' + days", "days"}, {pg, "extract(year FROM day)", "day"},
		{pg, "a::timestamp(3) with time zone", "a"}, {pg, "a::double precision", "a"}, {pg, "t.left", "left"}, {pg, "a COLLATE \"C\"", "a"}, {pg, "f(x => y)", "y"},
		{pg, "CASE WHEN a THEN b ELSE c END", "a b c"}, {pg, `"end"`, "end"}, {pg, "a AT TIME ZONE zone", "a zone"}, {pg, "'price'", ""}, {pg, "Price", "price"}, {pg, `"Price"`, "Price"},
		{pg, "(SELECT a AS uuid FROM t ORDER BY b)", "a t b"}, {pg, "CAST(a AS character varying(9))", "a"}, {pg, "interval '1' day", ""}, {pg, "pg_catalog.lower(a)", "a"},
		{pg, "trim(both from a)", "a"}, {pg, "substring(a FROM b FOR 3)", "a b"},
		{lite, "[a b] + `c`", "a b c"}, {lite, "CAST(text AS text)", "text"}, {lite, `"a" || 'b'`, "a"}, {lite, "date(date)", "date"},
		{my, `concat(a, "b")`, "a"}, {my, "a + INTERVAL 1 DAY", "a"}, {my, "a + INTERVAL day DAY", "a day"}, {my, "timestampdiff(month, a, b)", "a b"}, {my, "year + day", "year day"},
		{my, "CONVERT(a, char)", "a"}, {my, "CONVERT(a USING utf8mb4)", "a"}, {my, "_utf8mb4'x'", ""}, {my, "CAST(a AS CHAR CHARACTER SET utf8mb4)", "a"}, {my, "CASE WHEN a THEN end END", "a end"},
		{my, "left(left, 3)", "left"}, {my, "`select`", "select"},
	} {
		var got []string
		for _, c := range Columns(tt.expr, tt.d) {
			if !slices.Contains([]string{"from", "both", "for", "zone", "by"}, c) || strings.Contains(tt.want, c) {
				got = append(got, c)
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %s: %q, want %q", tt.d, tt.expr, s, tt.want)
		}
	}
}

func TestTables(t *testing.T) {
	pg, lite, my := flavor.Postgres, flavor.SQLite, flavor.MySQL
	for _, tt := range []struct {
		d         flavor.Dialect
		sql, want string // a table that is written has a * behind it, a name of WITH a ~
	}{
		{pg, "SELECT 1 FROM Goods WHERE a IS NULL", "goods"}, {pg, `SELECT 1 FROM "Goods" g, app.kinds AS k(a, b) WHERE orders = 1`, "Goods app.kinds"},
		{pg, "id IN (SELECT owner FROM other)", "other"}, {pg, "a IS DISTINCT FROM b AND EXTRACT(year FROM c) > 1", ""}, {pg, "substring(a FROM 2)", ""},
		{pg, "SELECT extract(year FROM c), trim(both 'x' FROM d) FROM t", "t"}, {pg, "SELECT 1 FROM a LEFT JOIN b ON a.x = b.x JOIN ONLY c USING (y), d", "a b c d"},
		{pg, "SELECT 1 FROM (a JOIN b ON true) JOIN (SELECT 1 FROM c) AS d ON true", "a b c"}, {pg, "SELECT 1 FROM generate_series(1, 3) AS g, LATERAL (SELECT x FROM t) y", "t"},
		{pg, "WITH x AS (SELECT 1 FROM a), y AS (DELETE FROM b RETURNING *) SELECT 1 FROM x, y", "a b* x~ y~"}, {pg, "WITH RECURSIVE x (n) AS NOT MATERIALIZED (SELECT 1 FROM a), y AS (SELECT 1) SELECT 1 FROM x JOIN y ON true, app.x", "a x~ y~ app.x"}, {pg, "UPDATE ONLY a SET b = (SELECT c FROM d) FROM e WHERE f", "a* d e"},
		{pg, "DELETE FROM a USING b, c WHERE x", "a* b c"}, {pg, "INSERT INTO a (b, c) SELECT b, c FROM d ON CONFLICT (b) DO UPDATE SET c = 1", "a* d"},
		{pg, "MERGE INTO a USING b ON a.x = b.x WHEN MATCHED THEN UPDATE SET y = 1", "a* b"}, {pg, "TABLE a", "a"}, {pg, "SELECT 1 UNION TABLE a", "a"}, {pg, "TRUNCATE TABLE a", "a*"},
		{pg, "COPY a FROM STDIN", "a*"}, {pg, "SELECT 'FROM a' /* FROM b */ FROM c FOR UPDATE", "c"}, {pg, "SELECT setval('s', max(id)) FROM a", "a"},
		{pg, "a = 1", ""}, {pg, "EXISTS (SELECT FROM t WHERE x)", "t"}, {pg, "SELECT count(DISTINCT a), b FROM c", "c"}, {pg, "SELECT t.from FROM t", "t"},
		{lite, "UPDATE OR IGNORE t SET a = 1", "t*"}, {lite, "INSERT OR REPLACE INTO t VALUES (1)", "t*"}, {lite, "REPLACE INTO [a b] SELECT replace(x, 'a', 'b') FROM `c`", "a b* c"},
		{my, "UPDATE a JOIN b ON a.x = b.x SET a.y = 1", "a* b*"}, {my, "INSERT a VALUES (1) ON DUPLICATE KEY UPDATE b = 1", "a*"}, {my, "DELETE a FROM a JOIN b ON 1", "a* b*"},
		{my, "INSERT IGNORE INTO `db`.`t` (a) VALUES (1)", "db.t*"}, {my, "SELECT 1 FROM a STRAIGHT_JOIN b", "a b"}, {my, "SELECT 1 INTO @x FROM a", "a"}, {my, "SELECT 1 FROM dual", "dual"},
		{my, "BEGIN INSERT INTO log VALUES (1); UPDATE t SET a = 1; DELETE FROM u; END", "log* t* u*"}, {my, "LOAD DATA INFILE 'x' INTO TABLE t", "t*"},
	} {
		var got []string
		for _, n := range Tables(tt.sql, tt.d) {
			text := n.Name
			if n.Schema != "" {
				text = n.Schema + "." + text
			}
			if n.Written {
				text += "*"
			}
			if n.Common {
				text += "~"
			}
			got = append(got, text)
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %s: %q, want %q", tt.d, tt.sql, s, tt.want)
		}
	}
}

func TestAssigned(t *testing.T) {
	for sql, want := range map[string]string{
		"UPDATE t SET a = b, t.c = (SELECT d FROM e WHERE f = 1), g = CAST(x AS uuid) WHERE h = 1": "[a c g]",
		"UPDATE t SET (a, b) = (SELECT c, d FROM e), f = g(h, i)":                                  "[a b f]",
		"UPDATE a JOIN b ON a.x = b.x SET a.y = 1":                                                 "[y]",
		"DELETE FROM t WHERE a = 1":                                                                "[]",
	} {
		if got := fmt.Sprint(Assigned(sql, flavor.Postgres)); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
}

func TestCalled(t *testing.T) {
	for expr, want := range map[string]string{
		`lower(a) || "My f"(b) || app.g(c)`:        `[lower "My f" app.g]`,
		"a IN (1) AND (b)":                         "[]",
		"CAST(a AS numeric(3, 1)) + b::varchar(9)": "[CAST]",
		"'f(x)' /* g(x) */":                        "[]",
	} {
		if got := fmt.Sprint(Called(expr, flavor.Postgres)); got != want {
			t.Errorf("%s: %s, want %s", expr, got, want)
		}
	}
}

func TestEngine(t *testing.T) {
	for sql, want := range map[string]string{
		"CREATE TABLE t (engine int) ENGINE=MyISAM DEFAULT CHARSET=utf8": "MyISAM", "CREATE TABLE t (a int) engine 'Aria'": "aria", "ALTER TABLE t ENGINE = InnoDB": "InnoDB",
		"CREATE TABLE t (a int) /*!40101 ENGINE=MEMORY */": "MEMORY", "CREATE TABLE t (a int COMMENT 'ENGINE=x')": "", "CREATE TABLE t (a int) COMMENT = 'ENGINE=x'": "",
	} {
		if got := Engine(sql, flavor.MariaDB); got != want {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
	}
	for sql, want := range map[string]bool{"ALTER TABLE t NO FORCE ROW LEVEL SECURITY": true, "alter table t disable row level security": true,
		"ALTER TABLE t FORCE ROW LEVEL SECURITY": false, "ALTER TABLE t ENABLE ROW LEVEL SECURITY": false, "SELECT 'DISABLE ROW LEVEL SECURITY'": false} {
		if got := FreesRows(sql, flavor.Postgres); got != want {
			t.Errorf("%s: %t", sql, got)
		}
	}
}

func TestSelectInto(t *testing.T) {
	for sql, want := range map[string]Verb{"SELECT a.into INTO b FROM a": Create, "SELECT a AS into, b INTO UNLOGGED TABLE c FROM a": Create, "SELECT (SELECT 1), a.into FROM a": Select} {
		if got := Classify(sql, flavor.Postgres).Verb; got != want {
			t.Errorf("%s: %s", sql, got)
		}
	}
}
