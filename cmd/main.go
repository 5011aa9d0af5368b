package cmd

import (
	"context"
	"io"
	"manage/cmd/argv"
	"manage/migrations/catalog"
	"manage/phases/backfill"
	"os"
	"path/filepath"
)

// Program is one call of the command line: the words, the streams, the
// environment, and what the calling program brings with it. A service that
// embeds its catalog fills one and hands it to Main.
type Program struct {
	// Args are the words, the name that the program was called by first.
	Args []string
	In   io.Reader
	Out  io.Writer
	Err  io.Writer
	// Environ is the environment, each entry as "NAME=value".
	Environ []string
	// Catalogs are those that --catalog finds by name. The first one is used
	// where nothing else is said.
	Catalogs []Catalog
	// Hooks are the Go data migrations, by the name that catalogs give them.
	Hooks map[string]backfill.Hook
	// Version is what --version shows; "" for the version of this package.
	Version string
}

// Process returns the Program of the running process: its arguments, standard
// streams and environment, with the catalogs that are given.
func Process(catalogs ...Catalog) Program {
	return Program{
		Args: os.Args, In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Environ: os.Environ(), Catalogs: catalogs,
	}
}

// Main runs one call and returns its exit code, which is one of ExitMeanings.
// The first SIGINT or SIGTERM lets the statement in hand finish, the second
// returns at once.
func Main(p Program) int {
	if len(p.Args) == 0 {
		p.Args = []string{"manage"}
	}
	t := toolFor(filepath.Base(p.Args[0]))
	return interruptible(func(ctx context.Context, began *latch) int {
		c := newCall(p, t, began)
		return c.run(ctx, p.Args[1:])
	})
}

// tool is a name that the binary answers to, with its grammar and manners.
type tool struct {
	name string
	// catalog is the catalog that the name stands for; "" for the configured.
	catalog string
	about   string
	// grammar makes the kong struct to parse into.
	grammar func() grammar
	// read turns words into those that kong takes.
	read argv.Reader
	// exit turns a code of ExitMeanings, and the name of the failure if there
	// is one, into the tool's own code.
	exit func(name string, code int) int
	// exits is the table of its exit codes, for the help.
	exits []ExitMeaning
	// under says how a command of `manage db` is given under this name; "" if
	// there is none that does the same. nil: as it is.
	under func(words []string) string
	logs  logStyle
	// progress makes what is told of a run while it runs.
	progress func(c *call, cat *catalog.Catalog) teller
}

// toolFor returns the tool for the name that the binary was called by; every
// name that is not in the table is manage itself.
func toolFor(name string) tool {
	for _, t := range oldTools() {
		if t.name == name {
			return t
		}
	}
	return manageTool(name)
}

// teller tells whoever is watching what happens during a run.
type teller interface {
	Event(e any)
	// Close comes before anything else is said.
	Close()
}
