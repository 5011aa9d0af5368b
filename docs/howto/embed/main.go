// Command billing-manage is the command line of manage with the catalog of a
// billing service in it.
package main

import (
	"embed"
	"io/fs"
	"os"

	"manage/cmd"
	"manage/phases/backfill"
)

//go:embed db
var files embed.FS

func main() {
	db, err := fs.Sub(files, "db")
	if err != nil {
		panic(err) // the directory is embedded above
	}
	program := cmd.Process(cmd.Catalog{Name: "billing", Files: db})
	program.Hooks = map[string]backfill.Hook{"billing.owners": owners{}}
	os.Exit(cmd.Main(program))
}
