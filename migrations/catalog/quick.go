package catalog

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// quick reads the part of TOML that revisions are written in, many times as
// fast as the library does, because a catalog may have ten thousand of them.
// It gives up, and returns false, at the first thing that it does not know or
// that may be wrong: the library then reads the whole text and has the last
// word. What quick does return is what the library would (FuzzQuick).
//
// It knows comments, tables and arrays of tables, bare keys, strings without
// backslashes, decimal integers, booleans, arrays and inline tables. It does
// not know dotted and quoted keys, escapes, floats and dates.
func quick(text string) (map[string]any, bool) {
	if !plainText(text) {
		return nil, false
	}
	q := &quickReader{text: text, root: newNode()}
	q.table = q.root
	for q.ok() {
		q.blankLines()
		switch c := q.peek(); {
		case q.failed:
		case c == 0:
			return q.root.values, true
		case c == '[':
			q.header()
		default:
			q.pair(q.table.values)
		}
		q.lineEnd()
	}
	return nil, false
}

// plainText reports whether a text is UTF-8 without control characters but tab
// and newline. Bytes of zero mark the end below, so there must be none.
func plainText(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' && c != '\t' && c != '\n' || c == 0x7f {
			return false
		}
	}
	return utf8.ValidString(text)
}

// node is a table that headers have made. What headers may go on with is kept
// apart from its values, among which are inline tables, which are closed.
type node struct {
	values map[string]any
	tables map[string]*node            // of [header]; of [[header]] the last one
	arrays map[string][]map[string]any // of [[header]]
}

func newNode() *node { return &node{values: map[string]any{}} }

// quickReader is a position in a text, and the table that it is in.
type quickReader struct {
	text   string
	at     int
	failed bool
	root   *node
	table  *node
}

func (q *quickReader) ok() bool { return !q.failed }

func (q *quickReader) fail() { q.failed = true }

// peek is the byte here, 0 at the end.
func (q *quickReader) peek() byte {
	if q.at < len(q.text) {
		return q.text[q.at]
	}
	return 0
}

// blanks moves over spaces and tabs.
func (q *quickReader) blanks() {
	for q.at < len(q.text) && (q.text[q.at] == ' ' || q.text[q.at] == '\t') {
		q.at++
	}
}

// comment moves to the end of the line.
func (q *quickReader) comment() {
	if n := strings.IndexByte(q.text[q.at:], '\n'); n >= 0 {
		q.at += n
		return
	}
	q.at = len(q.text)
}

// blankLines moves to the next thing that is neither blank nor comment.
func (q *quickReader) blankLines() {
	for {
		q.blanks()
		switch q.peek() {
		case '\n':
			q.at++
		case '#':
			q.comment()
		default:
			return
		}
	}
}

// lineEnd wants nothing more in the line.
func (q *quickReader) lineEnd() {
	q.blanks()
	switch q.peek() {
	case 0, '\n':
	case '#':
		q.comment()
	default:
		q.fail()
	}
}

// expect moves over one byte.
func (q *quickReader) expect(c byte) {
	if q.peek() != c {
		q.fail()
		return
	}
	q.at++
}

// key reads a bare key.
func (q *quickReader) key() string {
	from := q.at
	for q.at < len(q.text) && isBare(q.text[q.at]) {
		q.at++
	}
	if q.at == from {
		q.fail()
	}
	return q.text[from:q.at]
}

func isBare(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-'
}

// header reads [a.b] or [[a.b]] and moves into that table.
func (q *quickReader) header() {
	q.at++
	array := q.peek() == '['
	if array {
		q.at++
	}
	at := q.root
	for {
		q.blanks()
		name := q.key()
		q.blanks()
		if q.failed {
			return
		}
		if q.peek() != '.' {
			at = q.open(at, name, array)
			break
		}
		q.at++
		if at = at.tables[name]; at == nil {
			q.fail()
			return
		}
	}
	q.expect(']')
	if array {
		q.expect(']')
	}
	q.table = at
}

