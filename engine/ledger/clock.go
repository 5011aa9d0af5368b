package ledger

import (
	"fmt"
	"strconv"
	"time"

	"manage/engine/flavor"
)

// clock writes the database's own clock as SQL, in UTC. Leases are judged by
// it alone, because the clocks of two clients need not agree.
type clock flavor.Dialect

// now is the moment at which the statement runs. PostgreSQL's now() is the
// moment at which the transaction began (manual, "Date/Time Functions"), so
// clock_timestamp() is asked there.
func (c clock) now() string {
	switch flavor.Dialect(c) {
	case flavor.Postgres:
		return "(clock_timestamp() AT TIME ZONE 'UTC')"
	case flavor.SQLite:
		return "strftime('%Y-%m-%d %H:%M:%f', 'now')"
	}
	return "UTC_TIMESTAMP(6)"
}

// after is the moment d from now; d may be negative.
func (c clock) after(d time.Duration) string {
	switch flavor.Dialect(c) {
	case flavor.Postgres:
		return fmt.Sprintf("(clock_timestamp() AT TIME ZONE 'UTC' + interval '%d microseconds')", d.Microseconds())
	case flavor.SQLite:
		return fmt.Sprintf("strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', '%+.3f seconds')", d.Seconds())
	}
	return fmt.Sprintf("(UTC_TIMESTAMP(6) + INTERVAL %d MICROSECOND)", d.Microseconds())
}

// columnType is the type of a column that holds such a moment.
func (c clock) columnType() string {
	switch flavor.Dialect(c) {
	case flavor.Postgres:
		return "TIMESTAMP(6)"
	case flavor.SQLite:
		return "VARCHAR(32)"
	}
	return "DATETIME(6)"
}

// number writes n as SQL.
func number(n int64) string { return strconv.FormatInt(n, 10) }
