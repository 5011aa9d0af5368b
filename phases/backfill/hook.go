package backfill

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"manage/engine/database"
)

// Hook is a data migration written in Go by the program that embeds the
// library.
type Hook interface {
	// Pending reports whether anything is to be done.
	Pending(ctx context.Context, q database.Querier) (bool, error)
	// Batch does the rows behind a position, "" for the first ones, that take
	// about the target time. It is called in an open transaction, which also
	// takes the position that it returns, and must neither begin nor end one.
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
	return fmt.Sprintf("the Go function %s of %s failed: %v", e.Hook, e.Migration, e.Err)
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
	err = h.call(func() (err error) {
		found, err = h.hook.Pending(ctx, sess)
		return err
	})
	return found, 0, err
}

func (h *hooked) batch(ctx context.Context, sess database.Session, position string) (b Batch, err error) {
	return b, h.call(func() (err error) {
		if h.circle.again(position) {
			return fmt.Errorf("it goes in a circle: it came back to position %s", quoted(position))
		}
		if b, err = h.hook.Batch(ctx, within{sess}, position, h.target); err != nil {
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
func (h *hooked) call(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v%s", v, panicked())
		}
		if err != nil {
			err = &HookFailed{Migration: h.migration, Hook: h.name, Err: err}
		}
	}()
	return f()
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
type within struct{ database.Session }

var errNotYours = errors.New("a batch runs in a transaction that it must neither begin nor end")

// ExecContext refuses what begins or ends a transaction; savepoints are free.
func (w within) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	words := append(strings.Fields(strings.ToUpper(query)), "", "")
	switch strings.TrimRight(words[0], ";") {
	case "BEGIN", "START", "COMMIT", "END", "ABORT":
		return nil, errNotYours
	case "ROLLBACK":
		if words[1] != "TO" {
			return nil, errNotYours
		}
	}
	return w.Session.ExecContext(ctx, query, args...)
}

// Begin, Commit, Rollback and Close refuse.
func (within) Begin(context.Context) error    { return errNotYours }
func (within) Commit(context.Context) error   { return errNotYours }
func (within) Rollback(context.Context) error { return errNotYours }
func (within) Close() error                   { return errNotYours }
