package revision

import (
	"cmp"
	"slices"
	"strings"
)

// migration is a data migration with its place in the graph.
type migration struct {
	Migration
	// needs is what must be applied before it can run.
	needs depths
	// before is how many contract revisions can be applied without it; all of
	// them, and one more, if none waits for it.
	before int
	// release is the position of its release.
	release int
}

// contracted reports whether a contract revision that waits for m is in d.
func (m migration) contracted(d depths) bool { return d[contractLine] > m.before }

// Waiting is the first contract revision that waits for a data migration,
// whichever of the two files says so; "" if none does.
func (g *Graph) Waiting(migration string) string {
	n, ok := g.migrationN[migration]
	if !ok || g.endless(g.migrations[n]) {
		return ""
	}
	return g.lines[contractLine][g.migrations[n].before].ID
}

// endless reports whether no contract revision waits for m.
func (g *Graph) endless(m migration) bool { return m.before >= len(g.lines[contractLine]) }

// place computes what contract revisions need and where data migrations stand.
func (b *builder) place(g *Graph) {
	g.contractNeeds = make([]int, len(g.lines[contractLine])+1)
	for _, m := range b.migs {
		placed := migration{Migration: m, before: len(g.lines[contractLine])}
		for _, id := range m.DependsOn {
			placed.needs = placed.needs.union(g.closureAt(g.places[id]))
		}
		if m.Before != "" {
			placed.before = g.places[m.Before].index
		}
		g.migrations = append(g.migrations, placed)
		g.migrationN[m.ID] = len(g.migrations) - 1
	}
	for i, r := range g.lines[contractLine] {
		for _, id := range r.DependsOn {
			if n, ok := g.migrationN[id]; ok {
				g.migrations[n].before = min(g.migrations[n].before, i)
			} else if at := g.places[id]; at.line == expandLine {
				g.contractNeeds[i+1] = max(g.contractNeeds[i+1], at.index+1)
			}
		}
	}
	for _, m := range g.migrations {
		if !g.endless(m) {
			n := &g.contractNeeds[m.before+1]
			*n = max(*n, m.needs[expandLine])
		}
	}
	for i := range g.lines[contractLine] {
		g.contractNeeds[i+1] = max(g.contractNeeds[i+1], g.contractNeeds[i])
	}
	slices.SortStableFunc(g.migrations, func(a, b migration) int {
		return cmp.Or(cmp.Compare(a.needs[expandLine], b.needs[expandLine]),
			cmp.Compare(a.needs[trunkLine], b.needs[trunkLine]),
			strings.Compare(a.ID, b.ID))
	})
	for i, m := range g.migrations {
		g.migrationN[m.ID] = i
	}
}

// MigrationsBetween lists, in graph order, the data migrations that a move
// from applied to target has to look at, after its expand revisions and before
// its contract revisions:
//
//   - those that a contract revision in target, not in applied, waits for;
//   - those that no contract revision waits for, if the move leads to a point
//     where all that they need is applied and, unless the catalog is all
//     trunk, their release is complete: a move that stops at an expand revision
//     does not run them.
//
// Whether one of them is due is then for its pending query to say.
func (g *Graph) MigrationsBetween(applied, target Set) []Migration {
	end := applied.depth.union(target.depth)
	var out []Migration
	for _, m := range g.migrations {
		between := m.contracted(target.depth) && !m.contracted(applied.depth)
		if g.endless(m) {
			between = end.contain(m.needs) && (!g.Branched() || g.releases.complete(m.release, end))
		}
		if between {
			out = append(out, m.Migration)
		}
	}
	return out
}

// Candidates lists, in graph order, the data migrations that are due if their
// pending query finds rows: all that they need is applied, and no contract
// revision that waits for them is.
func (g *Graph) Candidates(applied Set) []Migration {
	var out []Migration
	for _, m := range g.migrations {
		if applied.depth.contain(m.needs) && !m.contracted(applied.depth) {
			out = append(out, m.Migration)
		}
	}
	return out
}
