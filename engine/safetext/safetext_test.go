package safetext_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"manage/engine/safetext"
)

func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "",
		"plain\n\ttext":            "plain\n\ttext",
		"Grüße, 世界 🙂":              "Grüße, 世界 🙂",
		"\x1b[2J":                  `\x1b[2J`,
		"a\rb":                     `a\rb`,
		"\x00\a\b\v\f\x7f":         `\x00\x07\x08\x0b\x0c\x7f`,
		"\u009b31m\u0085":          `\u009b31m\u0085`,
		"\x9b31m":                  `\x9b31m`, // a byte: C1 in Latin-1
		"abc\u202edef\u2066\u200f": `abc\u202edef\u2066\u200f`,
		"a\u2028b\ufeff":           `a\u2028b\ufeff`,
		"\U000e0041":               `\U000e0041`,
		"\xff\xc3":                 `\xff\xc3`,
		"\xed\xa0\x80":             `\xed\xa0\x80`, // half of a pair
		"\ufffd":                   "\ufffd",
		"\u200c\u200d":             "\u200c\u200d", // joiners, of Persian and of emoji
	} {
		if got := safetext.Clean(text); got != want {
			t.Errorf("%q is shown as %s, want %s", text, got, want)
		}
	}
	if got := safetext.Line("a\nb\tc\x1b"); got != `a\nb\tc\x1b` {
		t.Errorf("a line is shown as %s", got)
	}
}

// harmless fails a test if a text can control a terminal.
func harmless(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("%q is not UTF-8", text)
	}
	for _, r := range text {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) {
			t.Errorf("%q holds %U", text, r)
		}
	}
}

// FuzzWriter: whatever is written, in whatever pieces, nothing but newlines and
// tabs controls the terminal, and the pieces make no difference. A document of
// JSON means the same behind its writer.
func FuzzWriter(f *testing.F) {
	for _, seed := range []string{"a\x1b[31mb", "ü\xff", "\u202e", "\xf0\x9f\x99\x82", "\r\n", "\xe2\x80"} {
		f.Add(seed, 1)
	}
	f.Fuzz(func(t *testing.T, text string, piece int) {
		piece = 1 + int(uint(piece)%7)
		var out bytes.Buffer
		w := safetext.NewWriter(&out)
		for rest := text; rest != ""; {
			n := min(piece, len(rest))
			if got, err := w.Write([]byte(rest[:n])); got != n || err != nil {
				t.Fatal(got, err)
			}
			rest = rest[n:]
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		harmless(t, out.String())
		if out.String() != safetext.Clean(text) {
			t.Errorf("in pieces %q, in one %q", out.String(), safetext.Clean(text))
		}
		if again := safetext.Clean(out.String()); again != out.String() {
			t.Errorf("cleaned twice: %q", again)
		}
		harmless(t, safetext.Line(text))
		if strings.ContainsAny(safetext.Line(text), "\n\t") {
			t.Errorf("%q is more than a line", safetext.Line(text))
		}

		var document bytes.Buffer
		e := json.NewEncoder(safetext.NewJSONWriter(&document))
		e.SetEscapeHTML(false)
		if err := e.Encode(map[string]string{"text": text}); err != nil {
			t.Fatal(err)
		}
		harmless(t, document.String())
		var back map[string]string
		if err := json.Unmarshal(document.Bytes(), &back); err != nil || back["text"] != strings.ToValidUTF8(text, "\ufffd") && utf8.ValidString(text) {
			t.Errorf("%q comes back as %q, %v", text, back["text"], err)
		}
	})
}
