package phases

import (
	"context"
	"errors"
	"maps"
	"slices"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/migrations/catalog"
	"manage/phases/backfill/compare"
	"manage/schema"
)

// compose makes the plan of one round: what is recorded first, bridges, trunk
// and expand revisions, data migrations, contract revisions. All of it is
// planned before any of it is run, so that what does not fit is found while
// nothing has changed yet.
func (s *Service) compose(ctx context.Context, sess database.Session, a attempt, pending []revision.Revision, migrations []revision.Migration) (work, error) {
	w := work{adopted: a.adopted, journal: a.journal, unchecked: a.req.VerifyRows == compare.None}
	w.plan = plan.Plan{Catalog: s.Catalog.Name, Dialect: string(s.DB.Flavor().Dialect), From: a.position.Rows, Steps: a.adopt, Online: a.req.Online}
	if err := s.filledIn(a, pending); err != nil {
		return work{}, err
	}
	due, err := s.dueNow(ctx, sess, a.applied, migrations)
	if err != nil {
		return work{}, err
	}
	if len(pending) == 0 && len(due) == 0 && !s.bridgesPossible(a) {
		return w, nil
	}
	var ahead [][]catalog.Change
	for _, r := range pending {
		ahead = append(ahead, s.Catalog.Revisions[r.ID].Up)
	}
	live, err := s.inspectFor(ctx, sess, ahead...)
	if err != nil {
		return work{}, err
	}
	w.plan.Steps = append(w.plan.Steps, s.bridges(a, live)...)
	p := &planner{catalog: s.Catalog, state: live, here: s.DB.Schema(), online: a.req.Online, applied: a.applied, allowed: a.req.AllowBlocking, sees: s.seesTriggers(ctx, sess)}
	if err := s.revisions(ctx, sess, p, &w, a, pending, due); err != nil {
		return work{}, err
	}
	w.plan.To, w.blocking = s.Catalog.Graph.Rows(p.applied), p.blocking
	w.later = unplannedOf(w.plan, pending, due)
	return w, nil
}

// revisions adds the steps of pending revisions, with the data migrations
// between those that expand and those that contract.
func (s *Service) revisions(ctx context.Context, sess database.Session, p *planner, w *work, a attempt, pending []revision.Revision, due []string) error {
	migrated := false
	var checks map[string][]plan.RowCheck
	for i, r := range pending {
		if r.Branch == revision.Contract && !migrated {
			w.plan.Steps = append(w.plan.Steps, s.migrationSteps(due)...)
			checks = s.rowChecks(p, a, pending)
			migrated = true
		}
		from, err := s.resumePoint(p, a, r.ID)
		if err != nil {
			return err
		}
		step, err := p.up(r.ID, from)
		if errors.Is(err, errOpaque) && p.refold() {
			step, err = p.up(r.ID, from)
		}
		var unknown *hidden
		if errors.As(err, &unknown) {
			if w.cut = true; i == 0 && sess != nil {
				return unknown.refusal() // nothing that can be run first would show it
			}
			return nil
		}
		if err != nil {
			return s.explain(ctx, sess, err, a)
		}
		step.Checks = checks[r.ID]
		w.plan.Steps = append(w.plan.Steps, step)
		if from.begun {
			// What is under way is settled by running it; the rest is planned
			// on the schema that this leaves.
			w.unfinished, w.cut = a.unfinished, true
			return nil
		}
	}
	if !migrated {
		w.plan.Steps = append(w.plan.Steps, s.migrationSteps(due)...)
	}
	return nil
}

// unplannedOf are the revisions and data migrations of a command that its plan
// does not hold yet.
func unplannedOf(p plan.Plan, pending []revision.Revision, due []string) []string {
	ids := slices.Clone(due)
	for _, r := range pending {
		ids = append(ids, r.ID)
	}
	return slices.DeleteFunc(ids, func(id string) bool {
		return slices.ContainsFunc(p.Steps, func(st plan.Step) bool { return st.ID == id && st.Phase != plan.Bridge && st.Phase != plan.Adopt })
	})
}

// dueNow leaves out the data migrations that can be asked already and find no
// rows. Those whose expand revision is still to come are kept, and those that may
// find rows once one before them has run: they are asked when it is their turn.
func (s *Service) dueNow(ctx context.Context, sess database.Session, applied revision.Set, migrations []revision.Migration) ([]string, error) {
	var ids []string
	for _, m := range migrations {
		if applied.Contains(s.Catalog.Graph.Closure(m.DependsOn...)) {
			found, err := s.pending(ctx, sess, s.Catalog.Migrations[m.ID])
			if err != nil {
				return nil, err
			}
			if !found {
				if found, err = s.unrecorded(ctx, sess, s.Catalog.Migrations[m.ID]); err != nil {
					return nil, err
				}
			}
			if !found && !slices.ContainsFunc(ids, func(id string) bool { return s.feeds(id, m.ID) }) {
				continue
			}
		}
		ids = append(ids, m.ID)
	}
	return ids, nil
}

// feeds reports whether a data migration may leave rows for another one: it
// writes a table that the other speaks of, or nobody knows what it writes.
func (s *Service) feeds(id, other string) bool {
	m, d := s.Catalog.Migrations[id], s.DB.Flavor().Dialect
	texts := speech(s.Catalog.Migrations[other], d)
	if len(m.Steps) == 0 || texts == nil {
		return true
	}
	for _, st := range m.Steps {
		written := map[string]bool{fold(st.Table): true}
		if len(st.Set) == 0 {
			written = speech(&catalog.Migration{Steps: []catalog.MigrationStep{st}}, d)
		}
		for name := range written {
			if texts[name] && s.mentioned(name, func(*catalog.Revision) bool { return true }) {
				return true
			}
		}
	}
	return false
}

// speech is every name in a data migration's texts, in small letters; nil if it
// has none.
func speech(m *catalog.Migration, d flavor.Dialect) map[string]bool {
	texts := []schema.Text{m.Pending}
	for _, st := range m.Steps {
		texts = append(append(texts, st.Where, schema.Text{All: st.Table}), st.Statements...)
		for _, column := range st.SetOrder {
			texts = append(texts, st.Set[column])
		}
	}
	all := map[string]bool{}
	for _, t := range texts {
		if text, ok := t.For(d); ok {
			maps.Copy(all, names(text))
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

// migrationSteps are the plan's steps for data migrations. They hold no
// statements: how many batches there are shows while they run.
func (s *Service) migrationSteps(ids []string) []plan.Step {
	var steps []plan.Step
	for _, id := range ids {
		m := s.Catalog.Migrations[id]
		steps = append(steps, plan.Step{
			ID: id, Phase: plan.Migrate, Direction: plan.Up, Release: m.Release,
			Message: m.Message, Checksum: m.Checksum,
		})
	}
	return steps
}

// inspectFor reads the live schema, with what changes that are planned on it
// need to know of columns.
func (s *Service) inspectFor(ctx context.Context, sess database.Session, changes ...[]catalog.Change) (*schema.Schema, error) {
	live, err := s.inspect(ctx, sess)
	if err != nil {
		return nil, err
	}
	var ops []schema.Operation
	for _, c := range slices.Concat(changes...) {
		if c.Serves(live.Flavor.Dialect) {
			ops = append(ops, c.Op)
		}
	}
	return live, live.Define(ctx, sess, schema.Altered(ops))
}

// inspect reads the live schema.
func (s *Service) inspect(ctx context.Context, sess database.Session) (*schema.Schema, error) {
	return schema.Inspect(ctx, sess, s.DB.Flavor(), s.DB.Schema())
}
