package phases

import (
	"context"
	"fmt"

	"manage/engine/database"
	"manage/engine/plan"
	"manage/engine/run"
	"manage/phases/backfill/compare"
)

// NotCompared is the event of rows that nobody compares before a step removes
// what they were moved from: Check.Skipped says why.
type NotCompared struct {
	Step  string
	Check plan.RowCheck
}

// Compared is one comparison that was made, without finding a difference.
type Compared struct {
	Check plan.RowCheck
	Rows  int64 // how many were compared
}

// agree makes the comparisons of a part of a plan, all of them before anything
// of it is run. It reports whether there were any.
func (s *Service) agree(ctx context.Context, held *run.Held, part plan.Plan, result *Result) (bool, error) {
	compared := false
	o := s.backfillOptions()
	o.Used = result.used()
	for _, step := range part.Steps {
		for _, c := range step.Checks {
			if c.Skipped != "" {
				if s.Events != nil {
					s.Events(NotCompared{Step: step.ID, Check: c})
				}
				continue
			}
			compared = true
			rows, err := compare.Run(ctx, held, c, o)
			if err != nil {
				return true, err
			}
			result.Compared = append(result.Compared, Compared{Check: c, Rows: rows})
		}
	}
	return compared, nil
}

// settled refuses a contraction before which data migrations of the same run
// left rows pending: one of them may have undone what another had done.
func (s *Service) settled(ctx context.Context, q database.Querier, part plan.Plan) error {
	for _, step := range part.Steps {
		for _, m := range s.Catalog.Graph.Migrations() {
			if s.Catalog.Graph.Waiting(m.ID) != step.ID {
				continue
			}
			found, err := s.pending(ctx, q, s.Catalog.Migrations[m.ID])
			if err != nil {
				return err
			}
			if found {
				return &Refused{Reason: fmt.Sprintf("%s cannot run before the data migration %s is complete, and after it another one left rows for it", step.ID, m.ID), Next: "migrate"}
			}
		}
	}
	return nil
}
