// Package quote writes names, text and bytes as SQL, and reads literals. It is
// the one place that does: what it writes is read back as it was by every server
// in the sessions of this program, which have no NO_BACKSLASH_ESCAPES in their
// sql_mode and standard_conforming_strings on.
package quote

import (
	"encoding/hex"
	"strings"

	"manage/engine/flavor"
)

// Ident is a name as a quoted identifier.
func Ident(name string, d flavor.Dialect) string {
	if d.MySQLFamily() {
		return "`" + strings.ReplaceAll(name, "`", "``") + "`"
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// Idents is names quoted, with commas between.
func Idents(names []string, d flavor.Dialect) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = Ident(n, d)
	}
	return strings.Join(quoted, ", ")
}

// Text is text as a string literal. PostgreSQL stores no zero byte, and refuses
// the literal that holds one.
func Text(text string, d flavor.Dialect) string {
	switch {
	case d.MySQLFamily():
		// Manual, "String Literals". A carriage return is written out because
		// files that hold the statement lose it easily.
		return "'" + mysqlEscapes.Replace(text) + "'"
	case d == flavor.SQLite && strings.Contains(text, "\x00"):
		// To SQLite a statement ends at its first zero byte.
		return "CAST(X'" + hex.EncodeToString([]byte(text)) + "' AS TEXT)"
	}
	return Standard(text)
}

var mysqlEscapes = strings.NewReplacer(`'`, `''`, `\`, `\\`, "\x00", `\0`, "\r", `\r`)

// Always is Text where a revision's own statements may have changed the session:
// PostgreSQL reads it alike whatever standard_conforming_strings is.
func Always(text string, d flavor.Dialect) string {
	if d != flavor.Postgres || !strings.Contains(text, `\`) {
		return Text(text, d)
	}
	return " E" + strings.ReplaceAll(Standard(text), `\`, `\\`) // not a part of the word before
}

// Texts is texts as string literals, with commas between.
func Texts(texts []string, d flavor.Dialect) string {
	quoted := make([]string, len(texts))
	for i, t := range texts {
		quoted[i] = Text(t, d)
	}
	return strings.Join(quoted, ", ")
}

// Standard is text as a string literal of standard SQL, in which only the quote
// itself is special: SQLite's form, and that in which texts are compared.
func Standard(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// Bytes is a binary value as a literal.
func Bytes(b []byte, d flavor.Dialect) string {
	if d == flavor.Postgres {
		// However bytea_output and backslashes are set.
		return "decode('" + hex.EncodeToString(b) + "', 'hex')"
	}
	return "X'" + hex.EncodeToString(b) + "'"
}
