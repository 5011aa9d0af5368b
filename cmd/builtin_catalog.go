package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"manage/cmd/argv"
	"manage/cmd/config"
	"manage/migrations/catalog"
	"manage/phases"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Catalog is a catalog that a program brings with it.
type Catalog struct {
	Name  string
	Files fs.FS // with catalog.toml at its root
}

// load reads the catalog. Its files are named after it in messages, because
// they are nowhere on disk.
func (c Catalog) load() (*catalog.Catalog, error) {
	return catalog.Load(c.Files, catalog.Options{Prefix: c.Name, Scratch: phases.Scratch})
}

// catalogs are those of the calling program.
type catalogs []Catalog

// unknownCatalog is a name that is no catalog of the program, and no
// directory either.
type unknownCatalog struct {
	Name  string
	Known []string
}

func (e *unknownCatalog) Error() string {
	return fmt.Sprintf("there is no catalog %q: it is neither built in nor a directory", e.Name)
}

func (e *unknownCatalog) Hint() string {
	if near := argv.Nearest(e.Name, e.Known); len(near) > 0 {
		return fmt.Sprintf("Did you mean %s?", argv.Alternatives(near))
	}
	if len(e.Known) == 0 {
		return "Name the directory of a catalog."
	}
	return fmt.Sprintf("Built in: %s. A directory is told by a slash in its name, such as ./%s.", strings.Join(e.Known, ", "), e.Name)
}

// has reports whether there is a catalog of this name.
func (all catalogs) has(name string) bool {
	return slices.ContainsFunc(all, func(c Catalog) bool { return c.Name == name })
}

// find loads the catalog of a name.
func (all catalogs) find(name string) (*catalog.Catalog, error) {
	var known []string
	for _, c := range all {
		if c.Name == name {
			return c.load()
		}
		known = append(known, c.Name)
	}
	return nil, &unknownCatalog{Name: name, Known: known}
}

// directory loads the catalog in a directory, which messages call by the word
// that was written for it; found is true for one that nobody named. A word that
// is not even a directory may be the name of a built-in catalog that was written
// wrongly.
func (all catalogs) directory(path, word string, found bool) (*catalog.Catalog, error) {
	err := isDirectory(path, word)
	switch {
	case err == nil:
		return catalog.LoadDir(diskOptions(path, word, found))
	case os.IsNotExist(errors.Unwrap(err)) && !strings.ContainsRune(word, os.PathSeparator):
		return all.find(word)
	}
	return nil, err
}

// isDirectory returns a *noDirectory if there is no directory at the path.
func isDirectory(path, word string) error {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		return nil
	}
	return &noDirectory{Name: word, Err: err}
}

// diskOptions are those of a catalog in a directory.
func diskOptions(path, word string, found bool) catalog.Options {
	return catalog.Options{Dir: path, Prefix: word, Found: found, Scratch: phases.Scratch}
}

// catalogFiles are the files of the catalog that was asked for, which may not
// be valid. A built-in one has no directory.
type catalogFiles catalog.Options

// files finds the files of the catalog that was asked for.
func (c *call) files(conf config.Config) (catalogFiles, error) {
	if conf.CatalogPath == "" {
		return catalogFiles{Prefix: conf.CatalogName}, nil
	}
	word := given(c.global.Catalog, fromHere(conf.CatalogPath))
	err := isDirectory(conf.CatalogPath, word)
	if os.IsNotExist(errors.Unwrap(err)) && !strings.ContainsRune(word, os.PathSeparator) {
		_, err = catalogs(c.program.Catalogs).find(word)
	}
	return catalogFiles(diskOptions(conf.CatalogPath, word, conf.CatalogFound)), err
}

// fromHere is a path as it is written from the working directory, where that
// is shorter.
func fromHere(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(here, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}

// noDirectory is a catalog's directory that cannot be read.
type noDirectory struct {
	Name string
	Err  error // nil if it is there but is a file
}

func (e *noDirectory) Error() string {
	switch {
	case e.Err == nil:
		return fmt.Sprintf("the catalog %s is a file; name the directory that holds catalog.toml", e.Name)
	case os.IsNotExist(e.Err):
		return fmt.Sprintf("the catalog's directory %s does not exist", e.Name)
	}
	return fmt.Sprintf("the catalog's directory %s cannot be read: %v", e.Name, e.Err)
}

func (e *noDirectory) Unwrap() error { return e.Err }
