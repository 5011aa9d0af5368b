package cmd

import (
	"context"
	"manage/cmd/argv"
	"manage/cmd/view"
	"manage/migrations/catalog"
	"manage/phases"
)

// migrateCommand is `manage db migrate`.
type migrateCommand struct {
	Target string `arg:"" optional:"" name:"version" help:"A release or version to stop at; every data migration that is due if it is left out."`
	Again  bool   `help:"With the name of a data migration: run it although its release is contracted, if its columns are still there."`

	Accept []string `placeholder:"ID" help:"A revision whose file may have changed since it was applied or begun; repeatable."`
	batching
}

// Doc is what the help says of migrate.
func (*migrateCommand) Doc() Doc {
	return Doc{
		Does: "The second step of an upgrade while the service runs: moves rows to where the new release " +
			"looks for them, in batches. It can be stopped, or stop by itself at a limit, and goes on where it was. " +
			"VERSION may also name one data migration. " + versionGrammar,
		Writes:   writesRows,
		Exits:    writeExits(),
		Examples: []string{"db migrate", "db migrate ocata", "db migrate --max-time 30m --pause-between 50ms", "db migrate train_migrate01 --again"},
	}
}

// Run moves the rows.
func (c *migrateCommand) Run(ctx context.Context, cat *catalog.Catalog, open lazyWrites, p *view.Page) error {
	if c.Again && cat.Migrations[c.Target] == nil {
		return &argv.UsageError{Kind: argv.MissingArgument, Word: "the name of a data migration to run --again", Known: migrationIDs(cat)}
	}
	s, err := open(ctx)
	if err != nil {
		return err
	}
	c.apply(s)
	req := phases.Request{Version: c.Target, Online: true, Again: c.Again, Accept: c.Accept}
	return change(ctx, "migrate", s, p, func() (phases.Result, error) {
		r, err := s.Migrate(ctx, req)
		return r, c.goingOn(err, "migrate", c.Target, switched("--again", c.Again))
	})
}

// migrationIDs are the data migrations of a catalog, in the order of the graph.
func migrationIDs(cat *catalog.Catalog) []string {
	var ids []string
	for _, m := range cat.Graph.Migrations() {
		ids = append(ids, m.ID)
	}
	return ids
}
