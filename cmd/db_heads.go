package cmd

import (
	"manage/cmd/view"
	"manage/migrations/catalog"
)

// headsCommand is `manage db heads`.
type headsCommand struct{}

// Doc is what the help says of heads.
func (*headsCommand) Doc() Doc {
	return Doc{
		Does:     "Shows the newest revision of each branch of the catalog. It needs no database.",
		Writes:   opensNothing,
		Exits:    readExits(),
		Examples: []string{"db heads", "--catalog ./db db heads -o json"},
	}
}

// Run shows the heads.
func (*headsCommand) Run(c *catalog.Catalog, p *view.Page) error {
	return view.Heads(p, c.Name, c.Graph.Heads())
}
