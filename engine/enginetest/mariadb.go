package enginetest

import (
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
)

// mariadb makes MariaDB servers.
type mariadb struct{}

func (mariadb) programs(bin string) (string, error) { return sbin(bin, "mariadbd", "mariadb-server") }

// sbin looks for a server program in PATH and where packages put it; PATH
// seldom has sbin folders for ordinary users.
func sbin(bin, program, pkg string) (string, error) {
	if bin != "" {
		return bin, nil
	}
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin", "/usr/libexec", "/usr/bin"} {
		// MariaDB's packages call it mysqld, too, by a link.
		if real, err := filepath.EvalSymlinks(filepath.Join(dir, program)); err == nil && filepath.Base(real) == program {
			return dir, nil
		}
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return "", fmt.Errorf("%s is not installed (apt-get install %s): %w", program, pkg, err)
	}
	return filepath.Dir(path), nil
}

func (mariadb) account() string { return "mysql" }

func (mariadb) prepare(s *Server, _ string) error {
	s.Socket = filepath.Join(s.dir, "sock")
	install, err := exec.LookPath("mariadb-install-db")
	if err != nil {
		return fmt.Errorf("mariadb-install-db is not installed (apt-get install mariadb-server): %w", err)
	}
	if err := runAs("mysql", s.dir, "mkdir", filepath.Join(s.dir, "tmp")); err != nil {
		return err
	}
	return runAs("mysql", s.dir, install, "--no-defaults", "--datadir="+filepath.Join(s.dir, "data"),
		"--auth-root-authentication-method=normal", "--skip-test-db", "--innodb-flush-method=nosync")
}

func (mariadb) command(s *Server, bin string) []string {
	argv := append([]string{filepath.Join(bin, "mariadbd")}, mysqlOptions(s)...)
	if !s.opts.Durable {
		argv = append(argv, "--innodb-flush-log-at-trx-commit=2", "--innodb-doublewrite=0", "--innodb-flush-method=nosync")
	}
	return append(argv, extra(s)...)
}

// mysqlOptions are the settings that MariaDB and MySQL have in common.
func mysqlOptions(s *Server) []string {
	return []string{"--no-defaults", "--datadir=" + filepath.Join(s.dir, "data"), "--socket=" + s.Socket,
		"--port=" + strconv.Itoa(s.Port), "--bind-address=" + s.Host, "--pid-file=" + filepath.Join(s.dir, "pid"),
		"--tmpdir=" + filepath.Join(s.dir, "tmp"), // a server that starts clears its folder, which must be no other's
		"--skip-name-resolve", "--character-set-server=utf8mb4", "--collation-server=utf8mb4_general_ci", "--innodb-buffer-pool-size=128M", "--max-connections=300"}
}

func extra(s *Server) []string {
	var argv []string
	for _, v := range s.opts.Settings {
		argv = append(argv, "--"+v)
	}
	return argv
}

func (mariadb) bootstrapURL(s *Server) *url.URL { return socketURL(s) }

// socketURL is root on the Unix socket, without a password.
func socketURL(s *Server) *url.URL {
	return &url.URL{Scheme: "mysql+pymysql", User: url.User("root"), Path: "/mysql",
		RawQuery: url.Values{"unix_socket": {s.Socket}}.Encode()}
}

func (mariadb) welcome(ctx context.Context, s *Server) error { return mysqlUser(ctx, s) }

func mysqlUser(ctx context.Context, s *Server) error {
	db, err := s.adminPool()
	if err != nil {
		return err
	}
	for _, host := range []string{"127.0.0.1", "localhost"} {
		who := fmt.Sprintf("'%s'@'%s'", User, host)
		if _, err := db.ExecContext(ctx, "CREATE USER IF NOT EXISTS "+who+" IDENTIFIED BY '"+Password+"'"); err != nil {
			return err
		}
		if _, err := db.ExecContext(ctx, "GRANT ALL ON *.* TO "+who+" WITH GRANT OPTION"); err != nil {
			return err
		}
	}
	return nil
}

func (mariadb) adminURL(s *Server) *url.URL { return loopback("mysql+pymysql", s, "mysql") }

func (mariadb) stop() syscall.Signal { return syscall.SIGTERM }

func (mariadb) discard() syscall.Signal { return syscall.SIGKILL }
