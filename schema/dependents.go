package schema

import (
	"context"
	"strings"

	"manage/engine/flavor"
)

// Dependent is an object that depends on a table or on one of its columns, or
// whose text may name one.
type Dependent struct {
	// Kind, Name and On are as those of a plan.SideEffect.
	Kind, Name, On string
	// Table and Column are what it depends on, where the server knows; Column is
	// "" for the table as a whole. Table is "" where only Text tells.
	Table, Column string
	// Held is true if the server does not remove Column, or Table, as long as
	// the object is there.
	Held bool
	// Shrinks is true for an index that stays without the column, and Plain for
	// what is of the column alone and goes with it, as everybody expects.
	Shrinks, Plain bool
	// Computed is true for an index with an expression or a condition that names
	// the column.
	Computed bool
	// Fixed is true if the server does not follow a renaming of what it depends
	// on, and refuses that.
	Fixed bool
	// Text is the definition of what servers keep as text. Unread is true if
	// this account does not see it.
	Text   string
	Unread bool
	// Tables are those whose rows the text speaks of without naming them, so
	// that a column's name alone tells.
	Tables []string
	// Events are the events for which a trigger or rule fires, and Of the columns
	// that an update must name for it; no columns: all.
	Events []string
	Of     []string
}

// Dependents are the objects that depend on some tables of a schema or on
// their columns, or may. live is the schema as it was inspected, called name.
func Dependents(ctx context.Context, q Querier, live *Schema, name string, tables []string) ([]Dependent, error) {
	i := &inspector{ctx: ctx, q: q, name: name, s: live}
	switch d := live.Flavor.Dialect; {
	case d == flavor.Postgres:
		return i.postgresDependents(tables)
	case d.MySQLFamily():
		return i.mysqlDependents(tables)
	}
	return append(live.dependentTexts(), live.dependentIndexes(tables)...), nil
}

// dependentTexts are the triggers and views of an inspected schema.
func (s *Schema) dependentTexts() []Dependent {
	var all []Dependent
	for _, tr := range s.Triggers {
		all = append(all, Dependent{Kind: "trigger", Name: tr.Name, On: tr.Table, Text: tr.Body + " " + tr.Text,
			Unread: tr.Body == "", Tables: []string{tr.Table}, Events: strings.Split(tr.Event, " or "), Of: tr.Of()})
	}
	for _, v := range s.Views {
		all = append(all, Dependent{Kind: "view", Name: v.Name, Text: v.Text, Unread: v.unread()})
	}
	return all
}

// Of are the columns that an update trigger of SQLite is limited to; none if it
// is for all.
func (tr Trigger) Of() []string {
	var columns []string
	tokens := lex(tr.Text)
	for i := 0; i+1 < len(tokens); i++ {
		if !strings.EqualFold(tokens[i].text, "UPDATE") || !strings.EqualFold(tokens[i+1].text, "OF") {
			continue
		}
		for i += 2; i < len(tokens) && !strings.EqualFold(tokens[i].text, "ON"); i++ {
			if tokens[i].name != "" {
				columns = append(columns, tokens[i].name)
			}
		}
		return columns
	}
	return nil
}

// unread reports whether the server kept the view's query from this account.
func (v View) unread() bool { return strings.HasSuffix(v.Text, " AS ") }

// dependentIndexes are the indexes and constraints of some tables.
func (s *Schema) dependentIndexes(tables []string) []Dependent {
	var all []Dependent
	for _, name := range tables {
		t := s.Table(name)
		if t == nil {
			continue
		}
		for _, c := range t.Columns {
			all = append(all, s.dependentOf(t, c.Name)...)
		}
	}
	return all
}

// dependentOf are those that contain a column.
func (s *Schema) dependentOf(t *Table, column string) []Dependent {
	var all []Dependent
	d := s.Flavor.Dialect
	add := func(kind, name string, dep Dependent) {
		dep.Kind, dep.Name, dep.On, dep.Table, dep.Column = kind, name, t.Name, t.Name, column
		all = append(all, dep)
	}
	for _, x := range t.Indexes {
		if x.uses(column, d) {
			part := hasColumn(x.columnNames(), column, d)
			add("index", x.Name, Dependent{Plain: len(x.Columns) == 1 && part && x.Where == "",
				Held: d == flavor.MySQL && !part, Fixed: d == flavor.MySQL && !part, Shrinks: d.MySQLFamily() && part})
		}
	}
	for _, k := range t.Uniques {
		if hasColumn(k.Columns, column, d) {
			several := len(k.Columns) > 1
			add("unique constraint", nameOr(k.Name, k.Columns), Dependent{Plain: !several, Shrinks: d == flavor.MySQL, Held: d == flavor.MariaDB && several})
		}
	}
	for _, c := range t.Checks {
		if mentions(c.Expr, column) {
			several := len(t.columnsIn(c.Expr)) > 1
			add("check constraint", nameOr(c.Name, t.columnsIn(c.Expr)), Dependent{Plain: !several, Held: d.MySQLFamily() && several}) // rename_column takes it off and puts it back
		}
	}
	return all
}

// nameOr is a constraint's name, as statements about it have it, or the columns
// that it is on.
func nameOr(name string, columns []string) string {
	if name != "" {
		return name
	}
	return byNameOr("", columns)
}

// WordsIn are the names and words in a text, in small letters, those in strings
// among them: a statement may be put together of them. Comments are left out.
func WordsIn(text string) map[string]bool {
	all := map[string]bool{}
	for _, t := range lex(text) {
		if t.name != "" {
			all[strings.ToLower(t.name)] = true
		}
		for _, word := range strings.FieldsFunc(t.text, func(r rune) bool { return r < 0x80 && !wordByte(byte(r)) }) {
			all[strings.ToLower(word)] = true
		}
	}
	return all
}
