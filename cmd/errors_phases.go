package cmd

import (
	"errors"
	"fmt"
	"strings"

	"manage/cmd/view"
	"manage/engine/database"
	"manage/engine/ledger"
	"manage/phases"
	"manage/phases/backfill"
	"manage/phases/backfill/compare"
	"manage/phases/rowaccess"
	"manage/schema"
)

// phaseRules say why work is refused.
func phaseRules() []rule {
	return []rule{
		on(func(e *phases.Refused, line speaker) view.Failure {
			hint := e.Hint
			if e.Next != "" {
				hint = next(line.db(e.Next), hint)
			}
			return failure(ExitRefused, e.Reason, hint)
		}),
		on(func(e *rowaccess.Unsafe, _ speaker) view.Failure {
			return failure(ExitRefused, e.Error(), e.Advice())
		}),
		on(func(e *phases.BadQuery, line speaker) view.Failure {
			f := failure(ExitFailed, e.Error(), "Correct the query in the catalog. What came before it is recorded.")
			f.File, f.Line = e.Source.File, e.Source.Line
			if w, ok := classWords(line)[database.ClassOf(e.Err)]; ok {
				f.Code, f.Hint = w.code, w.hint
			}
			return f
		}),
		on(func(e *view.Unscriptable, line speaker) view.Failure {
			return failure(ExitRefused, e.Error(), "Run the plan with "+line.db("sync")+", or correct the revision.")
		}),
		on(func(e *manyVersions, line speaker) view.Failure {
			return failure(ExitRefused, e.Error(), "Record the one that is right: "+line.db("stamp VERSION"))
		}),
		on(func(e *phases.Ahead, _ speaker) view.Failure {
			return failure(ExitRefused, e.Error(),
				"Use the release of the catalog that made this database, or a newer one; nothing was done.")
		}),
		on(func(e *phases.Mismatch, line speaker) view.Failure {
			return failure(ExitRefused, e.Error(), differences(e, line))
		}),
		on(func(e *phases.NotReady, line speaker) view.Failure {
			f := failure(ExitFailed, e.Error(), "Nothing was changed.")
			if w, ok := classWords(line)[e.Problems[0].Class]; ok {
				f.Code, f.Hint = w.code, w.hint+" Nothing was changed."
			}
			return f
		}),
		on(func(e *phases.NotPossible, _ speaker) view.Failure {
			f := failure(ExitRefused, e.Error(), firstOf(e.Hint, "Nothing was changed."))
			f.File, f.Line = e.Source.File, e.Source.Line
			return f
		}),
		on(func(e *schema.ImpossibleError, _ speaker) view.Failure {
			return failure(ExitRefused, e.Error(), firstOf(e.Hint, "Nothing was changed."))
		}),
		on(func(e *phases.InTheWay, _ speaker) view.Failure {
			return failure(ExitRefused, e.Error(), "Drop what is named or change it, in the revision before the operation or by hand; then run the command again. Nothing of the step was run.")
		}),
		on(func(e *phases.HalfDone, line speaker) view.Failure {
			return failure(ExitRefused, e.Error(), unfitHint(e, line))
		}),
		on(func(e *phases.Blocking, _ speaker) view.Failure {
			return failure(ExitRefused, e.Error(), fmt.Sprintf("%s\nInstead: %s.\nOr do it all the same, at a quiet hour, with --allow-blocking.",
				statementLine(e.Statement.SQL), e.Statement.Instead))
		}),
		on(func(e *phases.Changed, line speaker) view.Failure {
			return failure(ExitRefused, e.Error(), fmt.Sprintf(
				"Restore the file as it was applied, or, if the change does not matter to this database, accept it by name: %s\n%s says in what the database differs from the file as it is now.",
				line.db("sync --accept "+strings.Join(e.IDs, " --accept ")), line.db("verify")))
		}),
		on(func(e *unconfirmed, line speaker) view.Failure {
			hint := ""
			if !e.Asked {
				hint = fmt.Sprintf("Nobody is at a terminal to ask; say it with --yes: %s", line.db(e.What+" --yes"))
			}
			return failure(ExitRefused, e.Error(), hint)
		}),
	}
}

