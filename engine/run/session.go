package run

import (
	"context"

	"manage/engine/database"
	"manage/engine/plan"
)

// Statements of plain SQL may leave something in the session: settings,
// variables, temporary tables, locks. The rest of their revision expects it; the
// books, looks at the schema and the next revision must not meet it.

// renew makes the working session as it was when it was opened. If that takes
// another connection, the lease's row names that one before the old one ends:
// whoever looks in between sees a holder who is alive.
func (h *Held) renew(ctx context.Context) error {
	err := h.session.Reset(ctx, func(ctx context.Context) error {
		h.place = here(ctx, h.session)
		return h.store.Move(ctx, h.lease.Token, h.place.String())
	})
	if err != nil {
		return err
	}
	h.locked = false
	h.identify(ctx)
	return nil
}

// clean ends what the step's statements have left in the session.
func (e *execution) clean(ctx context.Context) error {
	if !e.marked {
		return nil
	}
	if err := e.h.renew(ctx); err != nil {
		return err
	}
	e.marked, e.theirs = false, nil
	return nil
}

// again gives a new session what the statement with this number in todo expects
// of those before it.
func (e *execution) again(ctx context.Context, number int) error {
	if e.lent() {
		return nil // each transaction may have another one
	}
	return e.expected(ctx, number)
}

// lent reports whether a pooler lends the sessions, each for a transaction.
func (e *execution) lent() bool { return perTransaction(e.h.session.Flavor()) && e.h.Pooled() }

// expected sends what the statement with this number expects of those before.
func (e *execution) expected(ctx context.Context, number int) error {
	if number >= len(e.todo) || len(e.todo[number].Before) == 0 {
		return nil
	}
	e.marked = true
	for _, text := range e.todo[number].Before {
		if _, err := e.h.session.ExecContext(ctx, text); err != nil {
			return e.wrap(text, number, err)
		}
	}
	return nil
}

// anew makes the session as it was before the statement with this number, where
// a failed attempt at it may have left something: a transaction that is rolled
// back does not take back variables, temporary tables or locks everywhere.
func (e *execution) anew(ctx context.Context, number int) error {
	if !e.marked {
		return nil
	}
	if err := e.clean(ctx); err != nil {
		return err
	}
	return e.again(ctx, number)
}

// inOwn runs f, which writes to the books, with the session's own settings in
// place of those that the step's statements have made.
func (e *execution) inOwn(ctx context.Context, f func(context.Context) error) error {
	if !e.marked {
		return f(ctx)
	}
	s := e.h.session
	if s.InTransaction() || !s.OwnNeedsTransaction() {
		theirs, err := s.Own(ctx)
		if err != nil {
			return err
		}
		e.theirs = theirs
		return f(ctx)
	}
	if err := e.h.begin(ctx); err != nil {
		return err
	}
	if _, err := s.Own(ctx); err != nil {
		return err
	}
	if err := f(ctx); err != nil {
		return err
	}
	return s.Commit(ctx)
}

// back gives the session again what inOwn has put aside, for the step's next
// statement.
func (e *execution) back(ctx context.Context) error {
	theirs := e.theirs
	if e.theirs = nil; theirs == nil {
		return nil
	}
	return theirs(ctx)
}

// onTheSchema runs f, which looks at the schema, on a session that no statement
// of the step has changed.
func (e *execution) onTheSchema(ctx context.Context, f func(database.Session) error) error {
	if !e.marked {
		return f(e.h.session)
	}
	s, err := e.h.r.DB.Session(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	return f(s)
}

// marks notes that a statement may have left something in the session.
func (e *execution) marks(st plan.Statement) { e.marked = e.marked || st.Session }
