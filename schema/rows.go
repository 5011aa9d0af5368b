package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// InsertRows adds rows to a table.
type InsertRows struct {
	Table string             `toml:"table"`
	Rows  []map[string]Value `toml:"rows"`
}

// Kind is "insert_rows".
func (o *InsertRows) Kind() string { return "insert_rows" }

// Check reports what is wrong with the operation by itself.
func (o *InsertRows) Check() error {
	if err := checkNeeded("table", o.Table); err != nil {
		return err
	}
	if len(o.Rows) == 0 {
		return fmt.Errorf("rows: at least one is needed")
	}
	for i, row := range o.Rows {
		if len(row) == 0 {
			return fmt.Errorf("rows: row %d is empty", i+1)
		}
	}
	return nil
}

// Apply changes nothing; it fails if the table lacks a column.
func (o *InsertRows) Apply(s *Schema) error {
	t, err := s.need(o.Kind(), o.Table)
	if err != nil {
		return err
	}
	for _, row := range o.Rows {
		if err := needColumns(o.Kind(), t, slices.Sorted(maps.Keys(row)), s.Flavor.Dialect); err != nil {
			return err
		}
	}
	return nil
}

// Render inserts the rows, one statement for each run of rows that have the
// same columns.
func (o *InsertRows) Render(s *Schema) ([]plan.Statement, error) {
	if err := o.Apply(s); err != nil {
		return nil, err
	}
	t, d := s.Table(o.Table), s.Flavor.Dialect
	var out []plan.Statement
	var last []string
	for i, row := range o.Rows {
		columns, values, err := o.row(t, row, d)
		if err != nil {
			return nil, misfit(o.Kind(), o.Table, "row %d: %s", i+1, err)
		}
		if len(out) > 0 && slices.Equal(columns, last) {
			out[len(out)-1].SQL += ", (" + values + ")"
			continue
		}
		last = columns
		out = append(out, plan.Statement{Data: true, SQL: fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)",
			quoteIdent(o.Table, d), quoteIdents(columns, d), values)})
	}
	if d == flavor.Postgres {
		out = append(out, o.sequences(t)...)
	}
	return number(out), nil
}

// sequences moves the sequences of columns whose values the rows give behind
// these: other servers number on from the highest value by themselves.
func (o *InsertRows) sequences(t *Table) []plan.Statement {
	var out []plan.Statement
	for _, c := range t.Columns {
		given := slices.ContainsFunc(o.Rows, func(row map[string]Value) bool { _, ok := row[c.Name]; return ok })
		if !c.Autoincrement || !given {
			continue
		}
		name := quoteIdent(c.Name, flavor.Postgres)
		table := quoteIdent(t.Name, flavor.Postgres)
		sequence := fmt.Sprintf("pg_get_serial_sequence(%s, %s)", quoteText(table), quoteText(c.Name))
		out = append(out, plan.Statement{Data: true, SQL: fmt.Sprintf(
			"SELECT setval(%[1]s, GREATEST(MAX(%[2]s), nextval(%[1]s) - 1, 1)) FROM %[3]s", sequence, name, table)})
	}
	return out
}

// row is one row's columns, in the table's order, and their values as SQL.
func (o *InsertRows) row(t *Table, row map[string]Value, d flavor.Dialect) ([]string, string, error) {
	var columns, values []string
	for _, c := range t.Columns {
		for _, name := range slices.Sorted(maps.Keys(row)) {
			if !sameName(name, c.Name, d) {
				continue
			}
			text, err := row[name].forColumn(c, d)
			if err != nil {
				return nil, "", err
			}
			columns, values = append(columns, c.Name), append(values, text)
		}
	}
	return columns, strings.Join(values, ", "), nil
}

// ZeroByte is a text with a zero byte among the values of an operation on rows;
// PostgreSQL stores none ("Character Types", PostgreSQL manual).
func ZeroByte(op Operation) (string, bool) {
	var rows []map[string]Value
	switch op := op.(type) {
	case *InsertRows:
		rows = op.Rows
	case *UpdateRows:
		set := map[string]Value{}
		for name, v := range op.Set {
			set[name] = v.Value
		}
		rows = append(rows, set)
	}
	for _, row := range rows {
		for _, v := range row {
			if text, ok := v.Literal.(string); ok && strings.Contains(text, "\x00") {
				return text, true
			}
		}
	}
	return "", false
}

// forColumn is the value as SQL for a column: 0 and 1 are booleans for a
// PostgreSQL column of that type.
func (v Value) forColumn(c *Column, d flavor.Dialect) (string, error) {
	if n, ok := v.Literal.(int64); ok && v.SQL.IsZero() && d == flavor.Postgres && c.Type == "boolean" && (n == 0 || n == 1) {
		return boolLiteral(n == 1, d), nil
	}
	return v.sql(d)
}

// Inverse deletes the rows, found by their primary key if every row gives it
// as literals, else by all literals that they give.
func (o *InsertRows) Inverse(s *Schema) ([]Operation, error) {
	t, err := s.need(o.Kind(), o.Table)
	if err != nil {
		return nil, err
	}
	d := s.Flavor.Dialect
	var conditions []string
	for _, row := range slices.Backward(o.Rows) {
		var parts []string
		for _, name := range rowKey(t, row, d) {
			c := t.column(name, d)
			if c == nil || !row[name].SQL.IsZero() {
				continue
			}
			text, err := row[name].forColumn(c, d)
			if err != nil {
				return nil, misfit(o.Kind(), o.Table, "%s", err)
			}
			parts = append(parts, quoteIdent(c.Name, d)+equals(text))
		}
		if len(parts) == 0 {
			return nil, &IrreversibleError{Kind: o.Kind(), Why: "a row of table " + t.Name + " has no literal values to find it by"}
		}
		conditions = append(conditions, "("+strings.Join(parts, " AND ")+")")
	}
	return []Operation{&DeleteRows{Table: o.Table, Where: Text{All: strings.Join(conditions, " OR ")}}}, nil
}

