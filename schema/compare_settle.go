package schema

import (
	"encoding/hex"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"

	"manage/engine/flavor"
	"manage/engine/quote"
)

// This file says which spellings mean the same.

// settleType is a type in the spelling that is compared.
func (c *comparer) settleType(text string) string {
	text = CanonicalType(text, c.f)
	if c.f.Dialect == flavor.SQLite && c.rules.Affinity && strings.Contains(text, "INT") {
		return "INTEGER" // SQLite, "Datatypes": "INT" anywhere gives INTEGER affinity
	}
	return text
}

// typeOf is a column's type in the spelling that is compared. On SQLite the key
// that numbers the rows is INTEGER, whatever whole number it was altered to.
func (c *comparer) typeOf(t *Table, col *Column) string {
	text := c.settleType(col.Type)
	if c.rules.Rowid && c.f.Dialect == flavor.SQLite && strings.Contains(text, "INT") && t.PrimaryKey != nil && sameColumns(t.PrimaryKey.Columns, []string{col.Name}, flavor.SQLite) {
		return "INTEGER"
	}
	return text
}

// settleAction is a referential action; InnoDB checks at once, so that
// RESTRICT is NO ACTION there (MySQL manual, "FOREIGN KEY Constraints").
func (c *comparer) settleAction(action string) string {
	if action == "NO ACTION" || action == "RESTRICT" && c.f.Dialect.MySQLFamily() {
		return ""
	}
	return strings.ToLower(action)
}

// A defaultRule rewrites one spelling of a default to the one that is
// compared. A rule whose pattern does not match does nothing.
type defaultRule struct {
	why     string
	types   literalKind // for columns of these types only; anyKind for all
	pattern *regexp.Regexp
	to      string
}

// literalKind groups types whose literals are spelled alike.
type literalKind int

const (
	anyKind literalKind = iota
	booleanKind
	numberKind
	timeKind
	dateKind
	bytesKind
)

// defaultRules are applied in order. They see the text without the
// parentheses around it.
var defaultRules = []defaultRule{
	{"PostgreSQL names the type of a literal: 'shared'::image_visibility", anyKind,
		regexp.MustCompile(`(?is)^(null|'(?:[^']|'')*')::[\w" .(),\[\]]+$`), "$1"},
	{"a default of null is none", anyKind, regexp.MustCompile(`(?i)^null$`), ""},
	{"the current time has several names; MariaDB writes a function", anyKind,
		regexp.MustCompile(`(?i)^(?:current_timestamp|now|localtimestamp|localtime)(?:\(\))?$`), "current_timestamp"},
	{"the same with fractions of a second", anyKind,
		regexp.MustCompile(`(?i)^(?:current_timestamp|now|localtimestamp|localtime)\((\d)\)$`), "current_timestamp($1)"},
	{"false is 0 where there is no boolean", booleanKind, regexp.MustCompile(`(?i)^'?(?:0|f|false)'?$`), "false"},
	{"true is 1 where there is no boolean", booleanKind, regexp.MustCompile(`(?i)^'?(?:1|t|true)'?$`), "true"},
	{"numbers may stand in quotes", numberKind, regexp.MustCompile(`^'\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*'$`), "$1"},
}

// settleExtra is what else a server keeps of a column, in the spelling that is
// compared. That PostgreSQL numbers rows by an identity is said by
// Autoincrement, as for a serial column.
func settleExtra(c *Column) string {
	extra := settleExpr(c.Extra)
	if c.Autoincrement && strings.HasSuffix(extra, " as identity") {
		return ""
	}
	return extra
}

var sequenceDefault = regexp.MustCompile(`(?i)^nextval\(`)

// settleDefault is a column's default in the spelling that is compared, ""
// for none; sequence is true for one that draws numbers from a sequence.
func settleDefault(col *Column, f flavor.Flavor) (text string, sequence bool) {
	if col.Default == nil {
		return "", false
	}
	text = standardLiteral(withoutParens(*col.Default), f.Dialect)
	if sequenceDefault.MatchString(text) {
		return "", true
	}
	kind := kindOfLiteral(col.Type, f)
	for _, r := range defaultRules {
		if r.types == anyKind || r.types == kind {
			text = r.pattern.ReplaceAllString(text, r.to)
		}
	}
	if n, ok := new(big.Rat).SetString(text); ok && kind == numberKind {
		return n.RatString(), false // 0.50 is 0.5
	}
	if digits, ok := settleBytes(text, kind, f.Dialect); ok {
		return digits, false
	}
	if strings.HasPrefix(text, "'") {
		return settleTime(text, kind), false
	}
	return settleExpr(text), false
}

