package phases

import (
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/schema"
)

// unmanaged takes what no revision makes out of the live schema and lists it:
// tables of others, views, functions, triggers, types.
func (w *verifying) unmanaged() {
	ours := w.Catalog.Tables()
	functions := map[string]bool{}
	list := func(words ...string) { w.v.Unmanaged = append(w.v.Unmanaged, strings.Join(words, " ")) }
	for _, name := range w.live.TableNames() {
		made := w.made[object{plan.KindTable, strings.ToLower(name), ""}] != ""
		if !w.bookkeeping(name) && !made && !ours[name] && w.want.Table(name) == nil && !w.record.has(plan.KindTable, name, "") {
			list("table", name)
			delete(w.live.Tables, name)
		} else if w.bookkeeping(name) {
			delete(w.live.Tables, name)
		}
	}
	for _, v := range w.live.Views {
		made := slices.ContainsFunc(w.want.Views, func(m schema.View) bool { return strings.EqualFold(m.Name, v.Name) })
		if !made && !w.record.knows(plan.KindView, v.Name) && !w.knows(object{plan.KindView, "", strings.ToLower(v.Name)}) {
			list("view", v.Name)
		}
	}
	w.live.Triggers = slices.DeleteFunc(w.live.Triggers, func(t schema.Trigger) bool {
		if w.knows(object{plan.KindTrigger, strings.ToLower(t.Table), strings.ToLower(t.Name)}) {
			functions[t.Function] = true
			return false
		}
		list("trigger", t.Name, "of table", t.Table)
		return true
	})
	for name := range w.live.Enums {
		if !w.knows(object{plan.KindEnum, "", strings.ToLower(name)}) {
			list("type", name)
			delete(w.live.Enums, name)
		}
	}
	for _, o := range w.others {
		name, function := strings.CutPrefix(o, "function ")
		ours := function && functions[name] && w.DB.Flavor().Dialect == flavor.Postgres
		kind, name, _ := strings.Cut(o, " ")
		if !ours && !w.record.knows(plan.ObjectKind(kind), name) && !w.knows(object{plan.ObjectKind(kind), "", strings.ToLower(name)}) {
			list(o)
		}
	}
	slices.Sort(w.v.Unmanaged)
}

// knows reports whether a revision that is applied, or half applied, makes or
// removes an object.
func (w *verifying) knows(of object) bool {
	return w.made[of] != "" || w.half[object{"", of.table, of.name}] != "" || of.kind != "" && w.record.has(of.kind, of.table, of.name)
}
