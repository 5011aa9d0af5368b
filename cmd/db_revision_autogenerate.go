package cmd

import (
	"context"

	"manage/migrations/catalog"
	"manage/phases/draft"
)

// autogenerate writes the revisions that lead from the database to the models.
// What was derived says what is left to people. Where nothing differs it writes
// nothing.
func autogenerate(ctx context.Context, open lazyReads, files catalogFiles, d catalog.Draft) (*catalog.Added, draft.Draft, error) {
	s, err := open(ctx)
	if err != nil {
		return nil, draft.Draft{}, err
	}
	derived, err := s.Autogenerate(ctx)
	if err != nil {
		return nil, derived, err
	}
	added := &catalog.Added{Catalog: s.Catalog.Name}
	if d.Parts = partsOf(derived); len(d.Parts) > 0 {
		added, err = catalog.Add(catalog.Options(files), d)
	}
	return added, derived, err
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
