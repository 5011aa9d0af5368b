package enginetest

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"manage/engine/flavor"
)

// Database is a fresh database that belongs to one test.
type Database struct {
	Dialect flavor.Dialect
	Flavor  flavor.Flavor
	// Name is the database's name on its server; on SQLite the file's path.
	Name string
	// URL is its SQLAlchemy URL.
	URL string
	// User is the account that URL names; "" on SQLite.
	User string
	// Server is nil on SQLite.
	Server *Server

	db *sql.DB
	// admin is the administrator's pool, if db is that of an owner who may do
	// less; nil if it is not.
	admin *sql.DB
}

// serial tells the databases of one process apart; its id tells those of
// several processes on one server apart.
var serial atomic.Int64

// New makes an empty database of dialect d on the shared server, and removes
// it when the test ends. On SQLite the file does not exist until it is first
// written to.
func New(t testing.TB, d flavor.Dialect) Database {
	t.Helper()
	if d == flavor.SQLite {
		return newSQLite(t)
	}
	return Shared(t, d).New(t)
}

func newSQLite(t testing.TB) Database {
	t.Helper()
	dir, err := newDir(flavor.SQLite, "", false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	db := Database{Dialect: flavor.SQLite, Name: filepath.Join(dir, "test.sqlite")}
	db.URL = "sqlite:///" + db.Name
	db.connect(t)
	version, err := sqliteVersion()
	if err != nil {
		t.Fatalf("SQLite version: %v", err)
	}
	db.Flavor = flavor.Parse(flavor.SQLite, version)
	return db
}

// sqliteVersion asks SQLite for its version, once, on a pool of its own: asking
// must not make a test's file.
var sqliteVersion = sync.OnceValues(func() (version string, err error) {
	mem, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return "", err
	}
	defer mem.Close()
	err = mem.QueryRow("SELECT sqlite_version()").Scan(&version)
	return version, err
})

// New makes an empty database on the server and removes it when the test ends.
func (s *Server) New(t testing.TB) Database {
	t.Helper()
	name := fmt.Sprintf("t%d_%d", os.Getpid(), serial.Add(1))
	account, options := "", s.copying()
	if Owned() {
		if account = s.own(t, name); s.Dialect == flavor.Postgres {
			options += " OWNER " + account
		}
	}
	s.execute(t, "CREATE DATABASE "+name+options)
	t.Cleanup(func() {
		s.mu.Lock()
		running := s.proc != nil || s.dir == ""
		s.mu.Unlock()
		if running {
			s.execute(t, "DROP DATABASE "+name+s.force())
			if account != "" {
				s.disown(t, account)
			}
		}
	})
	db := Database{Dialect: s.Dialect, Flavor: s.Flavor, Name: name, User: s.admin.User.Username(), URL: s.URL(name), Server: s}
	if account != "" {
		db.User, db.URL = account, db.withUser(t, url.UserPassword(account, Password))
	}
	db.connect(t)
	return db
}

// copying makes PostgreSQL 15 and later copy the files of the template. By
// default they send every page through the log, which takes three times as long
// and much more on a disk (PostgreSQL manual, CREATE DATABASE, STRATEGY).
func (s *Server) copying() string {
	if s.Dialect == flavor.Postgres && s.Flavor.AtLeast(15, 0, 0) {
		return " STRATEGY file_copy"
	}
	return ""
}

// force makes PostgreSQL drop a database that still has sessions.
func (s *Server) force() string {
	if s.Dialect == flavor.Postgres {
		return " WITH (FORCE)"
	}
	return ""
}

// execute runs a statement as the server's administrator.
func (s *Server) execute(t testing.TB, query string) {
	t.Helper()
	db, err := s.adminPool()
	if err == nil {
		_, err = db.Exec(query)
	}
	if err != nil {
		t.Fatalf("%s: %s: %v", s.Dialect.Title(), query, err)
	}
}

func (db *Database) connect(t testing.TB) {
	t.Helper()
	u, err := url.Parse(db.URL)
	if err != nil {
		t.Fatalf("open %s: %v", db.URL, err)
	}
	if password, _ := u.User.Password(); Owned() && db.Server != nil && u.User.Username() == db.User && password == Password {
		u, err = db.connectAdmin(t, u)
	}
	if err == nil {
		db.db, err = open(db.Dialect, u)
	}
	if err != nil {
		t.Fatalf("open %s: %v", db.URL, err)
	}
	pool := db.db
	t.Cleanup(func() { pool.Close() })
}

// connectAdmin makes the administrator's pool beside that of the owner, and
// returns the URL for tests. On MySQL and MariaDB, where tables have no owner,
// that is the administrator's.
func (db *Database) connectAdmin(t testing.TB, owner *url.URL) (*url.URL, error) {
	u, err := db.adminURL()
	if err != nil || db.Dialect != flavor.Postgres {
		return u, err
	}
	if db.admin, err = open(db.Dialect, u); err == nil {
		pool := db.admin
		t.Cleanup(func() { pool.Close() })
	}
	return owner, err
}

// SQL is a connection pool to the database, for what Exec and Query do not do.
// It is closed when the test ends.
func (db Database) SQL() *sql.DB { return db.db }

// Exec runs SQL, several statements if they are separated by semicolons and
// there are no arguments. Placeholders are those of the driver.
func (db Database) Exec(t testing.TB, query string, args ...any) {
	t.Helper()
	_, err := db.db.Exec(query, args...)
	if db.denied(err) {
		_, err = db.admin.Exec(query, args...)
	}
	if err != nil {
		t.Fatalf("%s: %s: %v", db.Dialect.Title(), query, err)
	}
}

// Query returns the rows of a query. Bytes come as strings; all else as the
// driver gives it.
func (db Database) Query(t testing.TB, query string, args ...any) [][]any {
	t.Helper()
	rows, err := readRows(db.db, query, args...)
	if db.denied(err) {
		rows, err = readRows(db.admin, query, args...)
	}
	if err != nil {
		t.Fatalf("%s: %s: %v", db.Dialect.Title(), query, err)
	}
	return rows
}

// Strings returns the first column of a query's rows as text, "NULL" for null.
func (db Database) Strings(t testing.TB, query string, args ...any) []string {
	t.Helper()
	var out []string
	for _, row := range db.Query(t, query, args...) {
		if row[0] == nil {
			out = append(out, "NULL")
			continue
		}
		out = append(out, fmt.Sprint(row[0]))
	}
	return out
}

// readRows reads all rows of a query.
func readRows(db *sql.DB, query string, args ...any) ([][]any, error) {
	rows, err := db.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var out [][]any
	for rows.Next() {
		row := make([]any, len(cols))
		into := make([]any, len(cols))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		for i, v := range row {
			if b, ok := v.([]byte); ok {
				row[i] = string(b)
			}
		}
		out = append(out, row)
	}
	return out, rows.Err()
}
