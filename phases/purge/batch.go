package purge

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/ledger"
	"manage/schema"
)

// batch removes some rows of a part in one transaction.
type batch struct {
	*deleter
	part  *part
	where string      // which they are
	refs  []reference // to be looked for; the server looks after all others
}

// run removes the rows, and returns how many went.
func (b *batch) run(ctx context.Context) (int64, error) {
	var n int64
	var began time.Time
	err := b.held.Batch(ctx, func(ctx context.Context, sess database.Session) (ledger.Progress, error) {
		var err error
		began = time.Now()
		n, err = b.remove(ctx, &looker{sess: sess, selection: b.selection})
		return b.after(n), err
	})
	if err != nil {
		return 0, err
	}
	took := time.Since(began)
	b.ranges.Adapt(took)
	b.progress = b.after(n)
	b.tell(took)
	return n, nil
}

// remove removes the rows of the batch. Where something goes with them, or has
// to be looked for, they are locked first, so that what is seen holds until they
// are gone.
func (b *batch) remove(ctx context.Context, l *looker) (int64, error) {
	if len(b.refs) == 0 && len(b.part.kind.With) == 0 {
		return b.delete(ctx, l, b.where)
	}
	keys, err := b.lock(ctx, l)
	var total int64
	for err == nil && len(keys) > 0 {
		var n int64
		n, keys, err = b.leaves(ctx, l, keys)
		if total += n; n == 0 || !b.refersToItself(b.part) {
			break
		}
	}
	return total, err
}

// leaves removes the rows to which nothing refers, with what goes with them, and
// returns the others.
func (b *batch) leaves(ctx context.Context, l *looker, keys literals) (n int64, rest literals, err error) {
	held, err := b.referred(ctx, l, keys)
	if err != nil {
		return 0, nil, err
	}
	var free literals
	for _, k := range keys {
		if held[k] {
			rest = append(rest, k)
		} else {
			free = append(free, k)
		}
	}
	for _, chunk := range free.chunks(l.sess) {
		for _, w := range b.part.kind.With {
			if _, err := l.sess.ExecContext(ctx, "DELETE FROM "+l.id(w.Table)+" WHERE "+in(l.id(w.Column), chunk)); err != nil {
				return 0, nil, err
			}
		}
		if err := b.untie(ctx, l, chunk); err != nil {
			return n, nil, err
		}
		gone, err := b.delete(ctx, l, in(l.id(b.part.kind.Key), chunk))
		if n += gone; err != nil {
			return n, nil, err
		}
	}
	return n, rest, nil
}

// untie takes from rows that are about to go their references to themselves, for
// which MySQL and MariaDB would not let them go.
func (b *batch) untie(ctx context.Context, l *looker, keys []string) error {
	table := b.part.kind.Table
	for _, r := range b.refs {
		if !l.sess.Flavor().Dialect.MySQLFamily() || r.schema != "" || r.table != table || r.refTable != table {
			continue
		}
		for i, c := range r.columns {
			columns := b.selection.live.Table(table).Columns
			if !slices.ContainsFunc(columns, func(o *schema.Column) bool { return o.Name == c && o.Nullable }) {
				continue
			}
			query := fmt.Sprintf("UPDATE %s SET %s = NULL WHERE %s AND %s = %s", l.id(table), l.id(c), in(l.id(b.part.kind.Key), keys), l.id(c), l.id(r.refColumns[i]))
			if _, err := l.sess.ExecContext(ctx, query); err != nil {
				return err
			}
		}
	}
	return nil
}

// delete removes the rows of a condition.
func (b *batch) delete(ctx context.Context, l *looker, where string) (int64, error) {
	result, err := l.sess.ExecContext(ctx, "DELETE FROM "+l.id(b.part.kind.Table)+" WHERE "+where)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// lock locks the rows, and returns their keys. On SQLite the transaction keeps
// all others out.
func (b *batch) lock(ctx context.Context, l *looker) (literals, error) {
	query := "SELECT " + l.id(b.part.kind.Key) + " FROM " + l.id(b.part.kind.Table) + " WHERE " + b.where
	if l.sess.Flavor().Dialect != flavor.SQLite {
		query += " FOR UPDATE"
	}
	return l.column(ctx, query)
}

// referred finds which of some rows have to stay because something refers to
// them.
func (b *batch) referred(ctx context.Context, l *looker, keys literals) (map[string]bool, error) {
	held := map[string]bool{}
	for _, r := range b.refs {
		for _, t := range b.selection.targets(r.refTable) {
			if t.part != b.part {
				continue
			}
			for _, chunk := range keys.chunks(l.sess) {
				some, err := l.column(ctx, b.referring(l, r, t, chunk))
				if err != nil {
					return nil, err
				}
				for _, k := range some {
					held[k] = true
				}
			}
		}
	}
	return held, nil
}

// referring asks which rows of a target belong to some objects and are referred
// to: by the keys of the objects. A row that refers to itself does not count,
// nor do those that go with the same object.
func (b *batch) referring(l *looker, r reference, t target, keys []string) string {
	const alias, from = aliasPrefix + "t", aliasPrefix + "c"
	var join []string
	for i, c := range r.columns {
		join = append(join, fmt.Sprintf("%s.%s = %s.%s", from, l.id(c), alias, l.id(r.refColumns[i])))
	}
	join = append(join, in(alias+"."+l.id(t.owner), keys))
	if r.schema == "" {
		for _, c := range b.selection.targets(r.table) {
			if c.part == b.part && (c.table == r.refTable || c.table != c.part.kind.Table) {
				join = append(join, fmt.Sprintf("(%s.%s <> %s.%s OR %s.%s IS NULL)", from, l.id(c.owner), alias, l.id(t.owner), from, l.id(c.owner)))
			}
		}
	}
	return fmt.Sprintf("SELECT DISTINCT %s.%s FROM %s %s, %s %s WHERE %s",
		alias, l.id(t.owner), l.id(t.table), alias, r.from(l.sess), from, strings.Join(join, " AND "))
}
