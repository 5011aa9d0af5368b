package throttle

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"manage/engine/database"
)

// row is a row of a server's own views: text by the name of the column; NULL is
// not in it.
type row map[string]string

// rows reads all rows of a query, whatever columns the version of the server
// has.
func rows(ctx context.Context, q database.Querier, query string) ([]row, error) {
	result, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer result.Close()
	columns, err := result.Columns()
	if err != nil {
		return nil, err
	}
	var all []row
	values, targets := make([]sql.NullString, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	for result.Next() {
		if err := result.Scan(targets...); err != nil {
			return nil, err
		}
		r := row{}
		for i, v := range values {
			if v.Valid {
				r[columns[i]] = v.String
			}
		}
		all = append(all, r)
	}
	return all, result.Err()
}

// whole is a column as a whole number; 0 if it is none.
func (r row) whole(column string) int64 {
	n, _ := strconv.ParseInt(r[column], 10, 64)
	return n
}

// seconds is a column of seconds as a duration; 0 if it is none.
func (r row) seconds(column string) time.Duration {
	s, _ := strconv.ParseFloat(r[column], 64)
	return time.Duration(s * float64(time.Second))
}

// first is the first of some columns that the row has: servers renamed them.
func (r row) first(columns ...string) (string, bool) {
	for _, c := range columns {
		if v, ok := r[c]; ok {
			return v, true
		}
	}
	return "", false
}

// status reads figures of the status of a MySQL or MariaDB server by name, in
// small letters.
func status(ctx context.Context, q database.Querier, names string) (row, error) {
	all, err := rows(ctx, q, "SHOW GLOBAL STATUS WHERE Variable_name IN ("+names+")")
	r := row{}
	for _, v := range all {
		name, _ := v.first("Variable_name", "VARIABLE_NAME")
		r[name], _ = v.first("Value", "VARIABLE_VALUE")
	}
	return r, err
}

// span is a duration for people: whole seconds, tenths below one.
func span(d time.Duration) string {
	if d < time.Second {
		return strconv.FormatFloat(d.Round(100*time.Millisecond).Seconds(), 'g', -1, 64) + " s"
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + " s"
}

// limited is a configured limit, as exactly as it was given.
func limited(d time.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'g', -1, 64) + " s"
}
