package run

import (
	"context"
	"errors"
	"time"

	"manage/engine/database"
	"manage/engine/ledger"
	"manage/engine/plan"
)

// transaction executes a group and its record in one transaction, the first
// statement having number from in todo. If a lock is not to be had, all of it
// is rolled back and tried again.
func (e *execution) transaction(ctx context.Context, g group, from int, record func(context.Context) error) error {
	tries := 0
	err := e.h.retry(ctx, e.step.ID, func(work context.Context) error {
		tries++
		if tries > 1 {
			if err := e.anew(work, from); err != nil {
				return err
			}
		}
		err := e.attemptGroup(ctx, work, g, from, record)
		if err != nil && !isDead(err) {
			e.h.rollback(work)
		}
		return err
	})
	return e.count(err, tries-1)
}

// attemptGroup is one try at a group: it leaves the transaction open if it
// fails.
func (e *execution) attemptGroup(ctx, work context.Context, g group, from int, record func(context.Context) error) error {
	if err := e.open(work, from); err != nil {
		return e.wrap("", from, err)
	}
	b := e.budget()
	for i, st := range g.statements {
		if i > 0 {
			if err := e.stopped(ctx); err != nil {
				return err
			}
		}
		if err := b.spend(work, st, func() error { return e.send(work, st, from+i) }); err != nil {
			return e.wrap(st.SQL, from+i, err)
		}
	}
	last := from + max(len(g.statements)-1, 0)
	if err := b.spare(work); err != nil {
		return e.wrap("", last, err)
	}
	if err := e.inOwn(work, record); err != nil {
		return e.wrap("", last, err)
	}
	if err := e.point(BeforeCommit, last); err != nil {
		return err
	}
	if err := e.h.session.Commit(work); err != nil {
		return e.wrap("", last, err)
	}
	if err := e.point(AfterCommit, last); err != nil {
		return err
	}
	return e.back(work)
}

// open begins a transaction with a lock timeout.
func (e *execution) open(ctx context.Context, from int) error {
	if err := e.point(BeforeBegin, from); err != nil {
		return err
	}
	if err := e.h.begin(ctx); err != nil {
		return err
	}
	if err := e.point(AfterBegin, from); err != nil {
		return err
	}
	if e.lent() {
		if err := e.expected(ctx, from); err != nil {
			return err
		}
	}
	return e.countForeignKeys(ctx)
}

// alone executes a statement outside of any transaction. The journal has
// announced it already; record tells that it is done.
func (e *execution) alone(ctx context.Context, st plan.Statement, record func(context.Context) error) error {
	number, tries := e.done, 0
	if err := e.countForeignKeys(ctx); err != nil {
		return e.wrap("", number, err)
	}
	err := e.h.retry(ctx, e.step.ID, func(work context.Context) error {
		tries++
		if tries > 1 && st.Effect != nil && e.h.r.Probe != nil {
			// What gave up on a lock may have left something behind. And what
			// was in its way may have been the same statement, of a former
			// holder whose session could not be ended.
			applied, err := e.sweep(work, st)
			if applied || err != nil {
				return err
			}
		}
		return e.sendAlone(work, st, number)
	})
	if isDead(err) {
		return err
	}
	e.h.unlimitAlone(ctx)
	e.tidy(ctx, st, err)
	e.leaves(ctx, st, err)
	if database.ClassOf(err) == database.ConnectionLost {
		return &OutcomeUnknown{Step: e.step.ID, Index: e.first + number, SQL: st.SQL, LookAt: st.Effect,
			Settles: st.Effect != nil && e.h.r.Probe != nil, Err: err}
	}
	if err != nil {
		return e.count(err, tries-1)
	}
	err = e.h.record(context.WithoutCancel(ctx), e.step.ID, func(ctx context.Context) error {
		if err := e.inOwn(ctx, record); err != nil {
			if !isDead(err) {
				e.h.rollback(ctx)
			}
			return err
		}
		return e.back(ctx)
	})
	return e.wrap("", number, err)
}

// tidy drops the indexes that a statement which failed has left half built: they
// cost each write, and one that is unique may refuse rows. A run that cannot,
// because the disk is full or somebody has asked to end it, says so; the next
// one drops them first.
func (e *execution) tidy(ctx context.Context, st plan.Statement, err error) {
	var failed *StepFailed
	if !errors.As(err, &failed) || st.Effect == nil || e.h.r.Probe == nil || isDead(err) || database.ClassOf(err) == database.ConnectionLost {
		return
	}
	ctx = context.WithoutCancel(ctx)
	s, sessionErr := e.h.r.DB.Session(ctx) // its own: it may be cut off
	if sessionErr != nil {
		return
	}
	defer s.Close()
	settled, probeErr := e.h.r.Probe(ctx, s, *st.Effect)
	if probeErr != nil {
		return
	}
	for i, text := range settled.Cleanup {
		if e.h.aborted() || e.tidied(ctx, s, text) != nil {
			failed.Left = append(failed.Left, settled.Left[i:]...)
			return
		}
		failed.Dropped = append(failed.Dropped, settled.Left[i])
	}
}

// tidied runs a statement that removes what was left, which waits for locks no
// longer than any other.
func (e *execution) tidied(ctx context.Context, s database.Session, text string) error {
	ctx, cancel := context.WithTimeout(ctx, e.h.o.LockTimeout*time.Duration(e.h.o.LockRetries+1))
	defer cancel()
	_, err := s.ExecContext(ctx, text)
	return err
}

