package view

import (
	"fmt"
	"io"
	"strings"
)

// Failure is an error in the words of the command line.
type Failure struct {
	Code    string // stable, for programs, such as "refused"
	Exit    int
	Message string // one sentence: what is wrong
	Hint    string // what to do; "" where the sentence says it
	File    string // the place, where there is one
	Line    int
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
	b := FailureBody{Code: f.Code, Exit: f.Exit, Message: f.Message, Hint: optional(f.Hint), File: optional(f.File)}
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
