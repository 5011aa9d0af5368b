package cmd

import (
	"context"
	"path/filepath"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/migrations/catalog"
	"manage/phases"
	"manage/phases/draft"
)

// describe reads the configured database into the beginning of a catalog. The
// options that it returns name that database wherever they are read.
func (c *initCommand) describe(ctx context.Context, g *Global, open lazyDatabase, start *catalog.Start) (*draft.Description, *Global, error) {
	db, conf, err := open(ctx)
	if err != nil {
		return nil, g, err
	}
	found, err := phases.Describe(ctx, db)
	if err != nil {
		return nil, g, err
	}
	start.Up = []byte(catalog.EncodeChanges("up", found.Up))
	start.Models = []byte(catalog.EncodeModels(found.Models))
	start.Known = found.Known
	connection, err := fromAnywhere(conf.Connection)
	if err != nil {
		return nil, g, err
	}
	named := *g
	named.Connection = &connection
	return &found, &named, nil
}

// fromAnywhere is a connection that means the same in every directory: a
// SQLite file by its whole path.
func fromAnywhere(connection string) (string, error) {
	u, err := database.ParseURL(connection)
	if err != nil || u.Dialect != flavor.SQLite || u.Database == "" || filepath.IsAbs(u.Database) {
		return connection, err
	}
	whole, err := filepath.Abs(u.Database)
	return "sqlite:///" + whole, err
}
