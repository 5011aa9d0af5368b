package cmd

import (
	"manage/cmd/view"
	"manage/migrations/catalog"
)

// rebaseCommand is `manage db rebase`.
type rebaseCommand struct {
	Revision string `arg:"" name:"id" help:"The revision to move: its id, or its file where two have one id."`
}

// Doc is what the help says of rebase.
func (*rebaseCommand) Doc() Doc {
	return Doc{
		Does: "Mends a catalog that two people have added to: two revisions revise the same one, or two files have the same " +
			"id. It puts ID behind the last revision of the other line; what follows ID moves with it. A file whose id another " +
			"has too gets the next free one, and so do the files of its cycle, those with the same words in their names. " +
			"Move what no database but your own has applied yet: a database takes all that a revision stands behind for " +
			"applied. It opens no database, so it cannot look.",
		Writes:   "The lines revises, and where an id changes the lines with it and the name of the file; nothing else in the files.",
		Exits:    readExits(),
		Examples: []string{"db rebase bexar_expand02", "db rebase db/versions/bexar_expand02_add_city.toml"},
	}
}

// Run moves the revision.
func (c *rebaseCommand) Run(files catalogFiles, p *view.Page) error {
	done, err := catalog.Rebase(catalog.Options(files), c.Revision)
	if err != nil {
		return err
	}
	return view.Rebased(p, files.Prefix, done)
}
