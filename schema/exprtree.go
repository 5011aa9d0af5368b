package schema

import (
	"slices"
	"strings"
)

// An expression is SQL as a tree, so that grouping is told from what only looks
// like it. Leaves have a text and no operands.
type expression struct {
	// op is an operator, "call" or "case"; for leaves "name", "number" or
	// "string".
	op   string
	text string // of a leaf, or the name of a function
	args []*expression
}

// parseExpr reads the expressions that checks and partial indexes are made of,
// in the words of any dialect. ok is false for what it does not know.
func parseExpr(text string) (e *expression, ok bool) {
	if strings.Contains(text, "ARRAY[") {
		text = strings.NewReplacer("[", "(", "]", ")").Replace(text)
	}
	p := &exprParser{tokens: joinSigns(lex(text))}
	if len(p.tokens) > mostTokens {
		return nil, false
	}
	defer func() {
		if r := recover(); r != nil {
			if _, stuck := r.(notAnExpression); !stuck {
				panic(r)
			}
			e, ok = nil, false
		}
	}()
	e = p.or()
	return e, p.at == len(p.tokens)
}

// mostTokens bounds the depth of a tree, and so the stack of whoever walks over
// it. What is longer is compared as text.
const mostTokens = 50_000

// notAnExpression is what the parser panics with where it does not understand.
type notAnExpression struct{}

// joinSigns makes one token of each operator that has several signs.
func joinSigns(tokens []token) []token {
	var out []token
	for _, t := range tokens {
		if n := len(out); n > 0 && out[n-1].end == t.start && slices.Contains(longSigns, out[n-1].text+t.text) {
			out[n-1].text, out[n-1].end = out[n-1].text+t.text, t.end
			continue
		}
		out = append(out, t)
	}
	return out
}

// longSigns are the operators of more than one sign, with what they begin with.
var longSigns = []string{"<>", "<=", ">=", "!=", "||", "::", "~~", "!~", "!~~"}

type exprParser struct {
	tokens []token
	at     int
}

// word is the next token in lower case, "" at the end. Quoted names and strings
// are no words.
func (p *exprParser) word() string {
	if p.at == len(p.tokens) || strings.ContainsRune("'\"`", rune(p.tokens[p.at].text[0])) {
		return ""
	}
	return strings.ToLower(p.tokens[p.at].text)
}

// take goes on behind the words if they come next.
func (p *exprParser) take(words ...string) bool {
	start := p.at
	for _, w := range words {
		if p.word() != w {
			p.at = start
			return false
		}
		p.at++
	}
	return true
}

func (p *exprParser) need(word string) {
	if !p.take(word) {
		panic(notAnExpression{})
	}
}

// oneOf takes the next word if it is one of these.
func (p *exprParser) oneOf(words ...string) string {
	w := p.word()
	if w == "" || !slices.Contains(words, w) {
		return ""
	}
	p.at++
	return w
}

// chain reads operands between operators of one rank, which bind to the left.
func (p *exprParser) chain(operand func() *expression, operators ...string) *expression {
	e := operand()
	for {
		op := p.oneOf(operators...)
		if op == "" {
			return e
		}
		e = &expression{op: op, args: []*expression{e, operand()}}
	}
}

func (p *exprParser) or() *expression  { return p.chain(p.and, "or") }
func (p *exprParser) and() *expression { return p.chain(p.not, "and") }
func (p *exprParser) sum() *expression { return p.chain(p.product, "+", "-", "||") }

func (p *exprParser) product() *expression { return p.chain(p.sign, "*", "/", "%", "mod") }

func (p *exprParser) not() *expression {
	if p.take("not") {
		return &expression{op: "not", args: []*expression{p.not()}}
	}
	return p.comparison()
}

func (p *exprParser) comparison() *expression {
	e := p.sum()
	for {
		next := p.compared(e)
		if next == nil {
			return e
		}
		e = next
	}
}

// compared reads a comparison of e with what follows; nil if none does.
func (p *exprParser) compared(e *expression) *expression {
	if p.take("is") {
		op := "is"
		if p.take("not") {
			op = "is not"
		}
		return &expression{op: op, args: []*expression{e, p.sum()}}
	}
	negated := p.take("not")
	var out *expression
	switch op := p.oneOf("=", "<>", "!=", "<", ">", "<=", ">=", "like", "~~", "!~~", "in", "between"); op {
	case "":
		if negated {
			panic(notAnExpression{})
		}
		return nil
	case "between":
		low := p.sum()
		p.need("and")
		out = &expression{op: op, args: []*expression{e, low, p.sum()}}
	case "in":
		p.need("(")
		out = &expression{op: op, args: append([]*expression{e}, p.list()...)}
	default:
		if op == "=" && p.take("any") || op == "<>" && p.take("all") {
			out = &expression{op: "in", args: append([]*expression{e}, p.array()...)}
			negated = op == "<>"
			break
		}
		out = &expression{op: op, args: []*expression{e, p.sum()}}
	}
	if negated {
		return &expression{op: "not", args: []*expression{out}}
	}
	return out
}

// array reads the values of an array in parentheses, as PostgreSQL writes the
// list of IN.
func (p *exprParser) array() []*expression {
	e := p.primary()
	if e.op != "call" || e.text != "array" {
		panic(notAnExpression{})
	}
	return e.args
}

// list reads expressions up to the closing parenthesis.
func (p *exprParser) list() []*expression {
	var out []*expression
	if p.take(")") {
		return nil
	}
	for {
		out = append(out, p.or())
		if p.take(")") {
			return out
		}
		p.need(",")
	}
}

func (p *exprParser) sign() *expression {
	if p.take("-") {
		return &expression{op: "negative", args: []*expression{p.sign()}}
	}
	e := p.primary()
	for p.take("::") {
		e = &expression{op: "cast", text: p.typeName(), args: []*expression{e}}
	}
	return e
}

// typeName reads a type, which may have several words and a length.
func (p *exprParser) typeName() string {
	var words []string
	for p.at < len(p.tokens) && p.tokens[p.at].name != "" {
		w := p.word()
		if len(words) > 0 && !slices.Contains([]string{"varying", "precision", "with", "without", "time", "zone", "charset", "set"}, w) &&
			words[len(words)-1] != "charset" {
			break
		}
		words = append(words, w)
		p.at++
		if p.take("(") {
			p.list()
		}
		if p.take(".") {
			words = words[:len(words)-1]
		}
	}
	if len(words) == 0 {
		panic(notAnExpression{})
	}
	return strings.Join(words, " ")
}
