package schema

import (
	"testing"

	"manage/engine/flavor"
)

// A default is taken to give each row its own value if it calls what is not known
// to give one for all, however the call is written; words that call nothing do
// not count.
func TestVolatileDefaults(t *testing.T) {
	for _, tt := range []struct {
		d    flavor.Dialect
		text string
		want bool
	}{
		{flavor.Postgres, "now()", false}, {flavor.Postgres, "pg_catalog.now()", false}, {flavor.Postgres, "CURRENT_TIMESTAMP", false}, {flavor.Postgres, "'random()'", false},
		{flavor.Postgres, "gen_random_uuid()", true}, {flavor.Postgres, `"random" ()`, true}, {flavor.Postgres, `"My"."f"(1)`, true}, {flavor.Postgres, "app.now()", true},
		{flavor.Postgres, "1 /* random() */", false}, {flavor.Postgres, "random /* */ ()", true}, {flavor.Postgres, "'a'::character varying(9)", false}, {flavor.Postgres, "(1) IN (2)", false},
		{flavor.MariaDB, "nextval(`db`.`s`)", true}, {flavor.MariaDB, "NEXT VALUE FOR s", true}, {flavor.MariaDB, "(uuid())", true}, {flavor.MariaDB, "`f`(1)", true}, {flavor.MariaDB, `"uuid()"`, false},
		{flavor.MySQL, "(rand())", true}, {flavor.MySQL, "(1)", false},
	} {
		if got := volatile(tt.text, tt.d); got != tt.want {
			t.Errorf("%s: %s: %t", tt.d, tt.text, got)
		}
	}
}

// A column goes with the checks and indexes that read it, not with those that
// call a function, or name a type, of its name.
func TestDropColumnNamedLikeAFunction(t *testing.T) {
	table := &Table{Name: "t", Columns: []*Column{{Name: "lower", Type: "text"}, {Name: "code", Type: "text"}},
		Checks:  []*Check{{Name: "small", Expr: "lower(code) = (code)::text"}, {Name: "own", Expr: `"lower" <> ''`}},
		Indexes: []*Index{{Name: "by_lower", Columns: []IndexColumn{{Expr: "lower(code)"}}}, {Name: "by_column", Columns: []IndexColumn{{Name: "lower"}}}, {Name: "part", Columns: []IndexColumn{{Name: "code"}}, Where: "t.lower > 'a'"}}}
	table.dropColumnOthers("lower", flavor.Postgres)
	if len(table.Checks) != 1 || table.Checks[0].Name != "small" || len(table.Indexes) != 1 || table.Indexes[0].Name != "by_lower" {
		t.Errorf("left are %+v, %+v", table.Checks, table.Indexes)
	}
}

func TestConjunctsOfColumnsLikeKeywords(t *testing.T) {
	for cond, want := range map[string]int{"t.end > 1 AND a = 2": 2, `"or" = 1 AND b = 2`: 2, "t.or = 1 AND b": 2, "a OR b AND c": 1, "t.between > 1 AND b BETWEEN 1 AND 2": 2} {
		if got := Conjuncts(cond); len(got) != want {
			t.Errorf("%s: %q", cond, got)
		}
	}
}
