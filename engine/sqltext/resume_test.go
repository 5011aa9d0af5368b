package sqltext

import (
	"fmt"
	"strings"
	"testing"

	"manage/engine/flavor"
)

// told writes what Resume says of statements, one word each: `.` for one that
// needs nothing, the numbers of those before it that are sent again, `+` for one
// that shares a transaction, `!n` for one with which no run can go on.
func told(d flavor.Dialect, statements []string) string {
	pieces := make([]Piece, len(statements))
	for i, s := range statements {
		pieces[i] = Piece{SQL: s}
		if s == "operation" {
			pieces[i] = Piece{Operation: i}
		}
	}
	all, broken := Resume(pieces, d)
	out := make([]string, len(all))
	for i, r := range all {
		out[i] = "."
		if len(r.Before) > 0 {
			out[i] = strings.Trim(strings.ReplaceAll(fmt.Sprint(r.Before), " ", ","), "[]")
		}
		if r.Together {
			out[i] = strings.TrimPrefix(out[i], ".") + "+"
		}
	}
	for _, b := range broken {
		out[b.At] = fmt.Sprintf("!%d", b.Because)
	}
	return strings.Join(out, " ")
}

// TestPath: where names without a schema are looked for, statement by statement.
func TestPath(t *testing.T) {
	for _, c := range []struct {
		d               flavor.Dialect
		statement, path string
	}{
		{flavor.Postgres, "SET search_path TO app, public", "app"},
		{flavor.Postgres, `SET SESSION search_path = "App"`, "App"},
		{flavor.Postgres, "SELECT pg_catalog.set_config('search_path', '', false)", Nowhere},
		{flavor.Postgres, "SELECT set_config('search_path', 'app, x', false)", "app"},
		{flavor.Postgres, "SET search_path TO DEFAULT", ""},
		{flavor.Postgres, "SET statement_timeout = 0", ""},
		{flavor.MariaDB, "USE `other`", "other"},
		{flavor.MariaDB, "SET NAMES utf8", ""},
	} {
		all, _ := Resume([]Piece{{SQL: c.statement}, {SQL: "DROP TABLE a"}}, c.d)
		if all[1].Path != c.path {
			t.Errorf("%s: %q, want %q", c.statement, all[1].Path, c.path)
		}
	}
}

