package view

import (
	"fmt"

	"manage/migrations/catalog"
)

// CatalogsDocument is the document of `catalogs`.
type CatalogsDocument struct {
	Catalogs []CatalogSummary `json:"catalogs"`
}

// CatalogSummary is one catalog that is built in.
type CatalogSummary struct {
	Name       string         `json:"name"`
	Title      string         `json:"title"`
	Revisions  int            `json:"revisions"`
	Migrations int            `json:"data_migrations"`
	Heads      HeadsOfCatalog `json:"heads"`
	Dialects   []string       `json:"dialects"`
}

// Summary is what is shown of a catalog.
func Summary(c *catalog.Catalog) CatalogSummary {
	s := CatalogSummary{
		Name: c.Name, Title: c.Title, Revisions: len(c.Revisions), Migrations: len(c.Migrations),
		Heads: headsOf(c.Graph.Heads()), Dialects: []string{},
	}
	for _, d := range c.Dialects {
		s.Dialects = append(s.Dialects, string(d))
	}
	return s
}

// Catalogs prints the catalogs that are built in.
func Catalogs(p *Page, catalogs []CatalogSummary) error {
	if p.JSON {
		return p.document(CatalogsDocument{Catalogs: catalogs})
	}
	rows := make([][]string, 0, len(catalogs))
	for _, c := range catalogs {
		rows = append(rows, []string{c.Name, c.Title, fmt.Sprint(c.Revisions), newest(c.Heads), joined(c.Dialects)})
	}
	var l lines
	l.add("%s", grid([]string{"name", "title", "revisions", "newest", "databases"}, rows))
	return p.text(&l)
}

func newest(h HeadsOfCatalog) string {
	if h.Trunk != "" {
		return h.Trunk
	}
	return joined([]string{h.Expand, h.Contract})
}
