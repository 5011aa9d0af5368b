package phases

import (
	"context"
	"fmt"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/phases/backfill"
)

// unplanned refuses a plan that ends before its target, because plain SQL is
// in the way. A script that stops short would look whole.
func unplanned(p plan.Plan) error {
	where := "anything"
	if n := len(p.Steps); n > 0 {
		where = "what follows " + p.Steps[n-1].ID
	}
	return &Refused{
		Reason: where + " cannot be planned without a database: plain SQL changes the schema there in a way that is not known",
		Hint:   "Name a database to plan for.",
	}
}

// Commands are the commands that Plan can plan.
func Commands() []string {
	return []string{"sync", "upgrade", "expand", "migrate", "contract"}
}

// jobOf is the job of a command by name.
func (s *Service) jobOf(command string, req Request) (job, error) {
	switch command {
	case "sync", "upgrade":
		return s.toVersion(req), nil
	case "expand":
		return s.expandJob(req), nil
	case "migrate":
		return s.migrateJob(req), nil
	case "contract":
		return s.contractJob(req), nil
	}
	return nil, fmt.Errorf("%s cannot be planned; these can: %v", command, Commands())
}

// Plan returns what a command would run on the database as it is now. It
// writes nothing.
func (s *Service) Plan(ctx context.Context, command string, req Request) (plan.Plan, error) {
	decide, err := s.jobOf(command, req)
	if err != nil {
		return plan.Plan{}, err
	}
	sess, err := s.DB.Reader(ctx)
	if err != nil {
		return plan.Plan{}, err
	}
	defer sess.Close()
	w, err := decide(ctx, sess)
	w.plan.More = w.cut
	if err == nil {
		w.plan.SideEffects, err = s.sideEffects(ctx, sess, w.plan)
	}
	if err == nil && !w.plan.Empty() {
		w.plan.Losses, err = s.lossesNow(ctx, sess, w)
	}
	for _, step := range w.plan.Steps {
		if step.Phase == plan.Migrate {
			w.plan.NotAsked = append(w.plan.NotAsked, s.notAsked([]string{step.ID})...)
		}
	}
	return s.spelledOut(w.plan), err
}

// spelledOut adds to a plan that is only shown the guards of its phases, and to
// its data migrations the statements that a run would cut into batches.
func (s *Service) spelledOut(p plan.Plan) plan.Plan {
	p.Guards = s.guarding(p)
	for i, step := range p.Steps {
		m := s.Catalog.Migrations[step.ID]
		if m == nil || len(step.Statements) > 0 {
			continue
		}
		for n, sql := range backfill.Whole(m, flavor.Dialect(p.Dialect)) {
			p.Steps[i].Statements = append(p.Steps[i].Statements, plan.Statement{SQL: sql, Position: plan.Position{Operation: n}, Data: true, Lock: "rows", Blocks: plan.BlocksNone})
		}
	}
	return p
}

// PlanOffline returns what a command would run on a database of flavor f whose
// version rows are from, without one: the schema is what the catalog's
// revisions make of nothing.
func (s *Service) PlanOffline(command string, f flavor.Flavor, from []string, req Request) (plan.Plan, error) {
	if _, err := s.jobOf(command, req); err != nil {
		return plan.Plan{}, err
	}
	g := s.Catalog.Graph
	pos := s.positionOf(from)
	if err := s.known(pos); err != nil {
		return plan.Plan{}, err
	}
	scope, online := revision.Branch(""), req.Online
	switch command {
	case "expand", "migrate", "contract":
		scope, online = map[string]revision.Branch{"expand": revision.Expand, "migrate": revision.Migrate, "contract": revision.Contract}[command], true
	}
	target, err := g.Target(req.Version, revision.Scope{Applied: pos.Applied, Rows: from, Branch: scope})
	if err != nil {
		return plan.Plan{}, err
	}
	if command == "contract" {
		if err := s.expandedFor("contract", pos.Applied, target.Set); err != nil {
			return plan.Plan{}, err
		}
	}
	state, err := s.Catalog.Fold(f, online, pos.Applied)
	if err != nil {
		return plan.Plan{}, err
	}
	w := work{plan: plan.Plan{Catalog: s.Catalog.Name, Dialect: string(f.Dialect), From: from}}
	p := &planner{catalog: s.Catalog, state: state, online: online, applied: pos.Applied, offline: true, allowed: req.AllowBlocking}
	pending, due := s.offlineParts(command, pos.Applied, target)
	err = s.revisions(context.Background(), noSession, p, &w, attempt{req: req, applied: pos.Applied}, pending, due)
	if err == nil && w.cut {
		err = unplanned(w.plan)
	}
	w.plan.To = g.Rows(p.applied)
	if err == nil {
		w.plan.Losses, err = s.lossesOffline(f, online, pos.Applied, w)
	}
	return s.spelledOut(w.plan), err
}

// noSession stands where an offline plan has no connection; nothing reads
// through it, as only live databases have journals and pending rows.
var noSession database.Session

// offlineParts are the revisions and data migrations that a command takes part
// in. Whether rows are pending cannot be known, so every migration is listed.
func (s *Service) offlineParts(command string, applied revision.Set, target revision.Target) ([]revision.Revision, []string) {
	g := s.Catalog.Graph
	var pending []revision.Revision
	for _, r := range g.Pending(applied, target.Set) {
		if command == "migrate" || command == "contract" && r.Branch != revision.Contract {
			continue
		}
		pending = append(pending, r)
	}
	if command == "expand" || command == "contract" {
		return pending, nil
	}
	migrations := target.Migrations
	if command != "migrate" {
		migrations = g.MigrationsBetween(applied, target.Set)
	}
	var due []string
	for _, m := range migrations {
		due = append(due, m.ID)
	}
	return pending, due
}
