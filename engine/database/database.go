// Package database opens the databases that URLs name and speaks to them:
// sessions, transactions, timeouts and classes of errors. What differs between
// the servers lives in the packages below it (sqlite, postgres, mysql), which
// meet package backend's contract; nothing outside them imports a driver.
package database

import (
	"context"
	"time"

	"manage/engine/database/backend"
	"manage/engine/database/mysql"
	"manage/engine/database/postgres"
	"manage/engine/database/sqlite"
	"manage/engine/flavor"
)

// Options says how to open a database. The zero value tries once.
type Options = backend.Options

// Querier is what reads need: a Session, or a *sql.DB.
type Querier = backend.Querier

// URL is a database connection in SQLAlchemy's form; see ParseURL.
type URL = backend.URL

// ParseURL reads a connection URL in SQLAlchemy's form, and the plain forms:
// postgres://…, and a SQLite file by its name. Errors are *Error of class
// BadURL; they never repeat what they were given, because it may hold a
// password.
func ParseURL(raw string) (*URL, error) { return backend.ParseURL(raw) }

// Number reads the only whole number of a query; 0 if it has no row.
func Number(ctx context.Context, q Querier, query string) (int64, error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var n int64
	if rows.Next() {
		if err := rows.Scan(&n); err != nil {
			return 0, err
		}
	}
	return n, rows.Err()
}

// Sleep waits so long, unless ctx ends first: then it returns why it did.
func Sleep(ctx context.Context, d time.Duration) error { return backend.Sleep(ctx, d) }

// WithoutLockRetries marks the context of queries whose caller tries again by
// itself where a lock is not to be had; a Session would otherwise.
func WithoutLockRetries(ctx context.Context) context.Context {
	return backend.WithoutLockRetries(ctx)
}

// backends lists the kinds of servers.
func backends() []backend.Backend {
	return []backend.Backend{sqlite.Backend{}, postgres.Backend{}, mysql.Backend{}}
}

// backendFor is the kind of server that serves a dialect.
func backendFor(d flavor.Dialect) backend.Backend {
	switch d {
	case flavor.SQLite:
		return sqlite.Backend{}
	case flavor.Postgres:
		return postgres.Backend{}
	}
	return mysql.Backend{}
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
	// Session opens a connection of its own. The first one is the connection
	// that Open made. Errors are *Error.
	Session(ctx context.Context) (Session, error)
	// Reader opens a connection for reading only. Where Session would make
	// the database, it reads an empty one and makes nothing.
	Reader(ctx context.Context) (Session, error)
	// Close ends the database's unused connections; sessions are closed by
	// those who opened them.
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
	// Port is the TCP port of this end of the connection, 0 where there is
	// none. A server that sees another port does not speak to us itself: a
	// pooler or proxy is between.
	Port() int
	// SetLockTimeout bounds how long the following statements wait for a lock:
	// for the transaction if one is open and the server can do that (so that
	// it holds behind a pooler), else for the session. 0 is the server's own.
	SetLockTimeout(ctx context.Context, d time.Duration) error
	// LazyCommit lets the COMMIT of the open transaction return before it is on
	// disk, where the server can do so for one transaction. If the server goes
	// down it may be lost, but only as a whole and with all that was committed
	// after it (PostgreSQL manual, "Asynchronous Commit"): it is for work that
	// records how far it is in the same transaction.
	LazyCommit(ctx context.Context) error
	// Schema is the PostgreSQL schema or the MySQL database worked in, whatever
	// statements have made of the search path or the default database.
	Schema() string
	// Reset makes the session, which is in no transaction, as it was when it was
	// opened: without settings, temporary tables, prepared statements, locks or
	// attached files that statements have left in it. Where it has another
	// connection from then on, moved, if it is not nil, is called on that one
	// before the old one ends.
	Reset(ctx context.Context, moved func(context.Context) error) error
	// Own gives the session the settings that it began with, as far as these
	// matter to the books, until theirs is called or, where OwnNeedsTransaction,
	// the open transaction ends: then those that statements have made are there
	// again.
	Own(ctx context.Context) (theirs func(context.Context) error, err error)
	OwnNeedsTransaction() bool
	QuoteIdent(name string) string
	QuoteLiteral(text string) string
	Close() error
}
