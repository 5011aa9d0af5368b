package enginetest

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/lib/pq"

	"manage/engine/flavor"
)

// EnvAccount is the name of the environment variable that says as whom tests
// connect to servers: AccountOwner, or "" for an administrator, who sees and may
// do everything.
const EnvAccount = "MANAGE_TEST_ACCOUNT"

// AccountOwner gives each database an account of its own. On PostgreSQL it owns
// the database and what the test makes in it, and is neither superuser nor has
// BYPASSRLS; on MySQL and MariaDB it has the rights that
// docs/reference/rights.md asks for, on that database alone.
const AccountOwner = "owner"

// Owned reports whether tests run as the owner of their databases.
func Owned() bool { return os.Getenv(EnvAccount) == AccountOwner }

// Rights are those on a database of MySQL or MariaDB that all commands together
// need there.
const Rights = "SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES, TRIGGER, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, EXECUTE"

// own makes an account for a database that is about to be made.
func (s *Server) own(t testing.TB, name string) (account string) {
	t.Helper()
	account = "own_" + name
	if s.Dialect == flavor.Postgres {
		s.execute(t, fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '%s'", account, Password))
	} else {
		s.execute(t, fmt.Sprintf("CREATE USER '%s'@'%%' IDENTIFIED BY '%s'", account, Password))
		s.execute(t, fmt.Sprintf("GRANT %s ON `%s`.* TO '%s'@'%%'", Rights, strings.ReplaceAll(name, "_", `\_`), account))
	}
	return account
}

// disown removes such an account, after its database.
func (s *Server) disown(t testing.TB, account string) {
	t.Helper()
	if s.Dialect == flavor.Postgres {
		s.execute(t, "DROP ROLE "+account)
		return
	}
	s.execute(t, "DROP USER '"+account+"'@'%'")
}

// Admin is a pool of connections to the database as the server's administrator,
// who SQL is not if the database has an owner.
func (db Database) Admin() *sql.DB {
	if db.admin != nil {
		return db.admin
	}
	return db.db
}

// denied reports whether a statement failed for want of a right. Exec then has
// the administrator run it: tests make roles and settings.
func (db Database) denied(err error) bool {
	var e *pq.Error
	return db.admin != nil && errors.As(err, &e) && e.Code == "42501"
}

// adminURL is the database's URL for the administrator.
func (db Database) adminURL() (*url.URL, error) { return url.Parse(db.Server.URL(db.Name)) }

// Watches lets the account of the database see what others do on the server, and
// its replicas, and lock tables. No command needs these rights: with them it can
// say more.
func (db Database) Watches(t testing.TB) {
	t.Helper()
	who := "'" + db.User + "'@'%'"
	switch {
	case !Owned() || db.Server == nil:
	case db.Dialect == flavor.Postgres:
		db.execAdmin(t, "GRANT pg_monitor TO "+db.User)
	case db.Dialect == flavor.MariaDB:
		db.execAdmin(t, "GRANT PROCESS, LOCK TABLES, RELOAD, BINLOG MONITOR, SLAVE MONITOR ON *.* TO "+who)
	default:
		db.execAdmin(t, "GRANT PROCESS, LOCK TABLES, RELOAD, REPLICATION CLIENT ON *.* TO "+who)
		db.execAdmin(t, "GRANT SELECT ON performance_schema.* TO "+who)
	}
}

// Reads lets the account of the database read another database of MySQL or
// MariaDB.
func (db Database) Reads(t testing.TB, other string) {
	t.Helper()
	if Owned() && db.Server != nil && db.Dialect.MySQLFamily() {
		db.execAdmin(t, fmt.Sprintf("GRANT SELECT, REFERENCES ON `%s`.* TO '%s'@'%%'", strings.ReplaceAll(other, "_", `\_`), db.User))
	}
}

// AsAdmin is the database as the server's administrator reaches it, for tests of
// what takes more rights than commands need.
func (db Database) AsAdmin() Database {
	if !Owned() || db.Server == nil {
		return db
	}
	db.db, db.User, db.URL = db.Admin(), db.Server.admin.User.Username(), db.Server.URL(db.Name)
	db.admin = nil
	return db
}
