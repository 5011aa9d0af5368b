package schema

import "manage/engine/flavor"

// outline turns the constraints that stood in a column's text into
// constraints of the table, for when that text is written anew.
func (t *Table) outline(name string, d flavor.Dialect) {
	single := func(columns []string) bool { return len(columns) == 1 && sameName(columns[0], name, d) }
	if k := t.PrimaryKey; k != nil && single(k.Columns) {
		k.Inline = false
	}
	for _, k := range t.Uniques {
		if single(k.Columns) {
			k.Inline = false
		}
	}
	for _, f := range t.ForeignKeys {
		if single(f.Columns) {
			f.Inline = false
		}
	}
	for _, c := range t.Checks {
		if c.Column != "" && sameName(c.Column, name, d) {
			c.Inline = false
		}
	}
}
