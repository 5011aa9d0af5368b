package schema

import (
	"slices"
	"strings"

	"manage/engine/flavor"
)

// This file says which definitions of indexes and constraints are the same.

// sameGiven compares names; one that was left to a server equals any.
func sameGiven(a, b string) bool { return a == "" || b == "" || strings.EqualFold(a, b) }

func sameUnique(a, b UniqueDef) bool {
	return slices.EqualFunc(a.Columns, b.Columns, strings.EqualFold) && sameGiven(a.Name, b.Name)
}

func (t *tableEdit) sameCheck(a, b TableCheck) bool {
	return t.all(func(d flavor.Dialect) bool {
		serves := flavor.Serves(a.Dialects, d)
		if serves != flavor.Serves(b.Dialects, d) {
			return false
		}
		x, _ := a.Expr.condition(d)
		y, _ := b.Expr.condition(d)
		return !serves || sameGiven(a.name(d), b.name(d)) && sameExpr(x, y)
	})
}

func (t *tableEdit) sameIndex(a, b IndexDef) bool {
	return strings.EqualFold(a.Name, b.Name) && a.Unique == b.Unique && slices.EqualFunc(a.Columns, b.Columns, strings.EqualFold) &&
		t.all(func(d flavor.Dialect) bool {
			if d.MySQLFamily() {
				return !slices.ContainsFunc(a.Columns, func(c string) bool { return a.Length.of(c) != b.Length.of(c) })
			}
			x, _ := a.Where.For(d)
			y, _ := b.Where.For(d)
			return sameExpr(x, y)
		})
}

// madeAlready reports whether all servers have an index already that was not
// put into portable words: one that MySQL may have made for a foreign key.
func (t *tableEdit) madeAlready(x IndexDef) bool {
	return !slices.ContainsFunc(t.on, func(on deriverOn) bool {
		want, err := x.index(on.f.Dialect)
		have := on.have.Table(t.name).index(x.Name, on.f.Dialect)
		return err != nil || have == nil || have.Made || on.describeIndex(have) != on.describeIndex(want)
	})
}

func (t *tableEdit) sameKey(a, b TableForeignKey) bool {
	mysql := t.all(flavor.Dialect.MySQLFamily)
	action := func(x, y string) bool {
		x, _ = refAction(x)
		y, _ = refAction(y)
		return x == y || mysql && (x == "" || x == "RESTRICT") && (y == "" || y == "RESTRICT")
	}
	return slices.EqualFunc(a.Columns, b.Columns, strings.EqualFold) && slices.EqualFunc(a.RefColumns, b.RefColumns, strings.EqualFold) &&
		strings.EqualFold(a.RefTable, b.RefTable) && action(a.OnDelete, b.OnDelete) && action(a.OnUpdate, b.OnUpdate) && sameGiven(a.Name, b.Name) &&
		t.all(func(d flavor.Dialect) bool { return flavor.Serves(a.Dialects, d) == flavor.Serves(b.Dialects, d) })
}

// keysAround takes away, and gives back, the foreign keys that stand in the way
// of other edits: of columns that change their type, and, on MySQL, of indexes
// that serve them. A new index may come to serve one, so that only the way back
// needs it.
func (d *deriver) keysAround(tables []string) {
	for _, name := range tables {
		t := &tableEdit{deriver: d, name: name, old: d.old.table(name), to: d.to.table(name)}
		for _, f := range t.to.ForeignKeys {
			if !slices.ContainsFunc(t.old.ForeignKeys, func(o TableForeignKey) bool { return t.sameKey(o, f) }) {
				continue
			}
			drop, add := dropKeyEdit(name, f), addKeyEdit(name, f)
			drop.Around, add.Around = true, true
			switch {
			case t.joinsRetyped(f):
			case t.mysqlOnly(&drop, &add) && slices.ContainsFunc(d.dropParts, func(e Edit) bool { return t.serves(f, e, e.Back) }):
			case len(drop.Dialects) > 0 && slices.ContainsFunc(d.addParts, func(e Edit) bool { return t.serves(f, e, e.Op) }):
				drop.Op, add.Op = nil, nil
				d.backAfter, d.backBefore = append(d.backAfter, drop), append(d.backBefore, add)
				continue
			default:
				continue
			}
			d.dropKeys, d.addKeys = append(d.dropKeys, drop), append(d.addKeys, add)
		}
	}
}

// joinsRetyped reports whether a column of the foreign key, on either side, is
// given another type.
func (t *tableEdit) joinsRetyped(f TableForeignKey) bool {
	for i, c := range f.Columns {
		if t.retyped(t.name, c) || t.retyped(f.RefTable, f.RefColumns[i]) {
			return true
		}
	}
	return false
}

// mysqlOnly limits edits of a foreign key to the servers that need indexes for
// them; false if none of the servers is one.
func (t *tableEdit) mysqlOnly(edits ...*Edit) bool {
	var on []flavor.Dialect
	for _, d := range []flavor.Dialect{flavor.MySQL, flavor.MariaDB} {
		there := slices.ContainsFunc(t.from, func(s *Schema) bool { return s.Flavor.Dialect == d })
		if there && flavor.Serves(edits[0].Dialects, d) {
			on = append(on, d)
		}
	}
	for _, e := range edits {
		e.Dialects = dialectNames(on)
	}
	return len(on) > 0
}

// serves reports whether an index or a unique constraint is one that MySQL may
// use for the foreign key. op is what makes it.
func (t *tableEdit) serves(f TableForeignKey, e Edit, op Operation) bool {
	var columns []string
	switch op := op.(type) {
	case *AddIndex:
		columns = op.Columns
	case *AddUnique:
		columns = op.Columns
	default:
		return false
	}
	child := e.Table == t.name && len(columns) >= len(f.Columns) && slices.EqualFunc(columns[:len(f.Columns)], f.Columns, strings.EqualFold)
	return child || e.Table == f.RefTable && slices.EqualFunc(columns, f.RefColumns, strings.EqualFold)
}
