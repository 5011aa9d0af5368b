package cmd

import (
	"context"

	"manage/cmd/view"
	"manage/migrations/catalog"
)

// graphCommand is `manage db graph`.
type graphCommand struct {
	Format string `placeholder:"FORMAT" default:"text" enum:"text,mermaid,dot" help:"What to draw with: text, mermaid or dot."`
}

// Doc is what the help says of graph.
func (*graphCommand) Doc() Doc {
	return Doc{
		Does: "Draws the branches of the catalog, the data migrations between them, and what is applied to " +
			"the database.",
		Writes:   writesNothing,
		Exits:    readExits(),
		Examples: []string{"db graph", "db graph --format mermaid"},
	}
}

// Run draws the graph.
func (c *graphCommand) Run(ctx context.Context, s Reads, cat *catalog.Catalog, p *view.Page) error {
	r, err := s.Status(ctx)
	if err != nil {
		return err
	}
	return view.Drawn(p, cat, r.Position.Applied, c.Format)
}
