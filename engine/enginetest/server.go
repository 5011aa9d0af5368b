package enginetest

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"manage/engine/flavor"
)

// The user of the servers that Start makes: it may do everything. The password
// is recognisable, so that tests can search outputs for it.
const (
	User     = "manage"
	Password = "lab-secret"
)

// startTimeout bounds how long a server may take until it answers.
const startTimeout = 60 * time.Second

// Options says how Start makes a server. The zero value is a fast server that
// loses its data if the machine goes down; what it has committed survives
// Kill9.
type Options struct {
	// Durable keeps the data on disk and the server's own durability settings,
	// for benchmarks.
	Durable bool
	// Settings are further server settings, as "name=value".
	Settings []string
	// Bin is the folder with the server's programs; "" for what EnvBin says,
	// or else where the system's packages put them.
	Bin string
	// Dir is where the data folder is made; "" for the usual place. All system
	// users must be able to come there.
	Dir string
	// Packaged takes the system's packages whatever EnvBin says, for tests
	// that need a server as old as the clients.
	Packaged bool
}

// Server is a database server on a loopback port.
type Server struct {
	Dialect flavor.Dialect
	Flavor  flavor.Flavor
	// Host and Port are where it listens; Socket is its Unix socket (on
	// PostgreSQL the folder that holds it), "" for a joined server.
	Host   string
	Port   int
	Socket string

	admin *url.URL // a database from which others can be created
	dir   string   // "" for a joined server
	kind  kind
	opts  Options

	mu   sync.Mutex
	proc *process // nil while it is stopped
	pool *sql.DB  // to admin
}

// kind is what differs between the servers that Start can make.
type kind interface {
	// programs returns the folder with the server's programs.
	programs(bin string) (string, error)
	// account is the system user that must run the server if we are root.
	account() string
	// prepare makes the data folder in s.dir.
	prepare(s *Server, bin string) error
	// command is the server's command line.
	command(s *Server, bin string) []string
	// welcome makes User, once the server answers for the first time.
	welcome(ctx context.Context, s *Server) error
	// bootstrapURL is how the server is reached before User exists.
	bootstrapURL(s *Server) *url.URL
	// adminURL is how User reaches a database that is always there.
	adminURL(s *Server) *url.URL
	// stop is the signal for an orderly end, discard for the fastest end that
	// leaves nothing behind.
	stop() syscall.Signal
	discard() syscall.Signal
}

func kindOf(d flavor.Dialect) (kind, error) {
	switch d {
	case flavor.Postgres:
		return postgres{}, nil
	case flavor.MariaDB:
		return mariadb{}, nil
	case flavor.MySQL:
		return mysqld{}, nil
	}
	return nil, fmt.Errorf("no server can be started for dialect %q", d)
}

// Installed reports whether the programs of a server of dialect d are found.
func Installed(d flavor.Dialect) bool {
	k, err := kindOf(d)
	if err == nil {
		_, err = k.programs("")
	}
	return err == nil
}

// Start makes a data folder in a temporary folder and starts a server on it,
// on a free loopback port. The caller must Close it. The server ends with this
// process, whatever happens to it.
func Start(d flavor.Dialect, o Options) (*Server, error) {
	k, err := kindOf(d)
	if err != nil {
		return nil, err
	}
	return start(d, k, o)
}

