package cmd

import (
	"manage/cmd/view"
)

// catalogsCommand is `manage catalogs`.
type catalogsCommand struct{}

// Doc is what the help says of catalogs.
func (*catalogsCommand) Doc() Doc {
	return Doc{
		Does:     "Lists the catalogs that are built in, for --catalog.",
		Writes:   opensNothing,
		Exits:    readExits(),
		Examples: []string{"catalogs", "catalogs -o json"},
	}
}

// Run lists the built-in catalogs.
func (*catalogsCommand) Run(all catalogs, p *view.Page) error {
	summaries := []view.CatalogSummary{}
	for _, entry := range all {
		c, err := entry.load()
		if err != nil {
			return err
		}
		summaries = append(summaries, view.Summary(c))
	}
	return view.Catalogs(p, summaries)
}
