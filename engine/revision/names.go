package revision

import (
	"maps"
	"slices"
)

func (b *builder) locate(table, key string) Source {
	if b.opts.Locate == nil {
		return Source{}
	}
	return b.opts.Locate(table, key)
}

// otherNames fills in and checks aliases and legacy numbers.
func (b *builder) otherNames(g *Graph) {
	g.aliases, g.legacy = make(map[string]string), make(map[string]string)
	for _, alias := range slices.Sorted(maps.Keys(b.opts.Aliases)) {
		id, s := b.opts.Aliases[alias], b.locate("aliases", alias)
		_, isRevision := g.places[alias]
		_, isMigration := g.migrationN[alias]
		switch {
		case isRevision || isMigration:
			b.add(s, "alias %s is also an id, which it would hide; rename or remove it", alias)
		case slices.Contains(reserved, alias):
			b.add(s, "alias %s is a word of its own where a version is asked for; rename or remove it", alias)
		case !b.has(id):
			b.add(s, "alias %s stands for %s, which is not a revision in the catalog%s; add it or correct the name", alias, id, orNearest(id, b.ids()))
		}
		g.aliases[alias] = id
	}
	for _, number := range slices.Sorted(maps.Keys(b.opts.Legacy)) {
		id := g.unalias(b.opts.Legacy[number])
		if !b.has(id) {
			b.add(b.locate("legacy", number), "legacy number %s stands for %s, which is not a revision in the catalog%s; add it or correct the name", number, id, orNearest(id, b.ids()))
		}
		g.legacy[number] = id
	}
}

func (b *builder) has(id string) bool {
	_, ok := b.revN[id]
	return ok
}
