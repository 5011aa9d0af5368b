package schema

import (
	"strings"
	"testing"

	"manage/engine/flavor"
)

func TestConjuncts(t *testing.T) {
	for cond, want := range map[string]string{
		"a IS NULL":                              "a IS NULL",
		"a IS NULL AND b = 'x AND y'":            "a IS NULL|b = 'x AND y'",
		"(a OR b) and c -- and d":                "(a OR b)|c -- and d",
		"a OR b AND c":                           "a OR b AND c",
		"a BETWEEN 1 AND 2 AND b":                "a BETWEEN 1 AND 2|b",
		"(a BETWEEN 1 AND 2) AND b":              "(a BETWEEN 1 AND 2)|b",
		"CASE WHEN a AND b THEN c END = 1 AND d": "CASE WHEN a AND b THEN c END = 1|d",
		"":                                       "",
	} {
		if got := strings.Join(Conjuncts(cond), "|"); got != want {
			t.Errorf("%q: got %q, want %q", cond, got, want)
		}
	}
}

func TestStored(t *testing.T) {
	for _, tt := range []struct {
		d         flavor.Dialect
		typ, want string
	}{
		{flavor.Postgres, "numeric(8,2)", "CAST((x) AS numeric(8,2))"},
		{flavor.SQLite, "INTEGER", "(x)"},
		{flavor.MySQL, "bigint", "CAST((x) AS SIGNED)"},
		{flavor.MySQL, "int unsigned", "CAST((x) AS UNSIGNED)"},
		{flavor.MariaDB, "tinyint(1)", "CAST((x) AS SIGNED)"},
		{flavor.MariaDB, "decimal(8,2)", "CAST((x) AS DECIMAL(8,2))"},
		{flavor.MySQL, "datetime", "CAST((x) AS DATETIME)"},
		{flavor.MySQL, "timestamp(3)", "CAST((x) AS DATETIME(3))"},
		{flavor.MySQL, "time(6)", "CAST((x) AS TIME(6))"},
		{flavor.MySQL, "date", "CAST((x) AS DATE)"},
		{flavor.MySQL, "json", "CAST((x) AS JSON)"},
		{flavor.MySQL, "varchar(20)", "(x)"},
	} {
		if got := stored("x", tt.typ, tt.d); got != tt.want {
			t.Errorf("%s %s: got %s, want %s", tt.d, tt.typ, got, tt.want)
		}
	}
}
