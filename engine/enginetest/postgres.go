package enginetest

import (
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"syscall"
)

// postgres makes PostgreSQL servers.
type postgres struct{}

// programs looks where Debian puts the servers (the newest one is taken), then
// in PATH.
func (postgres) programs(bin string) (string, error) {
	if bin != "" {
		return bin, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	sort.Slice(found, func(i, j int) bool { return debianVersion(found[i]) > debianVersion(found[j]) })
	if len(found) > 0 {
		return filepath.Dir(found[0]), nil
	}
	path, err := exec.LookPath("postgres")
	if err != nil {
		return "", fmt.Errorf("PostgreSQL is not installed (apt-get install postgresql): %w", err)
	}
	return filepath.Dir(path), nil
}

func debianVersion(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return n
}

func (postgres) account() string { return "postgres" }

func (postgres) prepare(s *Server, bin string) error {
	s.Socket = s.dir
	return runAs("postgres", s.dir, filepath.Join(bin, "initdb"), "-D", filepath.Join(s.dir, "data"),
		"-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
		"--auth-local=trust", "--auth-host=md5")
}

func (postgres) command(s *Server, bin string) []string {
	argv := []string{filepath.Join(bin, "postgres"), "-D", filepath.Join(s.dir, "data")}
	settings := []string{
		"port=" + strconv.Itoa(s.Port), "listen_addresses=" + s.Host, "unix_socket_directories=" + s.dir,
		"password_encryption=md5", // cheap, because each test connects anew
		"max_connections=300",
	}
	if !s.opts.Durable {
		settings = append(settings, "fsync=off", "full_page_writes=off", "autovacuum=off")
	}
	for _, v := range append(settings, s.opts.Settings...) {
		argv = append(argv, "-c", v)
	}
	return argv
}

func (postgres) bootstrapURL(s *Server) *url.URL {
	return &url.URL{Scheme: "postgresql", User: url.User("postgres"), Path: "/postgres",
		RawQuery: url.Values{"host": {s.dir}, "port": {strconv.Itoa(s.Port)}}.Encode()}
}

func (postgres) welcome(ctx context.Context, s *Server) error {
	db, err := s.adminPool()
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, fmt.Sprintf("CREATE ROLE %s LOGIN SUPERUSER PASSWORD '%s'", User, Password)); err != nil {
		return err
	}
	return warm(ctx, s)
}

// warm connects once to the template of new databases. The first session of a
// database reads the catalog and keeps what each needs in a file, which is
// copied with the others: it would take half of the time that the first
// connection to each test's database takes.
func warm(ctx context.Context, s *Server) error {
	template := s.kind.bootstrapURL(s)
	template.Path = "/template1"
	db, err := open(s.Dialect, template)
	if err != nil {
		return err
	}
	defer db.Close() // CREATE DATABASE waits for sessions in its template
	return db.PingContext(ctx)
}

func (postgres) adminURL(s *Server) *url.URL { return loopback("postgresql", s, "postgres") }

func (postgres) stop() syscall.Signal { return syscall.SIGINT }

// discard is an immediate shutdown, which unlike a kill frees the shared
// memory.
func (postgres) discard() syscall.Signal { return syscall.SIGQUIT }

func loopback(scheme string, s *Server, database string) *url.URL {
	return &url.URL{Scheme: scheme, User: url.UserPassword(User, Password),
		Host: fmt.Sprintf("%s:%d", s.Host, s.Port), Path: "/" + database}
}
