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

// stampCommand is `manage db stamp`.
type stampCommand struct {
	Target string `arg:"" name:"version" help:"The version to record."`
}

// Doc is what the help says of stamp.
func (*stampCommand) Doc() Doc {
	return Doc{
		Does: "Records that the database is at VERSION, without running anything. A revision of a branch " +
			"replaces only its own branch, one of the trunk both, a release sets both; `base` forgets the " +
			"version, after a question on a terminal or with --yes. " + versionGrammar,
		Writes:   "The version table, and the tables manage_journal and manage_lease.",
		Exits:    writeExits(),
		Examples: []string{"db stamp mitaka", "db stamp heads", "db stamp base --yes"},
	}
}

// Run records the version.
func (c *stampCommand) Run(ctx context.Context, g *Global, t terminal, w lazyWrites, p *view.Page) error {
	if c.Target == "base" && !g.Yes {
		if err := t.confirm("Forget the version of this database?", "stamp base"); err != nil {
			return err
		}
	}
	s, err := w(ctx)
	if err != nil {
		return err
	}
	return change(ctx, "stamp", s, p, func() (phases.Result, error) {
		return s.Stamp(ctx, phases.Request{Version: c.Target})
	})
}

// terminal asks whoever sits at it, if somebody does.
type terminal struct {
	in          io.Reader
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

// confirm asks a question; anything but yes is an error.
func (t terminal) confirm(question, what string) error {
	if !t.interactive {
		return &unconfirmed{What: what}
	}
	fmt.Fprintf(t.out, "%s [y/N] ", question)
	answer, _ := bufio.NewReader(t.in).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return &unconfirmed{What: what, Asked: true}
}
