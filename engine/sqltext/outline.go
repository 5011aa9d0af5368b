package sqltext

import (
	"strings"

	"manage/engine/flavor"
)

// Outline is a statement as its words outside of parentheses.
type Outline struct {
	// Words are the words of the statement: bare ones in capitals, all else as
	// it is written; what stands in parentheses is one word, with them.
	Words []string
	// Table is the table of an ALTER TABLE; "" for other statements.
	Table string
	// Clauses are what an ALTER TABLE does to the table, in its order.
	Clauses []Clause
}

// Clause is one clause of an ALTER TABLE.
type Clause struct {
	Words []string // as those of Outline
	Text  string   // as it is written
}

// Outlined reads the outline of a single statement. It is false if text that
// is put behind the statement could be read otherwise than as a part of it, or
// if its words are not the same for all servers: it ends in a comment or holds
// an executable one, a hint, a further statement or a quote that stays open.
func Outlined(sql string, d flavor.Dialect) (Outline, bool) {
	r := rulesOf(d)
	if r == nil || !plainly(sql, r) {
		return Outline{}, false
	}
	var o Outline
	p := newReader(sql, d, r)
	for !p.atEnd() {
		o.Words = append(o.Words, p.word())
	}
	p = newReader(sql, d, r)
	if !p.accept("ALTER") {
		return o, true
	}
	for p.accept("ONLINE", "IGNORE") {
	}
	if !p.accept("TABLE") {
		return o, true
	}
	o.Table, _ = p.alteredTable()
	for !p.atEnd() {
		o.Clauses = append(o.Clauses, p.nextClause())
	}
	return o, true
}

// plainly reports whether a statement is made of words, quotes and comments
// that every server reads alike, and does not end in a comment.
func plainly(sql string, r *rules) bool {
	l := lexer{src: sql, rules: r}
	last := kindEnd
	for {
		t := l.next()
		switch t.kind {
		case kindEnd:
			return last != kindComment && last != kindEnd
		case kindExecOpen, kindHint, kindBad:
			return false
		case kindMark:
			if sql[t.start] == ';' {
				return false
			}
		}
		if t.kind != kindSpace {
			last = t.kind
		}
	}
}

// word reads the next word of an outline.
func (p *reader) word() string {
	start := p.tok.start
	if p.isMark('(') {
		p.skipParens()
		return strings.TrimSpace(p.lex.src[start:p.tok.start])
	}
	text := p.lex.text(p.tok)
	if p.upper != "" {
		text = p.upper
	}
	p.advance()
	return text
}

// alteredTable reads what stands between ALTER TABLE and the first clause.
func (p *reader) alteredTable() (table string, guarded bool) {
	guarded = p.guard()
	p.accept("ONLY")
	table = p.name()
	p.acceptMark('*')
	if p.accept("WAIT") {
		p.advance()
	}
	p.accept("NOWAIT")
	return table, guarded
}

// nextClause reads to the next comma, and moves over it.
func (p *reader) nextClause() Clause {
	var c Clause
	start, end := p.tok.start, p.tok.start
	for !p.atEnd() && !p.isMark(',') {
		c.Words = append(c.Words, p.word())
		end = p.tok.start
	}
	c.Text = strings.TrimSpace(p.lex.src[start:end])
	p.acceptMark(',')
	return c
}