// leaves notes in an interruption that the statement which waited for a lock has
// left something half done: then not everything is as it was before.
func (e *execution) leaves(ctx context.Context, st plan.Statement, err error) {
	var stopped *Interrupted
	if !errors.As(err, &stopped) || st.Effect == nil || e.h.r.Probe == nil {
		return
	}
	var settled Settled
	err = e.onTheSchema(ctx, func(s database.Session) (err error) {
		settled, err = e.h.r.Probe(context.WithoutCancel(ctx), s, *st.Effect)
		return err
	})
	stopped.Began = stopped.Began || err != nil || settled.Outcome != NotApplied || len(settled.Cleanup) > 0
}

// sendAlone sends a statement that shares no transaction, with a limit on locks.
func (e *execution) sendAlone(ctx context.Context, st plan.Statement, number int) error {
	if !e.h.ownTransaction(st) {
		if err := e.h.limitAlone(ctx, st); err != nil {
			return e.wrap("", number, err)
		}
		return e.send(ctx, st, number)
	}
	if err := e.h.begin(ctx); err != nil {
		return e.wrap("", number, err)
	}
	if e.lent() {
		if err := e.expected(ctx, number); err != nil {
			e.h.rollback(ctx)
			return err
		}
	}
	err := e.budget().spend(ctx, st, func() error { return e.send(ctx, st, number) })
	if err == nil {
		err = e.h.session.Commit(ctx)
	}
	if err != nil && !isDead(err) {
		e.h.rollback(ctx)
	}
	return e.wrap(st.SQL, number, err)
}

// sweep removes what an earlier try of a statement left half done, and reports
// whether its effect is there by now.
func (e *execution) sweep(ctx context.Context, st plan.Statement) (applied bool, err error) {
	err = e.onTheSchema(ctx, func(s database.Session) error {
		settled, err := e.h.r.Probe(ctx, s, *st.Effect)
		if err != nil {
			return err
		}
		for _, text := range settled.Cleanup {
			if _, err := s.ExecContext(ctx, text); err != nil {
				return e.wrap(text, e.done, err)
			}
		}
		applied = settled.Outcome == Applied
		return nil
	})
	return applied, err
}

// send sends one statement and waits for its answer.
func (e *execution) send(ctx context.Context, st plan.Statement, number int) error {
	if err := e.point(BeforeStatement, number); err != nil {
		return err
	}
	if err := e.keepsValues(ctx, st); err != nil {
		return e.wrap(st.SQL, number, err)
	}
	index, of := e.first+number, e.first+len(e.todo)
	e.h.emit(StatementStarted{Step: e.step.ID, Statement: st, Index: index, Of: of})
	start := time.Now()
	e.marks(st)
	result, err := e.h.session.ExecContext(ctx, st.SQL)
	for _, other := range st.Fallbacks {
		if database.ClassOf(err) != database.NoSuchWay {
			break
		}
		st.SQL = other // what was refused so has changed nothing
		result, err = e.h.session.ExecContext(ctx, st.SQL)
	}
	if err != nil {
		return e.wrap(st.SQL, number, err)
	}
	affected, err := result.RowsAffected()
	if err != nil {
		affected = -1
	}
	e.h.emit(StatementDone{Step: e.step.ID, Statement: st, Index: index, Of: of, Took: time.Since(start), Affected: affected})
	return e.point(AfterStatement, number)
}

// note records in the journal why the step did not go through, and returns the
// error. What cannot be recorded any more, because the connection or the lease
// is gone, is left as it is: the journal then says that it was cut off.
func (e *execution) note(ctx context.Context, cause error) error {
	var unknown *OutcomeUnknown
	if errors.As(cause, &unknown) || errors.Is(cause, ledger.ErrLeaseLost) || database.ClassOf(cause) == database.ConnectionLost {
		return cause
	}
	var stopped *Interrupted
	if errors.As(cause, &stopped) && e.id == 0 {
		return cause // nothing was begun
	}
	ctx = context.WithoutCancel(ctx)
	token, err := e.h.lease.Token, e.clean(ctx)
	if e.id == 0 && err == nil {
		a := e.attempt()
		a.Confirmed = true
		if e.resumed && len(e.todo) > 0 {
			a.Sent = e.todo[0].Position
		}
		err = e.h.record(ctx, e.step.ID, func(ctx context.Context) (err error) {
			e.id, err = e.h.store.Start(ctx, token, a)
			return err
		})
	}
	if err == nil {
		err = e.h.record(ctx, e.step.ID, func(ctx context.Context) error {
			return e.h.store.Finish(ctx, token, e.id, e.done, cause)
		})
	}
	if err != nil {
		return errors.Join(cause, err)
	}
	return cause
}

// wrap makes err a *StepFailed, unless it says more by itself.
func (e *execution) wrap(text string, number int, err error) error {
	if err == nil {
		return nil
	}
	var failed *StepFailed
	var stopped *Interrupted
	var broken *ForeignKeysBroken
	if isDead(err) || errors.As(err, &failed) || errors.As(err, &stopped) || errors.As(err, &broken) || errors.Is(err, ledger.ErrLeaseLost) {
		return err
	}
	return &StepFailed{Step: e.step.ID, Index: e.first + number, SQL: text, Err: err, Applied: e.first+e.done > 0}
}

// failed is wrap for what goes wrong before the first statement.
func (e *execution) failed(text string, err error) error { return e.wrap(text, 0, err) }

// count notes in err how often it was retried, and where an interruption during
// a pause came.
func (e *execution) count(err error, retries int) error {
	var failed *StepFailed
	if errors.As(err, &failed) {
		failed.Retries = retries
	}
	var stopped *Interrupted
	if errors.As(err, &stopped) {
		stopped.Statement = e.first + e.done
	}
	return err
}
