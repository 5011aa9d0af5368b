package schema

import (
	"strings"
	"testing"

	"manage/engine/flavor"
)

func TestRenameText(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"a > 0", `"b" > 0`},
		{`"A" > 0 AND [a] < 5 OR ` + "`a` = 1", `"b" > 0 AND "b" < 5 OR "b" = 1`},
		{"'a' <> aa", "'a' <> aa"},
		{"a(1) + t.a -- a\n/* a */", `a(1) + t."b" -- a` + "\n/* a */"},
		{`"a""a" = 'it''s a'`, `"a""a" = 'it''s a'`},
		{"", ""},
	} {
		if got := renameText(tc.text, "a", "b", flavor.SQLite); got != tc.want {
			t.Errorf("renaming in %q gives %q, want %q", tc.text, got, tc.want)
		}
	}
}

func TestWithoutQualifier(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{`"order".x > order . y`, "x >  y"},
		{"orders.x = 'order.x'", "orders.x = 'order.x'"},
	} {
		if got := withoutQualifier(tc.text, "order"); got != tc.want {
			t.Errorf("%q becomes %q, want %q", tc.text, got, tc.want)
		}
	}
}

// FuzzLex: tokens stand where they say, in order, and nothing but white space
// and comments lies between them.
func FuzzLex(f *testing.F) {
	for _, s := range []string{"a = 'b' -- c", "\"a\"\"b\" [c] `d` /* e */ 1.5e3", "'", "/*", "--", "[", "$x$", "é('ü')"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at := 0
		for _, tok := range lex(text) {
			if tok.start < at || tok.end <= tok.start || text[tok.start:tok.end] != tok.text {
				t.Fatalf("%q: the token %q does not stand at %d to %d", text, tok.text, tok.start, tok.end)
			}
			for between := text[at:tok.start]; between != ""; {
				n := skipBlank(between)
				if n == 0 {
					t.Fatalf("%q: %q is lost", text, between)
				}
				between = between[n:]
			}
			at = tok.end
		}
		renamed := renameText(text, "a", "b", flavor.SQLite)
		if !strings.ContainsAny(text, "aA") && renamed != text {
			t.Fatalf("renaming changes %q to %q", text, renamed)
		}
	})
}
