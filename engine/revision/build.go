package revision

import (
	"fmt"
	"maps"
	"slices"
)

// builder collects what is wrong while it makes a graph.
type builder struct {
	revs     []Revision
	migs     []Migration
	opts     Options
	problems Problems

	revN map[string]int // id → position in revs
	migN map[string]int // id → position in migs
	// next[l][p] is the revision that stands behind p on line l, -1 if none.
	next [lineCount][]int
	root int // position in revs
	// faults are edges that no graph may have; those that lie on a cycle are
	// reported as part of it.
	faults []fault
}

// none is the position of a revision that is not there.
const none = -1

// fault is an edge between two ids that must not be, and why.
type fault struct {
	from, to string
	problem  Problem
}

func newBuilder(revs []Revision, migs []Migration, opts Options) *builder {
	b := &builder{
		revs: slices.Clone(revs), migs: slices.Clone(migs), opts: opts,
		revN: make(map[string]int, len(revs)), migN: make(map[string]int, len(migs)), root: none,
	}
	for i := range b.revs {
		r := &b.revs[i]
		release, branch, _, ok := ParseID(r.ID)
		if r.Branch == "" {
			r.Branch = Trunk
			if ok {
				r.Branch = branch
			}
		}
		if r.Release == "" {
			r.Release = release
		}
	}
	for i := range b.migs {
		if m := &b.migs[i]; m.Release == "" {
			m.Release, _, _, _ = ParseID(m.ID)
		}
	}
	for l := range b.next {
		b.next[l] = slices.Repeat([]int{none}, len(b.revs))
	}
	return b
}

func (b *builder) failed() bool { return len(b.problems) > 0 }

func (b *builder) report() error {
	b.problems.sort()
	return b.problems
}

func (b *builder) add(s Source, format string, args ...any) {
	b.problems = append(b.problems, Problem{Source: s, Message: fmt.Sprintf(format, args...)})
}

// rivals says of the problem that was added last which two it is about.
func (b *builder) rivals(one, other string) {
	b.problems[len(b.problems)-1].Rivals = [2]string{one, other}
}

func (b *builder) fault(from, to string, s Source, format string, args ...any) {
	b.faults = append(b.faults, fault{from, to, Problem{Source: s, Message: fmt.Sprintf(format, args...)}})
}

// names checks the form of ids and that each is used once.
func (b *builder) names() {
	declared := make(map[string]Source, len(b.revs)+len(b.migs))
	check := func(what, id string, s Source) bool {
		if text := idFault(id); text != "" {
			b.add(s, "%s %q %s", what, id, text)
		}
		first, twice := declared[id]
		if twice {
			b.add(s, "%s is declared twice%s; give one of them another id", id, elsewhere(first))
			b.rivals(first.File, s.File)
			return false
		}
		declared[id] = s
		return true
	}
	for i, r := range b.revs {
		if check("revision", r.ID, r.Source) {
			b.revN[r.ID] = i
			b.branch(r)
		}
	}
	for i, m := range b.migs {
		if check("data migration", m.ID, m.Source) {
			b.migN[m.ID] = i
			if _, branch, _, ok := ParseID(m.ID); ok && branch != Migrate {
				b.add(m.Source, "data migration %s has the id of a revision on branch %s; an id of a data migration has the part migrate", m.ID, branch)
			}
		}
	}
}

// branch checks that a revision's branch exists and agrees with its id.
func (b *builder) branch(r Revision) {
	_, inID, _, ok := ParseID(r.ID)
	switch _, known := lineOf(r.Branch); {
	case r.Branch == Migrate:
		b.add(r.Source, "revision %s has the id of a data migration; give it the part expand or contract", r.ID)
	case !known:
		b.add(r.Source, "revision %s is on branch %q, which there is not; use trunk, expand or contract", r.ID, r.Branch)
	case ok && inID != r.Branch:
		b.add(r.Source, "revision %s is on branch %s, but its id says %s; change one of them", r.ID, r.Branch, inID)
	}
}

