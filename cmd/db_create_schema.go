package cmd

import (
	"context"

	"manage/cmd/view"
	"manage/phases"
)

// createSchemaCommand is `manage db create_schema`.
type createSchemaCommand struct{}

// Doc is what the help says of create_schema.
func (*createSchemaCommand) Doc() Doc {
	return Doc{
		Does: "Makes the newest schema in one go, from the catalog's models.toml, and records the newest version: " +
			"the same schema that upgrade leads to. It is refused if a version is recorded, or if tables of the " +
			"schema are there already.",
		Writes:   writesAll,
		Exits:    writeExits(),
		Examples: []string{"db create_schema"},
	}
}

// Run makes the schema.
func (c *createSchemaCommand) Run(ctx context.Context, s Writes, p *view.Page) error {
	return change(ctx, "create_schema", s, p, func() (phases.Result, error) { return s.CreateSchema(ctx) })
}
