package view

import (
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"manage/engine/safetext"
)

// grid lays rows out below their headings, without a frame, so that a line can
// be searched and cut by other programs.
func grid(headings []string, rows [][]string) string {
	t := table.NewWriter()
	style := table.StyleDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	style.Format.Header = text.FormatUpper
	t.SetStyle(style)
	t.AppendHeader(cells(headings))
	for _, r := range rows {
		t.AppendRow(cells(r))
	}
	return trimmed(t.Render())
}

func cells(values []string) table.Row {
	row := make(table.Row, len(values))
	for i, v := range values {
		row[i] = safetext.Line(v) // as wide as it is shown
	}
	return row
}

// trimmed takes the padding of the last column off.
func trimmed(text string) string {
	rows := strings.Split(text, "\n")
	for i := range rows {
		rows[i] = strings.TrimRight(rows[i], " ")
	}
	return strings.Join(rows, "\n")
}
