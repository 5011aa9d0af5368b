package quote

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"manage/engine/flavor"
)

// Literal reads the string literal that sql begins with: its value, and its
// length. It is not ok if there is none, or if it does not end.
func Literal(sql string, d flavor.Dialect) (value string, length int, ok bool) {
	escapes, start := d.MySQLFamily(), 0
	switch {
	case d == flavor.Postgres && len(sql) > 1 && (sql[0] == 'E' || sql[0] == 'e') && sql[1] == '\'':
		escapes, start = true, 1
	case sql == "" || sql[0] != '\'' && !(sql[0] == '"' && d.MySQLFamily()):
		return "", 0, false
	}
	var b strings.Builder
	for i := start + 1; i < len(sql); {
		switch c := sql[i]; {
		case c == sql[start] && i+1 < len(sql) && sql[i+1] == c:
			b.WriteByte(c)
			i += 2
		case c == sql[start]:
			return b.String(), i + 1, true
		case c == '\\' && escapes && i+1 < len(sql):
			text, n := escaped(sql[i+1:], d)
			b.WriteString(text)
			i += 1 + n
		default:
			b.WriteByte(c)
			i++
		}
	}
	return "", 0, false
}

// escaped is what the escape means that follows a backslash, and its length
// (MySQL manual, "String Literals"; PostgreSQL manual, "String Constants With
// C-Style Escapes").
func escaped(rest string, d flavor.Dialect) (text string, length int) {
	c := rest[0]
	if at := strings.IndexByte("bnrt", c); at >= 0 {
		return "\b\n\r\t"[at : at+1], 1
	}
	if d.MySQLFamily() {
		switch c {
		case '0':
			return "\x00", 1
		case 'Z':
			return "\x1a", 1
		case '%', '_': // kept for LIKE
			return `\` + rest[:1], 1
		}
		return plain(rest)
	}
	switch {
	case c == 'f':
		return "\f", 1
	case c == 'x':
		return coded(rest, 16, 2, func(n uint64) string { return string([]byte{byte(n)}) })
	case c == 'u':
		return coded(rest, 16, 4, func(n uint64) string { return string(rune(n)) })
	case c == 'U':
		return coded(rest, 16, 8, func(n uint64) string { return string(rune(n)) })
	case c >= '0' && c <= '7':
		text, n := coded("o"+rest, 8, 3, func(n uint64) string { return string([]byte{byte(n)}) })
		return text, n - 1
	}
	return plain(rest)
}

// plain is a character that stands for itself.
func plain(rest string) (string, int) {
	_, n := utf8.DecodeRuneInString(rest)
	return rest[:n], n
}

// coded reads up to most digits behind the first byte.
func coded(rest string, base, most int, is func(uint64) string) (string, int) {
	n := 1
	for n < len(rest) && n <= most {
		if _, err := strconv.ParseUint(rest[n:n+1], base, 8); err != nil {
			break
		}
		n++
	}
	number, err := strconv.ParseUint(rest[1:n], base, 32)
	if err != nil {
		return plain(rest)
	}
	return is(number), n
}

// Translate writes the string literals of an expression anew, from the rules of
// one dialect to those of another. Names and comments stay as they are, and so
// does an expression with a literal that does not end.
func Translate(sql string, from, to flavor.Dialect) string {
	return Rewrite(sql, from, to, func(value string) string { return value })
}

// Rewrite is Translate that also gives each literal another value.
func Rewrite(sql string, from, to flavor.Dialect, another func(string) string) string {
	var b strings.Builder
	word := false // whether the byte before belongs to a word
	for i := 0; i < len(sql); {
		rest := sql[i:]
		if n := opaque(rest, from); n > 0 {
			b.WriteString(rest[:n])
			word, i = false, i+n
			continue
		}
		c := rest[0]
		if !word || c == '\'' {
			if value, n, ok := Literal(rest, from); ok {
				b.WriteString(Text(another(value), to))
				word, i = false, i+n
				continue
			}
			if c == '\'' {
				return sql
			}
		}
		b.WriteByte(c)
		word = c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
		i++
	}
	return b.String()
}

// opaque is the length of the quoted name or comment that sql begins with.
func opaque(sql string, d flavor.Dialect) int {
	end := func(from int, mark string) int {
		if at := strings.Index(sql[from:], mark); at >= 0 {
			return from + at + len(mark)
		}
		return len(sql)
	}
	switch {
	case sql[0] == '`', sql[0] == '"' && !d.MySQLFamily():
		return end(1, sql[:1]) // a doubled quote is two names to this, which is as good
	case strings.HasPrefix(sql, "--"):
		return end(2, "\n")
	case strings.HasPrefix(sql, "/*") && !strings.HasPrefix(sql, "/*!"):
		return end(2, "*/")
	}
	return 0
}
