package postgres

import (
	"strconv"
	"strings"
)

// numbered turns the placeholders `?` into $1, $2 and so on, leaving quoted
// text, quoted names, dollar quotes and comments as they are.
func numbered(query string) string {
	var b strings.Builder
	b.Grow(len(query) + 8)
	n := 0
	for i := 0; i < len(query); {
		if end := opaque(query, i); end > i {
			b.WriteString(query[i:end])
			i = end
			continue
		}
		if query[i] == '?' {
			n++
			b.WriteString("$" + strconv.Itoa(n))
		} else {
			b.WriteByte(query[i])
		}
		i++
	}
	return b.String()
}

// opaque is the end of the quoted text or comment that begins at i, or i if
// none does. What does not end ends with the query.
func opaque(query string, i int) int {
	rest := query[i:]
	switch {
	case rest[0] == '\'':
		escapes := i > 0 && (query[i-1] == 'E' || query[i-1] == 'e') && (i == 1 || !wordByte(query[i-2]))
		return i + quotedLen(rest, escapes)
	case rest[0] == '"':
		return i + quotedLen(rest, false)
	case strings.HasPrefix(rest, "--"):
		return i + upTo(rest, "\n")
	case strings.HasPrefix(rest, "/*"):
		return i + commentLen(rest)
	case rest[0] == '$' && (i == 0 || !wordByte(query[i-1])):
		return i + dollarLen(rest)
	}
	return i
}

func quotedLen(s string, escapes bool) int {
	for i := 1; i < len(s); i++ {
		switch {
		case escapes && s[i] == '\\':
			i++
		case s[i] == s[0]:
			// A doubled quote ends one piece and begins the next, which comes
			// to the same.
			return i + 1
		}
	}
	return len(s)
}

// commentLen is the length of a comment; they nest.
func commentLen(s string) int {
	depth := 0
	for i := 0; i < len(s)-1; i++ {
		switch s[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth--
			i++
			if depth == 0 {
				return i + 1
			}
		}
	}
	return len(s)
}

// dollarLen is the length of dollar-quoted text, or 0 if s begins none.
func dollarLen(s string) int {
	for i := 1; i < len(s); i++ {
		if s[i] == '$' {
			tag := s[:i+1]
			return len(tag) + upTo(s[len(tag):], tag)
		}
		if !wordByte(s[i]) || (i == 1 && s[i] >= '0' && s[i] <= '9') {
			return 0
		}
	}
	return 0
}

func upTo(s, end string) int {
	if i := strings.Index(s, end); i >= 0 {
		return i + len(end)
	}
	return len(s)
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
