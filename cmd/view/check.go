package view

import (
	"fmt"
	"slices"

	"manage/engine/revision"
	"manage/phases"
)

// CheckDocument is the document of `check`.
type CheckDocument struct {
	Catalog        string         `json:"catalog"`
	Stage          revision.Stage `json:"stage"`
	Next           *string        `json:"next"`
	Exit           int            `json:"exit"`
	Revisions      []string       `json:"revisions"`
	DataMigrations []string       `json:"data_migrations"`
	Problems       []Problem      `json:"problems"`
	// NotAsked are data migrations whose programs were not asked whether rows are
	// left.
	NotAsked []string `json:"not_asked,omitempty"`
	// Guards are those that refuse Next as things are.
	Guards []GuardRefusing `json:"guards,omitempty"`
}

// Problem is something to look at before work goes on.
type Problem struct {
	Kind    string  `json:"kind"`
	ID      *string `json:"id"`
	Message string  `json:"message"`
}

// Check prints what is to be done next, and the guards that refuse it as things
// are.
func Check(p *Page, r phases.Report, guards []phases.GuardState) error {
	if p.JSON {
		d := checkDocument(r)
		d.Guards = refusing(guards)
		return p.document(d)
	}
	var l lines
	l.add("%s", Standing(r))
	whatIsNext(p, &l, r)
	for _, g := range guards {
		l.add("  %s", refusal(g))
	}
	return p.text(&l)
}

func checkDocument(r phases.Report) CheckDocument {
	d := CheckDocument{
		Catalog: r.Catalog, Stage: r.Stage, Next: optional(r.Next), Exit: r.Exit,
		Revisions: list(r.NextRevisions), DataMigrations: list(r.Due), Problems: []Problem{}, NotAsked: r.NotAsked,
	}
	for _, q := range r.Problems {
		d.Problems = append(d.Problems, Problem{Kind: string(q.Kind), ID: optional(q.ID), Message: q.Message})
	}
	return d
}

// whatIsNext adds the problems, what is outstanding, and the command to run.
func whatIsNext(p *Page, l *lines, r phases.Report) {
	for _, q := range r.Problems {
		l.add("Problem: %s", q.Message)
		l.add("  %s", advice(p, q))
	}
	if len(r.NextRevisions) > 0 && r.Stage != revision.Unversioned { // there it is not known yet
		l.add("Outstanding: %s", count(len(r.NextRevisions), "revision")+", "+span(r.NextRevisions))
	}
	if len(r.Due) > 0 {
		l.add("Due: %s, %s", count(len(r.Due), "data migration"), joined(r.Due))
	}
	for _, id := range r.NotAsked {
		l.add("%s", notAsked(id, slices.Contains(r.Due, id)))
	}
	if r.Next != "" {
		l.add("Next: %s", p.Command(r.Next))
		if r.Next == "expand" && !r.Position.Recorded {
			l.add("  or, while the service is not running: %s", p.Command("sync"))
		}
	} else if len(r.Problems) == 0 {
		l.add("Nothing to do.")
	}
}

// notAsked says that a program was not asked, and what is taken for its answer.
func notAsked(id string, due bool) string {
	recorded := "Its last run is recorded as finished; rows that came since then are not counted."
	if due {
		recorded = "No finished run of it is recorded, so it counts as due."
	}
	return fmt.Sprintf("Not asked: %s is done by a program, which is started only with --ask-programs. %s", id, recorded)
}

// advice is what to do about a problem.
func advice(p *Page, q phases.Problem) string {
	switch q.Kind {
	case phases.ChangedFile:
		return "Restore the file as it was applied, or, if the change does not matter to this database, accept it by name: " + p.Command("sync --accept "+q.ID) +
			"\n  " + p.Command("verify") + " says in what the database differs from the file as it is now."
	case phases.AheadOfCatalog:
		return "Use the release of the catalog that made this database, or a newer one."
	case phases.NotSound:
		return "Repair it with: " + q.Cure
	case phases.UnknownOutcome:
		return "Look at the database whether the statement took effect; what was run is told by " + p.Command("history")
	}
	return "It goes away with " + p.Command("sync")
}

// span names a list of revisions by its ends, if it is long.
func span(ids []string) string {
	if len(ids) <= 3 {
		return joined(ids)
	}
	return ids[0] + " to " + ids[len(ids)-1]
}
