package purge

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"manage/engine/catalog"
	"manage/engine/database"
	"manage/phases/backfill"
	"manage/schema"
)

// looker finds what is to be removed, and what is in the way.
type looker struct {
	sess      database.Session
	selection *Selection
}

func newLooker(sess database.Session, kinds []catalog.PurgeKind) *looker {
	l := &looker{sess: sess, selection: &Selection{}}
	for i := range kinds {
		l.selection.parts = append(l.selection.parts, &part{kind: &kinds[i]})
	}
	return l
}

// inspect reads the live schema, and misses the tables that are not there.
func (l *looker) inspect(ctx context.Context, schemaName string) error {
	live, err := schema.Inspect(ctx, l.sess, l.sess.Flavor(), schemaName)
	if err != nil {
		return err
	}
	var missing []string
	for _, p := range l.selection.parts {
		if live.Table(p.kind.Table) == nil {
			missing = append(missing, p.kind.Table)
		}
	}
	if len(missing) > 0 {
		return &MissingTables{Tables: missing}
	}
	l.selection.live = live
	return nil
}

// find selects in three steps: what is expired by itself, what is related to
// that, and orphans.
func (l *looker) find(ctx context.Context, rules *catalog.Purge, req Request) error {
	root, err := l.root(ctx, rules, req.Root)
	if err != nil {
		return err
	}
	for _, p := range l.selection.parts {
		if p.kind.Keep != "" {
			continue
		}
		p.expired = l.expired(p.kind, req, root)
		if p.expired != "" {
			if p.count, err = l.number(ctx, p.kind.Table, p.expired); err != nil {
				return err
			}
		}
		if req.Before == nil && root == nil {
			continue // all that is soft-deleted is there already
		}
		if err := l.related(ctx, p); err != nil {
			return err
		}
	}
	if req.ExcludeOrphans {
		return nil
	}
	for _, p := range l.selection.parts {
		if err := l.orphans(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// found is a root that was found.
type found struct {
	kind string
	key  string
}

var uuidForm = regexp.MustCompile(`^[0-9A-Fa-f]{8}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{12}$`)

// root looks an object up: text of the form of a UUID as one, all else as a
// name. Soft-deleted ones are what is looked for.
func (l *looker) root(ctx context.Context, rules *catalog.Purge, r *Root) (*found, error) {
	if r == nil {
		return nil, nil
	}
	k := rules.Kind(r.Kind)
	if k == nil {
		e := &UnknownKind{Word: r.Kind}
		for _, known := range rules.Kinds {
			e.Known = append(e.Known, known.Name)
		}
		return nil, e
	}
	if k.Keep != "" {
		return nil, &Kept{Kind: k.Name, Why: k.Keep}
	}
	column := k.Label
	if k.UUID != "" && uuidForm.MatchString(r.Word) {
		column = k.UUID
	}
	if column == "" {
		return nil, &NotFound{Kind: k.Single, Word: r.Word}
	}
	query := fmt.Sprintf("SELECT %s, %s FROM %s WHERE %s = %s", l.id(k.Key), flag(l.text(k.SoftDeleted)), l.id(k.Table), l.id(column), l.sess.QuoteLiteral(r.Word))
	rows, err := l.strings(ctx, query, 2)
	if err != nil {
		return nil, err
	}
	if len(rows) != 1 {
		return nil, &NotFound{Kind: k.Single, Word: r.Word, Found: len(rows)}
	}
	if !isOne(rows[0][1]) {
		return nil, &NotDeleted{Kind: k.Single, Word: r.Word}
	}
	return &found{kind: k.Name, key: rows[0][0]}, nil
}

// expired is the condition of what a kind loses for its own sake.
func (l *looker) expired(k *catalog.PurgeKind, req Request, root *found) string {
	if root != nil && root.kind != k.Name {
		return ""
	}
	all := []string{l.text(k.SoftDeleted)}
	if req.Before != nil {
		all = append(all, l.before(k.DeletedAt, *req.Before))
	}
	if root != nil {
		all = append(all, l.id(k.Key)+" = "+root.key)
	}
	return strings.Join(all, " AND ")
}

// before is the condition that a time lies before a bound.
func (l *looker) before(column string, bound time.Time) string {
	return l.id(column) + " < " + l.sess.QuoteLiteral(bound.Format("2006-01-02 15:04:05.000000"))
}

// related adds soft-deleted children of what is selected, whatever their age.
func (l *looker) related(ctx context.Context, p *part) error {
	base := l.text(p.kind.SoftDeleted)
	if p.expired != "" {
		base += " AND " + not(p.expired)
	}
	for _, parent := range p.kind.Parents {
		if !parent.Related {
			continue
		}
		of := l.selection.part(parent.Kind)
		if of.expired != "" {
			if err := l.collect(ctx, p, &p.related, base+" AND "+l.exists(p.kind, parent, of.kind, of.expired)); err != nil {
				return err
			}
		}
		if err := l.children(ctx, p, parent, &of.related, &p.related, base); err != nil {
			return err
		}
	}
	return nil
}

// orphans adds live objects without a live parent, and those of such parents.
func (l *looker) orphans(ctx context.Context, p *part) error {
	if p.kind.Keep != "" {
		return nil
	}
	base := l.text(p.kind.Live)
	for _, parent := range p.kind.Parents {
		if !parent.Orphan {
			continue
		}
		of := l.selection.part(parent.Kind)
		direct := base + " AND NOT " + l.exists(p.kind, parent, of.kind, l.text(of.kind.Live))
		if parent.Optional {
			direct += " AND " + l.id(parent.Column) + " IS NOT NULL"
		}
		if err := l.collect(ctx, p, &p.orphans, direct); err != nil {
			return err
		}
		if err := l.children(ctx, p, parent, &of.orphans, &p.orphans, base); err != nil {
			return err
		}
	}
	return nil
}

// exists is the condition that a row has a parent for which cond holds. Names
// in cond are those of the parent's columns, because the subquery has no other
// table.
func (l *looker) exists(k *catalog.PurgeKind, p catalog.PurgeParent, of *catalog.PurgeKind, cond string) string {
	return fmt.Sprintf("EXISTS (SELECT 1 FROM %s p WHERE p.%s = %s.%s AND %s)",
		l.id(of.Table), l.id(of.Key), l.id(k.Table), l.id(p.Column), cond)
}

// children adds the rows whose parents are named.
func (l *looker) children(ctx context.Context, p *part, parent catalog.PurgeParent, of, into *keys, base string) error {
	for _, chunk := range of.chunks() {
		if err := l.collect(ctx, p, into, base+" AND "+l.in(parent.Column, chunk)); err != nil {
			return err
		}
	}
	return nil
}

// collect adds the keys of rows for which a condition holds.
func (l *looker) collect(ctx context.Context, p *part, into *keys, where string) error {
	key := l.id(p.kind.Key)
	rows, err := l.strings(ctx, fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY %s", key, l.id(p.kind.Table), where, key), 1)
	for _, r := range rows {
		into.add(r[0])
	}
	return err
}

// number counts the rows for which a condition holds.
func (l *looker) number(ctx context.Context, table, where string) (int64, error) {
	rows, err := l.sess.QueryContext(ctx, fmt.Sprintf("SELECT COUNT(*) FROM %s WHERE %s", l.id(table), where))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var n int64
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			return 0, err
		}
	}
	return n, rows.Err()
}

// strings reads rows of non-null columns as literals.
func (l *looker) strings(ctx context.Context, query string, columns int) ([][]string, error) {
	rows, err := l.sess.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all [][]string
	for rows.Next() {
		values, err := backfill.ScanKey(rows, columns)
		if err != nil {
			return nil, err
		}
		line := make([]string, columns)
		for i, v := range values {
			line[i] = backfill.Literal(l.sess, v)
		}
		all = append(all, line)
	}
	return all, rows.Err()
}

func (l *looker) id(name string) string { return l.sess.QuoteIdent(name) }

func (l *looker) in(column string, keys []string) string {
	return l.id(column) + " IN (" + strings.Join(keys, ", ") + ")"
}

// text is a condition of purge.toml in the server's dialect.
func (l *looker) text(t schema.Text) string {
	text, _ := t.For(l.sess.Flavor().Dialect)
	return "(" + text + ")"
}

// flag is 1 where a condition holds, 0 where it does not or is unknown.
func flag(cond string) string { return "CASE WHEN " + cond + " THEN 1 ELSE 0 END" }

// not holds where a condition does not hold or is unknown.
func not(cond string) string { return "(" + cond + ") IS NOT TRUE" }

// isOne reads a flag.
func isOne(literal string) bool { return slices.Contains([]string{"1", "'1'"}, literal) }
