package cmd

import (
	"context"

	"manage/cmd/view"
	"manage/engine/catalog"
	"manage/phases/draft"
)

// autogenerate writes the revisions that lead from the database to the models,
// and says what it left to people. Where nothing differs it writes nothing.
func autogenerate(ctx context.Context, open lazyReads, files catalogFiles, d catalog.Draft, p *view.Page) error {
	s, err := open(ctx)
	if err != nil {
		return err
	}
	derived, err := s.Autogenerate(ctx)
	if err != nil {
		return err
	}
	added := &catalog.Added{Catalog: s.Catalog.Name}
	if d.Parts = partsOf(derived); len(d.Parts) > 0 {
		if added, err = catalog.Add(catalog.Options(files), d); err != nil {
			return err
		}
	}
	return view.Derived(p, files.Prefix, added, derived)
}

// partsOf are the files of what was derived.
func partsOf(derived draft.Draft) []catalog.Part {
	var parts []catalog.Part
	for _, p := range derived.Parts {
		parts = append(parts, catalog.Part{Branch: p.Branch,
			Up: []byte(catalog.EncodeChanges("up", p.Up)), Down: []byte(catalog.EncodeChanges("down", p.Down))})
	}
	return parts
}
