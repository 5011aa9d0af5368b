package revision

import "slices"

// releases are the releases of a graph in order. Each revision belongs to one:
// its own, or, if it names none, that of the next revision on its line that
// does. Those behind the last that does belong to what is not released yet,
// which counts as one more release, without a name.
type releases struct {
	names   []string
	numbers map[string]int // name → position in names
	ends    []depths       // per release, the unreleased last: what it and all before it hold
	starts  []depths       // per release: what those before it hold
	owns    []bool         // per release: whether it has revisions of its own
}

// number is the position of a release; that of the unreleased for a name that
// is not known.
func (r releases) number(name string) int {
	if n, ok := r.numbers[name]; ok {
		return n
	}
	return len(r.names)
}

// name is the name of release n, for sentences.
func (r releases) name(n int) string {
	if n < len(r.names) {
		return r.names[n]
	}
	return "(none)"
}

// complete reports whether d holds release n and all before it.
func (r releases) complete(n int, d depths) bool { return d.contain(r.ends[n]) }

// newest is the name of the newest complete release with revisions of its own.
func (r releases) newest(d depths) string {
	for n := len(r.names) - 1; n >= 0; n-- {
		if r.owns[n] && r.complete(n, d) {
			return r.names[n]
		}
	}
	return ""
}

// reached is the number of the newest release of which something is in d.
func (r releases) reached(d depths) int {
	newest := 0
	for n, start := range r.starts {
		for l := range d {
			if d[l] > start[l] && r.ends[n][l] > start[l] {
				newest = n
			}
		}
	}
	return newest
}

// boundary reports whether depth, on line l, is where some release ends.
func (r releases) boundary(l line, depth int) bool {
	if depth == 0 {
		return true
	}
	return slices.ContainsFunc(r.ends, func(end depths) bool { return end[l] == depth })
}

// Releases lists the releases in order.
func (g *Graph) Releases() []string { return slices.Clone(g.releases.names) }

// PartState is how much of one part of a release is applied.
type PartState string

// The states of a part.
const (
	Done    PartState = "done"    // all of it is applied
	Partial PartState = "partial" // some of it is
	Open    PartState = "open"    // none of it is
	None    PartState = "none"    // there is no such part
)

// ReleaseState is how far a release is.
type ReleaseState struct {
	Name string
	// Expand counts the release's trunk revisions in: the expand phase applies
	// them.
	Expand, Contract PartState
}

// ReleaseStates tells of each release that has revisions how much is applied,
// the oldest first. Revisions that are not released yet are not in it.
func (g *Graph) ReleaseStates(applied Set) []ReleaseState {
	var out []ReleaseState
	for n, name := range g.releases.names {
		if !g.releases.owns[n] {
			continue
		}
		out = append(out, ReleaseState{name,
			g.partState(n, applied.depth, trunkLine, expandLine),
			g.partState(n, applied.depth, contractLine)})
	}
	return out
}

func (g *Graph) partState(n int, d depths, lines ...line) PartState {
	applied, all := 0, 0
	for _, l := range lines {
		start, end := g.releases.starts[n][l], g.releases.ends[n][l]
		all += end - start
		applied += max(0, min(d[l], end)-start)
	}
	switch {
	case all == 0:
		return None
	case applied == all:
		return Done
	case applied == 0:
		return Open
	}
	return Partial
}
