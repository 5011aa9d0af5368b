package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// repository is the root of the repository; the tests run in this directory.
var repository = func() string {
	dir, err := filepath.Abs("../..")
	if err != nil {
		panic(err)
	}
	return dir
}()

// withServers starts and stops the servers around the tests.
type withServers struct{ m *testing.M }

func (w withServers) Run() int { return enginetest.Run(w.m) }

func TestMain(m *testing.M) {
	testscript.Main(withServers{m}, map[string]func(){
		"manage":            main,
		"glance-manage":     main,
		"watcher-db-manage": main,
		"solum-db-manage":   main,
		"mogan-dbsync":      main,
	})
}

// TestScripts runs each script of testdata/script once on each database. The
// README there says what scripts can use.
func TestScripts(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		t.Run(string(d), func(t *testing.T) {
			if d != flavor.SQLite {
				enginetest.Shared(t, d) // before the scripts, which run side by side
			}
			p := params("testdata/script", d)
			p.Setup = func(e *testscript.Env) error { return withDatabase(e, d) }
			testscript.Run(t, p)
		})
	}
}

// TestScriptsOnce runs the scripts that concern no server, or one of their own.
func TestScriptsOnce(t *testing.T) {
	testscript.Run(t, params("testdata/once", flavor.SQLite))
}

func params(dir string, d flavor.Dialect) testscript.Params {
	return testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup:               setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":    exits,
			"sql":      runSQL,
			"rows":     rows,
			"recorded": recorded,
			"wrong":    wrong,
			"reader":   reader,
			"client":   client,
			"load":     load,
		},
		Condition: func(c string) (bool, error) { return condition(c, d) },
	}
}

// databaseKey is what a script's database is found by.
type databaseKey struct{}

// setup gives a script what every one has.
func setup(e *testscript.Env) error {
	e.Setenv("HOME", e.WorkDir)
	e.Setenv("REPO", repository)
	return nil
}

// withDatabase gives a script a fresh database: $MANAGE_CONNECTION, $DIALECT.
func withDatabase(e *testscript.Env, d flavor.Dialect) error {
	t := e.T().(testing.TB)
	db := enginetest.New(t, d)
	e.Values[databaseKey{}], e.Values[testKey{}] = db, t
	e.Setenv("DIALECT", string(d))
	e.Setenv("MANAGE_CONNECTION", db.URL)
	e.Setenv("OS_DATABASE__CONNECTION", db.URL)
	e.Setenv("TRUE", map[bool]string{true: "true", false: "1"}[d == flavor.Postgres])
	e.Setenv("FALSE", map[bool]string{true: "false", false: "0"}[d == flavor.Postgres])
	e.Setenv("TABLES", tablesOf(d))
	e.Setenv("TRIGGERS", triggersOf(d))
	if d == flavor.SQLite {
		e.Setenv("DATABASE_FILE", db.Name)
	}
	return setup(e)
}

func database(ts *testscript.TestScript) enginetest.Database {
	return ts.Value(databaseKey{}).(enginetest.Database)
}

// exits runs a command that must end with a given code: `exits 6 manage …`.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE command [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit %d, want %d", got, want)
	}
}

// runSQL runs statements on the script's database, with the script's variables
// in them: `sql 'INSERT … VALUES ($TRUE)'`. One that must be refused is followed
// by words of the error: `! sql 'INSERT …' 'duplicate'`.
func runSQL(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 || neg && len(args) != 2 {
		ts.Fatalf("usage: sql STATEMENT..., or ! sql STATEMENT WORDS")
	}
	db := database(ts).SQL()
	if neg {
		if _, err := db.Exec(os.Expand(args[0], ts.Getenv)); err == nil || !strings.Contains(err.Error(), args[1]) {
			ts.Fatalf("%s: %v, want %q", args[0], err, args[1])
		}
		return
	}
	for _, statement := range args {
		statement = os.Expand(statement, ts.Getenv) // quotes keep testscript from it
		if _, err := db.Exec(statement); err != nil {
			ts.Fatalf("%s: %v", statement, err)
		}
	}
}

// rows compares what a query returns, one row a line, columns joined by
// blanks: `rows 'SELECT …' 'first row' 'second row'`.
func rows(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: rows QUERY [ROW...]")
	}
	got, err := query(database(ts), args[0])
	ts.Check(err)
	same := strings.Join(got, "\n") == strings.Join(args[1:], "\n")
	if same == neg {
		ts.Fatalf("%s returned:\n%s", args[0], strings.Join(got, "\n"))
	}
}

