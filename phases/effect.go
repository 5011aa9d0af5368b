package phases

import (
	"manage/engine/plan"
	"manage/engine/sqltext"
)

// effectOf is what the words of a plain SQL statement promise to change; nil
// if they tell too little to settle by a look whether it took place. Of an
// ALTER TABLE with several clauses the last one stands for all: the servers
// that commit DDL by themselves do a statement wholly or not at all.
func effectOf(m sqltext.Meaning) *plan.Effect {
	if !m.Known || len(m.Effects) == 0 {
		return nil
	}
	e := m.Effects[len(m.Effects)-1]
	kind, ok := kindOf(e.Kind)
	if !ok || e.Name == "" {
		return nil
	}
	switch e.Verb {
	case sqltext.Create:
		return &plan.Effect{Kind: kind, Table: e.Table, Name: e.Name, Present: true}
	case sqltext.Drop:
		return &plan.Effect{Kind: kind, Table: e.Table, Name: e.Name}
	case sqltext.Rename:
		return &plan.Effect{Kind: kind, Table: e.Table, Name: e.NewName, Present: true}
	}
	return nil
}

// kindOf is the plan's word for a kind of object; false for kinds that a look
// at the schema does not find.
func kindOf(k sqltext.Kind) (plan.ObjectKind, bool) {
	switch k {
	case sqltext.KindTable:
		return plan.KindTable, true
	case sqltext.KindColumn:
		return plan.KindColumn, true
	case sqltext.KindIndex:
		return plan.KindIndex, true
	case sqltext.KindUnique:
		return plan.KindUnique, true
	case sqltext.KindForeignKey:
		return plan.KindForeignKey, true
	case sqltext.KindCheck:
		return plan.KindCheck, true
	case sqltext.KindTrigger:
		return plan.KindTrigger, true
	case sqltext.KindView:
		return plan.KindView, true
	}
	return "", false
}
