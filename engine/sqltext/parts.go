package sqltext

import (
	"strings"

	"manage/engine/flavor"
)

// part is one token of an expression or query that counts: no white space and
// no comment.
type part struct {
	text string
	// word is a bare word in capitals; "" for numbers and all else.
	word string
	// name is what a bare word or a quoted name stands for, as the server keeps
	// it; "" for all else.
	name   string
	quoted bool // a name in quotes
	str    bool // a string
}

// partsOf cuts text into its parts. What does not end, ends with the text.
func partsOf(text string, d flavor.Dialect) []part {
	r := rulesOf(d)
	if r == nil {
		return nil
	}
	var all []part
	for p := newReader(text, d, r); !p.atEnd(); p.advance() {
		t := part{text: p.lex.text(p.tok)}
		switch p.tok.kind {
		case kindWord:
			if c := t.text[0]; c != '$' && (c < '0' || c > '9') {
				t.word, t.name = p.upper, p.unquoted()
			}
		case kindQuoted:
			if t.str = isString(t.text, d); !t.str {
				t.name, t.quoted = p.unquoted(), true
			}
		}
		all = append(all, t)
	}
	return all
}

// isString reports whether a quoted text is a string. Double quotes are those
// of a string on MySQL and MariaDB, where no session of ours has ANSI_QUOTES.
func isString(text string, d flavor.Dialect) bool {
	switch text[0] {
	case '`', '[':
		return false
	case '"':
		return d.MySQLFamily()
	}
	return true
}

// value is a string's text in small letters, without its quotes.
func (t part) value() string {
	if !t.str {
		return ""
	}
	text := strings.TrimLeft(t.text, "eE")
	return strings.ToLower(strings.TrimSpace(strings.Trim(text, `'"`)))
}

// expression is the parts of a text, with places out of range answered.
type expression []part

func (e expression) at(i int) part {
	if i < 0 || i >= len(e) {
		return part{}
	}
	return e[i]
}

// mark reports whether the part at i is a sign.
func (e expression) mark(i int, sign string) bool {
	t := e.at(i)
	return t.text == sign && t.name == "" && !t.str
}

// cast reports whether the sign :: stands at i.
func (e expression) cast(i int) bool { return e.mark(i, ":") && e.mark(i+1, ":") }

// word reports whether the part at i is one of some bare words.
func (e expression) word(i int, words ...string) bool {
	t := e.at(i)
	if t.word == "" {
		return false
	}
	for _, w := range words {
		if t.word == w {
			return true
		}
	}
	return false
}

// closing is the place of the parenthesis that closes the one at i, or the end.
func (e expression) closing(i int) int {
	depth := 0
	for ; i < len(e); i++ {
		switch {
		case e.mark(i, "("):
			depth++
		case e.mark(i, ")"):
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return i
}

// head is where a qualified name begins whose last part is at i.
func (e expression) head(i int) int {
	for e.mark(i-1, ".") && e.at(i-2).name != "" {
		i -= 2
	}
	return i
}

// HasWord reports whether one of some words stands in a text as a keyword may:
// bare, and neither in a string nor in a comment. The words are in capitals.
func HasWord(text string, d flavor.Dialect, words ...string) bool {
	e := expression(partsOf(text, d))
	for i := range e {
		if e.word(i, words...) && !e.mark(i-1, ".") && !e.mark(i+1, ".") {
			return true
		}
	}
	return false
}