// equals is the comparison with a literal.
func equals(text string) string {
	if text == "NULL" {
		return " IS NULL"
	}
	return " = " + text
}

// rowKey is the columns by which a row is found again.
func rowKey(t *Table, row map[string]Value, d flavor.Dialect) []string {
	names := slices.Sorted(maps.Keys(row))
	if t.PrimaryKey == nil {
		return names
	}
	var key []string
	for _, k := range t.PrimaryKey.Columns {
		for _, name := range names {
			if sameName(k, name, d) && row[name].SQL.IsZero() {
				key = append(key, name)
			}
		}
	}
	if len(key) < len(t.PrimaryKey.Columns) {
		return names
	}
	return key
}

// UpdateRows changes rows. In Set, a string is an SQL expression, as in the
// steps of data migrations; `{ value = "…" }` is a literal string.
type UpdateRows struct {
	Table string               `toml:"table"`
	Set   map[string]SetClause `toml:"set"`
	Where Text                 `toml:"where"`
}

// SetClause is what a column is set to.
type SetClause struct{ Value }

// UnmarshalTOML reads an SQL expression, by dialect if it is a table with
// dialects as keys, or a Value.
func (c *SetClause) UnmarshalTOML(data any) error {
	if text, ok := data.(string); ok {
		c.SQL = Text{All: text}
		return nil
	}
	if table, ok := data.(map[string]any); ok {
		for key := range table {
			if checkDialectKey(key) == nil {
				return c.SQL.UnmarshalTOML(data)
			}
		}
	}
	return c.Value.UnmarshalTOML(data)
}

// Kind is "update_rows".
func (o *UpdateRows) Kind() string { return "update_rows" }

// Check reports what is wrong with the operation by itself.
func (o *UpdateRows) Check() error {
	if err := checkNeeded("table", o.Table); err != nil {
		return err
	}
	if len(o.Set) == 0 {
		return fmt.Errorf("set is missing")
	}
	for _, name := range slices.Sorted(maps.Keys(o.Set)) {
		if c := o.Set[name]; !c.SQL.IsZero() && c.SQL.blank() {
			return fmt.Errorf("set: the expression for %q is empty", name)
		}
	}
	return checkWhere(o.Where)
}

// checkWhere asks for a condition: one that means all rows is written out.
func checkWhere(where Text) error {
	if where.IsZero() || where.blank() {
		return fmt.Errorf("where is missing; write where = \"1 = 1\" for all rows")
	}
	return nil
}

// Apply changes nothing; it fails if the table lacks a column.
func (o *UpdateRows) Apply(s *Schema) error {
	t, err := s.need(o.Kind(), o.Table)
	if err != nil {
		return err
	}
	return needColumns(o.Kind(), t, slices.Sorted(maps.Keys(o.Set)), s.Flavor.Dialect)
}

// Render updates the rows.
func (o *UpdateRows) Render(s *Schema) ([]plan.Statement, error) {
	if err := o.Apply(s); err != nil {
		return nil, err
	}
	t, d := s.Table(o.Table), s.Flavor.Dialect
	where, ok := o.Where.For(d)
	if !ok {
		return nil, misfit(o.Kind(), o.Table, "there is no where for %s", d.Title())
	}
	var sets []string
	for _, name := range slices.Sorted(maps.Keys(o.Set)) {
		c := t.column(name, d)
		text, err := o.Set[name].forColumn(c, d)
		if err != nil {
			return nil, misfit(o.Kind(), o.Table, "set %s: %s", name, err)
		}
		sets = append(sets, quoteIdent(c.Name, d)+" = "+text)
	}
	sql := fmt.Sprintf("UPDATE %s SET %s WHERE %s", quoteIdent(o.Table, d), strings.Join(sets, ", "), where)
	return number([]plan.Statement{{SQL: sql, Data: true}}), nil
}

// Inverse is an error: the values that were there are not known.
func (o *UpdateRows) Inverse(*Schema) ([]Operation, error) {
	return nil, &IrreversibleError{Kind: o.Kind(), Why: "the former values in table " + o.Table + " are not kept"}
}

// DeleteRows removes rows.
type DeleteRows struct {
	Table string `toml:"table"`
	Where Text   `toml:"where"`
}

// Kind is "delete_rows".
func (o *DeleteRows) Kind() string { return "delete_rows" }

// Check reports what is wrong with the operation by itself.
func (o *DeleteRows) Check() error {
	if err := checkNeeded("table", o.Table); err != nil {
		return err
	}
	return checkWhere(o.Where)
}

// Apply changes nothing; it fails if there is no such table.
func (o *DeleteRows) Apply(s *Schema) error {
	_, err := s.need(o.Kind(), o.Table)
	return err
}

// Render deletes the rows.
func (o *DeleteRows) Render(s *Schema) ([]plan.Statement, error) {
	if err := o.Apply(s); err != nil {
		return nil, err
	}
	d := s.Flavor.Dialect
	where, ok := o.Where.For(d)
	if !ok {
		return nil, misfit(o.Kind(), o.Table, "there is no where for %s", d.Title())
	}
	return number([]plan.Statement{{SQL: "DELETE FROM " + quoteIdent(o.Table, d) + " WHERE " + where, Data: true}}), nil
}

// Inverse is an error: the rows are not kept.
func (o *DeleteRows) Inverse(*Schema) ([]Operation, error) {
	return nil, &IrreversibleError{Kind: o.Kind(), Why: "the rows of table " + o.Table + " are not kept"}
}
