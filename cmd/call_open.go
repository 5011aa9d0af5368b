package cmd

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"strings"
	"time"

	"manage/cmd/config"
	"manage/engine/database"
	"manage/engine/run"
	"manage/migrations/catalog"
	"manage/phases"
	"manage/phases/backfill"
	"manage/phases/metadefs"
)

// configuration reads what was said of the database and the catalog: options,
// environment, files.
func (c *call) configuration(g *Global) (config.Config, error) {
	in := config.Input{
		Program: c.tool.name, Sources: config.Sources(c.words),
		Connection: g.Connection, ConnectionFile: g.ConnectionFile, Catalog: g.Catalog,
		Environ: c.environment,
	}
	for _, known := range c.program.Catalogs {
		in.Builtin = append(in.Builtin, known.Name)
	}
	in.Home, _ = c.environment("HOME")
	var err error
	if in.WorkDir, err = os.Getwd(); err != nil {
		return config.Config{}, err
	}
	conf, err := config.Load(in)
	if err == nil {
		c.setLevel(conf.Debug)
		c.log.Debug("The configuration is read", "files", conf.Files, "connection_from", conf.ConnectionFrom)
	}
	return conf, err
}

// environment looks a variable up.
func (c *call) environment(name string) (string, bool) {
	for _, entry := range c.program.Environ {
		if value, found := strings.CutPrefix(entry, name+"="); found {
			return value, true
		}
	}
	return "", false
}

// catalog loads the catalog that was asked for. Where none was, it is that of
// the tool's name, or the first one of a program that does not have that.
func (c *call) catalog(conf config.Config) (*catalog.Catalog, error) {
	all := catalogs(c.program.Catalogs)
	switch {
	case conf.CatalogPath != "" && c.tool.catalog != "":
		return c.ownCatalog(all, conf)
	case conf.CatalogPath != "":
		return all.directory(conf.CatalogPath, given(c.global.Catalog, fromHere(conf.CatalogPath)), conf.CatalogFound)
	case c.global.Catalog == nil && len(all) > 0 && !all.has(conf.CatalogName):
		return all[0].load()
	}
	return all.find(conf.CatalogName)
}

// ownCatalog loads the catalog of an older name from a directory. A variable
// that was meant for manage must not lead it to the database of a service.
func (c *call) ownCatalog(all catalogs, conf config.Config) (*catalog.Catalog, error) {
	dir := conf.CatalogPath
	cat, err := all.directory(dir, fromHere(dir), conf.CatalogFound)
	if err == nil && cat.Name != c.tool.catalog {
		return nil, &config.Error{Place: fromHere(dir),
			Problem: fmt.Sprintf("this is the catalog %s, and %s works on %s only", cat.Name, c.tool.name, c.tool.catalog),
			Hint:    "unset MANAGE_CATALOG, or use manage"}
	}
	return cat, err
}

// given is the value of an option as it was written, or what stands for it.
func given(option *string, otherwise string) string {
	if option == nil {
		return otherwise
	}
	return *option
}

// database opens the database that is configured.
func (c *call) database(ctx context.Context, conf config.Config, readOnly bool) (database.DB, error) {
	url, opts, err := conf.Database()
	if err != nil {
		return nil, err
	}
	opts.ReadOnly = readOnly
	opts.Waiting = c.waitForServer
	db, err := database.Open(ctx, url, opts)
	if err != nil {
		return nil, conf.Blame(err)
	}
	c.closers = append(c.closers, db.Close)
	return db, nil
}

// service opens the database and joins it with the catalog.
func (c *call) service(ctx context.Context, conf config.Config, cat *catalog.Catalog, readOnly bool) (*phases.Service, error) {
	db, err := c.database(ctx, conf, readOnly)
	if err != nil {
		return nil, err
	}
	c.teller = c.tool.progress(c, cat)
	s := &phases.Service{Catalog: cat, DB: db, Events: c.events()}
	s.Run = run.Options{
		Abort:       c.began.aborted,
		LockTimeout: conf.Locks.Timeout, LockRetries: conf.Locks.Retries, LeaseTTL: conf.Lease.TTL, Holder: c.holder(),
	}
	if w := c.global.Wait; w != nil {
		s.Run.Wait = waitOption(*w)
	}
	if d := c.global.LockTimeout; d != nil {
		s.Run.LockTimeout = *d
	}
	if n := c.global.LockRetries; n != nil {
		s.Run.LockRetries = *n
	}
	if s.Run.LockRetries <= 0 {
		s.Run.LockRetries = -1 // to package run, 0 is its default
	}
	s.Batches = c.batches(conf, cat)
	s.Batches.NoPrograms = readOnly && !c.global.AskPrograms
	if !readOnly {
		s.Batches.Throttle, err = c.throttle(conf, db)
	}
	return s, err
}

// batches are the options of data migrations.
func (c *call) batches(conf config.Config, cat *catalog.Catalog) backfill.Options {
	return backfill.Options{
		Time: conf.Batches.Time, Workers: conf.Batches.Workers, Pause: conf.Batches.Pause, Connection: conf.Connection, Dir: cat.Dir, Hooks: c.program.Hooks,
		Environ: c.program.Environ, Stderr: func(line string) { c.log.Info(line) },
	}
}

// look opens the database once, without waiting for its server, and asks where
// it stands.
func (c *call) look(ctx context.Context, conf config.Config, cat *catalog.Catalog) (phases.Report, error) {
	url, opts, err := conf.Database()
	if err != nil {
		return phases.Report{}, err
	}
	opts.ReadOnly, opts.MaxRetries = true, 0
	db, err := database.Open(ctx, url, opts)
	if err != nil {
		return phases.Report{}, conf.Blame(err)
	}
	defer db.Close()
	s := &phases.Service{Catalog: cat, DB: db, Batches: c.batches(conf, cat)}
	s.Batches.NoPrograms = !c.global.AskPrograms
	return s.Status(ctx)
}

// waitOption is --wait for package run, to which no time means its default.
func waitOption(d time.Duration) time.Duration {
	if d <= 0 {
		return -1
	}
	return d
}

// holder names this process in the lease and the journal.
func (c *call) holder() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	name := "unknown user"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return fmt.Sprintf("%s@%s, pid %d, %s %s", name, host, os.Getpid(), c.tool.name, c.version())
}

// waitForServer says that a server does not answer yet.
func (c *call) waitForServer(attempt int, err error, pause time.Duration) {
	c.log.Warn("the server does not answer, trying again", "attempt", attempt, "pause", pause, "error", err)
}

// events is told of everything that happens during a run. What begins the work
// also decides how an interruption is told.
func (c *call) events() func(any) {
	return func(e any) {
		switch e.(type) {
		case run.StepStarted:
			c.began.Store(true)
		case run.StepDone, backfill.Batched, metadefs.Loaded:
			c.began.Store(true)
			c.began.changed.Store(true)
		}
		c.teller.Event(e)
	}
}
