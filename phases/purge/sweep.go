package purge

import (
	"context"
	"fmt"
	"time"

	"manage/migrations/catalog"
)

// SweepRequest is what a sweep was asked for.
type SweepRequest struct {
	Sweep string // by its name in purge.toml
	// Before bounds the time of deletion.
	Before time.Time
	// Limit is how many rows go from each table, the oldest first; negative
	// for all.
	Limit int64
}

// Sweeping is the event before a table of a sweep.
type Sweeping struct {
	Table  string
	Before time.Time
}

// Swept is the event after a table of a sweep.
type Swept struct {
	Table string
	Rows  int64
}

// Sweep purges table by table. A table with rows that something else refers to
// stops it with *Blocked before any row of that table is removed; the tables
// before it stay purged.
func (s *Service) Sweep(ctx context.Context, req SweepRequest) error {
	rules, err := s.rules()
	if err != nil {
		return err
	}
	sweep := rules.Sweep(req.Sweep)
	if sweep == nil {
		return fmt.Errorf("the catalog %s has no purge called %s", s.Catalog.Name, req.Sweep)
	}
	if err := s.sweepable(ctx, sweep); err != nil {
		return err
	}
	for _, t := range sweep.Tables {
		s.tell(Sweeping{Table: t.Table, Before: req.Before})
		n, err := s.sweepTable(ctx, t, req)
		if err != nil {
			return err
		}
		s.tell(Swept{Table: t.Table, Rows: n})
	}
	return nil
}

// sweepTable purges one table.
func (s *Service) sweepTable(ctx context.Context, t catalog.SweepTable, req SweepRequest) (int64, error) {
	sel, err := s.sweepSelection(ctx, t, req)
	if err != nil {
		return 0, err
	}
	if sel.Counts().Total() == 0 {
		return 0, nil
	}
	if err := s.InTheWay(ctx, sel); err != nil {
		return 0, err
	}
	done, err := s.Delete(ctx, sel)
	return done.Total(), err
}

// sweepSelection selects the rows of one table: all by a condition, or the
// oldest by their keys.
func (s *Service) sweepSelection(ctx context.Context, t catalog.SweepTable, req SweepRequest) (*Selection, error) {
	sess, err := s.DB.Session(ctx)
	if err != nil {
		return nil, err
	}
	defer sess.Close()
	kind := catalog.PurgeKind{Name: t.Table, Table: t.Table, Key: t.Key}
	l := newLooker(sess, []catalog.PurgeKind{kind})
	needs := []need{{t.Table, []string{t.Column, t.DeletedAt}}}
	if t.Owner != "" {
		needs = []need{{t.Table, []string{t.Column}}, {t.Owner, []string{t.OwnerKey, t.DeletedAt}}}
	}
	if err := l.inspect(ctx, s.DB.Schema(), needs...); err != nil {
		return nil, err
	}
	p := l.selection.parts[0]
	deletedAt := func(row string) string { return row + "." + l.id(t.DeletedAt) }
	p.chosen = func(row string) string { return before(l.sess, deletedAt(row), req.Before) }
	age := deletedAt(l.id(t.Table))
	if t.Owner != "" {
		own := p.chosen
		p.chosen = func(row string) string {
			return exists(l.sess, t.Owner, row, []string{t.OwnerKey}, []string{t.Column}, own)
		}
		age = fmt.Sprintf("(SELECT %s FROM %s o WHERE o.%s = %s.%s)", deletedAt("o"), l.id(t.Owner), l.id(t.OwnerKey), l.id(t.Table), l.id(t.Column))
	}
	if err := l.number(ctx, p); err != nil || req.Limit < 0 || p.count <= req.Limit {
		return l.selection, err
	}
	keys, err := l.column(ctx, fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY %s, %s LIMIT %d",
		l.id(t.Key), l.id(t.Table), p.chosen(l.id(t.Table)), age, l.id(t.Key), req.Limit))
	p.limit(keys)
	return l.selection, err
}
