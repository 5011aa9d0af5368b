package view

import (
	"bytes"
	"strings"
	"testing"
)

// Of what a screen writes only its own moves are control characters, whatever
// the lines and the bar hold.
func TestScreenShowsTextOnly(t *testing.T) {
	const evil = "\x1b]0;pwned\a\x1b[2Jx\ry\u009b31m\u202e\xff"
	var out bytes.Buffer
	s := NewScreen(&out, func() int { return 200 })
	s.show("bar " + evil + "\nsecond line")
	if _, err := s.Write([]byte("line " + evil + "\n")); err != nil {
		t.Fatal(err)
	}
	s.show("bar again " + evil)
	s.show("")
	if _, err := s.Write([]byte("alone " + evil + "\n")); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, move := range []string{"\r\x1b[J", "\x1b[A"} {
		text = strings.ReplaceAll(text, move, "")
	}
	if strings.ContainsAny(text, "\x1b\a\r\u009b\u202e") || strings.Contains(text, "\xff") {
		t.Errorf("%q", text)
	}
	if strings.Count(text, `\x1b]0;pwned\x07\x1b[2Jx\ry\u009b31m\u202e\xff`) != 5 || !strings.Contains(text, `\nsecond line`) {
		t.Errorf("it is not shown: %q", text)
	}
}
