package plan

import (
	"fmt"
	"strings"
	"testing"
)

// outline is that of SQL statements in one section.
func outline(texts ...string) Outline {
	var parts []Part
	for i, t := range texts {
		parts = append(parts, Part{Position: Position{Part: i}, Digest: fmt.Sprintf("%x", t), Text: t})
	}
	return Outlined(parts)
}

func TestDifferences(t *testing.T) {
	before := outline("A  a", "B", "C")
	at := func(part int) Position { return Position{Part: part} }
	for _, tt := range []struct {
		name      string
		now       Outline
		sent      Position
		confirmed bool
		want      string
	}{
		{"the same", before, at(1), true, ""},
		{"done", outline("X", "B", "C"), at(1), true, "1 done A a>X"},
		{"failed", outline("A  a", "X", "C"), at(1), true, "2 B>X"},
		{"under way", outline("A  a", "X", "C"), at(1), false, "2 done B>X"},
		{"to come", outline("A  a", "B", "X"), at(1), false, "3 C>X"},
		{"gone", outline("A  a", "B"), at(1), true, "3 C>-"},
		{"more", outline("A  a", "B", "C", "D"), at(1), true, "4 ->D"},
		{"in front", outline("X", "A  a", "B", "C"), at(2), true, "1 done A a>X, 2 done B>A a, 3 C>B, 4 ->C"},
		{"all gone", outline("A  a"), at(2), true, "2 done B>-, 3 C>-"},
		{"an operation in its middle", Outlined([]Part{{Position{0, -1}, "1", "p"}, {Position{1, -1}, "1", "q"}}), at(1), true,
			"1 done A a>p, 2 B>q, 3 C>-"},
	} {
		got, ok := before.Differences(tt.now, tt.sent, tt.confirmed)
		if text := describe(got); !ok || text != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, text, tt.want)
		}
	}
}

func describe(all []Difference) string {
	show := func(text *string) string {
		if text == nil {
			return "-"
		}
		return *text
	}
	var words []string
	for _, d := range all {
		done := ""
		if d.Done {
			done = "done "
		}
		words = append(words, fmt.Sprintf("%d %s%s>%s", d.Number, done, show(d.Was), show(d.Now)))
	}
	return strings.Join(words, ", ")
}

// An outline that is long stays below what the servers' columns hold; one that
// somebody wrote by hand tells nothing.
func TestOutlineBounds(t *testing.T) {
	var parts []Part
	for i := range 1500 {
		parts = append(parts, Part{Position: Position{Part: i}, Digest: "0123456789abcdef", Text: strings.Repeat("ä", 200)})
	}
	few, _ := Outlined(parts[:1]).Parts()
	if len(few) != 1 || few[0].Text != strings.Repeat("ä", mostOfPart)+"…" {
		t.Errorf("one: %v", few)
	}
	all := Outlined(parts)
	if read, ok := all.Parts(); !ok || len(read) != 1500 || read[7].Text != "" || len(all) > mostOfOutline {
		t.Errorf("%d parts in %d bytes", len(read), len(all))
	}
	if none := Outlined(append(append(append([]Part{}, parts...), parts...), parts...)); none != "" {
		t.Errorf("%d bytes", len(none))
	}
	for _, bad := range []Outline{"", "x", "1 a", "1.x a", "1.1 ", "1.1 a b\n\n"} {
		if _, ok := bad.Differences(all, Position{}, true); ok {
			t.Errorf("%q is taken for an outline", bad)
		}
	}
}
