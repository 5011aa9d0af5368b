package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io"
	"testing"

	"manage/engine/database/backend"
)

// listener is a connection that notes which queries may be asked again.
type listener struct{ repeatable []bool }

func (l *listener) Connect(context.Context) (driver.Conn, error) { return l, nil }
func (l *listener) Driver() driver.Driver                        { return nil }
func (l *listener) Prepare(string) (driver.Stmt, error)          { return nil, driver.ErrSkip }
func (l *listener) Begin() (driver.Tx, error)                    { return nil, driver.ErrSkip }
func (l *listener) Close() error                                 { return nil }
func (l *listener) ExecContext(context.Context, string, []driver.NamedValue) (driver.Result, error) {
	return driver.RowsAffected(0), nil
}
func (l *listener) QueryContext(ctx context.Context, _ string, _ []driver.NamedValue) (driver.Rows, error) {
	l.repeatable = append(l.repeatable, backend.IsRepeatable(ctx))
	return none{}, nil
}

// none are no rows.
type none struct{}

func (none) Columns() []string         { return nil }
func (none) Close() error              { return nil }
func (none) Next([]driver.Value) error { return io.EOF }

// A query may be asked again outside of a transaction only: within one, what
// was done before is gone with it.
func TestOnlyLoneQueriesAreRepeated(t *testing.T) {
	ctx := context.Background()
	for _, batches := range []bool{false, true} {
		l := &listener{}
		pool := sql.OpenDB(l)
		defer pool.Close()
		c, err := pool.Conn(ctx)
		if err != nil {
			t.Fatal(err)
		}
		s := &session{conn: c, grammar: backend.Grammar{Begin: "BEGIN", Commit: "COMMIT", Rollback: "ROLLBACK", Batches: batches}}
		for _, step := range []func(context.Context) error{s.Begin, s.Commit, s.Begin, s.Rollback} {
			for _, do := range []func(context.Context) error{func(context.Context) error { return nil }, step} {
				if err := do(ctx); err != nil {
					t.Fatal(err)
				}
				rows, err := s.QueryContext(ctx, "SELECT 1")
				if err != nil {
					t.Fatal(err)
				}
				rows.Close()
			}
		}
		// Before each step and after it.
		want := []bool{true, false, false, true, true, false, false, true}
		for i, may := range l.repeatable {
			if may != want[i] {
				t.Errorf("batches %v: query %d may be asked again: %v", batches, i, may)
			}
		}
		if len(l.repeatable) != len(want) {
			t.Errorf("%d queries", len(l.repeatable))
		}
	}
}
