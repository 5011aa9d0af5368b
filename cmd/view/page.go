// Package view prints results: as text for people, or as one JSON document for
// programs. Each command has a file with both. It decides nothing, and writes
// only to the Page that it is given.
package view

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Page is where results go and in which form.
type Page struct {
	Out  io.Writer
	JSON bool
	// Exact is where text goes that another program reads, and that must be what
	// it is to the byte: Out without what makes it safe to be shown, unless that
	// is a terminal.
	Exact io.Writer
	// Verbose asks for what is usually left out.
	Verbose bool
	// Command completes a command of `manage db`, such as "migrate", to the
	// line that somebody can type to run it on the same database.
	Command func(words string) string
}

// document prints v as the one JSON document of a command.
func (p *Page) document(v any) error {
	e := json.NewEncoder(p.Out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// lines collects the lines of a text, so that a command writes once.
type lines struct{ strings.Builder }

func (l *lines) add(format string, args ...any) { fmt.Fprintf(l, format+"\n", args...) }

func (p *Page) text(l *lines) error {
	_, err := io.WriteString(p.Out, l.String())
	return err
}

// exact prints text that another program reads.
func (p *Page) exact(l *lines) error {
	out := p.Exact
	if out == nil {
		out = p.Out
	}
	_, err := io.WriteString(out, l.String())
	return err
}

// list never is null in a document.
func list(values []string) []string {
	if values == nil {
		return []string{}
	}
	return values
}

// optional is null in a document where there is nothing.
func optional(value string) *string {
	if value == "" {
		return nil
	}
	return &value
}

// count is a number with its noun: "1 row", "2 rows".
func count[N int | int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// joined is a list in a sentence.
func joined(values []string) string { return strings.Join(values, ", ") }
