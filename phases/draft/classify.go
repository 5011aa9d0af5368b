package draft

import (
	"fmt"
	"slices"
	"strings"

	"manage/engine/plan"
	"manage/schema"
)

// sorted are edits by what two releases that run side by side make of them.
type sorted struct {
	expand, contract []schema.Edit
	// bridged need something that keeps both releases working, for which
	// nothing is written.
	bridged []bridged
	notes   []bridged
}

// bridged is an edit with what stands against it, and what to write by hand.
type bridged struct {
	edit            schema.Edit
	problem, advice string
}

// classifier sorts the edits of one draft.
type classifier struct {
	edits []schema.Edit
	out   sorted
}

// classify sorts edits: what the old release does not notice is for expand,
// what the new one no longer needs for contract.
func classify(edits []schema.Edit) sorted {
	c := &classifier{edits: edits}
	for _, e := range edits {
		if !e.Around {
			c.one(e)
		}
	}
	c.around()
	return c.out
}

func (c *classifier) bridge(e schema.Edit, problem, advice string) {
	c.out.bridged = append(c.out.bridged, bridged{e, problem, advice})
}

func (c *classifier) expand(e schema.Edit) { c.out.expand = append(c.out.expand, e) }

func (c *classifier) contract(e schema.Edit) { c.out.contract = append(c.out.contract, e) }

// one sorts one edit.
func (c *classifier) one(e schema.Edit) {
	if c.replaced(e) {
		c.bridge(e, "it reads otherwise, and the two cannot be there under one name",
			"give the new one another name: it is then a thing of its own, to be made before the old one goes")
		return
	}
	switch op := e.Op.(type) {
	case nil:
		c.bridge(e, e.Problem, adviceFor(e))
	case *schema.CreateTable, *schema.CreateEnum, *schema.AddEnumValue:
		c.expand(e)
	case *schema.AddColumn:
		c.column(e, op)
	case *schema.AlterColumn:
		c.alter(e, op)
	case *schema.AddIndex, *schema.AddUnique, *schema.AddForeignKey, *schema.AddCheck:
		c.constraint(e)
	case *schema.RenameTable, *schema.RenameColumn, *schema.DropEnumValue:
		c.rename(e)
	default:
		c.removal(e)
	}
}

// column sorts a new column.
func (c *classifier) column(e schema.Edit, op *schema.AddColumn) {
	if needsValue(op.ColumnDef) {
		c.bridge(e, "it is NOT NULL without a default, so the old release could write no rows",
			fmt.Sprintf("write an expand revision that adds %s as nullable, with triggers that fill it if the new release relies on it, "+
				"a data migration that fills the rows there are, and a contract revision with alter_column … nullable = false; or give it a default", op.Name))
		return
	}
	c.expand(e)
}

// alter sorts what becomes of an old column. What loosens it is needed before
// the new release runs, what takes a default away only after the old one.
func (c *classifier) alter(e schema.Edit, op *schema.AlterColumn) {
	tightened := op.Nullable != nil && !*op.Nullable
	widened := op.Type != "" && moreValues(e)
	switch {
	case op.Type != "" && !widened:
		c.bridge(e, fmt.Sprintf("its type changes from %s to %s", e.From.Type, e.To.Type),
			fmt.Sprintf("write a cycle: expand adds a column of the new type under another name, with sync_columns to keep both alike, a data migration "+
				"fills it, contract drops %s; or, if both releases bear the new type at once, an expand revision with alter_column", op.Name))
		return
	case tightened:
		c.bridge(e, "it becomes NOT NULL, and the old release may write null",
			fmt.Sprintf("write a data migration that fills %s, and a contract revision with alter_column = { table = %q, name = %q, nullable = false } that depends on it", op.Name, op.Table, op.Name))
		return
	}
	first, last := *op, *op
	last.Type, last.TypeOn, last.TypeName, last.Nullable = "", nil, "", nil
	if e.From.Default != nil || !e.From.DefaultSQL.IsZero() {
		first.Default, first.DefaultSQL, first.DropDefault = nil, schema.Text{}, false
	} else {
		last = schema.AlterColumn{Table: op.Table, Name: op.Name}
	}
	c.aspects(e, &first, &last)
}

