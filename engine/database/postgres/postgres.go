// Package postgres connects to PostgreSQL for package database.
package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/lib/pq"

	"manage/engine/database/backend"
	"manage/engine/flavor"
	"manage/engine/quote"
)

// Backend is PostgreSQL.
type Backend struct{}

// Open is backend.Backend's.
func (Backend) Open(u *backend.URL, o backend.Options) (backend.Server, error) {
	settings, err := connectionSettings(u, o)
	if err != nil {
		return nil, err
	}
	config, err := pq.NewConfig(keywords(settings))
	if err != nil {
		return nil, &backend.Error{Class: backend.BadURL, Err: err,
			Message: "the PostgreSQL connection cannot be used: " + strings.TrimPrefix(err.Error(), "pq: "),
			Hint:    "correct the option in the connection URL, or the PG… variable in the environment"}
	}
	connector, err := pq.NewConnectorConfig(config)
	if err != nil {
		return nil, &backend.Error{Class: backend.BadURL, Err: err,
			Message: "the PostgreSQL connection cannot be used: " + strings.TrimPrefix(err.Error(), "pq: ")}
	}
	connector.Dialer(&backend.Dialer{})
	return &server{connector: backend.Repeating(connector, tries), schema: o.Schema}, nil
}

type server struct {
	connector driver.Connector
	schema    string // asked for; "" for the server's choice
}

func (s *server) Connector() driver.Connector { return s.connector }
func (s *server) Missing() bool               { return false }
func (s *server) Unborn() bool                { return false }
func (s *server) Transient() bool             { return false }

// identify asks for everything at once. current_schema() is null if no schema
// of the search path exists or may be used. row_security is set with it, as
// that differs on nearly every server.
const identify = `SELECT current_setting('server_version'), coalesce(current_schema(), ''), pg_backend_pid(), current_database(),
 EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = %s), %[2]s, CASE WHEN current_user <> session_user THEN current_user ELSE '' END,
 CASE WHEN %[2]s THEN set_config('row_security', 'off', false) END, %[3]s`

func (s *server) Identify(ctx context.Context, q backend.Querier, port int) (backend.Identity, error) {
	rows, err := q.QueryContext(ctx, fmt.Sprintf(identify, literal(s.schema), direct(port), asked()))
	if err != nil {
		return backend.Identity{}, err
	}
	defer rows.Close()
	var version, schema, session, database string
	var exists bool
	var p pins
	values := make([]sql.NullString, len(settings))
	into := []any{&version, &schema, &session, &database, &exists, &p.session, &p.role, new(sql.NullString)}
	for i := range values {
		into = append(into, &values[i])
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return backend.Identity{}, err
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return backend.Identity{}, err
	}
	if schema == "" {
		return backend.Identity{}, s.noSchema(database, exists)
	}
	if strings.HasPrefix(schema, "pg_") {
		return backend.Identity{}, &backend.Error{Class: backend.NoDatabase,
			Message: fmt.Sprintf("the search path begins with %s, where no lasting table can be made", schema),
			Hint:    "name another schema in the configuration, or take it out of the search_path of the user or the database"}
	}
	p.found(values)
	p.schema = schema
	if err := p.atStart(ctx, q); err != nil {
		return backend.Identity{}, err
	}
	return backend.Identity{Flavor: flavor.Parse(flavor.Postgres, version), Schema: schema, Session: session, Settings: &p}, nil
}

func (s *server) noSchema(database string, exists bool) error {
	if s.schema == "" {
		return &backend.Error{Class: backend.NoDatabase,
			Message: fmt.Sprintf("no schema of the search path exists in the database %q", database),
			Hint:    "make the schema public, or name another one as schema in the configuration"}
	}
	if exists {
		return &backend.Error{Class: backend.Denied,
			Message: fmt.Sprintf("the schema %q of the database %q may not be used", s.schema, database),
			Hint:    "grant the user USAGE and CREATE on the schema"}
	}
	return &backend.Error{Class: backend.NoDatabase,
		Message: fmt.Sprintf("the schema %q does not exist in the database %q", s.schema, database),
		Hint:    fmt.Sprintf("make it with CREATE SCHEMA %s, or correct the configuration", quote.Ident(s.schema, flavor.Postgres))}
}

func (s *server) Grammar(id backend.Identity) backend.Grammar {
	p := id.Settings.(*pins)
	g := backend.Grammar{
		// Where the database's default is a stricter level, the heartbeat's
		// write of the lease's row would make every long transaction fail, as
		// it writes that row too when it ends.
		Begin: "BEGIN ISOLATION LEVEL READ COMMITTED" + p.inTransaction(), Rollback: "ROLLBACK", Batches: true,
		// In a transaction that has failed, COMMIT alone is a ROLLBACK that
		// reports no error ("COMMIT", PostgreSQL manual). The SELECT before it
		// is refused there, and the COMMIT then not reached.
		Commit:        "SELECT 1; COMMIT",
		Rewrite:       numbered,
		LockTimeout:   lockTimeout,
		TxLockTimeout: true,
		LazyCommit:    "SET LOCAL synchronous_commit = off",
		QuoteIdent:    func(name string) string { return quote.Ident(name, flavor.Postgres) },
		QuoteLiteral:  literal,
		Own:           p.asOpened(),
		TxOwn:         true,
	}
	if p.session {
		g.Discard = p.discard()
	} else {
		g.Own = leaveNothing + "; " + g.Own
	}
	return g
}

func lockTimeout(d time.Duration, inTx bool) string {
	scope := "SESSION"
	if inTx {
		scope = "LOCAL"
	}
	if d > 0 {
		d = max(d, time.Millisecond)
	}
	return fmt.Sprintf("SET %s lock_timeout = %d", scope, d.Milliseconds())
}
