package draft

import (
	"cmp"
	"fmt"
	"slices"

	"manage/engine/plan"
	"manage/engine/revision"
	"manage/migrations/catalog"
	"manage/schema"
)

// trunk puts all edits into one revision.
func (d *drafter) trunk(edits []schema.Edit) {
	part := d.part(revision.Trunk, edits, d.states())
	if len(part.Up) > 0 {
		d.out.Parts = append(d.out.Parts, part)
	}
	for _, e := range edits {
		if problem := fillsOld(e); problem != "" {
			d.note(e, problem)
		}
	}
}

// states are copies of the schemas at the head, to try edits on.
func (d *drafter) states() []*schema.Schema { return clones(d.folded) }

// part is a revision of those edits that can be made one behind the other; the
// others are left to people. The states are changed to what they are after it.
func (d *drafter) part(branch revision.Branch, edits []schema.Edit, states []*schema.Schema) Part {
	p := Part{Branch: branch}
	for _, e := range edits {
		if e.Op == nil && e.Problem == "" {
			p.Down = append(p.Down, catalog.Change{Op: e.Back, Dialects: e.Dialects})
			continue
		}
		if e.Op == nil {
			d.byHand(e, e.Problem, adviceFor(e))
			continue
		}
		if problem := unconvertible(e); problem != "" {
			d.byHand(e, problem, "drop the column and add one of the new type, or write sql operations that say how a value becomes the other")
			continue
		}
		change := catalog.Change{Op: e.Op, Dialects: e.Dialects}
		before := indexesMade(states)
		if err := thereAndBack(change, e.Back, states); err != nil {
			d.byHand(e, "it needs something else of this list first ("+err.Error()+")", "run this command again when that is done")
			continue
		}
		p.Up = append(p.Up, change)
		if !e.Around {
			p.Up = append(p.Up, d.sweep(e, states)...)
			p.Down = append(p.Down, comeWith(e, before, states)...)
		}
		if e.Back != nil {
			p.Down = append(p.Down, catalog.Change{Op: e.Back, Dialects: e.Dialects})
		}
	}
	slices.Reverse(p.Down)
	return p
}

// thereAndBack makes a change on all states, or, if it or its way back does not
// fit one of them, on none. The way back may speak of names that only people
// can give, where they bridge a rename.
func thereAndBack(c catalog.Change, back schema.Operation, states []*schema.Schema) error {
	if back == nil {
		return tried(c, states)
	}
	after := clones(states)
	if err := tried(c, after); err != nil {
		return err
	}
	if err := tried(catalog.Change{Op: back, Dialects: c.Dialects}, clones(after)); err != nil {
		return fmt.Errorf("on the way back, %w", err)
	}
	return tried(c, states)
}

func clones(states []*schema.Schema) []*schema.Schema {
	all := make([]*schema.Schema, len(states))
	for i, s := range states {
		all[i] = s.Clone()
	}
	return all
}

// tried makes a change on all states, or, if it does not fit one of them, on
// none.
func tried(c catalog.Change, states []*schema.Schema) error {
	after := make([]*schema.Schema, len(states))
	for i, s := range states {
		after[i] = s.Clone()
		if !c.Serves(s.Flavor.Dialect) {
			continue
		}
		if err := c.Op.Apply(after[i]); err != nil {
			return err
		}
	}
	for i := range states {
		*states[i] = *after[i]
	}
	return nil
}

// branches puts what only adds into an expand revision and what only removes
// into a contract revision. What both releases must bear together is named.
func (d *drafter) branches(edits []schema.Edit) {
	c := classify(edits)
	for _, f := range c.bridged {
		d.byHand(f.edit, f.problem, f.advice)
	}
	states := d.states()
	for _, part := range []Part{d.part(revision.Expand, c.expand, states), d.part(revision.Contract, c.contract, states)} {
		if len(part.Up) > 0 {
			d.out.Parts = append(d.out.Parts, part)
		}
	}
	for _, n := range c.notes {
		d.note(n.edit, n.problem)
	}
}

