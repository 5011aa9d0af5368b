// Command manage changes the schemas of services' databases, also while the
// services run. All that it does is in package cmd; here it is given the
// catalogs that are built in.
package main

import (
	"os"

	"manage/cmd"
	"manage/migrations"
)

// version is set when releases are built (-ldflags "-X main.version=…").
var version string

func main() {
	var catalogs []cmd.Catalog
	for _, b := range migrations.Catalogs() {
		catalogs = append(catalogs, cmd.Catalog{Name: b.Name, Files: b.FS})
	}
	program := cmd.Process(catalogs...)
	program.Version = version
	os.Exit(cmd.Main(program))
}
