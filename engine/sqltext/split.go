package sqltext

import (
	"fmt"
	"strings"

	"manage/engine/flavor"
)

// body follows one statement token by token and knows whether a semicolon
// ends it. There is one for each family of servers.
type body interface {
	// reset makes it ready for the statement whose first token is at pos.
	reset(pos int)
	// word is told each name, keyword and number.
	word(text string, pos int)
	// mark is told each other byte; quoted text is the byte '\''.
	mark(c byte, pos int)
	// semicolon reports whether a semicolon here ends the statement.
	semicolon() bool
	// open returns what is open, for the case that the script ends here, and
	// where it began; "" if nothing is.
	open() (what string, pos int)
}

// splitter cuts a script. It holds the piece that is being read.
type splitter struct {
	lex       lexer
	dialect   flavor.Dialect
	body      body
	delimiter string
	out       []Statement
	start     int // where the piece begins
	first     int // where its SQL begins; -1 before that
	last      int // behind the last token of its SQL
	lines     lineCounter
}

// byteOrderMark may stand at the beginning of a file; the clients skip it.
const byteOrderMark = "\xEF\xBB\xBF"

func newSplitter(script string, d flavor.Dialect) (*splitter, error) {
	r := rulesOf(d)
	if r == nil {
		return nil, unknownDialect(d)
	}
	s := &splitter{lex: lexer{src: script, rules: r}, dialect: d, delimiter: ";", first: -1}
	s.lines = lineCounter{src: script, line: 1}
	if strings.HasPrefix(script, byteOrderMark) {
		s.lex.pos = len(byteOrderMark)
	}
	switch d {
	case flavor.SQLite:
		s.body = &sqliteBody{}
	case flavor.Postgres:
		s.body = &postgresBody{}
	default:
		s.body = &mysqlBody{compound: d == flavor.MariaDB}
	}
	return s, nil
}

// run reads the whole script into out.
func (s *splitter) run() error {
	for {
		if s.first < 0 {
			if done, err := s.clientLine(); err != nil {
				return err
			} else if done {
				continue
			}
		}
		if s.delimiter != ";" && s.atDelimiter() {
			s.cut(s.lex.pos, s.lex.pos+len(s.delimiter))
			continue
		}
		t := s.lex.next()
		switch t.kind {
		case kindSpace, kindComment:
		case kindEnd:
			return s.finish()
		case kindBad:
			return s.fail(t.start, s.lex.fail)
		default:
			if err := s.token(t); err != nil {
				return err
			}
		}
	}
}

// token takes one token of SQL.
func (s *splitter) token(t token) error {
	if t.kind == kindMark && s.lex.src[t.start] == ';' && s.delimiter == ";" {
		// In an executable comment a semicolon stands between the statements
		// of a body; the comment must stay whole.
		if s.first < 0 || s.body.semicolon() && len(s.lex.exec) == 0 {
			return s.end(t)
		}
		s.last = t.end
		return nil
	}
	if s.first < 0 {
		s.first = t.start
		s.body.reset(t.start)
	}
	if t.kind == kindWord && s.delimiter != ";" {
		t.end = s.wordBeforeDelimiter(t)
		s.lex.pos = t.end
	}
	s.last = t.end
	switch t.kind {
	case kindWord:
		s.body.word(s.lex.text(t), t.start)
	case kindMark:
		s.body.mark(s.lex.src[t.start], t.start)
	case kindQuoted:
		s.body.mark('\'', t.start)
	}
	return nil
}

// end ends the piece at the semicolon t.
func (s *splitter) end(t token) error {
	if b, ok := s.body.(*postgresBody); ok && s.first >= 0 && b.copyRows() {
		return s.cutCopy(t)
	}
	s.cut(t.start, t.end)
	return nil
}

// cut makes a piece of what was read, with the terminator that stands from
// stop to end.
func (s *splitter) cut(stop, end int) {
	p := Statement{Text: s.lex.src[s.start:end]}
	if s.first >= 0 {
		p.SQL, p.Role, p.Line = s.lex.src[s.first:s.last], Query, s.lines.at(s.first)
	} else {
		p.Line = s.lines.at(stop)
	}
	s.add(p, end)
}

func (s *splitter) add(p Statement, end int) {
	s.out = append(s.out, p)
	s.start, s.lex.pos, s.first = end, end, -1
}

// finish makes the last piece. A last statement needs no semicolon; but under
// another delimiter its absence is a mistake that would let the rest of the
// script run as one statement.
func (s *splitter) finish() error {
	end := len(s.lex.src)
	if s.first >= 0 {
		if s.delimiter != ";" {
			return s.fail(s.first, fmt.Sprintf("the statement that begins here does not end with the delimiter %s", s.delimiter))
		}
		if what, pos := s.body.open(); what != "" {
			return s.fail(pos, what+" that begins here does not end")
		}
	}
	if s.start < end {
		s.cut(end, end)
		if p := &s.out[len(s.out)-1]; p.Role == Nothing {
			p.Line = s.lines.at(end - len(p.Text))
		}
	}
	return nil
}

func (s *splitter) fail(pos int, reason string) error {
	return &Error{Line: 1 + strings.Count(s.lex.src[:pos], "\n"), Reason: reason}
}

// lineCounter tells lines of ever later places without counting twice.
type lineCounter struct {
	src  string
	pos  int
	line int
}

func (c *lineCounter) at(pos int) int {
	if pos < c.pos {
		return c.line - strings.Count(c.src[pos:c.pos], "\n")
	}
	c.line += strings.Count(c.src[c.pos:pos], "\n")
	c.pos = pos
	return c.line
}
