package schema

import (
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// Edit is one step on the way from one schema to another.
type Edit struct {
	// Op makes the step, Back undoes it. Op is nil if no operation can make it,
	// as Problem then says, and for what only the way back needs.
	Op, Back Operation
	// Dialects are those that both are for; empty means all.
	Dialects []string
	Kind     plan.ObjectKind
	Table    string
	Name     string // of the object; "" for one without a name
	// From and To are the column before and after alter_column, and To that of
	// add_column.
	From, To *ColumnDef
	// Around is true for what is taken away and given back because another
	// edit cannot be made while it is there.
	Around  bool
	Problem string
}

// KindPrimaryKey is what edits call a table's primary key.
const KindPrimaryKey plan.ObjectKind = "primary key"

// Derive lists the edits that lead from a schema to a model, in an order in
// which they can be made; Back undoes them in the reverse order. The schema is
// given as it is on one or more servers, and the edits are right for all of
// them. What servers spell differently, the order of columns, comments,
// character sets and names that a server chose are no differences. Triggers
// and views are left alone. It fails if the model does not fit a server.
func Derive(from []*Schema, to Model) ([]Edit, error) {
	old, _ := Portable(from...)
	d := &deriver{from: from, old: old, to: to}
	for _, s := range from {
		c := &comparer{f: s.Flavor, rules: derivedRules()}
		want := map[string]*Table{}
		for _, t := range to.Tables {
			made, err := t.table(s.Flavor)
			if err != nil {
				return nil, err
			}
			want[t.Name] = made
		}
		d.on = append(d.on, deriverOn{comparer: c, have: s, want: want})
	}
	d.enums()
	d.tables()
	return d.edits(), nil
}

// derivedRules are what is no difference between a model and a schema.
func derivedRules() Rules {
	return Rules{ChosenNames: true, ColumnOrder: true, Charsets: true, Comments: true, Triggers: true, Rowid: true}
}

// deriver is one run of Derive. The edits of each step of the order are
// collected on their own.
type deriver struct {
	from    []*Schema
	old, to Model
	on      []deriverOn

	makeEnums, dropKeys, dropParts, dropTables, makeTables, addColumns, dropColumns, alter, backBefore, addParts, backAfter, addKeys, dropEnums, problems []Edit
}

// deriverOn is what there is and what there is to be on one server.
type deriverOn struct {
	*comparer
	have *Schema
	want map[string]*Table
}

// edits are all of them in order: what is in the way goes first, foreign keys
// before all else and back last.
func (d *deriver) edits() []Edit {
	return slices.Concat(d.makeEnums, d.dropKeys, d.dropParts, d.dropTables, d.makeTables, d.addColumns, d.dropColumns,
		d.alter, d.backAfter, d.addParts, d.backBefore, d.addKeys, d.dropEnums, d.problems)
}

// all reports whether something holds on every server.
func (d *deriver) all(holds func(flavor.Dialect) bool) bool {
	return !slices.ContainsFunc(d.from, func(s *Schema) bool { return !holds(s.Flavor.Dialect) })
}

// enums derives what becomes of named enumerations. Where no server has any,
// there are none to be made.
func (d *deriver) enums() {
	if d.all(func(name flavor.Dialect) bool { return name != flavor.Postgres }) {
		return
	}
	for _, e := range d.to.Enums {
		at := slices.IndexFunc(d.old.Enums, func(o CreateEnum) bool { return o.Name == e.Name })
		if at < 0 {
			d.makeEnums = append(d.makeEnums, Edit{Kind: plan.KindEnum, Name: e.Name, Op: &CreateEnum{Name: e.Name, Values: e.Values}, Back: &DropEnum{Name: e.Name}})
			continue
		}
		d.enumValues(d.old.Enums[at], e)
	}
	for _, e := range d.old.Enums {
		if !slices.ContainsFunc(d.to.Enums, func(n CreateEnum) bool { return n.Name == e.Name }) {
			d.dropEnums = append(d.dropEnums, Edit{Kind: plan.KindEnum, Name: e.Name, Op: &DropEnum{Name: e.Name}, Back: &CreateEnum{Name: e.Name, Values: e.Values}})
		}
	}
}

// enumValues derives what becomes of an enumeration's values.
func (d *deriver) enumValues(old, to CreateEnum) {
	kept := slices.DeleteFunc(slices.Clone(old.Values), func(v string) bool { return !slices.Contains(to.Values, v) })
	order := slices.DeleteFunc(slices.Clone(to.Values), func(v string) bool { return !slices.Contains(old.Values, v) })
	if !slices.Equal(kept, order) {
		d.problems = append(d.problems, Edit{Kind: plan.KindEnum, Name: to.Name, Problem: "its values change their order, which no operation does"})
		return
	}
	values := slices.Clone(old.Values)
	for i, v := range to.Values {
		if slices.Contains(values, v) {
			continue
		}
		add := &AddEnumValue{Name: to.Name, Value: v}
		if i > 0 {
			add.After = to.Values[i-1]
			values = slices.Insert(values, slices.Index(values, add.After)+1, v)
		} else {
			add.Before = values[0]
			values = slices.Insert(values, 0, v)
		}
		d.makeEnums = append(d.makeEnums, Edit{Kind: plan.KindEnum, Name: to.Name, Op: add, Back: &DropEnumValue{Name: to.Name, Value: v}})
	}
	for _, v := range old.Values {
		if slices.Contains(to.Values, v) {
			continue
		}
		d.dropEnums = append(d.dropEnums, Edit{Kind: plan.KindEnum, Name: to.Name, Op: &DropEnumValue{Name: to.Name, Value: v}, Back: addedBack(to.Name, values, v)})
		values = slices.DeleteFunc(values, func(other string) bool { return other == v })
	}
}

// addedBack is what adds a value again where it was among others.
func addedBack(name string, values []string, value string) *AddEnumValue {
	back := &AddEnumValue{Name: name, Value: value}
	switch at := slices.Index(values, value); {
	case at > 0:
		back.After = values[at-1]
	case at == 0 && len(values) > 1:
		back.Before = values[1]
	}
	return back
}

// bare is a table's definition without what only models say of it.
func (o CreateTable) bare() *CreateTable {
	o.Columns = slices.Clone(o.Columns)
	for i := range o.Columns {
		o.Columns[i].RenamedFrom = ""
	}
	return &o
}

// tables derives what becomes of tables.
func (d *deriver) tables() {
	var gone, made, kept []string
	for _, t := range d.to.Tables {
		if d.old.table(t.Name) == nil {
			made = append(made, t.Name)
		} else {
			kept = append(kept, t.Name)
		}
	}
	for _, t := range d.old.Tables {
		if d.to.table(t.Name) == nil {
			gone = append(gone, t.Name)
		}
	}
	for _, name := range kept {
		t := &tableEdit{deriver: d, name: name, old: d.old.table(name), to: d.to.table(name)}
		t.columns()
		t.primaryKey()
		t.parts()
	}
	d.keysAround(kept)
	d.removeTables(gone)
	d.createTables(made)
}

// removeTables drops tables, those that refer to others before these. Foreign
// keys of tables that refer to each other in a circle go before.
func (d *deriver) removeTables(names []string) {
	rest := slices.Clone(names)
	for len(rest) > 0 {
		n := slices.IndexFunc(rest, func(name string) bool { return !d.referredTo(name, rest) })
		if n < 0 {
			n = 0
			d.cutReferences(rest[0], rest)
		}
		def := d.old.table(rest[n]).bare()
		d.dropTables = append(d.dropTables, Edit{Kind: plan.KindTable, Table: def.Name, Name: def.Name, Op: &DropTable{Name: def.Name}, Back: def})
		rest = slices.Delete(rest, n, n+1)
	}
}

// referredTo reports whether one of some tables, other than itself, has a
// foreign key to a table.
func (d *deriver) referredTo(name string, by []string) bool {
	return slices.ContainsFunc(by, func(other string) bool {
		return other != name && slices.ContainsFunc(d.old.table(other).ForeignKeys, func(f TableForeignKey) bool { return f.RefTable == name })
	})
}

// cutReferences drops the foreign keys of some tables to one of them.
func (d *deriver) cutReferences(name string, by []string) {
	for _, other := range by {
		t := d.old.table(other)
		if other == name {
			continue
		}
		keys := slices.Clone(t.ForeignKeys)
		t.ForeignKeys = nil
		for _, f := range keys {
			if f.RefTable != name {
				t.ForeignKeys = append(t.ForeignKeys, f)
				continue
			}
			d.dropKeys = append(d.dropKeys, dropKeyEdit(other, f))
		}
	}
}

// createTables makes tables, each after those that it refers to. Foreign keys
// to what is not there by then are added at the end.
func (d *deriver) createTables(names []string) {
	there := map[string]bool{}
	for rest := slices.Clone(names); len(rest) > 0; {
		n := max(0, slices.IndexFunc(rest, func(name string) bool { return len(d.early(name, there)) == len(d.to.table(name).ForeignKeys) }))
		def := d.to.table(rest[n]).bare()
		early := d.early(def.Name, there)
		for _, f := range def.ForeignKeys {
			if !slices.ContainsFunc(early, func(e TableForeignKey) bool { return sameReference(e.ForeignKeyDef, f.ForeignKeyDef) }) {
				d.addKeys = append(d.addKeys, addKeyEdit(def.Name, f))
			}
		}
		def.ForeignKeys = early
		there[def.Name] = true
		d.makeTables = append(d.makeTables, Edit{Kind: plan.KindTable, Table: def.Name, Name: def.Name, Op: def, Back: &DropTable{Name: def.Name}})
		rest = slices.Delete(rest, n, n+1)
	}
}

// early are the foreign keys of a new table that can be made with it: to
// itself, to tables made before, and to keys that were there all along.
func (d *deriver) early(name string, there map[string]bool) []TableForeignKey {
	var out []TableForeignKey
	for _, f := range d.to.table(name).ForeignKeys {
		if f.RefTable == name || there[f.RefTable] || d.settledKey(f.RefTable, f.RefColumns) {
			out = append(out, f)
		}
	}
	return out
}

// settledKey reports whether columns are a key of a table before and after,
// and none of them changes its type.
func (d *deriver) settledKey(table string, columns []string) bool {
	old, to := d.old.table(table), d.to.table(table)
	if old == nil || to == nil || slices.ContainsFunc(columns, func(c string) bool { return d.retyped(table, c) }) {
		return false
	}
	isKey := func(t *CreateTable) bool {
		return slices.EqualFunc(t.PrimaryKey, columns, strings.EqualFold) ||
			slices.ContainsFunc(t.Unique, func(u UniqueDef) bool { return slices.EqualFunc(u.Columns, columns, strings.EqualFold) }) ||
			slices.ContainsFunc(t.Indexes, func(x IndexDef) bool { return x.Unique && slices.EqualFunc(x.Columns, columns, strings.EqualFold) })
	}
	return isKey(old) && isKey(to)
}

// retyped reports whether a column's type is altered.
func (d *deriver) retyped(table, column string) bool {
	return slices.ContainsFunc(d.alter, func(e Edit) bool {
		op, ok := e.Op.(*AlterColumn)
		return ok && e.Table == table && e.Name == column && op.Type != ""
	})
}
