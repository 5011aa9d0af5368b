package phases

import (
	"context"
	"fmt"
	"strings"

	"manage/engine/database"
	"manage/engine/plan"
	"manage/engine/run"
	"manage/schema"
)

// createID is what the journal calls the making of the newest schema.
const createID = "create_schema"

// CreateSchema makes the newest schema of the catalog's models in one go, in
// one transaction where the server can, and records the heads. It is refused
// if a version is recorded, or if tables of the models are there already.
func (s *Service) CreateSchema(ctx context.Context) (Result, error) {
	return s.change(ctx, createID, s.createJob)
}

// createJob decides for CreateSchema.
func (s *Service) createJob(ctx context.Context, sess database.Session) (work, error) {
	if s.Catalog.Models == nil {
		return work{}, &Refused{Reason: fmt.Sprintf("the catalog %s has no models.toml to create a schema from", s.Catalog.Name), Next: "sync"}
	}
	p, err := s.position(ctx, sess)
	if err != nil {
		return work{}, err
	}
	if p.Recorded {
		at := p.Version.String()
		if len(p.Unknown) > 0 {
			at = strings.Join(p.Rows, ", ")
		}
		return work{}, &Refused{Reason: "the schema is under version control already, at " + at, Next: "upgrade"}
	}
	journal, err := s.store(sess).Attempts(ctx)
	if err != nil {
		return work{}, err
	}
	live, err := s.inspect(ctx, sess)
	if err != nil {
		return work{}, err
	}
	unfinished := run.Unfinished(journal)
	last, begun := unfinished[createID]
	if !begun {
		if err := s.inTheWay(live); err != nil {
			return work{}, err
		}
	}
	changes, checksum := s.Catalog.Models.Changes(live.Flavor.Dialect)
	planned := &planner{catalog: s.Catalog, state: live}
	from := resume{begun: begun, attempt: last, before: func(n int) *schema.Schema {
		return planned.folded(schema.New(live.Flavor), changes[:n])
	}}
	if err := misplaced(last, len(changes), last.Checksum == checksum); err != nil {
		return work{}, err
	}
	step := plan.Step{ID: createID, Phase: plan.Create, Direction: plan.Up, Message: "make the newest schema",
		Checksum: checksum, Transaction: live.Flavor.TransactionalDDL()}
	if err := planned.changes(&step, changes, from); err != nil {
		return work{}, err
	}
	g := s.Catalog.Graph
	step.Rows = g.Rows(g.Closure(s.newest()...))
	return work{
		plan:       plan.Plan{Catalog: s.Catalog.Name, Dialect: string(live.Flavor.Dialect), To: step.Rows, Steps: []plan.Step{step}},
		unfinished: unfinished,
	}, nil
}

// inTheWay refuses tables of the models that are there already.
func (s *Service) inTheWay(live *schema.Schema) error {
	var names []string
	for _, t := range s.Catalog.Models.Tables {
		if live.Table(t.Name) != nil {
			names = append(names, t.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return &Refused{
		Reason: fmt.Sprintf("tables of the schema are there already: %s", strings.Join(sample(names), ", ")),
		Next:   "sync",
		Hint:   "that takes the database over; a schema is made in one go only where there is none",
	}
}
