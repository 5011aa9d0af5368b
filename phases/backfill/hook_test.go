package backfill_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/revision"
	"manage/migrations/catalog"
	"manage/phases/backfill"
)

// function is a data migration in Go whose second batch may do something else.
type function struct {
	second func(ctx context.Context, sess database.Session) (backfill.Batch, error)
	target time.Duration // what the last batch was told
}

func (f *function) Pending(ctx context.Context, q database.Querier) (found bool, err error) {
	rows, err := q.QueryContext(ctx, "SELECT 1 FROM items WHERE b IS NULL")
	if err != nil {
		return false, err
	}
	found = rows.Next()
	return found, rows.Close()
}

// Batch copies ten rows; the position is the last one's key.
func (f *function) Batch(ctx context.Context, sess database.Session, position string, target time.Duration) (backfill.Batch, error) {
	f.target = target
	after, _ := strconv.Atoi(position)
	result, err := sess.ExecContext(ctx, fmt.Sprintf("UPDATE items SET b = a WHERE id > %d AND id <= %d", after, after+10))
	if err != nil {
		return backfill.Batch{}, err
	}
	if after == 10 && f.second != nil {
		return f.second(ctx, sess)
	}
	n, err := result.RowsAffected()
	return backfill.Batch{Rows: n, Position: strconv.Itoa(after + 10), Done: n < 10}, err
}

// calling is a data migration done by a function.
func calling(f backfill.Hook) (*catalog.Migration, backfill.Options) {
	m := &catalog.Migration{Migration: revision.Migration{ID: "one_migrate01"}, Hook: "items.copy"}
	return m, backfill.Options{Time: 70 * time.Millisecond, Hooks: map[string]backfill.Hook{"items.copy": f}}
}

func TestHook(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		fill(t, e, 35)
		f := &function{}
		m, o := calling(f)
		held := acquire(t, runner(t, e))
		rows, err := backfill.Run(t.Context(), held, m, o)
		must(t, err)
		if p := progress(t, held); rows != 35 || p.Rows != 35 || p.Finished == nil || f.target != o.Time {
			t.Errorf("%d rows, target %v, recorded %+v", rows, f.target, p)
		}
		if left := fmt.Sprint(e.Query(t, "SELECT count(*) FROM items WHERE b IS NULL OR b <> a")); left != "[[0]]" {
			t.Errorf("%s rows are left", left)
		}
	})
}

// Where a Go function fails, what its batch did is undone, the position stays,
// and the error says whose it is.
func TestHookFailures(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		fill(t, e, 35)
		held := acquire(t, runner(t, e))
		says := func(b backfill.Batch) func(context.Context, database.Session) (backfill.Batch, error) {
			return func(context.Context, database.Session) (backfill.Batch, error) { return b, nil }
		}
		for want, second := range map[string]func(context.Context, database.Session) (backfill.Batch, error){
			"no such owner": func(context.Context, database.Session) (backfill.Batch, error) {
				return backfill.Batch{}, errors.New("no such owner")
			},
			"panic: runtime error: index out of range [0] with length 0 (hook_test.go:": func(context.Context, database.Session) (backfill.Batch, error) {
				var none []backfill.Batch
				return none[len(none)], nil
			},
			"panic: oh dear (hook_test.go:": func(context.Context, database.Session) (backfill.Batch, error) { panic("oh dear") },
			"nowhere": func(ctx context.Context, s database.Session) (backfill.Batch, error) {
				_, err := s.ExecContext(ctx, "UPDATE nowhere SET a = 1")
				return backfill.Batch{}, err
			},
			"neither begin nor end": func(ctx context.Context, s database.Session) (backfill.Batch, error) {
				return backfill.Batch{}, s.Commit(ctx)
			},
			"a batch changed -1 rows":     says(backfill.Batch{Rows: -1, Position: "20"}),
			"stands at the same position": says(backfill.Batch{Rows: 1, Position: "10"}),
			"at which position to go on":  says(backfill.Batch{Rows: 1}),
			"not text that can be kept":   says(backfill.Batch{Rows: 1, Position: "\xff"}),
		} {
			e.Exec(t, "UPDATE items SET b = NULL")
			m, o := calling(&function{second: second})
			_, err := backfill.Run(t.Context(), held, m, o)
			var failed *backfill.HookFailed
			if !errors.As(err, &failed) || !strings.HasPrefix(err.Error(), "the Go function items.copy of one_migrate01 failed: ") || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %q", err, want)
			}
			if p := progress(t, held); p.Position != "10" || p.Finished != nil {
				t.Errorf("%s: recorded %+v", want, p)
			}
			if done := fmt.Sprint(e.Query(t, "SELECT count(*) FROM items WHERE b IS NOT NULL")); done != "[[10]]" {
				t.Errorf("%s: %s rows were changed", want, done)
			}
			m, o = calling(&function{})
			_, err = backfill.Run(t.Context(), held, m, o)
			must(t, err)
		}
	})
}

