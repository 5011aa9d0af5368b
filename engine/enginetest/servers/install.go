package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// packages are Debian's packages of the servers.
var packages = map[flavor.Dialect]string{
	flavor.Postgres: "postgresql",
	flavor.MariaDB:  "mariadb-server",
}

// sqliteClient is SQLite's own client and the package that holds it. The
// clients of the servers come with them.
const sqliteClient = "sqlite3"

// install fetches the packages of those wanted servers that are missing, the
// pooler that tests put before PostgreSQL, and SQLite's client, which some tests compare with. It does nothing, and needs
// neither root nor a network, if all are there.
func install(wanted map[flavor.Dialect]enginetest.Options) error {
	var missing []string
	for d, pkg := range packages {
		o, ok := wanted[d]
		if ok && o.Bin == "" && os.Getenv(enginetest.Env(d)) == "" && !enginetest.Installed(d) {
			missing = append(missing, pkg)
		}
	}
	if _, ok := wanted[flavor.Postgres]; ok && !enginetest.PoolerInstalled() {
		missing = append(missing, "pgbouncer")
	}
	if _, err := exec.LookPath(sqliteClient); err != nil {
		missing = append(missing, sqliteClient)
	}
	if len(missing) == 0 {
		return nil
	}
	list := strings.Join(missing, " ")
	if os.Getuid() != 0 {
		return fmt.Errorf("the tests need %s: run `apt-get install %s` as root", list, list)
	}
	if err := apt("update", "-q"); err != nil {
		return fmt.Errorf("apt-get update: %w", err)
	}
	args := append([]string{"install", "-q", "-y", "--no-install-recommends"}, missing...)
	if err := apt(args...); err != nil {
		return fmt.Errorf("apt-get install %s: %w", list, err)
	}
	return nil
}

// apt runs apt-get without questions, waiting for other package managers. Its
// output goes to standard error, because standard output is the command's.
func apt(args ...string) error {
	cmd := exec.Command("apt-get", append([]string{"-o", "DPkg::Lock::Timeout=300"}, args...)...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	return cmd.Run()
}
