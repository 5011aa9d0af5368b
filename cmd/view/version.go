package view

import (
	"fmt"

	"manage/engine/revision"
	"manage/phases"
)

// VersionDocument is the document of `version`.
type VersionDocument struct {
	Catalog  string         `json:"catalog"`
	Version  []string       `json:"version"`
	Trunk    *string        `json:"trunk"`
	Expand   *string        `json:"expand"`
	Contract *string        `json:"contract"`
	Release  *string        `json:"release"`
	Stage    revision.Stage `json:"stage"`
	Heads    HeadsOfCatalog `json:"heads"`
	Rows     []string       `json:"rows"`
}

// HeadsOfCatalog are the newest revisions of a catalog. A catalog without
// branches has only a trunk, one with branches only the other two.
type HeadsOfCatalog struct {
	Trunk    string `json:"trunk,omitempty"`
	Expand   string `json:"expand,omitempty"`
	Contract string `json:"contract,omitempty"`
}

// Version prints the composite version of a database.
func Version(p *Page, r phases.Report) error {
	if p.JSON {
		return p.document(versionDocument(r))
	}
	if !r.Position.Recorded {
		_, err := fmt.Fprintln(p.Out, unrecorded(p, r))
		return err
	}
	_, err := fmt.Fprintln(p.Out, joined(composite(r.Position)))
	return err
}

func versionDocument(r phases.Report) VersionDocument {
	v := r.Position.Version
	return VersionDocument{
		Catalog: r.Catalog, Version: list(composite(r.Position)),
		Trunk: optional(v.Trunk), Expand: optional(v.Expand), Contract: optional(v.Contract),
		Release: optional(v.Release), Stage: r.Stage,
		Heads: headsOf(r.Heads), Rows: list(r.Position.Rows),
	}
}

// composite is the version with what the catalog does not know of it.
func composite(p phases.Position) []string {
	return append(p.Version.IDs(), p.Unknown...)
}

func headsOf(h revision.Heads) HeadsOfCatalog {
	if h.Expand != "" || h.Contract != "" {
		return HeadsOfCatalog{Expand: h.Expand, Contract: h.Contract}
	}
	return HeadsOfCatalog{Trunk: h.Trunk}
}

// unrecorded is the one sentence for a database without a version.
func unrecorded(p *Page, r phases.Report) string {
	sync := p.Command("sync")
	switch {
	case r.Missing:
		return fmt.Sprintf("There is no database yet, so no version is recorded; `%s` makes it.", sync)
	case r.Legacy != "":
		return fmt.Sprintf("No version is recorded, but the older scheme's number %s; `%s` takes the database over.", r.Legacy, sync)
	case r.Stage == revision.Empty:
		return fmt.Sprintf("No version is recorded, and the database is empty; `%s` makes its tables.", sync)
	}
	return fmt.Sprintf("No version is recorded, though the database has tables; `%s` takes it under control.", sync)
}
