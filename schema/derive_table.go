package schema

import (
	"fmt"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// tableEdit derives what becomes of one table that stays.
type tableEdit struct {
	*deriver
	name    string
	old, to *CreateTable
}

func (t *tableEdit) problem(kind plan.ObjectKind, name, format string, args ...any) {
	t.problems = append(t.problems, Edit{Kind: kind, Table: t.name, Name: name, Problem: fmt.Sprintf(format, args...)})
}

// columnNamed is a definition's column called name, or nil.
func columnNamed(t *CreateTable, name string) *ColumnDef {
	for i := range t.Columns {
		if strings.EqualFold(t.Columns[i].Name, name) {
			return &t.Columns[i]
		}
	}
	return nil
}

// columns derives what becomes of the columns.
func (t *tableEdit) columns() {
	for _, c := range t.to.Columns {
		c.RenamedFrom = ""
		if was := columnNamed(t.old, c.Name); was != nil {
			t.alterColumn(*was, c)
			continue
		}
		if slices.Contains(t.to.PrimaryKey, c.Name) {
			continue // said of the key
		}
		to := c
		t.addColumns = append(t.addColumns, Edit{Kind: plan.KindColumn, Table: t.name, Name: c.Name, To: &to,
			Op: &AddColumn{Table: t.name, ColumnDef: c}, Back: &DropColumn{Table: t.name, Name: c.Name}})
	}
	for _, c := range t.old.Columns {
		if columnNamed(t.to, c.Name) != nil || slices.Contains(t.old.PrimaryKey, c.Name) {
			continue
		}
		from := c
		t.dropColumns = append(t.dropColumns, Edit{Kind: plan.KindColumn, Table: t.name, Name: c.Name, From: &from,
			Op: &DropColumn{Table: t.name, Name: c.Name}, Back: &AddColumn{Table: t.name, ColumnDef: c}})
	}
}

// columnChange is in what two definitions of a column differ, on any server.
type columnChange struct{ typ, null, def, numbered, other bool }

// change compares a column as it is with what it is to be.
func (t *tableEdit) change(name string) columnChange {
	var diff columnChange
	for _, on := range t.on {
		have, want := on.have.Table(t.name), on.want[t.name]
		if have == nil {
			continue
		}
		h, w := have.column(name, on.f.Dialect), want.column(name, on.f.Dialect)
		if h == nil || w == nil || on.describeColumn(have, h) == on.describeColumn(want, w) {
			continue
		}
		hd, hs := settleDefault(h, on.f)
		wd, ws := settleDefault(w, on.f)
		now := columnChange{
			typ:      on.typeOf(have, h) != on.typeOf(want, w),
			null:     (h.Nullable && !on.impliedNotNull(have, h)) != (w.Nullable && !on.impliedNotNull(want, w)),
			def:      hd != wd,
			numbered: on.f.Dialect != flavor.SQLite && (h.Autoincrement || hs) != (w.Autoincrement || ws),
		}
		now.other = now == columnChange{}
		diff = columnChange{diff.typ || now.typ, diff.null || now.null, diff.def || now.def, diff.numbered || now.numbered, diff.other || now.other}
	}
	return diff
}

// alterColumn derives what becomes of a column that stays.
func (t *tableEdit) alterColumn(from, to ColumnDef) {
	diff := t.change(to.Name)
	if diff.numbered || diff.other {
		t.problem(plan.KindColumn, to.Name, "no operation changes how its rows are numbered or generated")
	}
	if !diff.typ && !diff.null && !diff.def {
		return
	}
	t.alter = append(t.alter, Edit{Kind: plan.KindColumn, Table: t.name, Name: to.Name, From: &from, To: &to,
		Op: t.altering(diff, to), Back: t.altering(diff, from)})
}

// altering is the operation that gives a column what differs.
func (t *tableEdit) altering(diff columnChange, to ColumnDef) *AlterColumn {
	op := &AlterColumn{Table: t.name, Name: to.Name}
	if diff.typ {
		op.Type, op.TypeOn, op.TypeName = to.Type, to.TypeOn, to.TypeName
	}
	if diff.null {
		null := (to.Nullable == nil || *to.Nullable) && !to.Autoincrement
		op.Nullable = &null
	}
	switch {
	case !diff.def:
	case to.Default == nil && to.DefaultSQL.IsZero():
		op.DropDefault = true
	default:
		op.Default, op.DefaultSQL = to.Default, to.DefaultSQL
	}
	return op
}

func (t *tableEdit) primaryKey() {
	if !slices.EqualFunc(t.old.PrimaryKey, t.to.PrimaryKey, strings.EqualFold) {
		t.problem(KindPrimaryKey, "", "the primary key (%s) becomes (%s), which no operation does", strings.Join(t.old.PrimaryKey, ", "), strings.Join(t.to.PrimaryKey, ", "))
	}
}

// parts derives what becomes of indexes and constraints.
func (t *tableEdit) parts() {
	indexes, uniques := t.to.Indexes, t.to.Unique
	if t.all(flavor.Dialect.MySQLFamily) {
		indexes, uniques = asConstraints(indexes, uniques)
	}
	difference(t.old.Checks, t.to.Checks, t.sameCheck, func(c TableCheck) {
		drop, add := &DropCheck{Table: t.name, Name: c.Name}, &AddCheck{Table: t.name, CheckDef: c.CheckDef}
		if c.Name == "" {
			drop.Expr = c.Expr
		}
		t.dropParts = append(t.dropParts, Edit{Kind: plan.KindCheck, Table: t.name, Name: c.Name, Dialects: c.Dialects, Op: drop, Back: add})
	}, func(c TableCheck) {
		drop, add := &DropCheck{Table: t.name, Name: c.Name}, &AddCheck{Table: t.name, CheckDef: c.CheckDef}
		if c.Name == "" {
			drop.Expr = c.Expr
		}
		t.addParts = append(t.addParts, Edit{Kind: plan.KindCheck, Table: t.name, Name: c.Name, Dialects: c.Dialects, Op: add, Back: drop})
	})
	// Before unique constraints, which MySQL finds by their columns among both.
	difference(t.old.Indexes, indexes, t.sameIndex, func(x IndexDef) {
		t.dropParts = append(t.dropParts, Edit{Kind: plan.KindIndex, Table: t.name, Name: x.Name, Op: &DropIndex{Table: t.name, Name: x.Name}, Back: &AddIndex{Table: t.name, IndexDef: x}})
	}, func(x IndexDef) {
		if !t.madeAlready(x) {
			t.addParts = append(t.addParts, Edit{Kind: plan.KindIndex, Table: t.name, Name: x.Name, Op: &AddIndex{Table: t.name, IndexDef: x}, Back: &DropIndex{Table: t.name, Name: x.Name}})
		}
	})
	difference(t.old.Unique, uniques, sameUnique, func(u UniqueDef) {
		t.dropParts = append(t.dropParts, Edit{Kind: plan.KindUnique, Table: t.name, Name: u.Name, Op: dropUnique(t.name, u), Back: &AddUnique{Table: t.name, UniqueDef: u}})
	}, func(u UniqueDef) {
		t.addParts = append(t.addParts, Edit{Kind: plan.KindUnique, Table: t.name, Name: u.Name, Op: &AddUnique{Table: t.name, UniqueDef: u}, Back: dropUnique(t.name, u)})
	})
	difference(t.old.ForeignKeys, t.to.ForeignKeys, t.sameKey, func(f TableForeignKey) {
		t.dropKeys = append(t.dropKeys, dropKeyEdit(t.name, f))
	}, func(f TableForeignKey) {
		t.addKeys = append(t.addKeys, addKeyEdit(t.name, f))
	})
}

// difference pairs two lists, and calls gone and come for what only one has.
func difference[T any](old, to []T, same func(T, T) bool, gone, come func(T)) {
	rest := slices.Clone(to)
	for _, o := range old {
		if at := slices.IndexFunc(rest, func(n T) bool { return same(o, n) }); at >= 0 {
			rest = slices.Delete(rest, at, at+1)
			continue
		}
		gone(o)
	}
	for _, n := range rest {
		come(n)
	}
}

// asConstraints says unique indexes as unique constraints, where the server
// knows no other.
func asConstraints(indexes []IndexDef, uniques []UniqueDef) ([]IndexDef, []UniqueDef) {
	var plain []IndexDef
	uniques = slices.Clone(uniques)
	for _, x := range indexes {
		if x.Unique && x.Length.All == 0 && len(x.Length.By) == 0 {
			uniques = append(uniques, UniqueDef{Name: x.Name, Columns: x.Columns})
			continue
		}
		plain = append(plain, x)
	}
	return plain, uniques
}

func dropUnique(table string, u UniqueDef) *DropUnique {
	if u.Name != "" {
		return &DropUnique{Table: table, Name: u.Name}
	}
	return &DropUnique{Table: table, Columns: u.Columns}
}

func dropKeyEdit(table string, f TableForeignKey) Edit {
	return Edit{Kind: plan.KindForeignKey, Table: table, Name: f.Name, Dialects: f.Dialects, Op: dropKey(table, f), Back: &AddForeignKey{Table: table, ForeignKeyDef: f.ForeignKeyDef}}
}

func addKeyEdit(table string, f TableForeignKey) Edit {
	return Edit{Kind: plan.KindForeignKey, Table: table, Name: f.Name, Dialects: f.Dialects, Op: &AddForeignKey{Table: table, ForeignKeyDef: f.ForeignKeyDef}, Back: dropKey(table, f)}
}

func dropKey(table string, f TableForeignKey) *DropForeignKey {
	if f.Name != "" {
		return &DropForeignKey{Table: table, Name: f.Name}
	}
	return &DropForeignKey{Table: table, Columns: f.Columns}
}
