package revision

// Reading lists the ids of all revisions and data migrations in the order in
// which a release reads as a unit: release by release, and in each of them
// trunk, expand, data migrations, contract. Whatever an id needs comes before
// it.
func (g *Graph) Reading() []string {
	ids := make([]string, 0, len(g.places)+len(g.migrations))
	moved := 0
	for n, end := range g.releases.ends {
		start := g.releases.starts[n]
		for l := trunkLine; l < lineCount; l++ {
			if l == contractLine {
				for moved < len(g.migrations) && end.contain(g.migrations[moved].needs) {
					ids = append(ids, g.migrations[moved].ID)
					moved++
				}
			}
			for _, r := range g.lines[l][start[l]:end[l]] {
				ids = append(ids, r.ID)
			}
		}
	}
	return ids
}
