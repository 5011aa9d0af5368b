package cmd

import (
	"context"

	"manage/cmd/view"
)

// upgradeCommand is `manage db upgrade`.
type upgradeCommand struct{ oneGo }

// Doc is what the help says of upgrade.
func (*upgradeCommand) Doc() Doc {
	return Doc{
		Does: "Moves the database to VERSION, by default to the newest, running every data migration " +
			"that is due before the contract revision that needs it. It is the command for a catalog without " +
			"branches. On a terminal it lists what it removes, and asks. " + versionGrammar,
		Writes:   writesAll,
		Exits:    writeExits(),
		Examples: []string{"db upgrade", "db upgrade +1", "db upgrade --online pike"},
	}
}

// Run moves the database to the version.
func (c *upgradeCommand) Run(ctx context.Context, g *Global, t terminal, s Writes, p *view.Page) error {
	s.Confirm = t.asking(g, "upgrade")
	return c.move(ctx, "upgrade", s, p, s.Upgrade)
}
