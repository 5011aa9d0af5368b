package schema

import (
	"strings"

	"manage/engine/flavor"
)

// quoteText is text as a string literal of standard SQL.
func quoteText(text string) string {
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// quoteLiteral is text as a string literal of a dialect. MySQL reads a
// backslash as an escape (manual, "String Literals").
func quoteLiteral(text string, d flavor.Dialect) string {
	if d.MySQLFamily() {
		text = strings.ReplaceAll(text, `\`, `\\`)
	}
	return quoteText(text)
}

// quoteIdent is name as a quoted identifier of a dialect.
func quoteIdent(name string, d flavor.Dialect) string {
	if d.MySQLFamily() {
		return "`" + strings.ReplaceAll(name, "`", "``") + "`"
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// quoteIdents is names quoted, with commas between.
func quoteIdents(names []string, d flavor.Dialect) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = quoteIdent(n, d)
	}
	return strings.Join(quoted, ", ")
}
