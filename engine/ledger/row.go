package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// errNoRow is what one returns when the query has no row.
var errNoRow = errors.New("no row")

// one runs a query and reads its only row.
func (s *sqlStore) one(ctx context.Context, query string, into ...any) error {
	rows, err := s.q.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return errNoRow
	}
	return errors.Join(rows.Scan(into...), rows.Close(), rows.Err())
}

// row is one row of the books while it is read. What cannot be understood
// makes it garbled; the first such column is remembered.
type row struct {
	table   string
	columns []string
	values  []any
	into    []any // pointers to values
	at      int   // the column that is read next
	garbled *Garbled
}

// each selects columns of a table and calls read for every row.
func (s *sqlStore) each(ctx context.Context, table string, columns []string, tail string, read func(*row)) error {
	rows, err := s.q.QueryContext(ctx, "SELECT "+strings.Join(columns, ", ")+" FROM "+tail)
	if err != nil {
		return err
	}
	defer rows.Close()
	// Values as the driver has them are quicker to read than converted ones,
	// and tell what they were when they make no sense.
	r := &row{table: table, columns: columns, values: make([]any, len(columns)), into: make([]any, len(columns))}
	for i := range r.values {
		r.into[i] = &r.values[i]
	}
	for rows.Next() {
		if err := r.next(rows); err != nil {
			return err
		}
		read(r)
		if r.garbled != nil {
			return r.garbled
		}
	}
	return rows.Err()
}

func (r *row) next(rows *sql.Rows) error {
	r.at = 0
	if err := rows.Scan(r.into...); err != nil {
		return &Garbled{Table: r.table, Err: err}
	}
	return nil
}

// take returns the next column.
func (r *row) take() any {
	v := r.values[r.at]
	r.at++
	return v
}

// refuse notes that the column read last makes no sense.
func (r *row) refuse(err error) {
	if r.garbled == nil {
		r.garbled = r.wrong(r.columns[r.at-1], r.values[r.at-1], err)
	}
}

// reject notes that the value of a column is none that this tool writes.
func (r *row) reject(column string, value any) {
	if r.garbled == nil {
		r.garbled = r.wrong(column, value, nil)
	}
}

func (r *row) wrong(column string, value any, err error) *Garbled {
	text := "NULL"
	switch v := value.(type) {
	case nil:
	case []byte:
		text = string(v)
	default:
		text = fmt.Sprint(v)
	}
	return &Garbled{Table: r.table, Column: column, Value: text, Err: err}
}

// text reads a column of text.
func (r *row) text() string {
	switch v := r.take().(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	r.refuse(nil)
	return ""
}

// textOrNone reads a column of text that may be empty.
func (r *row) textOrNone() string {
	if r.values[r.at] == nil {
		r.at++
		return ""
	}
	return r.text()
}

// number reads a column of whole numbers.
func (r *row) number() int64 {
	switch v := r.take().(type) {
	case int64:
		return v
	case string:
		return r.parse(v)
	case []byte:
		return r.parse(string(v))
	}
	r.refuse(nil)
	return 0
}

func (r *row) parse(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		r.refuse(err)
	}
	return n
}

// small reads a column of numbers from 0 to what an INTEGER holds.
func (r *row) small() int {
	n := r.number()
	if n < 0 || n > 1<<31-1 {
		r.refuse(nil)
		return 0
	}
	return int(n)
}

// time reads a column of times, which drivers give as such or as text.
func (r *row) time() time.Time {
	switch v := r.take().(type) {
	case time.Time:
		return v.UTC()
	case string:
		return r.parseTime(v)
	case []byte:
		return r.parseTime(string(v))
	}
	r.refuse(nil)
	return time.Time{}
}

func (r *row) parseTime(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05", text) // accepts a fraction as well
	if err != nil {
		r.refuse(err)
	}
	return t
}

// timeOrNull reads a column of times that may be empty.
func (r *row) timeOrNull() *time.Time {
	if r.values[r.at] == nil {
		r.at++
		return nil
	}
	t := r.time()
	return &t
}
