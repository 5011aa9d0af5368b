package view

import (
	"manage/engine/plan"
	"manage/phases"
)

// VerifyDocument is the document of `verify`.
type VerifyDocument struct {
	Catalog     string             `json:"catalog"`
	Version     []string           `json:"version"`
	Exact       bool               `json:"exact"`
	Differences []SchemaDifference `json:"differences"`
	Known       []SchemaDifference `json:"known"`
	Open        []SchemaDifference `json:"open"`
	Half        []HalfDone         `json:"half_done"`
	Changed     []string           `json:"changed"`
	Unseen      []plan.ObjectKind  `json:"unseen"`
	Unmanaged   []string           `json:"unmanaged"`
}

// SchemaDifference is one thing in which the live schema is not what the
// applied revisions should have made.
type SchemaDifference struct {
	Kind     string  `json:"kind"`
	Table    *string `json:"table"`
	Name     *string `json:"name"`
	Want     *string `json:"want"` // null for what should not be there
	Have     *string `json:"have"` // null for what is missing
	Message  string  `json:"message"`
	Revision *string `json:"revision"` // which made it so
	Why      *string `json:"why"`      // it may be no difference
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
		findingLines(&l, v.Differences)
	}
	remarks(p, &l, v)
	below(&l, "It cannot be told whether these differ:", v.Open)
	below(&l, "Known to the catalog, and harmless:", v.Known)
	if len(v.Unmanaged) > 0 {
		l.add("Not managed, and left alone:")
		for _, name := range v.Unmanaged {
			l.add("  %s", name)
		}
	}
	return p.text(&l)
}

// remarks adds what must be known to read the result right.
func remarks(p *Page, l *lines, v phases.Verification) {
	if !v.Exact {
		l.add("Another tool made it, or a part of it: names that the server chose, comments and boolean checks were not compared.")
	}
	for _, id := range v.Changed {
		l.add("The file of %s was changed since it was applied; it was compared as it is now. `%s` says what to do.", id, p.Command("check"))
	}
	for _, kind := range v.Unseen {
		l.add("Not compared: %ss, which this account may not see.", kind)
	}
	for _, a := range v.Half {
		l.add("%s is half applied; what it changes was not compared. `%s` says what to do.", a.Revision, p.Command("check"))
	}
	if v.Lease != nil && !v.Lease.Expired {
		l.add("%s is working on it (%s): look again when that is done.", v.Lease.Holder, v.Lease.Doing)
	}
}

// below adds findings below a heading.
func below(l *lines, heading string, found []phases.Finding) {
	if len(found) > 0 {
		l.add("%s", heading)
		findingLines(l, found)
	}
}

func findingLines(l *lines, found []phases.Finding) {
	for _, f := range found {
		l.add("  %s", f.Difference)
		switch {
		case f.Why != "":
			l.add("    %s", f.Why)
		case f.Revision != "" && f.Want == "":
			l.add("    removed by %s", f.Revision)
		case f.Revision != "":
			l.add("    made by %s", f.Revision)
		}
	}
}

func verifyDocument(v phases.Verification) VerifyDocument {
	return VerifyDocument{
		Catalog: v.Catalog, Version: list(composite(v.Position)), Exact: v.Exact,
		Differences: schemaDifferences(v.Differences), Known: schemaDifferences(v.Known), Open: schemaDifferences(v.Open),
		Half: halfDone(v.Half), Changed: list(v.Changed), Unseen: append([]plan.ObjectKind{}, v.Unseen...), Unmanaged: list(v.Unmanaged),
	}
}

func schemaDifferences(found []phases.Finding) []SchemaDifference {
	out := []SchemaDifference{}
	for _, f := range found {
		out = append(out, SchemaDifference{
			Kind: string(f.Kind), Table: optional(f.Table), Name: optional(f.Name), Want: optional(f.Want), Have: optional(f.Have),
			Message: f.String(), Revision: optional(f.Revision), Why: optional(f.Why),
		})
	}
	return out
}
