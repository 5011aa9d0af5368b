package backfill

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"manage/engine/database"
	"manage/engine/sqltext"
)

// Hook is a data migration written in Go by the program that embeds the
// library.
type Hook interface {
	// Pending reports whether anything is to be done.
	Pending(ctx context.Context, q database.Querier) (bool, error)
	// Batch does the rows behind a position, "" for the first ones, that take
	// about the target time. It is called in an open transaction, which also
	// takes the position that it returns; it must neither begin nor end one, and
	// close the rows of its queries.
	// It is called again from the same position where the transaction was
	// rolled back: after a kill, for want of a lock, or if it fails.
	Batch(ctx context.Context, sess database.Session, position string, target time.Duration) (Batch, error)
}

// HookFailed is a Go function that returned an error, panicked, or said what
// cannot be true. Its batch is rolled back, the position stays where it was.
type HookFailed struct {
	Migration, Hook string
	Err             error
}

func (e *HookFailed) Error() string {
	return fmt.Sprintf("the Go function %s of %s failed: %s", e.Hook, e.Migration, printable(e.Err.Error()))
}

// Unwrap returns what it failed with, so that a lock that was not got is known.
func (e *HookFailed) Unwrap() error { return e.Err }

// hooked is a data migration written in Go.
type hooked struct {
	migration, name string
	hook            Hook
	target          time.Duration
	circle          circle
}

func (h *hooked) pending(ctx context.Context, sess database.Session) (found bool, estimate int64, err error) {
	err = h.call(sess, func(s within) (err error) {
		found, err = h.hook.Pending(ctx, s)
		return err
	})
	return found, 0, err
}

func (h *hooked) batch(ctx context.Context, sess database.Session, position string) (b Batch, err error) {
	return b, h.call(sess, func(s within) (err error) {
		if h.circle.again(position) {
			return fmt.Errorf("it goes in a circle: it came back to position %s", quoted(position))
		}
		if b, err = h.hook.Batch(ctx, s, position, h.target); err != nil {
			return err
		}
		if lie := disbelieved(b, position); lie != "" {
			return errors.New(lie)
		}
		return nil
	})
}

func (h *hooked) close() error { return nil }

// call runs the function and says whose error or panic it was.
func (h *hooked) call(sess database.Session, f func(within) error) (err error) {
	w := within{Session: sess, read: &[]*sql.Rows{}}
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v%s", v, panicked())
		}
		if w.close() && err == nil {
			err = errors.New("it left rows of a query open: close them, also where it returns early")
		}
		if err != nil {
			err = &HookFailed{Migration: h.migration, Hook: h.name, Err: err}
		}
	}()
	return f(w)
}

// panicked is the place of the panic that is being recovered from.
func panicked() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for {
		frame, more := frames.Next()
		if frame.File != "" && !strings.HasPrefix(frame.Function, "runtime.") {
			return fmt.Sprintf(" (%s:%d)", filepath.Base(frame.File), frame.Line)
		}
		if !more {
			return ""
		}
	}
}

// within is the session of a batch, whose transaction is not the function's.
type within struct {
	database.Session
	read *[]*sql.Rows // of its queries
}

// close closes the rows that the function left open, on which the session would
// wait for ever, and reports whether there were any.
func (w within) close() (left bool) {
	for _, rows := range *w.read {
		if _, err := rows.Columns(); err == nil { // it fails once they are closed
			left = true
			_ = rows.Close()
		}
	}
	return left
}

var errNotYours = errors.New("a batch runs in a transaction that it must neither begin nor end")

// ExecContext refuses what begins or ends a transaction; savepoints are free.
func (w within) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if w.ends(query) {
		return nil, errNotYours
	}
	return w.Session.ExecContext(ctx, query, args...)
}

// QueryContext refuses the same, and remembers the rows.
func (w within) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if w.ends(query) {
		return nil, errNotYours
	}
	rows, err := w.Session.QueryContext(ctx, query, args...)
	if err == nil {
		*w.read = append(*w.read, rows)
	}
	return rows, err
}

// ends reports whether SQL begins or ends a transaction.
func (w within) ends(query string) bool {
	d := w.Flavor().Dialect
	pieces, err := sqltext.Split(query, d)
	if err != nil {
		return false // the server says so too
	}
	return slices.ContainsFunc(pieces, func(p sqltext.Statement) bool {
		return p.Role == sqltext.Query && sqltext.Classify(p.SQL, d).Verb == sqltext.Transaction && !savepoint.MatchString(p.SQL)
	})
}

// savepoint is what leaves the transaction open.
var savepoint = regexp.MustCompile(`(?i)^\s*(SAVEPOINT|RELEASE|ROLLBACK\s+((WORK|TRANSACTION)\s+)?TO)\b`)

// Begin, Commit, Rollback and Close refuse.
func (within) Begin(context.Context) error    { return errNotYours }
func (within) Commit(context.Context) error   { return errNotYours }
func (within) Rollback(context.Context) error { return errNotYours }
func (within) Close() error                   { return errNotYours }
