package enginetest

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"syscall"
	"testing"

	"manage/engine/flavor"
)

// Replicated starts a server for this test alone, and a replica of it: streaming
// replication on PostgreSQL, replication of the binary log on MariaDB and MySQL.
// Both end with the test.
func Replicated(t testing.TB, d flavor.Dialect, o Options) (primary, replica *Server) {
	t.Helper()
	if d.MySQLFamily() {
		o.Settings = append([]string{"log-bin=binlog", "server-id=1"}, o.Settings...)
	}
	primary = Private(t, d, o)
	if d.MySQLFamily() {
		o.Settings = append(o.Settings, "server-id=2", "read-only=ON")
	}
	replica, err := start(d, replicaOf(primary), o)
	if err != nil {
		t.Fatalf("no %s replica for this test: %v", d.Title(), err)
	}
	t.Cleanup(replica.Close)
	return primary, replica
}

// Freeze stops the server's processes where they are: it takes connections and
// answers nothing, as a host that hangs. Thaw lets them go on.
func (s *Server) Freeze() { s.signal(syscall.SIGSTOP) }

// Thaw ends Freeze.
func (s *Server) Thaw() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.proc != nil {
		s.proc.each(sig)
	}
}

// Do runs a statement as the server's administrator.
func (s *Server) Do(t testing.TB, query string) {
	t.Helper()
	s.execute(t, query)
}

// SQL is a connection pool of the server's administrator.
func (s *Server) SQL(t testing.TB) *sql.DB {
	t.Helper()
	db, err := s.adminPool()
	if err != nil {
		t.Fatalf("%s: %v", s.Dialect.Title(), err)
	}
	return db
}

// replicaOf makes a replica of a server.
func replicaOf(primary *Server) kind {
	switch primary.Dialect {
	case flavor.Postgres:
		return standby{primary: primary}
	case flavor.MariaDB:
		return mariadbReplica{primary: primary}
	}
	return mysqlReplica{primary: primary}
}

// standby is a PostgreSQL server that streams another's log.
type standby struct {
	postgres
	primary *Server
}

// prepare copies the primary while it is stopped: builds of other versions than
// the system's come without pg_basebackup.
func (k standby) prepare(s *Server, _ string) error {
	s.Socket = s.dir
	if err := k.primary.Stop(); err != nil {
		return err
	}
	data := filepath.Join(s.dir, "data")
	follow := fmt.Sprintf(`cp -a "$1" "$2" && touch "$2/standby.signal" && echo "primary_conninfo = 'host=%s port=%d user=postgres'" >> "$2/postgresql.auto.conf"`,
		k.primary.Socket, k.primary.Port)
	if err := runAs("postgres", s.dir, "sh", "-c", follow, "sh", filepath.Join(k.primary.dir, "data"), data); err != nil {
		return err
	}
	return k.primary.Restart()
}

// welcome has nothing to do: User came with the copy.
func (standby) welcome(context.Context, *Server) error { return nil }

// mariadbReplica and mysqlReplica follow another server's binary log from its
// beginning.
type (
	mariadbReplica struct {
		mariadb
		primary *Server
	}
	mysqlReplica struct {
		mysqld
		primary *Server
	}
)

func (k mariadbReplica) welcome(ctx context.Context, s *Server) error {
	source := fmt.Sprintf("CHANGE MASTER TO MASTER_HOST='%s', MASTER_PORT=%d, MASTER_USER='%s', MASTER_PASSWORD='%s', MASTER_CONNECT_RETRY=1, MASTER_USE_GTID=slave_pos",
		k.primary.Host, k.primary.Port, User, Password)
	return follow(ctx, s, source, "START SLAVE")
}

func (k mysqlReplica) welcome(ctx context.Context, s *Server) error {
	source := fmt.Sprintf("CHANGE REPLICATION SOURCE TO SOURCE_HOST='%s', SOURCE_PORT=%d, SOURCE_USER='%s', SOURCE_PASSWORD='%s', SOURCE_CONNECT_RETRY=1, GET_SOURCE_PUBLIC_KEY=1",
		k.primary.Host, k.primary.Port, User, Password)
	return follow(ctx, s, source, "START REPLICA")
}

func follow(ctx context.Context, s *Server, statements ...string) error {
	if err := mysqlUser(ctx, s); err != nil {
		return err
	}
	db, err := s.adminPool()
	if err != nil {
		return err
	}
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
