package cmd

import (
	"context"

	"manage/cmd/view"
	"manage/phases"
)

// upgradeCommand is `manage db upgrade`.
type upgradeCommand struct {
	Target string `arg:"" optional:"" name:"version" help:"Where to go; the newest if it is left out."`
	Online bool   `help:"The service is running: make the triggers that join two releases, and lock tables for moments only."`
	accepting
	blocking
	verifying
}

// Doc is what the help says of upgrade.
func (*upgradeCommand) Doc() Doc {
	return Doc{
		Does: "Moves the database to VERSION, by default to the newest, running every data migration " +
			"that is due before the contract revision that needs it. It is the command for a catalog without " +
			"branches. " + versionGrammar,
		Writes:   writesAll,
		Exits:    writeExits(),
		Examples: []string{"db upgrade", "db upgrade +1", "db upgrade --online pike"},
	}
}

// Run moves the database to the version.
func (c *upgradeCommand) Run(ctx context.Context, s Writes, p *view.Page) error {
	c.resolve(s)
	req := phases.Request{Version: c.Target, Online: c.Online, Accept: c.Accept, AllowBlocking: c.AllowBlocking, VerifyRows: c.VerifyRows}
	return change(ctx, "upgrade", s, p, func() (phases.Result, error) { return s.Upgrade(ctx, req) })
}
