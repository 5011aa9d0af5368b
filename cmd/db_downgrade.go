package cmd

import (
	"context"
	"fmt"

	"manage/cmd/view"
	"manage/phases"
)

// downgradeCommand is `manage db downgrade`.
type downgradeCommand struct {
	Target string `arg:"" name:"version" help:"The version to go back to; base for nothing."`
	resolving
}

// Doc is what the help says of downgrade.
func (*downgradeCommand) Doc() Doc {
	return Doc{
		Does: "Takes the database back to VERSION, with the service stopped: the contract branch first, then the " +
			"expand branch, then the trunk, one revision at a time. Before it begins it says which tables and " +
			"columns go with their data, and asks on a terminal. It is refused where the catalog forbids it, " +
			"and where a revision has no way back. Rows that data migrations moved stay as they are. " + versionGrammar,
		Writes:   writesAll,
		Exits:    writeExits(),
		Examples: []string{"db downgrade austin", "db downgrade -1", "db downgrade base --yes"},
	}
}

// Run says what will be lost, asks, and goes back. Without a terminal it needs
// --yes; what is lost is said to those too who are not asked, so that it is in
// their logs.
func (c *downgradeCommand) Run(ctx context.Context, g *Global, t terminal, s Writes, p *view.Page) error {
	c.resolve(s)
	s.Confirm = func(ctx context.Context, r phases.Removal) error {
		view.Removes(t.out, r)
		if g.Yes {
			return nil
		}
		return t.confirm(ctx, fmt.Sprintf("Go back to %s in the database %s with the catalog %s?", c.Target, r.Database, r.Catalog), "downgrade "+c.Target)
	}
	return change(ctx, "downgrade", s, p, func() (phases.Result, error) {
		return s.Downgrade(ctx, phases.Request{Version: c.Target})
	})
}
