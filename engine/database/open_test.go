package database_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// servers are the promised dialects that have a server.
func servers() []flavor.Dialect {
	var all []flavor.Dialect
	for _, d := range enginetest.Dialects() {
		if d != flavor.SQLite {
			all = append(all, d)
		}
	}
	return all
}

// eachServer runs a test on a fresh database of every server.
func eachServer(t *testing.T, f func(t *testing.T, e enginetest.Database)) {
	for _, d := range servers() {
		t.Run(string(d), func(t *testing.T) { f(t, enginetest.New(t, d)) })
	}
}

// openError opens what must not open, and checks that the error's text holds no
// password of the URL.
func openError(t *testing.T, raw string, o database.Options, want database.Class) *database.Error {
	t.Helper()
	u, err := database.ParseURL(raw)
	if err != nil {
		t.Fatal(err)
	}
	db, err := database.Open(t.Context(), u, o)
	if err == nil {
		db.Close()
		t.Fatalf("%s was opened", u)
	}
	e := wantClass(t, err, want)
	for _, text := range []string{e.Message, e.Hint, fmt.Sprint(errors.Unwrap(e))} {
		if u.Password != "" && strings.Contains(text, u.Password) {
			t.Errorf("the password is in %q", text)
		}
	}
	return e
}

func edited(t *testing.T, raw string, edit func(u *database.URL)) *database.URL {
	t.Helper()
	u, err := database.ParseURL(raw)
	if err != nil {
		t.Fatal(err)
	}
	edit(u)
	return u
}

func TestFlavor(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		db := open(t, e.URL, database.Options{})
		if db.Flavor().Dialect != e.Dialect || db.Flavor().Major == 0 {
			t.Errorf("flavor is %s", db.Flavor())
		}
		if e.Server != nil && db.Flavor() != e.Server.Flavor {
			t.Errorf("flavor is %s, the server is %s", db.Flavor(), e.Server.Flavor)
		}
		want := map[flavor.Dialect]string{flavor.Postgres: "public", flavor.SQLite: ""}
		schema, ok := want[e.Dialect]
		if !ok {
			schema = e.Name
		}
		if db.Schema() != schema || db.Missing() {
			t.Errorf("schema is %q, missing is %v", db.Schema(), db.Missing())
		}
		if strings.Contains(db.String(), ":"+enginetest.Password) {
			t.Errorf("the password is in %s", db)
		}
	})
}

// TestSchemesOfMySQL: what the URL says does not make a server what it is not.
func TestSchemesOfMySQL(t *testing.T) {
	for _, d := range servers() {
		if !d.MySQLFamily() {
			continue
		}
		e := enginetest.New(t, d)
		_, rest, _ := strings.Cut(e.URL, "://")
		for _, scheme := range []string{"mysql", "mysql+pymysql", "mariadb", "mariadb+mysqldb"} {
			if got := open(t, scheme+"://"+rest, database.Options{}).Flavor().Dialect; got != d {
				t.Errorf("%s:// on %s is %s", scheme, d, got)
			}
		}
	}
}

func TestWrongPassword(t *testing.T) {
	eachServer(t, func(t *testing.T, e enginetest.Database) {
		start := time.Now()
		err := openError(t, e.WrongPassword(t), database.Options{MaxRetries: -1, RetryInterval: time.Minute}, database.AuthFailed)
		if time.Since(start) > 10*time.Second {
			t.Error("a wrong password was tried again")
		}
		if err.Hint == "" {
			t.Error("there is no hint")
		}
	})
}

func TestMissingDatabase(t *testing.T) {
	eachServer(t, func(t *testing.T, e enginetest.Database) {
		raw := edited(t, e.URL, func(u *database.URL) {})
		url := strings.Replace(e.URL, "/"+raw.Database, "/no_such_database", 1)
		want := database.NoDatabase
		if e.Dialect.MySQLFamily() && enginetest.Owned() {
			want = database.Denied // who has no right to a database does not learn that it is not there
		}
		err := openError(t, url, database.Options{MaxRetries: -1, RetryInterval: time.Minute}, want)
		if !strings.Contains(err.Message, "no_such_database") || err.Hint == "" {
			t.Errorf("message %q, hint %q", err.Message, err.Hint)
		}
	})
}

func TestReader(t *testing.T) {
	eachServer(t, func(t *testing.T, e enginetest.Database) {
		e.Exec(t, "CREATE TABLE t (id INTEGER)")
		s := session(t, open(t, e.Reader(t), database.Options{ReadOnly: true}))
		texts(t, s, "SELECT id FROM t")
		for _, query := range []string{"INSERT INTO t VALUES (1)", "ALTER TABLE t ADD COLUMN a INTEGER", "CREATE TABLE u (id INTEGER)"} {
			_, err := s.ExecContext(t.Context(), query)
			if e := wantClass(t, err, database.Denied); e.Hint == "" {
				t.Errorf("%s: no hint", query)
			}
		}
	})
}

