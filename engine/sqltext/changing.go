package sqltext

import (
	"strings"

	"manage/engine/flavor"
)

// arguments says with which arguments a function gives another value each time.
type arguments int

const (
	whatever arguments = iota + 1
	without            // only if it is called with none
	single             // only if it is called with one
)

// changes are what gives another value each time on a kind of server.
type changes struct {
	calls map[string]arguments
	bare  map[string]bool // words that call without a parenthesis
}

// Sources: PostgreSQL manual 9.9.5, 9.3, 9.14, 9.17 and pgcrypto, uuid-ossp;
// MySQL manual, "Date and Time Functions", "Information Functions",
// "Miscellaneous Functions"; MariaDB, the same and "Sequence Functions"; SQLite,
// "Built-In Scalar SQL Functions". What depends on the user or the database
// gives the same value to whom it gave it before, and is none of them.
var changing = map[flavor.Dialect]changes{
	flavor.Postgres: {
		calls: callsOf(`now clock_timestamp statement_timestamp transaction_timestamp timeofday random random_normal setseed
			gen_random_uuid gen_random_bytes gen_salt uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 uuidv4 uuidv7
			nextval currval lastval setval txid_current pg_current_xact_id pg_current_xact_id_if_assigned pg_backend_pid
			pg_current_wal_lsn pg_current_wal_insert_lsn`, "", "age"),
		bare: wordsOf("CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP LOCALTIME LOCALTIMESTAMP"),
	},
	flavor.MySQL: mysqlChanges, flavor.MariaDB: mysqlChanges,
	flavor.SQLite: {
		calls: callsOf("random randomblob last_insert_rowid changes total_changes", "date time datetime julianday unixepoch", "strftime"),
		bare:  wordsOf("CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP"),
	},
}

var mysqlChanges = changes{
	calls: callsOf(`now sysdate curdate curtime current_date current_time current_timestamp localtime localtimestamp
		utc_date utc_time utc_timestamp rand random_bytes uuid uuid_short uuid_v4 uuid_v7 sys_guid nextval lastval setval
		last_insert_id found_rows row_count connection_id sleep encrypt`, "unix_timestamp", ""),
	bare: wordsOf("CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP LOCALTIME LOCALTIMESTAMP UTC_DATE UTC_TIME UTC_TIMESTAMP"),
}

func callsOf(always, ifNone, ifOne string) map[string]arguments {
	all := map[string]arguments{}
	for list, with := range map[string]arguments{always: whatever, ifNone: without, ifOne: single} {
		for _, name := range strings.Fields(list) {
			all[name] = with
		}
	}
	return all
}

// Changing is what in an expression gives another value each time, as it is
// written; "" if nothing is known to. A word calls a function only with a
// parenthesis behind it, but for the few that need none: all others are columns,
// types or aliases.
func Changing(expr string, d flavor.Dialect) string {
	c, e := changing[d], expression(partsOf(expr, d))
	for i := range e {
		switch {
		case c.calls[strings.ToLower(e[i].name)] != 0 && e.calls(i):
			if c.calls[strings.ToLower(e[i].name)].fit(e.arguments(i + 1)) {
				return e[i].text + "()"
			}
		case c.bare[e[i].word] && e.bareCall(i):
			return e[i].text
		case e.clock(i, d):
			return e[i].text
		case d.MySQLFamily() && e.word(i, "NEXT", "PREVIOUS") && e.word(i+1, "VALUE") && e.word(i+2, "FOR"):
			return e[i].text + " VALUE FOR"
		case d.MySQLFamily() && e.mark(i, "@") && !e.mark(i-1, "@") && e.at(i+1).name != "":
			return "@" + e[i+1].text
		}
	}
	return ""
}

// fit reports whether a function that is called with n arguments is meant.
func (a arguments) fit(n int) bool {
	return a == whatever || a == without && n == 0 || a == single && n <= 1
}

// arguments counts those in the parenthesis at i.
func (e expression) arguments(i int) int {
	end := e.closing(i)
	if end <= i+1 {
		return 0
	}
	n := 1
	for j := i + 1; j < end; j++ {
		switch {
		case e.mark(j, "("):
			j = e.closing(j)
		case e.mark(j, ","):
			n++
		}
	}
	return n
}

// bareCall reports whether the reserved word at i stands for its function: it is
// no part of a qualified name and no alias.
func (e expression) bareCall(i int) bool {
	return !e.mark(i-1, ".") && !e.mark(i+1, ".") && !e.word(i-1, "AS")
}

// clock reports whether the string at i stands for the present moment: an
// argument of SQLite's functions of time, or PostgreSQL's constants of a type of
// time (manual 8.5.1.4).
func (e expression) clock(i int, d flavor.Dialect) bool {
	switch text := e.at(i).value(); {
	case text == "now" && d == flavor.SQLite:
		return e.argumentOf(i, "DATE", "TIME", "DATETIME", "JULIANDAY", "UNIXEPOCH", "STRFTIME", "TIMEDIFF")
	case d == flavor.Postgres && (text == "now" || text == "today" || text == "tomorrow" || text == "yesterday"):
		return e.word(i-1, clockTypes...) || e.word(i-1, "ZONE") || e.cast(i+1) && e.word(i+3, clockTypes...) ||
			e.word(i+1, "AS") && e.word(i+2, clockTypes...)
	}
	return false
}

var clockTypes = []string{"DATE", "TIME", "TIMETZ", "TIMESTAMP", "TIMESTAMPTZ"}

// argumentOf reports whether the part at i is an argument of one of some
// functions.
func (e expression) argumentOf(i int, functions ...string) bool {
	depth := 0
	for i--; i >= 0; i-- {
		switch {
		case e.mark(i, ")"):
			depth++
		case e.mark(i, "(") && depth > 0:
			depth--
		case e.mark(i, "("):
			return e.word(i-1, functions...) && e.calls(i-1)
		}
	}
	return false
}
