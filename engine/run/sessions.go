package run

import (
	"fmt"

	"manage/engine/flavor"
)

// sessions is what one kind of server is asked about the sessions that work,
// as SQL. Whoever has the lease marks his session, so that it can be found by
// whoever takes over: a backend's pid or a connection's number alone would not
// do, as they are used again. All of it is best effort: what a server does not
// tell, or a right that is missing, makes a takeover slower and never wrong,
// because the token in the lease's row decides who may write.
type sessions struct {
	// here returns the session's number, what makes it unique, and the port
	// that the server sees it come from; 0 if nothing follows from that.
	here string
	// there counts the sessions with number %[1]d that may be the one that
	// %[2]s makes unique. alike is true if that is the same for all sessions
	// that can be seen, and nothing can be told of others.
	there string
	alike bool
	// mark marks the session with %s, a literal; "" where the lock does.
	mark string
	// lock takes the server's own lock %s, without waiting, and returns 1 if it
	// was had; unlock gives it back.
	lock, unlock string
	// lockName makes the name of that lock of a number.
	lockName func(n int64) string
	// find are the numbers of the sessions that carry the mark %[1]s or have
	// the lock %[2]s, and end ends one of them. %[3]t says that also idle ones
	// are meant.
	find, end string
}

// sessionsOf is what can be asked of a server; false for SQLite, which has no
// sessions: its write lock ends with the process.
func sessionsOf(d flavor.Dialect) (sessions, bool) {
	switch d {
	case flavor.Postgres:
		return postgresSessions, true
	case flavor.MySQL, flavor.MariaDB:
		return mysqlSessions, true
	}
	return sessions{}, false
}

// PostgreSQL shows pid and application_name of all sessions to all. A standby
// knows nothing of the sessions on its primary. Of a pooler's sessions those
// that are idle work for nobody, whatever they are called.
var postgresSessions = sessions{
	here: "SELECT pid, (extract(epoch FROM backend_start) * 1000000)::bigint::text," +
		" CASE WHEN pg_is_in_recovery() THEN 0 ELSE coalesce(client_port, 0) END FROM pg_stat_activity WHERE pid = pg_backend_pid()",
	there: "SELECT count(*) FROM pg_stat_activity WHERE pid = %[1]d" +
		" AND (backend_start IS NULL OR (extract(epoch FROM backend_start) * 1000000)::bigint::text = %[2]s)",
	mark:     "SELECT set_config('application_name', %s, false)",
	lock:     "SELECT pg_try_advisory_lock(%s)::int",
	unlock:   "SELECT pg_advisory_unlock(%s)::int",
	lockName: func(n int64) string { return fmt.Sprint(n) },
	find: "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = %[1]s" +
		" AND (state IS DISTINCT FROM 'idle' OR %[3]t)" +
		" UNION SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()" +
		" WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted AND l.pid <> pg_backend_pid()" +
		" AND (l.classid::bigint << 32) | l.objid::bigint = %[2]s",
	end: "SELECT pg_terminate_backend(%d)",
}

// On MySQL and MariaDB a lock by name tells who has it (manual, "Locking
// Functions"); its name is the server's, not the database's, and on Galera it
// is known on its own node only. A user sees all sessions of his own account.
var mysqlSessions = sessions{
	here: "SELECT CONNECTION_ID(), CONCAT_WS(':', @@hostname, @@port, CURRENT_USER())," +
		" (SELECT SUBSTRING_INDEX(host, ':', -1) FROM information_schema.processlist WHERE id = CONNECTION_ID())",
	there:    "SELECT count(*) FROM information_schema.processlist WHERE id = %[1]d",
	alike:    true,
	lock:     "SELECT GET_LOCK(%s, 0)",
	unlock:   "SELECT RELEASE_LOCK(%s)",
	lockName: func(n int64) string { return fmt.Sprintf("'manage-%x'", uint64(n)) },
	find:     "SELECT IS_USED_LOCK(%[2]s)",
	end:      "KILL %d",
}
