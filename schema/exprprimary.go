package schema

import (
	"slices"
	"strings"
)

// primary reads what no operator stands in.
func (p *exprParser) primary() *expression {
	if p.at == len(p.tokens) {
		panic(notAnExpression{})
	}
	t := p.tokens[p.at]
	p.at++
	switch {
	case t.text == "(":
		e := p.or()
		p.need(")")
		return e
	case t.text[0] == '\'':
		return &expression{op: "string", text: t.text}
	case digit(t.text[0]) || t.text[0] == '.' && len(t.text) > 1:
		return &expression{op: "number", text: p.number(t)}
	case t.name == "":
		panic(notAnExpression{})
	case t.name[0] == '_' && p.at < len(p.tokens) && p.tokens[p.at].text[0] == '\'':
		p.at++ // MySQL names the character set of a literal
		return &expression{op: "string", text: p.tokens[p.at-1].text}
	}
	return p.named(t)
}

// number is a number with its exponent, whose sign is a token of its own.
func (p *exprParser) number(t token) string {
	if last := t.text[len(t.text)-1]; (last == 'e' || last == 'E') && p.at+1 < len(p.tokens) {
		text := t.text + p.tokens[p.at].text + p.tokens[p.at+1].text
		p.at += 2
		return text
	}
	return t.text
}

// named reads what begins with a word: a column, a call, CASE or CAST.
func (p *exprParser) named(t token) *expression {
	name := strings.ToLower(t.name)
	quoted := t.text != t.name
	switch {
	case !quoted && name == "case":
		return p.caseWhen()
	case !quoted && name == "cast":
		p.need("(")
		e := &expression{op: "cast", args: []*expression{p.or()}}
		p.need("as")
		e.text = p.typeName()
		p.need(")")
		return e
	case p.take("("):
		if name == "trim" {
			p.take("both", "from")
		}
		return &expression{op: "call", text: name, args: p.list()}
	case !quoted && !slices.Contains([]string{"null", "true", "false", "default"}, name) && reserved(name):
		panic(notAnExpression{})
	}
	for p.take(".") {
		if p.at == len(p.tokens) || p.tokens[p.at].name == "" {
			panic(notAnExpression{})
		}
		name += "." + strings.ToLower(p.tokens[p.at].name)
		p.at++
	}
	return &expression{op: "name", text: name}
}

// caseWhen reads CASE up to its END. Its operands are what stands between its
// words, in their order, each with the word before it.
func (p *exprParser) caseWhen() *expression {
	e := &expression{op: "case"}
	part := func(word string) {
		e.args = append(e.args, &expression{op: "part", text: word, args: []*expression{p.or()}})
	}
	if p.word() != "when" {
		part("of")
	}
	for p.take("when") {
		part("when")
		p.need("then")
		part("then")
	}
	if p.take("else") {
		part("else")
	}
	p.need("end")
	return e
}
