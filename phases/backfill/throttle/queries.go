package throttle

import (
	"context"
	"errors"
	"fmt"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/phases/rowaccess"
)

// Query is a query of the operator's that holds data migrations up while it
// returns a row.
type Query struct {
	Name string
	SQL  string
	// Message is what is said meanwhile; "" to say the name.
	Message string
	// Place is where it was configured.
	Place Place
}

// named looks whether a named query returns a row.
type named struct {
	primary *server
	query   Query
	worked  bool // it was understood once
}

func (l *named) see(ctx context.Context) (string, error) {
	found, err := ask(ctx, l.primary, func(ctx context.Context, s database.Session) (found bool, err error) {
		if !l.worked { // a row that is hidden holds nothing up
			d := s.Flavor().Dialect
			if err := rowaccess.Check(ctx, s, d, rowaccess.Of("the query of "+l.query.Name, l.query.SQL, d)); err != nil {
				return false, err
			}
		}
		err = reading(ctx, s, func() error {
			result, err := s.QueryContext(ctx, l.query.SQL)
			if err != nil {
				return err
			}
			defer result.Close()
			found = result.Next()
			return result.Err()
		})
		return found, err
	})
	var unsafe *rowaccess.Unsafe
	switch {
	case errors.As(err, &unsafe):
		return "", &Misconfigured{Place: l.query.Place, Err: err, Problem: "[[throttle]] " + err.Error(), Hint: unsafe.Advice()}
	case err != nil && !l.worked && ctx.Err() == nil && isFinal(err):
		return "", &Misconfigured{Place: l.query.Place, Err: err,
			Problem: fmt.Sprintf("[[throttle]] the query of %s does not work: %s", l.query.Name, err)}
	case err != nil:
		return "", fmt.Errorf("[[throttle]] the query of %s does not work, so it holds nothing up: %w", l.query.Name, err)
	}
	l.worked = true
	switch {
	case !found:
		return "", nil
	case l.query.Message != "":
		return l.query.Message, nil
	}
	return "the query " + l.query.Name + " returns a row", nil
}

// reading asks something that may write nothing, whatever its words are: it is
// put once a second, by somebody who wanted to know something.
func reading(ctx context.Context, s database.Session, question func() error) error {
	switch d := s.Flavor().Dialect; {
	case d == flavor.SQLite:
		return readingOnly(ctx, s, "PRAGMA query_only = 1", question)
	case d.MySQLFamily(): // DDL ends a transaction, and what was said of that one
		return readingOnly(ctx, s, "SET SESSION TRANSACTION READ ONLY", question)
	}
	// Behind a pooler a setting of the session would reach others.
	if err := s.Begin(ctx); err != nil {
		return err
	}
	if err := readingOnly(ctx, s, "SET TRANSACTION READ ONLY", question); err != nil {
		return err // and with it the session ends
	}
	return s.Rollback(ctx)
}

// readingOnly asks something behind a setting.
func readingOnly(ctx context.Context, s database.Session, setting string, question func() error) error {
	if _, err := s.ExecContext(ctx, setting); err != nil {
		return err
	}
	return question()
}

// isFinal reports whether an error comes from what was asked for, so that asking
// again would not help, and not from a server that is away or busy.
func isFinal(err error) bool {
	var late *silent
	if errors.As(err, &late) {
		return false
	}
	switch database.ClassOf(err) {
	case database.Unreachable, database.ConnectionLost, database.Interrupted, database.LockTimeout, database.Deadlock, database.DiskFull:
		return false
	}
	return true
}

// isConfiguration reports whether an error is *Misconfigured.
func isConfiguration(err error) bool {
	var e *Misconfigured
	return errors.As(err, &e)
}

// hintOf is what package database advises.
func hintOf(err error) string {
	var e *database.Error
	if errors.As(err, &e) {
		return e.Hint
	}
	return ""
}
