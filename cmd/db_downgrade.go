package cmd

import (
	"context"

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

// Run says what will be lost, asks, and goes back.
func (c *downgradeCommand) Run(ctx context.Context, g *Global, t terminal, r Reads, w lazyWrites, p *view.Page) error {
	req := phases.Request{Version: c.Target}
	way, err := r.WayBack(ctx, req)
	if err != nil {
		return err
	}
	if len(way.Revisions) > 0 {
		view.Destroys(t.out, way) // also to those who are not asked, so that it is in their logs
	}
	if len(way.Revisions) > 0 && !g.Yes {
		if err := t.confirm("Go back to "+c.Target+"?", "downgrade "+c.Target); err != nil {
			return err
		}
	}
	s, err := w(ctx)
	if err != nil {
		return err
	}
	c.resolve(s)
	return change(ctx, "downgrade", s, p, func() (phases.Result, error) { return s.Downgrade(ctx, req) })
}
