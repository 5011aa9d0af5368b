package backfill

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"manage/engine/database"
	"manage/engine/flavor"
)

// Span is the rows of a table that a walk is about.
type Span struct {
	Table string
	Key   []string
	Where string // "" for all rows

	kinds []kind // of the key's columns; nil to go by what the driver returns
}

// Exact looks up how the columns of the key are read, so that keys of every type
// are found again as they are. Without it, what the driver makes of them counts.
// A key whose values may be mistaken for one another is an error.
func (s Span) Exact(ctx context.Context, sess database.Session) (Span, error) {
	l, err := look(ctx, sess, s.Table)
	if err != nil || len(l.columns) == 0 {
		return s, err
	}
	if reason, err := l.ambiguous(ctx, sess, s.Key); err != nil || reason != "" {
		return s, cmp.Or(err, fmt.Errorf("the key of %s cannot cut it into ranges: %s", s.Table, reason))
	}
	s.kinds = make([]kind, len(s.Key))
	for i, k := range s.Key {
		if c := l.column(k); c != nil {
			s.kinds[i] = kindOf(sess.Flavor().Dialect, c.typ)
		}
	}
	return s, nil
}

// conditions joins the span's own condition with a range of keys; "" for all
// rows.
func (s Span) conditions(q Quoter, after, last []any) string {
	return both(s.Where, KeyRange(q, s.Key, after, last))
}

// both joins two conditions, of which either may be "".
func both(where, and string) string {
	switch {
	case where == "":
		return and
	case and == "":
		return "(" + where + ")"
	}
	return "(" + where + ") AND " + and
}

// reading is the list of expressions that read a key. Their names are none of
// the table's: PostgreSQL would sort by them.
func (s Span) reading(sess database.Session) string {
	list, _ := s.qualified(sess, "")
	return list
}

// qualified is reading's list, with the table's name before each column, and the
// columns to sort by.
func (s Span) qualified(sess database.Session, table string) (list, order string) {
	all, by := make([]string, len(s.Key)), make([]string, len(s.Key))
	for i, k := range s.Key {
		all[i] = table + sess.QuoteIdent(k)
		by[i] = all[i]
		if s.kinds != nil {
			all[i] = s.kinds[i].read(all[i], sess.Flavor().Dialect) + fmt.Sprintf(" AS manage_k%d", i)
		}
	}
	return strings.Join(all, ", "), strings.Join(by, ", ")
}

// order is the columns of the key, each with what follows it.
func (s Span) order(q Quoter, each string) string {
	all := make([]string, len(s.Key))
	for i, k := range s.Key {
		all[i] = q.QuoteIdent(k) + each
	}
	return strings.Join(all, ", ")
}

// first finds the first key that a condition holds for; nil if there is none,
// or it lies behind until. That comes last because a server without statistics
// takes a range with two ends for a short one, reads all of it and sorts.
func (s Span) first(ctx context.Context, sess database.Session, cond string, until []any) ([]any, error) {
	row := s.from(sess.QuoteIdent(s.Table), cond, s.order(sess, "")) + " ORDER BY " + s.order(sess, "") + " LIMIT 1"
	return s.one(ctx, sess, s.from("("+row+") AS manage_range", KeyRange(sess, s.Key, nil, until), s.reading(sess)))
}

// last finds the last key of the table.
func (s Span) last(ctx context.Context, sess database.Session) ([]any, error) {
	return s.one(ctx, sess, s.from(sess.QuoteIdent(s.Table), "", s.reading(sess))+" ORDER BY "+s.order(sess, " DESC")+" LIMIT 1")
}

// bound finds the last key of the next n rows of the table that a condition on
// its key holds for, or of those that are left, up to until; nil if there are
// none. The server counts them: nothing but the one key is sent.
func (s Span) bound(ctx context.Context, sess database.Session, cond string, until []any, n int) ([]any, error) {
	rows := s.from(sess.QuoteIdent(s.Table), cond, s.order(sess, "")) + " ORDER BY " + s.order(sess, "") + fmt.Sprintf(" LIMIT %d", n)
	rows = "(" + rows + ") AS manage_range"
	within := KeyRange(sess, s.Key, nil, until)
	if sess.Flavor().Dialect == flavor.SQLite && len(s.Key) == 1 {
		// It sorts by copying each row, which takes half as long as changing it.
		greatest := "max(" + sess.QuoteIdent(s.Key[0]) + ")"
		return s.one(ctx, sess, s.from(rows, within, greatest)+" HAVING "+greatest+" IS NOT NULL")
	}
	return s.one(ctx, sess, s.from(rows, within, s.reading(sess))+" ORDER BY "+s.order(sess, " DESC")+" LIMIT 1")
}

