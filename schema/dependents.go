package schema

import (
	"context"
	"slices"
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
	// Shrinks is true for an index that stays without the column.
	Shrinks bool
	// Fixed is true if the server does not follow a renaming of what it depends
	// on, and refuses that.
	Fixed bool
	// Text is the definition of what servers keep as text. Unread is true if
	// this account does not see it.
	Text   string
	Unread bool
	// Tables are those whose rows the text speaks of as NEW and OLD, so that a
	// column's name alone tells.
	Tables []string
	// Events are the events for which a trigger or rule fires, and Of the columns
	// that an update must name for it; no columns: all.
	Events []string
	Of     []string
}

// Dependents are the objects of a schema that depend on a table or column, or
// may. live is the schema as it was inspected.
func Dependents(ctx context.Context, q Querier, live *Schema, name string) ([]Dependent, error) {
	return live.dependents(), nil
}

// dependents are those that an inspected schema tells of by itself.
func (s *Schema) dependents() []Dependent {
	var all []Dependent
	for _, tr := range s.Triggers {
		d := Dependent{Kind: "trigger", Name: tr.Name, On: tr.Table, Text: tr.Body, Unread: tr.Body == "", Tables: []string{tr.Table}}
		if !tr.Disabled {
			d.Events = strings.Split(tr.Event, " or ")
		}
		all = append(all, d)
	}
	for _, v := range s.Views {
		all = append(all, Dependent{Kind: "view", Name: v.Name, Text: v.Text})
	}
	for _, name := range s.TableNames() {
		all = append(all, s.dependentIndexes(s.Tables[name])...)
	}
	return all
}

// dependentIndexes are the indexes of a table with more in them than one
// column: what is of one column alone goes with it, as everybody expects.
func (s *Schema) dependentIndexes(t *Table) []Dependent {
	var all []Dependent
	d := s.Flavor.Dialect
	for _, x := range t.Indexes {
		if len(x.Columns) == 1 && x.Columns[0].Name != "" && x.Where == "" {
			continue
		}
		for _, c := range t.Columns {
			if x.uses(c.Name, d) {
				whole := slices.ContainsFunc(x.Columns, func(p IndexColumn) bool { return sameName(p.Name, c.Name, d) })
				all = append(all, Dependent{Kind: "index", Name: x.Name, On: t.Name, Table: t.Name, Column: c.Name,
					Held: d == flavor.MySQL && !whole, Shrinks: d.MySQLFamily() && whole})
			}
		}
	}
	return all
}
