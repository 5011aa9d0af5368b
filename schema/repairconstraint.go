package schema

import (
	"fmt"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// constraint makes a constraint or an index again, drops it, or gives it its
// name or state.
func (r *repairer) constraint(d Difference) {
	add, drop := r.adding(d), r.dropping(d)
	note := "the server refuses it where rows break it"
	if x, ok := add.(*AddIndex); ok && !x.live.Unique {
		note = ""
	}
	switch {
	case d.Have == "" && add == nil, d.Want != "" && d.Have != "" && add == nil:
		r.none(d, "what it consists of is not recorded; make it again as the revision does")
	case d.Have == "":
		r.do(d, note, add)
	case d.Want == "":
		r.do(d, "", drop)
	case strings.HasPrefix(d.Want, "called "):
		r.renamed(d, add)
	default:
		if statement, known := r.stated(d); known {
			r.raw(d, "the server refuses it where rows break it", statement)
			return
		}
		r.do(d, note, drop, add)
	}
}

// adding is the operation that makes what a difference misses; nil if what it
// consists of is not known.
func (r *repairer) adding(d Difference) Operation {
	t := r.want.Table(d.Table)
	if t == nil {
		return nil
	}
	same := func(name, text string) bool {
		if d.Name != "" {
			return sameName(name, d.Name, r.state.Flavor.Dialect)
		}
		return text == d.Want
	}
	for _, k := range t.Uniques {
		if d.Kind == plan.KindUnique && same(k.Name, "("+r.c.foldAll(k.Columns)+")") {
			return &AddUnique{Table: d.Table, UniqueDef: UniqueDef{Name: k.Name, Columns: k.Columns}}
		}
	}
	for _, x := range t.Indexes {
		if d.Kind == plan.KindIndex && same(x.Name, r.c.describeIndex(x)) {
			return &AddIndex{Table: d.Table, IndexDef: IndexDef{Name: x.Name}, live: x.clone()}
		}
	}
	for _, f := range t.ForeignKeys {
		if d.Kind == plan.KindForeignKey && same(f.Name, r.c.describeForeignKey(f)) {
			return &AddForeignKey{Table: d.Table, ForeignKeyDef: f.def()}
		}
	}
	for _, c := range t.Checks {
		if d.Kind == plan.KindCheck && same(c.Name, settleExpr(withoutQualifier(c.Expr, t.Name))) {
			return &AddCheck{Table: d.Table, CheckDef: CheckDef{Name: c.Name, Expr: Text{All: c.Expr}}}
		}
	}
	return nil
}

// dropping is the operation that drops what a difference finds.
func (r *repairer) dropping(d Difference) Operation {
	name := d.Name
	if called, ok := strings.CutPrefix(d.Have, "called "); ok {
		name = called
	}
	switch d.Kind {
	case plan.KindUnique:
		return &DropUnique{Table: d.Table, Name: name}
	case plan.KindIndex:
		return &DropIndex{Table: d.Table, Name: name}
	case plan.KindForeignKey:
		return &DropForeignKey{Table: d.Table, Name: name}
	}
	return &DropCheck{Table: d.Table, Name: name}
}

// renamed gives a constraint its name again.
func (r *repairer) renamed(d Difference, add Operation) {
	from, to := strings.TrimPrefix(d.Have, "called "), strings.TrimPrefix(d.Want, "called ")
	alter := "ALTER TABLE " + r.name(d.Table) + " "
	switch {
	case r.state.Flavor.Dialect == flavor.Postgres:
		r.raw(d, "", alter+"RENAME CONSTRAINT "+r.name(from)+" TO "+r.name(to))
	case d.Kind == plan.KindUnique:
		r.raw(d, "", alter+"RENAME INDEX "+r.name(from)+" TO "+r.name(to))
	default:
		r.do(d, "", r.dropping(d), add)
	}
}

// stated is the statement that gives a constraint or index its state again:
// validated, enforced, used by queries. It is not known where there is none.
func (r *repairer) stated(d Difference) (statement string, known bool) {
	alter := "ALTER TABLE " + r.name(d.Table) + " "
	f := r.state.Flavor
	switch {
	case d.Want == "validated":
		return alter + "VALIDATE CONSTRAINT " + r.name(d.Name), true
	case d.Want == "enforced" && d.Kind == plan.KindForeignKey:
		return alter + "ENABLE TRIGGER ALL", true
	case d.Want == "enforced":
		return fmt.Sprintf("%sALTER CHECK %s ENFORCED", alter, r.name(d.Name)), true
	case d.Want == "used by queries" && f.Dialect == flavor.MySQL:
		return alter + "ALTER INDEX " + r.name(d.Name) + " VISIBLE", true
	case d.Want == "used by queries":
		return alter + "ALTER INDEX " + r.name(d.Name) + " NOT IGNORED", true
	}
	return "", false
}
