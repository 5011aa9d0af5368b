package enginetest

import (
	"context"
	"net/url"
	"path/filepath"
	"syscall"
)

// mysqld makes MySQL servers.
type mysqld struct{}

func (mysqld) programs(bin string) (string, error) { return sbin(bin, "mysqld", "mysql-server-core") }

func (mysqld) account() string { return "mysql" }

func (mysqld) prepare(s *Server, bin string) error {
	s.Socket = filepath.Join(s.dir, "sock")
	if err := runAs("mysql", s.dir, "mkdir", filepath.Join(s.dir, "tmp")); err != nil {
		return err
	}
	return runAs("mysql", s.dir, filepath.Join(bin, "mysqld"), "--no-defaults", "--initialize-insecure",
		"--datadir="+filepath.Join(s.dir, "data"))
}

// command leaves the binary log on, as it is by default: some statements need
// other rights with it. Accounts without SUPER may make triggers all the same
// where tests run as such.
func (mysqld) command(s *Server, bin string) []string {
	argv := append([]string{filepath.Join(bin, "mysqld")}, mysqlOptions(s)...)
	argv = append(argv, "--mysqlx=OFF", "--secure-file-priv=NULL")
	if !s.opts.Durable {
		argv = append(argv, "--innodb-flush-log-at-trx-commit=2", "--innodb-doublewrite=OFF", "--sync-binlog=0")
	}
	if Owned() {
		argv = append(argv, "--log-bin-trust-function-creators=ON")
	}
	return append(argv, extra(s)...)
}

func (mysqld) bootstrapURL(s *Server) *url.URL { return socketURL(s) }

func (mysqld) welcome(ctx context.Context, s *Server) error { return mysqlUser(ctx, s) }

func (mysqld) adminURL(s *Server) *url.URL { return loopback("mysql+pymysql", s, "mysql") }

func (mysqld) stop() syscall.Signal { return syscall.SIGTERM }

func (mysqld) discard() syscall.Signal { return syscall.SIGKILL }
