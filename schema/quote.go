package schema

import (
	"manage/engine/flavor"
	"manage/engine/quote"
)

// quoteText is text as a string literal of standard SQL, in which texts are
// compared, and which PostgreSQL and SQLite read.
func quoteText(text string) string { return quote.Standard(text) }

// quoteLiteral is text as a string literal of a dialect.
func quoteLiteral(text string, d flavor.Dialect) string { return quote.Text(text, d) }

// quoteIdent is name as a quoted identifier of a dialect.
func quoteIdent(name string, d flavor.Dialect) string { return quote.Ident(name, d) }

// quoteIdents is names quoted, with commas between.
func quoteIdents(names []string, d flavor.Dialect) string { return quote.Idents(names, d) }
