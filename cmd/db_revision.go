package cmd

import (
	"context"
	"manage/cmd/argv"
	"manage/cmd/view"
	"manage/engine/revision"
	"manage/migrations/catalog"
	"slices"
)

// revisionCommand is `manage db revision`.
type revisionCommand struct {
	Message string   `short:"m" placeholder:"TEXT" help:"What the revision does, in a few words; the file is named after it."`
	Branch  []string `placeholder:"BRANCH" help:"trunk, expand, migrate or contract; several with commas. Without it all three of a cycle, or trunk before the branches part."`
	Release string   `placeholder:"NAME" help:"The release that it ships with; the newest if it is left out. A new name is put into catalog.toml."`
	SQL     bool     `name:"sql" help:"Write plain SQL files. Data migrations are TOML all the same."`

	Autogenerate bool `help:"Fill in what differs between models.toml and the database, which must be at the newest version."`
}

// Doc is what the help says of revision.
func (*revisionCommand) Doc() Doc {
	return Doc{
		Does: "Writes new files into the catalog, with the next free id behind the newest revision of the branch, ready " +
			"to be filled in. Where the branches have parted it writes the three files of a cycle, which depend " +
			"on each other as they must: what is added, the data migration, what is removed. All of them are written " +
			"or none, and no file is overwritten. It needs no database, except with --autogenerate: then it compares models.toml " +
			"with the database and writes what leads there and back. Where the branches have parted, what only adds " +
			"goes into an expand revision and what only removes into a contract revision; what would disturb one of two releases " +
			"that run side by side is named, with what to write by hand. The database is only read.",
		Writes:   "Files in the catalog's directory versions, and catalog.toml if the release is new.",
		Exits:    readExits(),
		Examples: []string{`db revision -m "split the name"`, `db revision -m "index by city" --branch expand`, `db revision -m "drop first" --branch contract --release bexar --sql`, `db revision -m "cities" --autogenerate`},
	}
}

// Run writes the files.
func (c *revisionCommand) Run(ctx context.Context, files catalogFiles, open lazyReads, p *view.Page) error {
	draft, err := c.draft()
	if err != nil {
		return err
	}
	if c.Autogenerate {
		added, derived, err := autogenerate(ctx, open, files, draft)
		if err != nil {
			return err
		}
		return view.Derived(p, files.Prefix, added, derived)
	}
	added, err := catalog.Add(catalog.Options(files), draft)
	if err != nil {
		return err
	}
	return view.Added(p, files.Prefix, added)
}

// draft is what the options ask for.
func (c *revisionCommand) draft() (catalog.Draft, error) {
	d := catalog.Draft{Message: c.Message, Release: c.Release, SQL: c.SQL}
	if c.Message == "" {
		return d, &argv.UsageError{Kind: argv.MissingArgument, Word: "--message"}
	}
	for option, given := range map[string]bool{"--branch": len(c.Branch) > 0, "--sql": c.SQL} {
		if given && c.Autogenerate {
			return d, &argv.UsageError{Kind: argv.Exclusive, Word: option, Other: "--autogenerate"}
		}
	}
	known := []string{"trunk", "expand", "migrate", "contract"}
	for _, name := range c.Branch {
		if !slices.Contains(known, name) {
			return d, &argv.UsageError{Kind: argv.BadValue, Word: name, Other: "--branch", Nearest: argv.Nearest(name, known), Known: known}
		}
		d.Parts = append(d.Parts, catalog.Part{Branch: revision.Branch(name)})
	}
	return d, nil
}
