package schema

import "slices"

// This file says when an operation with if_not_exists has nothing to do: when
// something of that name is there, or, for a constraint without a name, one
// that says the same.

// there reports whether the column is there and need not be made.
func (o *AddColumn) there(s *Schema) bool {
	t := s.Table(o.Table)
	return o.IfNotExists && t != nil && t.column(o.Name, s.Flavor.Dialect) != nil
}

// there reports whether the index is there and need not be made. One that is not
// valid is not there.
func (o *AddIndex) there(s *Schema) bool {
	t, d := s.Table(o.Table), s.Flavor.Dialect
	if !o.IfNotExists || t == nil {
		return false
	}
	x := t.index(o.Name, d)
	return x != nil && x.Valid || d.MySQLFamily() && t.unique(o.Name, d) != nil
}

// there reports whether the constraint is there and need not be made.
func (o *AddUnique) there(s *Schema) bool {
	t, d := s.Table(o.Table), s.Flavor.Dialect
	return o.IfNotExists && t != nil && slices.ContainsFunc(t.Uniques, func(k *Key) bool {
		return o.Name != "" && sameName(k.Name, o.Name, d) || o.Name == "" && sameColumns(k.Columns, o.Columns, d)
	})
}

// there reports whether the foreign key is there and need not be made.
func (o *AddForeignKey) there(s *Schema) bool {
	t, d := s.Table(o.Table), s.Flavor.Dialect
	return o.IfNotExists && t != nil && slices.ContainsFunc(t.ForeignKeys, func(f *ForeignKey) bool {
		same := sameColumns(f.Columns, o.Columns, d) && sameName(f.RefTable, o.RefTable, d) && sameColumns(f.RefColumns, o.RefColumns, d)
		return o.Name != "" && sameName(f.Name, o.Name, d) || o.Name == "" && same
	})
}

// there reports whether the check is there and need not be made.
func (o *AddCheck) there(s *Schema) bool {
	t, d := s.Table(o.Table), s.Flavor.Dialect
	expr, _ := o.Expr.condition(d)
	return o.IfNotExists && t != nil && slices.ContainsFunc(t.Checks, func(c *Check) bool {
		return o.Name != "" && sameName(c.Name, o.Name, d) || o.Name == "" && sameExpr(c.Expr, expr)
	})
}