func TestResume(t *testing.T) {
	my, pg, lite := flavor.MariaDB, flavor.Postgres, flavor.SQLite
	for _, c := range []struct {
		why        string
		d          flavor.Dialect
		statements string // separated by semicolons
		want       string
	}{
		{"nothing is kept", my, "CREATE TABLE t (id int); INSERT INTO t VALUES (1); DROP TABLE t", ". . ."},
		{"a setting holds until the end", my, "SET FOREIGN_KEY_CHECKS = 0; DROP TABLE a; DROP TABLE b", ". 0 0"},
		{"the last one counts", my, "SET sql_mode = ''; DROP TABLE a; SET sql_mode = 'ANSI'; DROP TABLE b", ". 0 0 2"},
		{"several at once", my, "SET foreign_key_checks = 0, @a = 1; DROP TABLE a; SET foreign_key_checks = 1; DROP TABLE b", ". 0 0 2"},
		{"a dump keeps what was and sets it again", my,
			"/*!40101 SET @OLD_SQL_MODE = @@SQL_MODE, SQL_MODE = 'NO_AUTO_VALUE_ON_ZERO' */; CREATE TABLE a (id int); /*!40101 SET SQL_MODE = @OLD_SQL_MODE */; CREATE TABLE b (id int)",
			". 0 0 0,2"},
		{"for each table", my,
			"SET @saved = @@character_set_client; SET character_set_client = utf8; CREATE TABLE a (id int); SET character_set_client = @saved; SET @saved = @@character_set_client; SET character_set_client = utf8; CREATE TABLE b (id int); SET character_set_client = @saved",
			". 0 0,1 0,1 0,3 0,3,4 0,3,4,5 0,3,4,5"},
		{"another database", my, "USE other; CREATE TABLE a (id int)", ". 0"},
		{"a role, names, isolation", my, "SET ROLE r; SET NAMES latin1; SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE; DROP TABLE a", ". 0 0,1 0,1,2"},
		{"for one statement, or for all sessions, is nothing of this one", my, "SET STATEMENT max_statement_time = 1 FOR DROP TABLE a; SET GLOBAL x = 1; DROP TABLE b", ". . ."},
		{"a constant is set again", my, "SET @shop = 7; INSERT INTO a VALUES (@shop); INSERT INTO b VALUES (@shop); DROP TABLE c", ". 0 0 ."},
		{"variables of variables", my, "SET @a = 1; SET @b = @a + 1; SET @a = 5; INSERT INTO t VALUES (@b); INSERT INTO t VALUES (@a)", ". 0 0,1 0,1,2 2"},
		{"what rows say, before they change", my, "SET @n = (SELECT MAX(id) FROM t); INSERT INTO t VALUES (@n)", ". 0"},
		{"and after", my, "SET @n = (SELECT MAX(id) FROM t); INSERT INTO t VALUES (@n); INSERT INTO u VALUES (@n)", "+ + +"},
		{"a moment", my, "SET @id = UUID(); INSERT INTO a VALUES (@id); INSERT INTO b VALUES (@id); DROP TABLE c", "+ + + ."},
		{"SELECT INTO", my, "SELECT id INTO @id FROM t; DELETE FROM a WHERE x = @id; DELETE FROM b WHERE x = @id", "+ + +"},
		{"an assignment in a query", my, "SELECT @id := MAX(id) FROM t; DELETE FROM a WHERE x = @id; DELETE FROM b WHERE x = @id", "+ + +"},
		{"in a change", my, "SET @i = 0; UPDATE t SET n = (@i := @i + 1); INSERT INTO u VALUES (@i)", ". 0+ +"},
		{"across what commits", my, "SET @n = (SELECT MAX(id) FROM t); ALTER TABLE t ADD a int; INSERT INTO u VALUES (@n)", ". 0 !0"},
		{"and where an operation is between", my, "SET @n = (SELECT MAX(id) FROM t); operation; INSERT INTO u VALUES (@n)", ". 0 !0"},
		{"a constant across an operation", my, "SET @n = 1, foreign_key_checks = 0; operation; INSERT INTO u VALUES (@n)", ". 0 0"},
		{"the row inserted last", my, "INSERT INTO a VALUES (1); INSERT INTO b VALUES (LAST_INSERT_ID())", "+ +"},
		{"kept in a variable", my, "INSERT INTO a VALUES (1); SET @id = LAST_INSERT_ID(); INSERT INTO b VALUES (@id); INSERT INTO c VALUES (@id)", "+ + + +"},
		{"and nobody needs it", my, "INSERT INTO a VALUES (1); INSERT INTO b VALUES (2)", ". ."},
		{"an empty temporary table", my, "CREATE TEMPORARY TABLE tmp (id int); INSERT INTO a SELECT id FROM tmp; DROP TEMPORARY TABLE tmp; DROP TABLE c", ". 0 0 ."},
		{"a full one", my, "CREATE TEMPORARY TABLE tmp (id int); INSERT INTO tmp SELECT id FROM a; INSERT INTO b SELECT id FROM tmp; DELETE FROM a; DROP TEMPORARY TABLE tmp",
			". 0 0,1 0,1 0,1"},
		{"a full one, read after a change", my, "CREATE TEMPORARY TABLE tmp AS SELECT id FROM a; DELETE FROM a; INSERT INTO b SELECT id FROM tmp", "+ + +"},
		{"or after what commits", my, "CREATE TEMPORARY TABLE tmp AS SELECT id FROM a; ALTER TABLE a ADD x int; INSERT INTO b SELECT id FROM tmp", ". 0 !0"},
		{"that hides a table", my, "CREATE TEMPORARY TABLE `a` AS SELECT 1 AS id; INSERT INTO b SELECT id FROM a; DROP TABLE a; SELECT * FROM a", ". 0 0 ."},
		{"the case's own", my, "SET @shop = 7; CREATE TEMPORARY TABLE t (id int); INSERT INTO a SELECT id FROM t; INSERT INTO b VALUES (@shop)", ". 0 0,1 0"},
		{"SQL made of what is there", my,
			"SET @s = (SELECT IF(COUNT(*) > 0, 'SELECT 1', 'ALTER TABLE t ADD a int') FROM information_schema.columns); PREPARE s FROM @s; EXECUTE s; DEALLOCATE PREPARE s; SET @s = 'DROP TABLE x'; PREPARE s FROM @s; EXECUTE s; DROP PREPARE s",
			". 0 0,1 0,1 . 4 4,5 4,5"},
		{"a prepared statement that is used twice", my, "PREPARE s FROM 'INSERT INTO t VALUES (?)'; SET @a = 1; EXECUTE s USING @a; SET @a = 2; EXECUTE s USING @a", ". 0 0,1 0 0,3"},
		{"a lock by name", my, "SELECT GET_LOCK('a', 10); DROP TABLE a; SELECT RELEASE_LOCK('a'); DROP TABLE b", ". 0 0 ."},
		{"all locks", my, "DO GET_LOCK('a', 10); SELECT GET_LOCK('b', 10); DROP TABLE a; SELECT RELEASE_ALL_LOCKS(); DROP TABLE b", ". . 1 1 ."},
		{"an account is no variable", my, "CREATE DEFINER=`root`@`localhost` VIEW v AS SELECT 1; SET @localhost = 1; DROP TABLE a", ". . ."},

		{"search_path", pg, "SET search_path TO app; CREATE INDEX CONCURRENTLY i ON t (a); CREATE INDEX CONCURRENTLY j ON t (b)", ". 0 0"},
		{"by a function", pg, "SELECT pg_catalog.set_config('search_path', '', false); CREATE INDEX CONCURRENTLY i ON a.t (a)", ". 0"},
		{"for the transaction only", pg, "SET LOCAL search_path TO app; SELECT set_config('a.b', 'c', true); DROP TABLE a", ". . ."},
		{"reset", pg, "SET role app; SET statement_timeout = 0; RESET ROLE; DROP TABLE a; RESET ALL; DROP TABLE b", ". 0 0,1 1,2 1,2 ."},
		{"a session's user", pg, "SET SESSION AUTHORIZATION app; DROP TABLE a; SET SESSION statement_timeout = 0; DROP TABLE b", ". 0 0 0,2"},
		{"temporary", pg, "CREATE TEMP TABLE tmp AS SELECT 1 AS a; DROP TABLE x; INSERT INTO t SELECT a FROM tmp", "+ + +"},
		{"prepared", pg, "PREPARE p AS INSERT INTO t VALUES ($1); EXECUTE p(1); EXECUTE p(2); DEALLOCATE p", ". 0 0 0"},
		{"an advisory lock", pg, "SELECT pg_advisory_lock(7); DROP TABLE a; SELECT pg_advisory_unlock(7); DROP TABLE b", ". 0 0 ."},

		{"pragmas", lite, "PRAGMA foreign_keys = OFF; DROP TABLE a; PRAGMA foreign_keys = ON; DROP TABLE b; PRAGMA foreign_key_check", ". 0 0 2 2"},
		{"another file", lite, "ATTACH 'x.db' AS x; DROP TABLE a; DETACH x; DROP TABLE b", ". 0 0 ."},
	} {
		statements := strings.Split(c.statements, "; ")
		if got := told(c.d, statements); got != c.want {
			t.Errorf("%s (%s)\n got %s\nwant %s", c.why, c.d, got, c.want)
		}
	}
}
