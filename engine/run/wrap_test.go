package run_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/run"
)

// wrapped is a database whose sessions are changed by a function.
type wrapped struct {
	database.DB
	wrap func(database.Session) database.Session
}

func (w wrapped) Session(ctx context.Context) (database.Session, error) {
	s, err := w.DB.Session(ctx)
	if err != nil {
		return nil, err
	}
	return w.wrap(s), nil
}

// commits is a session that asks before each commit.
type commits struct {
	database.Session
	before func() error
}

func (c commits) Commit(ctx context.Context) error {
	if err := c.before(); err != nil {
		return err
	}
	return c.Session.Commit(ctx)
}

// A transaction that loses at its commit, as on Galera, is run again with its
// version rows and its journal.
func TestDeadlockAtCommit(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		_, want := points(t, e.Dialect)
		r := runner(t, e)
		r.Options.LockTimeout = 0
		deadlocks := 0
		r.DB = wrapped{r.DB, func(s database.Session) database.Session {
			last := 0
			return commits{s, func() error {
				if last++; last%2 == 1 {
					deadlocks++
					return &database.Error{Class: database.Deadlock, Message: "another node was first"}
				}
				return nil
			}}
		}}
		retried := 0
		r.Events = func(ev run.Event) {
			if _, ok := ev.(run.Retrying); ok {
				retried++
			}
		}
		must(t, try(t, r, faultPlan(e.Flavor), false))
		equal(t, "state", state(t, e), want)
		if retried != deadlocks || retried < 2 {
			t.Errorf("%d retries after %d deadlocks", retried, deadlocks)
		}
	})
}

// A failure after a transaction was rolled back leaves a Held that works.
func TestExecuteAgainAfterFailure(t *testing.T) {
	e := enginetest.New(t, flavor.SQLite)
	r := runner(t, e)
	fail := true
	r.DB = wrapped{r.DB, func(s database.Session) database.Session {
		return commits{s, func() error {
			if fail {
				return &database.Error{Class: database.DiskFull, Message: "full"}
			}
			return nil
		}}
	}}
	h, err := r.Acquire(t.Context(), "sync")
	must(t, err)
	if err := h.Execute(t.Context(), example(e.Flavor), nil); database.ClassOf(err) != database.DiskFull {
		t.Fatalf("error %v", err)
	}
	fail = false
	must(t, h.Execute(t.Context(), example(e.Flavor), nil))
	must(t, h.Release(t.Context()))
	equal(t, "version rows", e.Strings(t, "SELECT version_num FROM alembic_version"), []string{"four"})
}

// traced is a session that notes what is sent to the server.
type traced struct {
	database.Session
	sent *[]string
}

func (s traced) note(text string) { *s.sent = append(*s.sent, strings.Fields(text)[0]) }

func (s traced) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s.note(query)
	return s.Session.ExecContext(ctx, query, args...)
}

func (s traced) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s.note(query)
	return s.Session.QueryContext(ctx, query, args...)
}

func (s traced) Begin(ctx context.Context) error {
	s.note("begin")
	return s.Session.Begin(ctx)
}

func (s traced) Commit(ctx context.Context) error {
	s.note("commit")
	return s.Session.Commit(ctx)
}

func (s traced) SetLockTimeout(ctx context.Context, d time.Duration) error {
	if perTransaction := s.Flavor().Dialect == flavor.Postgres; perTransaction {
		s.note("limit")
	}
	return s.Session.SetLockTimeout(ctx, d)
}

// A revision with its journal, version rows and lease costs one message more
// than its statement and its transaction, where the server can do that.
func TestMessagesPerRevision(t *testing.T) {
	want := map[flavor.Dialect][]string{
		flavor.SQLite:   {"begin", "CREATE", "UPDATE", "INSERT", "UPDATE", "commit"},
		flavor.Postgres: {"begin", "limit", "CREATE", "UPDATE", "commit"},
		flavor.MariaDB:  {"CREATE", "BEGIN"},
		flavor.MySQL:    {"CREATE", "begin", "UPDATE", "UPDATE", "INSERT", "UPDATE", "commit"},
	}
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		var sent []string
		r := runner(t, e)
		r.DB = wrapped{r.DB, func(s database.Session) database.Session { return traced{s, &sent} }}
		starts := map[string]int{}
		r.Events = func(ev run.Event) {
			if s, ok := ev.(run.StepStarted); ok {
				starts[s.Step.ID] = len(sent)
			}
		}
		h, err := r.Acquire(t.Context(), "sync")
		must(t, err)
		must(t, h.Execute(t.Context(), chain(e, 4), nil))
		equal(t, "messages of a revision", sent[starts["r2"]:starts["r3"]], want[e.Dialect])
		must(t, h.Release(t.Context()))
	})
}
