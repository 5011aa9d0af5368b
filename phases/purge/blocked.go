package purge

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"manage/phases/backfill"
)

// InTheWay finds rows that stay and refer to rows that are selected. The error
// is *Blocked if there are any.
func (s *Service) InTheWay(ctx context.Context, sel *Selection) error {
	sess, err := s.DB.Session(ctx)
	if err != nil {
		return err
	}
	defer sess.Close()
	l := &looker{sess: sess, selection: sel}
	blocked := &Blocked{}
	for _, r := range sel.references() {
		for _, t := range sel.targets(r.refTable) {
			if err := l.inTheWay(ctx, r, t, blocked); err != nil {
				return err
			}
		}
	}
	if len(blocked.Rows) > 0 {
		return blocked
	}
	return nil
}

// inTheWay adds the rows that refer to those of a target, and stay.
func (l *looker) inTheWay(ctx context.Context, r reference, t target, blocked *Blocked) error {
	if t.part.size() == 0 {
		return nil
	}
	if !t.part.limited {
		return l.referring(ctx, r, func(row string) string { return t.removed(l.sess, row) }, blocked)
	}
	for _, chunk := range literals(t.part.only).chunks(l.sess) {
		cond := func(row string) string { return in(row+"."+l.id(t.owner), chunk) }
		if err := l.referring(ctx, r, cond, blocked); err != nil {
			return err
		}
	}
	return nil
}

// referring adds the rows that refer to a row for which a condition holds, and
// stay.
func (l *looker) referring(ctx context.Context, r reference, cond condition, blocked *Blocked) error {
	if blocked.More {
		return nil
	}
	from := r.from(l.sess)
	where := []string{"EXISTS (" + matching(l.sess, r.refTable, from, r.refColumns, r.columns, cond) + ")"}
	columns, owners := slices.Concat(r.key, r.columns), []target(nil)
	if r.schema == "" {
		owners = l.selection.targets(r.table)
	}
	most := fmt.Sprintf(" LIMIT %d", len(blocked.Rows)+mostInTheWay+1) // those that are named already may come again
	for _, o := range owners {
		if o.part.limited { // which only we know
			columns, most = append(columns, o.owner), ""
		} else {
			where = append(where, not(o.removed(l.sess, from)))
		}
	}
	list := quoted(l.sess, columns)
	query := fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY %s%s", list, from, strings.Join(where, " AND "), list, most)
	rows, err := l.sess.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() && !blocked.More {
		values, err := backfill.ScanKey(rows, len(columns))
		if err != nil {
			return err
		}
		if !l.goes(owners, values[len(r.key)+len(r.columns):]) {
			blocked.add(InTheWay{
				Table: r.name(), Row: l.describe(r.key, values), Columns: strings.Join(r.columns, ", "),
				RefTable: r.refTable, RefRow: l.describe(r.refColumns, values[len(r.key):]),
			})
		}
	}
	return rows.Err()
}

// goes reports whether a row belongs to an object of a limited part. values are
// the keys of the objects that it belongs to.
func (l *looker) goes(owners []target, values []any) bool {
	owners = slices.DeleteFunc(slices.Clone(owners), func(o target) bool { return !o.part.limited })
	for i, v := range values {
		if owners[i].part.named(backfill.Literal(l.sess, v)) {
			return true
		}
	}
	return false
}

// add names a row, if it is not named yet.
func (b *Blocked) add(r InTheWay) {
	switch {
	case slices.Contains(b.Rows, r):
	case len(b.Rows) == mostInTheWay:
		b.More = true
	default:
		b.Rows = append(b.Rows, r)
	}
}

// quoted lists columns in SQL.
func quoted(q quoter, columns []string) string {
	all := make([]string, len(columns))
	for i, c := range columns {
		all[i] = q.QuoteIdent(c)
	}
	return strings.Join(all, ", ")
}

// describe names a row by some of its columns, as in "id 5".
func (l *looker) describe(columns []string, values []any) string {
	var parts []string
	for i, c := range columns {
		parts = append(parts, c+" "+strings.Trim(backfill.Literal(l.sess, values[i]), "'"))
	}
	return strings.Join(parts, ", ")
}
