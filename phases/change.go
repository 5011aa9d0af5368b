package phases

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"manage/engine/database"
	"manage/engine/ledger"
	"manage/engine/plan"
	"manage/engine/run"
	"manage/phases/backfill"
)

// job is one command that writes: it decides what is to be done from what the
// database holds now. It must not write.
type job func(ctx context.Context, sess database.Session) (work, error)

// work is what a job decided.
type work struct {
	plan    plan.Plan
	adopted string // the version that an existing schema is recorded as
	cut     bool   // more can be planned once this has run
	// later are the revisions and data migrations that are planned then.
	later []string
	// blocking is a statement for which the plan may be shown and not run.
	blocking *Blocking
	// back are the ways back of a downgrade, and notUndone the data migrations
	// that it does not undo.
	back      []oneBack
	notUndone []string
	// unchecked is true if no rows are compared, because that was not wanted.
	unchecked bool
	// unfinished are the half applied revisions that the plan goes on with.
	unfinished map[string]ledger.Attempt
	migrated   bool // data migrations of it have had their turn
	record     *recorder
	// journal is what was read to decide; nil if nothing was.
	journal []ledger.Attempt
}

// maxRounds bounds how often a job is asked again. Each round but the last
// applies at least one revision, so no catalog that makes headway comes near
// it; a job that never ends is stopped.
const maxRounds = 100_000

// change runs a job to its end. It looks first without writing, so that a
// refusal, or nothing to do, leaves no trace; what is decided under the lease
// is what is run.
func (s *Service) change(ctx context.Context, doing string, decide job) (Result, error) {
	ctx = context.WithValue(ctx, saidKey{}, map[string]bool{})
	asked := s.consentTo(doing)
	decide = asked.noting(decide.refusing())
	result, found, err := s.look(ctx, decide)
	if err != nil || found == idle {
		return result, err
	}
	checked := found == checkedReady
	if checked {
		if err := asked.ask(ctx); err != nil {
			return result, err
		}
	}
	for try := 0; ; try++ {
		err = s.underLease(ctx, doing, asked.needed(decide.ready(s, &checked)), &result)
		for asked.isOpen(err) {
			if err = asked.ask(ctx); err == nil {
				err = s.underLease(ctx, doing, asked.needed(decide.ready(s, &checked)), &result)
			}
		}
		if try == len(reconnects) || !again(ctx, err, try) {
			return result, err
		}
		s.tell(Warned{fmt.Sprintf("The connection was lost (%v); going on from what is recorded, through another one, in %s.", err, reconnects[try])})
		select {
		case <-ctx.Done():
			return result, err
		case <-s.Run.Abort:
			return result, err
		case <-time.After(reconnects[try]):
		}
	}
}

// underLease takes the lease and runs a job to its end.
func (s *Service) underLease(ctx context.Context, doing string, decide job, result *Result) error {
	held, err := s.runner(result).Acquire(ctx, doing)
	if err != nil {
		return err
	}
	defer held.Release(context.WithoutCancel(ctx))
	rec := &recorder{Service: s, held: held}
	err = held.Why(ctx, s.rounds(ctx, held, rec, decide, result))
	rec.after(ctx, err)
	complete := ""
	if n := len(result.Migrated); n > 0 && err == nil {
		complete = result.Migrated[n-1].ID
	}
	report, readErr := s.report(context.WithoutCancel(ctx), held.Session(), known{complete: complete, unasked: s.unasked(err == nil)})
	if readErr != nil {
		return cmp.Or(err, readErr)
	}
	report.Lease = nil // it is about to be given back
	result.After, result.Report = report.Position, report
	return err
}

// unasked says that a data migration could not be asked, unless the command
// failed: what it did is done all the same.
func (s *Service) unasked(aloud bool) func(string, error) {
	return func(id string, err error) {
		if aloud {
			s.tell(Warned{fmt.Sprintf("Whether %s has rows to move could not be asked: %v", id, err)})
		}
	}
}

// reconnects are the pauses before a command whose connection was lost goes on.
var reconnects = []time.Duration{time.Second / 2, 2 * time.Second, 5 * time.Second}

