// Command manage changes the schemas of services' databases, also while the
// services run. All that it does is in package cmd; here it is given the
// catalogs that are built in.
package main

import (
	"os"

	"manage/cmd"
	"manage/migrations"
)

func main() {
	var catalogs []cmd.Catalog
	for _, b := range migrations.Catalogs() {
		catalogs = append(catalogs, cmd.Catalog{Name: b.Name, Files: b.FS})
	}
	os.Exit(cmd.Main(cmd.Process(catalogs...)))
}
