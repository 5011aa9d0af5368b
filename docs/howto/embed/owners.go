package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	"manage/engine/database"
	"manage/phases/backfill"
)

// owners fills the owner of invoices from their notes, such as "for: Ann".
type owners struct{}

// Pending reports whether an invoice has no owner.
func (owners) Pending(ctx context.Context, q database.Querier) (bool, error) {
	rows, err := q.QueryContext(ctx, "SELECT 1 FROM invoices WHERE owner IS NULL LIMIT 1")
	if err != nil {
		return false, err
	}
	defer rows.Close()
	return rows.Next(), rows.Err()
}

// Batch does the next 500 invoices; the position is the last one's id.
func (owners) Batch(ctx context.Context, s database.Session, position string, _ time.Duration) (backfill.Batch, error) {
	after, _ := strconv.Atoi(position) // "" is the beginning
	notes, last, err := notesBehind(ctx, s, after)
	for id, note := range notes {
		owner := strings.TrimSpace(strings.TrimPrefix(note, "for:"))
		if _, err := s.ExecContext(ctx, "UPDATE invoices SET owner = ? WHERE id = ?", owner, id); err != nil {
			return backfill.Batch{}, err
		}
	}
	return backfill.Batch{Rows: int64(len(notes)), Position: strconv.Itoa(last), Done: len(notes) == 0}, err
}

// notesBehind reads the notes of the invoices that have no owner, and the id of
// the last of them.
func notesBehind(ctx context.Context, s database.Session, after int) (notes map[int]string, last int, err error) {
	rows, err := s.QueryContext(ctx, "SELECT id, note FROM invoices WHERE owner IS NULL AND id > ? ORDER BY id LIMIT 500", after)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	notes, last = map[int]string{}, after
	for rows.Next() {
		var note string
		if err := rows.Scan(&last, &note); err != nil {
			return nil, 0, err
		}
		notes[last] = note
	}
	return notes, last, rows.Err()
}
