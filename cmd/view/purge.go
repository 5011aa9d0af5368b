package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"manage/phases/purge"
)

// Purge is what a purge selected, and what it did.
type Purge struct {
	Catalog  string
	Selected purge.Counts
	Orphans  bool // they were looked for
	Cut      bool // there was more than the maximum
	DryRun   bool
	Deleted  purge.Counts // nil for a dry run
}

// PurgeDocument is `manage db purge` as JSON.
type PurgeDocument struct {
	Catalog string       `json:"catalog"`
	DryRun  bool         `json:"dry_run"`
	Orphans bool         `json:"orphans"`
	Cut     bool         `json:"cut"`
	Objects []PurgedKind `json:"objects"`
	Total   int64        `json:"total"`
	Deleted *int64       `json:"deleted"`
}

// PurgedKind is one kind of objects of a purge.
type PurgedKind struct {
	Kind     string `json:"kind"`
	Selected int64  `json:"selected"`
	Deleted  *int64 `json:"deleted"`
}

// Purged presents what a purge did, or would do.
func Purged(p *Page, r Purge) error {
	if p.JSON {
		return p.document(purgeDocument(r))
	}
	var l lines
	total := r.Selected.Total()
	switch {
	case r.Deleted == nil:
		l.add("%s", countTable(r.Selected))
		l.add("%s would be purged (%s).", count(total, "object"), orphanNote(r.Orphans))
	case total == 0:
		l.add("Nothing to purge (%s).", orphanNote(r.Orphans))
	default:
		l.add("%s", countTable(r.Deleted))
		l.add("Purged %s (%s).", count(r.Deleted.Total(), "object"), orphanNote(r.Orphans))
	}
	if stayed := total - r.Deleted.Total(); r.Deleted != nil && stayed > 0 {
		l.add("%s stayed: they were restored, or something came to refer to them, while the purge ran.", count(stayed, "object"))
	}
	if r.Cut {
		l.add("There were more than the maximum; the rest waits for another purge.")
	}
	return p.text(&l)
}

func purgeDocument(r Purge) PurgeDocument {
	d := PurgeDocument{Catalog: r.Catalog, DryRun: r.DryRun, Orphans: r.Orphans, Cut: r.Cut, Objects: []PurgedKind{}, Total: r.Selected.Total()}
	for i, c := range r.Selected {
		k := PurgedKind{Kind: c.Kind, Selected: c.N}
		if r.Deleted != nil {
			k.Deleted = &r.Deleted[i].N
		}
		d.Objects = append(d.Objects, k)
	}
	if r.Deleted != nil {
		n := r.Deleted.Total()
		d.Deleted = &n
	}
	return d
}

// orphanNote says whether orphans are among the objects.
func orphanNote(included bool) string {
	if included {
		return "may include orphans"
	}
	return "orphans excluded"
}

// PurgeTable prints how many objects of each kind there are.
func PurgeTable(w io.Writer, counts purge.Counts) { fmt.Fprintln(w, countTable(counts)) }

// countTable is the framed table of the optimization service's own tool: the
// kinds in order, and the total.
func countTable(counts purge.Counts) string {
	t := table.NewWriter()
	style := table.StyleDefault
	style.Format.Header = text.FormatDefault
	t.SetStyle(style)
	header, row := table.Row{}, table.Row{}
	add := func(title string, n int64) {
		number := fmt.Sprint(n)
		width := max(len(title), len(number))
		header, row = append(header, centred(title, width)), append(row, centred(number, width))
	}
	for _, c := range counts {
		add(c.Title, c.N)
	}
	add("Total", counts.Total())
	t.AppendHeader(header)
	t.AppendRow(row)
	return t.Render()
}

// centred puts a text into the middle of a column as the original does: where
// the blanks do not go evenly, an odd width has more of them on the left, an
// even one on the right.
func centred(text string, width int) string {
	room := width - len(text)
	left := room / 2
	if room%2 == 1 && width%2 == 1 {
		left++
	}
	return strings.Repeat(" ", left) + text + strings.Repeat(" ", room-left)
}

// The words of watcher-db-manage. Scripts answer its questions and look for
// its headings, so they are those of the optimization service's own tool.

// WatcherPurgeTable prints the table that comes before a question.
func WatcherPurgeTable(p *Page, counts purge.Counts) error {
	return glanceLines(p, countTable(counts))
}

// WatcherPurgeExceeds asks whether to purge up to the maximum; the answer
// follows on the same line.
func WatcherPurgeExceeds(p *Page, total, most int64) error {
	_, err := fmt.Fprintf(p.Out, "The number of objects (%d) to delete from the database exceeds the maximum number of objects (%d) specified.\n"+
		"Do you want to delete objects up to the specified maximum number? [y/N]", total, most)
	return err
}

// WatcherPurgeConfirm asks whether to purge.
func WatcherPurgeConfirm(p *Page, total int64) error {
	_, err := fmt.Fprintf(p.Out, "There are %d objects set for deletion. Continue? [y/N]", total)
	return err
}

// WatcherPurged prints what was purged, or what can be.
func WatcherPurged(p *Page, r Purge) error {
	heading := "Purge results summary"
	if r.Deleted == nil {
		heading = "Here below is a table containing the objects that can be purged"
	}
	return glanceLines(p, fmt.Sprintf("%s (%s):", heading, orphanNote(r.Orphans)), countTable(r.Selected))
}

// WatcherPurgeFailed prints why a purge failed: on standard output, as there.
func WatcherPurgeFailed(p *Page, err error) error { return glanceLines(p, err.Error()) }
