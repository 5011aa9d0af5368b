package schema

import (
	"slices"

	"manage/engine/flavor"
)

// lostWith lists the operations that give a table back the indexes and
// constraints that it has before and not after, or not in the same form.
func lostWith(before, after *Table, d flavor.Dialect) []Operation {
	var ops []Operation
	for _, k := range before.Uniques {
		if !slices.ContainsFunc(after.Uniques, func(o *Key) bool { return o.Name == k.Name && sameColumns(o.Columns, k.Columns, d) }) {
			ops = append(ops, lostUnique(before.Name, after, k)...)
		}
	}
	for _, x := range before.Indexes {
		if !slices.ContainsFunc(after.Indexes, func(o *Index) bool { return o.Name == x.Name && slices.Equal(o.Columns, x.Columns) }) {
			if after.index(x.Name, d) != nil {
				ops = append(ops, &DropIndex{Table: before.Name, Name: x.Name})
			}
			ops = append(ops, &AddIndex{Table: before.Name, IndexDef: IndexDef{Name: x.Name}, live: x.clone()})
		}
	}
	for _, f := range before.ForeignKeys {
		if !slices.ContainsFunc(after.ForeignKeys, func(o *ForeignKey) bool { return o.Name == f.Name && sameColumns(o.Columns, f.Columns, d) }) {
			ops = append(ops, &AddForeignKey{Table: before.Name, ForeignKeyDef: f.def()})
		}
	}
	for _, c := range before.Checks {
		if !slices.ContainsFunc(after.Checks, func(o *Check) bool { return o.Name == c.Name && o.Expr == c.Expr }) {
			ops = append(ops, &AddCheck{Table: before.Name, CheckDef: CheckDef{Name: c.Name, Expr: onlyFor(c.Expr, d)}})
		}
	}
	return ops
}

func lostUnique(table string, after *Table, k *Key) []Operation {
	var ops []Operation
	if k.Name != "" && slices.ContainsFunc(after.Uniques, func(o *Key) bool { return o.Name == k.Name }) {
		ops = append(ops, &DropUnique{Table: table, Name: k.Name})
	}
	return append(ops, &AddUnique{Table: table, UniqueDef: UniqueDef{Name: k.Name, Columns: slices.Clone(k.Columns)}})
}

// def is the foreign key as catalogs write it.
func (f *ForeignKey) def() ForeignKeyDef {
	return ForeignKeyDef{
		Name: f.Name, Columns: slices.Clone(f.Columns),
		RefTable: f.RefTable, RefColumns: slices.Clone(f.RefColumns),
		OnDelete: f.OnDelete, OnUpdate: f.OnUpdate,
	}
}

// givenWay lists the operations that make again the indexes which MySQL made
// for foreign keys and dropped in favour of what an operation adds. They come
// before the way back, which would be refused without them.
func givenWay(s *Schema, o Operation, table string) ([]Operation, error) {
	d := s.Flavor.Dialect
	if !d.MySQLFamily() {
		return nil, nil
	}
	tried := s.scratch(table)
	if err := o.Apply(tried); err != nil {
		return nil, err
	}
	before, after := s.Table(table), tried.Table(table)
	var ops []Operation
	for _, x := range before.Indexes {
		if after.index(x.Name, d) != nil {
			continue
		}
		again := x.clone()
		if after.unique(x.Name, d) != nil {
			again.Name = after.keyName(x.Columns[0].Name, d)
		}
		ops = append(ops, &AddIndex{Table: table, IndexDef: IndexDef{Name: again.Name}, live: again})
	}
	return ops, nil
}
