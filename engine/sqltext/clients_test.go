package sqltext_test

import (
	"bytes"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// runClient gives a script to the dialect's own client.
func runClient(t *testing.T, db enginetest.Database, script string) {
	t.Helper()
	var args []string
	switch db.Dialect {
	case flavor.SQLite:
		args = []string{"sqlite3", "-batch", db.Name}
	case flavor.Postgres:
		args = []string{"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"}
	default:
		args = []string{"mariadb", "--comments", "--default-character-set=utf8mb4"}
	}
	run(t, db, script, args...)
}

// dump is what the dialect's own program writes of a database, without what
// differs between two databases of one content.
func dump(t *testing.T, db enginetest.Database) string {
	t.Helper()
	return volatile.ReplaceAllString(strings.ReplaceAll(rawDump(t, db), db.Name, "database"), "")
}

var volatile = regexp.MustCompile(`(?m)^(-- Host: .*|\\(un)?restrict .*)\n`)

// rawDump is what the dialect's own program writes of a database.
func rawDump(t *testing.T, db enginetest.Database) string {
	t.Helper()
	var args []string
	switch db.Dialect {
	case flavor.SQLite:
		args = []string{"sqlite3", "-batch", db.Name, ".dump"}
	case flavor.Postgres:
		args = []string{"pg_dump", "--no-owner"}
	default:
		args = []string{"mariadb-dump", "--routines", "--events", "--skip-dump-date"}
	}
	return run(t, db, "", args...)
}

// run runs a client program on a database and returns what it writes.
func run(t *testing.T, db enginetest.Database, input string, args ...string) string {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	if db.Server != nil {
		u, err := url.Parse(db.URL)
		if err != nil {
			t.Fatal(err)
		}
		password, _ := u.User.Password()
		port := strconv.Itoa(db.Server.Port)
		if db.Dialect == flavor.Postgres {
			cmd.Env = append(os.Environ(), "PGHOST="+db.Server.Host, "PGPORT="+port, "PGUSER="+u.User.Username(),
				"PGPASSWORD="+password, "PGDATABASE="+db.Name, "PGOPTIONS=-c client_min_messages=warning")
		} else {
			cmd.Env = append(os.Environ(), "MYSQL_PWD="+password)
			cmd.Args = append(append(args[:1:1], "--no-defaults", "-h", db.Server.Host, "-P", port,
				"-u", u.User.Username()), append(args[1:], db.Name)...)
		}
	}
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, &errs
	if err := cmd.Run(); err != nil || errs.Len() > 0 {
		t.Fatalf("%s on %s: %v\n%s", args[0], db.Dialect, err, errs.String())
	}
	return out.String()
}
