package phases

import (
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/sqltext"
	"manage/schema"
)

// bearing is what a statement of plain SQL has to do with a difference.
type bearing int

const (
	none     bearing = iota
	intended         // it made the difference, and was meant to
	unclear          // it may have
)

// bearingOf tells what a statement has to do with a difference, from its words.
func bearingOf(sql string, dialect flavor.Dialect, d schema.Difference) bearing {
	m := sqltext.Classify(sql, dialect)
	switch {
	case m.Known && len(m.Effects) == 0:
		return none
	case !m.Known:
		return unclear
	}
	found := none
	for _, e := range m.Effects {
		if b := bearingOfClause(e, d); b != none {
			found = b
		}
	}
	return found
}

// bearingOfClause does the same for one clause. What is made or removed by its
// name is told; of what is changed, and of what the server names, it is not.
func bearingOfClause(e sqltext.Effect, d schema.Difference) bearing {
	whole := e.Kind == sqltext.KindTable && (strings.EqualFold(e.Name, d.Table) || strings.EqualFold(e.NewName, d.Table))
	named := d.Name != "" && (strings.EqualFold(e.Name, d.Name) || strings.EqualFold(e.NewName, d.Name))
	switch {
	case whole:
		return unclear
	case e.Table != "" && !strings.EqualFold(e.Table, d.Table), e.Table == "" && !named:
		return none
	case named && d.Want == "" && (e.Verb == sqltext.Create || strings.EqualFold(e.NewName, d.Name)),
		named && d.Have == "" && (e.Verb == sqltext.Drop || e.NewName != "" && strings.EqualFold(e.Name, d.Name)):
		return intended
	case named, e.Name == "":
		return unclear
	case d.Kind == plan.KindColumn:
		return none
	case !hasWord(strings.ToLower(d.Want+" "+d.Have), strings.ToLower(e.Name)):
		return bearingOfKey(e)
	case e.Kind == sqltext.KindColumn && e.Verb == sqltext.Drop && d.Have == "":
		return intended // it goes with its column
	}
	return unclear
}

// bearingOfKey is for a key or index that a clause does not name: a foreign key
// brings an index, which may be called as it likes.
func bearingOfKey(e sqltext.Effect) bearing {
	if e.Kind == sqltext.KindForeignKey || e.Kind == sqltext.KindConstraint {
		return unclear
	}
	return none
}
