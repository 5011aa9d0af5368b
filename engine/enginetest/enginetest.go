// Package enginetest gives tests real databases: private servers made from the
// system's own packages, a fresh database for each test, and snapshots of what
// a database holds, taken independently of the code under test.
//
// A test asks for all promised databases with Each or Databases; SQLite,
// PostgreSQL and MariaDB are always promised, MySQL where MANAGE_TEST_MYSQL is
// set. A promised server that cannot be had fails the test: nothing is skipped.
//
// Servers are started when the first test asks and live until the test binary
// ends, which is why each package that uses them calls Main in its TestMain.
// The command in the folder servers starts them once for a whole `go test
// ./...` and passes their URLs on in the environment. A test that wants to
// stop, kill or configure a server asks for one of its own with Private.
package enginetest

import (
	"fmt"
	"os"
	"sync"
	"testing"

	"manage/engine/flavor"
)

// The environment variables that name a running server to use instead of
// starting one. The value is the URL of a database on it whose user may create
// databases and users.
const (
	EnvPostgres = "MANAGE_TEST_POSTGRES"
	EnvMariaDB  = "MANAGE_TEST_MARIADB"
	EnvMySQL    = "MANAGE_TEST_MYSQL"
)

// Env is the name of the environment variable for a server of dialect d; "" if
// d needs no server.
func Env(d flavor.Dialect) string {
	switch d {
	case flavor.Postgres:
		return EnvPostgres
	case flavor.MariaDB:
		return EnvMariaDB
	case flavor.MySQL:
		return EnvMySQL
	}
	return ""
}

// EnvBin is the name of the environment variable that says in which folder the
// programs of a server of dialect d are, instead of the system's.
func EnvBin(d flavor.Dialect) string { return Env(d) + "_BIN" }

// shared are the servers that the tests of this process use together.
var shared = struct {
	sync.Mutex
	main    bool // Main is running, so somebody will stop what is started
	servers map[flavor.Dialect]*result
}{servers: map[flavor.Dialect]*result{}}

// result is a server or why there is none, so that a broken installation is
// tried once and reported by every test that needs it.
type result struct {
	server *Server
	err    error
}

// Main runs the tests of a package and stops the servers they started. It is
// the whole of a TestMain:
//
//	func TestMain(m *testing.M) { enginetest.Main(m) }
func Main(m *testing.M) { os.Exit(Run(m)) }

// Run is Main for a TestMain that has more to do: it returns the exit code.
func Run(m interface{ Run() int }) int {
	shared.Lock()
	shared.main = true
	shared.Unlock()
	code := m.Run()
	shared.Lock()
	for _, r := range shared.servers {
		if r.server != nil {
			r.server.Close()
		}
	}
	shared.Unlock()
	return code
}

// Shared returns the server of dialect d that the tests of this process share.
// Tests must not stop it or change its settings.
func Shared(t testing.TB, d flavor.Dialect) *Server {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	r := shared.servers[d]
	if r == nil {
		s, err := acquire(d)
		r = &result{s, err}
		shared.servers[d] = r
	}
	if r.err != nil {
		t.Fatalf("no %s server for tests: %v", d.Title(), r.err)
	}
	return r.server
}

// acquire joins the server that the environment names, or starts one.
func acquire(d flavor.Dialect) (*Server, error) {
	if url := os.Getenv(Env(d)); url != "" {
		return Join(d, url)
	}
	if !shared.main {
		return nil, fmt.Errorf("the package's TestMain must call enginetest.Main, or the server would be left running")
	}
	return Start(d, Options{})
}

// Private starts a server of dialect d for this test alone, which may stop,
// kill and restart it. It is stopped and removed when the test ends.
func Private(t testing.TB, d flavor.Dialect, o Options) *Server {
	t.Helper()
	s, err := Start(d, o)
	if err != nil {
		t.Fatalf("no private %s server for this test: %v", d.Title(), err)
	}
	t.Cleanup(s.Close)
	return s
}

// Dialects lists the dialects that tests run on: SQLite, PostgreSQL, MariaDB,
// and MySQL where MANAGE_TEST_MYSQL is set.
func Dialects() []flavor.Dialect {
	all := []flavor.Dialect{flavor.SQLite, flavor.Postgres, flavor.MariaDB}
	if os.Getenv(EnvMySQL) != "" {
		all = append(all, flavor.MySQL)
	}
	return all
}

// Databases makes a fresh, empty database for each of Dialects. They are
// removed when the test ends.
func Databases(t testing.TB) []Database {
	t.Helper()
	var all []Database
	for _, d := range Dialects() {
		all = append(all, New(t, d))
	}
	return all
}

// Each runs f as a subtest on a fresh, empty database of each of Dialects. The
// subtest is named after the dialect.
func Each(t *testing.T, f func(t *testing.T, db Database)) {
	t.Helper()
	for _, d := range Dialects() {
		t.Run(string(d), func(t *testing.T) { f(t, New(t, d)) })
	}
}
