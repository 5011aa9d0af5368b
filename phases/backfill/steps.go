package backfill

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"manage/engine/catalog"
	"manage/engine/database"
	"manage/engine/flavor"
)

// The size of a batch in rows: where it begins, and its bounds. It grows and
// shrinks so that a batch takes the target time.
const (
	firstSize = 1000
	leastSize = 50
	mostSize  = 20_000
)

// steps is a declarative data migration: its steps one behind the other, each
// over the ranges of its table's key.
type steps struct {
	migration *catalog.Migration
	dialect   flavor.Dialect
	target    time.Duration
	size      int
}

func newSteps(m *catalog.Migration, f flavor.Flavor, target time.Duration) *steps {
	return &steps{migration: m, dialect: f.Dialect, target: target, size: firstSize}
}

// place is a position within the steps, as the ledger keeps it.
type place struct {
	Step  int   `json:"step"`
	After []any `json:"after,omitempty"` // the last key that was handled
}

func (s *steps) close() error { return nil }

func (s *steps) pending(ctx context.Context, sess database.Session) (bool, int64, error) {
	query, _ := s.migration.Pending.For(s.dialect)
	rows, err := sess.QueryContext(ctx, query)
	if err != nil {
		return false, 0, fmt.Errorf("pending query of %s: %w", s.migration.ID, err)
	}
	found := rows.Next()
	if err := rows.Close(); err != nil || !found {
		return found, 0, err
	}
	estimate, err := Count(ctx, sess, s.migration, sess.Flavor())
	return found, estimate, err
}

// Count counts the rows that the steps of a data migration have still to
// change; a step without a condition counts all of its table.
func Count(ctx context.Context, q database.Querier, m *catalog.Migration, f flavor.Flavor) (int64, error) {
	var total int64
	for _, st := range m.Steps {
		query := "SELECT COUNT(*) FROM " + quote(st.Table, f.Dialect)
		if where, ok := st.Where.For(f.Dialect); ok {
			query += " WHERE " + where
		}
		rows, err := q.QueryContext(ctx, query)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", m.ID, err)
		}
		var n int64
		if rows.Next() {
			err = rows.Scan(&n)
		}
		if closeErr := rows.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// batch does the next range of keys.
func (s *steps) batch(ctx context.Context, sess database.Session, position string) (Batch, error) {
	at := place{}
	if position != "" {
		if err := json.Unmarshal([]byte(position), &at); err != nil {
			return Batch{}, fmt.Errorf("the recorded position of %s cannot be read: %q", s.migration.ID, position)
		}
	}
	if at.Step >= len(s.migration.Steps) {
		return Batch{Position: position, Done: true}, nil
	}
	st := s.migration.Steps[at.Step]
	began := time.Now()
	last, full, err := s.lastKey(ctx, sess, st, at.After)
	if err != nil {
		return Batch{}, err
	}
	var rows int64
	if last != nil {
		if rows, err = s.change(ctx, sess, st, at.After, last); err != nil {
			return Batch{}, err
		}
	}
	s.adapt(time.Since(began))
	next := place{Step: at.Step, After: last}
	if !full {
		next = place{Step: at.Step + 1}
	}
	text, err := json.Marshal(next)
	return Batch{Rows: rows, Position: string(text), Done: next.Step >= len(s.migration.Steps)}, err
}

// adapt makes the next batch larger or smaller. It grows by half at most, and
// shrinks at once as far as it must.
func (s *steps) adapt(took time.Duration) {
	size := mostSize
	if took > 0 {
		size = int(float64(s.size) * float64(s.target) / float64(took))
	}
	s.size = min(max(size, leastSize), mostSize, s.size+s.size/2)
}

// lastKey finds the last key of the next range: the size-th row behind after
// that the step is about. It returns nil if there is none; full is false if
// the range is the last one.
func (s *steps) lastKey(ctx context.Context, sess database.Session, st catalog.MigrationStep, after []any) (last []any, full bool, err error) {
	columns := make([]string, len(st.Key))
	for i, k := range st.Key {
		columns[i] = sess.QuoteIdent(k)
	}
	list := strings.Join(columns, ", ")
	query := fmt.Sprintf("SELECT %s FROM %s", list, sess.QuoteIdent(st.Table))
	if cond := s.conditions(sess, st, after, nil); cond != "" {
		query += " WHERE " + cond
	}
	query += fmt.Sprintf(" ORDER BY %s LIMIT %d", list, s.size)
	rows, err := sess.QueryContext(ctx, query)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		n++
		if last, err = scanKey(rows, len(columns)); err != nil {
			return nil, false, err
		}
	}
	return last, n == s.size, rows.Err()
}

// conditions joins the step's own condition with the range of keys.
func (s *steps) conditions(sess database.Session, st catalog.MigrationStep, after, last []any) string {
	var all []string
	if where, ok := st.Where.For(s.dialect); ok && where != "" {
		all = append(all, "("+where+")")
	}
	if r := keyRange(sess, st.Key, after, last); r != "" {
		all = append(all, r)
	}
	return strings.Join(all, " AND ")
}

// change runs the statements of a step on one range.
func (s *steps) change(ctx context.Context, sess database.Session, st catalog.MigrationStep, after, last []any) (int64, error) {
	if len(st.Set) > 0 {
		return s.update(ctx, sess, st, after, last)
	}
	var total int64
	for _, text := range st.Statements {
		statement, ok := text.For(s.dialect)
		if !ok {
			continue
		}
		statement = strings.ReplaceAll(statement, "{range}", "("+keyRange(sess, st.Key, after, last)+")")
		n, err := execute(ctx, sess, statement)
		if err != nil {
			return total, err
		}
		total += n
	}
	return total, nil
}

// update is the statement of a step that sets columns.
func (s *steps) update(ctx context.Context, sess database.Session, st catalog.MigrationStep, after, last []any) (int64, error) {
	var sets []string
	for _, column := range st.SetOrder {
		if value, ok := st.Set[column].For(s.dialect); ok {
			sets = append(sets, sess.QuoteIdent(column)+" = "+value)
		}
	}
	if len(sets) == 0 {
		return 0, nil
	}
	return execute(ctx, sess, fmt.Sprintf("UPDATE %s SET %s WHERE %s",
		sess.QuoteIdent(st.Table), strings.Join(sets, ", "), s.conditions(sess, st, after, last)))
}

// execute runs a statement and returns how many rows it matched.
func execute(ctx context.Context, sess database.Session, statement string) (int64, error) {
	result, err := sess.ExecContext(ctx, statement)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}
