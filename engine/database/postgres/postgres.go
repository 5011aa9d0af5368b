// Package postgres connects to PostgreSQL for package database.
package postgres

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"
	"time"

	"github.com/lib/pq"

	"manage/engine/database/backend"
	"manage/engine/flavor"
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
// of the search path exists or may be used.
const identify = `SELECT current_setting('server_version'), coalesce(current_schema(), ''), pg_backend_pid(), current_database(),
 EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = %s)`

func (s *server) Identify(ctx context.Context, q backend.Querier) (backend.Identity, error) {
	rows, err := q.QueryContext(ctx, fmt.Sprintf(identify, QuoteLiteral(s.schema)))
	if err != nil {
		return backend.Identity{}, err
	}
	defer rows.Close()
	var version, schema, session, database string
	var exists bool
	for rows.Next() {
		if err := rows.Scan(&version, &schema, &session, &database, &exists); err != nil {
			return backend.Identity{}, err
		}
	}
	if err := rows.Err(); err != nil {
		return backend.Identity{}, err
	}
	if schema == "" {
		return backend.Identity{}, s.noSchema(database, exists)
	}
	return backend.Identity{Flavor: flavor.Parse(flavor.Postgres, version), Schema: schema, Session: session}, nil
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
		Hint:    fmt.Sprintf("make it with CREATE SCHEMA %s, or correct the configuration", QuoteIdent(s.schema))}
}

func (s *server) Grammar(backend.Identity) backend.Grammar {
	return backend.Grammar{
		// Where the database's default is a stricter level, the heartbeat's
		// write of the lease's row would make every long transaction fail, as
		// it writes that row too when it ends.
		Begin: "BEGIN ISOLATION LEVEL READ COMMITTED", Rollback: "ROLLBACK", Batches: true,
		// In a transaction that has failed, COMMIT alone is a ROLLBACK that
		// reports no error ("COMMIT", PostgreSQL manual). The SELECT before it
		// is refused there, and the COMMIT then not reached.
		Commit:        "SELECT 1; COMMIT",
		Rewrite:       numbered,
		LockTimeout:   lockTimeout,
		TxLockTimeout: true,
		LazyCommit:    "SET LOCAL synchronous_commit = off",
		QuoteIdent:    QuoteIdent,
		QuoteLiteral:  QuoteLiteral,
	}
}

func lockTimeout(d time.Duration, inTx bool) string {
	scope := "SESSION"
	if inTx {
		scope = "LOCAL"
	}
	if d <= 0 {
		return "SET " + scope + " lock_timeout = DEFAULT"
	}
	return fmt.Sprintf("SET %s lock_timeout = %d", scope, max(d.Milliseconds(), 1))
}

// QuoteIdent quotes a name.
func QuoteIdent(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// QuoteLiteral quotes text, whatever standard_conforming_strings is.
func QuoteLiteral(text string) string {
	quoted := `'` + strings.ReplaceAll(text, `'`, `''`) + `'`
	if strings.Contains(text, `\`) {
		return ` E` + strings.ReplaceAll(quoted, `\`, `\\`)
	}
	return quoted
}
