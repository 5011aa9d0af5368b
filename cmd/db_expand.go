package cmd

import (
	"context"

	"manage/cmd/view"
	"manage/phases"
)

// expandCommand is `manage db expand`.
type expandCommand struct {
	Target string `arg:"" optional:"" name:"version" help:"Where to stop; the newest expand revision if it is left out."`
	accepting
	blocking
}

// Doc is what the help says of expand.
func (*expandCommand) Doc() Doc {
	return Doc{
		Does: "The first step of an upgrade while the service runs: adds what the new release needs and " +
			"leaves all that the old one uses, joining the two with triggers where both write. On a database " +
			"before the branches part it applies the trunk as well. " + versionGrammar,
		Writes:   writesSchema,
		Exits:    writeExits(),
		Examples: []string{"db expand", "db expand ocata"},
	}
}

// Run expands the schema.
func (c *expandCommand) Run(ctx context.Context, s Writes, p *view.Page) error {
	c.resolve(s)
	req := phases.Request{Version: c.Target, Online: true, Accept: c.Accept, AllowBlocking: c.AllowBlocking}
	return change(ctx, "expand", s, p, func() (phases.Result, error) { return s.Expand(ctx, req) })
}
