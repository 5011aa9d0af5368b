package enginetest

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"manage/engine/flavor"
)

// Pooled starts a PgBouncer in transaction mode in front of the database's
// server, and returns the database's URL through it. It ends with the test. It
// needs Debian's pgbouncer.
func (db Database) Pooled(t testing.TB) string {
	t.Helper()
	if db.Dialect != flavor.Postgres {
		t.Fatalf("%s has no PgBouncer", db.Dialect.Title())
	}
	raw, err := startPooler(t, db)
	if err != nil {
		t.Fatalf("no PgBouncer for this test: %v", err)
	}
	return raw
}

// poolerProgram is where Debian puts it.
const poolerProgram = "/usr/sbin/pgbouncer"

// PoolerInstalled reports whether PgBouncer is there.
func PoolerInstalled() bool {
	_, err := os.Stat(poolerProgram)
	return err == nil
}

// poolerSettings are PgBouncer's, with the server's port, our port and the log.
// Whoever connects is User to the server. The pool is small, so that clients
// come by another session from one transaction to the next.
const poolerSettings = `[databases]
* = host=127.0.0.1 port=%d user=%s password=%s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
auth_type = any
pool_mode = transaction
max_client_conn = 500
default_pool_size = 8
unix_socket_dir =
logfile = %s
`

func startPooler(t testing.TB, db Database) (string, error) {
	if !PoolerInstalled() {
		return "", errors.New("pgbouncer is not installed (apt-get install pgbouncer)")
	}
	dir, err := newDir("pgbouncer", "postgres", false)
	if err != nil {
		return "", err
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	port, err := freePort()
	if err != nil {
		return "", err
	}
	settings := filepath.Join(dir, "pgbouncer.ini")
	text := fmt.Sprintf(poolerSettings, db.Server.Port, User, Password, port, filepath.Join(dir, "pgbouncer.log"))
	if err := os.WriteFile(settings, []byte(text), 0o644); err != nil {
		return "", err
	}
	p, err := startProcess([]string{poolerProgram, settings}, "postgres", filepath.Join(dir, "output.log"))
	if err != nil {
		return "", err
	}
	t.Cleanup(func() { p.end(syscall.SIGINT) })
	u, err := url.Parse(db.URL)
	if err != nil {
		return "", err
	}
	u.Host = loopbackAddress(port)
	return u.String(), answering(u, filepath.Join(dir, "output.log"))
}

// answering waits until a server answers.
func answering(u *url.URL, log string) error {
	pool, err := open(flavor.Postgres, u)
	if err != nil {
		return err
	}
	defer pool.Close()
	for deadline := time.Now().Add(startTimeout); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if err = pool.Ping(); err == nil {
			return nil
		}
	}
	return fmt.Errorf("%w: %s", err, tail(log))
}
