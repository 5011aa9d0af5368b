package run_test

import (
	"context"
	"database/sql"
	"regexp"
	"strings"
	"testing"
	"time"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/ledger"
	"manage/engine/plan"
)

// contended is a session on which each write of the bookkeeping tables fails
// once for want of a lock, whatever numbers stand in it.
type contended struct {
	database.Session
	class  database.Class
	failed map[string]bool
}

var digits = regexp.MustCompile(`[0-9]+`)

func (c contended) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	key := digits.ReplaceAllString(query, "N")
	ours := strings.Contains(query, "manage_") || strings.Contains(query, "alembic_version")
	if ours && !c.failed[key] {
		c.failed[key] = true
		return nil, &database.Error{Class: c.class, Message: "somebody else was first", SQL: query}
	}
	return c.Session.ExecContext(ctx, query, args...)
}

// Whatever is written into the bookkeeping tables is written again where a lock
// was not to be had: taking the lease, journal, positions, version rows, the end
// of a failed attempt, giving the lease back. That has nothing to do with how
// often statements are tried.
func TestBookkeepingIsWrittenAgain(t *testing.T) {
	for class, name := range map[database.Class]string{database.LockTimeout: "lock timeout", database.Deadlock: "deadlock"} {
		t.Run(name, func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
				failed := map[string]bool{}
				r := runner(t, e)
				r.DB = wrapped{r.DB, func(s database.Session) database.Session { return contended{s, class, failed} }}
				h, err := r.Acquire(t.Context(), "sync")
				must(t, err)
				must(t, h.Execute(t.Context(), faultPlan(e.Flavor), nil))
				must(t, h.Batch(t.Context(), func(context.Context, database.Session) (ledger.Progress, error) {
					return ledger.Progress{Migration: "m", Position: "1"}, nil
				}))
				wrong := chain(e, 1)
				wrong.Steps[0].Statements[0].SQL = "CREATE TABLE a (id INTEGER PRIMARY KEY)"
				if err := h.Execute(t.Context(), wrong, nil); database.ClassOf(err) != database.AlreadyExists {
					t.Errorf("a wrong statement: %v", err)
				}
				must(t, h.Release(t.Context()))
				equal(t, "version rows", e.Strings(t, "SELECT version_num FROM alembic_version"), []string{"four"})
				equal(t, "failed attempts", e.Strings(t, "SELECT count(*) FROM manage_journal WHERE error <> '' AND finished IS NOT NULL"), []string{"1"})
				equal(t, "unfinished attempts", e.Strings(t, "SELECT count(*) FROM manage_journal WHERE finished IS NULL"), []string{"0"})
				equal(t, "positions", e.Strings(t, "SELECT position FROM manage_backfill"), []string{"1"})
				equal(t, "lease", e.Strings(t, "SELECT holder FROM manage_lease"), []string{""})
				if len(failed) < 8 {
					t.Errorf("only %d writes failed", len(failed))
				}
			})
		})
	}
}

// What is outside of transactions is written again even if statements are never
// tried again.
func TestBookkeepingOutsideOfTransactions(t *testing.T) {
	d := newFake(flavor.MariaDB)
	r := d.runner()
	r.Options.LockRetries, r.Options.LeaseTTL = -1, time.Minute
	busy := &busyStore{noted: noted{d.books, d}, failed: map[string]bool{}}
	r.SetStore(func(database.Session) ledger.Store { return busy })
	h, err := r.Acquire(t.Context(), "sync")
	must(t, err)
	must(t, h.Execute(t.Context(), shaped(false, "s1 s2"), nil))
	d.fail["s3"] = &database.Error{Class: database.Syntax}
	if err := h.Execute(t.Context(), shaped(false, "s3 s4"), nil); database.ClassOf(err) != database.Syntax {
		t.Errorf("a wrong statement: %v", err)
	}
	must(t, h.Release(t.Context()))
	equal(t, "failed once", len(busy.failed), 6)
	attempts, err := d.books.Attempts(t.Context())
	must(t, err)
	if last := attempts[len(attempts)-1]; last.Finished == nil || last.Error == "" {
		t.Errorf("the last attempt is %+v", last)
	}
}

// busyStore fails each kind of write once.
type busyStore struct {
	noted
	failed map[string]bool
}

func (b *busyStore) once(what string) error {
	if b.failed[what] {
		return nil
	}
	b.failed[what] = true
	return &database.Error{Class: database.LockTimeout, Message: "database is locked"}
}

func (b *busyStore) Prepare(ctx context.Context, parts ...ledger.Part) error {
	if err := b.once("prepare"); err != nil {
		return err
	}
	return b.noted.Prepare(ctx, parts...)
}

func (b *busyStore) Start(ctx context.Context, token int64, a ledger.Attempt) (int64, error) {
	if err := b.once("start"); err != nil {
		return 0, err
	}
	return b.noted.Start(ctx, token, a)
}

func (b *busyStore) Mark(ctx context.Context, token, id int64, done int, sent plan.Position) error {
	if err := b.once("mark"); err != nil {
		return err
	}
	return b.noted.Mark(ctx, token, id, done, sent)
}

func (b *busyStore) Finish(ctx context.Context, token, id int64, done int, cause error) error {
	if err := b.once("finish"); err != nil {
		return err
	}
	return b.noted.Finish(ctx, token, id, done, cause)
}

func (b *busyStore) Complete(ctx context.Context, token int64, c ledger.Completion) (int64, error) {
	if err := b.once("complete"); err != nil {
		return 0, err
	}
	return b.noted.Complete(ctx, token, c)
}

func (b *busyStore) Release(ctx context.Context, token int64) error {
	if err := b.once("release"); err != nil {
		return err
	}
	return b.noted.Release(ctx, token)
}
