package database_test

import (
	"fmt"
	"strings"
	"testing"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// TestPostgresSchema: a schema other than public is worked in, and nothing
// reaches the tables of public that have the same names.
func TestPostgresSchema(t *testing.T) {
	e := enginetest.New(t, flavor.Postgres)
	e.Exec(t, `CREATE SCHEMA "im ages"; CREATE TABLE public.t (id INTEGER); CREATE TABLE public.only_there (id INTEGER)`)
	db := open(t, e.URL, database.Options{Schema: "im ages"})
	s := session(t, db)
	if db.Schema() != "im ages" {
		t.Errorf("the schema is %q", db.Schema())
	}
	exec(t, s, "CREATE TABLE t (id INTEGER)")
	if got := e.Strings(t, "SELECT schemaname::text FROM pg_tables WHERE tablename = 't' ORDER BY 1"); fmt.Sprint(got) != "[im ages public]" {
		t.Errorf("the table is in %v", got)
	}
	_, err := s.ExecContext(t.Context(), "SELECT id FROM only_there")
	wantClass(t, err, database.MissingTable)

	// The URL's own search path counts where no schema is configured.
	db = open(t, e.URL+`?options=-c%20search_path%3D%22im\%20ages%22`, database.Options{})
	if db.Schema() != "im ages" {
		t.Errorf("the schema of the search path is %q", db.Schema())
	}
}

func TestPostgresSchemaRefused(t *testing.T) {
	e := enginetest.New(t, flavor.Postgres)
	err := openError(t, e.URL, database.Options{Schema: "images", MaxRetries: -1}, database.NoDatabase)
	if want := fmt.Sprintf(`the schema "images" does not exist in the database %q`, e.Name); err.Message != want || !strings.Contains(err.Hint, `CREATE SCHEMA "images"`) {
		t.Errorf("message %q, hint %q", err.Message, err.Hint)
	}
	e.Exec(t, "CREATE SCHEMA secret")
	err = openError(t, e.Reader(t), database.Options{Schema: "secret"}, database.Denied)
	if err.Hint == "" {
		t.Error("there is no hint")
	}
	err = openError(t, e.URL+"?options=-csearch_path%3Dnowhere", database.Options{}, database.NoDatabase)
	if !strings.Contains(err.Message, "no schema of the search path exists") {
		t.Errorf("message %q", err.Message)
	}
}

// TestMySQLSettings: what the sessions are told.
func TestMySQLSettings(t *testing.T) {
	for _, d := range servers() {
		if !d.MySQLFamily() {
			continue
		}
		e := enginetest.New(t, d)
		none, mode := "", "NO_BACKSLASH_ESCAPES"
		variable := func(o database.Options, name string) string {
			return texts(t, session(t, open(t, e.URL, o)), "SELECT @@"+name)[0]
		}
		if got := variable(database.Options{}, "sql_mode"); !strings.Contains(got, "TRADITIONAL") {
			t.Errorf("sql_mode is %s", got)
		}
		if got, global := variable(database.Options{SQLMode: &none}, "sql_mode"), variable(database.Options{}, "global.sql_mode"); got != global {
			t.Errorf("sql_mode is %s, the server's own is %s", got, global)
		}
		if got := variable(database.Options{}, "character_set_client"); got != "utf8mb4" {
			t.Errorf("the character set is %s", got)
		}
		if got := variable(database.Options{}, "autocommit"); got != "1" {
			t.Errorf("autocommit is %s", got)
		}

		s := session(t, open(t, e.URL, database.Options{SQLMode: &mode}))
		for _, text := range []string{`a\b`, `\'`, "'"} {
			if got := texts(t, s, "SELECT "+s.QuoteLiteral(text))[0]; got != text {
				t.Errorf("QuoteLiteral(%q) is read as %q", text, got)
			}
			if got := texts(t, s, "SELECT ?", text)[0]; got != text {
				t.Errorf("the value %q is read as %q", text, got)
			}
		}
	}
}

// TestWsrepSyncWait: MariaDB has the variable with and without a cluster.
func TestWsrepSyncWait(t *testing.T) {
	wait := 1
	s := session(t, open(t, enginetest.New(t, flavor.MariaDB).URL, database.Options{WsrepSyncWait: &wait}))
	if got := texts(t, s, "SELECT @@wsrep_sync_wait")[0]; got != "1" {
		t.Errorf("wsrep_sync_wait is %s", got)
	}
}

// TestGalera: a node of a cluster, here its only one, is known as such, and
// sessions work on it as on any other server.
func TestGalera(t *testing.T) {
	const provider = "/usr/lib/galera/libgalera_smm.so" // where Debian's galera-4 puts it, which its mariadb-server needs
	server := enginetest.Private(t, flavor.MariaDB, enginetest.Options{Settings: []string{
		"wsrep_on=ON", "wsrep_provider=" + provider, "wsrep_cluster_address=gcomm://", "wsrep_node_address=127.0.0.1",
		fmt.Sprintf("wsrep_provider_options=gmcast.listen_addr=tcp://127.0.0.1:%d", closedPort(t)),
		"binlog_format=ROW", "innodb_autoinc_lock_mode=2"}})
	wait := 7
	db := open(t, server.New(t).URL, database.Options{WsrepSyncWait: &wait})
	if f := db.Flavor(); f.Dialect != flavor.MariaDB || !f.Galera {
		t.Errorf("flavor is %+v", f)
	}
	s := session(t, db)
	exec(t, s, "CREATE TABLE t (id INTEGER PRIMARY KEY)")
	if err := s.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	exec(t, s, "INSERT INTO t VALUES (?)", 1)
	if err := s.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := texts(t, s, "SELECT id FROM t"); len(got) != 1 {
		t.Errorf("%d rows, want 1", len(got))
	}
}

// TestPostgresHosts: of several hosts the first one that answers and is fit is
// taken; what is told when none is, is what the one that answered said.
func TestPostgresHosts(t *testing.T) {
	e := enginetest.New(t, flavor.Postgres)
	u := edited(t, e.URL, func(*database.URL) {})
	hosts := func(password string, ports ...int) string {
		raw := fmt.Sprintf("postgresql+psycopg2://%s:%s@/%s?target_session_attrs=read-write", u.User, password, u.Database)
		for _, p := range ports {
			raw += fmt.Sprintf("&host=%s:%d", u.Host, p)
		}
		return raw
	}
	texts(t, session(t, open(t, hosts(u.Password, closedPort(t), u.Port), database.Options{})), "SELECT '1'")
	openError(t, hosts(u.Password, closedPort(t), closedPort(t)), database.Options{}, database.Unreachable)
	openError(t, hosts("s3cret", closedPort(t), u.Port), database.Options{MaxRetries: -1}, database.AuthFailed)
}