// again reports whether a command goes on after an error as if it were run
// anew: where a connection was lost, and either nothing was under way or what
// was is one transaction with its record, so that the record tells. Where the
// outcome of a statement is unknown, or somebody took over, it does not; nor
// after a session that was ended for it.
func again(ctx context.Context, err error, try int) bool {
	var unknown *run.OutcomeUnknown
	if err == nil || ctx.Err() != nil || errors.As(err, &unknown) || errors.Is(err, ledger.ErrLeaseLost) {
		return false
	}
	class := database.ClassOf(err)
	return class == database.ConnectionLost || class == database.Unreachable && try > 0
}

// refusing is the job that refuses what would block.
func (decide job) refusing() job {
	return func(ctx context.Context, sess database.Session) (work, error) {
		w, err := decide(ctx, sess)
		if err == nil && w.blocking != nil {
			err = w.blocking
		}
		return w, err
	}
}

// ready is the job that finds out whether server and rights carry what it does,
// unless that was done: not where somebody else had the lease at first.
func (decide job) ready(s *Service, done *bool) job {
	return func(ctx context.Context, sess database.Session) (work, error) {
		w, err := decide(ctx, sess)
		if err != nil || w.plan.Empty() || *done {
			return w, err
		}
		*done = true
		return w, s.ready(ctx, sess, w)
	}
}

// looked is what a first look at a job came to.
type looked int

const (
	unseen       looked = iota // somebody was at work: nothing was looked at
	idle                       // there is nothing to do
	checkedReady               // there is, and server and rights carry it
)

// look asks a job what it would do, on a session of its own. It asks the guards
// of the first phase too; those of later phases are asked when it is their
// turn, as their queries may need what comes before. Where somebody has the
// lease it does not: what is read meanwhile may be half of his change, and to
// read it may be to wait for his locks, with a snapshot that his CREATE INDEX
// CONCURRENTLY waits for. The job is asked once he is done. For the same reason
// a refusal counts only if nobody has come to work in between. That nothing can
// be written at all, as on a replica, is found before it is waited for him.
func (s *Service) look(ctx context.Context, decide job) (result Result, found looked, err error) {
	sess, err := s.DB.Reader(ctx)
	if err != nil {
		return Result{}, unseen, err
	}
	defer sess.Close()
	before, err := s.position(ctx, sess)
	if err != nil {
		return Result{}, unseen, err
	}
	result = Result{Before: before, After: before}
	busy, err := s.busy(ctx, sess)
	if err == nil && busy {
		err = s.able(ctx, sess, s.needsOf(work{}))
	}
	if err != nil || busy {
		return result, unseen, err
	}
	if err := s.resolvable(ctx, sess); err != nil {
		return result, unseen, err
	}
	w, err := decide(ctx, sess)
	if err == nil && w.plan.Empty() {
		result.Report, err = s.report(ctx, sess, known{journal: w.journal, unasked: s.unasked(true)})
		return result, idle, err
	}
	if err == nil {
		err = s.guards(ctx, sess, firstPhase(w.plan))
	}
	if err == nil {
		err = s.ready(ctx, sess, w)
	}
	if err == nil {
		return result, checkedReady, nil
	}
	changing, readErr := s.changing(ctx, sess, before)
	if readErr != nil || changing {
		return result, unseen, readErr
	}
	return result, unseen, err
}

// firstPhase is the phase of the first step that does more than to record what
// is there or to mend a bridge.
func firstPhase(p plan.Plan) plan.Phase {
	for _, step := range p.Steps {
		if step.Phase != plan.Adopt && step.Phase != plan.Bridge {
			return step.Phase
		}
	}
	return p.Steps[0].Phase
}

// resolvable refuses what somebody says of a statement of unknown outcome where
// there is none.
func (s *Service) resolvable(ctx context.Context, sess database.Session) error {
	if s.Run.Resolve == run.Unsettled {
		return nil
	}
	r, err := s.report(ctx, sess, known{})
	if err != nil {
		return err
	}
	for _, p := range r.Problems {
		if p.Kind == UnknownOutcome {
			return nil
		}
	}
	return &Refused{Reason: "there is no statement whose outcome is unknown, so there is nothing to resolve",
		Hint: "run the command without --resolve"}
}

// busy reports whether somebody has the lease, or had it when he was stopped:
// his locks may be there still.
func (s *Service) busy(ctx context.Context, sess database.Session) (bool, error) {
	lease, err := s.store(sess).Lease(ctx)
	return lease != nil, err
}

