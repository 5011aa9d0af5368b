package sqltext

import (
	"strings"
	"testing"

	"manage/engine/flavor"
)

// seeds are scripts with something of everything, for all dialects: what is a
// quote in one is plain text in another.
func seeds() []string {
	all := []string{
		"", ";", "\\", "-", "--", "/", "/*", "/*!", "/*!50003", "/*M!", "$", "$$", "$a$", "E'", "e'a' \n 'b'", "[", "`",
		"DELIMITER //\nSELECT 1//\nDELIMITER ;\n", "delimiter x\r\n a x b", "COPY a FROM stdin;\n1\n\\.\n",
		"/*!50003 SELECT '*/;' */; SELECT 5--1, 5 -- 1\n;", "\xEF\xBB\xBFSELECT 1", ".read x\nSELECT 1;",
		"/* a /* b */ c */ ; SELECT foo$bar$baz", "BEGIN WORK; END;", "END; END IF; UNTIL 1 END CASE",
	}
	for _, c := range whole {
		all = append(all, c.sql, c.sql+";")
	}
	return all
}

// FuzzSplit: on every dialect the pieces, joined, are the input, each piece's
// SQL stands in its text, and the lines are right.
func FuzzSplit(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, script string) {
		for _, d := range flavor.Dialects() {
			all, err := Split(script, d)
			if err != nil {
				e := err.(*Error)
				if e.Line < 1 || e.Line > 1+strings.Count(script, "\n") || e.Reason == "" || all != nil {
					t.Fatalf("%s: error %+v with %d pieces", d, e, len(all))
				}
				continue
			}
			checkPieces(t, script, all)
		}
	})
}

func checkPieces(t *testing.T, script string, all []Statement) {
	t.Helper()
	at, joined := 0, make([]string, len(all))
	for i, s := range all {
		joined[i] = s.Text
		offset := strings.Index(s.Text, s.SQL)
		if offset < 0 || s.Text == "" || !strings.Contains(s.Text, s.Data) {
			t.Fatalf("piece %d: SQL or rows are not in the text: %+v", i, s)
		}
		if (s.SQL != "") != (s.Role == Query || s.Role == Copy) || s.Data != "" && s.Role != Copy {
			t.Fatalf("piece %d: role %d does not fit: %+v", i, s.Role, s)
		}
		first, last := 1+strings.Count(script[:at], "\n"), 1+strings.Count(script[:at+len(s.Text)], "\n")
		if s.Line < first || s.Line > last {
			t.Fatalf("piece %d: line %d is outside %d to %d", i, s.Line, first, last)
		}
		at += len(s.Text)
	}
	if got := strings.Join(joined, ""); got != script {
		t.Fatalf("pieces join to %q, not to %q", got, script)
	}
}

// FuzzLexer: on every dialect the tokens, joined, are the input.
func FuzzLexer(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, d := range flavor.Dialects() {
			l := lexer{src: text, rules: rulesOf(d)}
			at := 0
			for tok := l.next(); tok.kind != kindEnd && tok.kind != kindBad; tok = l.next() {
				if tok.start != at || tok.end <= tok.start {
					t.Fatalf("%s: token %+v at %d", d, tok, at)
				}
				at = tok.end
			}
			if l.pos != len(text) {
				t.Fatalf("%s: stopped at %d of %d", d, l.pos, len(text))
			}
		}
	})
}
