package purge

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"manage/engine/catalog"
	"manage/engine/flavor"
	"manage/phases/backfill"
	"manage/schema"
)

// reference says that rows of one table refer to rows of another: a foreign key
// of the live schema, or a parent of purge.toml that the schema has none for.
type reference struct {
	table      string
	columns    []string
	refTable   string
	refColumns []string
	// enforced is true if the server refuses to delete what is referred to.
	enforced bool
}

// references lists what refers to the tables of the kinds, leaving out what is
// removed together with what it refers to.
func references(live *schema.Schema, parts []*part) []reference {
	var all []reference
	server := live.Flavor.Dialect != flavor.SQLite // whose sessions here do not look at foreign keys
	with := func(p *part, table string, columns []string) bool {
		return slices.ContainsFunc(p.kind.With, func(w catalog.PurgeWith) bool {
			return w.Table == table && len(columns) == 1 && columns[0] == w.Column
		})
	}
	for _, p := range parts {
		for _, name := range sortedTables(live) {
			for _, f := range live.Tables[name].ForeignKeys {
				if live.Table(f.RefTable) == live.Table(p.kind.Table) && !with(p, name, f.Columns) {
					all = append(all, reference{name, f.Columns, p.kind.Table, orKey(f.RefColumns, p.kind.Key), server && refuses(f.OnDelete)})
				}
			}
		}
	}
	for _, p := range parts {
		for _, parent := range p.kind.Parents {
			of := kindOf(parts, parent.Kind)
			known := slices.ContainsFunc(all, func(r reference) bool {
				return r.table == p.kind.Table && r.refTable == of.Table && slices.Equal(r.columns, []string{parent.Column})
			})
			if !known {
				all = append(all, reference{p.kind.Table, []string{parent.Column}, of.Table, []string{of.Key}, false})
			}
		}
	}
	return all
}

// refuses reports whether a foreign key of this action stands against a
// deletion, where others would delete or change what refers.
func refuses(onDelete string) bool {
	switch strings.ToUpper(onDelete) {
	case "", "NO ACTION", "RESTRICT":
		return true
	}
	return false
}

func sortedTables(live *schema.Schema) []string {
	var names []string
	for name := range live.Tables {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// orKey is the columns that a foreign key refers to; one that names none refers
// to the primary key.
func orKey(columns []string, key string) []string {
	if len(columns) == 0 {
		return []string{key}
	}
	return columns
}

func kindOf(parts []*part, name string) *catalog.PurgeKind {
	for _, p := range parts {
		if p.kind.Name == name {
			return p.kind
		}
	}
	return nil
}

// InTheWay finds rows that stay and refer to rows that are selected. The error
// is *Blocked if there are any.
func (s *Service) InTheWay(ctx context.Context, sel *Selection) error {
	sess, err := s.DB.Session(ctx)
	if err != nil {
		return err
	}
	defer sess.Close()
	l := &looker{sess: sess, selection: sel}
	return l.inTheWay(ctx)
}

func (l *looker) inTheWay(ctx context.Context) error {
	blocked := &Blocked{}
	for _, r := range references(l.selection.live, l.selection.parts) {
		p := l.selection.ofTable(r.refTable)
		var conditions []string
		if p.expired != "" {
			conditions = append(conditions, p.expired)
		}
		for _, named := range []keys{p.related, p.orphans} {
			for _, chunk := range named.chunks() {
				conditions = append(conditions, l.in(p.kind.Key, chunk))
			}
		}
		for _, cond := range conditions {
			if err := l.referring(ctx, r, cond, blocked); err != nil {
				return err
			}
		}
	}
	if len(blocked.Rows) > 0 {
		return blocked
	}
	return nil
}

// referring adds the rows that are not selected and refer to a row for which a
// condition holds.
func (l *looker) referring(ctx context.Context, r reference, cond string, blocked *Blocked) error {
	if blocked.More {
		return nil
	}
	child := l.selection.ofTable(r.table)
	columns := l.keyOf(r.table, child)
	where := l.refers(r, cond)
	if child != nil && child.expired != "" {
		where = not(child.expired) + " AND " + where
	}
	all := slices.Concat(columns, r.columns)
	quoted := make([]string, len(all))
	for i, c := range all {
		quoted[i] = l.id(c)
	}
	rows, err := l.sess.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY %s",
		strings.Join(quoted, ", "), l.id(r.table), where, strings.Join(quoted, ", ")))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		values, err := backfill.ScanKey(rows, len(all))
		if err != nil {
			return err
		}
		if child != nil && child.named(backfill.Literal(l.sess, values[0])) {
			continue
		}
		if len(blocked.Rows) == mostInTheWay {
			blocked.More = true
			break
		}
		blocked.Rows = append(blocked.Rows, InTheWay{
			Table: r.table, Row: l.describe(columns, values), Columns: strings.Join(r.columns, ", "),
			RefTable: r.refTable, RefRow: l.describe(r.refColumns, values[len(columns):]),
		})
	}
	return rows.Err()
}

// keyOf is what names a row of a table: the key of its kind, its primary key,
// or nothing.
func (l *looker) keyOf(table string, child *part) []string {
	if child != nil {
		return []string{child.kind.Key}
	}
	if t := l.selection.live.Table(table); t != nil && t.PrimaryKey != nil {
		return t.PrimaryKey.Columns
	}
	return nil
}

// refers is the condition that a row refers to one for which cond holds.
func (l *looker) refers(r reference, cond string) string {
	var join []string
	for i, c := range r.columns {
		join = append(join, fmt.Sprintf("p.%s = %s.%s", l.id(r.refColumns[i]), l.id(r.table), l.id(c)))
	}
	return fmt.Sprintf("EXISTS (SELECT 1 FROM %s p WHERE %s AND %s)", l.id(r.refTable), strings.Join(join, " AND "), cond)
}

// describe names a row by some of its columns, as in "id 5".
func (l *looker) describe(columns []string, values []any) string {
	var parts []string
	for i, c := range columns {
		parts = append(parts, c+" "+strings.Trim(backfill.Literal(l.sess, values[i]), "'"))
	}
	return strings.Join(parts, ", ")
}
