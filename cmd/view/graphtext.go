package view

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"manage/engine/revision"
)

// graphWidth is the number of columns that a drawing fits in, unless ids alone
// are wider.
const graphWidth = 80

// graphText draws the lines in lanes: trunk and expand on the left, contract
// on the right, one row for each node.
func graphText(nodes []GraphNode) string {
	if len(nodes) == 0 {
		return "The catalog has no revisions.\n"
	}
	var b strings.Builder
	lanes := newLanes(nodes)
	width := 0
	for _, n := range nodes {
		width = max(width, len(n.ID))
	}
	for _, n := range nodes {
		if fork := lanes.fork(n.Branch); fork != "" {
			b.WriteString(fork + "\n")
		}
		row := fmt.Sprintf("%s  %-*s", lanes.draw(n), width, n.ID)
		room := graphWidth - utf8.RuneCountInString(row) - 2
		if title := shortened(n.Message, room); title != "" {
			row += "  " + title
		}
		b.WriteString(strings.TrimRight(row, " ") + "\n")
	}
	b.WriteString("\n" + lanes.legend() + "\n")
	return b.String()
}

// shortened is text cut to room columns, behind a word if one ends in the
// second half, with an ellipsis where it was cut.
func shortened(text string, room int) string {
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= room {
		return text
	}
	if room < 8 {
		return "" // too little to say anything
	}
	cut := string([]rune(text)[:room])
	if space := strings.LastIndexByte(cut, ' '); space > len(cut)/2 {
		return cut[:space] + "…"
	}
	return string([]rune(text)[:room-1]) + "…"
}

// lanes follows the lines down the page.
type lanes struct {
	left      map[revision.Branch]int // nodes that are still to be drawn
	parted    bool
	closed    bool // the last expand revision is drawn, and so is what hangs on it
	branched  bool
	migration bool
}

func newLanes(nodes []GraphNode) *lanes {
	l := &lanes{left: make(map[revision.Branch]int)}
	for _, n := range nodes {
		l.left[n.Branch]++
	}
	l.branched = l.left[revision.Expand]+l.left[revision.Contract] > 0
	l.migration = l.left[revision.Migrate] > 0
	return l
}

// fork is the row where the branches part, "" for every node but the first
// behind trunk.
func (l *lanes) fork(b revision.Branch) string {
	if l.parted || b != revision.Expand && b != revision.Contract {
		return ""
	}
	l.parted = true
	switch {
	case l.left[revision.Contract] == 0:
		return "│"
	case l.left[revision.Expand] == 0:
		return "╰─╮"
	}
	return "├─╮"
}

// draw is the cell of the lanes for a node.
func (l *lanes) draw(n GraphNode) string {
	l.left[n.Branch]--
	mark := "○"
	if n.Applied {
		mark = "●"
	}
	expand, contract := l.left[revision.Expand] > 0, l.left[revision.Contract] > 0
	switch n.Branch {
	case revision.Trunk:
		if l.branched {
			return mark + "  "
		}
		return mark
	case revision.Expand:
		return mark + " " + pick(contract, "│", " ")
	case revision.Contract:
		joint := l.joint(len(n.DependsOn) > 0, expand)
		return joint + pick(joint == " " || joint == "│", " ", "─") + mark
	}
	mark = pick(n.Applied, "◆", "◇")
	if !l.branched {
		return mark
	}
	return l.joint(true, expand) + mark + pick(contract, "┤", " ")
}

// joint is the expand lane beside a node of another lane: with an arm if the
// node hangs on it, and gone behind the last that does.
func (l *lanes) joint(hangs, more bool) string {
	switch {
	case more:
		return pick(hangs, "├", "│")
	case hangs && !l.closed:
		l.closed = true
		return "╰"
	}
	return " "
}

// legend explains the marks.
func (l *lanes) legend() string {
	legend := "● applied  ○ not applied"
	if l.migration {
		legend += "  ◆ data migration that is past  ◇ one that is not"
	}
	if l.branched {
		legend += "\nleft: expand, right: contract"
	}
	return legend
}

func pick(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}
