package view

import (
	"path"
	"strings"

	"manage/engine/catalog"
)

// NewCatalogDocument is the document of `init`.
type NewCatalogDocument struct {
	Catalog   string   `json:"catalog"`
	Directory string   `json:"directory"`
	Files     []string `json:"files"`
}

// shellWord is a path as it is typed in a shell.
func shellWord(path string) string {
	if strings.Trim(path, "/._-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

// NewCatalog prints which files were written for a new catalog in dir, and what
// comes next.
func NewCatalog(p *Page, program, name, dir string, files []catalog.File) error {
	paths := make([]string, len(files))
	first, secret := "", ""
	for i, f := range files {
		paths[i] = path.Join(dir, f.Name)
		if f.ID != "" {
			first = f.Name
		}
		if f.Secret {
			secret = paths[i]
		}
	}
	if p.JSON {
		return p.document(NewCatalogDocument{Catalog: name, Directory: dir, Files: paths})
	}
	var l lines
	for _, file := range paths {
		l.add("Wrote %s", file)
	}
	if secret != "" {
		l.add("%s holds the password: keep it out of version control.", secret)
	}
	l.add("Catalog %s is ready. Describe the first tables in %s and models.toml, then:", name, first)
	if dir != "." {
		l.add("  cd %s", shellWord(dir))
	}
	l.add("  %s db sync", program)
	l.add("Every later change begins with:")
	l.add("  %s db revision -m %q", program, "what it does")
	return p.text(&l)
}
