package revision

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// model answers the questions about a graph from its edges, the slow way.
type model struct {
	revs  []Revision
	needs map[string][]string // id → parent and what it depends on, data migrations replaced by what they need
}

func newModel(revs []Revision, migs []Migration) model {
	m := model{revs: revs, needs: map[string][]string{}}
	through := map[string][]string{}
	for _, mig := range migs {
		through[mig.ID] = mig.DependsOn
		if mig.Before != "" {
			m.needs[mig.Before] = append(m.needs[mig.Before], mig.DependsOn...)
		}
	}
	for _, r := range revs {
		if r.Parent != "" {
			m.needs[r.ID] = append(m.needs[r.ID], r.Parent)
		}
		for _, d := range r.DependsOn {
			if ids, ok := through[d]; ok {
				m.needs[r.ID] = append(m.needs[r.ID], ids...)
			} else {
				m.needs[r.ID] = append(m.needs[r.ID], d)
			}
		}
	}
	return m
}

func (m model) closure(ids ...string) map[string]bool {
	out := map[string]bool{}
	for len(ids) > 0 {
		id := ids[len(ids)-1]
		ids = ids[:len(ids)-1]
		if !out[id] {
			out[id] = true
			ids = append(ids, m.needs[id]...)
		}
	}
	return out
}

// step changes version rows as Alembic does when one revision is applied: no
// row of what it needs directly: a row more; one: that row changes; several:
// all of them go, and it comes.
func (m model) step(rows map[string]bool, id string) {
	for _, need := range m.needs[id] {
		delete(rows, need)
	}
	rows[id] = true
}

// catalog is a random valid catalog.
type catalog struct {
	revs []Revision
	migs []Migration
}

func drawCatalog(t *rapid.T) catalog {
	var c catalog
	parents := map[Branch]string{}
	add := func(b Branch, n int, release string) Revision {
		r := Revision{ID: fmt.Sprintf("%s%d", b, n), Parent: parents[b], Branch: b, Release: release}
		parents[b] = r.ID
		return r
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "trunk") {
		c.revs = append(c.revs, add(Trunk, i, ""))
	}
	parents[Expand], parents[Contract] = parents[Trunk], parents[Trunk]
	var expand []Revision
	release := 0
	for i := range rapid.IntRange(0, 6).Draw(t, "expand") {
		release += rapid.IntRange(0, 2).Draw(t, "newer")
		expand = append(expand, add(Expand, i, fmt.Sprint("r", release)))
	}
	for i, e := range expand {
		if rapid.Bool().Draw(t, "migration") {
			c.migs = append(c.migs, Migration{ID: fmt.Sprint("m", i), DependsOn: []string{e.ID}, Release: e.Release})
		}
	}
	c.revs = append(c.revs, expand...)
	c.drawContract(t, expand, add)
	return c
}

func (c *catalog) drawContract(t *rapid.T, expand []Revision, add func(Branch, int, string) Revision) {
	release := 0
	for i := range rapid.IntRange(0, 6).Draw(t, "contract") {
		release += rapid.IntRange(0, 2).Draw(t, "newer")
		r := add(Contract, i, fmt.Sprint("r", release))
		// Only expand revisions of this or an older release can be needed.
		var allowed []string
		for _, e := range expand {
			if len(e.Release) < len(r.Release) || len(e.Release) == len(r.Release) && e.Release <= r.Release {
				allowed = append(allowed, e.ID)
			}
		}
		for j := range c.migs {
			m := &c.migs[j]
			if !slices.Contains(allowed, m.DependsOn[0]) {
				continue
			}
			switch rapid.IntRange(0, 3).Draw(t, "edge to the data migration") {
			case 0:
				r.DependsOn = append(r.DependsOn, m.ID)
			case 1:
				m.Before = r.ID
			}
		}
		if len(allowed) > 0 && rapid.Bool().Draw(t, "depends") {
			r.DependsOn = append(r.DependsOn, rapid.SampledFrom(allowed).Draw(t, "on"))
		}
		c.revs = append(c.revs, r)
	}
}

func (c catalog) graph(t *rapid.T) *Graph {
	var names []string
	for i := range 20 {
		names = append(names, fmt.Sprint("r", i))
	}
	revs := rapid.Permutation(c.revs).Draw(t, "order of files")
	g, err := NewGraph(revs, c.migs, Options{Releases: names})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return g
}

