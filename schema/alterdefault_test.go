package schema

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// keptDefaults are defaults of a column that is given another type, with what a
// row gets from them then, as text, and the dialects for which that is so, if it
// is not for all. No value means that it is refused before anything is done.
var keptDefaults = []struct {
	from, value, to string
	want            map[string]string // by dialect, or other
}{
	{"boolean", "true", "integer", map[string]string{"other": "1"}},
	{"boolean", "false", "bigint", map[string]string{"other": "0"}},
	{"boolean", "true", "numeric(8,2)", map[string]string{"other": "1.00", "sqlite": "1"}},
	{"boolean", "true", "string(5)", map[string]string{"other": "true"}},
	{"integer", "0", "boolean", map[string]string{"other": "0", "postgres": "false"}},
	{"integer", "1", "boolean", map[string]string{"other": "1", "postgres": "true"}},
	{"integer", "-5", "boolean", nil},
	{"integer", "-5", "bigint", map[string]string{"other": "-5"}},
	{"bigint", "9007199254740993", "integer", map[string]string{"sqlite": "9007199254740993"}},
	{"integer", "7", "string(5)", map[string]string{"other": "7"}},
	{"integer", "1234567", "string(5)", nil},
	{"integer", "7", "date", nil},
	{"numeric(8,2)", "1.5", "double", map[string]string{"other": "1.5"}},
	{"numeric(8,2)", "1.5", "integer", nil},
	{"numeric(8,2)", "2.0", "integer", map[string]string{"other": "2"}},
	{"numeric(8,2)", "1.25", "numeric(8,1)", nil},
	{"double", "1e3", "integer", map[string]string{"other": "1000"}},
	{"string(9)", `"12"`, "integer", map[string]string{"other": "12"}},
	{"string(9)", `"x"`, "integer", nil},
	{"string(9)", `"x"`, "text", map[string]string{"other": "x"}},
	{"string(9)", `"x"`, "char(1)", map[string]string{"other": "x"}},
	{"string(20)", `"it's \\ \"x\""`, "text", map[string]string{"other": `it's \ "x"`}},
	{"string(9)", `"long"`, "string(3)", nil},
	{"string(9)", `""`, "text", map[string]string{"other": ""}},
	{"string(9)", `"true"`, "boolean", map[string]string{"other": "1", "postgres": "true"}},
	{"string(9)", `"f"`, "boolean", map[string]string{"other": "0", "postgres": "false"}},
	{"string(9)", `"{}"`, "json", map[string]string{"other": "{}"}},
	{"string(9)", `"{"`, "json", nil},
	{"string(9)", `"a"`, "enum(a, b)", map[string]string{"other": "a"}},
	{"string(9)", `"c"`, "enum(a, b)", nil},
	{"string(9)", `"ü\\x41"`, "binary", map[string]string{"other": `ü\x41`}},
	{"string(40)", `"2020-01-02"`, "date", map[string]string{"other": "2020-01-02"}},
	{"string(40)", `"2020-01-02 03:04:05"`, "datetime", map[string]string{"other": "2020-01-02 03:04:05"}},
	{"string(40)", `"soon"`, "datetime", nil},
	{"string(40)", `"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"`, "uuid", map[string]string{"mariadb": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "postgres": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "sqlite": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}},
	{"text", `"x"`, "string(9)", map[string]string{"other": "x"}},
	{"text", `"x"`, "mediumtext", map[string]string{"other": "x"}},
	{"enum(a, b)", `"b"`, "string(9)", map[string]string{"other": "b"}},
	{"enum(a, b)", `"b"`, "enum(b, a, '1', '')", map[string]string{"other": "b"}},
	{"enum(b, a, '1', '')", `"1"`, "enum(a, b)", nil},
	{"date", "2020-01-02", "datetime", map[string]string{"other": "2020-01-02 00:00:00", "sqlite": "2020-01-02"}},
	{"datetime", "2020-01-02T00:00:00", "date", map[string]string{"other": "2020-01-02"}},
	{"datetime", "2020-01-02T03:04:05", "date", nil},
	{"datetime", "2020-01-02T03:04:05", "string(40)", map[string]string{"other": "2020-01-02 03:04:05"}},
	{"json", `"[1]"`, "text", map[string]string{"other": "[1]"}},
}

