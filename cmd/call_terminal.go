package cmd

import (
	"bufio"
	"io"
	"os"

	"golang.org/x/term"

	"manage/cmd/view"
)

// terminal is where a question can be asked: standard input and standard
// error, if both are terminals.
func (c *call) terminal() terminal {
	return terminal{in: bufio.NewReader(c.program.In), out: c.program.Err, interactive: c.asks}
}

// isTerminal reports whether a stream is a terminal. The null device is none,
// under whatever name a process was given it: a job without streams must not be
// asked.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// screenOf is a stream as a terminal on which a line can be written over; nil if
// it is none, or calls itself a dumb one.
func (c *call) screenOf(stream io.Writer) *view.Screen {
	f, ok := stream.(*os.File)
	if kind, _ := c.environment("TERM"); !ok || !isTerminal(f) || kind == "" || kind == "dumb" {
		return nil
	}
	return view.NewScreen(f, func() int {
		width, _, err := term.GetSize(int(f.Fd()))
		if err != nil {
			return 0
		}
		return width
	})
}

// stderr is where the log and the progress go.
func (c *call) stderr() io.Writer {
	if c.screen != nil {
		return c.screen
	}
	return c.program.Err
}
