package view

import (
	"manage/engine/revision"
	"manage/migrations/catalog"
)

// GraphDocument is the document of `graph`.
type GraphDocument struct {
	Catalog string      `json:"catalog"`
	Version []string    `json:"version"`
	Nodes   []GraphNode `json:"nodes"`
}

// Drawn prints a catalog's graph with what is applied; format is one of
// GraphFormats.
func Drawn(p *Page, c *catalog.Catalog, applied revision.Set, format string) error {
	titles := map[string]string{}
	for id, r := range c.Revisions {
		titles[id] = r.Message
	}
	for id, m := range c.Migrations {
		titles[id] = m.Message
	}
	if p.JSON {
		return p.document(GraphDocument{
			Catalog: c.Name, Version: list(c.Graph.Version(applied).IDs()), Nodes: GraphNodes(c.Graph, applied, titles),
		})
	}
	return Graph(p.Out, c.Graph, applied, titles, format)
}