// TestDefaultsKept gives columns with a default another type: the default has
// the same value, or the change is refused before anything is done; undone, it
// is what it was. A row that is there is none of the business.
func TestDefaultsKept(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		execute(t, db, fold(t, New(db.Flavor), []Operation{&CreateEnum{Name: "two", Values: []string{"a", "b"}}, &CreateEnum{Name: "Four", Values: []string{"b", "a", "1", ""}}}))
		for n, c := range keptDefaults {
			want, ok := c.want[string(db.Dialect)]
			if !ok {
				want, ok = c.want["other"]
			}
			if db.Dialect == flavor.SQLite && slices.Contains([]string{"string(5)", "string(3)", "numeric(8,1)", "enum(a, b)"}, c.to) && !ok {
				continue // it does not look at lengths, digits and members
			}
			table := fmt.Sprintf("t%d", n)
			t.Run(fmt.Sprintf("%s %s to %s", c.from, c.value, c.to), func(t *testing.T) {
				setup := parse(t, fmt.Sprintf("[[up]]\n[up.create_table]\nname = %q\nprimary_key = [\"id\"]\ncolumns = [ { name = \"id\", type = \"integer\", nullable = false }, { name = \"v\", type = %q, type_name = %q, default = %s } ]",
					table, c.from, enumNames[c.from], c.value))
				s := inspected(t, db)
				execute(t, db, fold(t, s, forDialect(setup, db.Dialect)))
				s = inspected(t, db)
				before := given(t, db, table, c.from)
				ops := []Operation{&AlterColumn{Table: table, Name: "v", Type: c.to, TypeName: enumNames[c.to]}}
				if err := s.Define(t.Context(), db.SQL(), []string{table}); err != nil {
					t.Fatal(err)
				}
				if _, err := ops[0].Render(s); err != nil { // nothing was sent
					if ok || !strings.Contains(err.Error(), "no value of the type") {
						t.Errorf("refused: %v", err)
					}
					return
				}
				back := inverse(t, s, ops)
				execute(t, db, fold(t, s, ops))
				sameAsServer(t, "changed", s, db)
				got := given(t, db, table, c.to)
				if !ok {
					t.Errorf("it gives %q, want a refusal", got)
				} else if !sameGivenValue(got, want) {
					t.Errorf("it gives %q, want %q", got, want)
				}
				execute(t, db, fold(t, s, back))
				sameAsServer(t, "undone", s, db)
				if after := given(t, db, table, c.from); after != before {
					t.Errorf("undone, it gives %q, and gave %q", after, before)
				}
			})
		}
	})
}

// given is the value that a row gets which gives none, in a transaction that is
// undone.
func given(t *testing.T, db enginetest.Database, table, typ string) string {
	t.Helper()
	db.Exec(t, "INSERT INTO "+table+" (id) VALUES (1)")
	value := db.Strings(t, "SELECT v FROM "+table)[0]
	if kindOfType(typ) == "binary" || kindOfType(typ) == "numeric" || kindOfType(typ) == "double" || kindOfType(typ) == "uuid" {
		value = db.Strings(t, "SELECT "+map[bool]string{true: "CAST(v AS CHAR)", false: "v"}[db.Dialect.MySQLFamily()]+" FROM "+table)[0]
	}
	db.Exec(t, "DELETE FROM "+table)
	return value
}

// sameGivenValue compares a value that a driver gives with a text.
func sameGivenValue(got, want string) bool {
	got = strings.TrimSuffix(strings.TrimSuffix(got, " +0000 UTC"), " +0000 +0000")
	return got == want || rational(got) != "" && rational(got) == rational(want) || got == want+" 00:00:00"
}
