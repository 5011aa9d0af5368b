package phases

import (
	"context"
	"fmt"
	"slices"

	"manage/engine/database"
	"manage/engine/ledger"
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/engine/run"
)

// Report is everything that can be said of a database without changing it.
type Report struct {
	Catalog  string
	Position Position
	Heads    revision.Heads
	Stage    revision.Stage
	Legacy   string // the number in the older scheme's table; "" if there is none
	// Exit is what `check` ends with. Next is the command that is due: sync,
	// upgrade, expand, migrate or contract; "" if there is none.
	Exit          int
	Next          string
	NextRevisions []string // what Next would apply
	Due           []string // data migrations that find rows, or may
	NotAsked      []string // data migrations whose programs were not asked: what is said of them is what their last run recorded
	Problems      []Problem
	Releases      []ReleaseStatus
	Migrations    []MigrationStatus
	Comparisons   []MigrationStatus // of rows, before contract, that are under way
	Lease         *ledger.Lease     // nil if nobody holds it
	LeaseDead     bool              // its holder is known to have ended; only FullStatus looks
	Missing       bool              // the SQLite file does not exist
}

// Problem is something that somebody must look at before work goes on.
type Problem struct {
	Kind    ProblemKind
	ID      string // the revision it is about; "" if it is about none
	Message string
	Cure    string // a statement that repairs it; "" if there is none
}

// ProblemKind says what sort of problem it is.
type ProblemKind string

// The kinds of problems, in the order in which they decide what `check` ends
// with.
const (
	UnknownOutcome ProblemKind = "unknown outcome" // a statement that was sent and never confirmed
	AheadOfCatalog ProblemKind = "ahead"           // a version that the catalog does not know
	ChangedFile    ProblemKind = "changed"         // an applied revision whose file means something else
	Leftover       ProblemKind = "leftover"        // a bridge that outlived its release
	NotSound       ProblemKind = "not sound"       // an index or constraint that does not do its work
)

// Status reads all that version, check and status tell. It writes nothing.
func (s *Service) Status(ctx context.Context) (Report, error) {
	sess, err := s.DB.Reader(ctx)
	if err != nil {
		return Report{}, err
	}
	defer sess.Close()
	return s.report(ctx, sess, known{})
}

// FullStatus is Status, and looks whether the holder of the lease lives. It
// asks the data migrations of contracted releases too whether they find rows
// again. Status does not: their queries may go over whole tables, and what they
// find holds nobody up.
func (s *Service) FullStatus(ctx context.Context) (Report, error) {
	sess, err := s.DB.Reader(ctx)
	if err != nil {
		return Report{}, err
	}
	defer sess.Close()
	r, err := s.report(ctx, sess, known{})
	if err != nil {
		return r, err
	}
	if r.Lease != nil && !r.Lease.Expired {
		r.LeaseDead = run.Dead(ctx, sess, *r.Lease)
	}
	for i, c := range r.Comparisons {
		if c.State == "running" && r.LeaseDead {
			r.Comparisons[i].interrupted()
		}
	}
	for i, m := range r.Migrations {
		if m.State == "running" && r.LeaseDead {
			r.Migrations[i].interrupted()
		}
		if m.State != "done" || s.unaskable(s.Catalog.Migrations[m.ID]) {
			continue
		}
		found, err := s.pending(ctx, sess, s.Catalog.Migrations[m.ID])
		if err != nil {
			return r, err
		}
		if found {
			r.Migrations[i].State = "found again"
		}
	}
	return r, nil
}

// known is what a report need not find out. A journal that was read just before
// is not read again: that of a long history takes longer than all the rest. Nor
// is a data migration asked that was found complete just before: its query may
// go over a whole table.
type known struct {
	journal  []ledger.Attempt // nil if it was not read
	complete string           // the id of a data migration; "" for none
	// unasked hears of a data migration that cannot be asked, which counts as due
	// then; nil if that ends the report.
	unasked func(id string, err error)
}

