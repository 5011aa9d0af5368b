package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"manage/cmd/argv"
	"manage/cmd/view"
	"manage/engine/database"
	"manage/engine/safetext"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// call is one call of a tool, from its words to its exit code.
type call struct {
	program Program
	tool    tool
	began   *latch
	speaker speaker
	log     *slog.Logger
	words   []string // as kong got them
	level   slog.LevelVar
	usual   slog.Level // of the tool, without --debug
	global  *Global
	teller  teller       // nil while no database is open
	screen  *view.Screen // nil where no bar can be shown
	// out is standard output as it was given, for what is not text; asks is true
	// if somebody sits at a terminal.
	out     io.Writer
	asks    bool
	closers []func() error
}

// newCall is a call of a tool by a program.
func newCall(p Program, t tool, began *latch) *call {
	c := &call{program: p, tool: t, began: began, speaker: speaker{program: t.name, catalog: t.catalog, under: t.under}}
	c.screen = c.screenOf(p.Err)
	c.out, c.asks = p.Out, isTerminal(p.In) && isTerminal(p.Err)
	// What is said holds text of catalogs, servers and programs, so all of it
	// goes through these.
	out, errs := safetext.NewWriter(p.Out), safetext.NewWriter(p.Err)
	c.program.Out, c.program.Err = out, errs
	c.closers = append(c.closers, out.Flush, errs.Flush)
	return c
}

// run reads the words, runs the command that they name, and presents what
// comes of it.
func (c *call) run(ctx context.Context, words []string) int {
	defer c.close()
	page := c.page(c.tool.catalog == "" && wantsJSON(words))
	root := c.tool.grammar()
	parser, err := kong.New(root, kong.Name(c.tool.name), kong.Description(c.tool.about), kong.NoDefaultHelp(),
		kong.Writers(c.program.Out, c.program.Err))
	if err != nil {
		return c.say(page, c.explain(err))
	}
	s, err := c.tool.read(parser.Model, words)
	if done, code := c.answer(page, parser.Model, s, err); done {
		return code
	}
	c.words = s.Words
	parsed, err := parser.Parse(s.Words)
	if err != nil {
		return c.say(page, c.explain(&argv.UsageError{Err: err, Command: s.Node}))
	}
	return c.finish(ctx, page, c.dispatch(ctx, page, root.global(), parsed))
}

// page is where the result goes.
func (c *call) page(asJSON bool) *view.Page {
	p := &view.Page{Out: c.program.Out, JSON: asJSON, Exact: c.out}
	if asJSON {
		p.Out = safetext.NewJSONWriter(c.out)
	}
	if isTerminal(c.out) {
		p.Exact = c.program.Out
	}
	return p
}

// answer deals with what needs no command: help, the tool's version, and words
// that make no sense.
func (c *call) answer(page *view.Page, model *kong.Application, s argv.Scanned, err error) (done bool, code int) {
	var said *argv.Answer
	switch {
	case errors.As(err, &said):
		fmt.Fprint(c.program.Out, said.Text)
		return true, ExitUsage
	case s.Help && err == nil:
		err = printHelp(c.program.Out, c.tool, model, s.Node)
	case s.Version && err == nil:
		err = view.ToolVersion(page, c.tool.name, c.version())
	case err == nil && len(s.Node.Children) > 0:
		return true, c.bare(page, model, s.Node)
	case err == nil:
		return false, 0
	}
	if err != nil {
		return true, c.say(page, c.explain(err))
	}
	return true, ExitDone
}

// bare answers words that stop before a command: with the help, and the code
// of wrong usage, because a script that comes here has lost a word.
func (c *call) bare(page *view.Page, model *kong.Application, node *kong.Node) int {
	if page.JSON {
		return c.say(page, c.explain(&argv.UsageError{Kind: argv.MissingCommand, Command: node}))
	}
	if err := printHelp(c.program.Out, c.tool, model, node); err != nil {
		return ExitFailed
	}
	return ExitUsage
}

// finish turns what a command returned into its exit code, saying what went
// wrong.
func (c *call) finish(ctx context.Context, page *view.Page, err error) int {
	var with exitWith
	switch {
	case err == nil:
		return ExitDone
	case errors.As(err, &with):
		return c.tool.exit("", with.code)
	}
	f := c.explain(err)
	if ctx.Err() != nil && (f.Exit == ExitFailed || f.Exit == ExitInterrupted) {
		f = interruption(c.interruptedAfter(err))
		if f.Exit == ExitPartly && c.began.isAborted() {
			f.Hint = "The current statement was ended on the server; everything before it is recorded. Rerun the same command to continue."
		}
	}
	var s *stopped
	if errors.As(err, &s) {
		f.Done = view.DoneBefore(s.result, s.report)
		if tellsWhere(f.Exit) {
			f.Hint = strings.Join(nonEmpty(f.Hint, view.Standing(s.report)), "\n")
		}
	}
	return c.say(page, f)
}

// interruptedAfter is the exit code of a command that a signal ended with err:
// ExitInterrupted only if it is certain that the command changed nothing. A
// lost connection leaves that open for what was sent through it.
func (c *call) interruptedAfter(err error) int {
	if c.began.changed.Load() || database.ClassOf(err) == database.ConnectionLost && c.began.Load() {
		return ExitPartly
	}
	return ExitInterrupted
}

// tellsWhere reports whether a failure with this code is told with where the
// database stands: after a failure in the middle, not where nothing was begun.
func tellsWhere(exit int) bool {
	return exit == ExitFailed || exit == ExitPartly || exit == ExitUnknown
}

// interruption is what is said of a run that a signal ended.
func interruption(code int) view.Failure {
	if code == ExitInterrupted {
		return failure(code, "interrupted; nothing was changed", "")
	}
	return failure(code, "interrupted", "The current statement or batch was completed and recorded. Rerun the same command to continue.")
}

// explain is the table's failure for an error.
func (c *call) explain(err error) view.Failure { return explain(err, c.speaker) }

// say prints a failure and returns its exit code.
func (c *call) say(page *view.Page, f view.Failure) int {
	f.Exit = c.tool.exit(f.Code, f.Exit)
	if err := view.Failed(page, c.program.Err, c.tool.name, f); err != nil {
		return ExitFailed
	}
	return f.Exit
}

// close gives back what the command opened, last first.
func (c *call) close() {
	for _, f := range slices.Backward(c.closers) {
		_ = f() // the work is done and reported; the server drops the connection in any case
	}
}

// wantsJSON reports whether the words ask for JSON. It looks at them by
// itself, because errors in the words are to be said in JSON too.
func wantsJSON(words []string) bool {
	for i, w := range words {
		next := ""
		if i+1 < len(words) {
			next = words[i+1]
		}
		switch {
		case w == "--":
			return false
		case w == "--output=json", w == "--output" && next == "json":
			return true
		case !strings.HasPrefix(w, "--") && strings.HasPrefix(w, "-") && strings.HasSuffix(w, "ojson"),
			!strings.HasPrefix(w, "--") && strings.HasPrefix(w, "-") && strings.HasSuffix(w, "o") && next == "json":
			return true
		}
	}
	return false
}
