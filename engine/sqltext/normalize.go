package sqltext

import (
	"strings"

	"manage/engine/flavor"
)

// Normalize returns sql without comments, and with white space only where it
// keeps two tokens apart, so that two layouts of one statement give the same
// text. Quoted text stays as it is, as do executable comments and optimizer
// hints, which mean something. Upper and lower case are not made equal. Of a
// statement with something that does not end, that part is left as it stands.
//
// It is made for checksums: the result reads as the same statement to the
// server, but not well to people.
func Normalize(sql string, d flavor.Dialect) string {
	r := rulesOf(d)
	if r == nil {
		return strings.TrimSpace(sql)
	}
	n := normalizer{lex: lexer{src: sql, rules: r}}
	n.out.Grow(len(sql))
	for n.step() {
	}
	return n.out.String()
}

type normalizer struct {
	lex  lexer
	out  strings.Builder
	last token  // the token written last
	gap  string // what stands between it and the next: "", " " or "\n"
	// block is true if a block comment stands in the gap.
	block bool
}

// step takes one token and reports whether there may be more.
func (n *normalizer) step() bool {
	t := n.lex.next()
	switch t.kind {
	case kindEnd:
		return false
	case kindSpace, kindComment:
		n.widen(t)
		return true
	case kindBad:
		if t.start < n.last.end {
			return false // an executable comment, whose inside is written already
		}
	}
	n.write(t)
	n.last, n.gap, n.block = t, "", false
	return t.kind != kindBad
}

func (n *normalizer) widen(t token) {
	text := n.lex.text(t)
	n.block = n.block || strings.HasPrefix(text, "/*")
	if n.gap != "\n" {
		n.gap = " "
	}
	if t.kind == kindSpace && strings.ContainsAny(text, "\n\r") {
		n.gap = "\n"
	}
}

func (n *normalizer) write(t token) {
	switch {
	case n.last.kind == kindEnd:
	case n.dashes(n.last, t):
		n.out.WriteByte(' ')
	case n.gap == "" || !n.apart(n.last, t):
	case n.strings(n.last, t) && !n.block:
		n.out.WriteString(n.gap)
	default:
		n.out.WriteByte(' ')
	}
	n.out.WriteString(n.lex.text(t))
}

// dashes reports whether a and b are two minus signs on MySQL: with a comment
// behind them left out they could become one.
func (n *normalizer) dashes(a, b token) bool {
	return n.lex.rules.dashSpace && n.minus(a) && n.minus(b)
}

func (n *normalizer) minus(t token) bool {
	return t.kind == kindMark && n.lex.src[t.start] == '-'
}

// strings reports whether a and b are strings that PostgreSQL joins into one,
// but only if a line end stands between them.
func (n *normalizer) strings(a, b token) bool {
	return n.lex.rules.dollar && a.kind == kindQuoted && b.kind == kindQuoted &&
		n.lex.src[b.start] == '\'' && n.lex.src[a.end-1] == '\''
}

// apart reports whether the white space between a and b has to stay: without
// it they could be read as something else.
func (n *normalizer) apart(a, b token) bool {
	left, right := n.weight(a), n.weight(b)
	switch {
	case left == weightBracket || right == weightBracket:
		return false
	case left == weightSticky || right == weightSticky:
		return true
	case left == weightDot || right == weightDot:
		return left != weightWord && left != weightDot || right != weightWord && right != weightDot ||
			n.number(a) || n.number(b)
	case left == weightWord && right == weightWord:
		return true
	case left == weightOperator && right == weightOperator:
		return true
	}
	return left == weightWord && n.exponent(a)
}

// weight says how a token gets on with its neighbours.
type weight uint8

const (
	weightWord     weight = iota
	weightOperator        // may touch words and quotes
	weightBracket         // may touch anything
	weightDot             // may touch names
	weightSticky          // keeps its distance
)

func (n *normalizer) weight(t token) weight {
	switch t.kind {
	case kindWord, kindQuoted:
		return weightWord
	case kindMark:
		return n.markWeight(n.lex.src[t.start])
	}
	return weightSticky
}

func (n *normalizer) markWeight(c byte) weight {
	switch c {
	case '(', ')', ',', ';':
		return weightBracket
	case '.':
		return weightDot
	case '=', '<', '>', '+', '-', '*', '/', '%', '|', '&', '^', '~', '!':
		return weightOperator
	case '[', ']', '@', '#', '?', ':':
		if n.lex.rules.dollar { // operators on PostgreSQL, parts of names elsewhere
			return weightOperator
		}
	}
	return weightSticky
}

// number reports whether t begins with a digit, so that a dot beside it could
// be a decimal point.
func (n *normalizer) number(t token) bool {
	c := n.lex.src[t.start]
	return t.kind == kindWord && c >= '0' && c <= '9'
}

// exponent reports whether t could be the first half of 1e-5.
func (n *normalizer) exponent(t token) bool {
	c := n.lex.src[t.end-1]
	return n.number(t) && (c == 'e' || c == 'E')
}
