// Package mysql connects to MySQL and MariaDB for package database.
package mysql

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"manage/engine/database/backend"
	"manage/engine/flavor"
	"manage/engine/quote"
)

// Backend is MySQL and MariaDB.
type Backend struct{}

// Open is backend.Backend's.
func (Backend) Open(u *backend.URL, o backend.Options) (backend.Server, error) {
	if o.Schema != "" && o.Schema != u.Database {
		return nil, bad("MySQL and MariaDB have no schemas within a database: take the schema out of the configuration")
	}
	config, err := driverConfig(u)
	if err != nil {
		return nil, err
	}
	speaks, err := setCharset(config, u)
	if err != nil {
		return nil, err
	}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, &backend.Error{Class: backend.BadURL, Message: "the MySQL connection cannot be used: " + err.Error(), Err: err}
	}
	limit, err := u.ConnectTimeout()
	if err != nil {
		return nil, err
	}
	// The driver's own limit ends when the server has taken the connection.
	connector = greeted{connector, greeting(speaks, u, o)}
	return &server{connector: backend.Repeating(backend.Limited(connector, limit), tries), database: u.Database, own: own(speaks)}, nil
}

type server struct {
	connector driver.Connector
	database  string
	own       string // see backend.Grammar
}

func (s *server) Connector() driver.Connector { return s.connector }
func (s *server) Missing() bool               { return false }
func (s *server) Unborn() bool                { return false }
func (s *server) Transient() bool             { return false }

// identify asks for everything at once. SHOW leaves out what a server does not
// know, where SELECT @@wsrep_on would be an error on all but Galera's builds.
const identify = `SHOW SESSION VARIABLES WHERE Variable_name IN ('version', 'version_comment', 'wsrep_on', 'pseudo_thread_id', 'innodb_default_row_format', 'lower_case_table_names')`

func (s *server) Identify(ctx context.Context, q backend.Querier, _ int) (backend.Identity, error) {
	rows, err := q.QueryContext(ctx, identify)
	if err != nil {
		return backend.Identity{}, err
	}
	defer rows.Close()
	vars := map[string]string{}
	for rows.Next() {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return backend.Identity{}, err
		}
		vars[name] = value
	}
	if err := rows.Err(); err != nil {
		return backend.Identity{}, err
	}
	f := serverFlavor(vars["version"], vars["version_comment"], vars["wsrep_on"])
	format := vars["innodb_default_row_format"]
	f.ShortKeys = format != "" && !strings.EqualFold(format, "dynamic")
	f.FoldsTables = vars["lower_case_table_names"] == "1" || vars["lower_case_table_names"] == "2"
	return backend.Identity{
		Flavor: f,
		Schema: s.database, Session: vars["pseudo_thread_id"],
	}, nil
}

// serverFlavor tells MariaDB from MySQL by what the server says of itself; the
// URL's word for it does not count.
func serverFlavor(version, comment, wsrepOn string) flavor.Flavor {
	dialect := flavor.MySQL
	if strings.Contains(strings.ToLower(version+" "+comment), "mariadb") {
		dialect = flavor.MariaDB
		// MariaDB says so before its version where a client might take 10 for 1.0.
		version = strings.TrimPrefix(version, "5.5.5-")
	}
	f := flavor.Parse(dialect, version)
	f.Galera = strings.EqualFold(wsrepOn, "ON")
	return f
}

func (s *server) Grammar(backend.Identity) backend.Grammar {
	return backend.Grammar{
		Begin: "START TRANSACTION", Commit: "COMMIT", Rollback: "ROLLBACK",
		LockTimeout: lockTimeout, Own: s.own, Theirs: theirs,
		QuoteIdent:   func(name string) string { return quote.Ident(name, flavor.MySQL) },
		QuoteLiteral: func(text string) string { return quote.Text(text, flavor.MySQL) },
	}
}

// lockTimeout bounds waiting for metadata locks and for rows. Both variables
// count whole seconds, and MySQL takes no less than one.
func lockTimeout(d time.Duration, _ bool) string {
	if d <= 0 {
		return "SET SESSION lock_wait_timeout = DEFAULT, SESSION innodb_lock_wait_timeout = DEFAULT"
	}
	seconds := int64((d + time.Second - 1) / time.Second)
	return fmt.Sprintf("SET SESSION lock_wait_timeout = %d, SESSION innodb_lock_wait_timeout = %d", seconds, seconds)
}

func bad(message string) *backend.Error {
	return &backend.Error{Class: backend.BadURL, Message: message}
}