// report is Status through a session.
func (s *Service) report(ctx context.Context, sess database.Session, k known) (r Report, err error) {
	r = Report{Catalog: s.Catalog.Name, Heads: s.Catalog.Graph.Heads(), Missing: s.DB.Missing()}
	if r.Position, err = s.position(ctx, sess); err != nil {
		return r, err
	}
	facts := revision.Facts{Applied: r.Position.Applied, Unknown: r.Position.Unknown, Rows: r.Position.Rows}
	if !r.Position.Recorded {
		tables, err := s.tables(ctx, sess)
		if err != nil {
			return r, err
		}
		facts.Tables = len(tables) > 0
		if r.Legacy, err = s.legacyNumber(ctx, sess, tables); err != nil {
			return r, err
		}
	}
	candidates := slices.DeleteFunc(s.Catalog.Graph.Candidates(r.Position.Applied), func(m revision.Migration) bool { return m.ID == k.complete })
	if r.Due, err = s.due(ctx, sess, candidates, k.unasked); err != nil {
		return r, err
	}
	for _, c := range candidates {
		r.NotAsked = append(r.NotAsked, s.notAsked([]string{c.ID})...)
	}
	facts.Due = len(r.Due) > 0
	r.Stage = s.Catalog.Graph.Stage(facts)
	journal := k.journal
	if journal == nil {
		if journal, err = s.store(sess).Attempts(ctx); err != nil {
			return r, err
		}
	}
	if err := s.books(ctx, sess, journal, &r); err != nil {
		return r, err
	}
	s.advise(&r)
	return r, nil
}

// books adds what the ledger tells: problems, progress, the lease.
func (s *Service) books(ctx context.Context, sess database.Session, journal []ledger.Attempt, r *Report) (err error) {
	store := s.store(sess)
	if r.Lease, err = store.Lease(ctx); err != nil {
		return err
	}
	progress, err := store.Progress(ctx)
	if err != nil {
		return err
	}
	if len(r.Position.Unknown) > 0 {
		r.Problems = append(r.Problems, Problem{Kind: AheadOfCatalog, ID: r.Position.Unknown[0], Message: (&Ahead{Unknown: r.Position.Unknown, Newest: s.newest()}).Error()})
	}
	for _, id := range s.changed(r.Position.Applied, journal) {
		r.Problems = append(r.Problems, Problem{Kind: ChangedFile, ID: id, Message: s.changedFiles(id).Error()})
	}
	if err := s.unsettled(ctx, sess, journal, r); err != nil {
		return err
	}
	if err := s.broken(ctx, sess, r); err != nil {
		return err
	}
	r.Migrations = s.migrationStates(r, progress)
	r.Comparisons = comparisons(r, progress)
	r.Releases = s.releaseStates(r)
	return nil
}

// unsettled adds a problem for each half applied revision whose last statement
// nobody can tell the outcome of.
func (s *Service) unsettled(ctx context.Context, sess database.Session, journal []ledger.Attempt, r *Report) error {
	if r.Lease != nil && !r.Lease.Expired {
		return nil // somebody is at it
	}
	unfinished := run.Unfinished(journal)
	for id, at := range unfinished {
		if at.Confirmed || at.Finished != nil || s.Catalog.Revisions[id] == nil || r.Position.Applied.Has(id) != (at.Direction == plan.Down) {
			continue
		}
		live, err := s.inspect(ctx, sess)
		if err != nil {
			return err
		}
		p := &planner{catalog: s.Catalog, state: live, here: s.DB.Schema(), online: true, applied: r.Position.Applied}
		st := s.sentLast(p, id, at)
		if st == nil || st.Data {
			continue
		}
		if st.Effect != nil {
			if _, known := live.Shows(*st.Effect); known {
				continue
			}
		}
		r.Problems = append(r.Problems, Problem{Kind: UnknownOutcome, ID: id,
			Message: fmt.Sprintf("a statement of %s was sent and its outcome is not known: %s", id, st.SQL)})
	}
	return nil
}

