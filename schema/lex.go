package schema

import (
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/sqltext"
)

// token is one word, name, string, number or sign of an SQL text. White space
// and comments are not tokens; a token knows where it stands.
type token struct {
	text       string // as written
	start, end int
	// name is the identifier that a word or a quoted name stands for; "" for
	// strings, numbers and signs.
	name string
}

// lex cuts SQL of any dialect into tokens, well enough to find names in
// expressions and to settle white space. It is not a statement splitter: what
// does not end simply ends with the text.
func lex(text string) []token {
	var tokens []token
	for i := 0; i < len(text); {
		if n := skipBlank(text[i:]); n > 0 {
			i += n
			continue
		}
		n := tokenLength(text[i:])
		t := token{text: text[i : i+n], start: i, end: i + n}
		t.name = nameOf(t.text)
		tokens = append(tokens, t)
		i += n
	}
	return tokens
}

// skipBlank is the length of the white space or comment that text begins
// with. MySQL's executable comments are not skipped.
func skipBlank(text string) int {
	switch {
	case strings.ContainsRune(" \t\r\n\f\v", rune(text[0])):
		return 1
	case strings.HasPrefix(text, "--"):
		if end := strings.IndexByte(text, '\n'); end >= 0 {
			return end + 1
		}
		return len(text)
	case strings.HasPrefix(text, "/*") && !strings.HasPrefix(text, "/*!"):
		if end := strings.Index(text[2:], "*/"); end >= 0 {
			return end + 4
		}
		return len(text)
	}
	return 0
}

// tokenLength is the length of the token that text begins with.
func tokenLength(text string) int {
	switch c := text[0]; {
	case c == '\'' || c == '"' || c == '`':
		return quotedLength(text, c)
	case c == '[':
		if end := strings.IndexByte(text, ']'); end >= 0 {
			return end + 1
		}
		return 1
	case wordByte(c), c == '.' && len(text) > 1 && digit(text[1]):
		n := 1
		for n < len(text) && (wordByte(text[n]) || text[n] == '$' || text[n] == '.' && digit(c)) {
			n++
		}
		return n + exponent(text, n)
	}
	return 1
}

// exponent is the length of the sign and the digits of an exponent that follow
// the first n bytes of a number, which end in its e.
func exponent(text string, n int) int {
	hexadecimal := len(text) > 1 && (text[1] == 'x' || text[1] == 'X')
	if !digit(text[0]) && text[0] != '.' || hexadecimal || text[n-1] != 'e' && text[n-1] != 'E' || n+1 >= len(text) {
		return 0
	}
	if sign := text[n]; sign != '+' && sign != '-' || !digit(text[n+1]) {
		return 0
	}
	more := 1
	for n+more < len(text) && digit(text[n+more]) {
		more++
	}
	return more
}

// quotedLength is the length of the quoted text at the beginning, with both
// quotes; a doubled quote does not end it.
func quotedLength(text string, quote byte) int {
	for i := 1; i < len(text); i++ {
		if text[i] != quote {
			continue
		}
		if i+1 < len(text) && text[i+1] == quote {
			i++
			continue
		}
		return i + 1
	}
	return len(text)
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func wordByte(c byte) bool {
	return c == '_' || c >= 0x80 || digit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// nameOf is the identifier that a token stands for, "" if it is none.
func nameOf(text string) string {
	c := text[0]
	switch {
	case len(text) > 1 && (c == '"' || c == '`') && text[len(text)-1] == c:
		q := string(c)
		return strings.ReplaceAll(text[1:len(text)-1], q+q, q)
	case len(text) > 1 && c == '[':
		return text[1 : len(text)-1]
	case wordByte(c) && !digit(c):
		return text
	}
	return ""
}

// settle is text with comments dropped and one space wherever there is white
// space or none between tokens, so that two texts of one meaning are equal.
func settle(text string) string {
	tokens := lex(text)
	parts := make([]string, len(tokens))
	for i, t := range tokens {
		parts[i] = t.text
	}
	return strings.Join(parts, " ")
}

// mentions reports whether text holds name as an identifier.
func mentions(text, name string) bool {
	for _, t := range lex(text) {
		if t.name != "" && strings.EqualFold(t.name, name) {
			return true
		}
	}
	return false
}

// reads reports whether an expression may read a column: a function or a type of
// that name does not count.
func reads(expr, column string, d flavor.Dialect) bool {
	return slices.ContainsFunc(sqltext.Columns(expr, d), func(name string) bool { return strings.EqualFold(name, column) })
}

// NamesIn lists the names and words in an expression, functions among them,
// in their order.
func NamesIn(expr string) []string {
	var names []string
	for _, t := range lex(expr) {
		if t.name != "" && !digit(t.name[0]) {
			names = append(names, t.name)
		}
	}
	return names
}
