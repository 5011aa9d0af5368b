package phases

import (
	"maps"

	"manage/engine/sqltext"
	"manage/schema"
)

// repairs adds the statements that would repair the differences. Texts that come
// from the record are data that somebody may have written: what is not one
// statement is not shown as one.
func (w *verifying) repairs() {
	var found []schema.Difference
	for _, f := range w.v.Differences {
		found = append(found, f.Difference)
	}
	for _, r := range schema.Repairs(w.should(), w.live, found) {
		for _, text := range r.Statements {
			if parts, err := sqltext.Split(text, w.DB.Flavor().Dialect); err != nil || len(parts) != 1 {
				r.Statements, r.Note = nil, "no statement: the text that is recorded of it is not one statement; make it again as the revision does"
				break
			}
		}
		w.v.Repairs = append(w.v.Repairs, r)
	}
}

// should is the schema that should be there, from the record where there is one.
func (w *verifying) should() *schema.Schema {
	if w.record.record == nil {
		return w.want
	}
	want := w.record.want.Clone()
	if w.record.whole() {
		return want
	}
	all := w.want.Clone()
	maps.Copy(all.Tables, want.Tables)
	maps.Copy(all.Enums, want.Enums)
	all.Triggers = append(want.Triggers, all.Triggers...) // the first of a name counts
	all.Views = append(want.Views, all.Views...)
	return all
}
