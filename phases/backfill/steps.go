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

// steps is a declarative data migration: its steps one behind the other, each
// over the ranges of its table's key.
type steps struct {
	migration *catalog.Migration
	dialect   flavor.Dialect
	ranges    *Ranges
}

func newSteps(m *catalog.Migration, f flavor.Flavor, target time.Duration) *steps {
	return &steps{migration: m, dialect: f.Dialect, ranges: NewRanges(target)}
}

// place is a position within the steps, as the ledger keeps it.
type place struct {
	Step  int   `json:"step"`
	After []any `json:"after,omitempty"` // the last key that was handled
}

func (s *steps) close() error { return nil }

func (s *steps) size() int64 { return int64(s.ranges.size) }

func (s *steps) limit(rows int64) { s.ranges.most = int(rows) }

func (s *steps) shrink() { s.ranges.Halve() }

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
	last, full, err := s.ranges.Next(ctx, sess, s.span(st), at.After)
	if err != nil {
		return Batch{}, err
	}
	var rows int64
	if last != nil {
		if rows, err = s.change(ctx, sess, st, at.After, last); err != nil {
			return Batch{}, err
		}
	}
	s.ranges.Adapt(time.Since(began))
	next := place{Step: at.Step, After: last}
	if !full {
		next = place{Step: at.Step + 1}
	}
	text, err := json.Marshal(next)
	return Batch{Rows: rows, Position: string(text), Done: next.Step >= len(s.migration.Steps)}, err
}

// span is what a step is about.
func (s *steps) span(st catalog.MigrationStep) Span {
	where, _ := st.Where.For(s.dialect)
	return Span{Table: st.Table, Key: st.Key, Where: where}
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
		statement = strings.ReplaceAll(statement, "{range}", "("+KeyRange(sess, st.Key, after, last)+")")
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
		sess.QuoteIdent(st.Table), strings.Join(sets, ", "), s.span(st).conditions(sess, after, last)))
}

// execute runs a statement and returns how many rows it matched.
func execute(ctx context.Context, sess database.Session, statement string) (int64, error) {
	result, err := sess.ExecContext(ctx, statement)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}
