package phases

import (
	"fmt"
	"slices"

	"manage/migrations/catalog"
	"manage/engine/plan"
	"manage/schema"
)

// lamed warns of triggers that stay on a table and name a column that a contract
// revision of the plan removes from it, as triggers that no revision makes may:
// servers let such a column go, and from then on every write that calls the
// trigger fails. left is the schema after the plan.
func lamed(c *catalog.Catalog, p plan.Plan, left *schema.Schema) []string {
	var found []string
	for _, step := range p.Steps {
		r := c.Revisions[step.ID]
		if step.Phase != plan.Contract || r == nil {
			continue
		}
		gone := removedBy(r, left.Flavor.Dialect)
		for _, tr := range left.Triggers {
			table := left.Table(tr.Table)
			if table == nil || len(gone.columns[fold(tr.Table)]) == 0 {
				continue
			}
			named := names(tr.Body)
			for _, again := range columnsIn(table, named) {
				delete(named, fold(again))
			}
			for column := range gone.columns[fold(tr.Table)] {
				if named[column] {
					found = append(found, fmt.Sprintf("The trigger %s of %s names %s, which %s removes: writes that call it may fail from then on. Change it before, or drop it.", tr.Name, tr.Table, column, step.ID))
				}
			}
		}
	}
	slices.Sort(found)
	return found
}
