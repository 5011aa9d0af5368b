package schema

import (
	"fmt"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// syncTypes are columns with two values that the server may take for equal, or
// cannot compare.
var syncTypes = map[flavor.Dialect][][3]string{
	flavor.SQLite: {
		{"VARCHAR(20) COLLATE NOCASE", "'a'", "'A'"}, {"TEXT COLLATE RTRIM", "'a'", "'a '"}, {"JSON", `'{"a":1}'`, `'{"a": 1}'`},
		{"REAL", "0.1", "0.2"}, {"BLOB", "x'01'", "x'0100'"}, {"NUMERIC(8, 2)", "1.25", "1.5"}, {"BOOLEAN", "0", "1"}, {"DATETIME", "'2026-01-01 00:00:00'", "'2026-01-01 00:00:01'"},
	},
	flavor.Postgres: {
		{"text", "'a'", "'A'"}, {"varchar(20)", "'a'", "'a '"}, {"char(5)", "'a'", "'A'"}, {"json", `'{"a":1}'`, `'{"a": 1}'`},
		{"jsonb", `'{"a":1}'`, `'{"a":2}'`}, {"point", "'(1,2)'", "'(2,1)'"}, {"integer[]", "'{1,2}'", "'{2,1}'"}, {"real", "0.1", "0.2"},
		{"double precision", "0.1", "0.30000000000000004"}, {"numeric(8,2)", "1.25", "1.5"}, {"bytea", `'\x01'`, `'\x0100'`}, {"boolean", "false", "true"},
		{"timestamp", "'2026-01-01 00:00:00'", "'2026-01-01 00:00:00.000001'"}, {"uuid", "'00000000-0000-0000-0000-000000000001'", "'00000000-0000-0000-0000-000000000002'"},
		{`text COLLATE "blind"`, "'a'", "'A'"}, {"inet", "'10.0.0.1'", "'10.0.0.1/8'"},
	},
	flavor.MariaDB: {
		{"varchar(20)", "'a'", "'A'"}, {"varchar(20)", "'a'", "'a '"}, {"varchar(20) CHARACTER SET latin1", "'a'", "'á'"}, {"char(5)", "'a'", "'A'"}, {"text", "'ß'", "'ss'"},
		{"json", `'{"a":1}'`, `'{"a":2}'`}, {"float", "0.1", "0.2"}, {"double", "0.1", "0.30000000000000004"}, {"decimal(8,2)", "1.25", "1.5"},
		{"datetime(6)", "'2026-01-01 00:00:00'", "'2026-01-01 00:00:00.000001'"}, {"enum('a','b')", "'a'", "'b'"}, {"set('a','b')", "'a'", "'a,b'"},
		{"blob", "x'01'", "x'0100'"}, {"binary(3)", "'a'", "'A'"}, {"bit(8)", "b'1'", "b'11'"}, {"tinyint(1)", "0", "1"}, {"time", "'10:00:00'", "'10:00:01'"},
	},
}

// TestSyncTypes: whatever the server takes for equal, both columns hold the same
// in the end, from either side.
func TestSyncTypes(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		types := syncTypes[db.Dialect]
		if db.Dialect.MySQLFamily() {
			types = syncTypes[flavor.MariaDB]
		}
		if db.Dialect == flavor.Postgres {
			db.Exec(t, `CREATE COLLATION "blind" (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`)
		}
		for i, c := range types {
			table := fmt.Sprintf("pair%d", i)
			db.Exec(t, fmt.Sprintf("CREATE TABLE %s (id INTEGER PRIMARY KEY, a %s, b %s)", table, c[0], c[0]))
			execute(t, db, fold(t, inspected(t, db), []Operation{&SyncColumns{Name: table, Table: table, Old: "a", New: "b", ToNew: Text{All: "{old}"}, ToOld: Text{All: "{new}"}}}))
			seen := ""
			for _, statement := range []string{
				"INSERT INTO %s (id, a) VALUES (1, " + c[1] + ")", "UPDATE %s SET a = " + c[2], "UPDATE %s SET b = " + c[1], "UPDATE %s SET a = NULL", "UPDATE %s SET b = " + c[2],
				"UPDATE %s SET a = " + c[1] + ", b = " + c[1], "UPDATE %s SET a = " + c[2],
			} {
				statement = fmt.Sprintf(statement, table)
				db.Exec(t, statement)
				a, b := contents(t, db, "SELECT a FROM "+table), contents(t, db, "SELECT b FROM "+table)
				if a != b || a == seen {
					t.Errorf("%s: after %s, from %q, the columns are %q and %q", c[0], statement, seen, a, b)
				}
				seen = strings.Clone(a)
			}
		}
	})
}
