package catalog

import (
	"strconv"
	"strings"
)

// locate walks a TOML text that has been parsed without error and returns the
// line of every key, by its path: "up[2].create_table.columns[0].type". The
// parser does not keep these; they are needed only once there is something to
// complain of, so this is never called for a good file.
func locate(text string) map[string]int { return walkText(text).lines }

// span is a part of a text, from one byte to before another.
type span struct{ start, end int }

// values returns where the value of every key stands, by the paths of locate.
func values(text string) map[string]span { return walkText(text).spans }

// walkText goes through a TOML text.
func walkText(text string) *locator {
	l := &locator{scanner: scanner{text: text, line: 1}, lines: map[string]int{}, spans: map[string]span{}, counts: map[string]int{}}
	for l.skipSpace(true); l.at < len(l.text); l.skipSpace(true) {
		before := l.at
		if l.peek() == '[' {
			l.header()
		} else {
			l.pair(l.table)
		}
		if l.at == before {
			l.at++ // never reached on valid TOML; never loop on any other
		}
	}
	return l
}

// element is the path of an element of an array.
func element(path string, n int) string { return path + "[" + strconv.Itoa(n) + "]" }

// locator is a walk over TOML text.
type locator struct {
	scanner
	table  string         // path of the table that the last header opened
	lines  map[string]int // path → line
	spans  map[string]span
	counts map[string]int // path of an array of tables → headers so far
}

// header reads `[a.b]` or `[[a.b]]`.
func (l *locator) header() {
	l.at++
	array := l.peek() == '['
	if array {
		l.at++
	}
	path := ""
	for {
		l.skipSpace(false)
		key := l.key()
		l.skipSpace(false)
		last := l.peek() != '.'
		path = join(path, key)
		if last && array {
			l.counts[path]++
		}
		if n := l.counts[path]; n > 0 {
			l.record(path)
			path = element(path, n-1)
		}
		if last {
			break
		}
		l.at++
	}
	l.record(path)
	l.table = path
	for l.peek() == ']' {
		l.at++
	}
}

// pair reads `a.b = value` in the table at path.
func (l *locator) pair(path string) {
	for {
		l.skipSpace(false)
		path = join(path, l.key())
		l.record(path)
		l.skipSpace(false)
		if l.peek() != '.' {
			break
		}
		l.at++
	}
	if l.peek() == '=' {
		l.at++
		l.skipSpace(false)
		l.value(path)
	}
}

// value reads the value of the key at path, and the keys within it.
func (l *locator) value(path string) {
	from := l.at
	defer func() { l.spans[path] = span{from, l.at} }()
	switch l.peek() {
	case '"', '\'':
		l.skipString()
	case '[':
		l.list(']', func(n int) {
			item := element(path, n)
			l.record(item)
			l.value(item)
		})
	case '{':
		l.list('}', func(int) { l.pair(path) })
	default:
		l.until(",]}#\n")
	}
}

// list reads what stands between the bracket here and end, separated by
// commas.
func (l *locator) list(end byte, item func(n int)) {
	l.at++
	for n := 0; l.at < len(l.text); n++ {
		l.skipSpace(true)
		if l.peek() == end {
			l.at++
			return
		}
		before := l.at
		item(n)
		l.skipSpace(true)
		if l.peek() == ',' || l.at == before {
			l.at++
		}
	}
}

// key reads one part of a key, bare or quoted.
func (l *locator) key() string {
	from := l.at
	if c := l.peek(); c == '"' || c == '\'' {
		l.skipString()
		if quoted := l.text[from:l.at]; c == '"' {
			if s, err := strconv.Unquote(quoted); err == nil {
				return s
			}
		}
		return strings.Trim(l.text[from:l.at], `"'`)
	}
	l.until(" \t.=]\n#,}")
	return l.text[from:l.at]
}

// record notes the line of a path, once.
func (l *locator) record(path string) {
	if _, ok := l.lines[path]; !ok {
		l.lines[path] = l.line
	}
}

// join adds a key to a path.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// scanner is a position in TOML text.
type scanner struct {
	text string
	at   int
	line int
}

// peek is the byte here, 0 at the end.
func (s *scanner) peek() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

// skipSpace moves over blanks, and over comments and line ends if lines is
// true.
func (s *scanner) skipSpace(lines bool) {
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == ' ' || c == '\t' || c == '\r':
			s.at++
		case lines && c == '\n':
			s.at++
			s.line++
		case lines && c == '#':
			s.until("\n")
		default:
			return
		}
	}
}

// until moves to the next of the given bytes, or to the end.
func (s *scanner) until(stops string) {
	if n := strings.IndexAny(s.text[s.at:], stops); n >= 0 {
		s.at += n
		return
	}
	s.at = len(s.text)
}

// skipString moves over the string that begins here, counting lines.
func (s *scanner) skipString() {
	quote := s.text[s.at : s.at+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(s.text[s.at:], triple) {
		quote = triple
	}
	s.at += len(quote)
	for s.at < len(s.text) {
		if strings.HasPrefix(s.text[s.at:], quote) {
			s.at += len(quote)
			for len(quote) == 3 && s.peek() == quote[0] { // `""""` ends in a quote of its own
				s.at++
			}
			return
		}
		switch c := s.text[s.at]; {
		case c == '\\' && quote[0] == '"':
			s.at++ // what is escaped is looked at next only if it ends a line
			if s.peek() != '\n' {
				s.at++
			}
		case c == '\n':
			s.line++
			s.at++
		default:
			s.at++
		}
	}
	s.at = min(s.at, len(s.text))
}
