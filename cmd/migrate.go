package cmd

import (
	"context"

	"manage/cmd/view"
	"manage/phases"
)

// migrateCommand is `manage db migrate`.
type migrateCommand struct {
	Target string `arg:"" optional:"" name:"version" help:"A release or version to stop at; every data migration that is due if it is left out."`
	Again  bool   `help:"With the name of a data migration: run it although its release is contracted, if its columns are still there."`
}

// Doc is what the help says of migrate.
func (*migrateCommand) Doc() Doc {
	return Doc{
		Does: "The second step of an upgrade while the service runs: moves rows to where the new release " +
			"looks for them, in batches. It can be stopped and goes on where it was. " + versionGrammar,
		Writes:   writesRows,
		Exits:    writeExits(),
		Examples: []string{"db migrate", "db migrate ocata"},
	}
}

// Run moves the rows.
func (c *migrateCommand) Run(ctx context.Context, s Writes, p *view.Page) error {
	req := phases.Request{Version: c.Target, Online: true, Again: c.Again}
	return change(ctx, "migrate", s, p, func() (phases.Result, error) { return s.Migrate(ctx, req) })
}