// settleBytes is a literal of bytes, or a text that stands for its bytes, in
// hexadecimal digits; false if it is none. In a text PostgreSQL doubles the
// backslash of bytes ("bytea Escape Format", PostgreSQL manual).
func settleBytes(text string, kind literalKind, d flavor.Dialect) (string, bool) {
	if kind != bytesKind {
		return "", false
	}
	if m := blobLiteral.FindStringSubmatch(text); m != nil {
		return "x'" + strings.ToLower(m[1]+m[2]) + "'", true
	}
	m := literalDefaultText.FindStringSubmatch(text)
	if m == nil || m[1][0] != '\'' {
		return "", false
	}
	inner := strings.ReplaceAll(m[1][1:len(m[1])-1], "''", "'")
	if strings.HasPrefix(inner, `\x`) { // of PostgreSQL
		return "x'" + strings.ToLower(inner[2:]) + "'", true
	}
	if d == flavor.Postgres {
		inner = strings.ReplaceAll(inner, `\\`, `\`)
	}
	return "x'" + hex.EncodeToString([]byte(inner)) + "'", true
}

// legible is a text as MySQL and MariaDB report it: their catalogs keep
// characters of three bytes at most, and show a question mark, or one for each
// byte, for others.
func (c *comparer) legible(text string) string {
	if !c.f.Dialect.MySQLFamily() {
		return text
	}
	return questionMarks.ReplaceAllString(text, "?")
}

var questionMarks = regexp.MustCompile(`[?\x{10000}-\x{10FFFF}]+`)

// standardLiteral is a default with the string literals of a dialect written as
// those of standard SQL. MySQL names the character set of one that it
// keeps as an expression.
func standardLiteral(text string, d flavor.Dialect) string {
	bare := text
	if d.MySQLFamily() {
		bare = characterSet.ReplaceAllString(text, "")
	}
	if value, n, ok := quote.Literal(bare, d); ok && n == len(bare) {
		return quoteText(value)
	}
	if d == flavor.MariaDB { // which reports expressions with its own escapes
		return standardQuotes(text)
	}
	return text
}

var characterSet = regexp.MustCompile(`^_\w+\s*`)

// settleTime is a literal of a time in the one spelling that all servers give
// it, with the fraction of a second only where there is one.
func settleTime(text string, kind literalKind) string {
	if kind != timeKind && kind != dateKind {
		return text
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04", "2006-01-02T15:04"} {
		at, err := time.Parse(layout, strings.Trim(text, "'"))
		switch {
		case err != nil:
		case kind == dateKind && at.Equal(at.Truncate(24*time.Hour)):
			return quoteText(at.Format(time.DateOnly))
		default:
			return quoteText(at.Format("2006-01-02 15:04:05.999999999"))
		}
	}
	return text
}

func kindOfLiteral(typ string, f flavor.Flavor) literalKind {
	base, _, _ := strings.Cut(strings.ToLower(CanonicalType(typ, f)), "(")
	switch {
	case base == "boolean" || base == "bool", base == "tinyint" && strings.Contains(typ, "(1)"):
		return booleanKind
	case slices.Contains([]string{"integer", "int", "bigint", "smallint", "tinyint", "mediumint", "numeric", "decimal",
		"float", "double", "double precision", "real"}, base):
		return numberKind
	case base == "datetime" || strings.HasPrefix(base, "timestamp"):
		return timeKind
	case base == "date":
		return dateKind
	case strings.HasSuffix(base, "blob") || base == "bytea":
		return bytesKind
	}
	return anyKind
}

// An exprRule rewrites one spelling of an expression, given as settled words
// with one space between.
type exprRule struct {
	why     string
	pattern *regexp.Regexp
	to      string
}

// exprRules are applied in order to expressions whose words are in lower case.
var exprRules = []exprRule{
	{"PostgreSQL writes numbers below zero, and large ones, in quotes: '-1'::integer", regexp.MustCompile(`'(-?[\d.]+)' : : (?:integer|bigint|smallint|numeric|double precision)`), "$1"},
	{"PostgreSQL names types: (0)::numeric", regexp.MustCompile(` : : (?:character varying|double precision|timestamp with(?:out)? time zone|[\w.]+)(?: \( [\d ,]+ \))?(?: \( \))?`), ""},
	{"PostgreSQL keeps IN as a comparison with an array", regexp.MustCompile(`= any \( (?:array \( ([^()]*) \)|\( array \( ([^()]*) \) \)) \)`), "in ( $1$2 )"},
	{"and NOT IN", regexp.MustCompile(`< > all \( (?:array \( ([^()]*) \)|\( array \( ([^()]*) \) \)) \)`), "not in ( $1$2 )"},
	{"PostgreSQL keeps LIKE as an operator", regexp.MustCompile(`~ ~`), "like"},
	{"MySQL names the character set of a literal", regexp.MustCompile(`(^| )_\w+ '`), "$1'"},
	{"MariaDB's name for a function", regexp.MustCompile(`\boctet_length \(`), "length ("},
	{"and for two more", regexp.MustCompile(`\bucase \(`), "upper ("},
	{"the same", regexp.MustCompile(`\blcase \(`), "lower ("},
	{"two signs of inequality", regexp.MustCompile(`! =`), "< >"},
}

// ungroupedRules are applied after the parentheses that only group are gone.
var ungroupedRules = []exprRule{
	{"PostgreSQL keeps BETWEEN as two comparisons", regexp.MustCompile(`(\S+) between (\S+) and (\S+)`), "$1 > = $2 and $1 < = $3"},
	{"a number below zero in quotes has its sign with it", regexp.MustCompile(`(\(|,) - (\d)`), "$1 -$2"},
	{"MariaDB turns a negation round", regexp.MustCompile(`\bnot (\S+) = (\S+)`), "$1 < > $2"},
}

// settleExpr is an expression in the spelling that is compared: words in lower
// case, names without quotes, and no parentheses but those of lists and calls,
// because each server adds its own around every operator. Expressions that
// differ in nothing but parentheses are taken for equal.
func settleExpr(text string) string {
	if strings.Contains(text, "ARRAY[") {
		text = strings.NewReplacer("[", "(", "]", ")").Replace(text)
	}
	tokens := lex(text)
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = t.text
		if t.name != "" {
			words[i] = strings.ToLower(t.name)
		}
	}
	out := strings.Join(words, " ")
	for _, r := range exprRules {
		out = r.pattern.ReplaceAllString(out, r.to)
	}
	out = strings.Join(withoutGrouping(strings.Fields(out)), " ")
	for _, r := range ungroupedRules {
		out = r.pattern.ReplaceAllString(out, r.to)
	}
	return closer.Replace(out)
}

// closer sets what belongs together side by side again, for the reader.
var closer = strings.NewReplacer("< >", "<>", "> =", ">=", "< =", "<=", " ( ", " (", "( ", "(", " )", ")", " ,", ",", "| |", "||")

// withoutGrouping drops the parentheses that only group.
func withoutGrouping(words []string) []string {
	var out []string
	var kept []bool // for each open parenthesis
	for i, w := range words {
		switch w {
		case "(":
			keep := i > 0 && callsOrLists(words[i-1])
			kept = append(kept, keep)
			if !keep {
				continue
			}
		case ")":
			keep := len(kept) > 0 && kept[len(kept)-1]
			kept = kept[:max(0, len(kept)-1)]
			if !keep {
				continue
			}
		}
		out = append(out, w)
	}
	return out
}

// callsOrLists reports whether a parenthesis behind the word belongs to a call
// or a list: behind a name or IN, not behind operators and other keywords.
func callsOrLists(word string) bool {
	switch word {
	case "and", "or", "not", "like", "between", "is", "then", "when", "else", "case", "as":
		return false
	}
	return wordByte(word[0]) && !digit(word[0])
}

// booleanCheck reports whether a check says that one column is 0 or 1.
func booleanCheck(expr string) bool { return booleanPattern.MatchString(settleExpr(expr)) }

var booleanPattern = regexp.MustCompile(`^\S+ in \(0, 1\)$`)

var (
	postgresChosen = regexp.MustCompile(`_(?:pkey|(?:key|fkey|check)\d*)$`)
	mysqlChosen    = regexp.MustCompile(`(?i)^constraint_\d+$|_(?:ibfk|chk)_\d+$`)
	numberedAfter  = regexp.MustCompile(`_\d+$`)
)

// chosenName reports whether a constraint's name has the form of those that
// the server chooses: MySQL calls a key after its first column and numbers
// other constraints, PostgreSQL builds it of table, columns and kind.
func chosenName(t *Table, columns []string, name string, f flavor.Flavor) bool {
	switch d := f.Dialect; {
	case d == flavor.Postgres:
		return postgresChosen.MatchString(name)
	case d.MySQLFamily():
		return mysqlChosen.MatchString(name) ||
			len(columns) > 0 && sameName(numberedAfter.ReplaceAllString(name, ""), columns[0], d) ||
			len(columns) > 0 && sameName(name, columns[0], d)
	}
	return name == ""
}