// object is how findings call what an edit is about.
func object(e schema.Edit) (table, name string) {
	kind := string(e.Kind)
	switch {
	case e.Kind == plan.KindTable:
		return e.Table, ""
	case e.Name == "":
		return e.Table, kind
	}
	return e.Table, kind + " " + e.Name
}

func (d *drafter) byHand(e schema.Edit, problem, advice string) {
	table, name := object(e)
	f := Finding{Table: table, Object: name, Problem: problem, Advice: advice}
	if !slices.Contains(d.out.ByHand, f) {
		d.out.ByHand = append(d.out.ByHand, f)
	}
}

func (d *drafter) note(e schema.Edit, problem string) {
	table, name := object(e)
	d.out.Notes = append(d.out.Notes, Finding{Table: table, Object: name, Problem: problem})
}

// adviceFor is what to write where no operation makes an edit.
func adviceFor(e schema.Edit) string {
	return cmp.Or(map[plan.ObjectKind]string{
		plan.KindEnum:         "write an sql operation for PostgreSQL that makes the type anew",
		schema.KindPrimaryKey: "write sql operations that do it on each server, or make a new table and move the rows",
	}[e.Kind], "write sql operations that do it on each server")
}

// fillsOld says what a trunk revision cannot do if the table has rows.
func fillsOld(e schema.Edit) string {
	if op, alter := e.Op.(*schema.AlterColumn); alter && op.Type != "" && !converted(*e.From, *e.To) {
		return fmt.Sprintf("its type changes from %s to %s, into which servers do not turn all values that rows may have", e.From.Type, e.To.Type)
	}
	if _, drop := e.Op.(*schema.DropColumn); drop && e.From != nil && needsValue(*e.From) {
		return "it is NOT NULL without a default: the way back cannot fill it where the table has rows, unless [[down]] gives it a default"
	}
	op, add := e.Op.(*schema.AddColumn)
	if !add || !needsValue(op.ColumnDef) {
		return ""
	}
	return "it is NOT NULL without a default: where the table has rows this revision fails, or the server makes values up; " +
		"add it as nullable, set it with update_rows, then forbid null with alter_column, or give it a default"
}

// unconvertible says what no server does, not even to a table without rows:
// MariaDB refuses a statement that would turn a number or a time into a uuid, or
// back (its manual, "UUID Data Type", knows strings and bytes only).
func unconvertible(e schema.Edit) string {
	op, alter := e.Op.(*schema.AlterColumn)
	if !alter || op.Type == "" {
		return ""
	}
	from, errFrom := schema.ParseType(e.From.Type)
	to, errTo := schema.ParseType(e.To.Type)
	if errFrom != nil || errTo != nil {
		return ""
	}
	measured := []string{"integer", "bigint", "smallint", "boolean", "float", "double", "numeric", "datetime", "date"}
	if from.Name == "uuid" && slices.Contains(measured, to.Name) || to.Name == "uuid" && slices.Contains(measured, from.Name) {
		return fmt.Sprintf("its type changes from %s to %s, which not every server can do", e.From.Type, e.To.Type)
	}
	return ""
}

// converted reports whether every value of one type is one of another, or can
// be cut to it.
func converted(from, to schema.ColumnDef) bool {
	group := func(c schema.ColumnDef) string {
		t, err := schema.ParseType(c.Type)
		if err != nil {
			return ""
		}
		switch t.Name {
		case "integer", "bigint", "smallint", "float", "double", "numeric":
			return "number"
		case "string", "char", "text", "mediumtext":
			return "text"
		case "datetime", "date":
			return "time"
		}
		return t.String()
	}
	return group(from) == group(to) || group(to) == "text"
}

// needsValue reports whether a row cannot be written without the column.
func needsValue(c schema.ColumnDef) bool {
	return c.Nullable != nil && !*c.Nullable && c.Default == nil && c.DefaultSQL.IsZero() && !c.Autoincrement
}