// aspects sorts the two halves of an alter_column, of which either may be empty.
func (c *classifier) aspects(e schema.Edit, first, last *schema.AlterColumn) {
	back, ok := e.Back.(*schema.AlterColumn)
	if first.Check() == nil {
		half := e
		half.Op = first
		if ok {
			undo := *back
			if last.Check() == nil {
				undo.Default, undo.DefaultSQL, undo.DropDefault = nil, schema.Text{}, false
			}
			half.Back = &undo
		}
		c.expand(half)
	}
	if last.Check() == nil {
		half := e
		half.Op = last
		if ok {
			half.Back = &schema.AlterColumn{Table: back.Table, Name: back.Name, Default: back.Default, DefaultSQL: back.DefaultSQL, DropDefault: back.DropDefault}
		}
		c.contract(half)
	}
}

// moreValues reports whether a column's type only gets more values of an
// enumeration.
func moreValues(e schema.Edit) bool {
	from, errFrom := schema.ParseType(e.From.Type)
	to, errTo := schema.ParseType(e.To.Type)
	if errFrom != nil || errTo != nil || from.Name != "enum" || to.Name != "enum" || e.From.TypeName != e.To.TypeName {
		return false
	}
	return !slices.ContainsFunc(from.Values, func(v string) bool { return !slices.Contains(to.Values, v) })
}

// constraint sorts new indexes and constraints. One that forbids nothing, or
// only what the old release cannot write, is for expand.
func (c *classifier) constraint(e schema.Edit) {
	var columns []string
	var what string
	switch op := e.Op.(type) {
	case *schema.AddIndex:
		if !op.Unique {
			c.expand(e)
			return
		}
		columns, what = op.Columns, "rows that are alike in "+strings.Join(op.Columns, ", ")
	case *schema.AddUnique:
		columns, what = op.Columns, "rows that are alike in "+strings.Join(op.Columns, ", ")
	case *schema.AddForeignKey:
		columns, what = op.Columns, fmt.Sprintf("rows in %s, or remove rows of %s, so that references are broken", op.Table, op.RefTable)
	case *schema.AddCheck:
		what = "rows that the check forbids"
		if c.checksNew(op) {
			c.expand(e)
			return
		}
	}
	if slices.ContainsFunc(columns, func(name string) bool { return c.writesNull(e.Table, name) }) {
		c.expand(e)
		return
	}
	c.bridge(e, "the old release may write "+what,
		"write a data migration that mends the rows there are, and a contract revision with "+e.Op.Kind()+" that depends on it")
}

// writesNull reports whether a column is new and null in every row that the
// old release writes: null violates neither a unique constraint nor a foreign
// key.
func (c *classifier) writesNull(table, column string) bool {
	return slices.ContainsFunc(c.edits, func(e schema.Edit) bool {
		op, ok := e.Op.(*schema.AddColumn)
		return ok && op.Table == table && op.Name == column && (op.Nullable == nil || *op.Nullable) && op.Default == nil && op.DefaultSQL.IsZero()
	})
}

// checksNew reports whether a check compares new columns alone, all of which
// are null in the rows that the old release writes: a comparison with null is
// unknown, which no check forbids. Functions and tests for null may know.
func (c *classifier) checksNew(op *schema.AddCheck) bool {
	for _, text := range append(values(op.Expr.By), op.Expr.All) {
		for _, name := range schema.NamesIn(text) {
			if !c.writesNull(op.Table, name) && !slices.Contains([]string{"and", "or", "not", "in", "between", "like"}, strings.ToLower(name)) {
				return false
			}
		}
	}
	return true
}

