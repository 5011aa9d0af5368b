// Package migrations holds the catalogs that come with the program. It is
// content: what is to be done with them is for others to say.
package migrations

import (
	"embed"
	"io/fs"
)

// Builtin is one catalog that comes with the program.
type Builtin struct {
	// Name is the catalog's name, as in `--catalog glance`.
	Name string
	// FS has catalog.toml at its root.
	FS fs.FS
}

//go:embed glance/catalog.toml glance/models.toml glance/purge.toml glance/versions
//go:embed mogan/catalog.toml mogan/models.toml mogan/versions
//go:embed solum/catalog.toml solum/models.toml solum/versions
//go:embed watcher/catalog.toml watcher/models.toml watcher/purge.toml watcher/versions
var files embed.FS

// Catalogs lists the built-in catalogs.
func Catalogs() []Builtin {
	return []Builtin{
		{Name: "glance", FS: sub("glance")},
		{Name: "watcher", FS: sub("watcher")},
		{Name: "solum", FS: sub("solum")},
		{Name: "mogan", FS: sub("mogan")},
	}
}

// sub is a directory of the embedded files. That it exists is known when this
// is compiled, so an error here can only be a mistake in Catalogs.
func sub(dir string) fs.FS {
	fsys, err := fs.Sub(files, dir)
	if err != nil {
		panic(err)
	}
	return fsys
}
