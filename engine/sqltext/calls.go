package sqltext

import (
	"strings"

	"manage/engine/flavor"
)

// operandFollows are the keywords behind which an operand may begin. A name
// with a parenthesis behind any other word is that of a table or an alias.
var operandFollows = wordsOf(`ALL AND ANY BETWEEN BINARY BOTH BY CASE CHECK DEFAULT DISTINCT DISTINCTROW DIV DO ELSE
	ESCAPE EXCEPT FOR FROM GLOB HAVING ILIKE IN INTERSECT INTERVAL IS JOIN LATERAL LEADING LIKE LIMIT MATCH MOD NOT OF
	OFFSET ON OPERATOR OR PLACING REGEXP RETURN RETURNING RLIKE SELECT SET SIMILAR SOME SYMMETRIC THEN TO TRAILING
	UNION USING VALUE VALUES VARIADIC WHEN WHERE XOR ZONE`)

// notCalled are the words that a parenthesis may follow and that call nothing.
var notCalled = wordsOf(`ALL AND ANY ARRAY AS BETWEEN BY CASE CHECK DISTINCT ELSE EXCEPT EXISTS FILTER FROM HAVING IN
	INTERSECT IS JOIN LATERAL LIKE LIMIT NOT OF OFFSET ON OR OVER RETURNING SELECT SET SOME THEN UNION USING VALUES WHEN
	WHERE WITH WITHIN XOR`)

func wordsOf(list string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(list) {
		all[w] = true
	}
	return all
}

// calls reports whether the name at i is that of a function that is called: a
// parenthesis follows it, and where it stands an operand may be.
func (e expression) calls(i int) bool {
	t := e.at(i)
	if t.name == "" || !e.mark(i+1, "(") || notCalled[t.word] {
		return false
	}
	switch before := e.at(e.head(i) - 1); {
	case before.str, before.quoted, before.text == ")", before.text == "]":
		return false
	case before.word != "":
		if !operandFollows[before.word] {
			return false
		}
	case before.text != "" && before.text[0] >= '0' && before.text[0] <= '9':
		return false
	}
	return !e.cte(i) && !e.typed(e.head(i))
}

// cte reports whether the name at i, which a parenthesis follows, is that of a
// common table expression with its columns.
func (e expression) cte(i int) bool {
	end := e.closing(i + 1)
	return e.word(end+1, "AS") && (e.mark(end+2, "(") || e.word(end+2, "MATERIALIZED", "NOT"))
}

// typed reports whether a type stands at i: behind :: or AS.
func (e expression) typed(i int) bool { return e.cast(i-2) || e.word(i-1, "AS") }

// Called lists the functions that an expression calls, with what qualifies
// their names, as they are written. A type that has a length counts as one,
// unless it stands where only a type can.
func Called(expr string, d flavor.Dialect) []string {
	e := expression(partsOf(expr, d))
	var all []string
	for i := range e {
		if !e.calls(i) {
			continue
		}
		name := ""
		for j := e.head(i); j <= i; j++ {
			name += e[j].text
		}
		all = append(all, name)
	}
	return all
}
