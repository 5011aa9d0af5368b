package cmd

import (
	"context"
	"errors"
	"manage/cmd/argv"
	"manage/cmd/config"
	"manage/cmd/view"
	"manage/engine/database"
	"manage/engine/flavor"
	"manage/migrations/catalog"
	"manage/phases"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// Reads is what a command needs that only looks: the database is opened
// without the right to write.
type Reads struct{ *phases.Service }

// Writes is what a command needs that changes the database.
type Writes struct{ *phases.Service }

// lazyReads and lazyWrites are for commands that find out while they run
// whether they need a database at all. replicaReads opens the replica that a
// service's file names, or else the database.
type (
	lazyReads    func(ctx context.Context) (Reads, error)
	lazyWrites   func(ctx context.Context) (Writes, error)
	replicaReads func(ctx context.Context) (Reads, error)
)

// lazyDatabase opens the configured database to be looked at, for commands that
// work without a catalog.
type lazyDatabase func(ctx context.Context) (database.DB, config.Config, error)

// dispatch runs the command that was parsed. Each thing that it can ask for is
// made when it asks, once: a command that needs no database opens none.
func (c *call) dispatch(ctx context.Context, page *view.Page, g *Global, parsed *kong.Context) error {
	if err := c.openLog(g); err != nil {
		return err
	}
	c.global = g
	c.speaker.options = repeated(g)
	page.Verbose = g.Verbose
	page.Command = c.speaker.db
	parsed.BindTo(ctx, (*context.Context)(nil))
	parsed.Bind(page, g, catalogs(c.program.Catalogs), parsed.Model, c.terminal(), c.log)
	for _, provider := range c.providers(ctx) {
		if err := parsed.BindSingletonProvider(provider); err != nil {
			return err
		}
	}
	err := checkOptions(parsed.Selected())
	if err == nil {
		err = parsed.Run()
	}
	if c.teller != nil {
		c.teller.Close()
	}
	var usage *argv.UsageError
	if errors.As(err, &usage) && usage.Command == nil {
		usage.Command = parsed.Selected() // whose help says more
	}
	return err
}

// checkOptions says what is wrong with the options of a command, before it
// runs.
func checkOptions(command *kong.Node) error {
	if c, ok := command.Target.Addr().Interface().(checked); ok {
		return c.check()
	}
	return nil
}

// providers make what commands ask for, from what each of them asks for.
func (c *call) providers(ctx context.Context) []any {
	return []any{
		func() (config.Config, error) {
			return unlessInterrupted(ctx, func() (config.Config, error) { return c.configuration(c.global) })
		},
		func(conf config.Config) (*catalog.Catalog, error) {
			return unlessInterrupted(ctx, func() (*catalog.Catalog, error) { return c.catalog(conf) })
		},
		c.files,
		func() lazyDatabase {
			return func(ctx context.Context) (database.DB, config.Config, error) {
				conf, err := unlessInterrupted(ctx, func() (config.Config, error) { return c.configuration(c.global) })
				if err != nil {
					return nil, conf, err
				}
				db, err := c.database(ctx, conf, true)
				return db, conf, err
			}
		},
		func(conf config.Config, cat *catalog.Catalog) lazyReads {
			return func(ctx context.Context) (Reads, error) {
				s, err := c.service(ctx, conf, cat, true)
				return Reads{s}, err
			}
		},
		func(conf config.Config, cat *catalog.Catalog) replicaReads {
			return func(ctx context.Context) (Reads, error) {
				s, err := c.service(ctx, conf.Replica(), cat, true)
				return Reads{s}, err
			}
		},
		func(conf config.Config, cat *catalog.Catalog) lazyWrites {
			return func(ctx context.Context) (Writes, error) {
				s, err := c.service(ctx, conf, cat, false)
				return Writes{s}, err
			}
		},
		func(conf config.Config, cat *catalog.Catalog) look {
			return func(ctx context.Context) (phases.Report, error) { return c.look(ctx, conf, cat) }
		},
		func(open lazyReads) (Reads, error) { return open(ctx) },
		func(open lazyWrites) (Writes, error) { return open(ctx) },
	}
}

// repeated are the options that choose the database and the catalog, for
// command lines that are printed. A connection that holds a password is left
// out.
func repeated(g *Global) []string {
	var options []string
	add := func(name string, value *string) {
		if value != nil {
			options = append(options, name, *value)
		}
	}
	if g.Connection != nil && !secret(*g.Connection) {
		add("--connection", g.Connection)
	}
	add("--connection-file", g.ConnectionFile)
	add("--catalog", g.Catalog)
	for _, f := range g.ConfigFile {
		add("--config-file", &f)
	}
	for _, d := range g.ConfigDir {
		add("--config-dir", &d)
	}
	return options
}

// secret reports whether a connection holds a password, or may hold one
// because it cannot be read.
func secret(connection string) bool {
	u, err := database.ParseURL(connection)
	return err != nil || u.HasPassword || strings.Contains(strings.ToLower(connection), "password")
}

// dialectNamed reads the name of a dialect, as --dialect has it.
func dialectNamed(name string) (flavor.Flavor, error) {
	d := flavor.Dialect(name)
	if d.Known() {
		return flavor.Default(d), nil
	}
	var known []string
	for _, k := range flavor.Dialects() {
		known = append(known, string(k))
	}
	near := argv.Nearest(name, known)
	if len(near) == 0 {
		near = known
	}
	return flavor.Flavor{}, &argv.UsageError{Kind: argv.BadValue, Word: name, Other: "--dialect", Nearest: near}
}

func isOneOf(word string, words []string) bool { return slices.Contains(words, word) }
