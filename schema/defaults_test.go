package schema

import (
	"fmt"
	"strings"
	"testing"

	"manage/engine/enginetest"
)

// everyDefault are the defaults of each type, in every notation that catalogs
// take for them.
var everyDefault = []struct {
	typ    string
	values []string
}{
	{"integer", []string{"0", "-5", "+7", `"12"`, `"-3"`, "0x10"}},
	{"bigint", []string{"9007199254740993", "-9223372036854775807"}},
	{"smallint", []string{"1", "-1"}},
	{"boolean", []string{"true", "false", "0", "1", `"true"`}},
	{"float", []string{"1.5", "0.1", "1e3"}},
	{"double", []string{"1.5", "-0.25", "1e30", "1e-7", "2.5E+10", `"0.5"`, "3"}},
	{"numeric(8,2)", []string{"1.5", "0.50", "-2", `"3.10"`, "1e3"}},
	{"numeric(20,0)", []string{"12345678901234567", "-1"}},
	{"string(40)", []string{`""`, `"x"`, `"it's"`, `"a\\b"`, `"\"q\""`, `"1"`, `"NULL"`, `"null"`, `"true"`, `"CURRENT_TIMESTAMP"`, `" x "`, `"ü"`, `"a::text"`, `"2020-01-02"`, `"x'41'"`}},
	{"char(4)", []string{`"x"`, `"it's"`}},
	{"text", []string{`""`, `"x"`, `"it's"`, `"a\\b"`}},
	{"datetime", []string{"2020-01-02", "2020-01-02T03:04:05", `"2020-01-02"`, `"2020-01-02 03:04:05"`, `"2020-01-02T03:04:05"`, `"2020-01-02 03:04"`}},
	{"date", []string{"2020-01-02", `"2020-01-02"`}},
	{"json", []string{`"{}"`, `"[1, 2]"`, `"{\"a\": \"b\"}"`}},
	{"binary", []string{`""`, `"ab"`, `"ü"`, `"a\\b"`}},
	{"enum(a, b)", []string{`"a"`, `"b"`}},
	{"datetime", []string{`SQL "CURRENT_TIMESTAMP"`, `SQL "(CURRENT_TIMESTAMP)"`, `SQL "'2020-01-02'"`, `SQL "NULL"`}},
	{"integer", []string{`SQL "1 + 1"`, `SQL "(2 * 3)"`, `SQL "abs(-3)"`, `SQL "-5"`, `SQL "'7'"`, `SQL "NULL"`}},
	{"numeric(8,2)", []string{`SQL "1.5"`, `SQL "round(1.256, 2)"`}},
	{"double", []string{`SQL "1e30"`, `SQL "-1e-3"`}},
	{"string(40)", []string{`SQL "'x'"`, `SQL "upper('x')"`, `SQL "lower('It''s')"`, `SQL "replace('a', 'b', 'c')"`}},
	{"boolean", []string{`SQL "NULL"`}},
	{"date", []string{`SQL "'2020-01-02'"`}},
}

// TestEveryDefaultIsTheSame makes columns with every default: the server's
// reading of each is no difference from the model, nor is anything derived.
func TestEveryDefaultIsTheSame(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		execute(t, db, fold(t, New(db.Flavor), []Operation{&CreateEnum{Name: "two", Values: []string{"a", "b"}}}))
		for n, c := range everyDefault {
			for i, value := range c.values {
				name := fmt.Sprintf("t%d_%d", n, i)
				text := fmt.Sprintf("[[up]]\n[up.create_table]\nname = %q\nprimary_key = [\"id\"]\ncolumns = [ { name = \"id\", type = \"integer\", nullable = false }, { name = \"v\", type = %q, type_name = %q, default%s } ]",
					name, c.typ, enumNames[c.typ], strings.Replace(" = "+value, " = SQL ", "_sql = ", 1))
				op := forDialect(parse(t, text), db.Dialect)[0].(*CreateTable)
				s := inspected(t, db)
				statements, err := op.Render(s)
				if err == nil {
					err = tryAll(t, db, statements)
				}
				if err != nil {
					t.Errorf("%s default %s: %v", c.typ, value, err)
					continue
				}
				if err := op.Apply(s); err != nil {
					t.Fatal(err)
				}
				live := inspected(t, db)
				if list := Compare(s, live, Rules{}); len(list) > 0 {
					t.Errorf("%s default %s: %v", c.typ, value, list)
				}
				only := New(db.Flavor)
				only.Enums = live.Enums
				only.Tables[name] = live.Tables[name]
				edits, err := Derive([]*Schema{only}, Model{Tables: []CreateTable{*op}, Enums: []CreateEnum{{Name: "two", Values: []string{"a", "b"}}}})
				if err != nil || len(edits) > 0 {
					t.Errorf("%s default %s: derived %v, %v", c.typ, value, strings.TrimSpace(fmt.Sprintf("%+v", edits)), err)
				}
			}
		}
	})
}
