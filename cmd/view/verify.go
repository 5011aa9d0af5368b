package view

import "manage/phases"

// VerifyDocument is the document of `verify`.
type VerifyDocument struct {
	Catalog     string             `json:"catalog"`
	Version     []string           `json:"version"`
	Exact       bool               `json:"exact"`
	Differences []SchemaDifference `json:"differences"`
	Unmanaged   []string           `json:"unmanaged"`
}

// SchemaDifference is one thing in which the live schema is not what the
// applied revisions should have made.
type SchemaDifference struct {
	Kind    string  `json:"kind"`
	Table   *string `json:"table"`
	Name    *string `json:"name"`
	Want    *string `json:"want"` // null for what should not be there
	Have    *string `json:"have"` // null for what is missing
	Message string  `json:"message"`
}

// Verified prints in what a schema differs, and what is not managed.
func Verified(p *Page, v phases.Verification) error {
	if p.JSON {
		return p.document(verifyDocument(v))
	}
	var l lines
	if len(v.Differences) == 0 {
		l.add("The schema is what the revisions up to %s make.", v.Position.Version)
	} else {
		l.add("The schema differs in %s from what the revisions up to %s make:", count(len(v.Differences), "place"), v.Position.Version)
		for _, d := range v.Differences {
			l.add("  %s", d)
		}
	}
	if !v.Exact {
		l.add("Another tool made it, or a part of it: names that the server chose, comments and boolean checks were not compared.")
	}
	if len(v.Unmanaged) > 0 {
		l.add("Not managed, and left alone:")
		for _, name := range v.Unmanaged {
			l.add("  %s", name)
		}
	}
	return p.text(&l)
}

func verifyDocument(v phases.Verification) VerifyDocument {
	d := VerifyDocument{Catalog: v.Catalog, Version: list(composite(v.Position)), Exact: v.Exact, Differences: []SchemaDifference{}, Unmanaged: list(v.Unmanaged)}
	for _, each := range v.Differences {
		d.Differences = append(d.Differences, SchemaDifference{Kind: string(each.Kind), Table: optional(each.Table), Name: optional(each.Name),
			Want: optional(each.Want), Have: optional(each.Have), Message: each.String()})
	}
	return d
}
