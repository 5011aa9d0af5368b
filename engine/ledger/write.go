package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"manage/engine/database"
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
	return write{verb: update, table: s.at(LeaseTable),
		set: []field{{"beat", s.clock.now()}, {"expires", s.clock.after(s.ttl)}},
		key: s.leaseKey(token), missing: ErrLeaseLost}
}

func (s *sqlStore) leaseKey(token int64) []field {
	return []field{{"catalog", s.catalog}, {"token", number(token)}}
}

// apply does all writes, or none of them, and only if the lease still has the
// token. How, differs only in the number of messages to the server.
func (s *sqlStore) apply(ctx context.Context, token int64, writes ...write) error {
	all := append([]write{s.fence(token)}, writes...)
	open := s.q.InTransaction()
	if s.dialect() == flavor.MariaDB && !open && len(all) > 1 {
		return s.applyCompound(ctx, all)
	}
	message := s.dialect() == flavor.Postgres && tellable(writes)
	// With one write behind the fence, a message of PostgreSQL cannot be half
	// done: it is a transaction, and if the last row is missing nothing but
	// the lease was touched.
	own := !open && len(all) > 1 && !(message && len(all) == 2)
	if own {
		if err := s.q.Begin(ctx); err != nil {
			return err
		}
	}
	var err error
	if message {
		err = s.applyMessage(ctx, token, all)
	} else {
		err = s.applyEach(ctx, all)
	}
	if own {
		err = s.end(ctx, err)
	}
	return err
}

// end commits the transaction if err is nil, and rolls it back otherwise.
func (s *sqlStore) end(ctx context.Context, err error) error {
	if err == nil {
		err = s.q.Commit(ctx)
	}
	if err != nil && s.q.InTransaction() {
		// The first error is the one to report.
		_ = s.q.Rollback(context.WithoutCancel(ctx))
	}
	return err
}

// applyEach sends one statement after the other.
func (s *sqlStore) applyEach(ctx context.Context, writes []write) error {
	for _, w := range writes {
		n, err := s.exec(ctx, w.sql(s.dialect(), ""))
		if err != nil {
			return err
		}
		if n != 1 && w.missing != nil {
			return w.missing
		}
	}
	return nil
}

// exec sends a statement and returns how many rows it changed.
func (s *sqlStore) exec(ctx context.Context, text string) (int64, error) {
	result, err := s.q.ExecContext(ctx, text)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// tellable reports whether the last write alone tells if all rows were there.
func tellable(writes []write) bool {
	for i, w := range writes {
		if w.missing != nil && i < len(writes)-1 {
			return false
		}
	}
	return true
}

// applyMessage puts all statements into one message, to which PostgreSQL
// answers with the result of each, and the driver with that of the last one.
// Each is guarded by the token, so that the last one changes no row if the
// fence found none.
func (s *sqlStore) applyMessage(ctx context.Context, token int64, writes []write) error {
	texts := make([]string, len(writes))
	guard := "EXISTS (SELECT 1 FROM " + s.at(LeaseTable) + where(s.leaseKey(token), "") + ")"
	for i, w := range writes {
		if i == 0 {
			texts[i] = w.sql(s.dialect(), "")
		} else {
			texts[i] = w.sql(s.dialect(), guard)
		}
	}
	n, err := s.exec(ctx, strings.Join(texts, "; "))
	if err != nil || n == 1 {
		return err
	}
	return s.blame(ctx, writes)
}

// blame finds the write whose row was missing.
func (s *sqlStore) blame(ctx context.Context, writes []write) error {
	for _, w := range writes {
		if w.missing == nil {
			continue
		}
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

// missingRow begins the message of the error by which a compound statement
// says which write found no row.
const missingRow = "manage found no row for write "

// applyCompound puts a whole transaction into one compound statement, which
// MariaDB takes outside of stored programs (manual, "BEGIN NOT ATOMIC").
func (s *sqlStore) applyCompound(ctx context.Context, writes []write) error {
	var text strings.Builder
	text.WriteString("BEGIN NOT ATOMIC DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END; START TRANSACTION; ")
	for i, w := range writes {
		text.WriteString(w.sql(s.dialect(), "") + "; ")
		if w.missing != nil {
			fmt.Fprintf(&text, "IF ROW_COUNT() <> 1 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '%s%d'; END IF; ", missingRow, i)
		}
	}
	text.WriteString("COMMIT; END")
	_, err := s.q.ExecContext(ctx, text.String())
	var known *database.Error
	if errors.As(err, &known) {
		if _, digits, found := strings.Cut(known.Message, missingRow); found {
			if i, bad := strconv.Atoi(strings.TrimSpace(digits)); bad == nil && i < len(writes) {
				return writes[i].missing
			}
		}
	}
	return err
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
			return text + " ON DUPLICATE KEY UPDATE " + assignments(w.set)
		}
		columns := make([]string, len(w.key))
		for i, f := range w.key {
			columns[i] = f.column
		}
		return text + " ON CONFLICT (" + strings.Join(columns, ", ") + ") DO UPDATE SET " + assignments(w.set)
	case remove:
		return "DELETE FROM " + w.table + where(w.key, guard)
	}
	return "UPDATE " + w.table + " SET " + assignments(w.set) + where(w.key, guard)
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
func assignments(set []field) string {
	terms := make([]string, len(set))
	for i, f := range set {
		terms[i] = f.column + " = " + f.value
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
