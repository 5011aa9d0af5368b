package backfill

import (
	"context"
	"fmt"
	"strings"
	"time"

	"manage/engine/database"
)

// The size of a batch in rows: where it begins, and its bounds. It grows and
// shrinks so that a batch takes the target time.
const (
	firstSize = 1000
	leastSize = 50
	mostSize  = 20_000
)

// Span is the rows of a table that a walk is about.
type Span struct {
	Table string
	Key   []string
	Where string // "" for all rows
}

// conditions joins the span's own condition with a range of keys.
func (s Span) conditions(q Quoter, after, last []any) string {
	var all []string
	if s.Where != "" {
		all = append(all, "("+s.Where+")")
	}
	if r := KeyRange(q, s.Key, after, last); r != "" {
		all = append(all, r)
	}
	return strings.Join(all, " AND ")
}

// Ranges cuts spans into ranges of keys that take the target time each.
type Ranges struct {
	target time.Duration
	size   int
	most   int // of the next range, beside the bounds; 0 for none
}

// rows is how many rows the next range may span.
func (r *Ranges) rows() int {
	if r.most > 0 {
		return min(r.size, r.most)
	}
	return r.size
}

// NewRanges begins with small ranges; a target of 0 is the default of Options.
func NewRanges(target time.Duration) *Ranges {
	return &Ranges{target: Options{Time: target}.target(), size: firstSize}
}

// Adapt makes the next range larger or smaller, after one that took a while. It
// grows by half at most, and shrinks at once as far as it must.
func (r *Ranges) Adapt(took time.Duration) {
	size := mostSize
	if took > 0 {
		size = int(float64(r.size) * float64(r.target) / float64(took))
	}
	r.size = min(max(size, leastSize), mostSize, r.size+r.size/2)
}

// Halve makes the next range smaller: the last one was in somebody's way.
func (r *Ranges) Halve() { r.size = max(r.size/2, leastSize) }

// Next finds the last key of the next range behind after, nil if no row is
// left; full is false if the range is the last one.
func (r *Ranges) Next(ctx context.Context, sess database.Session, s Span, after []any) (last []any, full bool, err error) {
	rows, err := sess.QueryContext(ctx, r.query(sess, s, after))
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		n++
		if last, err = ScanKey(rows, len(s.Key)); err != nil {
			return nil, false, err
		}
	}
	return last, n == r.rows(), rows.Err()
}

// From finds the next range of rows that has one of the span: the first of its
// keys and the last, nil if no row of the span is left behind after. What lies
// before the first is passed over without a lock, however much it is; within the
// range the rows of the table are counted, those of the span or not, so that a
// statement on it has a bounded number of them to look at.
func (r *Ranges) From(ctx context.Context, sess database.Session, s Span, after []any) (first, last []any, err error) {
	list := strings.Join(s.list(sess), ", ")
	text := "SELECT " + list + " FROM " + sess.QuoteIdent(s.Table) + " WHERE "
	cond := s.conditions(sess, after, nil)
	if cond == "" {
		cond = "1 = 1"
	}
	if first, err = oneKey(ctx, sess, text+cond+" ORDER BY "+list+" LIMIT 1", len(s.Key)); first == nil {
		return nil, nil, err
	}
	text += AtLeast(sess, s.Key, first) + " ORDER BY "
	last, err = oneKey(ctx, sess, text+fmt.Sprintf("%s LIMIT 1 OFFSET %d", list, r.size-1), len(s.Key))
	if err == nil && last == nil { // there are fewer
		last, err = oneKey(ctx, sess, text+strings.Join(s.list(sess), " DESC, ")+" DESC LIMIT 1", len(s.Key))
	}
	if err == nil && last == nil { // everything from first on went meanwhile
		last = first
	}
	return first, last, err
}

// oneKey reads the only row of a query; nil if there is none.
func oneKey(ctx context.Context, sess database.Session, query string, columns int) (key []any, err error) {
	rows, err := sess.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		if key, err = ScanKey(rows, columns); err != nil {
			return nil, err
		}
	}
	return key, rows.Err()
}

// list is the columns of the key in SQL.
func (s Span) list(q Quoter) []string {
	var columns []string
	for _, k := range s.Key {
		columns = append(columns, q.QuoteIdent(k))
	}
	return columns
}

// query reads the keys of the next range behind after, in order.
func (r *Ranges) query(q Quoter, s Span, after []any) string {
	list := strings.Join(s.list(q), ", ")
	text := fmt.Sprintf("SELECT %s FROM %s", list, q.QuoteIdent(s.Table))
	if cond := s.conditions(q, after, nil); cond != "" {
		text += " WHERE " + cond
	}
	return text + fmt.Sprintf(" ORDER BY %s LIMIT %d", list, r.rows())
}
