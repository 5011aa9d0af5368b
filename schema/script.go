package schema

import (
	"fmt"
	"maps"
	"slices"

	"manage/engine/plan"
)

// Script is the statements that make the schema on an empty SQLite database:
// tables in the order of their names, which the server lets refer to each
// other all the same, then triggers and views. Statements that the schema
// keeps as their server does are taken as they are.
func (s *Schema) Script() ([]plan.Statement, error) {
	var all []plan.Statement
	made := New(s.Flavor)
	for _, name := range slices.Sorted(maps.Keys(s.Tables)) {
		statements, err := (&CreateTable{live: s.Tables[name]}).Render(made)
		if err != nil {
			return nil, err
		}
		all = append(all, statements...)
	}
	for _, v := range s.Views {
		all = append(all, plan.Statement{SQL: v.Text})
	}
	for _, tr := range s.Triggers {
		if tr.Text == "" {
			return nil, fmt.Errorf("the text of trigger %q is not known", tr.Name)
		}
		all = append(all, plan.Statement{SQL: tr.Text})
	}
	return all, nil
}