// Applying revisions one by one, in any order that the edges allow, keeps the
// rows that Alembic would keep, and ends at one version with one set of rows.
func TestAnyOrderKeepsAlembicsRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCatalog(t)
		g, m := c.graph(t), newModel(c.revs, c.migs)
		applied, rows := map[string]bool{}, map[string]bool{}
		for len(applied) < len(c.revs) {
			var ready []string
			for _, r := range c.revs {
				if !applied[r.ID] && !slices.ContainsFunc(m.needs[r.ID], func(id string) bool { return !applied[id] }) {
					ready = append(ready, r.ID)
				}
			}
			id := rapid.SampledFrom(ready).Draw(t, "next")
			applied[id] = true
			m.step(rows, id)
			stored := slices.Sorted(maps.Keys(rows))
			set, unknown := g.Applied(stored)
			if len(unknown) > 0 || !slices.Equal(slices.Sorted(slices.Values(set.IDs())), slices.Sorted(maps.Keys(applied))) {
				t.Fatalf("after %s, rows %v stand for %v (unknown %v), applied are %v", id, stored, set.IDs(), unknown, applied)
			}
			if got := g.Rows(set); !slices.Equal(got, stored) {
				t.Fatalf("after %s: rows %v, Alembic's are %v", id, got, stored)
			}
		}
		set, _ := g.Applied(slices.Sorted(maps.Keys(rows)))
		if !set.Equal(g.All()) || g.Version(set) != g.Version(g.All()) {
			t.Fatalf("ended at %v", g.Version(set))
		}
	})
}

func TestClosureAgreesWithTheEdges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCatalog(t)
		g, m := c.graph(t), newModel(c.revs, c.migs)
		a := rapid.SampledFrom(c.revs).Draw(t, "a").ID
		b := rapid.SampledFrom(c.revs).Draw(t, "b").ID
		set, want := g.Closure(a, b), m.closure(a, b)
		if set.Len() != len(want) {
			t.Fatalf("closure of %s, %s: %v, want %v", a, b, set.IDs(), want)
		}
		for _, r := range c.revs {
			if set.Has(r.ID) != want[r.ID] {
				t.Fatalf("%s: in the set %v, want %v", r.ID, set.Has(r.ID), want[r.ID])
			}
		}
		if again := g.Closure(set.IDs()...); !again.Equal(set) {
			t.Fatalf("closure of a closure: %v, was %v", again.IDs(), set.IDs())
		}
		if from, _ := g.Applied(g.Rows(set)); !from.Equal(set) {
			t.Fatalf("rows %v stand for %v, not %v", g.Rows(set), from.IDs(), set.IDs())
		}
		if !g.Closure(a).Union(g.Closure(b)).Equal(set) || !set.Contains(g.Closure(a)) {
			t.Fatal("the closure of two is not the union of their closures")
		}
	})
}

// Pending revisions can be applied in the order given, and are just what is
// missing.
func TestPendingIsInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCatalog(t)
		g, m := c.graph(t), newModel(c.revs, c.migs)
		from := g.Closure(rapid.SampledFrom(c.revs).Draw(t, "from").ID)
		to := g.Closure(rapid.SampledFrom(c.revs).Draw(t, "to").ID)
		done := map[string]bool{}
		for _, id := range from.IDs() {
			done[id] = true
		}
		for _, r := range g.Pending(from, to) {
			for _, need := range m.needs[r.ID] {
				if !done[need] {
					t.Fatalf("%s comes before %s, which it needs", r.ID, need)
				}
			}
			if done[r.ID] || !to.Has(r.ID) {
				t.Fatalf("%s is not pending", r.ID)
			}
			done[r.ID] = true
		}
		if len(done) != from.Union(to).Len() {
			t.Fatalf("%d after all, want %d", len(done), from.Union(to).Len())
		}
	})
}