func values(m map[string]string) []string {
	var out []string
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

// rename names what gives something another name.
func (c *classifier) rename(e schema.Edit) {
	switch op := e.Op.(type) {
	case *schema.RenameTable:
		c.bridge(e, fmt.Sprintf("it becomes %s, and the old release knows it by its old name", op.To),
			fmt.Sprintf("write a cycle: expand makes %s, with triggers on both that keep them alike, a data migration copies the rows, contract drops %s", op.To, op.From))
	case *schema.RenameColumn:
		c.bridge(e, fmt.Sprintf("it becomes %s, and the old release knows it by its old name", op.To),
			fmt.Sprintf("write a cycle: expand adds %s, with sync_columns to keep both alike, a data migration fills it, contract has unsync_columns and drops %s", op.To, op.From))
	case *schema.DropEnumValue:
		c.bridge(e, fmt.Sprintf("its value %s goes, and the old release may write it", op.Value),
			"write a data migration that replaces the value, and a contract revision with drop_enum_value and alter_column")
	}
}

// removal sorts what only removes.
func (c *classifier) removal(e schema.Edit) {
	switch {
	case e.From != nil && needsValue(*e.From):
		c.out.notes = append(c.out.notes, bridged{edit: e, problem: "it is NOT NULL without a default: until contract the new release must still write it, " +
			"or an expand revision must let it be null"})
	case e.Kind == plan.KindUnique || e.Kind == plan.KindForeignKey || e.Kind == plan.KindCheck:
		if !c.goes(e.Table) {
			c.out.notes = append(c.out.notes, bridged{edit: e, problem: "it is there until contract, so until then the new release must keep to it"})
		}
	}
	c.contract(e)
}

// goes reports whether a table is dropped.
func (c *classifier) goes(table string) bool {
	return slices.ContainsFunc(c.edits, func(e schema.Edit) bool {
		op, ok := e.Op.(*schema.DropTable)
		return ok && op.Name == table
	})
}

// replaced reports whether an edit is one half of a thing's making anew under
// its name.
func (c *classifier) replaced(e schema.Edit) bool {
	removes := func(e schema.Edit) bool { return e.Op != nil && strings.HasPrefix(e.Op.Kind(), "drop_") }
	switch e.Kind {
	case plan.KindIndex, plan.KindUnique, plan.KindForeignKey, plan.KindCheck:
	default:
		return false
	}
	return e.Name != "" && slices.ContainsFunc(c.edits, func(o schema.Edit) bool {
		return !o.Around && o.Table == e.Table && strings.EqualFold(o.Name, e.Name) && removes(o) != removes(e) &&
			(o.Kind == e.Kind || o.Kind == plan.KindIndex || o.Kind == plan.KindUnique) && o.Kind != plan.KindColumn && o.Kind != plan.KindTable
	})
}

// around puts what must be taken away for a while beside the edits that need
// it; the changes of types that would need it are not made.
func (c *classifier) around() {
	served := func(edits []schema.Edit) bool {
		return slices.ContainsFunc(edits, func(e schema.Edit) bool { return e.Kind == plan.KindIndex || e.Kind == plan.KindUnique })
	}
	there := served(c.out.contract)
	for _, e := range slices.Backward(c.edits) {
		if _, drop := e.Op.(*schema.DropForeignKey); e.Around && drop && there {
			c.out.contract = slices.Insert(c.out.contract, 0, e)
		}
		if _, add := e.Back.(*schema.AddForeignKey); e.Around && e.Op == nil && add && served(c.out.expand) {
			c.out.expand = slices.Insert(c.out.expand, 0, e)
		}
	}
	for _, e := range c.edits {
		if _, add := e.Op.(*schema.AddForeignKey); e.Around && add && there {
			c.contract(e)
		}
		if _, drop := e.Back.(*schema.DropForeignKey); e.Around && e.Op == nil && drop && served(c.out.expand) {
			c.expand(e)
		}
	}
}
