package enginetest

import (
	"database/sql"
	"fmt"
	"net/url"
	"strings"

	"github.com/go-sql-driver/mysql"
	_ "github.com/lib/pq"  // registers "postgres"
	_ "modernc.org/sqlite" // registers "sqlite"

	"manage/engine/flavor"
)

// open opens a database by its SQLAlchemy URL. It understands the forms that
// this package makes, and is deliberately not the code under test.
func open(d flavor.Dialect, u *url.URL) (*sql.DB, error) {
	switch d {
	case flavor.SQLite:
		return sql.Open("sqlite", strings.TrimPrefix(u.Path, "/")+"?_pragma=busy_timeout(10000)")
	case flavor.Postgres:
		c := *u
		q := c.Query()
		q.Set("sslmode", "disable")
		c.Scheme, c.RawQuery = "postgres", q.Encode()
		return sql.Open("postgres", c.String())
	case flavor.MySQL, flavor.MariaDB:
		c := mysql.NewConfig()
		c.User = u.User.Username()
		c.Passwd, _ = u.User.Password()
		c.Net, c.Addr = "tcp", u.Host
		if socket := u.Query().Get("unix_socket"); socket != "" {
			c.Net, c.Addr = "unix", socket
		}
		c.DBName = strings.TrimPrefix(u.Path, "/")
		c.MultiStatements = true
		c.Logger = &mysql.NopLogger{} // tests that stop servers would fill the output
		conn, err := mysql.NewConnector(c)
		if err != nil {
			return nil, err
		}
		return sql.OpenDB(conn), nil
	}
	return nil, fmt.Errorf("unknown dialect %q", d)
}
