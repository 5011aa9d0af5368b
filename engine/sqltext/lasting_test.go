package sqltext

import (
	"testing"

	"manage/engine/flavor"
)

func TestLasting(t *testing.T) {
	my, pg, lite := flavor.MariaDB, flavor.Postgres, flavor.SQLite
	for _, c := range []struct {
		d    flavor.Dialect
		sql  string
		want bool
	}{
		{my, "CREATE TABLE t (id int)", false},
		{my, "ALTER TABLE t ADD COLUMN a int", false},
		{my, "INSERT INTO t (a, b) VALUES (1, 'x'), (2, CONCAT('a', 'b'))", false},
		{my, "INSERT INTO d.t (a) SELECT b FROM u WHERE (c = 1) AND d IN (1, 2)", false},
		{my, "UPDATE t SET a = COALESCE(b, 'x@y') WHERE (id > 3)", false},
		{my, "INSERT INTO t (a) VALUES (@x)", true},
		{my, "INSERT INTO t (a) VALUES (own(1))", true},
		{my, "UPDATE t SET a = (@n := @n + 1)", true},
		{my, "SET FOREIGN_KEY_CHECKS = 0", true},
		{my, "/*!40101 SET NAMES utf8 */", true},
		{my, "USE other", true},
		{my, "CREATE TEMPORARY TABLE t (id int)", true},
		{my, "SELECT GET_LOCK('a', 1)", true},
		{my, "SELECT 1 INTO @x", true},
		{my, "PREPARE s FROM 'SELECT 1'", true},
		{my, "CALL p()", true},
		{my, "LOCK TABLES t WRITE", true},
		{my, "CREATE DEFINER=`root`@`localhost` VIEW v AS SELECT 1", true},
		{pg, "CREATE INDEX i ON t (lower(a))", false},
		{pg, "UPDATE t SET a = 1", false},
		{pg, "UPDATE t SET a = f(b)", true},
		{pg, "SELECT pg_catalog.set_config('search_path', '', false)", true},
		{pg, "SET search_path TO app", true},
		{pg, "SET ROLE app", true},
		{pg, "SELECT pg_advisory_lock(1)", true},
		{pg, "LISTEN x", true},
		{pg, "CREATE TEMP TABLE t (id int)", true},
		{pg, "DO $$ BEGIN END $$", true},
		{lite, "PRAGMA legacy_alter_table = ON", true},
		{lite, "ATTACH 'x.db' AS x", true},
		{lite, "INSERT INTO t VALUES (abs(1))", false},
	} {
		if got := Lasting(c.sql, Classify(c.sql, c.d), c.d); got != c.want {
			t.Errorf("%s, %s: %v, want %v", c.d, c.sql, got, c.want)
		}
	}
}
