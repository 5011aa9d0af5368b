package sqltext

import "strings"

// postgresBody follows a statement as psql does (psqlscan.l): a semicolon in
// parentheses does not end it, nor one in the BEGIN ATOMIC … END of a routine,
// where each CASE has an END as well.
type postgresBody struct {
	words    int    // how many words were read, up to the number that matters
	previous string // the word before, "" behind anything else
	parens   []int  // where the open parentheses stand
	blocks   []int  // where the open BEGIN and CASE stand
	routine  bool   // CREATE [OR REPLACE] FUNCTION or PROCEDURE
	create   bool
	copy     copyState
}

type copyState uint8

const (
	copyNone  copyState = iota
	copyVerb            // the statement is a COPY
	copyStdin           // it reads its rows from the script
)

func (b *postgresBody) reset(int) {
	*b = postgresBody{parens: b.parens[:0], blocks: b.blocks[:0]}
}

func (b *postgresBody) word(text string, pos int) {
	if b.words < 4 {
		b.words++
		b.opening(text)
	}
	if len(b.parens) == 0 {
		switch {
		case b.copy == copyVerb:
			if strings.EqualFold(b.previous, "FROM") && strings.EqualFold(text, "STDIN") {
				b.copy = copyStdin
			}
		case b.routine:
			b.block(text, pos)
		}
	}
	b.previous = text
}

// opening looks at the first words.
func (b *postgresBody) opening(text string) {
	switch keyword(text) {
	case "CREATE":
		b.create = b.words == 1
	case "FUNCTION", "PROCEDURE":
		b.routine = b.create && (b.words == 2 || b.words == 4)
	case "COPY":
		if b.words == 1 {
			b.copy = copyVerb
		}
	}
}

func (b *postgresBody) block(text string, pos int) {
	switch keyword(text) {
	case "ATOMIC":
		if strings.EqualFold(b.previous, "BEGIN") {
			b.blocks = append(b.blocks, pos)
		}
	case "CASE":
		if len(b.blocks) > 0 {
			b.blocks = append(b.blocks, pos)
		}
	case "END":
		if n := len(b.blocks); n > 0 {
			b.blocks = b.blocks[:n-1]
		}
	}
}

func (b *postgresBody) mark(c byte, pos int) {
	b.previous = ""
	switch c {
	case '(':
		b.parens = append(b.parens, pos)
	case ')':
		if n := len(b.parens); n > 0 {
			b.parens = b.parens[:n-1]
		}
	}
}

func (b *postgresBody) semicolon() bool {
	b.previous = ""
	return len(b.parens) == 0 && len(b.blocks) == 0
}

func (b *postgresBody) open() (string, int) {
	switch {
	case len(b.parens) > 0:
		return "the parenthesis", b.parens[0]
	case len(b.blocks) > 0:
		return "the BEGIN ATOMIC block", b.blocks[0]
	}
	return "", 0
}

// copyRows reports whether rows follow the statement in the script.
func (b *postgresBody) copyRows() bool { return b.copy == copyStdin }
