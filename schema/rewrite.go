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

// groupsOf says of each token in what parentheses it stands: "" for none, the
// name of a table for those behind REFERENCES, ownGroup for others.
func groupsOf(tokens []token) []string {
	groups := make([]string, len(tokens))
	depth, group := 0, ""
	for i, t := range tokens {
		switch {
		case t.text == "(" && depth == 0:
			group = ownGroup
			if i > 1 && strings.EqualFold(tokens[i-2].text, "REFERENCES") {
				group = identOf(tokens[i-1])
			}
			depth = 1
		case t.text == "(":
			depth++
		case t.text == ")":
			depth--
		}
		if depth > 0 {
			groups[i] = group
		}
	}
	return groups
}

// ownGroup stands for parentheses that hold columns of the table itself.
const ownGroup = "("

// renameColumnIn replaces a column's name in the text of a constraint, where
// it stands in parentheses: in those behind REFERENCES for columns of that
// table, in the others for columns of the table itself. So words of the
// language, types and names of constraints stay.
func renameColumnIn(text, group, from, to string) string {
	groups := groupsOf(lex(text))
	return rewriteNames(text, func(tokens []token, i int) (string, bool) {
		if !strings.EqualFold(groups[i], group) || !strings.EqualFold(tokens[i].name, from) || callsFunction(tokens, i) {
			return "", false
		}
		return quoteIdent(to, flavor.SQLite), true
	})
}

// renameColumnInTexts follows a column's rename into the texts of its table.
func (t *Table) renameColumnInTexts(from, to string, d flavor.Dialect) {
	own := func(text string) string { return renameColumnIn(text, ownGroup, from, to) }
	for _, c := range t.Columns {
		c.Extra = own(c.Extra)
		if c.Text == "" {
			continue
		}
		def := cutDefinition(c.Text)
		if strings.EqualFold(lex(def.name)[0].name, from) {
			def.name = quoteIdent(to, d)
		}
		for i := range def.parts {
			def.parts[i].text = own(def.parts[i].text)
		}
		c.Text = def.String()
	}
	if t.PrimaryKey != nil {
		t.PrimaryKey.Text = own(t.PrimaryKey.Text)
	}
	for _, k := range t.Uniques {
		k.Text = own(k.Text)
	}
	for _, f := range t.ForeignKeys {
		f.Text = own(f.Text)
	}
	for _, c := range t.Checks {
		c.Text, c.Expr = own(c.Text), renameText(c.Expr, from, to, d)
	}
	for _, x := range t.Indexes {
		x.renameColumn(from, to, d)
	}
}

// renameColumn follows a column's rename into an index. In its statement the
// names before the parenthesis are those of the index and the table.
func (x *Index) renameColumn(from, to string, d flavor.Dialect) {
	if at := strings.IndexByte(x.Text, '('); at >= 0 {
		x.Text = x.Text[:at] + renameText(x.Text[at:], from, to, d)
	}
	x.Where = renameText(x.Where, from, to, d)
	for i := range x.Columns {
		x.Columns[i].Expr = renameText(x.Columns[i].Expr, from, to, d)
	}
}

// renameReferenced follows the rename of another table's column into the
// references to it.
func (t *Table) renameReferenced(table, from, to string) {
	for _, c := range t.Columns {
		c.Text = renameColumnIn(c.Text, table, from, to)
	}
	for _, f := range t.ForeignKeys {
		f.Text = renameColumnIn(f.Text, table, from, to)
	}
}

// renameTableIn replaces a table's name in a definition or statement: before
// a dot, behind a dot, and behind the words that tables follow.
func renameTableIn(text, from, to string, d flavor.Dialect) string {
	return rewriteNames(text, func(tokens []token, i int) (string, bool) {
		if !strings.EqualFold(tokens[i].name, from) {
			return "", false
		}
		named := i+1 < len(tokens) && tokens[i+1].text == "."
		if i > 0 {
			switch strings.ToUpper(tokens[i-1].text) {
			case "REFERENCES", "ON", "FROM", "JOIN", "INTO", "UPDATE", "TABLE", ",":
				named = true
			case ".":
				named = d == flavor.Postgres // behind the schema's name
			}
		}
		return quoteIdent(to, d), named
	})
}

// renameTableInTexts follows a table's rename into the texts kept of t.
func (t *Table) renameTableInTexts(from, to string, d flavor.Dialect) {
	follow := func(text string) string { return renameTableIn(text, from, to, d) }
	for _, c := range t.Columns {
		c.Text, c.Extra = follow(c.Text), follow(c.Extra)
	}
	for _, f := range t.ForeignKeys {
		f.Text = follow(f.Text)
	}
	for _, c := range t.Checks {
		c.Text, c.Expr = follow(c.Text), follow(c.Expr)
	}
	for _, x := range t.Indexes {
		if at := strings.IndexByte(x.Text, '('); at >= 0 {
			x.Text = follow(x.Text[:at]) + x.Text[at:]
		}
	}
}

// renameTableInBodies follows a table's rename into triggers and views.
// SQLite rewrites their texts; PostgreSQL knows the table by its number, so
// that only the statement that would make the trigger again changes; MySQL's
// triggers move with their table, and their bodies stay as they are.
func (s *Schema) renameTableInBodies(from, to string) {
	d := s.Flavor.Dialect
	for i := range s.Triggers {
		tr := &s.Triggers[i]
		if tr.Table == from {
			tr.Table = to
		}
		if !d.MySQLFamily() {
			tr.Text = renameTableIn(tr.Text, from, to, d)
		}
		if d == flavor.SQLite {
			tr.Body = renameTableIn(tr.Body, from, to, d)
		}
	}
	for i := range s.Views {
		if d == flavor.SQLite {
			s.Views[i].Text = renameTableIn(s.Views[i].Text, from, to, d)
		}
	}
}
