package schema

import (
	"strings"

	"manage/engine/flavor"
)

// columnRename is a column's rename that is followed into triggers and views.
type columnRename struct {
	schema   *Schema
	table    string // whose column it is
	from, to string
}

// in follows the rename into the text of a trigger on table owner, or of a
// view, which has no owner. Statement by statement it renames what belongs to
// the table by its qualifier, and bare names where the statement names the
// table.
func (r columnRename) in(text, owner string) string {
	tokens := lex(text)
	scope := r.scopes(tokens)
	return rewriteNames(text, func(tokens []token, i int) (string, bool) {
		if !strings.EqualFold(tokens[i].name, r.from) || callsFunction(tokens, i) || !r.belongs(tokens, i, owner, scope[i]) {
			return "", false
		}
		return quoteIdent(r.to, flavor.SQLite), true
	})
}

// belongs reports whether the name at i is the column.
func (r columnRename) belongs(tokens []token, i int, owner string, inScope bool) bool {
	switch {
	case i > 1 && tokens[i-1].text == ".":
		switch q := tokens[i-2].name; {
		case strings.EqualFold(q, "NEW"), strings.EqualFold(q, "OLD"):
			return strings.EqualFold(owner, r.table)
		case strings.EqualFold(q, r.table):
			return true
		default:
			return inScope && r.schema.Table(q) == nil // an alias
		}
	case i+1 < len(tokens) && tokens[i+1].text == ".", namesTable(tokens, i):
		return false
	}
	return inScope
}

// scopes says of each token whether its statement names the table.
func (r columnRename) scopes(tokens []token) []bool {
	out := make([]bool, len(tokens))
	start, named := 0, false
	for i, t := range tokens {
		if strings.EqualFold(t.name, r.table) && namesTable(tokens, i) {
			named = true
		}
		if end := t.text == ";" || strings.EqualFold(t.text, "BEGIN"); end || i == len(tokens)-1 {
			for ; start <= i; start++ {
				out[start] = named
			}
			named = false
		}
	}
	return out
}

// namesTable reports whether a name stands where tables are named: behind the
// words that tables follow; behind ON only in the head of a trigger, where it
// follows the event.
func namesTable(tokens []token, i int) bool {
	if i == 0 {
		return false
	}
	switch strings.ToUpper(tokens[i-1].text) {
	case "FROM", "JOIN", "INTO", "UPDATE", "REFERENCES", "TABLE":
		return true
	case "ON":
		return strings.EqualFold(tokens[0].text, "CREATE") && !hasBegun(tokens[:i])
	}
	return false
}

// hasBegun reports whether the body of a trigger or view has begun.
func hasBegun(tokens []token) bool {
	for _, t := range tokens {
		if strings.EqualFold(t.text, "BEGIN") || strings.EqualFold(t.text, "AS") {
			return true
		}
	}
	return false
}
