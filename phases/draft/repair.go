package draft

import (
	"strings"

	"manage/engine/plan"
	"manage/schema"
)

// repairs are the steps by which a database that is not what the revisions make
// becomes it: somebody changed it by hand. They bear being applied to databases
// that need none of them. What a database made by another tool may show is left
// as it is.
func (d *drafter) repairs() ([]schema.Edit, error) {
	if d.made == nil {
		return nil, nil
	}
	rules := schema.TakingOver()
	rules.OtherTables, rules.Known = true, d.catalog.KnownDifferences
	live := d.managed(d.ours())
	found := schema.Compare(d.made, live, rules)
	if len(found) == 0 {
		return nil, nil
	}
	for name := range live.Tables {
		if d.made.Table(name) == nil {
			delete(live.Tables, name)
		}
	}
	model, _ := schema.Portable(d.made)
	edits, err := schema.Derive([]*schema.Schema{live}, model)
	var kept []schema.Edit
	for _, e := range edits {
		if differs(found, e) {
			e.Back = nil // the way back leads to what the revisions make
			kept = append(kept, lenient(e))
		}
	}
	return kept, err
}

// differs reports whether an edit is about one of some differences.
func differs(found []schema.Difference, e schema.Edit) bool {
	for _, f := range found {
		table := strings.EqualFold(f.Table, e.Table)
		if f.Kind == plan.KindEnum {
			table = true
		}
		if table && f.Kind == e.Kind && (e.Name == "" || f.Name == "" || strings.EqualFold(f.Name, e.Name)) {
			return true
		}
	}
	return false
}

// joined are the edits and the repairs, of which those give way that are about
// the same thing as an edit.
func (d *drafter) joined(edits, repairs []schema.Edit) []schema.Edit {
	var out []schema.Edit
	for _, e := range edits {
		if e.Op != nil && d.made != nil && d.live != nil && !d.fitsLive(e) {
			e = lenient(e)
		}
		out = append(out, e)
	}
	for _, r := range repairs {
		same := false
		for _, e := range edits {
			same = same || e.Kind == r.Kind && e.Table == r.Table && e.Name == r.Name
		}
		if !same {
			out = append(out, r)
			if r.Op != nil {
				d.note(r, "it is not as the revisions make it; databases in which it is are left as they are")
			}
		}
	}
	return out
}

// fitsLive reports whether an edit finds what it needs in the database, and
// not yet what it makes.
func (d *drafter) fitsLive(e schema.Edit) bool {
	live := d.managed(d.ours())
	made := d.made.Clone()
	return e.Op.Apply(made) != nil || e.Op.Apply(live) == nil
}

// lenient is an edit that does nothing where it is done already.
func lenient(e schema.Edit) schema.Edit {
	switch op := e.Op.(type) {
	case *schema.DropTable:
		e.Op = &schema.DropTable{Name: op.Name, IfExists: true}
	case *schema.DropColumn:
		e.Op = &schema.DropColumn{Table: op.Table, Name: op.Name, IfExists: true}
	case *schema.DropIndex:
		e.Op = &schema.DropIndex{Table: op.Table, Name: op.Name, IfExists: true}
	case *schema.DropUnique:
		e.Op = &schema.DropUnique{Table: op.Table, Name: op.Name, Columns: op.Columns, IfExists: true}
	case *schema.DropForeignKey:
		e.Op = &schema.DropForeignKey{Table: op.Table, Name: op.Name, Columns: op.Columns, IfExists: true}
	case *schema.DropCheck:
		e.Op = &schema.DropCheck{Table: op.Table, Name: op.Name, Expr: op.Expr, IfExists: true}
	case *schema.DropEnum:
		e.Op = &schema.DropEnum{Name: op.Name, IfExists: true}
	}
	return lenientAdd(e)
}

// lenientAdd is lenient for what makes things.
func lenientAdd(e schema.Edit) schema.Edit {
	switch op := e.Op.(type) {
	case *schema.CreateTable:
		c := *op
		c.IfNotExists = true
		e.Op = &c
	case *schema.AddColumn:
		e.Op = &schema.AddColumn{Table: op.Table, ColumnDef: op.ColumnDef, IfNotExists: true}
	case *schema.AddIndex:
		e.Op = &schema.AddIndex{Table: op.Table, IndexDef: op.IndexDef, IfNotExists: true}
	case *schema.AddUnique:
		e.Op = &schema.AddUnique{Table: op.Table, UniqueDef: op.UniqueDef, IfNotExists: true}
	case *schema.AddForeignKey:
		e.Op = &schema.AddForeignKey{Table: op.Table, ForeignKeyDef: op.ForeignKeyDef, IfNotExists: true}
	case *schema.AddCheck:
		e.Op = &schema.AddCheck{Table: op.Table, CheckDef: op.CheckDef, IfNotExists: true}
	}
	return e
}