// backfillRules say what stopped a data migration.
func backfillRules() []rule {
	return []rule{
		throttleRule(),
		on(func(e *backfill.MissingHook, _ speaker) view.Failure {
			return failure(ExitRefused, e.Error(), "")
		}),
		on(func(e *compare.Differ, line speaker) view.Failure {
			f := failure(ExitRefused, e.Error(), differing(e, line))
			f.File, f.Line = e.Check.File, e.Check.Line
			return f
		}),
		on(func(e *compare.Failed, _ speaker) view.Failure {
			f := failure(ExitRefused, e.Error(), "Say with verify in the step what agrees, or leave the comparison out with --verify-rows none. Nothing was removed.")
			f.File, f.Line = e.Check.File, e.Check.Line
			return f
		}),
		on(func(e *backfill.Stuck, _ speaker) view.Failure {
			if e.Pending == "" {
				return failure(ExitRefused, e.Error(), "It is a program or a Go function that says so itself: mend what it answers when it is asked whether anything is pending.")
			}
			hint := "Its pending query is: " + e.Pending
			if len(e.Sample) > 0 {
				hint = "Rows that it leaves pending: " + strings.Join(e.Sample, "; ") + "\n" + hint
			}
			return failure(ExitRefused, e.Error(), hint+"\nMend its steps so that the query no longer finds the rows that they have changed.")
		}),
		on(func(e *backfill.BadKey, _ speaker) view.Failure {
			hint := "Give the table a primary key, or a unique key of columns that are NOT NULL, and name it there."
			if len(e.Usable) > 0 {
				hint = "Write there: key = " + strings.Join(e.Usable, ", or key = ")
			}
			state := "Nothing of the data migration was run."
			if e.Begun {
				state = "What is done is recorded, and the position is kept."
			}
			return failure(ExitRefused, e.Error(), hint+"\n"+state)
		}),
		on(func(e *backfill.Rejected, line speaker) view.Failure {
			hint := "The statement was: " + e.Statement
			if e.Range == "" {
				hint += "\nNo row was changed."
			} else {
				hint += "\nThe rows before it are done, and the position is kept."
			}
			return failure(ExitFailed, e.Error(), hint+" Mend the step, or the row that it fails for, then go on with "+line.db("migrate"))
		}),
		haltedRule,
		on(func(e *backfill.ProgramFailed, line speaker) view.Failure {
			switch {
			case e.Interrupted && e.Began:
				return failure(ExitPartly, e.Error(), "The position is kept; run the same command again to go on.")
			case e.Interrupted:
				return failure(ExitInterrupted, e.Error(), "Nothing was done.")
			}
			return failure(ExitFailed, e.Error(), firstOf(e.Hint, "Mend the program.")+" The position is kept; go on with "+line.db("migrate"))
		}),
		hookRule,
	}
}

// hookRule speaks for a Go function, unless what it failed with is that somebody
// took over.
func hookRule(err error, line speaker) (view.Failure, bool) {
	var e *backfill.HookFailed
	if !errors.As(err, &e) || errors.Is(err, ledger.ErrLeaseLost) {
		return view.Failure{}, false
	}
	f := failure(ExitFailed, e.Error(), "Its batch was rolled back and the position is kept. Mend it, then go on with "+line.db("migrate"))
	var d *database.Error
	if errors.As(e.Err, &d) {
		w := classWords(line)[d.Class]
		f.Code, f.Hint = firstOf(w.code, f.Code), firstOf(d.Hint, w.hint, f.Hint)
	}
	return f, true
}

// differing says what to do about rows that differ.
func differing(e *compare.Differ, line speaker) string {
	return fmt.Sprintf("Nothing was removed. Look at them: %s\nMend them, or, if what is there is right, run the command again with --verify-rows none. "+
		"Rows that still wait are moved by %s", e.Query, line.db("migrate"))
}

// next names the command that is due.
func next(command, hint string) string {
	text := "Next: " + command
	if hint != "" {
		text += "\n" + advice(hint)
	}
	return text
}

// differences lists what a schema that matches no revision differs in.
func differences(e *phases.Mismatch, line speaker) string {
	var b strings.Builder
	b.WriteString("It differs in:\n")
	const most = 20
	for i, d := range e.Differences {
		if i == most {
			fmt.Fprintf(&b, "  and %d more\n", len(e.Differences)-most)
			break
		}
		fmt.Fprintf(&b, "  %s\n", d)
	}
	fmt.Fprintf(&b, "Mend these, or record the version that it has: %s", line.db("stamp VERSION"))
	return b.String()
}
