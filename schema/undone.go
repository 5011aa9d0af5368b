package schema

import (
	"slices"

	"manage/engine/flavor"
)

// undone is the schema that o started from, as far as o's statements tell it,
// computed from s, which shows o's effect already. What o removed is there
// again, with a name and nothing else: it is the name by which a look at the
// schema tells that it is gone. It serves where nobody else knows the schema
// before, because plain SQL or another tool made the table.
func undone(o Operation, s *Schema) *Schema {
	before := s.Clone()
	t := before.Table(tableOf(o))
	switch o := o.(type) {
	case *CreateTable:
		if made := before.Table(o.name()); made != nil {
			delete(before.Tables, made.Name)
		}
	case *DropTable:
		if t == nil {
			before.Tables[o.Name] = &Table{Name: o.Name, Columns: []*Column{{Name: "id", Nullable: true}}}
		}
	case *RenameTable:
		if t == nil {
			_ = (&RenameTable{From: o.To, To: o.From}).Apply(before) // fails where neither is there
		}
	case *CreateEnum:
		delete(before.Enums, o.Name)
	case *DropEnum:
		if before.Enums[o.Name] == nil {
			before.Enums[o.Name] = &Enum{Name: o.Name}
		}
	case *AddEnumValue:
		if e := before.Enums[o.Name]; e != nil {
			e.Values = slices.DeleteFunc(e.Values, func(v string) bool { return v == o.Value })
		}
	default:
		if t != nil {
			undoneIn(o, before, t)
		}
	}
	return before
}

// undoneIn is undone for what an operation changes within a table.
func undoneIn(o Operation, before *Schema, t *Table) {
	d := before.Flavor.Dialect
	switch o := o.(type) {
	case *AddColumn:
		t.Columns = slices.DeleteFunc(t.Columns, func(c *Column) bool { return sameName(c.Name, o.Name, d) })
		t.Checks = slices.DeleteFunc(t.Checks, func(c *Check) bool { return c.Column != "" && sameName(c.Column, o.Name, d) })
	case *DropColumn:
		if t.column(o.Name, d) == nil {
			t.Columns = append(t.Columns, &Column{Name: o.Name, Type: "integer", Nullable: true})
		}
	case *RenameColumn:
		if t.column(o.From, d) == nil {
			_ = (&RenameColumn{Table: o.Table, From: o.To, To: o.From}).Apply(before) // fails where neither is there
		}
	case *AddIndex:
		t.Indexes = slices.DeleteFunc(t.Indexes, func(x *Index) bool { return sameName(x.Name, o.Name, d) })
		if d.MySQLFamily() {
			t.Uniques = slices.DeleteFunc(t.Uniques, func(k *Key) bool { return sameName(k.Name, o.Name, d) })
		}
	case *DropIndex:
		if t.index(o.Name, d) == nil {
			t.Indexes = append(t.Indexes, &Index{Name: o.Name, Columns: []IndexColumn{{Name: t.Columns[0].Name}}, Valid: true})
		}
	case *CreateTrigger, *DropTrigger, *SyncColumns, *UnsyncColumns:
		undoneTrigger(o, before, t)
	default:
		undoneConstraint(o, before, t, d)
	}
}

// undoneTrigger is undone for triggers. Those that are dropped if they exist
// need not be there.
func undoneTrigger(o Operation, before *Schema, t *Table) {
	remove := func(name string) {
		if at := before.trigger(t.Name, name); at >= 0 {
			before.Triggers = slices.Delete(before.Triggers, at, at+1)
		}
	}
	switch o := o.(type) {
	case *CreateTrigger:
		remove(o.Name)
	case *SyncColumns:
		for _, name := range o.TriggerNames() {
			remove(name)
		}
	case *DropTrigger:
		if before.trigger(t.Name, o.Name) < 0 {
			before.Triggers = append(before.Triggers, Trigger{Name: o.Name, Table: t.Name})
		}
	}
}

// undoneConstraint is undone for constraints. One that was made without a name
// is the last that says the same, as servers number them.
func undoneConstraint(o Operation, before *Schema, t *Table, d flavor.Dialect) {
	switch o := o.(type) {
	case *AddUnique:
		_, k, _ := (&DropUnique{Table: o.Table, Name: o.Name, Columns: columnsUnlessNamed(o.Name, o.Columns)}).find(before)
		t.Uniques = drop(t.Uniques, k)
	case *DropUnique:
		if _, k, _ := o.find(before); k == nil {
			k = &Key{Name: o.Name, Columns: orFirst(o.Columns, t)}
			if k.Name == "" {
				k.Name = before.nameUnique(t, o.Columns)
			}
			t.Uniques = append(t.Uniques, k)
		}
	case *AddForeignKey:
		_, f, _ := (&DropForeignKey{Table: o.Table, Name: o.Name, Columns: columnsUnlessNamed(o.Name, o.Columns)}).find(before)
		t.ForeignKeys = drop(t.ForeignKeys, f)
	case *DropForeignKey:
		if _, f, _ := o.find(before); f == nil {
			f = &ForeignKey{Name: o.Name, Columns: orFirst(o.Columns, t), RefTable: t.Name}
			if f.Name == "" {
				f.Name = before.nameForeignKey(t, o.Columns)
			}
			t.ForeignKeys = append(t.ForeignKeys, f)
		}
	case *AddCheck:
		dropped := &DropCheck{Table: o.Table, Name: o.Name}
		if o.Name == "" {
			dropped.Expr = o.Expr
		}
		_, c, _ := dropped.find(before)
		t.Checks = drop(t.Checks, c)
	case *DropCheck:
		if _, c, _ := o.find(before); c == nil {
			expr, _ := o.Expr.condition(d)
			c = &Check{Name: o.Name, Expr: expr}
			if c.Name == "" {
				c.Name = before.nameCheck(t, expr)
			}
			t.Checks = append(t.Checks, c)
		}
	}
}

// orFirst is a list of columns, or the table's first where none is known.
func orFirst(columns []string, t *Table) []string {
	if len(columns) > 0 {
		return columns
	}
	return []string{t.Columns[0].Name}
}
