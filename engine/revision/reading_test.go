package revision

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestReadingOfGlance(t *testing.T) {
	got := glance(t).Reading()
	equal(t, "beginning", got[:9], strings.Fields("liberty mitaka01 mitaka02 ocata_expand01 ocata_migrate01 ocata_contract01 "+
		"pike_expand01 pike_contract01 queens_expand01"))
	equal(t, "end", got[29:], strings.Fields("2024_1_expand01 2024_1_contract01"))
}

// Reading names everything once, and nothing before what it needs.
func TestReadingIsInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCatalog(t)
		ids, m := c.graph(t).Reading(), newModel(c.revs, c.migs)
		if len(ids) != len(c.revs)+len(c.migs) {
			t.Fatalf("%d ids of %d: %v", len(ids), len(c.revs)+len(c.migs), ids)
		}
		for _, mig := range c.migs {
			m.needs[mig.ID] = mig.DependsOn
			if mig.Before != "" {
				m.needs[mig.Before] = append(m.needs[mig.Before], mig.ID)
			}
		}
		for _, r := range c.revs {
			m.needs[r.ID] = append(m.needs[r.ID], r.DependsOn...)
		}
		for i, id := range ids {
			for _, need := range m.needs[id] {
				if !slices.Contains(ids[:i], need) {
					t.Fatalf("%s comes before %s, which it needs: %v", id, need, ids)
				}
			}
		}
	})
}
