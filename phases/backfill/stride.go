package backfill

import (
	"slices"
	"strconv"
	"strings"
)

// wholeTypes are the types of columns, in lower case, that hold whole numbers.
var wholeTypes = []string{"tinyint", "smallint", "mediumint", "int", "integer", "bigint"}

// stride is the end of the range behind a key without asking the server: among
// the next n whole numbers there are at most n keys. That serves where nearly
// each number is one, as the batch before has shown.
func (s *steps) stride() (last []any, ok bool) {
	at := s.next.at
	if !s.dense || s.next.first != nil {
		return nil, false
	}
	after, afterOK := wholeOf(at.After)
	until, untilOK := wholeOf(at.Until)
	if !afterOK || !untilOK {
		return nil, false
	}
	n := int64(s.allowed())
	if distance(after, until) <= uint64(n) {
		return at.Until, true
	}
	letter, _, _ := strings.Cut(at.After[0].(string), ":")
	return []any{letter + ":" + strconv.FormatInt(after+n, 10)}, true
}

// packed reports whether at least three of four numbers of the range that was
// done, in which so many rows matched, are keys.
func (s *steps) packed(rows int64) bool {
	if !s.whole[s.next.at.Step] || rows <= 0 {
		return false
	}
	after, afterOK := wholeOf(s.next.at.After)
	last, lastOK := wholeOf(s.next.last)
	return afterOK && lastOK && distance(after, last)/4*3 <= uint64(rows)
}

// distance is how far a number lies above another one, which may be more than
// an int64 holds.
func distance(from, to int64) uint64 { return uint64(to) - uint64(from) }

// wholeOf is the number that a key of one column is; false if it is none.
func wholeOf(key []any) (int64, bool) {
	if len(key) != 1 {
		return 0, false
	}
	text, _ := key[0].(string)
	letter, digits, _ := strings.Cut(text, ":")
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, err == nil && (letter == "n" || letter == "s") // PostgreSQL's numbers are read as text
}

// isWhole reports whether a table's key is one column of whole numbers.
func (l layout) isWhole(key []string) bool {
	return len(key) == 1 && slices.Contains(wholeTypes, l.column(key[0]).typ)
}
