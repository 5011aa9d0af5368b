package schema

import (
	"strings"

	"manage/engine/flavor"
)

// This file follows renames into SQL texts that SQLite rewrites by itself:
// expressions, definitions, triggers and views.

// renameText replaces the identifier from by to in SQL text.
func renameText(text, from, to string, d flavor.Dialect) string {
	return rewriteNames(text, func(tokens []token, i int) (string, bool) {
		if !strings.EqualFold(tokens[i].name, from) || callsFunction(tokens, i) {
			return "", false
		}
		return quoteIdent(to, d), true
	})
}

// callsFunction reports whether an unquoted word stands before a parenthesis.
func callsFunction(tokens []token, i int) bool {
	return wordByte(tokens[i].text[0]) && i+1 < len(tokens) && tokens[i+1].text == "("
}

// rewriteNames replaces those identifiers for which change says so.
func rewriteNames(text string, change func([]token, int) (string, bool)) string {
	if text == "" {
		return ""
	}
	tokens := lex(text)
	var b strings.Builder
	at := 0
	for i, t := range tokens {
		if t.name == "" {
			continue
		}
		if to, ok := change(tokens, i); ok {
			b.WriteString(text[at:t.start])
			b.WriteString(to)
			at = t.end
		}
	}
	b.WriteString(text[at:])
	return b.String()
}

// renameTableInTexts follows a table's rename into the texts kept of t: the
// names that stand before a dot or behind REFERENCES, and in the statements
// of its indexes the one behind ON.
func (t *Table) renameTableInTexts(from, to string) {
	follow := func(text string) string {
		return rewriteNames(text, func(tokens []token, i int) (string, bool) {
			before := i > 0 && (strings.EqualFold(tokens[i-1].text, "REFERENCES") || strings.EqualFold(tokens[i-1].text, "ON"))
			after := i+1 < len(tokens) && tokens[i+1].text == "."
			if !strings.EqualFold(tokens[i].name, from) || !before && !after {
				return "", false
			}
			return quoteIdent(to, flavor.SQLite), true
		})
	}
	t.eachText(follow)
}

// eachText passes all SQL texts of the table through follow.
func (t *Table) eachText(follow func(string) string) {
	for _, c := range t.Columns {
		c.Text, c.Extra = follow(c.Text), follow(c.Extra)
	}
	if t.PrimaryKey != nil {
		t.PrimaryKey.Text = follow(t.PrimaryKey.Text)
	}
	for _, k := range t.Uniques {
		k.Text = follow(k.Text)
	}
	for _, f := range t.ForeignKeys {
		f.Text = follow(f.Text)
	}
	for _, c := range t.Checks {
		c.Text, c.Expr = follow(c.Text), follow(c.Expr)
	}
	for _, x := range t.Indexes {
		x.Text, x.Where = follow(x.Text), follow(x.Where)
		for i := range x.Columns {
			x.Columns[i].Expr = follow(x.Columns[i].Expr)
		}
	}
}

// renameTableInBodies follows a table's rename into triggers and views.
// SQLite rewrites their texts; PostgreSQL knows the table by its number;
// MySQL's triggers move with their table, and their bodies stay as they are.
func (s *Schema) renameTableInBodies(from, to string) {
	for i := range s.Triggers {
		tr := &s.Triggers[i]
		if tr.Table == from {
			tr.Table = to
		}
		if s.Flavor.Dialect == flavor.SQLite {
			tr.Text = renameText(tr.Text, from, to, flavor.SQLite)
			tr.Body = renameText(tr.Body, from, to, flavor.SQLite)
		}
	}
	if s.Flavor.Dialect != flavor.SQLite {
		return
	}
	for i := range s.Views {
		s.Views[i].Text = renameText(s.Views[i].Text, from, to, flavor.SQLite)
	}
}
