package view

import (
	"strings"

	"manage/engine/revision"
	"manage/phases"
)

// ChangeDocument is the document of the commands that change a database: sync,
// upgrade, expand, migrate, contract and stamp.
type ChangeDocument struct {
	Catalog string   `json:"catalog"`
	Command string   `json:"command"`
	From    []string `json:"from"`
	Adopted *string  `json:"adopted"`
	// Accepted are applied revisions whose changed files were recorded.
	Accepted []string         `json:"accepted,omitempty"`
	Applied  []string         `json:"applied"`
	Moved    []MovedMigration `json:"migrated"`
	// Compared are the comparisons of rows before what they were moved from was
	// removed.
	Compared []ComparedRows `json:"compared"`
	Version  []string       `json:"version"`
	Rows     []string       `json:"rows"`
	Stage    revision.Stage `json:"stage"`
	Next     *string        `json:"next"`
}

// MovedMigration is a data migration that ran.
type MovedMigration struct {
	ID   string `json:"id"`
	Rows int64  `json:"rows"`
}

// Change is what a command did, and where the database stands after it.
type Change struct {
	Command string
	Result  phases.Result
	After   phases.Report
}

// Changed prints what a command did and what is next.
func Changed(p *Page, c Change) error {
	if p.JSON {
		return p.document(changeDocument(c))
	}
	var l lines
	if c.Result.Adopted != "" {
		l.add("Took the existing schema over at %s.", c.Result.Adopted)
	}
	if c.Command == "stamp" && !c.Result.Idle() {
		l.add("%s", recorded(c.Result))
	}
	if n := len(c.Result.Accepted); n > 0 {
		l.add("Recorded the changed %s of %s.", map[bool]string{true: "file", false: "files"}[n == 1], strings.Join(c.Result.Accepted, ", "))
	}
	if n := len(c.Result.Applied); n > 0 {
		l.add("%s %s: %s.", done(c.Command), count(n, "revision"), span(c.Result.Applied))
	}
	if c.Command == "create_schema" {
		l.add("Made the newest schema.")
	}
	for _, m := range c.Result.Migrated {
		l.add("Moved rows with %s: %s.", m.ID, count(m.Rows, "row"))
	}
	for _, r := range c.Result.Compared {
		if text := sampled(r); text != "" {
			l.add("%s", text)
		}
	}
	if c.Result.Idle() {
		l.add("Nothing to do: %s", alreadyThere(c))
	}
	l.add("%s", Standing(c.After))
	whatIsNext(p, &l, c.After)
	return p.text(&l)
}

// done is what a command did to revisions.
func done(command string) string {
	if command == "downgrade" {
		return "Reverted"
	}
	return "Applied"
}

// recorded says what stamp wrote.
func recorded(r phases.Result) string {
	version := r.After.Version.String()
	if version == "" {
		return "No version is recorded any more; nothing was run."
	}
	return "Recorded " + version + "; nothing was run."
}

// alreadyThere is the reason why a command had nothing to do.
func alreadyThere(c Change) string {
	if c.Command == "migrate" {
		return "no data migration is due."
	}
	return "the database already contains what was asked for."
}

func changeDocument(c Change) ChangeDocument {
	return ChangeDocument{
		Catalog: c.After.Catalog, Command: c.Command,
		From: list(composite(c.Result.Before)), Adopted: optional(c.Result.Adopted),
		Accepted: c.Result.Accepted, Applied: list(c.Result.Applied), Moved: movedRows(c.Result), Compared: comparedRows(c.Result),
		Version: list(composite(c.After.Position)), Rows: list(c.After.Position.Rows),
		Stage: c.After.Stage, Next: optional(c.After.Next),
	}
}

// movedRows are the data migrations of a result.
func movedRows(r phases.Result) []MovedMigration {
	all := []MovedMigration{}
	for _, m := range r.Migrated {
		all = append(all, MovedMigration(m))
	}
	return all
}
