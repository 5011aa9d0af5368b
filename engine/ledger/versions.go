package ledger

import (
	"context"
	"slices"
)

// Rows implements Store.
func (s *sqlStore) Rows(ctx context.Context) ([]string, bool, error) {
	found, err := s.exists(ctx, s.versions)
	if err != nil || !found {
		return nil, false, err
	}
	rows := []string{}
	err = s.each(ctx, source{table: s.versions, columns: []string{"version_num"}, keys: 1}, s.at(s.versions), func(r *row) {
		rows = append(rows, r.name())
	})
	if err != nil {
		return nil, true, err
	}
	slices.Sort(rows)
	s.rows, s.rowsRead, s.unsure = rows, true, s.q.InTransaction()
	return slices.Clone(rows), true, nil
}

// SetRows implements Store.
func (s *sqlStore) SetRows(ctx context.Context, token int64, rows []string) error {
	writes, err := s.rowWrites(ctx, rows)
	if err != nil {
		return err
	}
	return s.written(rows, s.apply(ctx, token, writes...))
}

// written remembers rows as those in the table, if err is nil. After an error,
// also that of a transaction rolled back later, they have to be read again.
func (s *sqlStore) written(rows []string, err error) error {
	if err != nil {
		s.rowsRead = false
		return err
	}
	s.rows, s.rowsRead, s.unsure = sorted(rows), true, s.q.InTransaction()
	return nil
}

// rowWrites are the writes that make rows the version rows. They change as
// few rows as possible, and an update is preferred to a removal and an insert,
// as Alembic does it.
func (s *sqlStore) rowWrites(ctx context.Context, rows []string) ([]write, error) {
	if err := s.ensure(ctx, s.versionsTable()); err != nil {
		return nil, err
	}
	if !s.rowsRead || s.unsure && slices.Equal(s.rows, sorted(rows)) {
		if _, _, err := s.Rows(ctx); err != nil {
			return nil, err
		}
	}
	add, drop := without(sorted(rows), s.rows), without(s.rows, rows)
	table := s.at(s.versions)
	column := func(v string) []field { return []field{{"version_num", s.q.QuoteLiteral(v)}} }
	var writes []write
	for len(add) > 0 && len(drop) > 0 {
		writes = append(writes, write{verb: update, table: table, set: column(add[0]), key: column(drop[0]), missing: ErrRowsChanged})
		add, drop = add[1:], drop[1:]
	}
	for _, v := range drop {
		writes = append(writes, write{verb: remove, table: table, key: column(v), missing: ErrRowsChanged})
	}
	for _, v := range add {
		writes = append(writes, write{verb: insert, table: table, set: column(v)})
	}
	return writes, nil
}

// Complete implements Store. Version rows come last, because on PostgreSQL the
// last write of a message is the one that tells.
func (s *sqlStore) Complete(ctx context.Context, token int64, c Completion) (next int64, err error) {
	writes, err := s.completion(ctx, c)
	if err == nil && c.Next != nil {
		next = s.lastID
	}
	if err == nil {
		err = s.apply(ctx, token, writes...)
	}
	if err != nil {
		s.lastID, next = 0, 0
	}
	if c.Rows != nil {
		err = s.written(c.Rows, err)
	}
	return next, err
}

// completion are the writes of Complete.
func (s *sqlStore) completion(ctx context.Context, c Completion) ([]write, error) {
	var writes []write
	if c.Attempt.ID != 0 {
		writes = append(writes, s.finish(c.Attempt.ID, c.Attempt.Done, nil))
	} else {
		entry, err := s.entry(ctx, c.Attempt, true)
		if err != nil {
			return nil, err
		}
		writes = append(writes, entry)
	}
	if c.Next != nil {
		entry, err := s.entry(ctx, *c.Next, false)
		if err != nil {
			return nil, err
		}
		writes = append(writes, entry)
	}
	if c.Rows == nil {
		return writes, nil
	}
	rows, err := s.rowWrites(ctx, c.Rows)
	return append(writes, rows...), err
}

// sorted is a sorted copy without repetitions.
func sorted(rows []string) []string { return slices.Compact(slices.Sorted(slices.Values(rows))) }

// without returns the rows that are not among those.
func without(rows, those []string) []string {
	var rest []string
	for _, r := range rows {
		if !slices.Contains(those, r) {
			rest = append(rest, r)
		}
	}
	return rest
}
