package revision

import (
	"slices"
	"strings"
)

// Version is the composite version of a database: the last applied revision of
// each line, "" where none is. Trunk is "" once the branches have parted.
type Version struct {
	Trunk, Expand, Contract string
	// Release is the newest release with revisions of its own that is complete,
	// as are all before it; "" if none is.
	Release string
}

// IDs lists the ids that make up the version: expand first, then contract, or
// trunk alone.
func (v Version) IDs() []string {
	var ids []string
	for _, id := range []string{v.Trunk, v.Expand, v.Contract} {
		if id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// String is the version as it is shown: "ocata_expand01, ocata_contract01".
func (v Version) String() string { return strings.Join(v.IDs(), ", ") }

// closureAt is what the revision at a place needs, itself among it.
func (g *Graph) closureAt(at place) depths {
	var d depths
	d[at.line] = at.index + 1
	if at.line != trunkLine {
		d[trunkLine] = len(g.lines[trunkLine])
	}
	if at.line == contractLine {
		d[expandLine] = g.contractNeeds[at.index+1]
	}
	return d
}

// Closure is the set of the revisions and all that they need: parents and what
// they depend on, also through data migrations. The ids may be aliases, and
// name data migrations, which stand for what they need. Ids that the graph does not
// know add nothing; words that a user has typed are resolved by Target first.
func (g *Graph) Closure(ids ...string) Set {
	var d depths
	for _, id := range ids {
		if at, ok := g.places[g.unalias(id)]; ok {
			d = d.union(g.closureAt(at))
		} else if n, ok := g.migrationN[id]; ok {
			d = d.union(g.migrations[n].needs)
		}
	}
	return Set{g, d}
}

// Applied is the set that stored version rows stand for, and the rows that the
// graph does not know, in the order given. Aliases are honoured.
func (g *Graph) Applied(rows []string) (applied Set, unknown []string) {
	var d depths
	for _, row := range rows {
		at, ok := g.places[g.unalias(row)]
		if !ok {
			unknown = append(unknown, row)
			continue
		}
		d = d.union(g.closureAt(at))
	}
	return Set{g, d}, unknown
}

// unalias is the id that a name stands for: itself, unless it is an alias.
func (g *Graph) unalias(name string) string {
	if id, ok := g.aliases[name]; ok {
		return id
	}
	return name
}

// Rows are the version rows that Alembic would store for the set: its maximal
// elements by parent and depends-on edges, sorted.
func (g *Graph) Rows(s Set) []string {
	rows := make([]string, 0, 2)
	d := s.depth
	switch {
	case d[expandLine] > g.contractNeeds[d[contractLine]]:
		rows = append(rows, g.last(expandLine, d))
	case d[contractLine] == 0 && d[trunkLine] > 0:
		rows = append(rows, g.last(trunkLine, d))
	}
	if d[contractLine] > 0 {
		rows = append(rows, g.last(contractLine, d))
	}
	slices.Sort(rows)
	return rows
}

// Version is the composite version of the set.
func (g *Graph) Version(s Set) Version {
	v := Version{Expand: g.last(expandLine, s.depth), Contract: g.last(contractLine, s.depth)}
	if v.Expand == "" && v.Contract == "" {
		v.Trunk = g.last(trunkLine, s.depth)
	}
	v.Release = g.releases.newest(s.depth)
	return v
}

// Pending lists the revisions of target that are not in applied, in the order
// of sync: trunk, expand, contract.
func (g *Graph) Pending(applied, target Set) []Revision {
	var out []Revision
	for l := range g.lines {
		if from, to := applied.depth[l], target.depth[l]; from < to {
			out = append(out, g.lines[l][from:to]...)
		}
	}
	return out
}
