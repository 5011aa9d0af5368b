package cmd

import (
	"fmt"
	"strings"

	"manage/cmd/argv"
	"manage/phases"
)

// unfitHint lists why a revision may not fit the schema as it is, the most
// likely cause first, each with what shows more and what cures it. To restore a
// backup comes last.
func unfitHint(e *phases.HalfDone, line speaker) string {
	var causes []string
	switch {
	case e.Object.Kind != "":
		causes = objectCauses(e, line)
	case e.Table != "":
		causes = tableCauses(e, line)
	default:
		causes = append(causes, "The schema was changed by hand. "+compareFirst(e, line)+" Undo the change, then run the command again.")
	}
	if e.Version != "" {
		causes = append(causes, fmt.Sprintf("The recorded version, %s, is not that of the schema: a wrong one was stamped, or the database comes from elsewhere. Record the right one: %s",
			e.Version, line.db("stamp VERSION")))
	}
	last := "If nothing of this explains it, restore the backup that was made before the schema was changed, and run the command on the restored database."
	if e.Between {
		last = "Otherwise: Restore the backup that was made before that tool ran, and upgrade the restored database with manage."
	}
	lines := []string{place(e)}
	for i, c := range append(causes, last) {
		lines = append(lines, fmt.Sprintf("%d. %s", i+1, c))
	}
	return strings.Join(lines, "\n")
}

// place says which file speaks of what does not fit.
func place(e *phases.HalfDone) string {
	does := "changes it"
	switch {
	case e.Object.Kind == "" && e.Table == "":
		does = "does not fit"
	case e.Object.Kind != "" && e.Object.Present:
		does = "makes it"
	case e.Object.Kind != "":
		does = "removes it"
	}
	where := "Revision " + e.Revision
	if e.Source.File != "" {
		where += fmt.Sprintf(" (%s:%d)", e.Source.File, e.Source.Line)
	}
	return fmt.Sprintf("%s %s. Causes, the most likely first:", where, does)
}

// compareFirst names the command that shows what else differs.
func compareFirst(e *phases.HalfDone, line speaker) string {
	if e.Version == "" {
		return "See where the database stands: " + line.db("status") + "."
	}
	return fmt.Sprintf("See what else differs from %s: %s.", e.Version, line.db("verify"))
}

// objectCauses are for an object that is there, or gone, although the revision
// is not recorded.
func objectCauses(e *phases.HalfDone, line speaker) []string {
	cure := "Create it again"
	was := "It was removed by hand."
	if e.Object.Present {
		was, cure = "It was made by hand.", "Remove it"
	}
	hand := fmt.Sprintf("%s %s %s, then run the command again.", was, compareFirst(e, line), cure)
	switch {
	case e.Recorded:
		return []string{hand}
	case e.Between:
		return []string{fmt.Sprintf("%s was begun by another tool and not finished: the schema shows %d of its %d operations. Finish the others by hand and record it (%s), or undo what is there and run the command again.",
			e.Revision, e.Shown, e.Of, line.db("stamp "+e.Revision)), hand}
	case e.Shown == e.Of:
		return []string{fmt.Sprintf("%s was applied without its version being recorded: the schema shows all of it. Record it: %s", e.Revision, line.db("stamp "+e.Revision)), hand}
	case e.Shown > 1:
		hand += fmt.Sprintf(" The schema shows %d of the %d operations of %s: if it was done by hand, finish it by hand and record it: %s", e.Shown, e.Of, e.Revision, line.db("stamp "+e.Revision))
	}
	return []string{hand}
}

// tableCauses are for a table that does not exist.
func tableCauses(e *phases.HalfDone, line speaker) []string {
	misspelt := fmt.Sprintf("The name %s is misspelt: no revision makes such a table. Correct it in the file.", e.Table)
	near := argv.Nearest(e.Table, e.Tables)
	if len(near) > 0 {
		misspelt = fmt.Sprintf("The name %s is misspelt. Did you mean %s? Correct it in the file.", e.Table, argv.Alternatives(near))
	}
	gone := fmt.Sprintf("Table %s was dropped or renamed by hand. %s Create it again (%s prints the statements), then run the command again.",
		e.Table, compareFirst(e, line), line.db("verify --sql"))
	switch {
	case e.Unmade:
		return []string{misspelt, gone}
	case len(near) > 0:
		return []string{gone, misspelt}
	}
	return []string{gone}
}
