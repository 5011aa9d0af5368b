package backfill

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/revision"
	"manage/migrations/catalog"
)

// steps is a declarative data migration: its steps one behind the other, each
// over the ranges of its table's key. It is used by one goroutine at a time.
type steps struct {
	migration *catalog.Migration
	dialect   flavor.Dialect
	kinds     [][]kind // of the columns of each step's key
	whole     []bool   // whether each step's key is a whole number
	tables    []int64  // about how many rows each step's table has
	rows      size
	most      int // rows of the next batch, beside the bounds; 0 for none

	next   cut
	sparse bool // whether to look for the next row before a range is cut
	dense  bool // whether nearly each number of the last range was a key (see stride)
	judged int  // batches that were judged (see futile)
	scout  *scout
}

// cut is the range of the next batch.
type cut struct {
	at    place
	first []any // the first key, nil for the one behind at.After
	last  []any // the last key; nil if nothing is left of this range
}

func newSteps(m *catalog.Migration, f flavor.Flavor, o Options) *steps {
	s := &steps{migration: m, dialect: f.Dialect, rows: newSize(o.target())}
	s.rows.cluster = f.Galera
	if o.fixed > 0 {
		s.rows.fix(o.fixed)
	}
	return s
}

// fork is another one for the same data migration, for another goroutine.
func (s *steps) fork() *steps {
	return &steps{migration: s.migration, dialect: s.dialect, kinds: s.kinds, whole: s.whole, tables: s.tables, rows: s.rows, judged: s.judged}
}

func (s *steps) close() error { return nil }

func (s *steps) size() int64 { return int64(s.rows.rows) }

func (s *steps) limit(rows int64) { s.most = int(rows) }

// Rejected is a statement of a data migration that the server refused. The
// position stands before the batch that it belongs to.
type Rejected struct {
	Migration string
	Step      int // from 1
	Source    revision.Source
	Statement string
	Range     string // the condition on the key; "" if no row was touched yet
	Err       error
}

func (e *Rejected) Error() string {
	return fmt.Sprintf("%s: the server refuses step %d of %s: %v", e.Source, e.Step, e.Migration, e.Err)
}

// Unwrap returns the server's error.
func (e *Rejected) Unwrap() error { return e.Err }

// rejected makes a *Rejected of an error that is the statement's own fault.
func (s *steps) rejected(step int, statement, keys string, err error) error {
	return rejected(s.migration, step, statement, keys, err)
}

func rejected(m *catalog.Migration, step int, statement, keys string, err error) error {
	switch database.ClassOf(err) {
	case database.LockTimeout, database.Deadlock, database.ConnectionLost, database.Unreachable, database.Interrupted, database.DiskFull, database.ReadOnly, database.HiddenRows:
		return err
	}
	return &Rejected{Migration: m.ID, Step: step + 1, Source: m.Steps[step].Source, Statement: statement, Range: keys, Err: err}
}

// try runs the statements of each step over no row and takes them back, so that
// what the server refuses is not found after hours.
func (s *steps) try(ctx context.Context, sess database.Session) error {
	for i, st := range s.migration.Steps {
		none := s.noRow(st)
		for _, statement := range s.statements(st, none) {
			if !strings.Contains(statement, none) {
				continue // it would touch rows
			}
			if err := s.tryOne(ctx, sess, statement); err != nil {
				err = s.rejected(i, statement, "", err)
				if _, ok := err.(*Rejected); ok {
					return err
				}
			}
		}
	}
	return nil
}

// noRow is a condition that holds for no row. It names the columns of the key,
// as that of a batch does: they may mean nothing in a statement, or two things.
func (s *steps) noRow(st catalog.MigrationStep) string {
	var all []string
	for _, k := range st.Key {
		all = append(all, quote(k, s.dialect)+" IS NULL")
	}
	return "(1 = 0 AND " + strings.Join(all, " AND ") + ")"
}

func (s *steps) tryOne(ctx context.Context, sess database.Session, statement string) error {
	if err := sess.Begin(ctx); err != nil {
		return err
	}
	_, err := sess.ExecContext(ctx, statement)
	if back := sess.Rollback(ctx); err == nil {
		err = back
	}
	return err
}

func (s *steps) pending(ctx context.Context, sess database.Session) (bool, int64, error) {
	query, _ := s.migration.Pending.For(s.dialect)
	rows, err := sess.QueryContext(ctx, query)
	if err != nil {
		return false, 0, fmt.Errorf("pending query of %s: %w", s.migration.ID, err)
	}
	found := rows.Next()
	return found, 0, rows.Close()
}

// prepare finds the range of the next batch. It is called outside of a
// transaction: what it passes over is neither locked nor kept from others.
func (s *steps) prepare(ctx context.Context, sess database.Session, position string) error {
	at, err := s.place(position)
	if err != nil {
		return err
	}
	if at.Step != s.next.at.Step {
		s.sparse, s.dense = false, false
	}
	s.next = cut{at: at}
	if at.Step >= len(s.migration.Steps) {
		return nil
	}
	st := s.migration.Steps[at.Step]
	if len(s.statements(st, "")) == 0 {
		return nil
	}
	span := s.span(at.Step)
	s.rows.bound(s.tables[at.Step], alone(s.dialect))
	if at.Until == nil {
		if s.next.at.Until, err = span.last(ctx, sess); err != nil || s.next.at.Until == nil {
			return err
		}
	}
	if s.sparse {
		cond := span.conditions(sess, at.After, nil)
		s.next.first, err = span.first(ctx, sess, cond, s.next.at.Until)
		if err != nil {
			return s.rejected(at.Step, span.from(sess.QuoteIdent(span.Table), cond, span.order(sess, "")), cond, err)
		}
		if s.next.first == nil {
			return nil
		}
	} else if last, ok := s.scout.take(at, s.allowed()); ok {
		s.next.last = last
		return nil
	}
	return s.cut(ctx, sess)
}

