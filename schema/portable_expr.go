package schema

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"manage/engine/flavor"
	"manage/engine/quote"
)

// setDefault puts a column's default into portable words: a literal if the
// servers agree on one, else an expression.
func setDefault(def *ColumnDef, has []columnOn) {
	texts := map[flavor.Dialect]string{}
	for _, c := range has {
		if text, sequence := settleDefault(c.Column, c.s.Flavor); text != "" && !sequence {
			texts[c.dialect()] = text
		}
	}
	if len(texts) == 0 {
		return
	}
	if len(texts) == len(has) {
		for _, c := range has {
			if value, ok := defaultLiteral(texts[c.dialect()], def, c.dialect()); ok && fits(value, def, has) {
				def.Default = value
				return
			}
		}
	}
	written := func(text string, d flavor.Dialect) string {
		if text == "current_timestamp" {
			return "CURRENT_TIMESTAMP" // however the server writes it
		}
		at := slices.IndexFunc(has, func(c columnOn) bool { return c.dialect() == d })
		return portableExpr(withoutParens(*has[at].Default), d)
	}
	everywhere := len(texts) == len(has)
	def.DefaultSQL = textOf(texts, everywhere, written)
	if !everywhere {
		def.DefaultSQL.By["other"] = "NULL" // which is none
	}
}

// fits reports whether a literal gives the default that each server has.
func fits(value any, def *ColumnDef, has []columnOn) bool {
	return !slices.ContainsFunc(has, func(c columnOn) bool {
		t, err := typeFor(def.Type, def.TypeOn, c.dialect())
		if err != nil {
			return true
		}
		try := c.clone()
		try.Default = defaultText(value, Text{}, t, c.s.Flavor)
		want, _ := settleDefault(c.Column, c.s.Flavor)
		got, _ := settleDefault(try, c.s.Flavor)
		return want != got
	})
}

// defaultLiteral reads a settled default as a literal.
func defaultLiteral(text string, def *ColumnDef, d flavor.Dialect) (any, bool) {
	t, err := typeFor(def.Type, def.TypeOn, d)
	if err != nil {
		return nil, false
	}
	if strings.HasPrefix(text, "'") && quotedLength(text, '\'') == len(text) {
		value := strings.ReplaceAll(text[1:len(text)-1], "''", "'")
		return value, true
	}
	if t.Name == "boolean" {
		return text == "true", text == "true" || text == "false"
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	if numerator, denominator, rat := strings.Cut(text, "/"); rat { // as settleDefault writes fractions
		a, errA := strconv.ParseFloat(numerator, 64)
		b, errB := strconv.ParseFloat(denominator, 64)
		return a / b, errA == nil && errB == nil && b != 0
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil
}

// textOf is one text for all dialects if what they have settles to the same,
// else a text by dialect. everywhere is false if some dialect has none.
func textOf(texts map[flavor.Dialect]string, everywhere bool, words func(string, flavor.Dialect) string) Text {
	var out Text
	same, first := true, ""
	by := map[string]string{}
	for _, d := range flavor.Dialects() {
		text, ok := texts[d]
		if !ok {
			continue
		}
		by[string(d)] = words(text, d)
		text = quote.Translate(text, d, flavor.SQLite)
		if out.All == "" {
			out.All, first = by[string(d)], text
		}
		same = same && settleExpr(text) == settleExpr(first)
	}
	if same && everywhere {
		return out
	}
	for d, text := range by {
		by[d] = quote.Translate(text, flavor.SQLite, flavor.Dialect(d))
	}
	if by["mariadb"] == by["mysql"] {
		delete(by, "mariadb")
	}
	return Text{By: by}
}

// portableExpr is an expression without what only its server writes, such as
// casts that PostgreSQL adds and MySQL's names of character sets. What it is
// not sure of stays.
func portableExpr(text string, d flavor.Dialect) string {
	if d == flavor.SQLite {
		return strings.TrimSpace(text) // as it was written
	}
	settled := quote.Translate(text, d, flavor.SQLite)
	if strings.Contains(settled, "ARRAY[") {
		settled = strings.NewReplacer("[", "(", "]", ")").Replace(settled)
	}
	tokens := lex(settled)
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = t.text
		if t.name != "" && plainName.MatchString(t.name) && !reserved(t.name) {
			words[i] = t.name
		}
		if d == flavor.Postgres && t.name != "" && t.text[0] != '"' {
			words[i] = strings.ToLower(t.text)
		}
	}
	out := strings.Join(words, " ")
	for _, r := range exprRules {
		out = r.pattern.ReplaceAllString(out, r.to)
	}
	out = tight.Replace(closer.Replace(strings.Join(withoutLone(strings.Fields(out)), " ")))
	out = withoutParens(callSpace.ReplaceAllStringFunc(out, func(call string) string {
		if name := strings.TrimSuffix(call, " ("); !reserved(name) && callsOrLists(name) {
			return name + "("
		}
		return call
	}))
	if !sameExpr(out, quote.Translate(text, d, flavor.SQLite)) {
		return quote.Translate(text, d, flavor.SQLite)
	}
	return out
}

// tight joins what was cut into single signs.
var tight = strings.NewReplacer("| |", "||", " . ", ".")

// callSpace finds the space between a function's name and its parenthesis.
var callSpace = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]* \(`)

var plainName = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

// reserved reports whether a name is a word of SQL that servers take for
// itself if it stands without quotes.
func reserved(name string) bool {
	return slices.Contains([]string{"all", "and", "as", "asc", "between", "by", "case", "check", "column", "default", "desc", "end", "else", "exists",
		"from", "group", "in", "index", "interval", "is", "key", "limit", "not", "null", "on", "or", "order", "primary", "references", "rows", "select", "set",
		"table", "then", "to", "unique", "update", "user", "values", "when", "where"}, name)
}

// withoutLone drops parentheses around a single word, which group nothing.
func withoutLone(words []string) []string {
	for i := 1; i+1 < len(words); i++ {
		if words[i-1] == "(" && words[i+1] == ")" && (i < 2 || !callsOrLists(words[i-2])) && words[i] != ")" && words[i] != "(" {
			words = slices.Concat(words[:i-1], words[i:i+1], words[i+2:])
			i = max(0, i-2)
		}
	}
	return words
}
