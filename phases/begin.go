package phases

import (
	"context"
	"slices"

	"manage/engine/database"
	"manage/engine/ledger"
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/engine/run"
)

// attempt is what a command starts from: where the database stands, and where
// it is to go.
type attempt struct {
	req      Request
	position Position
	adopt    []plan.Step // steps that record what is there already
	adopted  string
	applied  revision.Set
	target   revision.Target
	// unfinished are the revisions that an earlier run left half applied.
	unfinished map[string]ledger.Attempt
	journal    []ledger.Attempt
}

// begin reads where the database stands and resolves the request's version.
// scope is the branch the command works on; "" for all.
func (s *Service) begin(ctx context.Context, sess database.Session, req Request, scope revision.Branch) (attempt, error) {
	a, err := s.standing(ctx, sess, req)
	if err != nil {
		return a, err
	}
	for id, at := range a.unfinished {
		if at.Direction == plan.Down && a.applied.Has(id) {
			return a, &Refused{Reason: "a downgrade was interrupted inside " + id + ", which is neither there nor gone", Next: "downgrade VERSION", Hint: "finish the downgrade first"}
		}
	}
	if err := s.accept(&a); err != nil {
		return a, err
	}
	if !a.position.Recorded && !s.underWay(a.unfinished) && scope != revision.Contract && scope != revision.Migrate {
		if err := s.adopt(ctx, sess, &a); err != nil {
			return a, err
		}
	}
	a.target, err = s.Catalog.Graph.Target(req.Version, revision.Scope{Applied: a.applied, Rows: a.position.Rows, Branch: scope})
	return a, err
}

// standing reads where the database stands, and what its journal says.
func (s *Service) standing(ctx context.Context, sess database.Session, req Request) (attempt, error) {
	p, err := s.position(ctx, sess)
	if err == nil {
		err = s.known(p)
	}
	if err != nil {
		return attempt{}, err
	}
	a := attempt{req: req, position: p, applied: p.Applied}
	a.journal, err = s.store(sess).Attempts(ctx)
	a.unfinished = run.Unfinished(a.journal)
	return a, err
}

// underWay reports whether a revision of the catalog is half applied. A database
// without a version in which the first one is, is under control already: its
// schema is that of no position, and the journal knows where to go on.
func (s *Service) underWay(unfinished map[string]ledger.Attempt) bool {
	for id, at := range unfinished {
		if s.Catalog.Revisions[id] != nil && at.Direction == plan.Up {
			return true
		}
	}
	return false
}

// accept refuses applied revisions whose files changed since, except those
// that the request accepts: for these it records the new meaning.
func (s *Service) accept(a *attempt) error {
	var refused []string
	for _, id := range s.changed(a.position.Applied, a.journal) {
		if !slices.Contains(a.req.Accept, id) {
			refused = append(refused, id)
			continue
		}
		a.adopt = append(a.adopt, plan.Step{
			ID: id, Phase: plan.Adopt, Direction: plan.Up, Transaction: true,
			Checksum: s.Catalog.Revisions[id].Checksum, Message: "accept the changed file",
		})
	}
	if len(refused) > 0 {
		return s.changedFiles(refused...)
	}
	return nil
}

// changedFiles is the error that names changed revisions and their files.
func (s *Service) changedFiles(ids ...string) *Changed {
	e := &Changed{IDs: ids}
	for _, id := range ids {
		e.Files = append(e.Files, s.Catalog.Revisions[id].Source.File)
	}
	return e
}

// changed lists the applied revisions that the journal knows with another
// meaning than the catalog's, in the order of application.
func (s *Service) changed(applied revision.Set, journal []ledger.Attempt) []string {
	last := map[string]string{}
	for _, at := range journal {
		if at.Succeeded() && at.Direction == plan.Up && at.Checksum != "" {
			last[at.Revision] = at.Checksum
		}
	}
	if len(last) == 0 {
		return nil
	}
	var ids []string
	for id, sum := range last {
		if r, ok := s.Catalog.Revisions[id]; ok && applied.Has(id) && !r.Means(sum) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
