package schema

import (
	"database/sql"
	"regexp"
	"strings"
	"unicode/utf8"

	"manage/engine/flavor"
	"manage/engine/quote"
)

// The queries below give the schema's name as a literal: the server then
// reads that schema only, while for a function such as DATABASE() it opens
// every table it has (MySQL manual, "Optimizing INFORMATION_SCHEMA Queries").
func mysqlSteps() []inspectStep {
	return []inspectStep{
		{false, (*inspector).mysqlTables}, {true, (*inspector).mysqlColumns}, {true, (*inspector).mysqlIndexes},
		{true, (*inspector).mysqlForeignKeys}, {true, (*inspector).mysqlChecks}, {true, (*inspector).mysqlTriggers},
		{false, (*inspector).mysqlViews},
	}
}

// mysqlTables are the kinds of tables, with those of which MariaDB keeps the
// history.
const mysqlTables = "'BASE TABLE', 'SYSTEM VERSIONED'"

func (i *inspector) mysqlTables() error {
	var name string
	var engine, collation, comment sql.NullString
	return i.each(`SELECT table_name, engine, table_collation, table_comment FROM information_schema.tables
		WHERE table_schema = `+i.here()+` AND table_type IN (`+mysqlTables+`)`, []any{&name, &engine, &collation, &comment}, func() error {
		i.s.Tables[name] = &Table{Name: name, Engine: engine.String, Collation: collation.String,
			Charset: charsetOf(collation.String), Comment: comment.String}
		return nil
	})
}

// charsetOf is the character set of a collation, whose name begins with it.
func charsetOf(collation string) string {
	charset, _, _ := strings.Cut(collation, "_")
	return charset
}

// mysqlColumn is a row of the query for columns.
type mysqlColumn struct {
	table, name, typ, nullable, extra, comment   string
	def, charset, collation, generated, dataType sql.NullString
}

func (i *inspector) mysqlColumns() error {
	var r mysqlColumn
	into := []any{&r.table, &r.name, &r.typ, &r.dataType, &r.nullable, &r.def, &r.extra, &r.comment, &r.charset, &r.collation, &r.generated}
	return i.each(`SELECT table_name, column_name, column_type, data_type, is_nullable, column_default, extra, column_comment,
			character_set_name, collation_name, generation_expression
		FROM information_schema.columns WHERE table_schema = `+i.here()+`
		ORDER BY table_name, ordinal_position`, into, func() error {
		if t := i.s.Tables[r.table]; t != nil {
			t.Columns = append(t.Columns, i.mysqlColumn(t, r))
		}
		return nil
	})
}

func (i *inspector) mysqlColumn(t *Table, r mysqlColumn) *Column {
	c := &Column{Name: r.name, Type: CanonicalType(r.typ, i.s.Flavor), Nullable: r.nullable == "YES", Comment: r.comment}
	if r.collation.Valid && r.collation.String != t.Collation {
		c.Charset, c.Collation = r.charset.String, r.collation.String
	}
	extra := strings.ToUpper(r.extra)
	c.Autoincrement = strings.Contains(extra, "AUTO_INCREMENT")
	if r.generated.String != "" {
		c.Extra = "GENERATED ALWAYS AS (" + i.unescaped(r.generated.String) + ") " + generatedKind(extra)
		return c
	}
	if _, update, ok := strings.Cut(extra, "ON UPDATE "); ok {
		c.Extra = "ON UPDATE " + strings.Replace(strings.Fields(update)[0], "()", "", 1)
	}
	if strings.Contains(extra, "INVISIBLE") {
		c.addExtra("INVISIBLE")
	}
	c.Default = i.mysqlDefault(r, strings.Contains(extra, "DEFAULT_GENERATED"))
	return c
}

func generatedKind(extra string) string {
	if strings.Contains(extra, "VIRTUAL") {
		return "VIRTUAL"
	}
	return "STORED"
}

