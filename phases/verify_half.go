package phases

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"manage/engine/ledger"
	"manage/engine/plan"
	"manage/engine/run"
	"manage/migrations/catalog"
	"manage/schema"
)

// halfApplied notes the objects that half applied revisions change. Until they
// are finished nobody can say what these should be.
func (w *verifying) halfApplied() error {
	w.half = map[object]string{}
	unfinished := run.Unfinished(w.journal)
	for _, id := range slices.Sorted(maps.Keys(unfinished)) {
		at := unfinished[id]
		var changes []catalog.Change
		switch r := w.Catalog.Revisions[id]; {
		case id == createID && w.Catalog.Models != nil:
			changes, _ = w.Catalog.Models.Changes(w.DB.Flavor().Dialect)
		case r == nil || (at.Direction == plan.Up) == w.v.Position.Applied.Has(id):
			continue // it is of another catalog, or its row was written after all
		default:
			changes = r.Up
		}
		w.v.Half = append(w.v.Half, at)
		if err := w.touched(id, at, changes); err != nil {
			return err
		}
	}
	slices.SortFunc(w.v.Half, func(a, b ledger.Attempt) int { return cmp.Compare(a.ID, b.ID) })
	return nil
}

// touched notes what the changes of a half applied revision make, on the way up
// or back, and takes what an interrupted statement left out of the live schema.
func (w *verifying) touched(id string, at ledger.Attempt, changes []catalog.Change) error {
	state := w.want.Clone()
	if at.Direction == plan.Down {
		before := w.before(id)
		var err error
		if state, err = w.Catalog.Fold(w.DB.Flavor(), true, before); err != nil {
			return err
		}
	}
	for _, c := range changes {
		if !c.Serves(w.DB.Flavor().Dialect) {
			continue
		}
		next := state.Clone()
		if err := c.Op.Apply(next); err != nil {
			continue // what it would change is gone, or behind plain SQL
		}
		for _, d := range schema.Compare(state, next, schema.Rules{}) {
			of := objectOf(d)
			if of.kind != plan.KindTable {
				of.kind = ""
			}
			w.half[of] = id
		}
		schema.Clear(c.Op, w.live, true)
		state = next
	}
	return nil
}

// open reports whether a difference may be none, and says why.
func (w *verifying) open(f *Finding) bool {
	if w.interrupted(f) {
		return true
	}
	if !w.want.Opaque || w.certain[objectOf(f.Difference)] {
		return false
	}
	id, b := w.plainBearing(f.Difference)
	if b == unclear {
		f.Why = "plain SQL of " + id + " names it, and what that does is not known here"
	}
	return b == unclear
}

// interrupted reports whether a run that has not ended may have made a
// difference, and says so.
func (w *verifying) interrupted(f *Finding) bool {
	of := objectOf(f.Difference)
	id := w.half[object{kind: plan.KindTable, table: of.table}]
	if id == "" {
		of.kind = ""
		id = w.half[of]
	}
	if id != "" {
		f.Why = id + " is half applied"
		return true
	}
	if w.record.touched(f.Difference) {
		f.Why = "a run that was interrupted may have changed it"
		return true
	}
	return false
}

// meant reports whether plain SQL made a difference, as it was to.
func (w *verifying) meant(d schema.Difference) bool {
	if !w.want.Opaque {
		return false
	}
	_, b := w.plainBearing(d)
	return b == intended
}

// plainBearing is what plain SQL has to do with a difference, and the revision
// that it stands in: the last one that has anything to do with it.
func (w *verifying) plainBearing(d schema.Difference) (string, bearing) {
	for _, id := range w.plain() {
		scripts := w.scripts(id)
		slices.Reverse(scripts)
		for _, sql := range scripts {
			if !mentions(sql, d) {
				continue
			}
			if b := bearingOf(sql, w.DB.Flavor().Dialect, d); b != none {
				return id, b
			}
		}
	}
	return "", none
}

// plain lists the applied and half applied revisions with plain SQL that
// changes the schema, the last one first.
func (w *verifying) plain() []string {
	ids := w.v.Position.Applied.IDs()
	for _, at := range w.v.Half {
		ids = append(ids, at.Revision)
	}
	slices.Reverse(ids)
	return slices.DeleteFunc(ids, func(id string) bool { return len(w.scripts(id)) == 0 })
}

// scripts are the statements of a revision's plain SQL that change the schema.
func (w *verifying) scripts(id string) []string {
	r := w.Catalog.Revisions[id]
	if r == nil {
		return nil
	}
	var out []string
	for _, c := range r.Up {
		if op, ok := c.Op.(*schema.SQL); ok && c.Serves(w.DB.Flavor().Dialect) {
			for _, st := range op.Statements[w.DB.Flavor().Dialect] {
				if !st.Data {
					out = append(out, st.SQL)
				}
			}
		}
	}
	return out
}

// mentions reports whether a statement names the table of a difference, or, for
// what has none, or where a statement needs none, the object.
func mentions(sql string, d schema.Difference) bool {
	sql = strings.ToLower(sql)
	return hasWord(sql, strings.ToLower(cmp.Or(d.Table, d.Name))) || d.Name != "" && hasWord(sql, strings.ToLower(d.Name))
}

// hasWord reports whether a name stands in a text as a word of its own.
func hasWord(text, name string) bool {
	letter := func(i int) bool {
		return i >= 0 && i < len(text) && (text[i] == '_' || text[i] == '$' || text[i] >= 0x80 ||
			'0' <= text[i] && text[i] <= '9' || 'a' <= text[i] && text[i] <= 'z')
	}
	for from := 0; name != ""; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return false
		}
		at := from + i
		if !letter(at-1) && !letter(at+len(name)) {
			return true
		}
		from = at + 1
	}
	return false
}
