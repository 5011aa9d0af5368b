package sqltext

import (
	"strings"

	"manage/engine/flavor"
)

// reader reads the words of one statement, without its comments; what stands
// in executable comments counts.
type reader struct {
	lex     lexer
	dialect flavor.Dialect
	tok     token
	upper   string // the word in capitals; "" if tok is none
	// schemas are what the names read so far were qualified with.
	schemas []string
}

func newReader(sql string, d flavor.Dialect, r *rules) *reader {
	p := &reader{lex: lexer{src: sql, rules: r}, dialect: d}
	p.advance()
	return p
}

// advance moves to the next token that counts.
func (p *reader) advance() {
	p.upper = ""
	for {
		p.tok = p.lex.next()
		switch p.tok.kind {
		case kindSpace, kindComment, kindHint, kindExecOpen, kindExecClose:
			continue
		case kindBad:
			p.tok.kind = kindEnd
		case kindWord:
			p.upper = strings.ToUpper(p.lex.text(p.tok))
		}
		return
	}
}

func (p *reader) atEnd() bool { return p.tok.kind == kindEnd }

// is reports whether the next token is one of words.
func (p *reader) is(words ...string) bool {
	if p.upper == "" {
		return false
	}
	for _, w := range words {
		if p.upper == w {
			return true
		}
	}
	return false
}

// accept moves over the next token if it is one of words.
func (p *reader) accept(words ...string) bool {
	if !p.is(words...) {
		return false
	}
	p.advance()
	return true
}

// isMark reports whether the next token is the byte c.
func (p *reader) isMark(c byte) bool {
	return p.tok.kind == kindMark && p.lex.src[p.tok.start] == c
}

func (p *reader) acceptMark(c byte) bool {
	if !p.isMark(c) {
		return false
	}
	p.advance()
	return true
}

// guard moves over IF EXISTS and IF NOT EXISTS.
func (p *reader) guard() bool {
	if !p.accept("IF") {
		return false
	}
	p.accept("NOT")
	p.accept("EXISTS")
	return true
}

// name reads a name, and of a qualified one the last part; "" if there is none.
func (p *reader) name() string {
	if p.tok.kind != kindWord && p.tok.kind != kindQuoted {
		return ""
	}
	name := p.unquoted()
	p.advance()
	for p.isMark('.') {
		p.advance()
		if p.tok.kind != kindWord && p.tok.kind != kindQuoted {
			break
		}
		p.schemas = append(p.schemas, name)
		name = p.unquoted()
		p.advance()
	}
	return name
}

// unquoted is the token's text as the name that the server keeps: PostgreSQL
// cuts one that is too long.
func (p *reader) unquoted() string {
	text := p.lex.text(p.tok)
	if p.tok.kind == kindWord {
		if p.dialect == flavor.Postgres {
			return flavor.Cut(strings.ToLower(text), flavor.PostgresName)
		}
		return text
	}
	switch q := text[0]; q {
	case '[':
		return text[1 : len(text)-1]
	case '"', '`', '\'':
		quote := string(q)
		text = strings.ReplaceAll(text[1:len(text)-1], quote+quote, quote)
		if p.dialect == flavor.Postgres && q == '"' {
			return flavor.Cut(text, flavor.PostgresName)
		}
		return text
	}
	return text
}

// skipParens moves over a parenthesis and what is in it, if one comes next.
func (p *reader) skipParens() {
	for depth := 0; !p.atEnd(); p.advance() {
		switch {
		case p.isMark('('):
			depth++
		case p.isMark(')') && depth > 0:
			if depth--; depth == 0 {
				p.advance()
				return
			}
		}
		if depth == 0 {
			return
		}
	}
}

// skipTo moves to the first of words, or to a comma if comma is true, outside
// of parentheses. It reports whether there is one.
func (p *reader) skipTo(comma bool, words ...string) bool {
	for !p.atEnd() {
		switch {
		case p.is(words...), comma && p.isMark(','):
			return true
		case p.isMark('('):
			p.skipParens()
		default:
			p.advance()
		}
	}
	return false
}