// open makes a table in another one.
func (q *quickReader) open(in *node, name string, array bool) *node {
	list, listed := in.arrays[name]
	if _, taken := in.values[name]; taken && (!array || !listed) {
		q.fail()
		return in
	}
	if in.tables == nil {
		in.tables = map[string]*node{}
	}
	n := newNode()
	in.tables[name] = n
	if !array {
		in.values[name] = n.values
		return n
	}
	if in.arrays == nil {
		in.arrays = map[string][]map[string]any{}
	}
	list = append(list, n.values)
	in.arrays[name] = list
	in.values[name] = list
	return n
}

// pair reads `key = value` into a table.
func (q *quickReader) pair(into map[string]any) {
	key := q.key()
	q.blanks()
	q.expect('=')
	q.blanks()
	if q.failed {
		return
	}
	if _, taken := into[key]; taken {
		q.fail()
		return
	}
	into[key] = q.value()
}

// value reads any value.
func (q *quickReader) value() any {
	if q.failed {
		return nil
	}
	switch c := q.peek(); {
	case c == '"' || c == '\'':
		return q.quoted(c)
	case c == '[':
		return q.array()
	case c == '{':
		return q.inline()
	case c == 't':
		return q.word("true", true)
	case c == 'f':
		return q.word("false", false)
	}
	return q.integer()
}

// word reads a boolean.
func (q *quickReader) word(word string, value bool) any {
	if !strings.HasPrefix(q.text[q.at:], word) {
		q.fail()
		return nil
	}
	q.at += len(word)
	return value
}

// integer reads a decimal integer of few enough digits for 64 bits.
func (q *quickReader) integer() any {
	from := q.at
	if q.peek() == '-' {
		q.at++
	}
	digits := q.at
	for c := q.peek(); '0' <= c && c <= '9'; c = q.peek() {
		q.at++
	}
	number := q.text[digits:q.at]
	if len(number) == 0 || len(number) > 18 || number[0] == '0' && q.at-from > 1 || isBare(q.peek()) || q.peek() == '.' || q.peek() == ':' {
		q.fail()
		return nil
	}
	n, _ := strconv.ParseInt(q.text[from:q.at], 10, 64)
	return n
}

// quoted reads a string of one line or of several.
func (q *quickReader) quoted(quote byte) any {
	end := q.text[q.at : q.at+1]
	if triple := strings.Repeat(end, 3); strings.HasPrefix(q.text[q.at:], triple) {
		end = triple
	}
	q.at += len(end)
	n := strings.Index(q.text[q.at:], end)
	if n < 0 {
		q.fail()
		return nil
	}
	s := q.text[q.at : q.at+n]
	q.at += n + len(end)
	switch {
	case quote == '"' && strings.IndexByte(s, '\\') >= 0,
		len(end) == 1 && strings.IndexByte(s, '\n') >= 0,
		len(end) == 3 && q.peek() == quote:
		q.fail()
	case len(end) == 3:
		s = strings.TrimPrefix(s, "\n")
	}
	return s
}

// array reads an array, which may go over several lines.
func (q *quickReader) array() any {
	q.at++
	items := make([]any, 0, 2)
	for q.ok() {
		q.blankLines()
		if q.peek() == ']' {
			q.at++
			return items
		}
		items = append(items, q.value())
		q.blankLines()
		if q.peek() != ']' {
			q.expect(',')
		}
	}
	return nil
}

// inline reads an inline table on one line.
func (q *quickReader) inline() any {
	q.at++
	table := map[string]any{}
	q.blanks()
	if q.peek() == '}' {
		q.at++
		return table
	}
	for q.ok() {
		q.blanks()
		q.pair(table)
		q.blanks()
		if q.peek() == '}' {
			q.at++
			return table
		}
		q.expect(',')
	}
	return nil
}