// Nor may it do so by a statement; savepoints are its own.
func TestHookTransaction(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		fill(t, e, 35)
		m, o := calling(&function{second: func(ctx context.Context, s database.Session) (backfill.Batch, error) {
			for _, statement := range []string{"SAVEPOINT mine", "UPDATE items SET b = 0", "ROLLBACK TO mine"} {
				if _, err := s.ExecContext(ctx, statement); err != nil {
					return backfill.Batch{}, err
				}
			}
			for _, statement := range []string{"/* so */ COMMIT", "UPDATE items SET b = 0; COMMIT", "START TRANSACTION", "ROLLBACK"} {
				if _, err := s.ExecContext(ctx, statement); err == nil {
					t.Errorf("%s is let through", statement)
				}
			}
			if _, err := s.QueryContext(ctx, "ROLLBACK"); err == nil {
				t.Error("a query is let through")
			}
			_, err := s.ExecContext(ctx, "COMMIT")
			return backfill.Batch{Rows: 10, Position: "20"}, err
		}})
		held := acquire(t, runner(t, e))
		if _, err := backfill.Run(t.Context(), held, m, o); err == nil || !strings.Contains(err.Error(), "neither begin nor end") {
			t.Errorf("got %v", err)
		}
		if p := progress(t, held); p.Position != "10" {
			t.Errorf("recorded %+v", p)
		}
	})
}

// A Go function that is done before its rows are is asked to go over them again.
func TestHookLeavesRows(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		fill(t, e, 35)
		asked := 0
		m, o := calling(&function{second: func(ctx context.Context, s database.Session) (backfill.Batch, error) {
			if asked++; asked == 1 {
				return backfill.Batch{Done: true}, nil
			}
			return backfill.Batch{Rows: 10, Position: "20"}, nil
		}})
		rows, err := backfill.Run(t.Context(), acquire(t, runner(t, e)), m, o)
		if err != nil || rows != 10+35 || asked != 2 {
			t.Errorf("%d rows, asked %d times, error %v", rows, asked, err)
		}
	})
}

// One that comes back to where it was would never end.
func TestHookCircle(t *testing.T) {
	e := enginetest.New(t, flavor.SQLite)
	fill(t, e, 35)
	m, o := calling(&function{second: func(context.Context, database.Session) (backfill.Batch, error) {
		return backfill.Batch{Rows: 1, Position: "0"}, nil
	}})
	_, err := backfill.Run(t.Context(), acquire(t, runner(t, e)), m, o)
	var failed *backfill.HookFailed
	if !errors.As(err, &failed) || !strings.Contains(err.Error(), "it goes in a circle") {
		t.Errorf("error %v", err)
	}
}

// A data migration whose function is not there is told before anything runs.
func TestHookMissing(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		m, o := calling(&function{})
		m.Hook = "items.move"
		_, err := backfill.Run(t.Context(), acquire(t, runner(t, e)), m, o)
		var missing *backfill.MissingHook
		if !errors.As(err, &missing) {
			t.Errorf("got %v", err)
		}
	})
}

// Rows that a Go function leaves open are an error, not a session that waits for
// them for ever.
func TestHookLeavesRowsOpen(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		fill(t, e, 35)
		m, o := calling(&function{second: func(ctx context.Context, s database.Session) (backfill.Batch, error) {
			_, err := s.QueryContext(ctx, "SELECT id FROM items")
			return backfill.Batch{Rows: 10, Position: "20"}, err
		}})
		held := acquire(t, runner(t, e))
		if _, err := backfill.Run(t.Context(), held, m, o); err == nil || !strings.Contains(err.Error(), "it left rows of a query open") {
			t.Errorf("got %v", err)
		}
		if p := progress(t, held); p.Position != "10" {
			t.Errorf("recorded %+v", p)
		}
	})
}