func (s Span) from(table, cond, list string) string {
	text := "SELECT " + list + " FROM " + table
	if cond != "" {
		text += " WHERE " + cond
	}
	return text
}

// Keys reads the keys of the first rows that a condition holds for.
func (s Span) Keys(ctx context.Context, sess database.Session, cond string, most int) (keys [][]any, err error) {
	rows, err := sess.QueryContext(ctx, s.from(sess.QuoteIdent(s.Table), cond, s.reading(sess))+" ORDER BY "+s.order(sess, "")+fmt.Sprintf(" LIMIT %d", most))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		key, err := s.scan(rows)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, rows.Err()
}

func (s Span) scan(rows *sql.Rows) ([]any, error) {
	if s.kinds == nil {
		return ScanKey(rows, len(s.Key))
	}
	return scan(rows, s.kinds)
}

// one reads the only key of a query; nil if there is none.
func (s Span) one(ctx context.Context, sess database.Session, query string) (key []any, err error) {
	rows, err := sess.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		if key, err = s.scan(rows); err != nil {
			return nil, err
		}
	}
	return key, rows.Err()
}

// Ranges cuts spans into ranges of keys that take the target time each.
type Ranges struct{ size size }

// NewRanges begins with small ranges; a target of 0 is the default of Options.
func NewRanges(target time.Duration) *Ranges {
	return &Ranges{size: newSize(Options{Time: target}.target())}
}

// Adapt makes the next range larger or smaller, after one that took a while. It
// grows by half at most, and shrinks at once as far as it must.
func (r *Ranges) Adapt(took time.Duration) { r.size.adapt(took) }

// From finds the next range of rows that has one of the span: the first of its
// keys and the last, nil if no row of the span is left behind after. What lies
// before the first is passed over without a lock, however much it is; within the
// range the rows of the table are counted, those of the span or not, so that a
// statement on it has a bounded number of them to look at.
func (r *Ranges) From(ctx context.Context, sess database.Session, s Span, after []any) (first, last []any, err error) {
	first, err = s.first(ctx, sess, s.conditions(sess, after, nil), nil)
	if err != nil || first == nil {
		return nil, nil, err
	}
	last, err = s.bound(ctx, sess, AtLeast(sess, s.Key, first), nil, r.size.rows)
	if err == nil && last == nil { // everything from first on went meanwhile
		last = first
	}
	if err == nil && slices.Equal(last, after) {
		err = fmt.Errorf("the key of %s cannot cut it into ranges: behind %s the server has another key that reads the same", s.Table, s.named(sess, after))
	}
	return first, last, err
}

// End reports whether the table has no row behind a key.
func (s Span) End(ctx context.Context, sess database.Session, key []any) (bool, error) {
	next, err := s.first(ctx, sess, s.conditions(sess, key, nil), nil)
	return next == nil, err
}

// LockLess lets go at once of rows that a statement looks at and leaves, which
// MySQL keeps locked otherwise, with the gaps between them, until the end of the
// transaction. It cannot where statements are what is replicated (MySQL manual,
// "InnoDB Transaction Isolation Levels").
func LockLess(ctx context.Context, sess database.Session) error {
	if !sess.Flavor().Dialect.MySQLFamily() {
		return nil
	}
	byStatement, err := texts(ctx, sess, "SHOW VARIABLES WHERE Variable_name = 'binlog_format' AND Value = 'STATEMENT'", 2)
	if err != nil || len(byStatement) > 0 {
		return err
	}
	_, err = sess.ExecContext(ctx, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
	return err
}

// alone reports whether a transaction keeps all writers out, not only those of
// its own rows.
func alone(d flavor.Dialect) bool { return d == flavor.SQLite }
