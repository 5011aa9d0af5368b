package schema

import (
	"slices"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// DropColumn removes a column, and with it what the server removes:
//
//   - PostgreSQL, and SQLite here as well: indexes, unique constraints and
//     checks that contain it, and foreign keys of the table ("Indexes and
//     table constraints involving the column will be automatically dropped",
//     manual, ALTER TABLE);
//   - MySQL and MariaDB: the column's part of every index, and checks of this
//     column alone. Foreign keys must be dropped before.
type DropColumn struct {
	Table    string `toml:"table"`
	Name     string `toml:"name"`
	IfExists bool   `toml:"if_exists"`
}

// Kind is "drop_column".
func (o *DropColumn) Kind() string { return "drop_column" }

// Check reports what is wrong with the operation by itself.
func (o *DropColumn) Check() error { return checkNeeded("table", o.Table, "name", o.Name) }

// gone reports whether there is no such column and need not be.
func (o *DropColumn) gone(s *Schema) bool {
	if !o.IfExists {
		return false
	}
	t := s.Table(o.Table)
	return t == nil || t.column(o.Name, s.Flavor.Dialect) == nil
}

// Apply removes the column and what goes with it.
func (o *DropColumn) Apply(s *Schema) error {
	if o.gone(s) {
		return nil
	}
	t, c, err := s.needColumn(o.Kind(), o.Table, o.Name)
	if err != nil {
		return err
	}
	if len(t.Columns) == 1 {
		return misfit(o.Kind(), o.Table, "column %q is the only one", o.Name)
	}
	if err := o.checkUses(s, t, c.Name); err != nil {
		return err
	}
	if s.Flavor.Dialect.MySQLFamily() {
		t.dropColumnMySQL(c.Name, s.Flavor.Dialect)
	} else {
		t.dropColumnOthers(c.Name, s.Flavor.Dialect)
	}
	t.Columns = drop(t.Columns, c)
	return nil
}

// checkUses refuses what the server refuses.
func (o *DropColumn) checkUses(s *Schema, t *Table, name string) error {
	d := s.Flavor.Dialect
	for _, n := range s.TableNames() {
		for _, f := range s.Tables[n].ForeignKeys {
			own := n == t.Name && hasColumn(f.Columns, name, d) && !d.MySQLFamily()
			if sameTable(f.RefTable, t.Name, s.Flavor) && hasColumn(f.RefColumns, name, d) && !own {
				return misfit(o.Kind(), o.Table, "column %q is referenced by a foreign key of table %q; drop that first", name, n)
			}
		}
	}
	if t.PrimaryKey != nil && hasColumn(t.PrimaryKey.Columns, name, d) {
		return misfit(o.Kind(), o.Table, "column %q belongs to the primary key", name)
	}
	if !d.MySQLFamily() {
		return nil
	}
	return o.checkMySQL(t, name, d)
}

// checkMySQL refuses what MySQL and MariaDB refuse beyond that.
func (o *DropColumn) checkMySQL(t *Table, name string, d flavor.Dialect) error {
	for _, k := range t.Uniques {
		if d == flavor.MariaDB && len(k.Columns) > 1 && hasColumn(k.Columns, name, d) {
			return misfit(o.Kind(), o.Table, "column %q is in the unique constraint %q with other columns; drop that first", name, k.Name)
		}
	}
	for _, f := range t.ForeignKeys {
		if hasColumn(f.Columns, name, d) {
			return misfit(o.Kind(), o.Table, "column %q has the foreign key %q; drop that first", name, f.Name)
		}
	}
	for _, c := range t.Checks {
		if in := t.columnsIn(c.Expr); len(in) > 1 && hasColumn(in, name, d) {
			return misfit(o.Kind(), o.Table, "column %q is in the check %q with other columns; drop that first", name, c.Name)
		}
	}
	return nil
}

// dropColumnMySQL takes the column out of keys and indexes, which vanish with
// their last column.
func (t *Table) dropColumnMySQL(name string, d flavor.Dialect) {
	for _, c := range t.checksOf(name, d) {
		t.Checks = drop(t.Checks, c)
	}
	t.Uniques = slices.DeleteFunc(t.Uniques, func(k *Key) bool { return !k.without(name, d) })
	t.Indexes = slices.DeleteFunc(t.Indexes, func(x *Index) bool {
		x.Columns = slices.DeleteFunc(x.Columns, func(c IndexColumn) bool {
			return c.Name != "" && sameName(c.Name, name, d)
		})
		return len(x.Columns) == 0
	})
}

// without removes a column; false if none is left.
func (k *Key) without(name string, d flavor.Dialect) bool {
	k.Columns = slices.DeleteFunc(k.Columns, func(c string) bool { return sameName(c, name, d) })
	return len(k.Columns) > 0
}

// dropColumnOthers removes everything that contains the column.
func (t *Table) dropColumnOthers(name string, d flavor.Dialect) {
	t.Uniques = slices.DeleteFunc(t.Uniques, func(k *Key) bool { return hasColumn(k.Columns, name, d) })
	t.Indexes = slices.DeleteFunc(t.Indexes, func(x *Index) bool { return x.uses(name, d) })
	t.ForeignKeys = slices.DeleteFunc(t.ForeignKeys, func(f *ForeignKey) bool {
		gone := hasColumn(f.Columns, name, d)
		if gone {
			t.dropInlineForeignKey(f)
		}
		return gone
	})
	t.Checks = slices.DeleteFunc(t.Checks, func(c *Check) bool {
		gone := c.Column != "" && sameName(c.Column, name, d) || reads(c.Expr, name, d)
		if gone {
			t.dropInlineCheck(c)
		}
		return gone
	})
}

// uses reports whether a column is in the index, also by an expression.
func (x *Index) uses(name string, d flavor.Dialect) bool {
	return reads(x.Where, name, d) || slices.ContainsFunc(x.Columns, func(c IndexColumn) bool {
		return c.Name != "" && sameName(c.Name, name, d) || reads(c.Expr, name, d)
	})
}

// Render drops the column.
func (o *DropColumn) Render(s *Schema) ([]plan.Statement, error) {
	if o.gone(s) {
		return nil, nil
	}
	after := s.scratch(o.Table)
	if err := o.Apply(after); err != nil {
		return nil, err
	}
	_, c, err := s.needColumn(o.Kind(), o.Table, o.Name)
	if err != nil {
		return nil, err
	}
	effect := &plan.Effect{Kind: plan.KindColumn, Table: o.Table, Name: c.Name}
	return renderAlter(alteration{before: s, after: after, table: o.Table, effect: effect}, func(p *planner) {
		p.dropColumn(c)
	})
}

// Inverse adds the column and what went with it, at the end of the table. Its
// values are gone.
func (o *DropColumn) Inverse(s *Schema) ([]Operation, error) {
	if o.gone(s) {
		return nil, nil
	}
	t, c, err := s.needColumn(o.Kind(), o.Table, o.Name)
	if err != nil {
		return nil, err
	}
	if !c.Nullable && c.Default == nil {
		return nil, &IrreversibleError{Kind: o.Kind(), Why: "column " + c.Name + " is NOT NULL without a default, and its values are gone"}
	}
	after := s.scratch(o.Table)
	if err := o.Apply(after); err != nil {
		return nil, err
	}
	return append([]Operation{&AddColumn{Table: t.Name, ColumnDef: ColumnDef{live: c.bare()}}},
		lostWith(t, after.Table(o.Table), s.Flavor.Dialect)...), nil
}

// bare is the column without the text of its definition, which may hold
// constraints that are added on their own.
func (c *Column) bare() *Column {
	out := c.clone()
	out.Text = ""
	return out
}