// closedPort is an address where nobody listens.
func closedPort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func TestUnreachable(t *testing.T) {
	port := closedPort(t)
	for _, raw := range []string{
		fmt.Sprintf("mysql://u:s3cret@127.0.0.1:%d/d", port),
		fmt.Sprintf("postgresql://u:s3cret@127.0.0.1:%d/d", port),
		"mysql://u:s3cret@/d?unix_socket=/nowhere/mysql.sock",
		"postgresql://u:s3cret@/d?host=/nowhere",
		"mysql://u:s3cret@no-such-host.invalid/d",
		"postgresql://u:s3cret@no-such-host.invalid/d",
	} {
		t.Run(raw, func(t *testing.T) {
			var told []int
			o := database.Options{MaxRetries: 2, RetryInterval: time.Millisecond,
				Waiting: func(attempt int, err error, pause time.Duration) {
					wantClass(t, err, database.Unreachable)
					told = append(told, attempt)
				}}
			openError(t, raw, o, database.Unreachable)
			if fmt.Sprint(told) != "[1 2]" {
				t.Errorf("told of the attempts %v, want [1 2]", told)
			}
		})
	}
}

// TestSilentServer: a server that takes the connection and says nothing is one
// that does not answer.
func TestSilentServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).Port
	for _, scheme := range []string{"mysql", "postgresql"} {
		start := time.Now()
		openError(t, fmt.Sprintf("%s://u:s3cret@127.0.0.1:%d/d?connect_timeout=1", scheme, port), database.Options{}, database.Unreachable)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s gave up after %s", scheme, took)
		}
	}
}

// TestHangingUpServer: one that hangs up while we connect is to be tried again.
func TestHangingUpServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	for _, scheme := range []string{"mysql", "postgresql"} {
		openError(t, fmt.Sprintf("%s://u:s3cret@127.0.0.1:%d/d", scheme, l.Addr().(*net.TCPAddr).Port), database.Options{}, database.Unreachable)
	}
}

func TestCancelledWhileWaiting(t *testing.T) {
	u := edited(t, fmt.Sprintf("mysql://u:p@127.0.0.1:%d/d", closedPort(t)), func(*database.URL) {})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := database.Open(ctx, u, database.Options{MaxRetries: -1, RetryInterval: time.Hour})
	wantClass(t, err, database.Interrupted)
}

// TestServerComesUp: Open waits for a server that is started meanwhile, and
// sessions tell of one that goes away.
func TestServerComesUp(t *testing.T) {
	for _, d := range servers() {
		t.Run(string(d), func(t *testing.T) {
			server := enginetest.Private(t, d, enginetest.Options{})
			raw := server.URL(server.AdminDatabase())
			s := session(t, open(t, raw, database.Options{}))
			if err := server.Kill9(); err != nil {
				t.Fatal(err)
			}
			_, err := s.ExecContext(t.Context(), "SELECT 1")
			wantClass(t, err, database.ConnectionLost)

			waited := 0
			db := open(t, raw, database.Options{MaxRetries: 600, RetryInterval: 100 * time.Millisecond,
				Waiting: func(attempt int, err error, pause time.Duration) {
					wantClass(t, err, database.Unreachable)
					if waited = attempt; attempt == 1 {
						go func() {
							if err := server.Restart(); err != nil {
								t.Error(err)
							}
						}()
					}
				}})
			if waited == 0 {
				t.Error("the server was up at once")
			}
			texts(t, session(t, db), "SELECT '1'")
		})
	}
}

// TestSockets reaches both servers through their Unix sockets.
func TestSockets(t *testing.T) {
	for _, d := range servers() {
		t.Run(string(d), func(t *testing.T) {
			server := enginetest.Private(t, d, enginetest.Options{})
			u := edited(t, server.URL(server.AdminDatabase()), func(*database.URL) {})
			option := "unix_socket"
			if d == flavor.Postgres {
				option = "host"
			}
			raw := fmt.Sprintf("%s://%s:%s@/%s?%s=%s", u.Scheme, u.User, u.Password, u.Database, option, server.Socket)
			if d == flavor.Postgres {
				raw += fmt.Sprintf("&port=%d", server.Port)
			}
			texts(t, session(t, open(t, raw, database.Options{})), "SELECT '1'")
		})
	}
}
