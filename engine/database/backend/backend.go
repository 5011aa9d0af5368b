// Package backend is the contract between package database and the kinds of
// servers below it: what a connection URL is, what an error means, and what a
// server must answer before package database can run sessions on it. It knows
// no driver and opens nothing; callers outside use package database, which
// shows the types that concern them under its own name.
package backend

import (
	"context"
	"database/sql"
	"database/sql/driver"
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
	// SQLMode is the MySQL session sql_mode; nil for TRADITIONAL, "" for the
	// server's own. Words of it that change how SQL is read are left out.
	SQLMode *string
	// WsrepSyncWait is the Galera session variable; nil to leave it alone.
	WsrepSyncWait *int
	// ReadOnly promises that nothing will be written: a SQLite file is not
	// created, and its journal mode not touched.
	ReadOnly bool
	// Waiting, if set, is told of each failed attempt before the pause.
	Waiting func(attempt int, err error, pause time.Duration)
}

// Querier is what reads need: a session, or a *sql.DB.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Backend is one kind of server: a driver and what must be known of it.
type Backend interface {
	// Open prepares connections to what u names, without making one. Errors
	// are about the URL and the files it names, and are *Error.
	Open(u *URL, o Options) (Server, error)
	// Classify says what an error of this backend's driver means; nil if the
	// error is none of its own.
	Classify(err error) *Error
}

// Server is one database that a Backend has prepared.
type Server interface {
	// Connector makes the connections.
	Connector() driver.Connector
	// Missing is true for a database that does not exist but is to be read as
	// an empty one.
	Missing() bool
	// Unborn is true while the database does not exist and the first
	// connection would make it.
	Unborn() bool
	// Transient is true for a database that lives in memory only: it is gone
	// when its last connection is closed.
	Transient() bool
	// Identify asks a new connection what it is, and gives it the settings that
	// a session has: in one round trip if it has them already. port is that of
	// this end of the connection, 0 if there is none.
	Identify(ctx context.Context, q Querier, port int) (Identity, error)
	// Grammar is how sessions speak to this server.
	Grammar(id Identity) Grammar
}

// Identity is what a server says of itself and of one connection to it.
type Identity struct {
	Flavor flavor.Flavor
	// Schema is the PostgreSQL schema or the MySQL database worked in.
	Schema string
	// Session names the connection on the server; "" if it has no name there.
	Session string
	// Port is the TCP port of this end of the connection; 0 if there is none.
	Port int
	// Settings are what the server's own Grammar has to know of the settings of
	// the connection.
	Settings any
}

// Grammar is the part of SQL that package database itself has to write.
type Grammar struct {
	// Begin, Commit and Rollback are the statements of those names.
	Begin, Commit, Rollback string
	// Batches is true if the server takes several statements in one message,
	// separated by semicolons, and Begin may go with the first statement of the
	// transaction, which saves a round trip.
	Batches bool
	// Ended reports whether a Rollback failed only because the server had ended
	// the transaction already. nil: that is no error to the server.
	Ended func(*Error) bool
	// Rewrite turns a query with `?` for placeholders into the driver's form.
	// It is called only for queries that have arguments. nil changes nothing.
	Rewrite func(query string) string
	// LockTimeout is the statement that bounds waiting for locks; inTx asks
	// for the transaction only. 0 is the server's own limit.
	LockTimeout func(d time.Duration, inTx bool) string
	// TxLockTimeout is true if a limit can be set for a transaction only.
	TxLockTimeout bool
	// LazyCommit is the statement after which the COMMIT of the open
	// transaction does not wait for the disk; "" if there is none.
	LazyCommit string
	// Own gives the open transaction, where TxOwn is true, or the session the
	// settings that it began with, and Theirs those that it had before; ""
	// where none can harm the books.
	Own, Theirs string
	TxOwn       bool
	// Discard forgets all that statements have left in the session; nil where
	// only another connection does.
	Discard []string
	// QuoteIdent and QuoteLiteral quote names and text.
	QuoteIdent, QuoteLiteral func(string) string
}
