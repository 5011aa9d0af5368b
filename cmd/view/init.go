package view

import (
	"path"
	"strings"

	"manage/migrations/catalog"
	"manage/phases/draft"
)

// NewCatalogDocument is the document of `init`.
type NewCatalogDocument struct {
	Catalog   string   `json:"catalog"`
	Directory string   `json:"directory"`
	Files     []string `json:"files"`
	// Of --from-database: what somebody should decide, and what was left alone.
	Decide    []DerivedFinding `json:"decide,omitempty"`
	LeftAlone []string         `json:"left_alone,omitempty"`
}

// NewCatalogOf is what was written for a new catalog.
type NewCatalogOf struct {
	Name, Dir string
	Files     []catalog.File
	Found     *draft.Description // nil for one that begins from nothing
}

// shellWord is a path as it is typed in a shell.
func shellWord(path string) string {
	if strings.Trim(path, "/._-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

// NewCatalog prints which files were written for a new catalog, and what comes
// next.
func NewCatalog(p *Page, program string, c NewCatalogOf) error {
	paths := make([]string, len(c.Files))
	first, secret := "", ""
	for i, f := range c.Files {
		paths[i] = path.Join(c.Dir, f.Name)
		if f.ID != "" {
			first = f.Name
		}
		if f.Secret {
			secret = paths[i]
		}
	}
	if p.JSON {
		doc := NewCatalogDocument{Catalog: c.Name, Directory: c.Dir, Files: paths}
		if c.Found != nil {
			doc.Decide, doc.LeftAlone = findings(c.Found.Decide), list(c.Found.LeftAlone)
		}
		return p.document(doc)
	}
	var l lines
	for _, file := range paths {
		l.add("Wrote %s", file)
	}
	if secret != "" {
		l.add("%s holds the password: keep it out of version control.", secret)
	}
	if c.Found != nil {
		l.described(c.Name, *c.Found)
	} else {
		l.add("Catalog %s is ready. Describe the first tables in %s and models.toml, then:", c.Name, first)
	}
	if c.Dir != "." {
		l.add("  cd %s", shellWord(c.Dir))
	}
	if c.Found != nil && c.Found.Unlike {
		l.add("  %s db stamp %s", program, strings.TrimSuffix(path.Base(first), "_first_tables.toml"))
	} else {
		l.add("  %s db sync", program)
	}
	l.add("Every later change begins with:")
	l.add("  %s db revision -m %q", program, "what it does")
	return p.text(&l)
}

// described says what became of a database that was described.
func (l *lines) described(name string, d draft.Description) {
	for _, f := range d.Decide {
		l.add("Decide: %s", f)
		if f.Advice != "" {
			l.add("  %s", f.Advice)
		}
	}
	for _, o := range d.LeftAlone {
		l.add("Not taken over: %s", o)
	}
	if d.Unlike {
		l.add("Catalog %s describes %s, without what is named above. Record the database as being at the first revision:", name, count(len(d.Models.Tables), "table"))
		return
	}
	l.add("Catalog %s describes %s. sync takes the database over as it is:", name, count(len(d.Models.Tables), "table"))
}
