package schema

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"manage/engine/flavor"
)

// This file writes conditions on rows: that a column holds what an expression
// says, as it would be if the expression had been written into it.

// Holds is the condition that a row's column holds the value of an expression
// over the row: the value as the server stores it in a column of that type,
// NULL being a value. It fails if the schema has no such column.
func (s *Schema) Holds(table, column, expr string) (string, error) {
	_, c, err := s.needColumn("compare", table, column)
	if err != nil {
		return "", err
	}
	return keeps(c, expr, s.Flavor.Dialect), nil
}

// Filled is the condition that one of some columns of a row has a value.
func (s *Schema) Filled(columns []string) string {
	var parts []string
	for _, c := range columns {
		parts = append(parts, quoteIdent(c, s.Flavor.Dialect)+" IS NOT NULL")
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// Agreement is the condition that the two columns of a row agree: that one of
// them follows from the other. s is a schema with both.
func (o *SyncColumns) Agreement(s *Schema) (string, error) {
	w, err := o.writer(s, "")
	if err != nil {
		return "", err
	}
	return keeps(w.table.column(o.New, w.d), w.toNew, w.d) + " OR " + keeps(w.table.column(o.Old, w.d), w.toOld, w.d), nil
}

// keeps is the condition that column c has the value of expr.
func keeps(c *Column, expr string, d flavor.Dialect) string {
	name, typ := quoteIdent(c.Name, d), strings.ToLower(c.Type)
	if !d.MySQLFamily() {
		return same(name, stored(expr, c.Type, d), typ, d)
	}
	base, _, _ := strings.Cut(typ, "(")
	switch base = strings.Fields(base)[0]; {
	case base == "float":
		// What the server shows of such a column is not all that it keeps.
		return fmt.Sprintf("(%[1]s <=> (%[2]s) OR ABS(%[1]s - (%[2]s)) <= 0.00001 * ABS(%[1]s))", name, expr)
	case base == "enum" || base == "set":
		return name + " <=> (" + expr + ")" // the server finds the value whatever its case
	case base == "char":
		return same(name, "TRIM(TRAILING ' ' FROM ("+expr+"))", typ, d)
	}
	return same(name, stored(expr, typ, d), typ, d)
}

// mysqlCasts are the types of MySQL and MariaDB that a value is changed to when
// it is stored, and what CAST calls them. Their own length follows where it
// says how exact they are.
var mysqlCasts = []struct {
	column *regexp.Regexp
	cast   string
}{
	{regexp.MustCompile(`^(tiny|small|medium|big)?int\b.*unsigned`), "UNSIGNED"},
	{regexp.MustCompile(`^(tiny|small|medium|big)?int\b`), "SIGNED"},
	{regexp.MustCompile(`^decimal(\(\d+,\d+\))?`), "DECIMAL$1"},
	{regexp.MustCompile(`^(?:datetime|timestamp)(\(\d\))?`), "DATETIME$1"},
	{regexp.MustCompile(`^time(\(\d\))?`), "TIME$1"},
	{regexp.MustCompile(`^date\b`), "DATE"},
	{regexp.MustCompile(`^json\b`), "JSON"},
}

// stored is the value of expr once it is written into a column of type typ.
// SQLite compares it with a column just so.
func stored(expr, typ string, d flavor.Dialect) string {
	expr = "(" + expr + ")"
	switch {
	case d == flavor.Postgres:
		return "CAST(" + expr + " AS " + typ + ")"
	case !d.MySQLFamily():
		return expr
	}
	for _, c := range mysqlCasts {
		if found := c.column.FindStringSubmatchIndex(typ); found != nil {
			return "CAST(" + expr + " AS " + string(c.column.ExpandString(nil, c.cast, typ, found)) + ")"
		}
	}
	return expr
}

// same is the condition that two values of a column's type are the same, with
// NULL as a value. Text is compared by its bytes, whatever the collation: a
// change of case is a change.
func same(a, b, typ string, d flavor.Dialect) string {
	switch {
	case d == flavor.SQLite:
		return "(" + a + " COLLATE BINARY) IS (" + b + ")"
	case d == flavor.Postgres && postgresExact(typ):
		return a + " IS NOT DISTINCT FROM " + b
	case d == flavor.Postgres: // some have no equality (json), or one that is too kind (citext)
		return "(" + a + `)::text COLLATE "C" IS NOT DISTINCT FROM (` + b + `)::text COLLATE "C"`
	case slices.ContainsFunc([]string{"char", "text", "enum", "set"}, func(word string) bool { return strings.Contains(typ, word) }):
		bytes := func(x string) string { return "CAST(CONVERT(" + x + " USING utf8mb4) AS BINARY)" }
		return bytes(a) + " <=> " + bytes(b)
	}
	return "(" + a + ") <=> (" + b + ")"
}

// postgresExact reports whether only values of a type that are the same are
// equal.
func postgresExact(typ string) bool {
	word, _, _ := strings.Cut(typ, "(")
	switch strings.TrimSpace(word) {
	case "integer", "bigint", "smallint", "boolean", "date", "uuid", "bytea", "real", "double precision", "numeric",
		"timestamp without time zone", "timestamp with time zone":
		return true
	}
	return false
}

// Conjuncts cuts a condition where AND joins its parts. A condition that OR
// joins is one part.
func Conjuncts(cond string) []string {
	var parts []string
	depth, between, begin := 0, 0, 0
	last := ""
	for _, t := range lex(cond) {
		word := strings.ToLower(t.text)
		if last == "." {
			word = "" // a column that is called so
		}
		last = t.text
		switch word {
		case "(", "case":
			depth++
		case ")", "end":
			depth--
		case "between":
			if depth == 0 {
				between++
			}
		case "or", "xor":
			if depth == 0 {
				return []string{cond}
			}
		case "and":
			if depth > 0 {
				continue
			}
			if between > 0 {
				between--
				continue
			}
			parts = append(parts, strings.TrimSpace(cond[begin:t.start]))
			begin = t.end
		}
	}
	return append(parts, strings.TrimSpace(cond[begin:]))
}
