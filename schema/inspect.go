package schema

import (
	"context"
	"database/sql"
	"fmt"

	"manage/engine/flavor"
)

// Querier is what inspection needs of a connection: a session of package
// database, or a *sql.DB. Queries are sent without arguments.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Inspect reads the schema called name (a PostgreSQL schema, a MySQL database;
// not used on SQLite) as the server has it. A schema that does not exist is
// empty.
//
// It asks the servers' own catalogs, a handful of queries whatever the number
// of tables, and keeps the server's words, because what it does not understand
// must survive a change: an inspector that goes through a model of types in
// between takes three times as long and cannot say everything. What the words
// mean is settled by Compare.
func Inspect(ctx context.Context, q Querier, f flavor.Flavor, name string) (*Schema, error) {
	i := &inspector{ctx: ctx, q: q, name: name, s: New(f)}
	steps := sqliteSteps
	switch {
	case f.Dialect == flavor.Postgres:
		steps = postgresSteps
	case f.Dialect.MySQLFamily():
		steps = mysqlSteps
	}
	for _, step := range steps() {
		if step.ofTables && len(i.s.Tables) == 0 {
			continue
		}
		if err := step.read(i); err != nil {
			return nil, err
		}
	}
	return i.s, nil
}

// inspectStep is one query. One that asks for what belongs to tables is left
// out where there are none, so that a new database costs two or three.
type inspectStep struct {
	ofTables bool
	read     func(*inspector) error
}

// inspector is one inspection under way.
type inspector struct {
	ctx  context.Context
	q    Querier
	name string // of the schema
	s    *Schema
}

// each scans the rows of a query into the same places one after the other and
// calls f for each.
func (i *inspector) each(query string, into []any, f func() error) error {
	rows, err := i.q.QueryContext(i.ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("read the schema: %w", err)
		}
		if err := f(); err != nil {
			return err
		}
	}
	return rows.Err()
}

// here is the schema's name as an SQL literal.
func (i *inspector) here() string { return quoteLiteral(i.name, i.s.Flavor.Dialect) }

// TableNames lists the tables of a schema by name, views not among them: the
// cheapest look at a database.
func TableNames(ctx context.Context, q Querier, f flavor.Flavor, name string) ([]string, error) {
	i := &inspector{ctx: ctx, q: q, name: name, s: New(f)}
	query := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`
	switch {
	case f.Dialect == flavor.Postgres:
		query = `SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			WHERE c.relkind IN ('r', 'p') AND n.nspname = ` + i.here() + ` ORDER BY c.relname COLLATE "C"`
	case f.Dialect.MySQLFamily():
		query = `SELECT table_name FROM information_schema.tables
			WHERE table_schema = ` + i.here() + ` AND table_type IN (` + mysqlTables + `) ORDER BY table_name`
	}
	var names []string
	var table string
	err := i.each(query, []any{&table}, func() error {
		names = append(names, table)
		return nil
	})
	return names, err
}

// Routines lists the functions and procedures of a schema, such as "function
// f", without those that extensions bring. SQLite keeps none.
func Routines(ctx context.Context, q Querier, f flavor.Flavor, name string) ([]string, error) {
	i := &inspector{ctx: ctx, q: q, name: name, s: New(f)}
	query := ""
	switch {
	case f.Dialect == flavor.SQLite:
		return nil, nil
	case f.Dialect == flavor.Postgres:
		query = `SELECT DISTINCT CASE p.prokind WHEN 'p' THEN 'procedure ' ELSE 'function ' END || p.proname
			FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
			WHERE n.nspname = ` + i.here() + ` AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY 1`
	default:
		query = `SELECT CONCAT(LOWER(routine_type), ' ', routine_name) FROM information_schema.routines
			WHERE routine_schema = ` + i.here() + ` ORDER BY 1`
	}
	var names []string
	var routine string
	err := i.each(query, []any{&routine}, func() error {
		names = append(names, routine)
		return nil
	})
	return names, err
}
