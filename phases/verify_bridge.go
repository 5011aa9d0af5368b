package phases

import (
	"slices"

	"manage/engine/plan"
	"manage/engine/revision"
	"manage/schema"
)

// bridgeObjects are the objects in which the schema with bridges and that
// without differ, each with whether it should be there as with bridges. The
// journal tells how the revision was run; where it does not, the bridges are
// taken to be there if one of the revision's is.
func (w *verifying) bridgeObjects(with, without []schema.Difference) map[object]bool {
	bridging := schema.Compare(w.offline, w.want, schema.Rules{})
	if len(bridging) == 0 {
		return nil
	}
	missing := map[object]bool{}
	for _, d := range with {
		missing[objectOf(d)] = d.Have == ""
	}
	there := map[string]bool{}
	for _, d := range bridging {
		if id := w.made[objectOf(d)]; !missing[objectOf(d)] {
			there[id] = true
		}
	}
	objects := map[object]bool{}
	for _, d := range bridging {
		of := objectOf(d)
		id := w.made[of]
		online, known := w.ranOnline(id)
		if !known {
			online = there[id]
		}
		objects[of] = online
	}
	return objects
}

// ranOnline tells from the journal whether the bridges of an expand revision
// should be there: the last time they were restored or removed, or how many
// statements the revision took. known is false if that does not tell.
func (w *verifying) ranOnline(id string) (online, known bool) {
	if id == "" {
		return false, false
	}
	total := -1
	for _, at := range w.journal {
		switch {
		case at.Revision != id || !at.Succeeded():
		case at.Phase == plan.Bridge:
			online, known, total = at.Direction == plan.Up, true, -1
		case at.Phase == plan.Expand && at.Direction == plan.Up:
			known, total = false, at.Total
		}
	}
	if total < 0 {
		return online, known
	}
	with, without := w.statementsOf(id, true), w.statementsOf(id, false)
	return total == with, with != without && (total == with || total == without)
}

// statementsOf is how many statements a run of a revision has; -1 if that
// cannot be told.
func (w *verifying) statementsOf(id string, online bool) int {
	before := w.before(id)
	state, err := w.Catalog.Fold(w.DB.Flavor(), online, before)
	if err != nil {
		return -1
	}
	p := &planner{catalog: w.Catalog, state: state, online: online, applied: before, offline: true, allowed: true}
	step, err := p.up(id, resume{})
	if err != nil {
		return -1
	}
	return len(step.Statements)
}

// before is what a revision needs to be applied, without itself.
func (w *verifying) before(id string) revision.Set {
	r := w.Catalog.Revisions[id]
	needs := slices.DeleteFunc(append([]string{r.Parent}, r.DependsOn...), func(id string) bool { return w.Catalog.Revisions[id] == nil })
	return w.Catalog.Graph.Closure(needs...)
}