// start is Start for a kind that is known.
func start(d flavor.Dialect, k kind, o Options) (*Server, error) {
	if o.Bin == "" && !o.Packaged {
		o.Bin = os.Getenv(EnvBin(d))
	}
	bin, err := k.programs(o.Bin)
	if err != nil {
		return nil, err
	}
	dir, err := newDirIn(cmp.Or(o.Dir, place(o.Durable)), d, k.account())
	if err != nil {
		return nil, err
	}
	s := &Server{Dialect: d, Host: "127.0.0.1", dir: dir, kind: k, opts: o}
	s.opts.Bin = bin
	if err := s.first(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// first prepares the data folder and starts the server for the first time.
// Another process may take the free port in between, hence the attempts.
func (s *Server) first() error {
	if err := s.kind.prepare(s, s.opts.Bin); err != nil {
		return err
	}
	var err error
	for range 3 {
		if s.Port, err = freePort(); err != nil {
			return err
		}
		s.admin = s.kind.bootstrapURL(s)
		if err = s.launch(); err == nil {
			break
		}
	}
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	if err := s.welcome(ctx); err != nil {
		return fmt.Errorf("set up the new server: %w", err)
	}
	s.disconnect()
	s.admin = s.kind.adminURL(s)
	return s.identify(ctx)
}

// welcome makes User. A node that joins a Galera cluster may turn queries away
// once more after it has answered some.
func (s *Server) welcome(ctx context.Context) error {
	for {
		err := s.kind.welcome(ctx, s)
		if err == nil || ctx.Err() != nil || !strings.Contains(err.Error(), "WSREP has not yet prepared node") {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// Join uses a running server. Close leaves it running.
func Join(d flavor.Dialect, rawURL string) (*Server, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, fmt.Errorf("%s is not a URL", Env(d))
	}
	s := &Server{Dialect: d, Host: u.Hostname(), admin: u}
	if _, err := fmt.Sscan(u.Port(), &s.Port); err != nil {
		return nil, fmt.Errorf("%s names no port", Env(d))
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	return s, s.identify(ctx)
}

// identify asks the server for its version.
func (s *Server) identify(ctx context.Context) error {
	db, err := s.adminPool()
	if err != nil {
		return err
	}
	query := "SELECT version()"
	if s.Dialect == flavor.Postgres {
		query = "SHOW server_version"
	}
	var version string
	if err := db.QueryRowContext(ctx, query).Scan(&version); err != nil {
		return err
	}
	s.Flavor = flavor.Parse(s.Dialect, version)
	if s.Dialect == flavor.MariaDB {
		var name, on string
		err = db.QueryRowContext(ctx, "SHOW VARIABLES LIKE 'wsrep_on'").Scan(&name, &on)
		s.Flavor.Galera = on == "ON"
	}
	return err
}

// adminPool is a connection pool to the database from which others are made.
func (s *Server) adminPool() (*sql.DB, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pool == nil {
		db, err := open(s.Dialect, s.admin)
		if err != nil {
			return nil, err
		}
		s.pool = db
	}
	return s.pool, nil
}

func (s *Server) disconnect() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pool != nil {
		s.pool.Close()
		s.pool = nil
	}
}

// URL is the SQLAlchemy URL of a database on the server.
func (s *Server) URL(database string) string {
	u := *s.admin
	u.Path = "/" + database
	return u.String()
}

// AdminDatabase is the database that every server has, from which others can
// be created.
func (s *Server) AdminDatabase() string { return strings.TrimPrefix(s.admin.Path, "/") }

// launch starts the process and waits until it answers.
func (s *Server) launch() error {
	argv := s.kind.command(s, s.opts.Bin)
	p, err := startProcess(argv, s.kind.account(), filepath.Join(s.dir, "server.log"))
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.proc = p
	s.mu.Unlock()
	deadline := time.Now().Add(startTimeout)
	for time.Now().Before(deadline) {
		select {
		case <-p.done:
			return fmt.Errorf("%s ended at once: %s", argv[0], tail(filepath.Join(s.dir, "server.log")))
		default:
		}
		if s.answers() {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	p.end(syscall.SIGKILL)
	return fmt.Errorf("%s does not answer after %v: %s", argv[0], startTimeout, tail(filepath.Join(s.dir, "server.log")))
}

func (s *Server) answers() bool {
	db, err := s.adminPool()
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	var one int // a Galera node takes connections before it takes queries
	return db.QueryRowContext(ctx, "SELECT 1").Scan(&one) == nil
}

// errJoined refuses to stop a server that others use.
var errJoined = errors.New("the server is shared: start one with enginetest.Private to stop it")

// Stop ends the server in good order and keeps its data. Start it again with
// Restart.
func (s *Server) Stop() error {
	return s.finish(func(p *process) { p.end(s.kind.stop()) })
}

// Kill9 ends the server as a crash would and keeps its data.
func (s *Server) Kill9() error { return s.finish((*process).crash) }

// finish takes the running process, if there is one, to its end.
func (s *Server) finish(end func(*process)) error {
	if s.dir == "" {
		return errJoined
	}
	s.disconnect()
	s.mu.Lock()
	p := s.proc
	s.proc = nil
	s.mu.Unlock()
	if p != nil {
		end(p)
	}
	return nil
}

// Restart starts the server again on the same port and data, stopping it
// before if it runs. After Kill9 it waits until the remains of the old server
// let it start.
func (s *Server) Restart() error {
	if err := s.Stop(); err != nil {
		return err
	}
	var err error
	for deadline := time.Now().Add(startTimeout); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if err = s.launch(); err == nil {
			return nil
		}
	}
	return err
}

// Close stops the server and removes its data. A joined server is left alone.
func (s *Server) Close() {
	s.disconnect()
	if s.dir == "" {
		return
	}
	_ = s.finish(func(p *process) { p.end(s.kind.discard()) })
	os.RemoveAll(s.dir)
}

// Log is what the server wrote to its log; "" for a joined server.
func (s *Server) Log() string {
	text, _ := os.ReadFile(filepath.Join(s.dir, "server.log"))
	return string(text)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
