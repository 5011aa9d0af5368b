package purge

import (
	"context"
	"slices"
	"time"

	"manage/engine/database"
	"manage/engine/ledger"
	"manage/engine/run"
	"manage/phases/backfill"
)

// Delete removes what is selected, children before parents, and returns how
// many rows of each kind went. Rows that are not selected any more, and those
// that something has come to refer to since Look, stay. It may be stopped at any
// time: what is removed is removed, and another purge goes on. The error is
// *Blocked if a reference was made while a batch was at work.
func (s *Service) Delete(ctx context.Context, sel *Selection) (Counts, error) {
	done := sel.Counts()
	for i := range done {
		done[i].N = 0
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
	if err := backfill.LockLess(ctx, held.Session()); err != nil {
		return done, err
	}
	d := &deleter{held: held, events: s.Events, refs: sel.references(), selection: sel,
		progress: ledger.Progress{Migration: progressName, Estimate: total, Started: time.Now().UTC()}}
	for _, p := range sel.order(d.refs) {
		d.ranges = s.ranges() // rows of another table may take longer by far
		n, err := d.part(ctx, p)
		for i := range done {
			if done[i].Kind == p.kind.Name {
				done[i].N += n
			}
		}
		if err != nil {
			return done, s.blame(ctx, sel, held.Why(ctx, err), done.Total())
		}
	}
	s.tell(Deleted{Rows: done.Total()})
	return done, nil
}

// Deleted is the event at the end of a purge, or of a table of a sweep.
type Deleted struct{ Rows int64 }

// order is that of the deletions: children before parents, by purge.toml and,
// beyond it, by foreign keys.
func (s *Selection) order(refs []reference) []*part {
	var ordered []*part
	rest := slices.Clone(s.parts)
	slices.Reverse(rest)
	referred := func(p *part) bool {
		return slices.ContainsFunc(refs, func(r reference) bool {
			return r.schema == "" && r.refTable == p.kind.Table && slices.ContainsFunc(rest, func(c *part) bool {
				return c != p && c.kind.Table == r.table && c.kind.Table != p.kind.Table
			})
		})
	}
	for len(rest) > 0 {
		i := max(0, slices.IndexFunc(rest, func(p *part) bool { return !referred(p) })) // a circle begins anywhere
		ordered = append(ordered, rest[i])
		rest = slices.Delete(rest, i, i+1)
	}
	return ordered
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
	held      *run.Held
	events    func(any)
	ranges    *backfill.Ranges
	selection *Selection
	refs      []reference
	progress  ledger.Progress
}

// part removes what is selected of one kind.
func (d *deleter) part(ctx context.Context, p *part) (int64, error) {
	var n int64
	for {
		removed, err := d.pass(ctx, p)
		n += removed
		// What the table's own rows referred to may go once those have gone.
		if err != nil || removed == 0 || !d.refersToItself(p) {
			return n, err
		}
	}
}

// pass removes what is selected of one kind and can go.
func (d *deleter) pass(ctx context.Context, p *part) (int64, error) {
	sess := d.held.Session()
	table, key := sess.QuoteIdent(p.kind.Table), sess.QuoteIdent(p.kind.Key)
	var total int64
	if p.limited {
		for chunk := range slices.Chunk(p.only, keysAtOnce) {
			n, err := d.batch(ctx, p, p.selected(table)+" AND "+in(key, chunk))
			total += n
			if err != nil {
				return total, err
			}
		}
		return total, nil
	}
	for _, some := range []struct {
		rows condition
		n    int64
	}{{p.chosen, p.count}, {p.orphan, p.orphans}} {
		if some.n == 0 {
			continue
		}
		n, err := d.span(ctx, p, some.rows(table))
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// keysAtOnce is how many rows of a limited selection go in one transaction.
const keysAtOnce = 500

// span removes the rows of a condition, a range of keys after the other.
func (d *deleter) span(ctx context.Context, p *part, where string) (int64, error) {
	var total int64
	sess, s := d.held.Session(), backfill.Span{Table: p.kind.Table, Key: []string{p.kind.Key}, Where: where}
	for after := []any(nil); ; {
		if ctx.Err() != nil {
			return total, &run.Interrupted{Began: d.progress.Rows > 0}
		}
		first, last, err := d.ranges.From(context.WithoutCancel(ctx), sess, s, after)
		if err != nil || first == nil {
			return total, err
		}
		n, err := d.batch(ctx, p, where+" AND "+backfill.AtLeast(sess, s.Key, first)+" AND "+backfill.KeyRange(sess, s.Key, nil, last))
		total += n
		if err != nil {
			return total, err
		}
		after = last
	}
}

// batch removes the rows of a condition in one transaction. Where the server
// looks after references, so need we not; only when it refuses, the batch is
// done again without the rows that are referred to.
func (d *deleter) batch(ctx context.Context, p *part, where string) (int64, error) {
	b := batch{deleter: d, part: p, where: where, refs: d.refsOf(p, false)}
	n, err := b.run(ctx)
	if database.ClassOf(err) == database.ConstraintFailed {
		b.refs = d.refsOf(p, true)
		n, err = b.run(ctx)
	}
	return n, err
}

// refsOf are the references that a batch has to look for before it removes rows
// of a part: those that the server does not look after, or all.
func (d *deleter) refsOf(p *part, all bool) []reference {
	var refs []reference
	for _, r := range d.refs {
		for _, t := range d.selection.targets(r.refTable) {
			own := t.table == p.kind.Table && r.schema == "" && r.table == r.refTable
			if t.part == p && (all || own || !r.enforced) {
				refs = append(refs, r)
			}
		}
	}
	return refs
}

// refersToItself reports whether rows of a kind's table refer to others of it.
func (d *deleter) refersToItself(p *part) bool {
	return slices.ContainsFunc(d.refs, func(r reference) bool {
		return r.schema == "" && r.table == p.kind.Table && r.refTable == p.kind.Table
	})
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
