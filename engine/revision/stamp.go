package revision

// Stamp computes the version rows after VERSION is recorded over rows, without
// anything being run:
//
//   - a trunk revision takes both branches back to it;
//   - a revision of a branch moves that branch only, and nothing if the other
//     branch's revision implies it;
//   - a release, head, +N and -N set all branches;
//   - base leaves no rows.
//
// The rows come out sorted; equal to rows if nothing changes. Errors are those
// of Target, and *UnknownRows where a branch is to keep a row that is unknown.
func (g *Graph) Stamp(rows []string, word string) (newRows []string, err error) {
	applied, unknown := g.Applied(rows)
	t, err := g.Target(word, Scope{Applied: applied, Rows: rows})
	if err != nil {
		return nil, err
	}
	if !t.exact || g.places[t.IDs[0]].line == trunkLine {
		return g.Rows(t.Set), nil
	}
	if len(unknown) > 0 {
		return nil, &UnknownRows{unknown}
	}
	return g.Rows(Set{g, g.moved(applied.depth, g.places[t.IDs[0]])}), nil
}

// moved is d with the branch of a place moved there.
func (g *Graph) moved(d depths, at place) depths {
	other := contractLine
	if at.line == contractLine {
		other = expandLine
	}
	var kept depths
	if d[other] > 0 {
		kept = g.closureAt(place{other, d[other] - 1})
	}
	if kept[at.line] > at.index {
		return d // implied by the other branch
	}
	d[at.line] = at.index + 1
	return g.supported(d)
}
