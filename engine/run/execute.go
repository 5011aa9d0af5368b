package run

import (
	"context"
	"errors"
	"time"

	"manage/engine/ledger"
	"manage/engine/plan"
)

// Execute replays the plan's steps in order. resume holds the half applied
// revisions (see Unfinished), whose done statements are left out.
//
// A step whose statements can all share one transaction is one, with its
// version rows and its journal row. Of any other, each statement that cannot
// share one is announced in the journal before it is sent and confirmed after;
// those between are transactions with their journal entry.
//
// When ctx is cancelled, the statement in hand is finished and recorded, and
// the error is *Interrupted. Other errors are *StepFailed, *OutcomeUnknown,
// *Changed, *ForeignKeysBroken and ledger.ErrLeaseLost; what was committed
// before them stays recorded.
func (h *Held) Execute(ctx context.Context, p plan.Plan, resume map[string]ledger.Attempt) error {
	var next *execution
	for i := range p.Steps {
		e := next
		if e == nil {
			e = h.execution(p, i)
		}
		if next = nil; i+1 < len(p.Steps) {
			next = h.execution(p, i+1)
		}
		if next != nil && next.announceable(resume) {
			e.next = next
		}
		err := e.run(ctx, resume)
		var stopped *Interrupted
		if errors.As(err, &stopped) {
			stopped.Began = stopped.Began || h.began || stopped.Statement > 0
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// execution is one step of p.
func (h *Held) execution(p plan.Plan, i int) *execution {
	return &execution{h: h, online: p.Online, step: p.Steps[i], index: i, of: len(p.Steps), todo: p.Steps[i].Statements}
}

// announceable reports whether the step before may announce this one's first
// statement when it is completed: not if this is one transaction, or if an
// earlier attempt at it has to be looked at first.
func (e *execution) announceable(resume map[string]ledger.Attempt) bool {
	_, resumed := e.resumes(resume)
	groups := e.groups()
	return !resumed && !(len(groups) == 1 && groups[0].atomic)
}

// execution is one step while it is executed.
type execution struct {
	h         *Held
	online    bool       // others write meanwhile
	next      *execution // if this one's completion is to announce it
	step      plan.Step
	index, of int // of the plan's steps
	todo      []plan.Statement
	first     int   // the number of todo[0] within the step
	id        int64 // of the journal row; 0 before it is written
	done      int   // statements that this attempt finished and recorded
	resumed   bool
	broken    int64 // rows that referred to nothing before the step
	marked    bool  // statements may have left something in the session
	theirs    func(context.Context) error
	began     time.Time
}

func (e *execution) run(ctx context.Context, resume map[string]ledger.Attempt) error {
	if err := e.stopped(ctx); err != nil {
		return e.note(ctx, err)
	}
	work := context.WithoutCancel(ctx)
	if e.step.Rows != nil {
		if err := e.h.prepare(work, ledger.Versions); err != nil {
			return e.note(ctx, e.failed("", err))
		}
	}
	if from, ok := e.resumes(resume); ok {
		e.resumed = true
		if err := e.rest(work, from); err != nil {
			return err
		}
	}
	e.began = time.Now()
	e.h.emit(StepStarted{Step: e.step, Index: e.index, Of: e.of, ResumedFrom: e.first})
	groups := e.groups()
	execute := e.pieces
	if len(groups) == 1 && groups[0].atomic {
		execute = e.whole
	}
	if err := e.again(work, 0); err != nil {
		return e.note(ctx, err)
	}
	if err := execute(ctx, groups); err != nil {
		return err
	}
	e.h.began = true
	e.h.emit(StepDone{Step: e.step, Index: e.index, Of: e.of, Took: time.Since(e.began)})
	return e.clean(work)
}

// group is a run of statements: several that share a transaction, or one that
// is on its own.
type group struct {
	statements []plan.Statement
	atomic     bool
}

// groups cuts what is to be done into groups. There is always one at least, so
// that a step without statements is recorded too.
func (e *execution) groups() []group {
	transactional := e.h.session.Flavor().TransactionalDDL()
	ddl := e.step.Transaction && transactional
	var all []group
	joins := false // whether the next statement may join the last group
	for i, s := range e.todo {
		atomic := !s.NoTransaction && (s.Data || ddl || s.Together && transactional)
		together := i > 0 && s.Together && e.todo[i-1].Together && s.Position.Operation == e.todo[i-1].Position.Operation
		if atomic && (joins || together) {
			last := &all[len(all)-1]
			last.statements = append(last.statements, s)
			continue
		}
		all = append(all, group{statements: []plan.Statement{s}, atomic: atomic})
		joins = atomic && e.step.Transaction
	}
	if len(all) == 0 {
		all = []group{{atomic: true}}
	}
	return all
}

// attempt is the journal row of this execution.
func (e *execution) attempt() ledger.Attempt {
	return ledger.Attempt{ID: e.id, Revision: e.step.ID, Phase: e.step.Phase, Direction: e.step.Direction,
		Checksum: e.step.Checksum, Outline: e.step.Outline, Total: len(e.todo), Done: e.done, Who: e.h.o.Holder, Started: e.began}
}

// whole executes the step as one transaction, journal and version rows
// included: one message more than the statements need by themselves.
func (e *execution) whole(ctx context.Context, groups []group) error {
	err := e.transaction(ctx, groups[0], 0, func(ctx context.Context) error {
		a := e.attempt()
		a.Done = len(groups[0].statements)
		return e.complete(ctx, a)
	})
	if err == nil || isDead(err) {
		return err
	}
	return e.note(ctx, err)
}

// pieces executes the step group by group, each recorded by itself.
func (e *execution) pieces(ctx context.Context, groups []group) error {
	if err := e.start(ctx); err != nil {
		return err
	}
	for i, g := range groups {
		err := e.stopped(ctx)
		if err == nil {
			record := e.marking(g, groups[i+1:])
			if g.atomic {
				err = e.transaction(ctx, g, e.done, record)
			} else {
				err = e.alone(ctx, g.statements[0], record)
			}
		}
		if err != nil {
			if isDead(err) {
				return err
			}
			return e.note(ctx, err)
		}
		e.done += len(g.statements)
		e.h.began = true
	}
	return nil
}

// start writes the journal row that announces the first statement.
func (e *execution) start(ctx context.Context) error {
	if e.id != 0 {
		return nil // announced when the step before was completed
	}
	if err := e.point(BeforeStart, 0); err != nil {
		return err
	}
	err := e.h.record(ctx, e.step.ID, func(ctx context.Context) (err error) {
		e.id, err = e.h.store.Start(ctx, e.h.lease.Token, *e.announcement())
		return err
	})
	if err != nil {
		return e.count(e.wrap("", 0, err), 0)
	}
	return e.point(AfterStart, 0)
}

// marking is how the journal learns that g is done: by a mark that announces
// what comes next, or by the end of the attempt.
func (e *execution) marking(g group, rest []group) func(context.Context) error {
	done := e.done + len(g.statements)
	if len(rest) == 0 {
		return func(ctx context.Context) error {
			a := e.attempt()
			a.Done = done
			return e.complete(ctx, a)
		}
	}
	next := rest[0].statements[0].Position
	return func(ctx context.Context) error {
		if err := e.point(BeforeMark, done-1); err != nil {
			return err
		}
		if err := e.h.store.Mark(ctx, e.h.lease.Token, e.id, done, next); err != nil {
			return err
		}
		return e.point(AfterMark, done-1)
	}
}

// complete records that the step is done.
func (e *execution) complete(ctx context.Context, a ledger.Attempt) error {
	if err := e.checkForeignKeys(ctx); err != nil {
		return err
	}
	last := max(len(e.todo)-1, 0)
	if err := e.point(BeforeComplete, last); err != nil {
		return err
	}
	c := ledger.Completion{Attempt: a, Rows: e.step.Rows}
	if e.next != nil && e.id != 0 {
		c.Next = e.next.announcement()
	}
	next, err := e.h.store.Complete(ctx, e.h.lease.Token, c)
	if err != nil {
		return err
	}
	if c.Next != nil {
		e.next.id = next
	}
	return e.point(AfterComplete, last)
}

// announcement is the journal row that announces the step's first statement.
func (e *execution) announcement() *ledger.Attempt {
	a := e.attempt()
	a.Sent, a.Confirmed = e.todo[0].Position, e.groups()[0].atomic
	return &a
}

// stopped is the error that ends the run before the next statement, if any.
func (e *execution) stopped(ctx context.Context) error {
	if err := e.h.alive(); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return &Interrupted{Next: e.step.ID, Statement: e.first + e.done}
	}
	return nil
}

// point passes a fault point at the statement with this number in todo.
func (e *execution) point(place Place, number int) error {
	return e.h.r.at(place, e.step.ID, e.first+number)
}
