package phases

import (
	"fmt"
	"slices"

	"manage/engine/revision"
)

// filledIn refuses a contract revision that removes something while the data
// migration before it is still as it was written: a template that moves
// nothing. What the rows would be moved from would be lost without a word.
func (s *Service) filledIn(a attempt, pending []revision.Revision) error {
	for _, between := range s.Catalog.Graph.MigrationsBetween(a.applied, a.target.Set) {
		m := s.Catalog.Migrations[between.ID]
		waiting := s.Catalog.Graph.Waiting(m.ID)
		runs := slices.ContainsFunc(pending, func(r revision.Revision) bool { return r.ID == waiting })
		if !runs || !m.Template() || !s.Catalog.Revisions[waiting].Changes() {
			continue
		}
		return &Refused{
			Reason: fmt.Sprintf("%s cannot run yet: the data migration before it, %s, is still a template and moves nothing", waiting, m.ID),
			Hint:   fmt.Sprintf("Fill in %s, or delete it if there is nothing to move.", m.Source.File),
		}
	}
	return nil
}
