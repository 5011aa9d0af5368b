package revision

// line is the number of a line of the graph, in order of application.
type line int

const (
	trunkLine line = iota
	expandLine
	contractLine
	lineCount
)

var branches = [lineCount]Branch{Trunk, Expand, Contract}

func lineOf(b Branch) (line, bool) {
	for l, branch := range branches {
		if b == branch {
			return line(l), true
		}
	}
	return 0, false
}

// depths counts, for each line, the revisions from its beginning. Because
// trunk, expand and contract are lines, three counts are enough for any set of
// revisions that holds what its members need.
type depths [lineCount]int

func (d depths) union(e depths) depths {
	for l := range d {
		d[l] = max(d[l], e[l])
	}
	return d
}

func (d depths) contain(e depths) bool {
	for l := range d {
		if d[l] < e[l] {
			return false
		}
	}
	return true
}

// Set is a set of revisions of one graph that holds, with each revision, all
// that it needs: parents and what it depends on. It is a small value; the zero
// Set is empty.
type Set struct {
	graph *Graph
	depth depths
}

// Has reports whether the revision is in the set; false for ids that the graph
// does not know.
func (s Set) Has(id string) bool {
	if s.graph == nil {
		return false
	}
	at, ok := s.graph.places[id]
	return ok && at.index < s.depth[at.line]
}

// Len is the number of revisions in the set.
func (s Set) Len() int {
	n := 0
	for _, d := range s.depth {
		n += d
	}
	return n
}

// Contains reports whether all of other is in s.
func (s Set) Contains(other Set) bool { return s.depth.contain(other.depth) }

// Equal reports whether both sets hold the same revisions.
func (s Set) Equal(other Set) bool { return s.depth == other.depth }

// Union is the set of what is in s, in other, or in both.
func (s Set) Union(other Set) Set {
	if s.graph == nil {
		return other
	}
	return Set{s.graph, s.depth.union(other.depth)}
}

// IDs lists the revisions in the order of application.
func (s Set) IDs() []string {
	ids := make([]string, 0, s.Len())
	for l, depth := range s.depth {
		for i := range depth {
			ids = append(ids, s.graph.lines[l][i].ID)
		}
	}
	return ids
}
