package phases

import (
	"fmt"
	"slices"
	"strings"

	"manage/engine/plan"
	"manage/engine/revision"
	"manage/migrations/catalog"
	"manage/phases/backfill/compare"
	"manage/schema"
)

// Before a contract revision removes something, the rows are compared once
// more: what a pair of sync_columns keeps equal, and what the steps of data
// migrations have set. That can be told only as long as the two places are
// joined, or nobody writes: once a bridge is gone, the new release may write
// what the old place does not say. So all that a bridge joins is compared before
// it goes, even if its columns go later, and not again.

// rowChecks plans those comparisons, by the contract revision that they come
// before.
type rowChecks struct {
	catalog *catalog.Catalog
	state   *schema.Schema // before the first of the revisions
	a       attempt
	applied revision.Set    // before the first of the revisions
	seen    map[string]bool // names of comparisons that are planned
	running map[string]bool // ids of the revisions
}

// rowChecks lists the comparisons before each of the contract revisions among
// pending, the first of which is about to be planned.
func (s *Service) rowChecks(p *planner, a attempt, pending []revision.Revision) map[string][]plan.RowCheck {
	if a.req.VerifyRows == compare.None {
		return nil
	}
	w := &rowChecks{catalog: s.Catalog, state: p.state, a: a, applied: p.applied, seen: map[string]bool{}, running: map[string]bool{}}
	for _, r := range pending {
		w.running[r.ID] = true
	}
	checks := map[string][]plan.RowCheck{}
	for _, r := range pending {
		if r.Branch != revision.Contract {
			continue
		}
		if _, half := a.unfinished[r.ID]; half {
			continue // they were compared before it began
		}
		gone := w.goneWith(r)
		if gone.empty() {
			continue
		}
		for _, c := range append(w.pairs(r, gone), w.steps(r, gone)...) {
			if !w.seen[c.Name] {
				w.seen[c.Name] = true
				c.Sampled = a.req.VerifyRows == compare.Sample
				checks[r.ID] = append(checks[r.ID], c)
			}
		}
	}
	return checks
}

// goneWith is what goes with a contract revision: what it removes, and what
// later ones of its release remove of the tables whose bridges it takes.
func (w *rowChecks) goneWith(r revision.Revision) removal {
	gone := removedBy(w.catalog.Revisions[r.ID], w.state.Flavor.Dialect)
	for _, later := range w.catalog.Graph.Revisions() {
		if later.Branch != revision.Contract || later.Release != r.Release || later.ID == r.ID || w.a.applied.Has(later.ID) {
			continue
		}
		more := removedBy(w.catalog.Revisions[later.ID], w.state.Flavor.Dialect)
		gone.take(more, gone.bridges)
	}
	return gone
}

// joined reports whether no contract revision of a release, which was begun
// before, has taken the bridge off a table.
func (w *rowChecks) joined(release, table string) bool {
	for _, r := range w.catalog.Graph.Revisions() {
		_, half := w.a.unfinished[r.ID]
		if r.Branch != revision.Contract || r.Release != release || !half && !w.a.applied.Has(r.ID) {
			continue
		}
		if removedBy(w.catalog.Revisions[r.ID], w.state.Flavor.Dialect).bridges[fold(table)] {
			return false
		}
	}
	return true
}

// pairs are the comparisons of columns that sync_columns keeps equal.
func (w *rowChecks) pairs(r revision.Revision, gone removal) []plan.RowCheck {
	var all []plan.RowCheck
	for _, expand := range w.catalog.Graph.Revisions() {
		if expand.Branch == revision.Contract || !w.applied.Has(expand.ID) {
			continue
		}
		for _, c := range w.catalog.Revisions[expand.ID].Up {
			o, ok := c.Op.(*schema.SyncColumns)
			if !ok || !c.Serves(w.state.Flavor.Dialect) || !gone.column(o.Table, o.Old) && !gone.pairs[o.Name] || !w.joined(expand.Release, o.Table) {
				continue
			}
			agrees, err := o.Agreement(w.state)
			if err != nil {
				continue // its columns are gone
			}
			check := plan.RowCheck{
				Name: compare.Name(expand.ID + " " + o.Name), By: expand.ID, File: c.Source.File, Line: c.Source.Line,
				What:  fmt.Sprintf("%s.%s with %s, which %s keeps equal", o.Table, o.New, o.Old, expand.ID),
				Table: o.Table, Key: keyOf(w.state.Table(o.Table)), Agrees: agrees, Columns: []string{o.Old, o.New},
			}
			if check.Key == nil {
				check.Skipped = "the table has no key by which it could be cut into ranges"
			}
			all = append(all, check)
		}
	}
	return all
}

// keyOf is a key of a table without NULL: its primary key, or a unique one; nil
// if there is none.
func keyOf(t *schema.Table) []string {
	if t.PrimaryKey != nil {
		return t.PrimaryKey.Columns
	}
	for _, u := range t.Uniques {
		nullable := func(name string) bool {
			return slices.ContainsFunc(t.Columns, func(c *schema.Column) bool { return fold(c.Name) == fold(name) && c.Nullable })
		}
		if !slices.ContainsFunc(u.Columns, nullable) {
			return u.Columns
		}
	}
	return nil
}

// steps are the comparisons of what data migrations have set.
func (w *rowChecks) steps(r revision.Revision, gone removal) []plan.RowCheck {
	var all []plan.RowCheck
	for _, m := range w.catalog.Graph.Migrations() {
		if !w.applied.Contains(w.catalog.Graph.Closure(m.DependsOn...)) {
			continue
		}
		if m.Release != r.Release && !w.running[w.catalog.Graph.Waiting(m.ID)] {
			continue // it was over long ago, or need not have run yet
		}
		if c, ok := elsewhere(w.catalog.Migrations[m.ID], gone); ok {
			all = append(all, c)
		}
		for i := range w.catalog.Migrations[m.ID].Steps {
			st := &step{rowChecks: w, migration: w.catalog.Migrations[m.ID], number: i, gone: gone}
			if c, ok := st.check(); ok && w.joined(r.Release, c.Table) {
				all = append(all, c)
			}
		}
	}
	return all
}

// elsewhere is what is said of a data migration that a program or a Go function
// does; false if nothing is removed that it may have read.
func elsewhere(m *catalog.Migration, gone removal) (plan.RowCheck, bool) {
	c := plan.RowCheck{Name: compare.Name(m.ID), By: m.ID, File: m.Source.File, Line: m.Source.Line, What: "what " + m.ID + " made"}
	switch {
	case len(m.Program) > 0:
		c.Skipped = "a program did it, and nobody can tell what it should have left"
	case m.Hook != "":
		c.Skipped = "a Go function did it, and nobody can tell what it should have left"
	}
	return c, c.Skipped != "" && len(gone.tables)+len(gone.columns)+len(gone.unknown) > 0
}

// fold makes names of tables and columns comparable: a comparison too many does
// less harm than one too few.
func fold(name string) string { return strings.ToLower(name) }
