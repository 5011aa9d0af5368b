package sqltext

import "strings"

// dashComment reports whether a comment to the end of the line begins at pos.
// MySQL wants white space or a control character behind the dashes, so that
// 5--1 is 6 (MySQL manual, "'--' as the Start of a Comment").
func (l *lexer) dashComment(pos int) bool {
	rest := l.src[pos:]
	if !strings.HasPrefix(rest, "--") {
		return false
	}
	return !l.rules.dashSpace || len(rest) == 2 || rest[2] <= ' ' || rest[2] == 0x7F
}

// lineComment reads to the end of the line, which is not part of it.
func (l *lexer) lineComment() token {
	n := strings.IndexByte(l.src[l.pos:], '\n')
	if n < 0 {
		return l.take(kindComment, len(l.src))
	}
	return l.take(kindComment, l.pos+n)
}

// blockComment reads /* … */, or only the beginning of one that is executed:
// what stands in it is SQL like any other.
func (l *lexer) blockComment() token {
	if n := l.executableOpening(); n > 0 {
		l.exec = append(l.exec, l.pos)
		return l.take(kindExecOpen, l.pos+n)
	}
	end := l.commentEnd()
	if end < 0 {
		return l.bad("the comment /* that opens here is not closed")
	}
	if l.rules.executable && strings.HasPrefix(l.src[l.pos:], "/*+") {
		return l.take(kindHint, end)
	}
	return l.take(kindComment, end)
}

// commentEnd returns the place behind the comment at pos, or -1.
func (l *lexer) commentEnd() int {
	src, pos := l.src, l.pos+2
	if !l.rules.nested {
		if n := strings.Index(src[pos:], "*/"); n >= 0 {
			return pos + n + 2
		}
		return -1
	}
	depth := 1
	for pos+1 < len(src) {
		switch {
		case src[pos] == '*' && src[pos+1] == '/':
			pos += 2
			if depth--; depth == 0 {
				return pos
			}
		case src[pos] == '/' && src[pos+1] == '*':
			depth++
			pos += 2
		default:
			pos++
		}
	}
	return -1
}

// executableOpening returns the length of /*!, /*!50003, /*M! or /*M!100100 at
// pos, or 0 for a comment that is not executed. The number is the server
// version from which it is; we cannot know the server's, so all are taken for
// SQL. One is never executed: mariadb-dump puts /*M!999999\- … */ on the first
// line, to be read by the client alone (MariaDB, "mariadb-dump", sandbox mode).
func (l *lexer) executableOpening() int {
	if !l.rules.executable {
		return 0
	}
	rest, n := l.src[l.pos:], 3
	switch {
	case strings.HasPrefix(rest, "/*!"):
	case l.rules.mariadb && strings.HasPrefix(rest, "/*M!"):
		n = 4
	default:
		return 0
	}
	digits := n
	for digits < len(rest) && digits < n+6 && rest[digits] >= '0' && rest[digits] <= '9' {
		digits++
	}
	if rest[n:digits] == "999999" && strings.HasPrefix(rest[digits:], `\-`) {
		return 0
	}
	if digits-n < 5 {
		return n
	}
	return digits
}
