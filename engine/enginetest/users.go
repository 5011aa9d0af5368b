package enginetest

import (
	"fmt"
	"net/url"
	"testing"

	"manage/engine/flavor"
)

// ReaderPassword is the password of the users that Reader makes.
const ReaderPassword = "reader-secret"

// Reader makes a user who may read everything in the database and write
// nothing, and returns the database's URL for it. It is for servers: SQLite
// has no users.
func (db Database) Reader(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("r%s", db.Name)
	switch db.Dialect {
	case flavor.Postgres:
		db.Exec(t, fmt.Sprintf(`CREATE ROLE %[1]s LOGIN PASSWORD '%[2]s';
			GRANT CONNECT ON DATABASE %[3]s TO %[1]s;
			GRANT USAGE ON SCHEMA public TO %[1]s;
			GRANT SELECT ON ALL TABLES IN SCHEMA public TO %[1]s;
			ALTER DEFAULT PRIVILEGES FOR ROLE %[4]s IN SCHEMA public GRANT SELECT ON TABLES TO %[1]s`, name, ReaderPassword, db.Name, db.User))
		db.onCleanup(t, "DROP OWNED BY "+name+"; DROP ROLE "+name)
	case flavor.MySQL, flavor.MariaDB:
		db.Exec(t, fmt.Sprintf(`CREATE USER '%[1]s'@'%%' IDENTIFIED BY '%[2]s';
			GRANT SELECT, SHOW VIEW, TRIGGER ON %[3]s.* TO '%[1]s'@'%%'`, name, ReaderPassword, db.Name))
		db.onCleanup(t, "DROP USER '"+name+"'@'%'")
	default:
		t.Fatalf("%s has no users", db.Dialect.Title())
	}
	return db.withUser(t, url.UserPassword(name, ReaderPassword))
}

func (db Database) onCleanup(t testing.TB, query string) {
	t.Cleanup(func() { db.Exec(t, query) })
}

// WrongPassword is the database's URL with a password that the server refuses.
func (db Database) WrongPassword(t testing.TB) string {
	t.Helper()
	return db.withUser(t, url.UserPassword(db.User, "not-the-"+Password))
}

func (db Database) withUser(t testing.TB, who *url.Userinfo) string {
	t.Helper()
	u, err := url.Parse(db.URL)
	if err != nil {
		t.Fatal(err)
	}
	u.User = who
	return u.String()
}

// PlainOwner makes a role that owns the tables of the database, is neither
// superuser nor has BYPASSRLS, and returns the database's URL for it. It is for
// PostgreSQL.
func (db Database) PlainOwner(t testing.TB) string {
	t.Helper()
	name := "plain_" + db.Name
	db.Exec(t, fmt.Sprintf("CREATE ROLE %[1]s LOGIN PASSWORD '%[2]s'; GRANT ALL ON SCHEMA public TO %[1]s", name, ReaderPassword))
	db.onCleanup(t, "DROP OWNED BY "+name+" CASCADE; DROP ROLE "+name)
	for _, table := range db.Strings(t, "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'") {
		db.execAdmin(t, "ALTER TABLE "+table+" OWNER TO "+name)
	}
	return db.withUser(t, url.UserPassword(name, ReaderPassword))
}

// HideRows lets a policy hide all rows of a table, also from its owner. It is for
// PostgreSQL.
func (db Database) HideRows(t testing.TB, table string) {
	t.Helper()
	db.execAdmin(t, fmt.Sprintf("ALTER TABLE %[1]s ENABLE ROW LEVEL SECURITY; ALTER TABLE %[1]s FORCE ROW LEVEL SECURITY; CREATE POLICY nothing ON %[1]s USING (false)", table))
}

// execAdmin runs SQL as the administrator.
func (db Database) execAdmin(t testing.TB, query string) {
	t.Helper()
	if _, err := db.Admin().Exec(query); err != nil {
		t.Fatalf("%s: %s: %v", db.Dialect.Title(), query, err)
	}
}
