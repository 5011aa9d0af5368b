package sqltext

import (
	"strings"

	"manage/engine/flavor"
)

// clientLine reads, where a statement could begin, what only the dialect's
// client understands. It reports whether it read anything.
func (s *splitter) clientLine() (bool, error) {
	src, pos := s.lex.src, s.lex.pos
	if pos >= len(src) {
		return false, nil
	}
	switch c := src[pos]; {
	case s.dialect == flavor.Postgres && c == '\\':
		s.command()
		return true, nil
	case s.dialect == flavor.SQLite && c == '.' && (pos == 0 || src[pos-1] == '\n'):
		s.command()
		return true, nil
	case s.dialect.MySQLFamily() && (c == 'd' || c == 'D'):
		return s.delimiterLine()
	case s.dialect.MySQLFamily() && c == '-' && strings.HasPrefix(src[pos:], "--"):
		// At the beginning of a statement the client takes two dashes for a
		// comment whatever follows; no statement begins with them.
		s.lex.lineComment()
		return true, nil
	}
	return false, nil
}

// command makes a piece without SQL of the line at pos, with its line end.
func (s *splitter) command() {
	pos := s.lex.pos
	end := lineEnd(s.lex.src, pos)
	s.add(Statement{Text: s.lex.src[s.start:end], Line: s.lines.at(pos), Role: Command}, end)
}

// lineEnd returns the place behind the line end that follows pos.
func lineEnd(src string, pos int) int {
	if n := strings.IndexByte(src[pos:], '\n'); n >= 0 {
		return pos + n + 1
	}
	return len(src)
}

// delimiterLine reads DELIMITER and the word behind it; the rest of the line
// means nothing (MySQL manual, "mysql Client Commands").
func (s *splitter) delimiterLine() (bool, error) {
	const word = "delimiter"
	pos := s.lex.pos
	behind := pos + len(word)
	if behind > len(s.lex.src) || !strings.EqualFold(s.lex.src[pos:behind], word) {
		return false, nil
	}
	if behind < len(s.lex.src) && classes[s.lex.src[behind]] != classSpace {
		return false, nil
	}
	delimiter := argument(s.lex.src[behind:lineEnd(s.lex.src, behind)])
	if delimiter == "" {
		return false, s.fail(pos, "DELIMITER needs the new delimiter behind it")
	}
	if strings.Contains(delimiter, `\`) {
		return false, s.fail(pos, "a DELIMITER must not hold a backslash")
	}
	s.delimiter = delimiter
	s.command()
	return true, nil
}

// Backslash reports whether a statement has a backslash where the clients of
// PostgreSQL, MySQL and MariaDB take it for the beginning of a command: outside
// of quotes and comments. No server has it there. The program of SQLite has no
// such commands.
func Backslash(sql string, d flavor.Dialect) bool {
	r := rulesOf(d)
	if r == nil || d == flavor.SQLite {
		return false
	}
	l := lexer{src: sql, rules: r}
	for {
		switch t := l.next(); t.kind {
		case kindEnd, kindBad:
			return false
		case kindMark:
			if sql[t.start] == '\\' {
				return true
			}
		}
	}
}

// argument returns the first word of line; quotes around it are left out.
func argument(line string) string {
	line = strings.TrimLeft(line, " \t\r\n\f\v")
	if line == "" {
		return ""
	}
	if q := line[0]; q == '\'' || q == '"' || q == '`' {
		if n := strings.IndexByte(line[1:], q); n > 0 {
			return line[1 : 1+n]
		}
	}
	return strings.Fields(line)[0]
}

// atDelimiter reports whether the delimiter stands at pos. It is not looked
// for in an executable comment, whose end would be lost.
func (s *splitter) atDelimiter() bool {
	return len(s.lex.exec) == 0 && strings.HasPrefix(s.lex.src[s.lex.pos:], s.delimiter)
}

// wordBeforeDelimiter returns the end of the word t, which is earlier if the
// delimiter begins in it: the client looks for it at every character, so that
// END$$ ends a statement.
func (s *splitter) wordBeforeDelimiter(t token) int {
	if len(s.lex.exec) > 0 {
		return t.end
	}
	limit := min(t.end+len(s.delimiter)-1, len(s.lex.src))
	if n := strings.Index(s.lex.src[t.start:limit], s.delimiter); n > 0 {
		return t.start + n
	}
	return t.end
}

// cutCopy makes one piece of a COPY … FROM STDIN, its semicolon t, and the
// rows up to the line \. behind them.
func (s *splitter) cutCopy(t token) error {
	src := s.lex.src
	rows := lineEnd(src, t.end)
	for at := rows; at < len(src); {
		next := lineEnd(src, at)
		if strings.TrimRight(src[at:next], "\r\n") == `\.` {
			s.add(Statement{
				Text: src[s.start:next],
				SQL:  src[s.first:s.last],
				Line: s.lines.at(s.first),
				Role: Copy,
				Data: src[rows:at],
			}, next)
			return nil
		}
		at = next
	}
	return s.fail(s.first, `the rows of the COPY that begins here do not end with \.`)
}