// elsewhere is " (first in file:line)" or "".
func elsewhere(s Source) string {
	if place := s.String(); place != "" {
		return " (first in " + place + ")"
	}
	return ""
}

// theOther is " (ID stands in file:line)" or "".
func theOther(r Revision) string {
	if place := r.Source.String(); place != "" {
		return " (" + r.ID + " stands in " + place + ")"
	}
	return ""
}

// ids lists the ids of all revisions, for suggestions.
func (b *builder) ids() []string { return slices.Sorted(maps.Keys(b.revN)) }

// parents resolves parents and checks that each branch is one line.
func (b *builder) parents() {
	for i, r := range b.revs {
		if b.revN[r.ID] != i {
			continue // a second one of the same id
		}
		if r.Parent == "" {
			b.first(i)
			continue
		}
		p, ok := b.revN[r.Parent]
		if !ok {
			b.unknownParent(r)
			continue
		}
		b.child(i, p)
	}
}

func (b *builder) unknownParent(r Revision) {
	if _, ok := b.migN[r.Parent]; ok {
		b.add(r.Source, "revision %s revises %s, which is a data migration; name it in depends_on and let the revision revise the one before it on its branch", r.ID, r.Parent)
		return
	}
	b.add(r.Source, "revision %s revises %s, which is not in the catalog%s; add it or correct the name", r.ID, r.Parent, orNearest(r.Parent, b.ids()))
}

// first takes a revision without parent as the root.
func (b *builder) first(i int) {
	r := b.revs[i]
	if r.Branch != Trunk {
		b.add(r.Source, "revision %s is on branch %s but revises nothing; a branch begins behind a trunk revision, so name that in revises", r.ID, r.Branch)
		return
	}
	if b.root != none {
		b.add(r.Source, "revision %s revises nothing, but %s is the first revision already; let it revise another%s", r.ID, b.revs[b.root].ID, theOther(b.revs[b.root]))
		b.rivals(b.revs[b.root].ID, r.ID)
		return
	}
	b.root = i
}

// child hangs revision i behind revision p.
func (b *builder) child(i, p int) {
	r, parent := b.revs[i], b.revs[p]
	l, ok := lineOf(r.Branch)
	if !ok {
		return // reported by branch
	}
	switch {
	case parent.Branch == r.Branch || parent.Branch == Trunk:
	case r.Branch == Trunk:
		b.fault(r.ID, parent.ID, r.Source, "revision %s is on trunk, but revises %s on branch %s; behind the parting of the branches put it on one of them", r.ID, parent.ID, parent.Branch)
		return
	default:
		b.fault(r.ID, parent.ID, r.Source, "revision %s is on branch %s, but revises %s on branch %s; let it revise the one before it on its own branch, and name the other in depends_on", r.ID, r.Branch, parent.ID, parent.Branch)
		return
	}
	if rival := b.next[l][p]; rival != none {
		other := b.revs[rival]
		b.add(r.Source, "revisions %s and %s both revise %s on branch %s; put one behind the other%s", other.ID, r.ID, parent.ID, r.Branch, theOther(other))
		b.rivals(other.ID, r.ID)
		return
	}
	b.next[l][p] = i
}

// assemble makes the lines, once nothing is wrong with the edges.
func (b *builder) assemble() *Graph {
	g := &Graph{places: make(map[string]place, len(b.revs)), migrationN: make(map[string]int, len(b.migs))}
	if b.root == none {
		b.place(g)
		return g
	}
	last := b.line(g, trunkLine, b.root)
	b.line(g, expandLine, b.next[expandLine][last])
	b.line(g, contractLine, b.next[contractLine][last])
	b.place(g)
	return g
}

// line puts the revisions from first on on a line, and returns the last one.
func (b *builder) line(g *Graph, l line, first int) (last int) {
	n := 0
	for at := first; at != none; at = b.next[l][at] {
		n++
	}
	g.lines[l] = make([]Revision, 0, n)
	for at := first; at != none; at = b.next[l][at] {
		last = at
		g.places[b.revs[at].ID] = place{l, len(g.lines[l])}
		g.lines[l] = append(g.lines[l], b.revs[at])
	}
	return last
}
