package view

import (
	"path"

	"manage/migrations/catalog"
)

// AddedDocument is the document of `revision`.
type AddedDocument struct {
	Catalog    string      `json:"catalog"`
	Release    *string     `json:"release"`
	NewRelease bool        `json:"new_release"`
	Files      []AddedFile `json:"files"`
}

// AddedFile is one file that was written.
type AddedFile struct {
	Path   string `json:"path"`
	ID     string `json:"id"`
	Branch string `json:"branch"`
}

// addedDocument says which files were written into the catalog in dir.
func addedDocument(dir string, a *catalog.Added) AddedDocument {
	files := make([]AddedFile, 0, len(a.Files))
	for _, f := range a.Files {
		files = append(files, AddedFile{path.Join(dir, f.Name), f.ID, string(f.Branch)})
	}
	return AddedDocument{Catalog: a.Catalog, Release: optional(a.Release), NewRelease: a.NewRelease, Files: files}
}

// Added prints which files were written into the catalog in dir.
func Added(p *Page, dir string, a *catalog.Added) error {
	doc := addedDocument(dir, a)
	if p.JSON {
		return p.document(doc)
	}
	var l lines
	for _, f := range doc.Files {
		l.add("Wrote %s", f.Path)
	}
	if a.NewRelease {
		l.add("Release %s is new: it is the last in the list of %s now.", a.Release, path.Join(dir, "catalog.toml"))
	}
	l.add("Next: fill in what %s, then look with `%s`", map[bool]string{true: "it does", false: "they do"}[len(doc.Files) == 1], p.Command("plan"))
	return p.text(&l)
}
