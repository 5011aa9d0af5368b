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

// readTime understands what the drivers make of such a column.
func readTime(table, column string, v any) (time.Time, error) {
	switch t := v.(type) {
	case time.Time:
		return t.UTC(), nil
	case []byte:
		return parseTime(table, column, string(t))
	case string:
		return parseTime(table, column, t)
	}
	return time.Time{}, &Garbled{Table: table, Column: column, Value: fmt.Sprint(v)}
}

func parseTime(table, column, text string) (time.Time, error) {
	t, err := time.Parse("2006-01-02 15:04:05", text) // accepts a fraction as well
	if err != nil {
		return time.Time{}, &Garbled{Table: table, Column: column, Value: text, Err: err}
	}
	return t, nil
}

// readTimeOrNull is readTime for a column that may be empty.
func readTimeOrNull(table, column string, v any) (*time.Time, error) {
	if v == nil {
		return nil, nil
	}
	t, err := readTime(table, column, v)
	if err != nil {
		return nil, err
	}
	return &t, nil
}

// number writes n as SQL.
func number(n int64) string { return strconv.FormatInt(n, 10) }
