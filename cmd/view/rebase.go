package view

import (
	"fmt"
	"path"
	"strings"

	"manage/engine/revision"
	"manage/migrations/catalog"
)

// RebasedDocument is the document of `rebase`.
type RebasedDocument struct {
	Catalog  string          `json:"catalog"`
	Files    []RebasedFile   `json:"files"`
	Passed   []string        `json:"passed"`
	Followed []string        `json:"followed"`
	Kept     []string        `json:"kept"`
	Problems []RebaseProblem `json:"problems"`
}

// RebasedFile is one file that was changed.
type RebasedFile struct {
	Path    string  `json:"path"`
	OldPath *string `json:"old_path"`
	ID      string  `json:"id"`
	OldID   *string `json:"old_id"`
	Revises *string `json:"revises"`
	Revised *string `json:"revised"`
}

// RebaseProblem is what is still wrong with the catalog.
type RebaseProblem struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Message string `json:"message"`
}

// Rebased prints what was moved in the catalog in dir.
func Rebased(p *Page, dir string, r *catalog.Rebased) error {
	if p.JSON {
		return p.document(rebasedDocument(dir, r))
	}
	var l lines
	for _, f := range r.Files {
		l.add("%s", rebasedLine(dir, f))
	}
	if len(r.Followed) > 0 {
		l.add("Moved with it: %s", joined(r.Followed))
	}
	for _, name := range r.Kept {
		l.add("%s names the id that two files had: it is taken to mean the file that kept it.", path.Join(dir, name))
	}
	l.add("%s", appliedAlready(r))
	if len(r.Problems) > 0 {
		l.add("Still wrong with the catalog:")
	}
	for _, problem := range r.Problems {
		l.add("  %s", problem)
	}
	if remedy := Remedy(r.Problems, p.Command); remedy != "" {
		l.add("%s", remedy)
	}
	return p.text(&l)
}

// rebasedLine tells what changed in a file.
func rebasedLine(dir string, f catalog.RebasedFile) string {
	var changes []string
	if f.OldID != "" {
		changes = append(changes, fmt.Sprintf("is %s now, no longer %s", f.ID, f.OldID))
	}
	switch {
	case f.Revises != f.Revised && f.Revised == "":
		changes = append(changes, "revises "+f.Revises)
	case f.Revises != f.Revised:
		changes = append(changes, fmt.Sprintf("revises %s, no longer %s", f.Revises, f.Revised))
	}
	if len(changes) == 0 {
		changes = []string{"names the new ids"}
	}
	return fmt.Sprintf("%s: %s", path.Join(dir, f.Name), strings.Join(changes, ", and "))
}

// appliedAlready says what a database needs on which the revision was applied
// where it stood before.
func appliedAlready(r *catalog.Rebased) string {
	f := r.Files[0]
	if f.OldID != "" {
		return fmt.Sprintf("If a database has applied the moved file as %s already, take it back there first, with the catalog as it was: "+
			"it is taken for the other file now, and %s for new.", f.OldID, f.ID)
	}
	return fmt.Sprintf("If a database has applied %s but not %s, take it back there first, with the catalog as it was, or move the other one instead: "+
		"all that a revision stands behind is taken for applied.", f.ID, joined(r.Passed))
}

// Remedy is the command that mends the first problem that rebase can mend; ""
// if there is none.
func Remedy(problems revision.Problems, command func(string) string) string {
	for _, p := range problems {
		one, other := p.Rivals[0], p.Rivals[1]
		switch {
		case other == "":
		case other == p.Source.File:
			return fmt.Sprintf("`%s` gives it the next free id, and puts it after the other.", command("rebase "+path.Base(other)))
		case one == "":
			return fmt.Sprintf("`%s` puts it after the last revision of the trunk.", command("rebase "+other))
		default:
			return fmt.Sprintf("`%s` puts it after %s; `%s` does it the other way round. Move the one that fewer databases have applied.", command("rebase "+other), one, command("rebase "+one))
		}
	}
	return ""
}

func rebasedDocument(dir string, r *catalog.Rebased) RebasedDocument {
	d := RebasedDocument{Catalog: r.Catalog, Files: []RebasedFile{}, Passed: list(r.Passed), Followed: list(r.Followed), Kept: []string{}, Problems: []RebaseProblem{}}
	for _, f := range r.Files {
		old := f.OldName
		if old != "" {
			old = path.Join(dir, old)
		}
		d.Files = append(d.Files, RebasedFile{path.Join(dir, f.Name), optional(old), f.ID, optional(f.OldID), optional(f.Revises), optional(f.Revised)})
	}
	for _, name := range r.Kept {
		d.Kept = append(d.Kept, path.Join(dir, name))
	}
	for _, p := range r.Problems {
		d.Problems = append(d.Problems, RebaseProblem{p.Source.File, p.Source.Line, p.Message})
	}
	return d
}
