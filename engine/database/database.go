// Package database opens the databases that URLs name and speaks to them:
// sessions, transactions, timeouts and classes of errors. What differs between
// the drivers lives in the packages below it (sqlite, postgres, mysql); nothing
// outside them imports a driver.
package database

import (
	"context"
	"database/sql"
	"time"

	"manage/engine/flavor"
)

// Options says how to open a database. The zero value tries once.
type Options struct {
	// Schema is the PostgreSQL schema to work in; "" for the server's default
	// (public).
	Schema string
	// MaxRetries is how many further attempts are made while the server does
	// not answer; negative for no limit. RetryInterval is the pause between.
	MaxRetries    int
	RetryInterval time.Duration
	// SQLMode is the MySQL session sql_mode; nil for TRADITIONAL.
	SQLMode *string
	// WsrepSyncWait is the Galera session variable; nil to leave it alone.
	WsrepSyncWait *int
	// ReadOnly promises that nothing will be written: a SQLite file is not
	// created, and its journal mode not touched.
	ReadOnly bool
	// Waiting, if set, is told of each failed attempt before the pause.
	Waiting func(attempt int, err error, pause time.Duration)
}

// Querier is what reads need: a Session, or a *sql.DB.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// DB is an opened database. It hands out sessions; it holds no transaction.
type DB interface {
	Flavor() flavor.Flavor
	// Schema is the PostgreSQL schema or the MySQL database worked in.
	Schema() string
	// Missing is true for a SQLite file that does not exist (ReadOnly only):
	// every read then behaves as on an empty database.
	Missing() bool
	// String is the URL with the password masked.
	String() string
	Session(ctx context.Context) (Session, error)
	Close() error
}

// Session is one connection to the server, with at most one transaction open
// on it. It is not for concurrent use. Placeholders in queries are always `?`;
// they are rewritten only if there are arguments. Errors are *Error.
type Session interface {
	Querier
	Flavor() flavor.Flavor
	Begin(ctx context.Context) error // BEGIN IMMEDIATE on SQLite
	Commit(ctx context.Context) error
	Rollback(ctx context.Context) error
	InTransaction() bool
	// ServerID names the connection on the server (the backend's pid, the
	// connection id), so that somebody else can end it; "" on SQLite.
	ServerID() string
	// SetLockTimeout bounds how long the following statements wait for a lock:
	// for the transaction if one is open and the server can do that (so that
	// it holds behind a pooler), else for the session. 0 is the server's own.
	SetLockTimeout(ctx context.Context, d time.Duration) error
	QuoteIdent(name string) string
	QuoteLiteral(text string) string
	Close() error
}
