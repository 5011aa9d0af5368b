package schema

import (
	"strings"
	"testing"

	"manage/engine/flavor"
)

// specimen is a schema of one table.
func specimen(t *testing.T, d flavor.Dialect, o CreateTable) *Schema {
	t.Helper()
	s := New(flavor.Default(d))
	o.Name, o.PrimaryKey = "a", []string{"id"}
	if err := o.Apply(s); err != nil {
		t.Fatal(err)
	}
	return s
}

// A known difference is overlooked in the described form, on the described
// dialects, and no other one is.
func TestKnownDifferences(t *testing.T) {
	no := false
	id, flag := ColumnDef{Name: "id", Type: "integer"}, ColumnDef{Name: "flag", Type: "boolean"}
	strict, other := ColumnDef{Name: "flag", Type: "boolean", Nullable: &no}, ColumnDef{Name: "flag", Type: "integer"}
	more := ColumnDef{Name: "more", Type: "text"}
	unique := UniqueDef{Name: "uq", Columns: []string{"flag", "id"}}
	columns := func(c ...ColumnDef) CreateTable { return CreateTable{Columns: append([]ColumnDef{id}, c...)} }
	constrained := columns(flag)
	constrained.Unique = []UniqueDef{unique}
	changed := KnownDifference{Table: "a", Kind: Changed, Column: &strict, Why: "."}
	extra := KnownDifference{Table: "a", Kind: Extra, Column: &more, Why: "."}
	key := KnownDifference{Table: "a", Kind: Extra, Unique: &unique, Why: "."}
	limited := changed
	limited.Dialects = []string{"postgres", "mysql"}
	reversed := UniqueDef{Name: "uq", Columns: []string{"id", "flag"}}
	renamed := UniqueDef{Name: "other", Columns: unique.Columns}
	for _, c := range []struct {
		what       string
		want, have CreateTable
		known      []KnownDifference
		left       map[flavor.Dialect]int // differences left; none where it says nothing
	}{
		{"changed as described", columns(flag), columns(strict), []KnownDifference{changed}, nil},
		{"changed in another way", columns(flag), columns(other), []KnownDifference{changed}, all(1)},
		{"changed, known on some", columns(flag), columns(strict), []KnownDifference{limited}, map[flavor.Dialect]int{flavor.SQLite: 1}},
		{"a changed one that no revision made", columns(), columns(strict), []KnownDifference{changed}, all(1)},
		{"a changed one that is missing", columns(flag), columns(), []KnownDifference{changed}, all(1)},
		{"extra as described", columns(flag), columns(flag, more), []KnownDifference{changed, extra}, nil},
		{"extra in another form", columns(), columns(flag), []KnownDifference{extra}, all(1)},
		{"an extra one that is missing", columns(more), columns(), []KnownDifference{extra}, all(1)},
		{"an extra constraint", columns(flag), constrained, []KnownDifference{key}, nil},
		{"an extra constraint in another order", columns(flag), constrained, []KnownDifference{{Table: "a", Kind: Extra, Unique: &reversed, Why: "."}}, all(1)},
		{"an extra constraint of another name", columns(flag), constrained, []KnownDifference{{Table: "a", Kind: Extra, Unique: &renamed, Why: "."}}, all(1)},
		{"another table", columns(flag), columns(strict), []KnownDifference{{Table: "b", Kind: Changed, Column: &strict, Why: "."}}, all(1)},
		{"several", columns(flag), columns(strict, more), []KnownDifference{extra, changed}, nil},
	} {
		for _, d := range flavor.Dialects() {
			want, have := specimen(t, d, c.want), specimen(t, d, c.have)
			rules := TakingOver()
			rules.Known = c.known
			if left := Compare(want, have, rules); len(left) != c.left[d] {
				t.Errorf("%s on %s: left are %v, want %d", c.what, d, left, c.left[d])
			}
			if len(Compare(want, have, TakingOver())) == 0 {
				t.Errorf("%s on %s is no difference even when nothing is known", c.what, d)
			}
		}
	}
}

// all is the same number for each dialect.
func all(n int) map[flavor.Dialect]int {
	m := map[flavor.Dialect]int{}
	for _, d := range flavor.Dialects() {
		m[d] = n
	}
	return m
}

func TestKnownDifferenceCheck(t *testing.T) {
	column, unique := &ColumnDef{Name: "c", Type: "text"}, &UniqueDef{Columns: []string{"c"}}
	good := KnownDifference{Table: "a", Kind: Changed, Column: column, Dialects: []string{"mysql"}, Why: "."}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for want, spoil := range map[string]func(k *KnownDifference){
		"table is missing":                     func(k *KnownDifference) { k.Table = "" },
		"kind is missing":                      func(k *KnownDifference) { k.Kind = "" },
		"why is missing":                       func(k *KnownDifference) { k.Why = "" },
		"changed or extra":                     func(k *KnownDifference) { k.Kind = "gone" },
		"not a dialect":                        func(k *KnownDifference) { k.Dialects = []string{"oracle"} },
		"give one of column, unique and index": func(k *KnownDifference) { k.Unique = unique },
		"one of column, unique and index":      func(k *KnownDifference) { k.Column = nil },
		"column, unique and index":             func(k *KnownDifference) { k.Index = "ix" },
		"an index can only be extra":           func(k *KnownDifference) { k.Column, k.Index = nil, "ix" },
		"can only be extra":                    func(k *KnownDifference) { k.Column, k.Unique = nil, unique },
		"type is missing":                      func(k *KnownDifference) { k.Column = &ColumnDef{Name: "c"} },
		"at least one column":                  func(k *KnownDifference) { k.Column, k.Unique, k.Kind = nil, &UniqueDef{}, Extra },
	} {
		k := good
		spoil(&k)
		if err := k.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %q", k, err, want)
		}
	}
}