// allowed is how many rows the next range may have.
func (s *steps) allowed() int {
	if s.most > 0 {
		return min(s.rows.rows, s.most)
	}
	return s.rows.rows
}

// cut finds the end of the range that prepare began.
func (s *steps) cut(ctx context.Context, sess database.Session) (err error) {
	if last, ok := s.stride(); ok {
		s.next.last = last
		return nil
	}
	span := s.span(s.next.at.Step)
	from := KeyRange(sess, span.Key, s.next.at.After, nil)
	if s.next.first != nil {
		from = AtLeast(sess, span.Key, s.next.first)
	}
	if s.next.last, err = span.bound(ctx, sess, from, s.next.at.Until, s.allowed()); err == nil && s.next.last == nil && s.next.first != nil {
		s.next.last = s.next.first // it went meanwhile, and all behind it
	}
	return err
}

// recut cuts the range anew, after a batch that did not get its locks.
func (s *steps) recut(ctx context.Context, sess database.Session) error {
	s.rows.shrink()
	if s.next.last == nil {
		return nil
	}
	return s.cut(ctx, sess)
}

// batch changes the range that prepare found.
func (s *steps) batch(ctx context.Context, sess database.Session, position string) (Batch, error) {
	at := s.next.at
	if s.next.last == nil {
		return s.past(at, 0), nil
	}
	if slices.Equal(s.next.last, at.After) {
		return Batch{}, s.stands(sess, at)
	}
	began := time.Now()
	// Rows and position are one transaction: what a server that went down has
	// lost of them is done again.
	if err := sess.LazyCommit(ctx); err != nil {
		return Batch{}, err
	}
	if !s.sparse && !s.dense && s.most == 0 && !slices.Equal(s.next.last, at.Until) {
		s.scout.ask(context.WithoutCancel(ctx), s.span(at.Step), at.Step, s.next.last, at.Until, s.rows.rows)
	}
	rows, err := s.change(ctx, sess)
	if err != nil {
		return Batch{}, err
	}
	s.rows.adapt(time.Since(began))
	s.sparse = s.span(at.Step).Where != "" && rows < int64(s.rows.rows/4)
	s.dense = s.packed(rows)
	if slices.Equal(s.next.last, at.Until) {
		return s.past(at, rows), nil
	}
	at.After = s.next.last
	return Batch{Rows: rows, Position: at.String()}, nil
}

// stands is the error of a key that the server reads as it read the one before
// it, such as a number that it writes with too few digits: to go on behind it is
// to stay there.
func (s *steps) stands(q Quoter, at place) error {
	st, span := s.migration.Steps[at.Step], s.span(at.Step)
	return &BadKey{Migration: s.migration.ID, Step: at.Step + 1, Source: st.Source, Table: st.Table, Key: st.Key, Begun: true,
		Reason: fmt.Sprintf("behind %s the server has another key that reads the same", span.named(q, at.After))}
}

// past is the end of a range, after so many rows: that of a part is done, and
// else the next step begins.
func (s *steps) past(at place, rows int64) Batch {
	if at.Part {
		at.After = at.Until
		return Batch{Rows: rows, Position: at.String(), Done: true}
	}
	next := place{Step: at.Step + 1}
	return Batch{Rows: rows, Position: next.String(), Done: next.Step >= len(s.migration.Steps)}
}

// span is what a step is about.
func (s *steps) span(step int) Span {
	st := s.migration.Steps[step]
	where, _ := st.Where.For(s.dialect)
	span := Span{Table: st.Table, Key: st.Key, Where: where}
	if s.kinds != nil {
		span.kinds = s.kinds[step]
	}
	return span
}

// change runs the statements of a step on the range, and returns how many rows
// they matched.
func (s *steps) change(ctx context.Context, sess database.Session) (int64, error) {
	step := s.next.at.Step
	st, span := s.migration.Steps[step], s.span(step)
	keys := KeyRange(sess, st.Key, s.next.at.After, s.next.last)
	if s.next.first != nil {
		keys = AtLeast(sess, st.Key, s.next.first) + " AND " + KeyRange(sess, st.Key, nil, s.next.last)
	}
	var total int64
	for _, statement := range s.statements(st, "("+keys+")") {
		n, err := execute(ctx, sess, statement)
		if err != nil {
			return total, s.rejected(step, statement, keys, err)
		}
		total += n
	}
	return total, s.futile(ctx, sess, span, both(span.Where, keys), total)
}

// statements are those of a step on a range of keys.
func (s *steps) statements(st catalog.MigrationStep, keys string) []string {
	if len(st.Set) > 0 {
		return s.update(st, keys)
	}
	var all []string
	for _, text := range st.Statements {
		if statement, ok := text.For(s.dialect); ok {
			all = append(all, strings.ReplaceAll(statement, catalog.RangePlaceholder, keys))
		}
	}
	return all
}

// update is the statement of a step that sets columns.
func (s *steps) update(st catalog.MigrationStep, keys string) []string {
	var sets []string
	for _, column := range st.SetOrder {
		if value, ok := st.Set[column].For(s.dialect); ok {
			sets = append(sets, quote(column, s.dialect)+" = "+value)
		}
	}
	if len(sets) == 0 {
		return nil
	}
	where, _ := st.Where.For(s.dialect)
	return []string{fmt.Sprintf("UPDATE %s SET %s WHERE %s", quote(st.Table, s.dialect), strings.Join(sets, ", "), both(where, keys))}
}

// execute runs a statement and returns how many rows it matched.
func execute(ctx context.Context, sess database.Session, statement string) (int64, error) {
	result, err := sess.ExecContext(ctx, statement)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}
