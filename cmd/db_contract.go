package cmd

import (
	"context"

	"manage/cmd/view"
	"manage/phases"
)

// contractCommand is `manage db contract`.
type contractCommand struct {
	Target string `arg:"" optional:"" name:"version" help:"Where to stop; the newest contract revision if it is left out."`
	accepting
	blocking
	verifying
	pacing
}

// Doc is what the help says of contract.
func (*contractCommand) Doc() Doc {
	return Doc{
		Does: "The last step of an upgrade while the service runs: removes what only the old release needed. " +
			"Run it when no node of the old release is left. It is refused before expand and migrate are " +
			"complete, and while rows differ from what they were moved from, which are compared first. On a terminal it " +
			"first lists the columns, tables and values that it removes, with their sizes, and asks. " + versionGrammar,
		Writes:   writesContract,
		Exits:    writeExits(),
		Examples: []string{"db contract", "db contract ocata"},
	}
}

// Run contracts the schema.
func (c *contractCommand) Run(ctx context.Context, g *Global, t terminal, s Writes, p *view.Page) error {
	c.resolve(s)
	c.apply(s)
	s.Confirm = t.asking(g, "contract")
	req := phases.Request{Version: c.Target, Online: true, Accept: c.Accept, AllowBlocking: c.AllowBlocking, VerifyRows: c.VerifyRows}
	return change(ctx, "contract", s, p, func() (phases.Result, error) {
		r, err := s.Contract(ctx, req)
		return r, c.goingOn(err, "contract", c.Target, switched("--allow-blocking", c.AllowBlocking), c.which())
	})
}
