package backfill

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"manage/engine/database"
	"manage/engine/flavor"
	sqlquote "manage/engine/quote"
	"manage/migrations/catalog"
)

// countable is up to how many rows of a table are counted one by one. Of a
// larger one the server's own estimate is taken: counting it would take long,
// and nothing would be gained by knowing to the row.
const countable = 200_000

// Count is about how many rows the steps of a data migration have still to
// change: exactly for tables of moderate size, and all rows of the table for
// larger ones. A step without a condition counts all of its table.
func Count(ctx context.Context, q database.Querier, m *catalog.Migration, f flavor.Flavor) (int64, error) {
	var total int64
	for i, st := range m.Steps {
		n, err := estimate(ctx, q, f.Dialect, st.Table)
		if err != nil || n <= countable {
			where, _ := st.Where.For(f.Dialect)
			if n, err = count(ctx, q, f.Dialect, st.Table, where); err != nil {
				return 0, rejected(m, i, counting(f.Dialect, st.Table, where), "", err)
			}
		}
		total += n
	}
	return total, nil
}

// Size is about how many rows a table has; 0 if that cannot be told without
// reading them.
func Size(ctx context.Context, sess database.Session, table string) int64 {
	n, err := estimate(ctx, sess, sess.Flavor().Dialect, table)
	if err != nil { // no figure is worth an error
		return 0
	}
	return n
}

// count counts rows one by one.
func count(ctx context.Context, q database.Querier, d flavor.Dialect, table, where string) (int64, error) {
	return database.Number(ctx, q, counting(d, table, where))
}

func counting(d flavor.Dialect, table, where string) string {
	query := "SELECT COUNT(*) FROM " + quote(table, d)
	if where != "" {
		query += " WHERE " + where
	}
	return query
}

// livePostgres takes the density when the table was last analyzed, over its size
// now; fifty rows a page where it never was. Much of what was changed of late is
// in there twice, so the count of live rows is taken if the server has counted
// the rows for long enough: it begins anew when it went down, and hears of the
// rows of each session a while after it wrote them. Those may be counted twice
// if the session analyzes the table in between, so of the two the lower counts.
const livePostgres = "SELECT (CASE WHEN live > 0 AND live + dead >= filled / 2" +
	" THEN CASE WHEN analyzed THEN least(live, filled) ELSE live END ELSE filled END)::bigint FROM (" +
	"SELECT CASE WHEN analyzed THEN density ELSE 50 END * pages AS filled, analyzed, live, dead FROM (" +
	"SELECT c.reltuples > 0 AND c.relpages > 0 AS analyzed, c.reltuples / nullif(c.relpages, 0) AS density," +
	" pg_relation_size(c.oid) / current_setting('block_size')::int AS pages," +
	" pg_stat_get_live_tuples(c.oid) AS live, pg_stat_get_dead_tuples(c.oid) AS dead" +
	" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relname = {table}) AS t) AS u"

// estimate is about how many rows a table has, by what the server knows without
// reading them.
func estimate(ctx context.Context, q database.Querier, d flavor.Dialect, table string) (int64, error) {
	switch d {
	case flavor.SQLite:
		// Rows that went are counted too.
		return database.Number(ctx, q, "SELECT COALESCE(MAX(rowid), 0) FROM "+quote(table, d))
	case flavor.Postgres:
		return database.Number(ctx, q, strings.ReplaceAll(livePostgres, "{table}", sqlquote.Text(table, d)))
	}
	// Which form EXPLAIN has where none is named differs by the server.
	return explained(ctx, q, "EXPLAIN FORMAT=TRADITIONAL SELECT 1 FROM "+quote(table, d))
}

// explained is the figure of rows in what MySQL explains of a query.
func explained(ctx context.Context, q database.Querier, query string) (int64, error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil || !rows.Next() {
		return 0, err
	}
	values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	if err := rows.Scan(into...); err != nil {
		return 0, err
	}
	for i, c := range columns {
		if c == "rows" && values[i].Valid {
			return strconv.ParseInt(values[i].String, 10, 64)
		}
	}
	return 0, rows.Err()
}

// quote writes a name where there is no session to ask.
func quote(name string, d flavor.Dialect) string {
	q := `"`
	if d.MySQLFamily() {
		q = "`"
	}
	return q + strings.ReplaceAll(name, q, q+q) + q
}
