package view

import (
	"fmt"

	"manage/engine/plan"
	"manage/phases"
	"manage/schema"
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
	// Compared is how many objects were compared, by kind, and NotCompared what
	// could not be. Since is the version at which what plain SQL had made was
	// recorded as it was found.
	Compared    map[string]int `json:"compared"`
	NotCompared []NotCompared  `json:"not_compared"`
	Since       *string        `json:"recorded_since"`
	// Repairs is there with --sql.
	Repairs []Repair `json:"repairs,omitempty"`
}

// NotCompared is one thing that could not be compared, and why.
type NotCompared struct {
	Kind  string  `json:"kind"`
	Table *string `json:"table"`
	Name  *string `json:"name"`
	Why   string  `json:"why"`
}

// Repair is what would repair one or several differences.
type Repair struct {
	Differences []string `json:"differences"` // their messages
	Statements  []string `json:"statements"`  // in their order; none where no statement does it
	Note        *string  `json:"note"`        // what to mind, or why there is no statement
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

// Verified prints how much was compared, in what a schema differs, what could not
// be compared, and what is not managed. The document has the statements of a
// repair only where they were asked for.
func Verified(p *Page, v phases.Verification, strict, repairs bool) error {
	if p.JSON {
		d := verifyDocument(v)
		if !repairs {
			d.Repairs = nil
		}
		return p.document(d)
	}
	var l lines
	verdict(&l, v)
	findingLines(&l, v.Differences)
	if len(v.NotCompared) > 0 {
		l.add("Not compared (%d):", len(v.NotCompared))
		for _, u := range v.NotCompared {
			l.add("  %s: %s", u, u.Why)
		}
	}
	remarks(p, &l, v)
	if strict && v.Partial() {
		l.add("With --strict, what was not compared counts as a finding.")
	}
	below(&l, "It cannot be told whether these differ:", v.Open)
	below(&l, "Known differences (ignored):", v.Known)
	if len(v.Unmanaged) > 0 {
		l.add("Unmanaged objects (ignored):")
		for _, name := range v.Unmanaged {
			l.add("  %s", name)
		}
	}
	return p.text(&l)
}

// verdict says how much was compared, and what came of it.
func verdict(l *lines, v phases.Verification) {
	at := v.Position.Version.String()
	missing := ""
	if n := len(v.NotCompared); n > 0 {
		missing = fmt.Sprintf(" as far as it was compared: %s could not be", count(n, "object"))
	}
	if v.Nothing() {
		l.add("Nothing was compared with %s: %s could not be.", at, count(len(v.NotCompared), "object"))
	} else {
		l.add("Compared with %s: %s.", at, comparedObjects(v.Compared))
	}
	switch n := len(v.Differences); {
	case n > 0:
		l.add("The schema differs from %s in %s:", at, count(n, "place"))
	case !v.Nothing():
		l.add("The schema matches %s%s.", at, missing)
	}
}

// comparedObjects lists how many objects of each kind were compared.
func comparedObjects(counts []phases.Count) string {
	if len(counts) == 0 {
		return "no objects"
	}
	parts := make([]string, len(counts))
	for i, c := range counts {
		parts[i] = countKind(c)
	}
	return joined(parts)
}

// countKind is a number of objects of a kind, as people call it.
func countKind(c phases.Count) string {
	switch {
	case c.Kind == plan.KindUnique:
		return count(c.Number, "unique constraint")
	case c.Kind == plan.KindIndex && c.Number != 1:
		return fmt.Sprintf("%d indexes", c.Number)
	}
	return count(c.Number, string(c.Kind))
}

// remarks adds what must be known to read the result right.
func remarks(p *Page, l *lines, v phases.Verification) {
	if !v.Exact {
		l.add("Part of this schema was created by another tool; server-generated names, comments and boolean CHECKs were not compared.")
	}
	if v.Since != "" {
		l.add("What plain SQL had made up to %s was recorded as it was found then; changes since are compared.", v.Since)
	}
	for _, id := range v.Changed {
		l.add("The file of %s was changed since it was applied; it was compared as it is now. `%s` says what to do.", id, p.Command("check"))
	}
	for _, a := range v.Half {
		l.add("%s is half applied; what it changes was not compared. `%s` says what to do.", a.Revision, p.Command("check"))
	}
	if v.Lease != nil && !v.Lease.Expired {
		l.add("%s is working on it (%s): verify again when it has finished.", v.Lease.Holder, v.Lease.Doing)
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
	doc := VerifyDocument{
		Catalog: v.Catalog, Version: list(composite(v.Position)), Exact: v.Exact,
		Differences: schemaDifferences(v.Differences), Known: schemaDifferences(v.Known), Open: schemaDifferences(v.Open),
		Half: halfDone(v.Half), Changed: list(v.Changed), Unseen: append([]plan.ObjectKind{}, v.Unseen...), Unmanaged: list(v.Unmanaged),
		Compared: map[string]int{}, NotCompared: []NotCompared{}, Since: optional(v.Since), Repairs: repairDocuments(v.Repairs),
	}
	for _, c := range v.Compared {
		doc.Compared[string(c.Kind)] = c.Number
	}
	for _, u := range v.NotCompared {
		doc.NotCompared = append(doc.NotCompared, NotCompared{string(u.Kind), optional(u.Table), optional(u.Name), u.Why})
	}
	return doc
}

func repairDocuments(repairs []schema.Repair) []Repair {
	var out []Repair
	for _, r := range repairs {
		doc := Repair{Statements: list(r.Statements), Note: optional(r.Note)}
		for _, d := range r.Differences {
			doc.Differences = append(doc.Differences, d.String())
		}
		out = append(out, doc)
	}
	return out
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
