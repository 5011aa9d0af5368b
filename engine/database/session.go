package database

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"manage/engine/database/backend"
	"manage/engine/flavor"
)

// session is the one implementation of Session.
//
// It runs on a *sql.Conn and sends BEGIN and COMMIT as text. (*sql.DB) would
// run a statement again on another connection when the driver reports a bad
// one; on a *sql.Conn nothing is ever sent twice.
type session struct {
	db      *opened
	conn    *sql.Conn
	id      backend.Identity
	grammar backend.Grammar

	open bool
	// pending is what begins the transaction and was not sent yet: it goes with
	// the first statement, if the server takes batches.
	pending string
	// unopened is true after such a first statement failed: a server that does
	// not understand one statement of a batch runs none, BEGIN included.
	unopened bool
	// doomed is the error after which the server has given up the transaction,
	// although a COMMIT would still be answered without complaint.
	doomed *Error
	// limit and txLimit remember the lock timeouts that the server has, so that
	// saying the same again costs no round trip.
	limit, txLimit *time.Duration
}

func (s *session) Flavor() flavor.Flavor           { return s.id.Flavor }
func (s *session) Schema() string                  { return s.id.Schema }
func (s *session) ServerID() string                { return s.id.Session }
func (s *session) Port() int                       { return s.id.Port }
func (s *session) InTransaction() bool             { return s.open }
func (s *session) QuoteIdent(name string) string   { return s.grammar.QuoteIdent(name) }
func (s *session) QuoteLiteral(text string) string { return s.grammar.QuoteLiteral(text) }

func (s *session) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := s.flush(ctx); err != nil {
		return nil, err
	}
	work := ctx
	if !s.open {
		work = backend.Repeatable(ctx) // what came before in a transaction is gone with it
	}
	rows, err := s.conn.QueryContext(work, s.rewrite(query, args), args...)
	if err != nil {
		return nil, s.failed(ctx, query, err)
	}
	return rows, nil
}

func (s *session) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s.forgetLimits(query)
	text := s.rewrite(query, args)
	if s.pending != "" && len(args) == 0 {
		return s.first(ctx, query)
	}
	if err := s.flush(ctx); err != nil {
		return nil, err
	}
	result, err := s.conn.ExecContext(ctx, text, args...)
	if err != nil {
		return nil, s.failed(ctx, query, err)
	}
	return result, nil
}

// first sends the first statement of a transaction together with what begins
// it. Its result is that of the batch.
func (s *session) first(ctx context.Context, query string) (sql.Result, error) {
	batch := s.pending + "; " + query
	s.pending = ""
	result, err := s.conn.ExecContext(ctx, batch)
	if err != nil {
		known := s.failed(ctx, query, err)
		s.doomed, s.unopened = known, true
		return nil, known
	}
	return result, nil
}

// flush sends what begins the transaction, if it was not sent yet. After a
// first statement that failed there is no transaction to go on with.
func (s *session) flush(ctx context.Context) error {
	if s.unopened {
		return s.doomed
	}
	if s.pending == "" {
		return nil
	}
	batch := s.pending
	s.pending = ""
	return s.run(ctx, batch)
}

func (s *session) rewrite(query string, args []any) string {
	if len(args) == 0 || s.grammar.Rewrite == nil {
		return query
	}
	return s.grammar.Rewrite(query)
}

// failed is the error of a statement, and notes what it means for the
// transaction.
func (s *session) failed(ctx context.Context, query string, err error) *Error {
	known := *AsError(err)
	if ctx.Err() != nil && (known.Class == Other || known.Class == ConnectionLost) {
		// Drivers break the connection to leave a statement they wait for.
		known = *classifyContext(ctx.Err())
		known.Err = err
	}
	known.SQL = query
	switch known.Class {
	case Deadlock, ConnectionLost:
		s.doomed = &known
	}
	return &known
}

// forgetLimits drops what is known of the lock timeouts when a statement may
// change them behind our back.
func (s *session) forgetLimits(query string) {
	word, _, _ := strings.Cut(strings.TrimLeft(query, " \t\r\n"), " ")
	switch strings.ToUpper(word) {
	case "SET", "RESET", "DISCARD", "ROLLBACK", "PRAGMA":
		s.limit, s.txLimit = nil, nil
	}
}

func (s *session) Begin(ctx context.Context) error {
	s.doomed, s.txLimit, s.unopened = nil, nil, false
	if s.grammar.Batches && !s.open {
		s.pending, s.open = s.grammar.Begin, true
		return nil
	}
	if err := s.run(ctx, s.grammar.Begin); err != nil {
		return err
	}
	s.open = true
	return nil
}

// Commit ends the transaction. If it fails the transaction may still be open:
// Rollback is due.
func (s *session) Commit(ctx context.Context) error {
	if s.doomed != nil {
		gone := *s.doomed
		gone.Message = "nothing was committed: " + gone.Message
		return &gone
	}
	if s.pending == "" {
		if err := s.run(ctx, s.grammar.Commit); err != nil {
			return err
		}
	}
	s.open, s.pending, s.txLimit = false, "", nil
	return nil
}

// Rollback gives the transaction up. A connection that is lost has been rolled
// back by the server, so that is no error.
func (s *session) Rollback(ctx context.Context) error {
	wasOpen := s.open && s.pending == ""
	s.open, s.pending, s.unopened, s.txLimit = false, "", false, nil
	if !wasOpen || (s.doomed != nil && s.doomed.Class == ConnectionLost) {
		return nil
	}
	err := s.run(ctx, s.grammar.Rollback)
	if err == nil || ClassOf(err) == ConnectionLost || s.grammar.Ended != nil && s.grammar.Ended(AsError(err)) {
		return nil
	}
	return err
}

func (s *session) run(ctx context.Context, statement string) error {
	if _, err := s.conn.ExecContext(ctx, statement); err != nil {
		return s.failed(ctx, statement, err)
	}
	return nil
}

func (s *session) SetLockTimeout(ctx context.Context, d time.Duration) error {
	inTx := s.open && s.grammar.TxLockTimeout
	known := &s.limit
	if inTx {
		known = &s.txLimit
	}
	if *known != nil && **known == d {
		return nil
	}
	if err := s.early(ctx, s.grammar.LockTimeout(d, inTx)); err != nil {
		return err
	}
	*known = &d
	return nil
}

func (s *session) LazyCommit(ctx context.Context) error {
	return s.early(ctx, s.grammar.LazyCommit)
}

// early sends a setting with what begins the transaction if that was not sent
// yet, so that it costs no round trip.
func (s *session) early(ctx context.Context, setting string) error {
	switch {
	case setting == "":
		return nil
	case s.pending == "":
		return s.run(ctx, setting)
	}
	s.pending += "; " + setting
	return nil
}

func (s *session) Close() error {
	if err := s.conn.Close(); err != nil {
		return AsError(err)
	}
	return nil
}
