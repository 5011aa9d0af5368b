package cmd

import (
	"context"

	"manage/cmd/view"
	"manage/phases"
)

// stampCommand is `manage db stamp`.
type stampCommand struct {
	Target string `arg:"" name:"version" help:"The version to record."`
}

// Doc is what the help says of stamp.
func (*stampCommand) Doc() Doc {
	return Doc{
		Does: "Records that the database is at VERSION, without running anything. A revision of a branch " +
			"replaces only its own branch, one of the trunk both, a release sets both; `base` forgets the " +
			"version, after a question on a terminal or with --yes. " + versionGrammar,
		Writes:   "The version table, and the tables manage_journal, manage_lease and, in a catalog with plain SQL, manage_schema.",
		Exits:    writeExits(),
		Examples: []string{"db stamp mitaka", "db stamp heads", "db stamp base --yes"},
	}
}

// Run records the version.
func (c *stampCommand) Run(ctx context.Context, g *Global, t terminal, w lazyWrites, p *view.Page) error {
	if c.Target == "base" && !g.Yes {
		if err := t.confirm(ctx, "Forget the version of this database?", "stamp base"); err != nil {
			return err
		}
	}
	s, err := w(ctx)
	if err != nil {
		return err
	}
	return change(ctx, "stamp", s, p, func() (phases.Result, error) {
		return s.Stamp(ctx, phases.Request{Version: c.Target})
	})
}