// mysqlDefault is a column's default as SQL. MariaDB reports SQL, and the word
// NULL for a nullable column without a default; MySQL reports the bare value
// unless it is an expression.
func (i *inspector) mysqlDefault(r mysqlColumn, expression bool) *string {
	text := r.def.String
	switch {
	case !r.def.Valid, i.s.Flavor.Dialect == flavor.MariaDB && text == "NULL":
		return nil
	case i.s.Flavor.Dialect == flavor.MariaDB && r.nullable == "NO" && strings.Contains(strings.ToUpper(r.extra), "ON UPDATE") && zeroTime.MatchString(text):
		return nil // which MariaDB adds where there is none
	case i.s.Flavor.Dialect == flavor.MariaDB:
	case strings.HasPrefix(strings.ToUpper(text), "CURRENT_TIMESTAMP") && timed(r.dataType.String):
	case expression:
		text = "(" + i.unescaped(text) + ")"
	case !bareDefault(r.dataType.String):
		text = quoteLiteral(text, flavor.MySQL)
	}
	return &text
}

var zeroTime = regexp.MustCompile(`^'0000-00-00 00:00:00(\.0+)?'$`)

// timed reports whether a type may have the moment of insertion as its default.
func timed(dataType string) bool {
	return strings.EqualFold(dataType, "datetime") || strings.EqualFold(dataType, "timestamp")
}

// bareDefault reports whether MySQL writes defaults of a type without quotes.
func bareDefault(dataType string) bool {
	switch strings.ToLower(dataType) {
	case "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "bit":
		return true
	}
	return false
}

// unescaped undoes the backslashes that MySQL puts before quotes and
// backslashes in expressions that it reports.
func (i *inspector) unescaped(text string) string {
	if i.s.Flavor.Dialect == flavor.MySQL {
		text = escaped.ReplaceAllString(text, "$1")
	}
	return standardQuotes(text)
}

// clause is a check as it was written. MySQL reports the strings in it as if
// their bytes were characters of latin1.
func (i *inspector) clause(text string) string {
	text = i.unescaped(text)
	if i.s.Flavor.Dialect != flavor.MySQL {
		return text
	}
	return quote.Rewrite(text, flavor.MySQL, flavor.MySQL, unmangled)
}

// unmangled is a text whose bytes in UTF-8 were taken for characters; a text
// that is none is returned as it is.
func unmangled(text string) string {
	var b []byte
	for _, c := range text {
		if c > 0xff {
			return text
		}
		b = append(b, byte(c))
	}
	if !utf8.Valid(b) {
		return text
	}
	return string(b)
}

var escaped = regexp.MustCompile(`(?s)\\(.)`)

// mysqlIndexes reads the keys. Only MySQL has expressions in them.
func (i *inspector) mysqlIndexes() error {
	expression, hidden := "NULL", "0"
	switch f := i.s.Flavor; {
	case f.Dialect == flavor.MySQL && f.AtLeast(8, 0, 13):
		expression, hidden = "expression", "is_visible = 'NO'"
	case f.Dialect == flavor.MariaDB && f.AtLeast(10, 6, 0):
		hidden = "ignored = 'YES'"
	}
	var table, name, method string
	var nonUnique, off bool
	var column, order, expr sql.NullString
	var length sql.NullInt64
	into := []any{&table, &name, &nonUnique, &column, &length, &order, &method, &expr, &off}
	var x *Index
	var last string
	err := i.each(`SELECT table_name, index_name, non_unique, column_name, sub_part, collation, index_type, `+expression+`, `+hidden+`
		FROM information_schema.statistics WHERE table_schema = `+i.here()+`
		ORDER BY table_name, index_name, seq_in_index`, into, func() error {
		if key := table + unit + name; key != last {
			i.addMySQLIndex(last, x)
			last, x = key, &Index{Name: name, Unique: !nonUnique, Valid: true, Hidden: off, Method: indexMethod(method)}
		}
		x.Columns = append(x.Columns, IndexColumn{
			Name: column.String, Expr: i.unescaped(expr.String), Length: int(length.Int64), Desc: order.String == "D"})
		return nil
	})
	i.addMySQLIndex(last, x)
	return err
}

// addMySQLIndex files a key under what it is: the primary key, a unique
// constraint if it covers whole columns, or an index.
func (i *inspector) addMySQLIndex(key string, x *Index) {
	table, _, _ := strings.Cut(key, unit)
	t := i.s.Tables[table]
	switch {
	case x == nil || t == nil:
	case x.Name == "PRIMARY":
		t.PrimaryKey = &Key{Columns: x.columnNames()}
	case x.isConstraint(i.s.Flavor.Dialect):
		t.Uniques = append(t.Uniques, &Key{Name: x.Name, Columns: x.columnNames(), Hidden: x.Hidden})
	default:
		t.Indexes = append(t.Indexes, x)
	}
}

