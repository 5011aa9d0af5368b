package backfill

import (
	"fmt"
	"strings"

	"manage/engine/flavor"
	"manage/migrations/catalog"
)

// Whole returns the statements of a declarative data migration over all rows
// at once, as a plan shows them and a script runs them: a run cuts the same
// statements into key ranges. It is empty for a program and for a Go function.
func Whole(m *catalog.Migration, d flavor.Dialect) []string {
	var all []string
	for _, st := range m.Steps {
		if len(st.Set) > 0 {
			all = append(all, wholeUpdate(st, d)...)
			continue
		}
		for _, text := range st.Statements {
			if statement, ok := text.For(d); ok {
				all = append(all, strings.ReplaceAll(statement, "{range}", "(1 = 1)"))
			}
		}
	}
	return all
}

func wholeUpdate(st catalog.MigrationStep, d flavor.Dialect) []string {
	var sets []string
	for _, column := range st.SetOrder {
		if value, ok := st.Set[column].For(d); ok {
			sets = append(sets, quote(column, d)+" = "+value)
		}
	}
	if len(sets) == 0 {
		return nil
	}
	statement := fmt.Sprintf("UPDATE %s SET %s", quote(st.Table, d), strings.Join(sets, ", "))
	if where, ok := st.Where.For(d); ok && where != "" {
		statement += " WHERE " + where
	}
	return []string{statement}
}
