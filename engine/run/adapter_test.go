package run_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// session is a minimal database.Session on one connection.
type session struct {
	*sql.Conn
	f  flavor.Flavor
	tx bool
}

func open(t testing.TB, db enginetest.Database) database.Session {
	t.Helper()
	c, err := db.SQL().Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	s := &session{Conn: c, f: db.Flavor}
	if db.Dialect == flavor.SQLite {
		s.ExecContext(context.Background(), "PRAGMA busy_timeout=5000")
	}
	return s
}

func (s *session) wrap(err error) error {
	if err == nil {
		return nil
	}
	e := &database.Error{Message: err.Error(), Err: err}
	m := strings.ToLower(err.Error())
	switch {
	case strings.Contains(m, "duplicate key"), strings.Contains(m, "duplicate entry"), strings.Contains(m, "unique constraint"):
		e.Class = database.Duplicate
	case strings.Contains(m, "already exists"):
		e.Class = database.AlreadyExists
	case strings.Contains(m, "locked"), strings.Contains(m, "lock wait"):
		e.Class = database.LockTimeout
	case strings.Contains(m, "deadlock"):
		e.Class = database.Deadlock
	}
	return e
}

func (s *session) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	r, err := s.Conn.QueryContext(ctx, q, args...)
	return r, s.wrap(err)
}
func (s *session) ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error) {
	r, err := s.Conn.ExecContext(ctx, q, args...)
	return r, s.wrap(err)
}
func (s *session) Flavor() flavor.Flavor { return s.f }
func (s *session) do(ctx context.Context, q string, tx bool) error {
	_, err := s.ExecContext(ctx, q)
	if err == nil {
		s.tx = tx
	}
	return err
}
func (s *session) Begin(ctx context.Context) error {
	if s.f.Dialect == flavor.SQLite {
		return s.do(ctx, "BEGIN IMMEDIATE", true)
	}
	return s.do(ctx, "BEGIN", true)
}
func (s *session) Commit(ctx context.Context) error   { return s.do(ctx, "COMMIT", false) }
func (s *session) Rollback(ctx context.Context) error { return s.do(ctx, "ROLLBACK", false) }
func (s *session) InTransaction() bool                { return s.tx }
func (s *session) ServerID() string                   { return "1" }
func (s *session) QuoteIdent(n string) string {
	if s.f.Dialect.MySQLFamily() {
		return "`" + n + "`"
	}
	return `"` + n + `"`
}
func (s *session) QuoteLiteral(n string) string {
	if s.f.Dialect.MySQLFamily() {
		n = strings.ReplaceAll(n, `\`, `\\`)
	}
	return "'" + strings.ReplaceAll(n, "'", "''") + "'"
}

func (s *session) SetLockTimeout(context.Context, time.Duration) error { return nil }

var _ = fmt.Sprint

type db struct {
	e enginetest.Database
	t testing.TB
}

func (d db) Flavor() flavor.Flavor { return d.e.Flavor }
func (d db) Schema() string        { return d.e.Name }
func (d db) Missing() bool         { return false }
func (d db) String() string        { return d.e.URL }
func (d db) Close() error          { return nil }
func (d db) Session(ctx context.Context) (database.Session, error) {
	return open(d.t, d.e), nil
}
func openDB(t testing.TB, e enginetest.Database) database.DB { return db{e, t} }
