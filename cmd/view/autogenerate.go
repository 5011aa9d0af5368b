package view

import (
	"path"

	"manage/migrations/catalog"
	"manage/phases/draft"
)

// DerivedDocument is the document of `revision --autogenerate`.
type DerivedDocument struct {
	AddedDocument
	ByHand    []DerivedFinding `json:"by_hand"`
	Notes     []DerivedFinding `json:"notes"`
	LeftAlone []string         `json:"left_alone"`
}

// DerivedFinding is something that nothing was written for, with what to write
// by hand, or something to mind in what was.
type DerivedFinding struct {
	Table   *string `json:"table"`
	Object  *string `json:"object"`
	Problem string  `json:"problem"`
	Advice  *string `json:"advice"`
}

// Derived prints what was derived from the models, and which files were written
// into the catalog in dir.
func Derived(p *Page, dir string, a *catalog.Added, d draft.Draft) error {
	if p.JSON {
		return p.document(DerivedDocument{addedDocument(dir, a), findings(d.ByHand), findings(d.Notes), list(d.LeftAlone)})
	}
	var l lines
	for _, f := range addedDocument(dir, a).Files {
		l.add("Wrote %s", f.Path)
	}
	if a.NewRelease {
		l.add("Release %s is new: it is the last in the list of %s now.", a.Release, path.Join(dir, "catalog.toml"))
	}
	for _, f := range d.Notes {
		l.add("Note: %s.", f)
	}
	if len(d.ByHand) > 0 {
		l.add("Nothing was written for what follows; write it by hand:")
	}
	for _, f := range d.ByHand {
		l.add("  %s", f)
		if f.Advice != "" {
			l.add("    %s", f.Advice)
		}
	}
	for _, o := range d.LeftAlone {
		l.add("Left alone, because the catalog does not manage it: %s", o)
	}
	switch {
	case len(a.Files) > 0:
		l.add("Next: read what was written, then look with `%s`", p.Command("plan"))
	case d.Empty():
		l.add("Nothing differs: the database has the schema of models.toml. No file was written.")
	default:
		l.add("No file was written.")
	}
	return p.text(&l)
}

func findings(all []draft.Finding) []DerivedFinding {
	out := []DerivedFinding{}
	for _, f := range all {
		out = append(out, DerivedFinding{optional(f.Table), optional(f.Object), f.Problem, optional(f.Advice)})
	}
	return out
}
