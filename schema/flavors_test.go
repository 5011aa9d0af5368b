package schema

import (
	"testing"

	"manage/engine/flavor"
)

// TestFlavors holds what depends on a server's version.
func TestFlavors(t *testing.T) {
	for _, tc := range []struct {
		f             flavor.Flavor
		up, want      string
		noTransaction bool
	}{
		{f: flavor.Flavor{Dialect: flavor.MariaDB, Major: 10, Minor: 4}, up: `rename_column = { table = "child", from = "label", to = "word" }`,
			want: "ALTER TABLE `child` CHANGE COLUMN `label` `word` varchar(20) NULL DEFAULT 'x'"},
		{f: flavor.Flavor{Dialect: flavor.MariaDB, Major: 11, Minor: 4}, up: `rename_column = { table = "child", from = "label", to = "word" }`,
			want: "ALTER TABLE `child` RENAME COLUMN `label` TO `word`"},
		{f: flavor.Flavor{Dialect: flavor.MySQL, Major: 5, Minor: 7}, up: `rename_column = { table = "child", from = "label", to = "word" }`,
			want: "ALTER TABLE `child` CHANGE COLUMN `label` `word` varchar(20) NULL DEFAULT 'x'"},
		{f: flavor.Flavor{Dialect: flavor.MariaDB, Major: 10, Minor: 6}, up: `add_column = { table = "child", name = "u", type = "uuid" }`,
			want: "ALTER TABLE `child` ADD COLUMN `u` char(32) NULL"},
		{f: flavor.Flavor{Dialect: flavor.Postgres, Major: 11}, up: `add_enum_value = { name = "mood", value = "new" }`,
			want: `ALTER TYPE "mood" ADD VALUE 'new'`, noTransaction: true},
		{f: flavor.Flavor{Dialect: flavor.Postgres, Major: 12}, up: `add_enum_value = { name = "mood", value = "new" }`,
			want: `ALTER TYPE "mood" ADD VALUE 'new'`, noTransaction: true},
	} {
		s := New(tc.f)
		fold(t, s, forDialect(parse(t, twoTables), tc.f.Dialect))
		got := fold(t, s, forDialect(parse(t, "[[up]]\n"+tc.up), tc.f.Dialect))
		if len(got) != 1 || got[0].SQL != tc.want || got[0].NoTransaction != tc.noTransaction {
			t.Errorf("%s on %s gives %+v, want %s", tc.up, tc.f, got, tc.want)
		}
	}
}

// TestPlainSQL: the operation replays what the catalog has cut, and its effect
// is unknown unless it changes rows only.
func TestPlainSQL(t *testing.T) {
	op := &SQL{
		Text: Text{All: "…"}, Down: Text{All: "…"},
		Statements: map[flavor.Dialect][]SQLStatement{
			flavor.SQLite:   {{SQL: "UPDATE t SET a = 1", Data: true}},
			flavor.Postgres: {{SQL: "UPDATE t SET a = 1", Data: true}, {SQL: "CREATE INDEX CONCURRENTLY i ON t (a)", NoTransaction: true}},
		},
		DownStatements: map[flavor.Dialect][]SQLStatement{flavor.Postgres: {{SQL: "DROP INDEX i"}}},
	}
	for d, want := range map[flavor.Dialect]struct {
		statements int
		opaque     bool
	}{flavor.SQLite: {1, false}, flavor.Postgres: {2, true}, flavor.MariaDB: {0, false}} {
		s := New(flavor.Default(d))
		statements := fold(t, s, []Operation{op})
		if len(statements) != want.statements || s.Opaque != want.opaque {
			t.Errorf("on %s there are %d statements, opaque is %v", d, len(statements), s.Opaque)
		}
	}
	s := New(flavor.Default(flavor.Postgres))
	statements := fold(t, s, []Operation{op})
	if !statements[0].Data || !statements[1].NoTransaction || statements[1].Position.Part != 1 {
		t.Errorf("the statements are %+v", statements)
	}
	back := fold(t, s, inverse(t, s, []Operation{op}))
	if len(back) != 1 || back[0].SQL != "DROP INDEX i" {
		t.Errorf("the way back is %+v", back)
	}
	op.Down, op.DownStatements = Text{}, nil
	if _, err := op.Inverse(s); err == nil || err.Error() != "sql cannot be undone: it is plain SQL without down" {
		t.Errorf("the way back without down is %v", err)
	}
}

// TestIrreversible lists what has no way back, and why.
func TestIrreversible(t *testing.T) {
	for op, want := range map[string]string{
		`drop_column = { table = "child", name = "req" }`:                      "drop_column cannot be undone: column req is NOT NULL without a default, and its values are gone",
		`update_rows = { table = "child", set = { id = "1" }, where = "x" }`:   "update_rows cannot be undone: the former values in table child are not kept",
		`delete_rows = { table = "child", where = "x" }`:                       "delete_rows cannot be undone: the rows of table child are not kept",
		`insert_rows = { table = "child", rows = [ { id = { sql = "1" } } ] }`: "insert_rows cannot be undone: a row of table child has no literal values to find it by",
	} {
		s := New(flavor.Default(flavor.Postgres))
		fold(t, s, forDialect(parse(t, twoTables+`
[[up]]
add_column = { table = "child", name = "req", type = "integer", nullable = false }`), flavor.Postgres))
		decoded, err := decode(t, op)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decoded.Inverse(s); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", op, err, want)
		}
	}
}
