package cmd

import (
	"context"
	"manage/cmd/argv"
	"manage/cmd/view"
)

// watcherTool is the tool under the name watcher-db-manage: the command line of
// the optimization service.
func watcherTool() tool {
	t := serviceTool("watcher-db-manage", "watcher", "Manages the database of the optimization service. Without a command it upgrades.")
	t.grammar = func() grammar { return &watcherGrammar{} }
	t.read = argv.FlatReader("upgrade")
	t.under = flatCommand("upgrade", "downgrade", "stamp", "create_schema", "version")
	return t
}

// watcherGrammar is what watcher-db-manage understands.
type watcherGrammar struct {
	flatGlobal
	CreateSchema serviceCreateSchema `cmd:"" name:"create_schema" aliases:"create-schema" help:"Make the newest schema in one go."`
	Downgrade    serviceDowngrade    `cmd:"" help:"Take the schema back."`
	Purge        watcherPurge        `cmd:"" help:"Remove soft-deleted objects and orphans."`
	Revision     serviceRevision     `cmd:"" help:"Write a new revision into the catalog."`
	Stamp        serviceStamp        `cmd:"" help:"Record a version without running anything."`
	Upgrade      serviceUpgrade      `cmd:"" help:"Bring the schema to the newest or a given revision."`
	Version      watcherVersion      `cmd:"" help:"Show the version of the database."`
}

// watcherVersion is `version`, which alone reads from the replica if there is
// one.
type watcherVersion struct{ serviceVersion }

// Run prints the version.
func (c *watcherVersion) Run(ctx context.Context, open replicaReads, p *view.Page) error {
	s, err := open(ctx)
	if err != nil {
		return err
	}
	return c.serviceVersion.Run(ctx, s, p)
}
