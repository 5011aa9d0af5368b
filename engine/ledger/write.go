package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"manage/engine/flavor"
)

// verb is what a write does to one row.
type verb int

const (
	insert verb = iota
	update
	remove
	upsert
)

// field is a column and a value, which is SQL text already.
type field struct{ column, value string }

// write changes exactly one row of one table. That it is a value lets the
// dialects put several of them, and the check of the lease, in one statement.
type write struct {
	verb  verb
	table string // quoted where it must be
	set   []field
	key   []field // the row, of all but insert
	fresh []field // of upsert: what only a new row gets
	// missing is the error of update and remove if the row is not there.
	missing error
}

// fence is the write that checks the token: it extends the lease's row, so
// that it also holds the row until the transaction ends. Checking by reading
// would not do on Galera, where only what is written is certified.
func (s *sqlStore) fence(token int64) write {
	return write{verb: update, table: LeaseTable,
		set: []field{{"beat", s.clock.now()}, {"expires", s.clock.after(s.ttl)}},
		key: []field{{"catalog", s.catalog}, {"token", number(token)}}, missing: ErrLeaseLost}
}

// apply does all writes, or none of them, and only if the lease still has the
// token.
func (s *sqlStore) apply(ctx context.Context, token int64, writes ...write) error {
	all := append([]write{s.fence(token)}, writes...)
	switch {
	case s.dialect() == flavor.Postgres:
		return s.applyAtOnce(ctx, all)
	case s.dialect().MySQLFamily() && joinable(all):
		return s.applyJoined(ctx, all)
	}
	own, err := s.begin(ctx, true)
	if err != nil {
		return err
	}
	return s.end(ctx, own, s.applyEach(ctx, all))
}

// applyEach sends one statement after the other inside a transaction.
func (s *sqlStore) applyEach(ctx context.Context, writes []write) error {
	for _, w := range writes {
		result, err := s.q.ExecContext(ctx, w.sql(s.dialect(), ""))
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return err
		}
		if n != 1 && w.missing != nil {
			return w.missing
		}
	}
	return nil
}

// applyAtOnce puts the fence and what depends on it into one statement: data
// modifying WITH queries see whether the fence found its row (PostgreSQL
// manual, "Data-Modifying Statements in WITH").
func (s *sqlStore) applyAtOnce(ctx context.Context, writes []write) error {
	var with, counts []string
	for i, w := range writes {
		guard := "EXISTS (SELECT 1 FROM w0)"
		if i == 0 {
			guard = ""
		}
		with = append(with, fmt.Sprintf("w%d AS (%s RETURNING 1)", i, w.sql(s.dialect(), guard)))
		counts = append(counts, fmt.Sprintf("(SELECT count(*) FROM w%d)", i))
	}
	text := "WITH " + strings.Join(with, ", ") + " SELECT " + strings.Join(counts, ", ")
	affected := make([]int64, len(writes))
	into := make([]any, len(writes))
	for i := range affected {
		into[i] = &affected[i]
	}
	// With one write behind the fence, nothing can be half done: either the
	// write's row was there, or only the lease was extended.
	own, err := s.begin(ctx, len(writes) > 2)
	if err != nil {
		return err
	}
	err = s.one(ctx, text, into...)
	for i := 0; err == nil && i < len(writes); i++ {
		if affected[i] != 1 {
			err = writes[i].missing
		}
	}
	return s.end(ctx, own, err)
}

// joinable reports whether the writes can be one UPDATE of several tables.
func joinable(writes []write) bool {
	seen := map[string]bool{}
	for _, w := range writes {
		if w.verb != update || seen[w.table] {
			return false
		}
		seen[w.table] = true
	}
	return true
}

// applyJoined changes one row in each of several tables by one statement
// (MySQL manual, "UPDATE Statement", multiple-table syntax), which saves the
// messages of a transaction. If one row is missing, none is changed.
func (s *sqlStore) applyJoined(ctx context.Context, writes []write) error {
	var tables, set, where []string
	for _, w := range writes {
		tables = append(tables, w.table)
		set = append(set, assignments(w.table+".", w.set))
		for _, f := range w.key {
			where = append(where, w.table+"."+f.column+" = "+f.value)
		}
	}
	result, err := s.q.ExecContext(ctx, "UPDATE "+strings.Join(tables, ", ")+
		" SET "+strings.Join(set, ", ")+" WHERE "+strings.Join(where, " AND "))
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err != nil || n > 0 {
		return err
	}
	return s.blame(ctx, writes)
}

// blame finds the write whose row was missing.
func (s *sqlStore) blame(ctx context.Context, writes []write) error {
	for _, w := range writes {
		var n int64
		if err := s.one(ctx, "SELECT count(*) FROM "+w.table+where(w.key, ""), &n); err != nil {
			return err
		}
		if n == 0 {
			return w.missing
		}
	}
	// All rows are there now: what was missing came back in between, which
	// only another holder can have done.
	return ErrLeaseLost
}

// sql is the write as one statement that does nothing where guard, if there is
// one, is not true.
func (w write) sql(d flavor.Dialect, guard string) string {
	switch w.verb {
	case insert:
		return w.insert(w.set, guard)
	case upsert:
		text := w.insert(slices.Concat(w.key, w.fresh, w.set), guard)
		if d.MySQLFamily() {
			return text + " ON DUPLICATE KEY UPDATE " + assignments("", w.set)
		}
		columns := make([]string, len(w.key))
		for i, f := range w.key {
			columns[i] = f.column
		}
		return text + " ON CONFLICT (" + strings.Join(columns, ", ") + ") DO UPDATE SET " + assignments("", w.set)
	case remove:
		return "DELETE FROM " + w.table + where(w.key, guard)
	}
	return "UPDATE " + w.table + " SET " + assignments("", w.set) + where(w.key, guard)
}

// insert is the INSERT of one row with these fields.
func (w write) insert(row []field, guard string) string {
	columns, values := make([]string, len(row)), make([]string, len(row))
	for i, f := range row {
		columns[i], values[i] = f.column, f.value
	}
	text := "INSERT INTO " + w.table + " (" + strings.Join(columns, ", ") + ")"
	if guard == "" {
		return text + " VALUES (" + strings.Join(values, ", ") + ")"
	}
	return text + " SELECT " + strings.Join(values, ", ") + " WHERE " + guard
}

// assignments is the list behind SET.
func assignments(prefix string, set []field) string {
	terms := make([]string, len(set))
	for i, f := range set {
		terms[i] = prefix + f.column + " = " + f.value
	}
	return strings.Join(terms, ", ")
}

// where is the condition that all fields of key, and guard, hold.
func where(key []field, guard string) string {
	var terms []string
	for _, f := range key {
		terms = append(terms, f.column+" = "+f.value)
	}
	if guard != "" {
		terms = append(terms, guard)
	}
	return " WHERE " + strings.Join(terms, " AND ")
}

// begin opens a transaction if one is needed and none is open, and reports
// whether it did.
func (s *sqlStore) begin(ctx context.Context, needed bool) (bool, error) {
	if !needed || s.q.InTransaction() {
		return false, nil
	}
	return true, s.q.Begin(ctx)
}

// end closes a transaction that begin opened: for good if err is nil, else by
// rolling it back. It returns the first error.
func (s *sqlStore) end(ctx context.Context, own bool, err error) error {
	if !own {
		return err
	}
	if err == nil {
		err = s.q.Commit(ctx)
	}
	if err != nil && s.q.InTransaction() {
		_ = s.q.Rollback(context.WithoutCancel(ctx))
	}
	return err
}
