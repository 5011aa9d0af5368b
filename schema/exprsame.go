package schema

import (
	"math/big"
	"regexp"
	"slices"
	"strings"
)

// sameExpr compares two expressions as Compare does, without regard to how
// servers respell them.
func sameExpr(a, b string) bool {
	x, readA := parseExpr(a)
	y, readB := parseExpr(b)
	if readA && readB {
		return plain(x).write(false) == plain(y).write(false)
	}
	return settleExpr(a) == settleExpr(b)
}

// meaning is an expression in one spelling for all that mean the same: what
// servers make of negations, ranges, lists of one, signs and casts is undone.
// What cannot be read as an expression is settled word by word.
func meaning(text string) string {
	e, ok := parseExpr(text)
	if !ok {
		return settleExpr(text)
	}
	return plain(e).write(false)
}

// plain is e in the form that is compared.
func plain(e *expression) *expression {
	args := make([]*expression, len(e.args))
	for i, a := range e.args {
		args[i] = plain(a)
	}
	out := &expression{op: e.op, text: e.text, args: args}
	switch e.op {
	case "number", "name", "string":
		return plainLeaf(out)
	case "cast":
		return withoutCast(args[0], e.text)
	case "negative":
		if args[0].op == "number" {
			return plainLeaf(&expression{op: "number", text: "-" + args[0].text})
		}
	case "call":
		return plainCall(out)
	case "and", "or":
		out.args = slices.Concat(flat(args[0], e.op), flat(args[1], e.op))
	case "not":
		return negated(args[0])
	case "mod":
		out.op = "%"
	case "is", "is not":
		out.args[1] = e.args[1] // a word, not a number
	default:
		return plainComparison(out)
	}
	return out
}

// flat is the list of operands of a chain of one operator.
func flat(e *expression, op string) []*expression {
	if e.op == op {
		return e.args
	}
	return []*expression{e}
}

// midnight is what PostgreSQL adds to a date that is compared with a time.
var midnight = regexp.MustCompile(`^('\d{4}-\d\d-\d\d) 00:00:00'$`)

// plainLeaf writes numbers in one way, 1e3 as 1000, and the truth values as
// the numbers that MySQL and SQLite have for them.
func plainLeaf(e *expression) *expression {
	switch {
	case e.op == "name" && e.text == "true":
		return &expression{op: "number", text: "1"}
	case e.op == "name" && e.text == "false":
		return &expression{op: "number", text: "0"}
	case e.op == "number":
		if n, ok := new(big.Rat).SetString(strings.TrimPrefix(e.text, "--")); ok {
			e.text = n.RatString()
		}
	case e.op == "string":
		e.text = midnight.ReplaceAllString(e.text, "$1'")
	}
	return e
}

// withoutCast drops a cast. A number in quotes is a number if it is cast to
// one, which is how PostgreSQL writes those below zero.
func withoutCast(e *expression, typ string) *expression {
	if e.op == "string" && slices.Contains([]string{"integer", "bigint", "smallint", "numeric", "double precision", "real"}, typ) {
		if n, ok := new(big.Rat).SetString(strings.Trim(e.text, "'")); ok {
			return &expression{op: "number", text: n.RatString()}
		}
	}
	return e
}

// functionNames are the names that servers give to functions that were called
// by another one.
var functionNames = map[string]string{
	"lcase": "lower", "ucase": "upper", "octet_length": "length", "character_length": "char_length", "substring": "substr",
}

func plainCall(e *expression) *expression {
	if e.text == "mod" && len(e.args) == 2 {
		return &expression{op: "%", args: e.args}
	}
	if name := functionNames[e.text]; name != "" {
		e.text = name
	}
	return e
}

// plainComparison has one sign for each comparison, no ranges, and literals on
// the right.
func plainComparison(e *expression) *expression {
	switch e.op {
	case "!=":
		e.op = "<>"
	case "~~":
		e.op = "like"
	case "!~~":
		e.op = "not like"
	case "between":
		return &expression{op: "and", args: []*expression{
			{op: ">=", args: []*expression{e.args[0], e.args[1]}}, {op: "<=", args: []*expression{e.args[0], e.args[2]}}}}
	case "in":
		if len(e.args) == 2 {
			e.op = "="
		}
	}
	if turned := turnedRound[e.op]; turned != "" && e.args[0].literal() && !e.args[1].literal() {
		return &expression{op: turned, args: []*expression{e.args[1], e.args[0]}}
	}
	return e
}

func (e *expression) literal() bool { return e.op == "number" || e.op == "string" }

// turnedRound has for each comparison the one whose sides are exchanged,
// opposites the one that holds where it does not; of null both say nothing.
var (
	turnedRound = map[string]string{"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
	opposites   = map[string]string{"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">",
		"like": "not like", "not like": "like", "in": "not in", "not in": "in", "is": "is not", "is not": "is"}
)

// negated is the opposite of e, with the negation as far inside as it goes.
func negated(e *expression) *expression {
	switch {
	case opposites[e.op] != "":
		return &expression{op: opposites[e.op], args: e.args}
	case e.op == "and" || e.op == "or":
		out := &expression{op: map[string]string{"and": "or", "or": "and"}[e.op]}
		for _, a := range e.args {
			out.args = append(out.args, flat(negated(a), out.op)...)
		}
		return out
	case e.op == "name": // MySQL has numbers for truth values
		return &expression{op: "=", args: []*expression{e, {op: "number", text: "0"}}}
	case e.op == "not":
		return e.args[0]
	}
	return &expression{op: "not", args: []*expression{e}}
}

// write is the expression as text, for people too; grouped ones stand in
// parentheses.
func (e *expression) write(grouped bool) string {
	words := make([]string, len(e.args))
	for i, a := range e.args {
		words[i] = a.write(true)
	}
	var text string
	switch e.op {
	case "name", "number", "string":
		return e.text
	case "call":
		return e.text + "(" + strings.Join(words, ", ") + ")"
	case "case":
		return "case " + strings.Join(words, " ") + " end"
	case "part":
		return e.text + " " + words[0]
	case "in", "not in":
		text = words[0] + " " + e.op + " (" + strings.Join(words[1:], ", ") + ")"
	case "negative":
		text = "- " + words[0]
	case "not":
		text = "not " + words[0]
	default:
		text = strings.Join(words, " "+e.op+" ")
	}
	if grouped {
		return "(" + text + ")"
	}
	return text
}
