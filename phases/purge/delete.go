package purge

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"manage/engine/database"
	"manage/engine/ledger"
	"manage/engine/run"
	"manage/phases/backfill"
)

// Delete removes what is selected, children before parents, and returns how
// many rows of each kind went. Rows that something has come to refer to since
// Look stay. It may be stopped at any time: what is removed is removed, and
// another purge goes on. The error is *Blocked if a reference was made while a
// batch was at work.
func (s *Service) Delete(ctx context.Context, sel *Selection) (Counts, error) {
	var done Counts
	for _, p := range sel.parts {
		if p.kind.Keep == "" {
			done = append(done, Count{Kind: p.kind.Name, Title: p.kind.Title})
		}
	}
	total := sel.Counts().Total()
	if total == 0 {
		return done, nil
	}
	r := run.Runner{DB: s.DB, Catalog: s.Catalog.Name, VersionTable: s.Catalog.VersionTable, Options: s.Run, Faults: s.Faults}
	if s.Events != nil {
		r.Events = func(e run.Event) { s.Events(e) }
	}
	held, err := r.Acquire(ctx, progressName)
	if err != nil {
		return done, err
	}
	defer held.Release(context.WithoutCancel(ctx))
	d := &deleter{held: held, events: s.Events, refs: references(sel.live, sel.parts),
		progress: ledger.Progress{Migration: progressName, Estimate: total, Started: time.Now().UTC()}}
	for _, p := range slices.Backward(sel.parts) {
		d.ranges = s.ranges() // rows of another table may take longer by far
		n, err := d.part(ctx, p)
		for i := range done {
			if done[i].Kind == p.kind.Name {
				done[i].N += n
			}
		}
		if err != nil {
			return done, s.blame(ctx, sel, err, done.Total())
		}
	}
	return done, nil
}

// blame names the rows that made a statement fail, if references did.
func (s *Service) blame(ctx context.Context, sel *Selection, err error, deleted int64) error {
	if database.ClassOf(err) != database.ConstraintFailed {
		return err
	}
	looked := s.InTheWay(context.WithoutCancel(ctx), sel)
	if b, ok := looked.(*Blocked); ok {
		b.Deleted = deleted
		return b
	}
	return err
}

// deleter is one run of deletions.
type deleter struct {
	held     *run.Held
	events   func(any)
	ranges   *backfill.Ranges
	refs     []reference
	progress ledger.Progress
}

// part removes what is selected of one kind.
func (d *deleter) part(ctx context.Context, p *part) (int64, error) {
	l := &looker{sess: d.held.Session()}
	var spans []string
	if p.expired != "" && p.count > 0 {
		spans = append(spans, p.expired)
	}
	for _, chunk := range p.related.chunks() {
		spans = append(spans, l.text(p.kind.SoftDeleted)+" AND "+l.in(p.kind.Key, chunk))
	}
	for _, chunk := range p.orphans.chunks() {
		spans = append(spans, l.text(p.kind.Live)+" AND "+l.in(p.kind.Key, chunk))
	}
	var n int64
	for _, where := range spans {
		removed, err := d.span(ctx, p, where)
		n += removed
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// span removes the rows of a condition, a range of keys after the other. Where
// the server looks after references, so need we not; only when it refuses a
// range, that range is done again without the rows that are referred to.
func (d *deleter) span(ctx context.Context, p *part, where string) (int64, error) {
	var after []any
	var total int64
	careful := false
	for {
		n, last, err := d.batch(ctx, p, where, after, careful)
		if database.ClassOf(err) == database.ConstraintFailed && !careful {
			careful = true
			continue
		}
		total += n
		if err != nil || last == nil {
			return total, err
		}
		after, careful = last, false
	}
}

// batch removes one range; last is nil if there is none left.
func (d *deleter) batch(ctx context.Context, p *part, where string, after []any, careful bool) (n int64, last []any, err error) {
	var began time.Time
	err = d.held.Batch(ctx, func(ctx context.Context, sess database.Session) (ledger.Progress, error) {
		var err error
		began, n = time.Now(), 0
		last, err = d.ranges.Last(ctx, sess, backfill.Span{Table: p.kind.Table, Key: []string{p.kind.Key}, Where: where}, after)
		if err == nil && last != nil {
			n, err = d.remove(ctx, sess, p, d.condition(sess, p, where, careful, after, last))
		}
		return d.after(n), err
	})
	if err != nil {
		return 0, nil, err
	}
	if last != nil {
		took := time.Since(began)
		d.ranges.Adapt(took)
		d.progress = d.after(n)
		d.tell(took)
	}
	return n, last, nil
}

// condition is that of the rows of a range that are removed.
func (d *deleter) condition(sess database.Session, p *part, where string, careful bool, after, last []any) string {
	l := &looker{sess: sess}
	all := []string{where, backfill.KeyRange(sess, []string{p.kind.Key}, after, last)}
	for _, r := range d.refs {
		if r.refTable == p.kind.Table && r.table != r.refTable && (careful || !r.enforced) {
			all = append(all, l.unreferred(r, p.kind.Key, after, last))
		}
	}
	return strings.Join(all, " AND ")
}

// remove deletes rows, with what goes with them.
func (d *deleter) remove(ctx context.Context, sess database.Session, p *part, cond string) (int64, error) {
	l := &looker{sess: sess}
	for _, w := range p.kind.With {
		statement := fmt.Sprintf("DELETE FROM %s WHERE %s IN (SELECT %s FROM %s WHERE %s)",
			l.id(w.Table), l.id(w.Column), l.id(p.kind.Key), l.id(p.kind.Table), cond)
		if _, err := sess.ExecContext(ctx, statement); err != nil {
			return 0, err
		}
	}
	result, err := sess.ExecContext(ctx, "DELETE FROM "+l.id(p.kind.Table)+" WHERE "+cond)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// unreferred is the condition that nothing refers to a row. Where references are
// to the key, those to the range are looked up at once: a lookup for each row
// would read the whole table each time where the column has no index.
func (l *looker) unreferred(r reference, key string, after, last []any) string {
	if len(r.columns) == 1 && r.refColumns[0] == key {
		column := l.id(r.columns[0])
		return fmt.Sprintf("%s NOT IN (SELECT %s FROM %s WHERE %s IS NOT NULL AND %s)",
			l.id(key), column, l.id(r.table), column, backfill.KeyRange(l.sess, r.columns, after, last))
	}
	var join []string
	for i, c := range r.columns {
		join = append(join, fmt.Sprintf("c.%s = %s.%s", l.id(c), l.id(r.refTable), l.id(r.refColumns[i])))
	}
	return fmt.Sprintf("NOT EXISTS (SELECT 1 FROM %s c WHERE %s)", l.id(r.table), strings.Join(join, " AND "))
}

// after is the progress once n more rows are gone.
func (d *deleter) after(n int64) ledger.Progress {
	p := d.progress
	p.Rows += n
	p.Updated = time.Now().UTC()
	if p.Rows >= p.Estimate {
		p.Finished = &p.Updated
	}
	return p
}

// tell reports the batch that was just done.
func (d *deleter) tell(took time.Duration) {
	if d.events != nil {
		d.events(backfill.Batched{Migration: progressName, Rows: d.progress.Rows, Estimate: d.progress.Estimate, Started: d.progress.Started, Took: took})
	}
}
