package revision

import (
	"maps"
	"slices"
)

// dependencies checks what revisions depend on.
func (b *builder) dependencies() {
	for _, r := range b.revs {
		for _, id := range r.DependsOn {
			b.dependency(r, id)
		}
	}
}

func (b *builder) dependency(r Revision, id string) {
	if _, ok := b.migN[id]; ok {
		if r.Branch != Contract {
			b.fault(r.ID, id, r.Source, "revision %s is on branch %s and depends on data migration %s; only a contract revision can wait for one", r.ID, r.Branch, id)
		}
		return
	}
	i, ok := b.revN[id]
	if !ok {
		b.add(r.Source, "revision %s depends on %s, which is not in the catalog%s; add it or correct the name", r.ID, id, orNearest(id, b.allIDs()))
		return
	}
	switch other := b.revs[i].Branch; {
	case other == r.Branch:
		b.fault(r.ID, id, r.Source, "revision %s depends on %s on its own branch %s, where revises says the order; remove it from depends_on, or name the one on the other branch", r.ID, id, other)
	case r.Branch == Expand && other == Contract:
		b.fault(r.ID, id, r.Source, "expand revision %s depends on contract revision %s; expand must be possible before any contract, so remove it from depends_on or move the change to branch contract", r.ID, id)
	case r.Branch == Trunk:
		b.fault(r.ID, id, r.Source, "trunk revision %s depends on %s on branch %s, which comes after trunk; remove it from depends_on", r.ID, id, other)
	}
}

// migrationEdges checks both sides of the data migrations.
func (b *builder) migrationEdges() {
	for _, m := range b.migs {
		if len(m.DependsOn) == 0 {
			b.add(m.Source, "data migration %s does not say which revision it follows; name the expand revision in depends_on", m.ID)
		}
		for _, id := range m.DependsOn {
			b.migrationNeed(m, id)
		}
		if m.Before != "" {
			b.migrationBefore(m)
		}
	}
}

func (b *builder) migrationNeed(m Migration, id string) {
	if _, ok := b.migN[id]; ok {
		b.fault(m.ID, id, m.Source, "data migration %s depends on data migration %s; name the expand revision that it follows", m.ID, id)
		return
	}
	i, ok := b.revN[id]
	if !ok {
		b.add(m.Source, "data migration %s depends on %s, which is not in the catalog%s; add it or correct the name", m.ID, id, orNearest(id, b.ids()))
		return
	}
	if b.revs[i].Branch == Contract {
		b.fault(m.ID, id, m.Source, "data migration %s depends on contract revision %s; it runs before contract, so name the expand revision that it follows", m.ID, id)
	}
}

func (b *builder) migrationBefore(m Migration) {
	i, ok := b.revN[m.Before]
	if !ok {
		b.add(m.Source, "data migration %s stands before %s, which is not in the catalog%s; add it or correct the name", m.ID, m.Before, orNearest(m.Before, b.ids()))
		return
	}
	if branch := b.revs[i].Branch; branch != Contract {
		b.fault(m.Before, m.ID, m.Source, "data migration %s stands before %s on branch %s; name a contract revision in before, or leave it out", m.ID, m.Before, branch)
	}
}

// allIDs lists the ids of all revisions and data migrations, for suggestions.
func (b *builder) allIDs() []string {
	return append(b.ids(), slices.Sorted(maps.Keys(b.migN))...)
}
