package schema

import (
	"slices"

	"manage/engine/flavor"
)

// leftovers is what an interrupted run left of an operation that PostgreSQL is
// given in several statements.
type leftovers struct {
	invalid  *Index // of the operation's name, to be dropped before it is built
	index    *Index // that is built, and is to become the constraint
	unproved bool   // the constraint is there and is to be validated
	set      *Check // by which a column is proved to have no nulls
	shell    bool   // of a partitioned table, which some of its partitions lack
	parts    bool   // a foreign key that partitions have, and not yet their table
}

// Clear removes from s what an interrupted run of o left half done, so that o
// can be applied. begun is as in Form. An index that is not valid serves nobody
// and is always taken for such.
func Clear(o Operation, s *Schema, begun bool) { clearLeftovers(o, s, begun) }

// clearLeftovers is Clear, and says what was there.
func clearLeftovers(o Operation, s *Schema, begun bool) leftovers {
	t := s.Table(tableOf(o))
	if s.Flavor.Dialect != flavor.Postgres || t == nil {
		return leftovers{}
	}
	switch o := o.(type) {
	case *AddIndex:
		if x := t.index(o.Name, flavor.Postgres); begun && x != nil && x.Partitioned() && !x.Valid && o.same(x) {
			t.Indexes = drop(t.Indexes, x)
			return leftovers{shell: true}
		}
		return leftovers{invalid: t.takeInvalid(o.Name)}
	case *AddUnique:
		return t.takeUnique(s, o, begun)
	case *AlterColumn:
		if begun {
			return t.takeSet(o)
		}
	case *AddForeignKey:
		return leftovers{unproved: begun && t.takeForeignKey(o), parts: begun && t.Partitioned && !t.hasForeignKey(o)}
	case *AddCheck:
		return leftovers{unproved: begun && t.takeCheck(o)}
	}
	return leftovers{}
}

// same reports whether an index is what the operation makes, as far as its
// columns tell.
func (o *AddIndex) same(x *Index) bool {
	return x.Unique == o.Unique && sameColumns(x.columnNames(), o.Columns, flavor.Postgres)
}

// takeInvalid removes an index that an interrupted CREATE INDEX CONCURRENTLY
// left.
func (t *Table) takeInvalid(name string) *Index {
	x := t.index(name, flavor.Postgres)
	if x == nil || x.Valid {
		return nil
	}
	t.Indexes = drop(t.Indexes, x)
	return x
}

// takeUnique removes the index that a unique constraint is to be made of.
func (t *Table) takeUnique(s *Schema, o *AddUnique, begun bool) leftovers {
	name := o.Name
	for _, k := range t.Uniques {
		if begun && k.Partial && (k.Name == name || name == "") && sameColumns(k.Columns, o.Columns, flavor.Postgres) {
			t.Uniques = drop(t.Uniques, k)
			return leftovers{shell: true}
		}
	}
	if name == "" {
		name = unindexed(s, t, o)
	}
	if x := t.takeInvalid(name); x != nil {
		return leftovers{invalid: x}
	}
	x := t.index(name, flavor.Postgres)
	if x == nil || !begun || !x.Unique || x.Where != "" || !sameColumns(x.columnNames(), o.Columns, flavor.Postgres) {
		return leftovers{}
	}
	t.Indexes = drop(t.Indexes, x)
	return leftovers{index: x}
}

// unindexed is the name that the server gives to a unique constraint without
// one, were there no index yet that is on the way to become it.
func unindexed(s *Schema, t *Table, o *AddUnique) string {
	bare := s.scratch(t.Name)
	b := bare.Table(t.Name)
	for _, x := range t.Indexes {
		if x.Unique && x.Where == "" && sameColumns(x.columnNames(), o.Columns, flavor.Postgres) {
			b.Indexes = drop(t.Indexes, x)
		}
	}
	return bare.nameUnique(b, o.Columns)
}

// hasForeignKey reports whether a table has what the operation adds.
func (t *Table) hasForeignKey(o *AddForeignKey) bool {
	return slices.ContainsFunc(t.ForeignKeys, func(f *ForeignKey) bool {
		return f.Name == o.Name || o.Name == "" && sameColumns(f.Columns, o.Columns, flavor.Postgres) && f.RefTable == o.RefTable
	})
}

// takeForeignKey removes a foreign key that is not validated yet.
func (t *Table) takeForeignKey(o *AddForeignKey) bool {
	for _, f := range t.ForeignKeys {
		same := f.Name == o.Name || o.Name == "" && sameColumns(f.Columns, o.Columns, flavor.Postgres) && f.RefTable == o.RefTable
		if same && f.NotValid {
			t.ForeignKeys = drop(t.ForeignKeys, f)
			return true
		}
	}
	return false
}

// takeCheck removes a check that is not validated yet.
func (t *Table) takeCheck(o *AddCheck) bool {
	expr, _ := o.Expr.condition(flavor.Postgres)
	for _, c := range t.Checks {
		if (c.Name == o.Name || o.Name == "" && sameExpr(c.Expr, expr)) && c.NotValid {
			t.Checks = drop(t.Checks, c)
			return true
		}
	}
	return false
}

// takeSet removes the check by which a column was to be proved to have no
// nulls.
func (t *Table) takeSet(o *AlterColumn) leftovers {
	for _, c := range t.Checks {
		if slices.Contains(setCheckNames(t.Name, o.Name), c.Name) && mentions(c.Expr, o.Name) {
			t.Checks = drop(t.Checks, c)
			return leftovers{set: c}
		}
	}
	return leftovers{}
}

// setCheckName is the name of the check by which a column is proved to have no
// nulls before it is set NOT NULL.
func setCheckName(table, column string) string { return setCheckNames(table, column)[0] }

// setCheckNames are the names that it may have, the last from when names were
// only cut.
func setCheckNames(table, column string) []string {
	whole := table + "_" + column + "_is_set"
	return []string{flavor.Fit(whole), flavor.Cut(whole, flavor.PostgresName)}
}
