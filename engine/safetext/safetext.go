// Package safetext makes text safe to be shown: on a terminal, in a log, in a
// document. Names, messages and values come from catalogs, databases, servers
// and programs, and may hold anything: sequences that move the cursor, clear
// the screen or set the title, carriage returns that write over a line, marks
// that turn the order of letters round, bytes that are no text. All of these
// are shown as what they are, such as \x1b.
package safetext

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean is text in which nothing but newlines and tabs controls a terminal.
func Clean(text string) string { return clean(text, plainForm) }

// Line is Clean of text that is one line: its newlines and tabs are shown too.
func Line(text string) string {
	if strings.ContainsAny(text, "\n\t") {
		text = strings.NewReplacer("\n", `\n`, "\t", `\t`).Replace(text)
	}
	return Clean(text)
}

// Controls reports whether a text has control characters other than newlines
// and tabs. Marks of direction are none: they are part of some languages' text.
func Controls(text string) (rune, bool) {
	for _, r := range text {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return r, true
		}
	}
	return 0, false
}

// form is how a rune that is not shown as itself is written; invalid is true
// for a byte that is no UTF-8.
type form func(r rune, invalid bool) string

// plainForm is the form of Go and of many shells.
func plainForm(r rune, invalid bool) string {
	switch {
	case invalid:
		return fmt.Sprintf(`\x%02x`, r)
	case r == '\r':
		return `\r`
	case r < utf8.RuneSelf:
		return fmt.Sprintf(`\x%02x`, r)
	case r > 0xffff:
		return fmt.Sprintf(`\U%08x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// jsonForm is the form within a string of JSON, outside of which encoders write
// no such rune: the document means the same.
func jsonForm(r rune, invalid bool) string {
	switch {
	case invalid:
		return `\ufffd`
	case r > 0xffff:
		r -= 0x10000
		return fmt.Sprintf(`\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// clean writes the runes that are not safe in a form.
func clean(text string, f form) string {
	at := firstUnsafe(text)
	if at == len(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + 16)
	for {
		b.WriteString(text[:at])
		if text = text[at:]; text == "" {
			return b.String()
		}
		r, size := utf8.DecodeRuneInString(text)
		if r == utf8.RuneError && size == 1 {
			b.WriteString(f(rune(text[0]), true))
		} else {
			b.WriteString(f(r, false))
		}
		text = text[size:]
		at = firstUnsafe(text)
	}
}

// firstUnsafe is where the first rune stands that is not shown as itself; the
// length of the text if there is none.
func firstUnsafe(text string) int {
	for at, r := range text {
		if unsafe(r) {
			return at
		}
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[at:]); size == 1 {
				return at
			}
		}
	}
	return len(text)
}

// unsafe reports whether a rune controls how what follows is shown, or breaks
// the line where no newline is.
func unsafe(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r < ' ' || 0x7f <= r && r <= 0x9f:
		return true
	case r < 0x0600:
		return false
	}
	switch {
	case r == 0x061c, 0x200e <= r && r <= 0x200f, 0x202a <= r && r <= 0x202e, 0x2066 <= r && r <= 0x2069: // Bidi_Control
		return true
	case r == 0x2028, r == 0x2029: // line and paragraph separator
		return true
	case 0x206a <= r && r <= 0x206f, r == 0xfeff, 0xfff9 <= r && r <= 0xfffb, 0xe0000 <= r && r <= 0xe007f: // without a shape of their own
		return true
	}
	return r >= 0xd800 && r <= 0xdfff || r&0xfffe == 0xfffe // never text
}
