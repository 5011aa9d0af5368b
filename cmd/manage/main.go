// Command manage changes the schemas of services' databases, also while the
// services run. All that it does is in package cmd; here it is given the
// catalogs that are built in.
package main

import (
	"os"
	"runtime/debug"

	"manage/cmd"
	"manage/migrations"
)

// version is set when releases are built (-ldflags "-X main.version=…").
var version string

// gcPercent lets the heap grow fivefold before it is collected. A command
// lives for some milliseconds and holds a few MiB; with Go's 100, collecting
// what start-up leaves behind takes a fifth of `db version`.
const gcPercent = 400

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	var catalogs []cmd.Catalog
	for _, b := range migrations.Catalogs() {
		catalogs = append(catalogs, cmd.Catalog{Name: b.Name, Files: b.FS})
	}
	program := cmd.Process(catalogs...)
	program.Version = version
	os.Exit(cmd.Main(program))
}
