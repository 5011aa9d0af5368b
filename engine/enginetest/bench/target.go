package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	managed "manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// target is a place for databases of one dialect, and the dialect's own
// client.
type target struct {
	dialect flavor.Dialect
	server  *enginetest.Server // nil on SQLite
	dir     string             // for SQLite's files
	serial  int
}

// database is one empty database.
type database struct {
	target *target
	name   string // on SQLite the file
	url    string
}

// startTargets starts what is measured on: SQLite files in dir, PostgreSQL and
// MariaDB on disk with their own durability settings, or else in memory.
func startTargets(dir string, dialects []flavor.Dialect, durable bool) ([]*target, error) {
	var all []*target
	for _, d := range dialects {
		t := &target{dialect: d, dir: dir}
		all = append(all, t)
		if d == flavor.SQLite {
			continue
		}
		var err error
		if t.server, err = enginetest.Start(d, enginetest.Options{Durable: durable}); err != nil {
			return all, fmt.Errorf("%s: %w", d.Title(), err)
		}
	}
	return all, nil
}

func stopTargets(all []*target) {
	for _, t := range all {
		if t.server != nil {
			t.server.Close()
		}
	}
}

// create makes an empty database.
func (t *target) create() (database, error) {
	t.serial++
	name := "bench" + strconv.Itoa(t.serial)
	if t.server == nil {
		path := filepath.Join(t.dir, name+".sqlite")
		return database{t, path, "sqlite:///" + path}, nil
	}
	db := database{t, name, t.server.URL(name)}
	return db, database{t, t.server.AdminDatabase(), ""}.execute("CREATE DATABASE " + name)
}

// drop removes the database.
func (db database) drop() error {
	if db.target.server == nil {
		return os.Remove(db.name)
	}
	return database{db.target, db.target.server.AdminDatabase(), ""}.execute("DROP DATABASE " + db.name)
}

func (db database) execute(statement string) error {
	file := filepath.Join(db.target.dir, "statement.sql")
	if err := os.WriteFile(file, []byte(statement+";\n"), 0o644); err != nil {
		return err
	}
	_, err := db.client(file).run()
	return err
}

// client is the dialect's own client, reading a script.
func (db database) client(script string) program {
	s := db.target.server
	if s == nil {
		return program{args: []string{"sqlite3", "-batch", "-bail", "-cmd", ".timeout 60000", db.name}, input: script}
	}
	admin, _ := url.Parse(s.URL(db.name))
	user := admin.User.Username()
	password, _ := admin.User.Password()
	port := strconv.Itoa(s.Port)
	if s.Dialect == flavor.Postgres {
		return program{
			args: []string{"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", db.name, "-f", script},
			env: []string{"PGHOST=" + s.Host, "PGPORT=" + port, "PGUSER=" + user, "PGPASSWORD=" + password,
				"PGOPTIONS=-c client_min_messages=warning"},
		}
	}
	return program{
		args:  []string{"mariadb", "--no-defaults", "-h", s.Host, "-P", port, "-u", user, db.name},
		env:   []string{"MYSQL_PWD=" + password},
		input: script,
	}
}

// needClients reports which of the clients is missing.
func needClients(dialects []flavor.Dialect) error {
	names := map[flavor.Dialect]string{flavor.SQLite: "sqlite3", flavor.Postgres: "psql", flavor.MariaDB: "mariadb", flavor.MySQL: "mariadb"}
	for _, d := range dialects {
		if _, err := exec.LookPath(names[d]); err != nil {
			return fmt.Errorf("the program %s is not installed: `apt-get install sqlite3 postgresql mariadb-server` as root", names[d])
		}
	}
	return nil
}

// connect opens a database through the driver that manage uses.
func connect(rawURL string) (managed.DB, error) {
	u, err := managed.ParseURL(rawURL)
	if err != nil {
		return nil, err
	}
	return managed.Open(context.Background(), u, managed.Options{})
}
