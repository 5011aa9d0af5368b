package revision

import (
	"slices"
	"strings"
)

// cycles names the cycles of the graph, and reports the faulty edges that lie
// on none. Lines that all hang on the root and edges without fault cannot have
// cycles, so that the search is made for broken graphs only.
func (b *builder) cycles() {
	b.parting()
	if len(b.faults) == 0 && b.hanging() == len(b.revN) {
		return
	}
	s := &cycleSearch{edges: b.edges(), state: make(map[string]int), on: make(map[[2]string]bool)}
	for _, r := range b.revs {
		s.visit(r.ID)
	}
	for _, m := range b.migs {
		s.visit(m.ID)
	}
	for _, cycle := range s.found {
		b.cycle(cycle)
	}
	for _, f := range b.faults {
		if !s.on[[2]string{f.from, f.to}] {
			b.problems = append(b.problems, f.problem)
		}
	}
}

// parting checks that trunk ends where the branches begin.
func (b *builder) parting() {
	for l := expandLine; l < lineCount; l++ {
		for p, i := range b.next[l] {
			if i == none {
				continue
			}
			after := b.next[trunkLine][p]
			if after == none || b.revs[p].Branch != Trunk {
				continue
			}
			t, r := b.revs[after], b.revs[i]
			b.add(t.Source, "revision %s is on trunk, but branch %s begins before it: %s revises %s too; put %s on a branch, or let %s revise the last trunk revision",
				t.ID, r.Branch, r.ID, t.Parent, t.ID, r.ID)
			b.rivals("", r.ID)
		}
	}
}

// hanging counts the revisions that can be reached from the root.
func (b *builder) hanging() int {
	if b.root == none {
		return 0
	}
	n, todo := 0, []int{b.root}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		n++
		for l := range b.next {
			if i := b.next[l][at]; i != none {
				todo = append(todo, i)
			}
		}
	}
	return n
}

// edges lists for each id what it needs.
func (b *builder) edges() map[string][]string {
	edges := make(map[string][]string, len(b.revs)+len(b.migs))
	link := func(from, to string) {
		if to != "" {
			edges[from] = append(edges[from], to)
		}
	}
	for _, r := range b.revs {
		link(r.ID, r.Parent)
		for _, d := range r.DependsOn {
			link(r.ID, d)
		}
	}
	for _, m := range b.migs {
		for _, d := range m.DependsOn {
			link(m.ID, d)
		}
		link(m.Before, m.ID)
	}
	return edges
}

func (b *builder) source(id string) Source {
	if i, ok := b.revN[id]; ok {
		return b.revs[i].Source
	}
	return b.migs[b.migN[id]].Source
}

func (b *builder) cycle(ids []string) {
	// Begin with the smallest, so that the sentence does not depend on the
	// order in which the files were read.
	least := 0
	for i := range ids {
		if ids[i] < ids[least] {
			least = i
		}
	}
	ids = slices.Concat(ids[least:], ids[:least], ids[least:least+1])
	b.add(b.source(ids[0]), "each of these needs the next one first, in a cycle: %s; remove one of the edges", strings.Join(ids, " → "))
}

// cycleSearch is a depth-first search without recursion: a line can be as long
// as a catalog.
type cycleSearch struct {
	edges map[string][]string
	state map[string]int // 0 new, -1 done, else 1 + position in path
	path  []string
	found [][]string
	on    map[[2]string]bool // edges that lie on a cycle found
}

func (s *cycleSearch) visit(start string) {
	if s.state[start] != 0 {
		return
	}
	next := []int{0}
	s.enter(start)
	for len(s.path) > 0 {
		top := len(s.path) - 1
		id := s.path[top]
		if next[top] == len(s.edges[id]) {
			s.state[id] = -1
			s.path, next = s.path[:top], next[:top]
			continue
		}
		to := s.edges[id][next[top]]
		next[top]++
		switch at := s.state[to]; {
		case at == 0:
			s.enter(to)
			next = append(next, 0)
		case at > 0:
			s.record(s.path[at-1:])
		}
	}
}

func (s *cycleSearch) enter(id string) {
	s.path = append(s.path, id)
	s.state[id] = len(s.path)
}

func (s *cycleSearch) record(ids []string) {
	s.found = append(s.found, slices.Clone(ids))
	for i, id := range ids {
		s.on[[2]string{id, ids[(i+1)%len(ids)]}] = true
	}
}