// Whoever does what check says, from any state, is done after at most one of
// each phase.
func TestCheckLeadsToCurrent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCatalog(t)
		g := c.graph(t)
		at := g.Closure(rapid.SampledFrom(c.revs).Draw(t, "a").ID, rapid.SampledFrom(c.revs).Draw(t, "b").ID)
		moved := map[string]bool{} // data migrations that have run
		due := func() bool {
			return slices.ContainsFunc(g.Candidates(at), func(m Migration) bool { return !moved[m.ID] })
		}
		var exits []int
		for range 4 {
			stage := g.Stage(Facts{Tables: true, Rows: g.Rows(at), Applied: at, Due: due()})
			exit := stage.CheckExit(due())
			exits = append(exits, exit)
			switch exit {
			case 0:
				if !at.Equal(g.All()) {
					t.Fatalf("done at %v", g.Version(at))
				}
				return
			case 3:
				target, _ := g.Target("", Scope{Applied: at, Branch: Expand})
				at = at.Union(target.Set)
			case 4:
				for _, m := range g.Candidates(at) {
					moved[m.ID] = true
				}
			case 5:
				target, _ := g.Target("", Scope{Applied: at, Branch: Contract})
				for _, m := range g.MigrationsBetween(at, target.Set) {
					if !moved[m.ID] {
						t.Fatalf("contract is next, but %s was never due", m.ID)
					}
				}
				at = at.Union(target.Set)
			}
		}
		t.Fatalf("check said %v and is not done", exits)
	})
}

// +N is N revisions further, and every unique beginning of an id is that id.
func TestRelativeAndBeginnings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCatalog(t)
		g := c.graph(t)
		at := g.Closure(rapid.SampledFrom(c.revs).Draw(t, "at").ID)
		n := rapid.IntRange(-len(c.revs)-1, len(c.revs)+1).Draw(t, "n")
		target, err := g.Target(fmt.Sprintf("%+d", n), Scope{Applied: at})
		if want := at.Len() + n; want < 0 || want > len(c.revs) {
			if !as[*OutOfRange](err) {
				t.Fatalf("%+d from %d of %d: %v", n, at.Len(), len(c.revs), err)
			}
		} else if err != nil || target.Set.Len() != want {
			t.Fatalf("%+d from %d: %d, %v", n, at.Len(), target.Set.Len(), err)
		}
		id := rapid.SampledFrom(c.revs).Draw(t, "id").ID
		got, err := g.Target(id, Scope{})
		if err != nil || !got.Set.Equal(g.Closure(id)) {
			t.Fatalf("%s: %v, %v", id, got, err)
		}
	})
}

// Stamping a word leaves rows that stand for it, and stamping again changes
// nothing.
func TestStampIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCatalog(t)
		g := c.graph(t)
		before := g.Rows(g.Closure(rapid.SampledFrom(c.revs).Draw(t, "before").ID))
		id := rapid.SampledFrom(c.revs).Draw(t, "word").ID
		after, err := g.Stamp(before, id)
		if err != nil {
			t.Fatal(err)
		}
		set, unknown := g.Applied(after)
		if len(unknown) > 0 || !set.Has(id) || !slices.Equal(g.Rows(set), after) {
			t.Fatalf("%v stamped %s is %v", before, id, after)
		}
		again, err := g.Stamp(after, id)
		if err != nil || !slices.Equal(again, after) {
			t.Fatalf("stamped %s again: %v, was %v (%v)", id, again, after, err)
		}
	})
}

// The lines answer 10,000 revisions without a search.
func BenchmarkGraph(b *testing.B) {
	revs, migs := generated(10_000)
	for b.Loop() {
		g, err := NewGraph(revs, migs, Options{})
		if err != nil {
			b.Fatal(err)
		}
		applied, _ := g.Applied([]string{g.Heads().Contract})
		rows := g.Rows(applied)
		if s := g.Stage(Facts{Tables: true, Rows: rows, Applied: applied}); s != Current {
			b.Fatal(s)
		}
		g.Version(applied)
		g.ReleaseStates(applied)
		g.MigrationsBetween(g.Closure("root"), applied)
		g.Candidates(applied)
	}
}

// generated makes a catalog of n revisions: releases of one expand and one
// contract revision each, and a data migration in every tenth.
func generated(n int) ([]Revision, []Migration) {
	revs := []Revision{{ID: "root", Branch: Trunk}}
	var migs []Migration
	expand, contract := "root", "root"
	for i := 0; len(revs) < n; i++ {
		e := Revision{ID: fmt.Sprintf("r%05d_expand01", i), Parent: expand}
		c := Revision{ID: fmt.Sprintf("r%05d_contract01", i), Parent: contract, DependsOn: []string{e.ID}}
		if i%10 == 0 {
			migs = append(migs, Migration{ID: fmt.Sprintf("r%05d_migrate01", i), DependsOn: []string{e.ID}, Before: c.ID})
		}
		revs = append(revs, e, c)
		expand, contract = e.ID, c.ID
	}
	return revs, migs
}