// sentLast is the statement that an interrupted attempt sent last; nil if it
// cannot be planned.
func (s *Service) sentLast(p *planner, id string, at ledger.Attempt) *plan.Statement {
	step, err := s.remainder(p, id, at)
	if err != nil {
		return nil
	}
	for i := range step.Statements {
		if step.Statements[i].Position == at.Sent {
			return &step.Statements[i]
		}
	}
	return nil
}

// remainder plans what is left of an interrupted attempt.
func (s *Service) remainder(p *planner, id string, at ledger.Attempt) (plan.Step, error) {
	if at.Direction == plan.Up {
		return p.up(id, resume{begun: true, attempt: at, before: p.before(p.catalog.Revisions[id].Up)})
	}
	r, _ := p.catalog.Graph.Revision(id)
	ways, err := s.waysBack(p.applied, []revision.Revision{r})
	if err != nil {
		return plan.Step{}, err
	}
	return p.down(id, ways[0].changes, ways[0].left, resume{begun: true, attempt: at, before: p.before(ways[0].changes)})
}

// advise says which command is due, what it would apply, and what `check`
// ends with.
func (s *Service) advise(r *Report) {
	r.Exit = r.Stage.CheckExit(len(r.Due) > 0)
	r.Next = s.nextCommand(*r)
	g := s.Catalog.Graph
	target := g.Closure(s.newest()...)
	for _, rev := range g.Pending(r.Position.Applied, target) {
		contract := rev.Branch == revision.Contract
		if r.Next == "expand" && contract || r.Next == "contract" && !contract || r.Next == "migrate" {
			continue
		}
		r.NextRevisions = append(r.NextRevisions, rev.ID)
	}
	for _, p := range r.Problems {
		switch p.Kind {
		case UnknownOutcome:
			r.Exit, r.Next, r.NextRevisions = 9, "", nil
			return
		case AheadOfCatalog, ChangedFile:
			r.Exit, r.Next, r.NextRevisions = 6, "", nil
		case NotSound:
			if r.Exit == 0 {
				r.Exit = 6
			}
		}
	}
}

// nextCommand is the command that a stage asks for.
func (s *Service) nextCommand(r Report) string {
	switch r.Stage {
	case revision.Current, revision.Ahead:
		return ""
	case revision.Empty, revision.Unversioned:
		if !s.Catalog.Graph.Branched() {
			return "upgrade"
		}
		return "expand"
	case revision.Expanded:
		if !s.Catalog.Graph.Branched() {
			return "upgrade"
		}
		return "migrate"
	case revision.Migrated:
		return "contract"
	case revision.Contracting:
		if len(r.Due) > 0 {
			return "migrate"
		}
		return "contract"
	}
	if !s.Catalog.Graph.Branched() {
		return "upgrade"
	}
	return "expand"
}

// ReleaseStatus is how far one release is. Expand and Contract are "done",
// "partial", "open" or "none"; Migrate is "done", "due", "open" or "none".
type ReleaseStatus struct {
	Name, Expand, Migrate, Contract string
}

// releaseStates says how far each release is.
func (s *Service) releaseStates(r *Report) []ReleaseStatus {
	migrate := map[string]string{}
	for _, m := range r.Migrations {
		rel := s.Catalog.Migrations[m.ID].Release
		state := map[string]string{"waiting": "open", "due": "due", "running": "due", "interrupted": "due", "done": "done"}[m.State]
		if migrate[rel] == "" || state == "due" {
			migrate[rel] = state
		}
	}
	var states []ReleaseStatus
	for _, rs := range s.Catalog.Graph.ReleaseStates(r.Position.Applied) {
		st := ReleaseStatus{Name: rs.Name, Expand: string(rs.Expand), Migrate: migrate[rs.Name], Contract: string(rs.Contract)}
		if st.Migrate == "" {
			st.Migrate = "none"
		}
		states = append(states, st)
	}
	return states
}

// History returns the journal, oldest entry first.
func (s *Service) History(ctx context.Context) ([]ledger.Attempt, error) {
	sess, err := s.DB.Reader(ctx)
	if err != nil {
		return nil, err
	}
	defer sess.Close()
	return s.store(sess).Attempts(ctx)
}
