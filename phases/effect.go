package phases

import (
	"manage/engine/plan"
	"manage/engine/sqltext"
)

// effectOf is what the words of a plain SQL statement promise to change; nil
// if they tell too little to settle by a look whether it took place.
//
// Clauses that a look finds speak for the others: servers do an ALTER TABLE
// wholly or not at all. A statement that names several objects, such as DROP
// TABLE a, b, is not that everywhere, so all of them are looked for.
func effectOf(m sqltext.Meaning) *plan.Effect {
	var found []plan.Effect
	again := m.Known && len(m.Effects) > 0
	for _, e := range m.Effects {
		if e.Again || repeatable(m.Verb, e) {
			continue
		}
		again = false
		if effect, ok := lookFor(e); ok {
			found = append(found, effect)
		}
	}
	switch {
	case again:
		return &plan.Effect{Kind: plan.KindNothing}
	case len(found) == 0:
		return nil
	}
	first := found[0]
	first.Also = found[1:]
	return &first
}

// repeatable reports whether a statement with IF EXISTS, IF NOT EXISTS or OR
// REPLACE can be sent again. What it makes of a table or an index is looked for
// instead: there may be half of it.
func repeatable(verb sqltext.Verb, e sqltext.Effect) bool {
	switch {
	case !e.Guarded || e.Verb != verb:
		return false
	case verb == sqltext.Drop:
		return true
	}
	switch e.Kind {
	case sqltext.KindView, sqltext.KindTrigger, "function", "procedure", "sequence":
		return verb == sqltext.Create
	}
	return false
}

// lookFor is how an effect shows in the schema; false if it does not.
func lookFor(e sqltext.Effect) (plan.Effect, bool) {
	if e.Kind == sqltext.KindEnumValue && e.Verb == sqltext.Create {
		return plan.Effect{Kind: plan.KindEnum, Name: e.Table, Present: true, Definition: e.Name}, true
	}
	kind, ok := kinds[e.Kind]
	if !ok || e.Name == "" && kind != plan.KindPrimaryKey {
		return plan.Effect{}, false
	}
	switch e.Verb {
	case sqltext.Create:
		return plan.Effect{Kind: kind, Table: e.Table, Name: e.Name, Present: true}, true
	case sqltext.Drop:
		return plan.Effect{Kind: kind, Table: e.Table, Name: e.Name}, true
	case sqltext.Rename:
		return plan.Effect{Kind: kind, Table: e.Table, Name: e.NewName, Present: true}, true
	}
	return plan.Effect{}, false
}

// kinds are the plan's words for the kinds of objects that a look at the
// schema finds.
var kinds = map[sqltext.Kind]plan.ObjectKind{
	sqltext.KindTable:      plan.KindTable,
	sqltext.KindColumn:     plan.KindColumn,
	sqltext.KindIndex:      plan.KindIndex,
	sqltext.KindUnique:     plan.KindUnique,
	sqltext.KindForeignKey: plan.KindForeignKey,
	sqltext.KindCheck:      plan.KindCheck,
	sqltext.KindPrimaryKey: plan.KindPrimaryKey,
	sqltext.KindConstraint: plan.KindConstraint,
	sqltext.KindTrigger:    plan.KindTrigger,
	sqltext.KindView:       plan.KindView,
	sqltext.KindEnum:       plan.KindEnum,
}
