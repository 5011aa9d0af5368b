package view

import (
	"fmt"
	"io"
	"strings"

	"manage/engine/revision"
	"manage/phases"
)

// Failure is an error in the words of the command line.
type Failure struct {
	Code    string // stable, for programs, such as "refused"
	Exit    int
	Message string // one sentence: what is wrong
	Hint    string // what to do; "" where the sentence says it
	File    string // the place, where there is one
	Line    int
	Done    *Done // what was done before it; nil where nothing was, or can be told
}

// Done is what a command did before it failed, and where the database then
// stands.
type Done struct {
	Applied []string         `json:"applied"`
	Moved   []MovedMigration `json:"migrated"`
	Version []string         `json:"version"`
	Stage   revision.Stage   `json:"stage"`
	Next    *string          `json:"next"`
}

// DoneBefore is what the result of a command that failed tells; nil if it had
// done nothing.
func DoneBefore(r phases.Result, at phases.Report) *Done {
	if len(r.Applied) == 0 && len(r.Migrated) == 0 {
		return nil
	}
	return &Done{Applied: list(r.Applied), Moved: movedRows(r), Version: list(composite(at.Position)), Stage: at.Stage, Next: optional(at.Next)}
}

// FailureDocument is the error document.
type FailureDocument struct {
	Error FailureBody `json:"error"`
}

// FailureBody is the inside of the error document.
type FailureBody struct {
	Code    string  `json:"code"`
	Exit    int     `json:"exit"`
	Message string  `json:"message"`
	Hint    *string `json:"hint"`
	File    *string `json:"file"`
	Line    *int    `json:"line"`
	Done    *Done   `json:"done,omitempty"`
}

// Failed prints an error: as text on stderr, or as the error document on the
// page.
func Failed(p *Page, stderr io.Writer, program string, f Failure) error {
	if p.JSON {
		return p.document(failureDocument(f))
	}
	_, err := io.WriteString(stderr, failureText(program, f))
	return err
}

func failureDocument(f Failure) FailureDocument {
	b := FailureBody{Code: f.Code, Exit: f.Exit, Message: f.Message, Hint: optional(f.Hint), File: optional(f.File), Done: f.Done}
	if f.Line > 0 {
		b.Line = &f.Line
	}
	return FailureDocument{Error: b}
}

// failureText is "program: file:line: message", and the hint on lines of its
// own.
func failureText(program string, f Failure) string {
	place := ""
	if f.File != "" {
		place = f.File + ": "
		if f.Line > 0 {
			place = fmt.Sprintf("%s:%d: ", f.File, f.Line)
		}
	}
	text := fmt.Sprintf("%s: %s%s\n", program, place, strings.TrimRight(f.Message, "\n"))
	if f.Hint != "" {
		text += "  " + strings.ReplaceAll(f.Hint, "\n", "\n  ") + "\n"
	}
	return text
}
