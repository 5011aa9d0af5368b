package purge

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/schema"
)

// reference says that rows of one table refer to rows of another: a foreign key
// of the live schema, or a parent of purge.toml that the schema has none for.
type reference struct {
	schema     string // "" for the schema of the service
	table      string
	key        []string // what names a row of table; nothing if it has no primary key
	columns    []string
	refTable   string
	refColumns []string
	// enforced is true if the server refuses to delete what is referred to.
	enforced bool
}

// from is the table that refers, as SQL.
func (r reference) from(q quoter) string {
	if r.schema != "" {
		return q.QuoteIdent(r.schema) + "." + q.QuoteIdent(r.table)
	}
	return q.QuoteIdent(r.table)
}

// name is the table that refers, in messages.
func (r reference) name() string {
	if r.schema != "" {
		return r.schema + "." + r.table
	}
	return r.table
}

// references lists what refers to rows that are removed, leaving out what goes
// together with what it refers to.
func (s *Selection) references() []reference {
	all := s.foreignKeys()
	for _, p := range s.parts {
		for _, parent := range p.kind.Parents {
			r := reference{table: p.kind.Table, key: []string{p.kind.Key}, columns: []string{parent.Column}}
			of := s.part(parent.Kind).kind
			r.refTable, r.refColumns = of.Table, []string{of.Key}
			known := slices.ContainsFunc(all, func(f reference) bool {
				return f.schema == "" && f.table == r.table && f.refTable == r.refTable && slices.Equal(f.columns, r.columns)
			})
			if !known {
				all = append(all, r)
			}
		}
	}
	for _, r := range s.outside {
		if len(s.targets(r.refTable)) > 0 {
			all = append(all, r)
		}
	}
	return all
}

// foreignKeys are those of the live schema.
func (s *Selection) foreignKeys() []reference {
	var all []reference
	for _, name := range s.live.TableNames() {
		t := s.live.Tables[name]
		for _, f := range t.ForeignKeys {
			targets := s.targets(f.RefTable)
			if len(targets) == 0 || s.goesWith(name, f) {
				continue
			}
			r := reference{table: name, columns: f.Columns, refTable: targets[0].table, refColumns: f.RefColumns,
				enforced: enforces(s.live.Flavor.Dialect) && refuses(f.OnDelete)}
			if len(r.refColumns) == 0 { // a foreign key that names none refers to the primary key
				r.refColumns = primaryKey(s.live.Table(f.RefTable))
			}
			if r.key = primaryKey(t); r.key == nil && s.live.Flavor.Dialect == flavor.SQLite {
				r.key = []string{"rowid"}
			}
			all = append(all, r)
		}
	}
	return all
}

// goesWith reports whether a foreign key is that of rows that go with the
// objects that they refer to.
func (s *Selection) goesWith(table string, f *schema.ForeignKey) bool {
	return slices.ContainsFunc(s.targets(table), func(t target) bool {
		return t.table != t.part.kind.Table && slices.Equal(f.Columns, []string{t.owner}) &&
			s.live.Table(f.RefTable) == s.live.Table(t.part.kind.Table)
	})
}

func primaryKey(t *schema.Table) []string {
	if t == nil || t.PrimaryKey == nil {
		return nil
	}
	return t.PrimaryKey.Columns
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

// The queries for foreign keys of other schemas that lead into one: schema,
// table, name, column, table and column referred to, action, and the columns of
// the primary key with commas.
const (
	outsidePostgres = `SELECT n.nspname, c.relname, k.conname, a.attname, rc.relname, ra.attname,
			CASE k.confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' ELSE 'CASCADE' END,
			COALESCE((SELECT string_agg(pa.attname, ',' ORDER BY pa.attnum) FROM pg_catalog.pg_index i
				JOIN pg_catalog.pg_attribute pa ON pa.attrelid = c.oid AND pa.attnum = ANY (i.indkey)
				WHERE i.indrelid = c.oid AND i.indisprimary), '')
		FROM pg_catalog.pg_constraint k
			JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			JOIN pg_catalog.pg_class rc ON rc.oid = k.confrelid JOIN pg_catalog.pg_namespace rn ON rn.oid = rc.relnamespace
			CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS u (num, refnum, pos)
			JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.num
			JOIN pg_catalog.pg_attribute ra ON ra.attrelid = rc.oid AND ra.attnum = u.refnum
		WHERE k.contype = 'f' AND rn.nspname = %[1]s AND n.nspname <> %[1]s
		ORDER BY 1, 2, 3, u.pos`
	outsideMySQL = `SELECT k.table_schema, k.table_name, k.constraint_name, k.column_name, k.referenced_table_name, k.referenced_column_name,
			r.delete_rule, COALESCE((SELECT GROUP_CONCAT(p.column_name ORDER BY p.ordinal_position) FROM information_schema.key_column_usage p
				WHERE p.table_schema = k.table_schema AND p.table_name = k.table_name AND p.constraint_name = 'PRIMARY'), '')
		FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r
			ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
		WHERE k.referenced_table_schema = %[1]s AND k.table_schema <> %[1]s
		ORDER BY 1, 2, 3, k.ordinal_position`
)

// readOutside reads the foreign keys of other schemas, as far as the account
// may see them. SQLite has no other schemas.
func (l *looker) readOutside(ctx context.Context, schemaName string) error {
	query := outsideMySQL
	switch l.sess.Flavor().Dialect {
	case flavor.SQLite:
		return nil
	case flavor.Postgres:
		query = outsidePostgres
	}
	rows, err := l.sess.QueryContext(ctx, fmt.Sprintf(query, l.sess.QuoteLiteral(schemaName)))
	if err != nil {
		return err
	}
	defer rows.Close()
	var last string
	for rows.Next() {
		var r reference
		var name, column, refColumn, action, key string
		if err := rows.Scan(&r.schema, &r.table, &name, &column, &r.refTable, &refColumn, &action, &key); err != nil {
			return err
		}
		if id := r.name() + "." + name; id != last {
			last = id
			r.enforced = refuses(action)
			if key != "" {
				r.key = strings.Split(key, ",")
			}
			l.selection.outside = append(l.selection.outside, r)
		}
		of := &l.selection.outside[len(l.selection.outside)-1]
		of.columns, of.refColumns = append(of.columns, column), append(of.refColumns, refColumn)
	}
	return rows.Err()
}
