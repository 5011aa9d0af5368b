package schema

import (
	"regexp"
	"slices"
	"strings"

	"manage/engine/flavor"
)

// given is true in an insert that has given a column a value. One that is the
// column's default may as well have been left out: it counts only if the other
// column has nothing to say either.
func (w *syncWriter) given(column, typ, byDefault, other string) string {
	written := column + " IS NOT NULL"
	if byDefault == "" {
		return written
	}
	return "(" + written + " AND NOT (" + w.same(column, byDefault, typ) + " AND " + other + "))"
}

// newGiven is true if the new column has a value that is not its default.
func (w *syncWriter) newGiven() string {
	written := w.new + " IS NOT NULL"
	if w.newDefault == "" {
		return written
	}
	return "(" + written + " AND NOT " + w.same(w.new, w.newDefault, w.newType) + ")"
}

// literalForms are defaults that are one literal, as a catalog and the servers
// write them: with parentheses around it, or a type behind it.
var literalForms = regexp.MustCompile(`(?is)^\(*\s*(true|false|[-+]?[0-9]+(?:\.[0-9]*)?|'(?:[^'\\]|'')*')\s*\)*\s*(?:::[a-z0-9_ "(),.]+)?$`)

// plainLiteral is the literal of a default, the same however it is written; ""
// if it is none.
func plainLiteral(text, typ string, d flavor.Dialect) string {
	m := literalForms.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return ""
	}
	literal := m[1]
	number := slices.ContainsFunc([]string{"int", "numeric", "decimal", "float", "double", "real"}, func(word string) bool { return strings.Contains(typ, word) })
	if inner := strings.Trim(literal, "'"); number && inner != "" {
		return inner // MySQL takes '0' for a number
	}
	if literal[0] == '\'' {
		return literal
	}
	literal = strings.ToLower(literal)
	if numbers := map[string]string{"true": "1", "false": "0"}; d != flavor.Postgres && numbers[literal] != "" {
		return numbers[literal]
	}
	return literal
}