func query(db enginetest.Database, text string) ([]string, error) {
	rows, err := db.SQL().Query(text)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var all []string
	for rows.Next() {
		row, into := make([]*string, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		all = append(all, joinRow(row))
	}
	return all, rows.Err()
}

func joinRow(row []*string) string {
	words := make([]string, len(row))
	for i, v := range row {
		words[i] = "NULL"
		if v != nil {
			words[i] = *v
		}
	}
	return strings.Join(words, " ")
}

// condition tells the dialect: [sqlite], [postgres], [mysql] for MySQL and
// MariaDB, [oracle] for MySQL alone.
func condition(c string, d flavor.Dialect) (bool, error) {
	switch c {
	case "sqlite", "postgres":
		return string(d) == c, nil
	case "mysql":
		return d.MySQLFamily(), nil
	case "oracle":
		return d == flavor.MySQL, nil
	case "server":
		return d != flavor.SQLite, nil
	case "limited": // an account of MySQL or MariaDB with no more rights than are needed
		return d.MySQLFamily() && enginetest.Owned(), nil
	}
	return false, errors.New("unknown condition " + c)
}

// tb returns the test that a script is.
func tb(ts *testscript.TestScript) testing.TB { return ts.Value(testKey{}).(testing.TB) }

// testKey is what a script's test is found by.
type testKey struct{}

// reader sets a variable to the URL of a user who may only read: `reader URL`.
func reader(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: reader VARIABLE")
	}
	ts.Setenv(args[0], database(ts).Reader(tb(ts)))
}

// wrong sets a variable to the URL with a wrong password: `wrong URL`.
func wrong(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: wrong VARIABLE")
	}
	ts.Setenv(args[0], database(ts).WrongPassword(tb(ts)))
}

// recorded makes the schema that a service's own tool made at a revision, and
// its version rows: `recorded mitaka02`, or of another service than the image
// service `recorded watcher 609bec748f2a.create_schema`.
func recorded(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 1 {
		args = []string{"glance", args[0]}
	}
	if neg || len(args) != 2 {
		ts.Fatalf("usage: recorded [CATALOG] REVISION")
	}
	db := database(ts)
	server := map[flavor.Dialect]string{flavor.SQLite: "sqlite", flavor.Postgres: "postgresql", flavor.MariaDB: "mariadb", flavor.MySQL: "mariadb"}[db.Dialect]
	snapshot := filepath.Join(repository, "migrations", args[0], "testdata", server+"-"+args[1]+".json")
	enginetest.Rebuild(tb(ts), db, enginetest.LoadSnapshot(tb(ts), snapshot))
}

// triggersOf is the query for the number of triggers of a database.
func triggersOf(d flavor.Dialect) string {
	switch {
	case d == flavor.SQLite:
		return "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
	case d == flavor.Postgres:
		return "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"
	}
	return "SELECT count(*) FROM information_schema.triggers WHERE trigger_schema = database()"
}

// tablesOf is the query for the tables of a database.
func tablesOf(d flavor.Dialect) string {
	switch {
	case d == flavor.SQLite:
		return "SELECT name FROM sqlite_master WHERE type = 'table'"
	case d == flavor.Postgres:
		return "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
	}
	return "SELECT table_name FROM information_schema.tables WHERE table_schema = database()"
}

// client gives a script to the database's own client: `client FILE`.
func client(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: client FILE")
	}
	db := database(ts)
	script, err := os.Open(ts.MkAbs(args[0]))
	ts.Check(err)
	defer script.Close()
	cmd := clientOf(db)
	cmd.Stdin = script
	if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), "rror") {
		ts.Fatalf("%s: %v\n%s", cmd.Path, err, out)
	}
}

// load runs the statements of a file: `load FILE`.
func load(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: load FILE")
	}
	_, err := database(ts).SQL().Exec(ts.ReadFile(args[0]))
	ts.Check(err)
}

// clientOf is the client program of a database, connected to it.
func clientOf(db enginetest.Database) *exec.Cmd {
	if db.Dialect == flavor.SQLite {
		return exec.Command("sqlite3", "-batch", "-bail", db.Name)
	}
	port := strconv.Itoa(db.Server.Port)
	if db.Dialect == flavor.Postgres {
		cmd := exec.Command("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-")
		cmd.Env = append(os.Environ(), "PGHOST="+db.Server.Host, "PGPORT="+port, "PGUSER="+db.User,
			"PGPASSWORD="+enginetest.Password, "PGDATABASE="+db.Name)
		return cmd
	}
	cmd := exec.Command("mariadb", "--no-defaults", "-h", db.Server.Host, "-P", port, "-u", db.User, db.Name)
	cmd.Env = append(os.Environ(), "MYSQL_PWD="+enginetest.Password)
	return cmd
}