// changing reports whether somebody is at work, or was since before was read.
func (s *Service) changing(ctx context.Context, sess database.Session, before Position) (bool, error) {
	busy, err := s.busy(ctx, sess)
	if err != nil || busy {
		return busy, err
	}
	now, err := s.position(ctx, sess)
	return !equalRows(before.Rows, now.Rows), err
}

// rounds decides and runs until nothing is left.
func (s *Service) rounds(ctx context.Context, held *run.Held, rec *recorder, decide job, result *Result) error {
	for range maxRounds {
		w, err := decide(ctx, held.Session())
		if err != nil || w.plan.Empty() {
			return err
		}
		w.record = rec
		if w.adopted != "" {
			result.Adopted = w.adopted
		}
		if err := s.borne(ctx, held.Session(), w.plan, true); err != nil {
			return err
		}
		if err := s.perform(ctx, held, w, result); err != nil {
			return err
		}
		if !w.cut {
			return nil
		}
	}
	return &Refused{Reason: "the command makes no headway", Hint: "report this with the catalog at hand"}
}

// perform runs the plan of one round: revisions and bridges as they stand,
// data migrations through package backfill, and before each phase its guards.
func (s *Service) perform(ctx context.Context, held *run.Held, w work, result *Result) error {
	for _, part := range segments(w.plan) {
		err := s.rowsTrusted(ctx, held.Session(), nil, s.usesOf(part.Steps))
		if err != nil {
			return err
		}
		switch part.Steps[0].Phase {
		case plan.Migrate:
			w.migrated = true
			w.record.after(ctx, nil) // rows may take long
			err = s.migrateStep(ctx, held, part.Steps[0], result)
		case plan.Contract:
			err = s.contract(ctx, held, part, w, result)
		default:
			if err = s.guards(ctx, held.Session(), part.Steps[0].Phase); err == nil {
				err = s.execute(ctx, held, part, w)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// contract runs contract revisions once nothing is in their way any more. The
// guards are asked again after rows were compared, which may take long.
func (s *Service) contract(ctx context.Context, held *run.Held, part plan.Plan, w work, result *Result) error {
	if err := s.guards(ctx, held.Session(), plan.Contract); err != nil {
		return err
	}
	if w.migrated {
		if err := s.settled(ctx, held.Session(), part); err != nil {
			return err
		}
	}
	compared, err := s.agree(ctx, held, part, result)
	if err == nil && compared {
		err = s.guards(ctx, held.Session(), plan.Contract)
	}
	if err != nil {
		return err
	}
	return s.execute(ctx, held, part, w)
}

// execute runs a part of a plan as it stands.
func (s *Service) execute(ctx context.Context, held *run.Held, part plan.Plan, w work) error {
	if err := w.record.before(ctx, part, w.unfinished); err != nil {
		return err
	}
	return held.Execute(ctx, part, w.unfinished)
}

// segments cuts a plan where its phase changes; a data migration stands alone.
func segments(p plan.Plan) []plan.Plan {
	var parts []plan.Plan
	for i, step := range p.Steps {
		last := len(parts) - 1
		if i > 0 && step.Phase == p.Steps[i-1].Phase && step.Phase != plan.Migrate {
			parts[last].Steps = append(parts[last].Steps, step)
			continue
		}
		part := p
		part.Steps = []plan.Step{step}
		parts = append(parts, part)
	}
	return parts
}

// migrateStep runs one data migration if it finds rows.
func (s *Service) migrateStep(ctx context.Context, held *run.Held, step plan.Step, result *Result) error {
	m := s.Catalog.Migrations[step.ID]
	due, err := s.pending(ctx, held.Session(), m)
	if err != nil {
		return err
	}
	if !due {
		return s.recordDone(ctx, held, m)
	}
	if err := s.guards(ctx, held.Session(), plan.Migrate); err != nil {
		return err
	}
	o := s.backfillOptions()
	o.Used = result.used()
	began := time.Now()
	s.tell(Moving{ID: step.ID})
	rows, err := backfill.Run(ctx, held, m, o)
	s.tell(Moved{ID: step.ID, Rows: rows, Took: time.Since(began), Err: err})
	result.moved(step.ID, rows, err)
	return err
}
