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
		l.add("  %s (%s)", destroyed(loss), loss.Revision)
	}
	if len(way.Losses) == 0 {
		l.add("  no table and no column")
	}
	for _, id := range way.NotUndone {
		l.add("  The rows that %s moved stay as they are.", id)
	}
	io.WriteString(w, l.String())
}

// destroyed is one loss in words.
func destroyed(loss phases.Loss) string {
	switch {
	case loss.Column == "" && loss.Where == "":
		return "table " + loss.Table + " with " + count(loss.Rows, "row")
	case loss.Column == "":
		return count(loss.Rows, "row") + " of table " + loss.Table
	case loss.Where == "":
		return fmt.Sprintf("column %s.%s with %s", loss.Table, loss.Column, count(loss.Rows, "value"))
	}
	return fmt.Sprintf("%s of column %s.%s", count(loss.Rows, "value"), loss.Table, loss.Column)
}
