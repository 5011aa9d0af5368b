package draft

import (
	"manage/engine/plan"
	"manage/schema"
)

// renames are the tables and columns whose new name the models give and whose
// old one is still there. They are made on the schemas, so that what is left to
// compare is called alike.
func (d *drafter) renames(on []*schema.Schema) []schema.Edit {
	var edits []schema.Edit
	add := func(e schema.Edit) {
		fits := false
		for _, s := range on {
			if !schema.Renamed(s, e.Op) && e.Op.Apply(s) == nil {
				fits = true
			}
		}
		if fits {
			edits = append(edits, e)
		}
	}
	for _, t := range d.catalog.Models.Tables {
		if t.RenamedFrom != "" {
			add(schema.Edit{Kind: plan.KindTable, Table: t.RenamedFrom, Name: t.Name,
				Op: &schema.RenameTable{From: t.RenamedFrom, To: t.Name}, Back: &schema.RenameTable{From: t.Name, To: t.RenamedFrom}})
		}
		for _, c := range t.Columns {
			if c.RenamedFrom != "" && !names(t.Columns, c.RenamedFrom) {
				to := c
				add(schema.Edit{Kind: plan.KindColumn, Table: t.Name, Name: c.RenamedFrom, To: &to,
					Op: &schema.RenameColumn{Table: t.Name, From: c.RenamedFrom, To: c.Name}, Back: &schema.RenameColumn{Table: t.Name, From: c.Name, To: c.RenamedFrom}})
			}
		}
	}
	return edits
}

// names reports whether one of some columns has a name.
func names(columns []schema.ColumnDef, name string) bool {
	for _, c := range columns {
		if c.Name == name {
			return true
		}
	}
	return false
}
