package cmd

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"manage/cmd/view"
	"manage/phases"
)

// terminal asks whoever sits at it, if somebody does.
type terminal struct {
	in          *bufio.Reader // one for all questions: it reads ahead
	out         io.Writer
	interactive bool
}

// unconfirmed is a question that was answered with no, or that nobody was
// there to answer.
type unconfirmed struct {
	What  string
	Asked bool
}

func (e *unconfirmed) Error() string { return e.What + " was not confirmed" }

// confirm asks a question; anything but yes is an error. It ends with that of
// ctx when ctx does, whatever is typed: the first Ctrl-C is an answer.
func (t terminal) confirm(ctx context.Context, question, what string) error {
	if !t.interactive {
		return &unconfirmed{What: what}
	}
	fmt.Fprintf(t.out, "%s [y/N] ", question)
	answered := make(chan string, 1)
	go func() { // reading cannot be broken off; it ends with the process
		answer, _ := t.in.ReadString('\n')
		answered <- answer
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(t.out) // what comes next begins a line
		return ctx.Err()
	case answer := <-answered:
		switch strings.ToLower(strings.TrimSpace(answer)) {
		case "y", "yes":
			return nil
		}
		return &unconfirmed{What: what, Asked: true}
	}
}

// asking is what phases asks before a command removes something that nobody can
// bring back: on a terminal, unless --yes was given. Without a terminal nobody
// is asked, and the command goes on.
func (t terminal) asking(g *Global, what string) func(context.Context, phases.Removal) error {
	if g.Yes || !t.interactive {
		return nil
	}
	return func(ctx context.Context, r phases.Removal) error {
		view.Removes(t.out, r)
		return t.confirm(ctx, fmt.Sprintf("Remove this from the database %s with the catalog %s?", r.Database, r.Catalog), what)
	}
}
