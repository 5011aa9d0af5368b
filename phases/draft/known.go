package draft

import (
	"slices"
	"strings"

	"manage/engine/plan"
	"manage/schema"
)

// withoutKnown takes the differences that the catalog knows out of a schema that
// was read: what is extra goes, and a column that is in another form gets that
// of the models. Where the database speaks for the revisions, because plain SQL
// hides what they make, nothing would be left alone otherwise.
func (d *drafter) withoutKnown(s *schema.Schema) *schema.Schema {
	model, err := d.catalog.Models.Schema(s.Flavor)
	if err != nil {
		return s // fold reports it
	}
	rules := schema.TakingOver()
	rules.OtherTables = true
	all := schema.Compare(model, s, rules)
	rules.Known = d.catalog.KnownDifferences
	alarming := schema.Compare(model, s, rules)
	for _, f := range all {
		if t := s.Table(f.Table); t != nil && !slices.Contains(alarming, f) {
			overlook(t, model.Table(f.Table), f)
		}
	}
	return s
}

// overlook makes a table what the models say in one difference.
func overlook(t, model *schema.Table, f schema.Difference) {
	same := func(name string) bool { return strings.EqualFold(name, f.Name) }
	switch {
	case f.Kind == plan.KindIndex:
		t.Indexes = slices.DeleteFunc(t.Indexes, func(x *schema.Index) bool { return same(x.Name) })
	case f.Kind == plan.KindUnique:
		t.Uniques = slices.DeleteFunc(t.Uniques, func(k *schema.Key) bool { return same(k.Name) })
	case f.Kind == plan.KindColumn && f.Want == "":
		t.Columns = slices.DeleteFunc(t.Columns, func(c *schema.Column) bool { return same(c.Name) })
	case f.Kind == plan.KindColumn && model != nil:
		for i, c := range t.Columns {
			for _, m := range model.Columns {
				if same(c.Name) && same(m.Name) {
					t.Columns[i] = m
				}
			}
		}
	}
}
