package schema

import (
	"database/sql"
	"strings"

	"manage/engine/flavor"
)

// mysqlDependents are what MySQL and MariaDB keep: mostly texts, which they do
// not look into when a table is changed.
func (i *inspector) mysqlDependents(tables []string) ([]Dependent, error) {
	all := append(i.s.dependentTexts(), i.s.dependentIndexes(tables)...)
	for _, name := range tables {
		if t := i.s.Table(name); t != nil {
			all = append(all, i.s.computed(t)...)
		}
	}
	partitions, err := i.mysqlPartitions(tables)
	if err != nil {
		return nil, err
	}
	all = append(all, partitions...)
	for _, query := range []string{
		`SELECT LOWER(routine_type), routine_name, routine_definition FROM information_schema.routines WHERE routine_schema = ` + i.here(),
		`SELECT 'event', event_name, event_definition FROM information_schema.events WHERE event_schema = ` + i.here(),
		// A view of another database names this one.
		`SELECT 'view', CONCAT(table_schema, '.', table_name), view_definition FROM information_schema.views
			WHERE table_schema <> ` + i.here() + ` AND LOCATE(` + i.here() + `, view_definition) > 0`,
	} {
		found, err := i.mysqlTexts(query)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// mysqlTexts reads routines, events or views with their texts, which are NULL
// or empty for an account that may not see them.
func (i *inspector) mysqlTexts(query string) ([]Dependent, error) {
	var d Dependent
	var text sql.NullString
	var all []Dependent
	err := i.each(query+" ORDER BY 1, 2", []any{&d.Kind, &d.Name, &text}, func() error {
		add := d
		add.Text, add.Unread = text.String, strings.TrimSpace(text.String) == ""
		all = append(all, add)
		return nil
	})
	return all, err
}

// mysqlPartitions reads by which columns some tables are partitioned. The
// servers do not remove such a column; MySQL does not rename it either (error
// 3855), while MariaDB follows.
func (i *inspector) mysqlPartitions(tables []string) ([]Dependent, error) {
	var table, expr string
	var all []Dependent
	err := i.each(`SELECT DISTINCT p.table_name, CONCAT_WS(' ', p.partition_expression, p.subpartition_expression) FROM information_schema.partitions p
		WHERE p.table_schema = `+i.here()+` AND p.table_name IN (`+i.literals(tables)+`) AND p.partition_name IS NOT NULL`, []any{&table, &expr}, func() error {
		if t := i.s.Table(table); t != nil {
			for _, column := range t.columnsIn(expr) {
				all = append(all, Dependent{Kind: "partitioning", Name: "by " + expr, On: table, Table: table, Column: column,
					Held: true, Fixed: i.s.Flavor.Dialect == flavor.MySQL})
			}
		}
		return nil
	})
	return all, err
}

// computed are the generated columns and defaults of a table that are computed
// from others of its columns. The servers hold a column that one is computed
// from; MySQL does not rename it either (error 3108), while MariaDB follows.
func (s *Schema) computed(t *Table) []Dependent {
	var all []Dependent
	d := s.Flavor.Dialect
	for _, from := range t.Columns {
		for _, c := range t.Columns {
			kind, text := "generated column", c.Extra
			if c.Default != nil && !strings.HasPrefix(c.Extra, "GENERATED ") {
				kind, text = "default", plainExpression(*c.Default)
			}
			if c != from && mentions(text, from.Name) {
				all = append(all, Dependent{Kind: kind, Name: c.Name, On: t.Name, Table: t.Name, Column: from.Name, Held: true, Fixed: d == flavor.MySQL})
			}
		}
	}
	return all
}

// plainExpression is a default's text where it is an expression, else "".
func plainExpression(text string) string {
	if strings.HasPrefix(text, "'") {
		return ""
	}
	return text
}
