package sqltext

import "strings"

// kind is what a token is.
type kind uint8

const (
	kindEnd       kind = iota
	kindSpace          // white space
	kindComment        // a comment that no server reads
	kindHint           // /*+ … */: a comment to the lexer, not to the optimizer
	kindWord           // a name, keyword or number
	kindQuoted         // anything in quotes, with its quotes
	kindMark           // one other byte
	kindExecOpen       // /*!50003, the beginning of an executable comment
	kindExecClose      // its end
	kindBad            // something that does not end; lexer.fail tells what
)

// token is a stretch of the source.
type token struct {
	kind       kind
	start, end int
}

// lexer reads tokens one after the other. Tokens follow each other without a
// gap, so that their texts, joined, are the source.
type lexer struct {
	src   string
	pos   int
	rules *rules
	// exec holds where the executable comments begin that are open.
	exec []int
	// fail says of a kindBad token what does not end.
	fail string
}

func (l *lexer) text(t token) string { return l.src[t.start:t.end] }

// next reads the token at pos and moves behind it.
func (l *lexer) next() token {
	start := l.pos
	if start >= len(l.src) {
		return l.atEnd()
	}
	c := l.src[start]
	switch classes[c] {
	case classSpace:
		end := start + 1
		for end < len(l.src) && classes[l.src[end]] == classSpace {
			end++
		}
		return l.take(kindSpace, end)
	case classWord:
		return l.word()
	case classQuote:
		return l.quoted(c, l.rules.backslash)
	}
	return l.other(c)
}

func (l *lexer) take(k kind, end int) token {
	t := token{kind: k, start: l.pos, end: end}
	l.pos = end
	return t
}

func (l *lexer) bad(reason string) token {
	l.fail = reason
	return l.take(kindBad, len(l.src))
}

func (l *lexer) atEnd() token {
	if n := len(l.exec); n > 0 {
		l.pos = l.exec[n-1]
		l.exec = l.exec[:0]
		return l.bad("the executable comment that begins here does not end")
	}
	return token{kind: kindEnd, start: l.pos, end: l.pos}
}

// other reads what begins with neither a letter, white space nor ' or ".
func (l *lexer) other(c byte) token {
	r := l.rules
	switch c {
	case '-':
		if l.dashComment(l.pos) {
			return l.lineComment()
		}
	case '#':
		if r.hash {
			return l.lineComment()
		}
	case '/':
		if strings.HasPrefix(l.src[l.pos:], "/*") {
			return l.blockComment()
		}
	case '*':
		if n := len(l.exec); n > 0 && strings.HasPrefix(l.src[l.pos:], "*/") {
			l.exec = l.exec[:n-1]
			return l.take(kindExecClose, l.pos+2)
		}
	case '`':
		if r.backticks {
			return l.quoted(c, false)
		}
	case '[':
		if r.brackets {
			return l.bracketed()
		}
	case '$':
		return l.dollar()
	}
	return l.take(kindMark, l.pos+1)
}

// word reads a name or number. A dollar sign may stand in a name but not
// begin it; PostgreSQL lets none into a number, where it begins a quote.
func (l *lexer) word() token {
	src, start, end := l.src, l.pos, l.pos+1
	dollar := !l.rules.dollar || src[start] < '0' || src[start] > '9'
	for end < len(src) && (classes[src[end]] == classWord || dollar && src[end] == '$') {
		end++
	}
	if l.rules.escape && end == start+1 && end < len(src) && src[end] == '\'' && (src[start] == 'e' || src[start] == 'E') {
		return l.escapeString()
	}
	return l.take(kindWord, end)
}

// quoted reads from the quote q to its end. A doubled quote is one in the text.
func (l *lexer) quoted(q byte, backslash bool) token {
	end := closing(l.src, l.pos+1, q, backslash)
	if end < 0 {
		return l.bad("the quote " + string(q) + " that opens here is not closed")
	}
	return l.take(kindQuoted, end)
}

// closing returns the place behind the quote q that ends the text which begins
// at pos, or -1.
func closing(src string, pos int, q byte, backslash bool) int {
	for pos < len(src) {
		switch c := src[pos]; {
		case c == q:
			if pos+1 < len(src) && src[pos+1] == q {
				pos++
			} else {
				return pos + 1
			}
		case c == '\\' && backslash:
			pos++
		}
		pos++
	}
	return -1
}

// bracketed reads [name], in which nothing escapes.
func (l *lexer) bracketed() token {
	n := strings.IndexByte(l.src[l.pos:], ']')
	if n < 0 {
		return l.bad("the quote [ that opens here is not closed")
	}
	return l.take(kindQuoted, l.pos+n+1)
}

// escapeString reads E'…', and the strings that continue it on later lines:
// they are of the same form without saying so (PostgreSQL manual 4.1.2.1).
func (l *lexer) escapeString() token {
	end := closing(l.src, l.pos+2, '\'', true)
	for end >= 0 {
		next := continuation(l.src, end)
		if next < 0 {
			return l.take(kindQuoted, end)
		}
		end = closing(l.src, next+1, '\'', true)
	}
	return l.bad("the quote ' that opens here is not closed")
}

// continuation returns the place of the quote that continues a string which
// ends at pos: between them stand white space and comments to the end of the
// line, with at least one line end. Otherwise it returns -1.
func continuation(src string, pos int) int {
	newline := false
	for pos < len(src) {
		switch c := src[pos]; {
		case classes[c] == classSpace:
			newline = newline || c == '\n' || c == '\r'
			pos++
		case strings.HasPrefix(src[pos:], "--"):
			n := strings.IndexByte(src[pos:], '\n')
			if n < 0 {
				return -1
			}
			pos += n
		case c == '\'' && newline:
			return pos
		default:
			return -1
		}
	}
	return -1
}

// dollar reads a dollar quote, a parameter such as $1 or $name, or a lone $.
func (l *lexer) dollar() token {
	end := l.pos + 1
	for end < len(l.src) && classes[l.src[end]] == classWord {
		end++
	}
	first := byte(0)
	if end > l.pos+1 {
		first = l.src[l.pos+1]
	}
	digit := first >= '0' && first <= '9'
	if !l.rules.dollar || digit || end >= len(l.src) || l.src[end] != '$' {
		return l.take(kindWord, end)
	}
	tag := l.src[l.pos : end+1]
	n := strings.Index(l.src[end+1:], tag)
	if n < 0 {
		return l.bad("the dollar quote " + tag + " that opens here is not closed")
	}
	return l.take(kindQuoted, end+1+n+len(tag))
}
