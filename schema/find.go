package schema

import (
	"fmt"
	"slices"
	"strings"

	"manage/engine/flavor"
)

// MisfitError says that an operation does not fit the schema that it is
// applied to.
type MisfitError struct {
	Kind   string // of the operation
	Table  string // "" if no table is concerned
	Reason string
}

func (e *MisfitError) Error() string {
	if e.Table == "" {
		return e.Kind + ": " + e.Reason
	}
	return fmt.Sprintf("%s on table %q: %s", e.Kind, e.Table, e.Reason)
}

// misfit builds a MisfitError.
func misfit(kind, table, format string, args ...any) error {
	return &MisfitError{Kind: kind, Table: table, Reason: fmt.Sprintf(format, args...)}
}

// sameName reports whether two names of columns, indexes or constraints mean
// the same on a server: PostgreSQL compares quoted names exactly, the others
// without case.
func sameName(a, b string, d flavor.Dialect) bool {
	if d == flavor.Postgres {
		return a == b
	}
	return strings.EqualFold(a, b)
}

// sameTable is sameName for tables.
func sameTable(a, b string, f flavor.Flavor) bool {
	return a == b || (f.Dialect == flavor.SQLite || f.FoldsTables) && strings.EqualFold(a, b)
}

// Table is the table called name, or nil. SQLite compares names without case,
// and so do some servers of MySQL and MariaDB.
func (s *Schema) Table(name string) *Table {
	if t, ok := s.Tables[name]; ok {
		return t
	}
	if s.Flavor.Dialect == flavor.SQLite || s.Flavor.FoldsTables {
		for n, t := range s.Tables {
			if len(n) == len(name) && strings.EqualFold(n, name) {
				return t
			}
		}
	}
	return nil
}

// need returns the table that an operation is about.
func (s *Schema) need(kind, name string) (*Table, error) {
	if t := s.Table(name); t != nil {
		return t, nil
	}
	return nil, misfit(kind, name, "the table does not exist")
}

// needColumn returns the table and the column that an operation is about.
func (s *Schema) needColumn(kind, table, name string) (*Table, *Column, error) {
	t, err := s.need(kind, table)
	if err != nil {
		return nil, nil, err
	}
	c := t.column(name, s.Flavor.Dialect)
	if c == nil {
		return nil, nil, misfit(kind, table, "column %q does not exist", name)
	}
	return t, c, nil
}

// needColumns checks that a table has all columns of a list.
func needColumns(kind string, t *Table, names []string, d flavor.Dialect) error {
	for _, name := range names {
		if t.column(name, d) == nil {
			return misfit(kind, t.Name, "column %q does not exist", name)
		}
	}
	return nil
}

// column is the table's column called name, or nil.
func (t *Table) column(name string, d flavor.Dialect) *Column {
	for _, c := range t.Columns {
		if sameName(c.Name, name, d) {
			return c
		}
	}
	return nil
}

// hasColumn reports whether a list of column names holds name.
func hasColumn(names []string, name string, d flavor.Dialect) bool {
	return slices.ContainsFunc(names, func(n string) bool { return sameName(n, name, d) })
}

// sameColumns reports whether two lists of column names are equal.
func sameColumns(a, b []string, d flavor.Dialect) bool {
	return slices.EqualFunc(a, b, func(x, y string) bool { return sameName(x, y, d) })
}

// index is the table's index called name, or nil.
func (t *Table) index(name string, d flavor.Dialect) *Index {
	for _, x := range t.Indexes {
		if sameName(x.Name, name, d) {
			return x
		}
	}
	return nil
}

// unique is the table's unique constraint called name, or nil.
func (t *Table) unique(name string, d flavor.Dialect) *Key {
	for _, k := range t.Uniques {
		if k.Name != "" && sameName(k.Name, name, d) {
			return k
		}
	}
	return nil
}

// hasConstraint reports whether a constraint of the table is called name.
func (t *Table) hasConstraint(name string, d flavor.Dialect) bool {
	if name == "" {
		return false
	}
	same := func(n string) bool { return n != "" && sameName(n, name, d) }
	return t.unique(name, d) != nil ||
		t.PrimaryKey != nil && same(t.PrimaryKey.Name) ||
		slices.ContainsFunc(t.ForeignKeys, func(f *ForeignKey) bool { return same(f.Name) }) ||
		slices.ContainsFunc(t.Checks, func(c *Check) bool { return same(c.Name) })
}

// indexOwner is the table that has an index or unique index called name:
// index names belong to the schema on PostgreSQL and SQLite, to the table on
// MySQL.
func (s *Schema) indexOwner(name string, t *Table) *Table {
	d := s.Flavor.Dialect
	if d.MySQLFamily() {
		if t.index(name, d) != nil || t.unique(name, d) != nil {
			return t
		}
		return nil
	}
	for _, o := range s.Tables {
		if o.index(name, d) != nil || d == flavor.Postgres && o.unique(name, d) != nil {
			return o
		}
	}
	return nil
}

// wanted is what an operation is to remove from a table.
type wanted struct {
	kind, table string // of the operation
	what        string // such as `check "positive"`
	optional    bool   // it need not be there
}

// find looks for it with pick; nil if it is not there and need not be.
func find[T any](s *Schema, w wanted, pick func(*Table) *T) (*Table, *T, error) {
	if w.optional && s.Table(w.table) == nil {
		return nil, nil, nil
	}
	t, err := s.need(w.kind, w.table)
	if err != nil {
		return nil, nil, err
	}
	found := pick(t)
	if found == nil && !w.optional {
		return nil, nil, misfit(w.kind, w.table, "there is no %s", w.what)
	}
	return t, found, nil
}

// last is the last element of a list that is meant; nil if none is.
func last[T any](list []*T, meant func(*T) bool) *T {
	for _, v := range slices.Backward(list) {
		if meant(v) {
			return v
		}
	}
	return nil
}

// byNameOr is how a constraint is called in messages: by its columns if it was
// asked for without a name.
func byNameOr(name string, columns []string) string {
	if name != "" {
		return fmt.Sprintf("%q", name)
	}
	return "on (" + strings.Join(columns, ", ") + ")"
}

// drop removes an element from a list of pointers.
func drop[T any](list []*T, which *T) []*T {
	return slices.DeleteFunc(slices.Clone(list), func(v *T) bool { return v == which })
}

// columnNames is the names of an index's columns, without expressions.
func (x *Index) columnNames() []string {
	var names []string
	for _, c := range x.Columns {
		if c.Name != "" {
			names = append(names, c.Name)
		}
	}
	return names
}
