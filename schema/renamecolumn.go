package schema

import (
	"fmt"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// RenameColumn gives a column another name.
type RenameColumn struct {
	Table string `toml:"table"`
	From  string `toml:"from"`
	To    string `toml:"to"`
}

// Kind is "rename_column".
func (o *RenameColumn) Kind() string { return "rename_column" }

// Check reports what is wrong with the operation by itself.
func (o *RenameColumn) Check() error {
	if err := checkNeeded("table", o.Table, "from", o.From, "to", o.To); err != nil {
		return err
	}
	if o.From == o.To {
		return fmt.Errorf("from and to are the same name")
	}
	return nil
}

// Apply renames the column wherever it is named.
func (o *RenameColumn) Apply(s *Schema) error {
	t, c, err := s.needColumn(o.Kind(), o.Table, o.From)
	if err != nil {
		return err
	}
	d := s.Flavor.Dialect
	if other := t.column(o.To, d); other != nil && other != c {
		return misfit(o.Kind(), o.Table, "there is a column %q already", o.To)
	}
	old := c.Name
	t.renameColumn(old, o.To, d)
	for _, each := range s.Tables {
		for _, f := range each.ForeignKeys {
			if sameTable(f.RefTable, t.Name, s.Flavor) {
				renameIn(f.RefColumns, old, o.To, d)
			}
		}
		each.renameReferenced(t.Name, old, o.To)
	}
	if d == flavor.SQLite {
		s.renameColumnInBodies(t.Name, old, o.To)
	}
	return nil
}

// renameColumn renames the column within its own table.
func (t *Table) renameColumn(from, to string, d flavor.Dialect) {
	for _, c := range t.Columns {
		if sameName(c.Name, from, d) {
			c.Name = to
		}
		c.Definition = renameInDefinition(c.Definition, from, to)
	}
	if t.PrimaryKey != nil {
		renameIn(t.PrimaryKey.Columns, from, to, d)
	}
	for _, k := range t.Uniques {
		renameIn(k.Columns, from, to, d)
	}
	for _, f := range t.ForeignKeys {
		renameIn(f.Columns, from, to, d)
	}
	for _, c := range t.Checks {
		if c.Column != "" && sameName(c.Column, from, d) {
			c.Column = to
		}
	}
	for _, x := range t.Indexes {
		for i := range x.Columns {
			if x.Columns[i].Name != "" && sameName(x.Columns[i].Name, from, d) {
				x.Columns[i].Name = to
			}
		}
	}
	t.renameColumnInTexts(from, to, d)
}

// renameIn renames a column in a list.
func renameIn(columns []string, from, to string, d flavor.Dialect) {
	for i, c := range columns {
		if sameName(c, from, d) {
			columns[i] = to
		}
	}
}

// renameColumnInBodies follows the rename into triggers and views, as SQLite
// does. What a bare name means cannot always be told from the words alone, so
// the result is marked opaque where a text was changed.
func (s *Schema) renameColumnInBodies(table, from, to string) {
	r := columnRename{schema: s, table: table, from: from, to: to}
	follow := func(text *string, owner string) {
		changed := r.in(*text, owner)
		s.Opaque = s.Opaque || changed != *text
		*text = changed
	}
	for i := range s.Triggers {
		tr := &s.Triggers[i]
		follow(&tr.Text, tr.Table)
		follow(&tr.Body, tr.Table)
	}
	for i := range s.Views {
		follow(&s.Views[i].Text, "")
	}
}

// Render renames the column.
func (o *RenameColumn) Render(s *Schema) ([]plan.Statement, error) {
	after := s.Clone()
	if err := o.Apply(after); err != nil {
		return nil, err
	}
	_, c, err := s.needColumn(o.Kind(), o.Table, o.From)
	if err != nil {
		return nil, err
	}
	effect := &plan.Effect{Kind: plan.KindColumn, Table: o.Table, Name: o.To, Present: true}
	if s.Flavor.Dialect == flavor.SQLite {
		return one(fmt.Sprintf("ALTER TABLE %s RENAME COLUMN %s TO %s", quoteIdent(o.Table, flavor.SQLite),
			quoteIdent(c.Name, flavor.SQLite), quoteIdent(o.To, flavor.SQLite)), effect), nil
	}
	if s.Flavor.Dialect.MySQLFamily() && strings.EqualFold(c.Name, o.To) {
		effect = again() // a look does not tell the case
	}
	to := c.clone()
	to.Name = o.To
	return renderAlter(alteration{before: s, after: after, table: o.Table, effect: effect}, func(p *planner) {
		p.renameColumn(c, to)
	})
}

// Inverse renames the column back.
func (o *RenameColumn) Inverse(*Schema) ([]Operation, error) {
	return []Operation{&RenameColumn{Table: o.Table, From: o.To, To: o.From}}, nil
}
