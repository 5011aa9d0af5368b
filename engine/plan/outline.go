package plan

import (
	"fmt"
	"strconv"
	"strings"
)

// Outline is what a revision consisted of, as text that the journal keeps: a
// line for each of its parts, with the place, a digest and the beginning of what
// is written there. It tells later which of them were changed since. The empty
// outline tells nothing.
type Outline string

// Part is one part of a revision: an operation, or one statement of plain SQL.
type Part struct {
	// Position is where it is; its Part is -1 for an operation as a whole.
	Position Position
	// Digest is over its meaning: two parts with the same are the same.
	Digest string
	Text   string
}

// The bounds of an outline: how many characters a text has, and how many bytes
// all of them, so that every server's column for text holds it.
const (
	mostOfPart    = 100
	mostOfOutline = 60_000
)

// Outlined writes an outline. One that would be too long has no texts; one that
// still is, is empty.
func Outlined(parts []Part) Outline {
	for _, texts := range []bool{true, false} {
		var b strings.Builder
		for _, p := range parts {
			fmt.Fprintf(&b, "%d.%d %s", p.Position.Operation, p.Position.Part, p.Digest)
			if texts {
				b.WriteString(" " + Shortened(p.Text))
			}
			b.WriteByte('\n')
		}
		if b.Len() <= mostOfOutline {
			return Outline(b.String())
		}
	}
	return ""
}

// Shortened is a text on one line, cut where it gets long.
func Shortened(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > mostOfPart {
		return string(r[:mostOfPart]) + "…"
	}
	return text
}

// Parts reads an outline; false if it is not one.
func (o Outline) Parts() ([]Part, bool) {
	var parts []Part
	for line := range strings.Lines(string(o)) {
		place, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		operation, part, found := strings.Cut(place, ".")
		p := Part{}
		var bad, worse error
		p.Position.Operation, bad = strconv.Atoi(operation)
		p.Position.Part, worse = strconv.Atoi(part)
		if p.Digest, p.Text, _ = strings.Cut(rest, " "); !found || bad != nil || worse != nil || p.Digest == "" {
			return nil, false
		}
		parts = append(parts, p)
	}
	return parts, len(parts) > 0
}

// Difference is a part of a revision that is not what it was.
type Difference struct {
	Number    int  // of the part within the revision, from 1
	Operation bool // it is an operation, not a statement of plain SQL
	// Done is true if it was executed, or may have been.
	Done bool
	// Was and Now are what was written there, shortened; nil if there was
	// nothing, or is nothing any more.
	Was, Now *string
}

// Differences compares what a revision was with what it is now. sent is where
// the run of what it was ended, and confirmed that the statement there was not
// executed. It is false if one of the outlines tells nothing.
func (o Outline) Differences(now Outline, sent Position, confirmed bool) ([]Difference, bool) {
	before, ok := o.Parts()
	after, known := now.Parts()
	if !ok || !known {
		return nil, false
	}
	var all []Difference
	for i := range max(len(before), len(after)) {
		d := Difference{Number: i + 1}
		at := Part{}
		if i < len(after) {
			at, d.Now = after[i], &after[i].Text
		}
		if i < len(before) {
			at, d.Was = before[i], &before[i].Text
		}
		same := d.Was != nil && d.Now != nil && before[i].Position == after[i].Position && before[i].Digest == after[i].Digest
		if same {
			continue
		}
		d.Operation = at.Position.Part < 0
		d.Done = at.Position.begun(sent, confirmed)
		if i < len(after) && i < len(before) { // a part may have moved in among those that were done
			d.Done = d.Done || after[i].Position.begun(sent, confirmed)
		}
		all = append(all, d)
	}
	return all, true
}

// begun reports whether what is at p was executed, or may have been, by a run
// that ended at sent.
func (p Position) begun(sent Position, confirmed bool) bool {
	if p.Part < 0 && p.Operation == sent.Operation {
		return sent.Part > 0 || !confirmed
	}
	return p.Before(sent) || p == sent && !confirmed
}
