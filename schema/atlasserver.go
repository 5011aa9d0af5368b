package schema

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/mysql"
	"ariga.io/atlas/sql/postgres"

	"manage/engine/flavor"
)

// atlasDriver opens Atlas's driver for a flavor. Atlas decides what a server
// can do by asking it for its version; versionServer answers, so that plans
// are for the real version without a connection.
func atlasDriver(f flavor.Flavor) (migrate.PlanApplier, error) {
	db := sql.OpenDB(versionServer{f})
	defer db.Close()
	var d migrate.Driver
	var err error
	if f.Dialect == flavor.Postgres {
		d, err = postgres.Open(db)
	} else {
		d, err = mysql.Open(db)
	}
	if err != nil {
		return nil, fmt.Errorf("no planner for %s: %w", f, err)
	}
	return d, nil
}

// versionServer is a database that answers one query: what are you?
type versionServer struct{ flavor.Flavor }

// Connect returns the server itself as a connection.
func (v versionServer) Connect(context.Context) (driver.Conn, error) { return v, nil }

// Driver returns the server itself; nothing is opened by name.
func (v versionServer) Driver() driver.Driver { return v }

// Open returns the server itself, whatever the name.
func (v versionServer) Open(string) (driver.Conn, error) { return v, nil }

var errNoServer = errors.New("there is no server behind this connection")

// Prepare is refused: only QueryContext is answered.
func (v versionServer) Prepare(string) (driver.Stmt, error) { return nil, errNoServer }

// Begin is refused.
func (v versionServer) Begin() (driver.Tx, error) { return nil, errNoServer }

// Close does nothing.
func (v versionServer) Close() error { return nil }

// QueryContext answers the first question that Atlas's drivers ask: version,
// collation, character set and case of names, or version number, access
// method and the version of CockroachDB.
func (v versionServer) QueryContext(context.Context, string, []driver.NamedValue) (driver.Rows, error) {
	if v.Dialect == flavor.Postgres {
		number := fmt.Sprint(v.Major*10000 + v.Minor)
		return &oneRow{row: []driver.Value{number, "heap", nil}}, nil
	}
	version := fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
	if v.Dialect == flavor.MariaDB {
		version += "-MariaDB"
	}
	return &oneRow{row: []driver.Value{version, "utf8mb4_general_ci", "utf8mb4", "0"}}, nil
}

// oneRow is a result of one row.
type oneRow struct {
	row  []driver.Value
	done bool
}

// Columns names the columns, which nobody reads.
func (r *oneRow) Columns() []string { return make([]string, len(r.row)) }

// Close does nothing.
func (r *oneRow) Close() error { return nil }

// Next gives the row once.
func (r *oneRow) Next(dest []driver.Value) error {
	if r.done {
		return io.EOF
	}
	r.done = true
	copy(dest, r.row)
	return nil
}
