package schema

import (
	"fmt"
	"slices"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// AddColumn adds a column at the end of a table.
type AddColumn struct {
	Table string `toml:"table"`
	ColumnDef
	IfNotExists bool `toml:"if_not_exists"`
}

// Kind is "add_column".
func (o *AddColumn) Kind() string { return "add_column" }

// Check reports what is wrong with the operation by itself.
func (o *AddColumn) Check() error {
	if err := checkNeeded("table", o.Table); err != nil {
		return err
	}
	if o.Autoincrement {
		return fmt.Errorf("column %q: autoincrement is for create_table only", o.Name)
	}
	return o.ColumnDef.check()
}

// Apply adds the column.
func (o *AddColumn) Apply(s *Schema) error {
	if o.there(s) {
		return nil
	}
	t, c, check, err := o.fitting(s)
	if err != nil {
		return err
	}
	t.Columns = append(t.Columns, c)
	if check != nil {
		t.Checks = append(t.Checks, check)
	}
	return nil
}

// fitting is the table, the column and the check that comes with it, if they
// fit s.
func (o *AddColumn) fitting(s *Schema) (*Table, *Column, *Check, error) {
	t, err := s.need(o.Kind(), o.Table)
	if err != nil {
		return nil, nil, nil, err
	}
	c, check, err := o.parts(s)
	if err != nil {
		return nil, nil, nil, err
	}
	if t.column(c.Name, s.Flavor.Dialect) != nil {
		return nil, nil, nil, misfit(o.Kind(), o.Table, "column %q exists already", c.Name)
	}
	if err := t.strictType(c, s.Flavor); err != nil {
		return nil, nil, nil, misfit(o.Kind(), o.Table, "%s", err)
	}
	return t, c, check, nil
}

// parts is the column, and the check that the server adds to it.
func (o *AddColumn) parts(s *Schema) (*Column, *Check, error) {
	c, err := o.ColumnDef.column(s.Flavor)
	if err != nil {
		return nil, nil, misfit(o.Kind(), o.Table, "%s", err)
	}
	if o.live != nil {
		return c, nil, nil
	}
	if e := s.Enums[o.TypeName]; s.Flavor.NamedEnums() && o.TypeName != "" && e == nil && !s.Opaque {
		if t, err := typeFor(o.Type, o.TypeOn, s.Flavor.Dialect); err == nil && t.Name == "enum" {
			return nil, nil, misfit(o.Kind(), o.Table, "the enum type %q does not exist; create_enum makes it", o.TypeName)
		}
	}
	return c, jsonCheck(o.Type, o.TypeOn, c, s.Flavor), nil
}

// Render adds the column. On SQLite a column that ALTER TABLE cannot add
// makes a rebuild of the table.
func (o *AddColumn) Render(s *Schema) ([]plan.Statement, error) {
	if o.there(s) {
		return nil, nil
	}
	_, c, check, err := o.fitting(s)
	if err != nil {
		return nil, err
	}
	effect := &plan.Effect{Kind: plan.KindColumn, Table: o.Table, Name: c.Name, Present: true}
	if s.Flavor.Dialect == flavor.SQLite && c.addable() {
		return one("ALTER TABLE "+quoteIdent(o.Table, flavor.SQLite)+" ADD COLUMN "+sqliteColumn(c), effect), nil
	}
	a := alteration{before: s, table: o.Table, effect: effect}
	if s.Flavor.Dialect == flavor.SQLite {
		a.after = s.scratch(o.Table)
		if err := o.Apply(a.after); err != nil {
			return nil, err
		}
	}
	return renderAlter(a, func(p *planner) {
		p.addColumn(c, check)
	})
}

// Inverse drops the column.
func (o *AddColumn) Inverse(s *Schema) ([]Operation, error) {
	if o.there(s) {
		return nil, nil
	}
	name := o.Name
	if o.live != nil {
		name = o.live.Name
	}
	return []Operation{&DropColumn{Table: o.Table, Name: name}}, nil
}

// definition is the column as text, the same for two plans of one operation
// and for the column as the server then shows it.
func (c *Column) definition(f flavor.Flavor) string {
	text := CanonicalType(c.Type, f)
	if !c.Nullable {
		text += " NOT NULL"
	}
	if value, _ := settleDefault(c, f); value != "" {
		text += " DEFAULT " + value
	}
	return text
}

// checksOf lists the checks that a column alone has.
func (t *Table) checksOf(name string, d flavor.Dialect) []*Check {
	return slices.DeleteFunc(slices.Clone(t.Checks), func(c *Check) bool {
		if c.Column != "" {
			return !sameName(c.Column, name, d)
		}
		in := t.columnsIn(c.Expr)
		return len(in) != 1 || !sameName(in[0], name, d)
	})
}
