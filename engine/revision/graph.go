package revision

import "slices"

// Options is what a catalog says about its graph beside its revisions.
type Options struct {
	// Releases names the releases in order. A release without revisions of its
	// own means its predecessor's heads. Without a list, the order is taken
	// from the lines.
	Releases []string
	// Aliases are further names of revisions: alias → id. They are honoured in
	// version rows too, for values that older tools have stored.
	Aliases map[string]string
	// Legacy are the numbers of an older scheme: number → id or alias.
	Legacy map[string]string
	// Locate tells where an entry of Releases, Aliases or Legacy is written.
	// The table is "releases", "aliases" or "legacy". It may be nil.
	Locate func(table, key string) Source
}

// Graph is a valid graph of revisions. It never changes after NewGraph, and
// every question to it is answered from what was computed there.
type Graph struct {
	lines  [lineCount][]Revision
	places map[string]place

	// contractNeeds[n] is how many expand revisions the first n contract
	// revisions need, directly or through data migrations.
	contractNeeds []int

	migrations []migration
	migrationN map[string]int

	releases releases
	aliases  map[string]string
	legacy   map[string]string
}

// place is where a revision stands: its line, and how many stand before it.
type place struct {
	line  line
	index int
}

// Heads are the last revisions of a catalog's lines; "" for a line that the
// catalog does not have.
type Heads struct{ Trunk, Expand, Contract string }

// NewGraph builds the graph of a catalog. If anything is wrong with it, the
// error is Problems and says all that is.
//
// A revision without a branch gets the one in its id (ParseID), else Trunk; a
// revision or data migration without a release gets the one in its id.
func NewGraph(revs []Revision, migs []Migration, opts Options) (*Graph, error) {
	b := newBuilder(revs, migs, opts)
	b.names()
	b.parents()
	b.dependencies()
	b.migrationEdges()
	b.cycles()
	if b.failed() {
		return nil, b.report()
	}
	g := b.assemble()
	b.releases(g)
	b.otherNames(g)
	if b.failed() {
		return nil, b.report()
	}
	return g, nil
}

// Revision returns the revision with exactly this id.
func (g *Graph) Revision(id string) (Revision, bool) {
	at, ok := g.places[id]
	if !ok {
		return Revision{}, false
	}
	return g.lines[at.line][at.index], true
}

// Migration returns the data migration with exactly this id.
func (g *Graph) Migration(id string) (Migration, bool) {
	n, ok := g.migrationN[id]
	if !ok {
		return Migration{}, false
	}
	return g.migrations[n].Migration, true
}

// Revisions lists all revisions in the order in which they are applied from
// nothing: trunk, then all expand, then all contract revisions.
func (g *Graph) Revisions() []Revision {
	return slices.Concat(g.lines[:]...)
}

// Migrations lists all data migrations in graph order: by the expand revision
// that each needs last, then by id.
func (g *Graph) Migrations() []Migration {
	out := make([]Migration, len(g.migrations))
	for i, m := range g.migrations {
		out[i] = m.Migration
	}
	return out
}

// Branched reports whether the catalog has an expand or a contract line; a
// catalog that has neither is all trunk.
func (g *Graph) Branched() bool {
	return len(g.lines[expandLine])+len(g.lines[contractLine]) > 0
}

// Heads returns the last revision of each line.
func (g *Graph) Heads() Heads {
	d := g.full()
	return Heads{g.last(trunkLine, d), g.last(expandLine, d), g.last(contractLine, d)}
}

// All is the set of all revisions.
func (g *Graph) All() Set { return Set{g, g.full()} }

// Aliases returns the aliases, alias → id.
func (g *Graph) Aliases() map[string]string { return g.aliases }

// Legacy returns the revision that a number of the older scheme stands for.
func (g *Graph) Legacy(number string) (id string, ok bool) {
	id, ok = g.legacy[number]
	return id, ok
}

func (g *Graph) full() depths {
	var d depths
	for l := range g.lines {
		d[l] = len(g.lines[l])
	}
	return d
}

// last is the id of the last revision that d counts on line l, "" if none.
func (g *Graph) last(l line, d depths) string {
	if d[l] == 0 {
		return ""
	}
	return g.lines[l][d[l]-1].ID
}
