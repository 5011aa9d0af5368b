package view

import (
	"fmt"
	"io"

	"manage/phases"
)

// Destroys says, before a downgrade is confirmed, what it takes away.
func Destroys(w io.Writer, way phases.WayBack) {
	var l lines
	l.add("Going back takes away %s:", joined(way.Revisions))
	for _, loss := range way.Losses {
		what := "table " + loss.Table + " with " + count(loss.Rows, "row")
		if loss.Column != "" {
			what = fmt.Sprintf("column %s.%s with %s", loss.Table, loss.Column, count(loss.Rows, "value"))
		}
		l.add("  %s (%s)", what, loss.Revision)
	}
	if len(way.Losses) == 0 {
		l.add("  no table and no column")
	}
	for _, id := range way.NotUndone {
		l.add("  The rows that %s moved stay as they are.", id)
	}
	io.WriteString(w, l.String())
}
