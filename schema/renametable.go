package schema

import (
	"fmt"
	"strings"

	"manage/engine/plan"
)

// RenameTable gives a table another name.
type RenameTable struct {
	From string `toml:"from"`
	To   string `toml:"to"`
}

// Kind is "rename_table".
func (o *RenameTable) Kind() string { return "rename_table" }

// Check reports what is wrong with the operation by itself.
func (o *RenameTable) Check() error {
	if err := checkNeeded("from", o.From, "to", o.To); err != nil {
		return err
	}
	if o.From == o.To {
		return fmt.Errorf("from and to are the same name")
	}
	return nil
}

// Apply renames the table wherever it is named. The names that InnoDB made
// from the table's name follow it; PostgreSQL's stay.
func (o *RenameTable) Apply(s *Schema) error {
	t, err := s.need(o.Kind(), o.From)
	if err != nil {
		return err
	}
	if other := s.Table(o.To); other != nil && other != t {
		return misfit(o.Kind(), o.From, "there is a table %q already", o.To)
	}
	old := t.Name
	delete(s.Tables, old)
	t.Name = o.To
	s.Tables[o.To] = t
	d := s.Flavor.Dialect
	for _, each := range s.Tables {
		for _, f := range each.ForeignKeys {
			if sameTable(f.RefTable, old, s.Flavor) {
				f.RefTable = o.To
			}
		}
		if !d.MySQLFamily() {
			each.renameTableInTexts(old, o.To, d)
		}
	}
	if d.MySQLFamily() {
		t.renameGenerated(old, o.To)
	}
	s.renameTableInBodies(old, o.To)
	return nil
}

// renameGenerated renames constraints whose names the server made from the
// table's name.
func (t *Table) renameGenerated(from, to string) {
	for _, f := range t.ForeignKeys {
		if numberAfter(f.Name, from+"_ibfk_") > 0 {
			f.Name = to + strings.TrimPrefix(f.Name, from)
		}
	}
	for _, c := range t.Checks {
		if numberAfter(c.Name, from+"_chk_") > 0 {
			c.Name = to + strings.TrimPrefix(c.Name, from)
		}
	}
}

// Renamed reports whether a table or column has the name already that an
// operation gives it. Where names compare without case, one that only changes
// the case fits before and after.
func Renamed(s *Schema, op Operation) bool {
	switch o := op.(type) {
	case *RenameTable:
		t := s.Table(o.From)
		return t != nil && t.Name == o.To
	case *RenameColumn:
		if t := s.Table(o.Table); t != nil {
			c := t.column(o.From, s.Flavor.Dialect)
			return c != nil && c.Name == o.To
		}
	}
	return false
}

// Render renames the table.
func (o *RenameTable) Render(s *Schema) ([]plan.Statement, error) {
	if err := o.Apply(s.Clone()); err != nil {
		return nil, err
	}
	return renderRenameTable(s, s.Table(o.From).Name, o.To)
}

// Inverse renames the table back.
func (o *RenameTable) Inverse(*Schema) ([]Operation, error) {
	return []Operation{&RenameTable{From: o.To, To: o.From}}, nil
}
