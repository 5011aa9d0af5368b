package revision

import "slices"

// releases fills g.releases and checks that the order of releases agrees with
// that of the lines.
func (b *builder) releases(g *Graph) {
	names := b.opts.Releases
	if len(names) == 0 {
		names = b.releaseOrder(g)
	} else {
		b.releaseNames(names)
	}
	if b.failed() {
		return // what follows would be said of an order that is wrong itself
	}
	all := len(names) + 1
	r := releases{names: names, numbers: make(map[string]int, all), ends: make([]depths, all), starts: make([]depths, all), owns: make([]bool, all)}
	for n, name := range names {
		r.numbers[name] = n
	}
	groups := b.groups(g, r)
	for l, group := range groups {
		for i, n := range group {
			if i > 0 && n < group[i-1] {
				b.backwards(g.lines[l][i], g.lines[l][i-1], names[n], r.name(group[i-1]))
			}
			r.ends[n][l] = i + 1
			r.owns[n] = true
		}
	}
	for n := 1; n < len(r.ends); n++ {
		r.ends[n] = r.ends[n].union(r.ends[n-1])
		r.starts[n] = r.ends[n-1]
	}
	b.acrossLines(g, groups, r)
	for i := range g.migrations {
		g.migrations[i].release = r.number(g.migrations[i].Release)
	}
	g.releases = r
}

// releaseNames checks the list of releases, and that it has all that are used.
func (b *builder) releaseNames(names []string) {
	listed := make(map[string]bool, len(names))
	for _, name := range names {
		if name == "" {
			b.add(b.locate("releases", name), "the list of releases has an empty name; remove it")
		}
		if listed[name] {
			b.add(b.locate("releases", name), "release %s is listed twice; remove one of the two", name)
		}
		listed[name] = true
	}
	check := func(what, id, release string, s Source) {
		if release != "" && !listed[release] {
			b.add(s, "%s %s belongs to release %s, which is not in the list of releases%s; add it there or correct the name", what, id, release, orNearest(release, names))
		}
	}
	for _, r := range b.revs {
		check("revision", r.ID, r.Release, r.Source)
	}
	for _, m := range b.migs {
		check("data migration", m.ID, m.Release, m.Source)
	}
}

// groups numbers the release of each revision, line by line. Where the lines
// part, trunk revisions without a release ship with what follows.
func (b *builder) groups(g *Graph, rel releases) [lineCount][]int {
	var groups [lineCount][]int
	unreleased := len(rel.names)
	after := unreleased
	for l := contractLine; l >= trunkLine; l-- {
		line := g.lines[l]
		groups[l] = make([]int, len(line))
		n := unreleased
		if l == trunkLine {
			n = after
		}
		for i := len(line) - 1; i >= 0; i-- {
			if own := rel.number(line[i].Release); own != unreleased {
				n = own
			}
			groups[l][i] = n
		}
		if len(line) > 0 {
			after = min(after, groups[l][0])
		}
	}
	return groups
}

func (b *builder) backwards(r, before Revision, release, newer string) {
	b.add(r.Source, "revision %s of release %s stands behind %s of the newer release %s; correct the release of one of them or the order of releases", r.ID, release, before.ID, newer)
}

// acrossLines checks that the branches do not begin before trunk ends, and
// that no contract revision needs an expand revision of a newer release: its
// release could never be complete without that.
func (b *builder) acrossLines(g *Graph, groups [lineCount][]int, rel releases) {
	if last := len(g.lines[trunkLine]) - 1; last >= 0 {
		n := groups[trunkLine][last]
		for l := expandLine; l < lineCount; l++ {
			if len(groups[l]) > 0 && n > groups[l][0] {
				b.backwards(g.lines[l][0], g.lines[trunkLine][last], rel.name(groups[l][0]), rel.name(n))
			}
		}
	}
	for i, r := range g.lines[contractLine] {
		need := g.contractNeeds[i+1]
		if need == g.contractNeeds[i] {
			continue
		}
		e := g.lines[expandLine][need-1]
		if n := groups[expandLine][need-1]; n < len(rel.names) && n > groups[contractLine][i] {
			b.add(r.Source, "revision %s of release %s needs %s of the newer release %s; correct the release of one of them or the order of releases", r.ID, rel.name(groups[contractLine][i]), e.ID, rel.name(n))
		}
	}
}

// releaseOrder takes the order of releases from the lines: trunk and expand on
// one side, trunk and contract on the other, merged.
func (b *builder) releaseOrder(g *Graph) []string {
	expand, inExpand := named(g.lines[trunkLine], g.lines[expandLine])
	contract, inContract := named(g.lines[trunkLine], g.lines[contractLine])
	names, seen := []string(nil), make(map[string]bool)
	add := func(name string) {
		if name != "" && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	i, j := 0, 0
	for i < len(expand) && j < len(contract) {
		e, c := expand[i].Release, contract[j].Release
		later, waits := inContract[e]
		if waits && later > j && inExpand[c] > i {
			b.add(contract[j].Source, "release %s stands before %s on branch contract, and behind it on branch expand; correct the release of one of the revisions", c, e)
		}
		switch {
		case e == c:
			add(e)
			i, j = i+1, j+1
		case !waits || later < j:
			add(e)
			i++
		default:
			add(c)
			j++
		}
	}
	for _, r := range slices.Concat(expand[i:], contract[j:]) {
		add(r.Release)
	}
	for _, m := range b.migs {
		add(m.Release)
	}
	return names
}

// named keeps the first revision of each release on the lines, and says where
// in the result each release is.
func named(lines ...[]Revision) (firsts []*Revision, at map[string]int) {
	at = make(map[string]int)
	for _, line := range lines {
		for i := range line {
			r := &line[i]
			if _, seen := at[r.Release]; !seen && r.Release != "" {
				at[r.Release] = len(firsts)
				firsts = append(firsts, r)
			}
		}
	}
	return firsts, at
}
