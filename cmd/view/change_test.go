package view

import (
	"strings"
	"testing"

	"manage/engine/revision"
	"manage/phases"
)

// Stamp says what it recorded, and that nothing was run.
func TestChangedByStamp(t *testing.T) {
	at := func(v revision.Version, rows ...string) phases.Position {
		return phases.Position{Rows: rows, Recorded: len(rows) > 0, Version: v}
	}
	expanded := at(revision.Version{Expand: "e1"}, "e1")
	contracted := at(revision.Version{Expand: "e1", Contract: "c1"}, "c1")
	for _, c := range []struct {
		before, after phases.Position
		want          string
	}{
		{expanded, contracted, "Recorded e1, c1; nothing was run.\n"},
		{contracted, phases.Position{}, "No version is recorded any more; nothing was run.\n"},
		{contracted, contracted, "Nothing to do: "},
	} {
		var b strings.Builder
		page := &Page{Out: &b, Command: func(words string) string { return words }}
		err := Changed(page, Change{Command: "stamp", Result: phases.Result{Before: c.before, After: c.after}, After: phases.Report{Position: c.after}})
		if err != nil || !strings.HasPrefix(b.String(), c.want) {
			t.Errorf("%v → %v: %q, %v", c.before.Rows, c.after.Rows, b.String(), err)
		}
	}
}