func (i *inspector) mysqlForeignKeys() error {
	var table, name, column, refTable, refColumn, onDelete, onUpdate string
	into := []any{&table, &name, &column, &refTable, &refColumn, &onDelete, &onUpdate}
	here := i.here()
	return i.each(`SELECT k.table_name, k.constraint_name, k.column_name, k.referenced_table_name, k.referenced_column_name, r.delete_rule, r.update_rule
		FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r
			ON r.constraint_schema = `+here+` AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
		WHERE k.table_schema = `+here+` AND k.constraint_schema = `+here+` AND k.referenced_table_name IS NOT NULL
		ORDER BY k.table_name, k.constraint_name, k.ordinal_position`, into, func() error {
		t := i.s.Tables[table]
		if t == nil {
			return nil
		}
		n := len(t.ForeignKeys)
		if n == 0 || t.ForeignKeys[n-1].Name != name {
			del, _ := refAction(onDelete)
			upd, _ := refAction(onUpdate)
			t.ForeignKeys = append(t.ForeignKeys, &ForeignKey{Name: name, RefTable: refTable, OnDelete: del, OnUpdate: upd})
			n++
		}
		fk := t.ForeignKeys[n-1]
		fk.Columns, fk.RefColumns = append(fk.Columns, column), append(fk.RefColumns, refColumn)
		return nil
	})
}

// mysqlChecks reads the checks. MariaDB says at which column one is written,
// and calls it after the column; MySQL makes them all checks of the table.
func (i *inspector) mysqlChecks() error {
	query := `SELECT table_name, constraint_name, check_clause, level = 'Column', 0 FROM information_schema.check_constraints
		WHERE constraint_schema = ` + i.here()
	if i.s.Flavor.Dialect == flavor.MySQL {
		query = `SELECT tc.table_name, c.constraint_name, c.check_clause, 0, tc.enforced = 'NO'
			FROM information_schema.check_constraints c JOIN information_schema.table_constraints tc
				ON tc.constraint_schema = c.constraint_schema AND tc.constraint_name = c.constraint_name
			WHERE c.constraint_schema = ` + i.here() + ` AND tc.constraint_type = 'CHECK'`
	}
	var table, name, clause string
	var atColumn, off bool
	return i.each(query+" ORDER BY 1, 2", []any{&table, &name, &clause, &atColumn, &off}, func() error {
		t := i.s.Tables[table]
		if t == nil {
			return nil
		}
		c := &Check{Name: name, Expr: withoutParens(i.clause(clause)), Off: off}
		if atColumn {
			c.Column = t.checkedColumn(c)
		}
		t.Checks = append(t.Checks, c)
		return nil
	})
}

// checkedColumn is the column at which MariaDB has a check: the one after which
// it is called, but for columns that were renamed since, which the check is
// about.
func (t *Table) checkedColumn(c *Check) string {
	in := t.columnsIn(c.Expr)
	if len(in) == 1 && !sameName(in[0], c.Name, flavor.MariaDB) {
		return in[0]
	}
	return c.Name
}

// mysqlTriggers reads the triggers. MariaDB shows them without their bodies to
// users who may write to the table and have no right to its triggers.
func (i *inspector) mysqlTriggers() error {
	var name, table, timing, event, body string
	return i.each(`SELECT trigger_name, event_object_table, action_timing, event_manipulation, COALESCE(action_statement, '')
		FROM information_schema.triggers WHERE trigger_schema = `+i.here()+`
		ORDER BY event_object_table, action_timing, event_manipulation, action_order`, []any{&name, &table, &timing, &event, &body}, func() error {
		i.s.Triggers = append(i.s.Triggers, Trigger{Name: name, Table: table,
			Timing: strings.ToLower(timing), Event: strings.ToLower(event), Body: strings.TrimSpace(body)})
		return nil
	})
}

func (i *inspector) mysqlViews() error {
	var name, text string
	return i.each(`SELECT table_name, view_definition FROM information_schema.views
		WHERE table_schema = `+i.here()+` ORDER BY table_name`, []any{&name, &text}, func() error {
		i.s.Views = append(i.s.Views, View{Name: name, Text: "CREATE VIEW " + quoteIdent(name, flavor.MySQL) + " AS " + text})
		return nil
	})
}
