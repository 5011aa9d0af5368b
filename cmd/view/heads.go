package view

import "manage/engine/revision"

// HeadsDocument is the document of `heads`.
type HeadsDocument struct {
	Catalog string         `json:"catalog"`
	Heads   HeadsOfCatalog `json:"heads"`
}

// Heads prints the newest revisions of a catalog.
func Heads(p *Page, catalog string, heads revision.Heads) error {
	h := headsOf(heads)
	if p.JSON {
		return p.document(HeadsDocument{Catalog: catalog, Heads: h})
	}
	var l lines
	for _, line := range [][2]string{{"trunk", h.Trunk}, {"expand", h.Expand}, {"contract", h.Contract}} {
		if line[1] != "" {
			l.add("%-9s %s", line[0], line[1])
		}
	}
	return p.text(&l)
}
