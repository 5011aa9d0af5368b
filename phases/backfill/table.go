package backfill

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/revision"
	"manage/migrations/catalog"
)

// BadKey is a step whose key cannot cut its table into ranges. Nothing of the
// data migration was run, unless it has Begun.
type BadKey struct {
	Migration string
	Step      int // from 1
	Source    revision.Source
	Table     string
	Key       []string
	Reason    string   // what is wrong with it, a clause
	Usable    []string // keys of the table that would do, as they are written in the file
	Begun     bool     // it came to light on the way
}

func (e *BadKey) Error() string {
	return fmt.Sprintf("%s: step %d of %s cannot be cut into batches by the key %s of %s: %s",
		e.Source, e.Step, e.Migration, written(e.Key), e.Table, e.Reason)
}

// written is a key as it stands in a file.
func written(key []string) string {
	quoted := make([]string, len(key))
	for i, k := range key {
		quoted[i] = fmt.Sprintf("%q", k)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// keyColumn is a column as the server knows it.
type keyColumn struct {
	name     string
	typ      string // in lower case, without length
	nullable bool
}

// layout is what of a table matters here.
type layout struct {
	columns []keyColumn
	uniques [][]string // the columns of its primary and unique keys
	primary bool       // whether the first of them is SQLite's primary key
}

// look reads a table's columns and keys. A table that is not there has none.
func look(ctx context.Context, sess database.Session, table string) (layout, error) {
	var l layout
	d := sess.Flavor().Dialect
	rows, err := texts(ctx, sess, strings.ReplaceAll(columnQueries[family(d)], "{table}", sess.QuoteLiteral(table)), 3)
	if err != nil {
		return l, err
	}
	for _, r := range rows {
		typ, _, _ := strings.Cut(strings.ToLower(r[1]), "(")
		l.columns = append(l.columns, keyColumn{name: r[0], typ: strings.TrimSpace(typ), nullable: r[2] == "1"})
	}
	rows, err = texts(ctx, sess, strings.ReplaceAll(uniqueQueries[family(d)], "{table}", sess.QuoteLiteral(table)), 2)
	if err != nil {
		return l, err
	}
	l.primary = len(rows) > 0 && rows[0][0] == sqlitePrimary
	for i, r := range rows {
		if i == 0 || rows[i-1][0] != r[0] {
			l.uniques = append(l.uniques, nil)
		}
		last := len(l.uniques) - 1
		l.uniques[last] = append(l.uniques[last], r[1])
	}
	return l, nil
}

func family(d flavor.Dialect) flavor.Dialect {
	if d.MySQLFamily() {
		return flavor.MySQL
	}
	return d
}

// sqlitePrimary stands for the name of SQLite's primary keys, before all others.
const sqlitePrimary = " "

// columnQueries list a table's columns: name, type, and 1 if it may be NULL.
var columnQueries = map[flavor.Dialect]string{
	flavor.Postgres: "SELECT a.attname, format_type(a.atttypid, NULL), CASE WHEN a.attnotnull THEN '0' ELSE '1' END" +
		" FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace" +
		" WHERE n.nspname = current_schema() AND c.relname = {table} AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
	flavor.MySQL: "SELECT c.column_name, c.data_type, CASE WHEN c.is_nullable = 'NO' THEN '0' ELSE '1' END" +
		" FROM information_schema.columns c JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name" +
		" WHERE c.table_schema = DATABASE() AND c.table_name = {table} AND t.table_type = 'BASE TABLE' ORDER BY c.ordinal_position",
	flavor.SQLite: "SELECT name, type, CASE WHEN \"notnull\" = 1 THEN '0' ELSE '1' END FROM pragma_table_xinfo({table})" + // with generated columns
		" WHERE EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = {table} COLLATE NOCASE)",
}

// uniqueQueries list the columns of a table's primary and unique keys, key by
// key, the primary key first: a name for the key, and the column. A key over an
// expression, a part of a column or a part of the table is none.
var uniqueQueries = map[flavor.Dialect]string{
	flavor.Postgres: "SELECT i.indexrelid::text, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid" +
		" JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)" +
		" JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum" +
		" WHERE n.nspname = current_schema() AND c.relname = {table} AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL" +
		" AND k.place <= i.indnkeyatts ORDER BY i.indisprimary DESC, i.indexrelid, k.place",
	flavor.MySQL: "SELECT s.index_name, s.column_name FROM information_schema.statistics s WHERE s.table_schema = DATABASE() AND s.table_name = {table}" +
		" AND s.non_unique = 0 AND NOT EXISTS (SELECT 1 FROM information_schema.statistics p WHERE p.table_schema = s.table_schema" +
		" AND p.table_name = s.table_name AND p.index_name = s.index_name AND (p.sub_part IS NOT NULL OR p.column_name IS NULL))" +
		" ORDER BY s.index_name <> 'PRIMARY', s.index_name, s.seq_in_index",
	flavor.SQLite: "SELECT key, name FROM (SELECT '" + sqlitePrimary + "' AS key, name, pk AS place FROM pragma_table_info({table}) WHERE pk > 0" +
		" UNION ALL SELECT l.name, i.name, i.seqno FROM pragma_index_list({table}) l, pragma_index_info(l.name) i" +
		" WHERE l.\"unique\" = 1 AND l.partial = 0 AND l.origin <> 'pk' AND NOT EXISTS (SELECT 1 FROM pragma_index_info(l.name) x WHERE x.name IS NULL))" +
		" ORDER BY key, place",
}

// texts reads rows of text.
func texts(ctx context.Context, q database.Querier, query string, columns int) ([][]string, error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all [][]string
	for rows.Next() {
		line := make([]string, columns)
		into := make([]any, columns)
		for i := range line {
			into[i] = &line[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		all = append(all, line)
	}
	return all, rows.Err()
}

// usable are the keys that cut the table: of columns that are never NULL.
func (l layout) usable() [][]string {
	var all [][]string
	for _, u := range l.uniques {
		if !slices.ContainsFunc(u, func(name string) bool { c := l.column(name); return c == nil || c.nullable }) {
			all = append(all, u)
		}
	}
	return all
}

func (l layout) column(name string) *keyColumn {
	for i := range l.columns {
		if strings.EqualFold(l.columns[i].name, name) {
			return &l.columns[i]
		}
	}
	return nil
}

// unfit is why a key cannot cut the table; "" if it can. PostgreSQL tells
// capital letters in a name that is written as it is.
func (l layout) unfit(d flavor.Dialect, table string, key []string) string {
	if len(l.columns) == 0 {
		return "there is no table " + table
	}
	for _, k := range key {
		if c := l.column(k); c == nil || d == flavor.Postgres && c.name != k {
			return "there is no column " + k
		}
	}
	same := func(u []string) bool { return slices.EqualFunc(u, key, strings.EqualFold) }
	if !slices.ContainsFunc(l.uniques, same) {
		return "it is no primary or unique key"
	}
	for _, k := range key {
		if l.column(k).nullable {
			return "the column " + k + " may be NULL"
		}
	}
	return ""
}

// check looks whether the key of each step cuts its table, and notes how its
// columns are read.
func (s *steps) check(ctx context.Context, sess database.Session) error {
	s.kinds, s.whole = make([][]kind, len(s.migration.Steps)), make([]bool, len(s.migration.Steps))
	for i, st := range s.migration.Steps {
		if len(s.statements(st, "")) == 0 {
			continue // nothing for this server
		}
		l, err := look(ctx, sess, st.Table)
		if err != nil {
			return err
		}
		if err := l.forgiveNulls(ctx, sess, st); err != nil {
			return err
		}
		reason := l.unfit(s.dialect, st.Table, st.Key)
		if len(l.columns) == 0 {
			if what := otherwise(ctx, sess, st.Table); what != "" {
				reason = st.Table + " is " + what + ", whose rows have no key: name the table that holds them"
			}
		}
		if reason == "" {
			if reason, err = l.ambiguous(ctx, sess, st.Key); err != nil {
				return err
			}
		}
		if reason != "" {
			e := &BadKey{Migration: s.migration.ID, Step: i + 1, Source: st.Source, Table: st.Table, Key: st.Key, Reason: reason}
			for _, u := range l.usable() {
				e.Usable = append(e.Usable, written(u))
			}
			return e
		}
		s.whole[i] = l.isWhole(st.Key)
		for _, k := range st.Key {
			s.kinds[i] = append(s.kinds[i], kindOf(s.dialect, l.column(k).typ))
		}
	}
	return nil
}

// otherQueries say what a name stands for that is no table.
var otherQueries = map[flavor.Dialect]string{
	flavor.Postgres: "SELECT CASE c.relkind WHEN 'v' THEN 'a view' WHEN 'm' THEN 'a materialized view' WHEN 'f' THEN 'a foreign table' ELSE 'no table' END" +
		" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relname = {table}",
	flavor.MySQL:  "SELECT 'a view' FROM information_schema.views WHERE table_schema = DATABASE() AND table_name = {table}",
	flavor.SQLite: "SELECT 'a view' FROM sqlite_master WHERE type = 'view' AND name = {table} COLLATE NOCASE",
}

// otherwise is what a name stands for that is no table; "" if it is nothing's, or
// cannot be told.
func otherwise(ctx context.Context, sess database.Session, name string) string {
	found, err := texts(ctx, sess, strings.ReplaceAll(otherQueries[family(sess.Flavor().Dialect)], "{table}", sess.QuoteLiteral(name)), 1)
	if err != nil || len(found) == 0 {
		return ""
	}
	return found[0][0]
}

// forgiveNulls takes the columns of a primary key for NOT NULL on SQLite, where
// they are not (SQLite manual, "CREATE TABLE"), if they hold no NULL.
func (l layout) forgiveNulls(ctx context.Context, sess database.Session, st catalog.MigrationStep) error {
	if !l.primary {
		return nil
	}
	for _, name := range l.uniques[0] {
		c := l.column(name)
		if c == nil || !c.nullable {
			continue
		}
		q := sess.QuoteIdent(name)
		found, err := texts(ctx, sess, "SELECT 'x' FROM "+sess.QuoteIdent(st.Table)+" WHERE "+q+" IS NULL LIMIT 1", 1)
		if err != nil {
			return err
		}
		c.nullable = len(found) > 0
	}
	return nil
}
