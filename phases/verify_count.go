package phases

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"manage/engine/plan"
	"manage/schema"
)

// Count is how many objects of a kind were compared.
type Count struct {
	Kind   plan.ObjectKind
	Number int
}

// counted are the kinds that are counted, in the order in which they are told.
// All others are counted as one.
var counted = []plan.ObjectKind{plan.KindTable, plan.KindColumn, plan.KindPrimaryKey, plan.KindUnique, plan.KindIndex,
	plan.KindForeignKey, plan.KindCheck, plan.KindEnum, plan.KindTrigger, plan.KindView}

// KindOther stands for routines, sequences, events and the like.
const KindOther plan.ObjectKind = "other object"

// asMade reports whether a difference is as the applied revisions mean it to be,
// though a part of them does not know: a table that plain SQL makes, which
// portable operations do not know; and what was made or dropped by hand before a
// revision that does so, and then found nothing to do.
func (w *verifying) asMade(d schema.Difference) bool {
	of := objectOf(d)
	switch {
	case d.Want != "" && d.Have != "":
		return false
	case d.Have == "":
		return w.certain[of] && w.spoken.dropped[of]
	}
	if _, said := w.spoken.objects[of]; said {
		return true
	}
	if d.Kind == plan.KindTable && d.Name == "" {
		return w.record.has(plan.KindTable, d.Table, "")
	}
	name := d.Name
	shown, known := w.want.Shows(plan.Effect{Kind: d.Kind, Table: d.Table, Name: name, Present: true})
	return w.certain[of] && shown && known && !w.differs[of]
}

// promised adds what the words of plain SQL make and the database does not have,
// where no record tells it.
func (w *verifying) promised() {
	if !w.want.Opaque || w.record.whole() {
		return
	}
	told := map[object]bool{}
	for _, list := range [][]Finding{w.v.Differences, w.v.Open, w.v.Known} {
		for _, f := range list {
			told[objectOf(f.Difference)] = true
		}
	}
	objects := w.spoken.objects
	for _, o := range slices.SortedFunc(maps.Keys(objects), compareObjects) {
		said := objects[o]
		f := Finding{Difference: schema.Difference{Kind: o.kind, Table: said.table, Name: said.name, Want: schema.Present}, Revision: said.revision}
		if said.portable && w.want.Table(said.table) != nil {
			continue // the schema that the revisions make has it
		}
		if told[o] || slices.Contains(w.v.Unseen, o.kind) || w.present(o, said) {
			continue
		}
		if o.kind != plan.KindTable && o.table != "" && w.live.Table(said.table) == nil {
			continue // the table is missing, with all that it had
		}
		if w.interrupted(&f) {
			w.v.Open = append(w.v.Open, f)
		} else {
			w.v.Differences = append(w.v.Differences, f)
		}
	}
}

// present reports whether the database has an object that plain SQL makes. What
// cannot be looked for is taken to be there, and is not counted as compared.
func (w *verifying) present(o object, said saying) bool {
	name := said.name
	if o.kind == plan.KindTable {
		name = said.table
	}
	shown, known := w.live.Shows(plan.Effect{Kind: o.kind, Table: said.table, Name: name, Present: true})
	if known {
		return shown
	}
	for _, other := range w.others {
		kind, _, _ := strings.Cut(other, " ")
		if kind == string(o.kind) {
			return slices.ContainsFunc(w.others, func(s string) bool { return strings.EqualFold(s, kind+" "+said.name) })
		}
	}
	return o.kind != "function" && o.kind != "procedure" && o.kind != "sequence" || slices.Contains(w.v.Unseen, o.kind)
}

func compareObjects(a, b object) int {
	return cmp.Or(cmp.Compare(a.table, b.table), cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name))
}

// count says how much was compared, and what could not be.
func (w *verifying) count() {
	numbers := map[plan.ObjectKind]int{}
	for _, o := range w.expected() {
		if kind := o.Kind; slices.Contains(counted, kind) {
			numbers[kind]++
		} else if o.Table == "" {
			numbers[KindOther]++
		}
	}
	for _, f := range w.v.Open {
		if f.Want != "" && numbers[f.Kind] > 0 {
			numbers[f.Kind]--
		}
		w.cannot(f.Kind, f.Table, f.Name, f.Why)
	}
	for _, kind := range w.v.Unseen {
		delete(numbers, kind)
		w.cannot(kind, "", "", "this account may not see them")
	}
	for _, a := range w.v.Half {
		w.cannot("revision", "", a.Revision, "it is half applied")
	}
	w.notRecorded()
	for _, kind := range append(slices.Clone(counted), KindOther) {
		if n := numbers[kind]; n > 0 {
			w.v.Compared = append(w.v.Compared, Count{kind, n})
		}
	}
}

// cannot notes what could not be compared.
func (w *verifying) cannot(kind plan.ObjectKind, table, name, why string) {
	w.v.NotCompared = append(w.v.NotCompared, Uncompared{Kind: kind, Table: table, Name: name, Why: why})
}

// expected are the objects that the live schema was compared with.
func (w *verifying) expected() []schema.Object {
	if w.record.whole() {
		return w.record.record.Objects
	}
	var out []schema.Object
	seen := map[string]bool{}
	add := func(objects []schema.Object, keep func(object) bool) {
		for _, o := range objects {
			of := object{o.Kind, strings.ToLower(o.Table), strings.ToLower(o.Name)}
			if !seen[keyText(o)] && keep(of) {
				seen[keyText(o)] = true
				out = append(out, o)
			}
		}
	}
	add(w.want.Objects(), func(of object) bool {
		online, bridging := w.bridges[of]
		return !bridging || online
	})
	if w.record.record != nil {
		add(w.record.record.Objects, func(object) bool { return true })
	}
	return out
}

// notRecorded notes what plain SQL makes and no record tells of.
func (w *verifying) notRecorded() {
	if !w.want.Opaque || w.record.record != nil {
		return
	}
	for _, o := range slices.SortedFunc(maps.Keys(w.spoken.objects), compareObjects) {
		said := w.spoken.objects[o]
		if o.kind == plan.KindTable && w.live.Table(said.table) != nil && w.want.Table(said.table) == nil {
			w.cannot(plan.KindTable, said.table, "", "plain SQL of "+said.revision+" makes it, and "+w.record.why)
		}
	}
	for _, id := range slices.Compact(slices.Clone(w.spoken.dark)) {
		w.cannot("plain SQL", "", id, "its words do not tell what it makes, and "+w.record.why)
	}
}
