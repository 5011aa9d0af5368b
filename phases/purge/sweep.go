package purge

import (
	"context"
	"fmt"
	"time"

	"manage/engine/catalog"
	"manage/schema"
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
	if err := l.inspect(ctx, s.DB.Schema()); err != nil {
		return nil, err
	}
	p := l.selection.parts[0]
	condition, order := l.swept(t, req.Before)
	// A row that is restored while the sweep is at work is left alone.
	p.kind.SoftDeleted = schema.Text{All: condition}
	switch {
	case req.Limit < 0:
		p.expired = condition
		p.count, err = l.number(ctx, t.Table, condition)
	case req.Limit > 0:
		var rows [][]string
		rows, err = l.strings(ctx, fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY %s, %s LIMIT %d",
			l.id(t.Key), l.id(t.Table), condition, order, l.id(t.Key), req.Limit), 1)
		for _, r := range rows {
			p.related.add(r[0])
		}
	}
	return l.selection, err
}

// swept is the condition of what a sweep removes from a table, and what tells
// the age of its rows.
func (l *looker) swept(t catalog.SweepTable, before time.Time) (condition, order string) {
	if t.Owner == "" {
		return l.before(t.DeletedAt, before), l.id(t.DeletedAt)
	}
	join := fmt.Sprintf("FROM %s p WHERE p.%s = %s.%s", l.id(t.Owner), l.id(t.OwnerKey), l.id(t.Table), l.id(t.Column))
	return fmt.Sprintf("EXISTS (SELECT 1 %s AND %s)", join, l.before(t.DeletedAt, before)),
		fmt.Sprintf("(SELECT %s %s)", l.id(t.DeletedAt), join)
}
