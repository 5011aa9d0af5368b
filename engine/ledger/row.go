package ledger

import (
	"context"
	"database/sql"
	"errors"
	"strings"
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
	source
	values  []any
	into    []any // pointers to values
	at      int   // the column that is read next
	garbled *Garbled
}

// source is where rows are read from.
type source struct {
	table   string
	columns []string
	// keys is how many columns, from the first on, tell the row among those of
	// the catalog; all is what holds for all of them.
	keys int
	all  string
	// quote writes text as SQL.
	quote func(string) string
}

// each selects columns of a table and calls read for every row.
func (s *sqlStore) each(ctx context.Context, from source, tail string, read func(*row)) error {
	rows, err := s.q.QueryContext(ctx, "SELECT "+strings.Join(from.columns, ", ")+" FROM "+tail)
	if err != nil {
		return err
	}
	defer rows.Close()
	// Values as the driver has them are quicker to read than converted ones,
	// and tell what they were when they make no sense.
	from.quote = s.q.QuoteLiteral
	r := &row{source: from, values: make([]any, len(from.columns)), into: make([]any, len(from.columns))}
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
