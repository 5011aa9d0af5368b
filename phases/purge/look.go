package purge

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"manage/engine/database"
	"manage/migrations/catalog"
	"manage/phases/backfill"
	"manage/phases/rowaccess"
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

// inspect reads the live schema, and misses the tables and columns that are not
// there.
func (l *looker) inspect(ctx context.Context, schemaName string, more ...need) error {
	var err error
	if l.selection.live, err = schema.Inspect(ctx, l.sess, l.sess.Flavor(), schemaName); err != nil {
		return err
	}
	if err := l.selection.meet(more...); err != nil {
		return err
	}
	if err := l.readOutside(ctx, schemaName); err != nil {
		return err
	}
	return rowaccess.Check(ctx, l.sess, l.sess.Flavor().Dialect, l.selection.uses(more))
}

// find makes the conditions of what is selected, and counts the rows.
func (l *looker) find(ctx context.Context, rules *catalog.Purge, req Request) error {
	root, err := l.root(ctx, rules, req.Root)
	if err != nil {
		return err
	}
	c := &conditions{q: l.sess, rules: rules, req: req, root: root}
	for _, p := range l.selection.parts {
		p.chosen, p.orphan = c.chosen(p.kind), c.orphan(p.kind)
		if err := l.number(ctx, p); err != nil {
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
	query := fmt.Sprintf("SELECT %s, %s FROM %s WHERE %s = %s", l.id(k.Key), flag(text(l.sess, k.SoftDeleted)), l.id(k.Table), l.id(column), l.sess.QuoteLiteral(r.Word))
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

// number counts the rows of a part, in one pass over its table.
func (l *looker) number(ctx context.Context, p *part) error {
	row := l.id(p.kind.Table)
	if p.chosen == nil && p.orphan == nil {
		return nil
	}
	orphan := "0"
	if p.orphan != nil {
		orphan = "1"
		if p.chosen != nil {
			orphan = "CASE WHEN " + p.chosen(row) + " THEN 0 ELSE 1 END"
		}
	}
	rows, err := l.sess.QueryContext(ctx, fmt.Sprintf("SELECT COUNT(*), COALESCE(SUM(%s), 0) FROM %s WHERE %s", orphan, row, p.selected(row)))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&p.count, &p.orphans); err != nil {
			return err
		}
		p.count -= p.orphans
	}
	return rows.Err()
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

// column reads one column as literals.
func (l *looker) column(ctx context.Context, query string) (literals, error) {
	rows, err := l.strings(ctx, query, 1)
	all := make(literals, len(rows))
	for i, r := range rows {
		all[i] = r[0]
	}
	return all, err
}

func (l *looker) id(name string) string { return l.sess.QuoteIdent(name) }

// flag is 1 where a condition holds, 0 where it does not or is unknown.
func flag(cond string) string { return "CASE WHEN " + cond + " THEN 1 ELSE 0 END" }

// isOne reads a flag.
func isOne(literal string) bool { return slices.Contains([]string{"1", "'1'"}, literal) }
