package schema

import (
	"slices"
	"strings"

	"manage/engine/plan"
)

// rebuilds adds a rebuild for each SQLite table in which more differs than
// SQLite can change in place, and returns the differences that are left.
func (r *repairer) rebuilds(found []Difference) []Difference {
	parts := map[string][]Difference{}
	var left []Difference
	for _, d := range found {
		if r.inTable(d) {
			parts[d.Table] = append(parts[d.Table], d)
			continue
		}
		left = append(left, d)
	}
	for _, name := range r.want.TableNames() {
		ds := parts[name]
		delete(parts, name)
		if len(ds) == 0 {
			continue
		}
		if len(ds) == 1 && ds[0].Kind == plan.KindColumn && ds[0].Have == "" && r.want.Table(name).column(ds[0].Name, r.state.Flavor.Dialect).addable() {
			left = append(left, ds[0])
			continue
		}
		r.rebuild(name, ds)
	}
	for _, ds := range parts {
		for _, d := range ds {
			r.none(d, "what the table consists of is not known")
		}
	}
	return left
}

// inTable reports whether a difference is in the definition of a table that is
// on both sides.
func (r *repairer) inTable(d Difference) bool {
	switch d.Kind {
	case plan.KindTrigger, plan.KindIndex, plan.KindView, plan.KindEnum:
		return false
	}
	return d.Table != "" && !(d.Kind == plan.KindTable && (d.Want == "" || d.Have == ""))
}

// rebuild makes a table what it should be. What it has beyond that, and nobody
// found fault with, stays.
func (r *repairer) rebuild(name string, ds []Difference) {
	have, after := r.state.Table(name), r.want.Table(name).Clone()
	faulty := func(kind plan.ObjectKind, name string) bool {
		return slices.ContainsFunc(ds, func(d Difference) bool { return d.Kind == kind && strings.EqualFold(d.Name, name) })
	}
	note := "the table is made anew, and its rows are copied"
	for _, c := range have.Columns {
		if after.column(c.Name, r.state.Flavor.Dialect) != nil {
			continue
		}
		if !faulty(plan.KindColumn, c.Name) {
			after.Columns = append(after.Columns, c.clone())
			continue
		}
		note += "; this removes the values of column " + c.Name
	}
	for _, k := range have.Uniques {
		named := k.Name != "" && after.unique(k.Name, r.state.Flavor.Dialect) != nil
		same := slices.ContainsFunc(after.Uniques, func(o *Key) bool { return sameColumns(o.Columns, k.Columns, r.state.Flavor.Dialect) })
		if !named && !same && !faulty(plan.KindUnique, k.Name) {
			after.Uniques = append(after.Uniques, k.clone())
		}
	}
	after.Name, after.Indexes = have.Name, cloneAll(have.Indexes, (*Index).clone)
	after.Indexes = slices.DeleteFunc(after.Indexes, func(x *Index) bool { // that of a column which goes
		return slices.ContainsFunc(x.columnNames(), func(c string) bool { return after.column(c, r.state.Flavor.Dialect) == nil })
	})
	next := r.state.Clone()
	next.Tables[have.Name] = after
	statements, err := rebuild(alteration{before: r.state, after: next, table: have.Name, effect: &plan.Effect{Kind: plan.KindTable, Table: have.Name, Name: have.Name, Present: true}})
	if err != nil {
		for _, d := range ds {
			r.none(d, err.Error())
		}
		return
	}
	fix := Repair{Differences: ds, Note: note}
	for _, st := range statements {
		fix.Statements = append(fix.Statements, st.SQL)
	}
	r.state = next
	r.out = append(r.out, fix)
}
