package backfill

import (
	"context"
	"fmt"
	"slices"
	"time"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/ledger"
)

// A step that several workers share is cut into ranges, more than there are
// workers, so that the uneven ones level out. Each has a row of its own in the
// ledger: the data migration's, which is the first range and says which step it
// is about, and "1", "2" and so on for the others.
const (
	rangesEach = 4  // ranges for each worker
	keysEach   = 16 // keys that are looked at for each range
	// leastSplit is how many rows a step must have to be worth more than one
	// range.
	leastSplit = 500
)

// split runs the steps, each of which is cut into ranges that workers take from
// a queue. Ranges that an earlier run cut are gone on with as they are.
func (r *runner) split(ctx context.Context, s *steps) error {
	for {
		at, err := s.place(r.main.progress.Position)
		if err != nil || at.Step >= len(r.migration.Steps) {
			return err
		}
		if !at.Part {
			if at, err = r.cut(ctx, s, at); err != nil {
				return err
			}
		}
		if at.Part {
			if err := r.work(ctx, s, at); err != nil {
				return err
			}
		}
		// The next step begins when all ranges of this one are done.
		next := place{Step: at.Step + 1}
		r.main.progress.Position = next.String()
		if next.Step >= len(r.migration.Steps) {
			r.main.progress.Finished = &time.Time{}
		}
		if err := r.save(ctx); err != nil {
			return err
		}
		if r.main.progress.Finished != nil {
			return nil
		}
	}
}

// cut cuts what is left of a step into ranges and records them. Nothing is left
// if the place that it returns is no part.
func (r *runner) cut(ctx context.Context, s *steps, at place) (place, error) {
	if err := r.halted(""); err != nil {
		return at, err
	}
	sess, span, work := r.held.Session(), s.span(at.Step), context.WithoutCancel(ctx)
	if span.kinds == nil {
		return at, nil // nothing for this server
	}
	var err error
	if at.Until == nil {
		if at.Until, err = span.last(work, sess); err != nil || at.Until == nil {
			return at, err
		}
	}
	var points [][]any
	if r.workers() > 1 {
		if points, err = span.points(work, sess, at, s.tables[at.Step], r.workers()*rangesEach); err != nil {
			return at, err
		}
	}
	places := rangesOf(at, points)
	r.main.progress.Position = places[0].String()
	for i, p := range places[1:] {
		part := r.part(fmt.Sprint(i + 1))
		part.Position, part.Finished = p.String(), nil
	}
	return places[0], r.save(ctx)
}

// part is the range of a name, which an earlier run may have left.
func (r *runner) part(name string) *ledger.Progress {
	i := slices.IndexFunc(r.parts, func(p ledger.Progress) bool { return p.Range == name })
	if i < 0 {
		i = len(r.parts)
		r.parts = append(r.parts, ledger.Progress{Migration: r.migration.ID, Range: name})
	}
	return &r.parts[i]
}

// rangesOf cuts the range of a place at keys, which are in order and lie within
// it.
func rangesOf(at place, points [][]any) []place {
	at.Part = true
	var all []place
	for _, p := range points {
		if slices.Equal(p, at.Until) || slices.Equal(p, at.After) {
			continue
		}
		first := at
		first.Until = p
		all = append(all, first)
		at.After = p
	}
	return append(all, at)
}

// points finds keys that cut a range into about n ranges of the same size. The
// server picks some rows by chance, and sorts their keys.
func (s Span) points(ctx context.Context, sess database.Session, at place, rows int64, n int) ([][]any, error) {
	if rows < leastSplit {
		return nil, nil
	}
	part := min(1, float64(n*keysEach)/float64(rows))
	keys, err := s.some(ctx, sess, at, part)
	for err == nil && len(keys) < 2*n && part < 1 { // there are fewer rows than the server thinks
		part = min(1, part*keysEach)
		keys, err = s.some(ctx, sess, at, part)
	}
	if err != nil {
		return nil, err
	}
	return cuts(keys, n), nil
}

// cuts picks n-1 of some keys, at the same distance from each other: fewer, if
// there are less than two keys for each.
func cuts(keys [][]any, n int) [][]any {
	n = min(n, len(keys)/2)
	var points [][]any
	for i := 1; i < n; i++ {
		points = append(points, keys[i*len(keys)/n])
	}
	return points
}

// some reads the keys of a part of the rows, in order.
func (s Span) some(ctx context.Context, sess database.Session, at place, part float64) ([][]any, error) {
	table, chance := sess.QuoteIdent(s.Table), fmt.Sprintf("RAND() < %.12f", part)
	if sess.Flavor().Dialect == flavor.Postgres {
		chance = fmt.Sprintf("random() < %.12f", part)
		if part < 0.01 { // by pages: it need not read them all
			table, chance = table+fmt.Sprintf(" TABLESAMPLE SYSTEM (%.12f)", part*100), ""
		}
	}
	cond := KeyRange(sess, s.Key, at.After, at.Until)
	if chance != "" {
		cond += " AND " + chance
	}
	rows, err := sess.QueryContext(ctx, s.from(table, cond, s.reading(sess))+" ORDER BY "+s.order(sess, ""))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var keys [][]any
	for rows.Next() {
		key, err := scan(rows, s.kinds)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, rows.Err()
}
