package schema

import (
	"fmt"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// respelled are checks of which one server or another makes something else.
var respelled = []string{
	"a > 0", "a >= 0 AND a < 100", "NOT (a = 5)", "a IN (1, 2, 3)", "s <> 'it''s'", "s IN ('x', 'y')", "s LIKE 'a%'",
	"length(s) > 2", "a IS NOT NULL", "a + 1 > 2 OR s IS NULL", "a NOT IN (7, 8)", "f > 0.5", "a BETWEEN 1 AND 9",
	"a > -10", "a > -3", "f <> -0.5", "a IN (-1, 0, 1)", "a IN (1)", "a NOT IN (1)", "f > -0.5", "s NOT LIKE 'a%'", "NOT s LIKE 'x'", "NOT a > 5",
	"b IS NOT NULL OR a IS NULL", "lower(s) = s", "a BETWEEN -5 AND 5", "a NOT BETWEEN 1 AND 5", "a % 2 = 0", "coalesce(a, 0) > 1",
	"t > '2000-01-01 00:00:00'", "t > '2000-01-01'", "d >= '2000-01-01'", "s IN ('a')", "s <> ''", "s != ''", "a - -1 > 3",
	"a * (c + 2) > 0", "-a < 5", "r > 1e3", "r > -1.5", "z = 'abc'", "z IN ('abc', 'def')", "big > -3000000000", "big > 3000000000",
	"abs(a) > 1", "upper(z) IN ('A', 'B')", "(a > 1) = (c > 1)", "NOT (a IS NULL)", "NOT (a > 1 AND c > 1)", "a > 1 OR c > 1 AND r > 1",
	"c BETWEEN 0 AND 10 AND a > 0", "s BETWEEN 'a' AND 'b'", "trim(s) <> ''", "substr(s, 1, 1) = 'a'", "a / 2 > 1", "a = 1 OR a = 2",
	"CAST(s AS char(3)) = 'abc'", "replace(s, 'a', 'b') = 'x'", "round(f, 2) = f", "nullif(s, '') IS NOT NULL", "a > 1 AND NOT b",
	"5 < a", "NOT (a IN (1, 2) OR s LIKE 'x%')", "CASE WHEN a > 1 THEN c ELSE 2 END > 0", "b = true",
}

// Checks as they are written, and as a server gives them back, are the same.
func TestSettledExpressionsOnServers(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		exprs := respelled
		if db.Dialect != flavor.SQLite {
			exprs = append(exprs[:len(exprs):len(exprs)], "mod(a, 2) = 0")
		}
		for i, e := range exprs {
			name := fmt.Sprintf("t%d", i)
			db.Exec(t, "CREATE TABLE "+name+" (a INTEGER, c SMALLINT, big BIGINT, s VARCHAR(20), z CHAR(3), f NUMERIC(5, 2), r DOUBLE PRECISION, "+
				"b BOOLEAN, d DATE, t TIMESTAMP NULL, CHECK ("+e+"))")
			var got []string
			for _, c := range inspected(t, db).Tables[name].Checks {
				got = append(got, c.Expr)
			}
			if len(got) != 1 || !sameExpr(got[0], e) {
				t.Errorf("%s is reported as %q, which means %q and not %q", e, got, meaning(strings.Join(got, " AND ")), meaning(e))
			}
		}
	})
}

// TestMeaning tells expressions apart that only look alike.
func TestMeaning(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"a > -10", "(a > '-10'::integer)", true},
		{"a > -10", "a > 10", false},
		{"a > 1 OR b > 1 AND c > 1", "(a > 1 OR b > 1) AND c > 1", false},
		{"a > 1 OR b > 1 AND c > 1", "(`a` > 1) or ((`b` > 1) and (`c` > 1))", true},
		{"NOT (a > 1 AND b > 1)", "a <= 1 AND b <= 1", false},
		{"NOT (a > 1 AND b > 1)", "`a` <= 1 or `b` <= 1", true},
		{"NOT a", "0 = `a`", true},
		{"a", "NOT a", false},
		{"a NOT BETWEEN 1 AND 5", "((a < 1) OR (a > 5))", true},
		{"a NOT BETWEEN 1 AND 5", "((a <= 1) OR (a >= 5))", false},
		{"s IN ('a', 'b')", "((s)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))", true},
		{"s IN ('a', 'b')", "((s)::text = ANY ((ARRAY['a'::character varying, 'c'::character varying])::text[]))", false},
		{"s = 'A'", "s = 'a'", false},
		{"s = '1'", "s = 1", false},
		{"a - (b - c) > 0", "a - b - c > 0", false},
		{"a = 0.50", "A = .5", true},
		{"s <> 'x'", "(`s` <> _utf8mb4'x')", true},
		{"t > '2000-01-01'", "(t > '2000-01-01 00:00:00'::timestamp without time zone)", true},
		{"t > '2000-01-01'", "(t > '2000-01-01 00:00:01'::timestamp without time zone)", false},
		{"s ~ '^a'", "((s)::text ~ '^a'::text)", true},
		{"s IS JSON", "s is json", true},
	} {
		if sameExpr(c.a, c.b) != c.same {
			t.Errorf("%s means %q, %s means %q; same should be %v", c.a, meaning(c.a), c.b, meaning(c.b), c.same)
		}
	}
}

func FuzzMeaning(f *testing.F) {
	for _, e := range respelled {
		f.Add(e)
	}
	f.Add("= ANY (ARRAY[")
	f.Add("CASE WHEN")
	f.Add("CAST(a AS")
	f.Fuzz(func(t *testing.T, text string) {
		if once := meaning(text); once != meaning(text) {
			t.Errorf("%q means %q, then %q", text, once, meaning(text))
		}
	})
}
