package cmd

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/alecthomas/kong"

	"manage/cmd/view"
	"manage/engine/database"
	"manage/migrations/catalog"
	"manage/phases/draft"
)

// initCommand is `manage init`.
type initCommand struct {
	Dir     string `arg:"" optional:"" help:"Where to write it; the working directory if it is left out. It is made if it is not there."`
	Name    string `placeholder:"NAME" help:"The name of the catalog; that of the directory if it is left out."`
	Release string `placeholder:"NAME" help:"The name of the first release; initial if it is left out."`

	FromDatabase bool `help:"Describe the tables that the configured database has."`
}

// Doc is what the help says of init.
func (*initCommand) Doc() Doc {
	return Doc{
		Does: "Writes a new catalog: catalog.toml, models.toml, a first revision, and a manage.toml that names the catalog " +
			"and its database, a SQLite file unless --connection says another. All of it goes into DIR, and works there at " +
			"once: `manage db sync` in DIR is the next command. The first revision makes nothing until it is filled in. " +
			"No file is overwritten: if one is there, nothing is written. It needs no database, except with --from-database: then " +
			"models.toml and the first revision describe the tables that are there, sync takes that database over without " +
			"running anything, and makes the same tables in an empty one, of another kind of server, too. What has no portable form is " +
			"named, with what to do; views, triggers and functions are named and left alone. The database is only read.",
		Writes:   "catalog.toml, models.toml, manage.toml and one file in versions, below DIR. A connection with a password goes into a file of its own that only you can read.",
		Exits:    readExits(),
		Examples: []string{"init", "init shop", "init shop --connection postgresql://shop@localhost/shop --release austin", "init shop --from-database --connection sqlite:////var/lib/shop.sqlite"},
	}
}

// Run writes the catalog.
func (c *initCommand) Run(ctx context.Context, g *Global, model *kong.Application, open lazyDatabase, p *view.Page) error {
	dir := c.Dir
	if dir == "" {
		dir = "."
	}
	whole, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	start := catalog.Start{Name: c.Name, Release: c.Release}
	if start.Name == "" {
		start.Name = catalog.NameFor(filepath.Base(whole))
	}
	var found *draft.Description
	if c.FromDatabase {
		if found, g, err = c.describe(ctx, g, open, &start); err != nil {
			return err
		}
	}
	conf, err := c.configuration(g, start.Name)
	if err != nil {
		return err
	}
	files, err := start.Files()
	if err != nil {
		return err
	}
	files = append(files, conf...)
	if err := catalog.Create(catalog.Options{Dir: whole, Prefix: filepath.ToSlash(dir)}, files); err != nil {
		return err
	}
	return view.NewCatalog(p, model.Name, view.NewCatalogOf{Name: start.Name, Dir: filepath.ToSlash(dir), Files: files, Found: found})
}

// configuration is manage.toml for the new catalog, and the file that its
// connection is kept in if that holds a password.
func (c *initCommand) configuration(g *Global, name string) ([]catalog.File, error) {
	const secretFile = "connection"
	key, value := "connection", "sqlite:///"+name+".sqlite"
	var files []catalog.File
	switch {
	case g.Connection != nil && secret(*g.Connection):
		if _, err := database.ParseURL(*g.Connection); err != nil {
			return nil, err
		}
		key, value = "connection_file", secretFile
		files = []catalog.File{{Name: secretFile, Content: []byte(*g.Connection + "\n"), Secret: true}}
	case g.Connection != nil:
		value = *g.Connection
	case g.ConnectionFile != nil:
		path, err := filepath.Abs(*g.ConnectionFile)
		if err != nil {
			return nil, err
		}
		key, value = "connection_file", path
	}
	text := fmt.Sprintf(configTemplate, key, catalog.Quote(value))
	return append(files, catalog.File{Name: "manage.toml", Content: []byte(text)}), nil
}

// configTemplate is manage.toml of a new catalog.
const configTemplate = `# What manage works on when it is called in this directory.

[database]
# sqlite:///FILE, postgresql://USER@HOST/DATABASE or mysql+pymysql://USER@HOST/DATABASE.
# A URL with a password is better kept in a file of its own: connection_file = "…"
%s = %s

[catalog]
path = "."
`
