package cmd

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"manage/cmd/view"
	"manage/engine/database"
	"manage/engine/ledger"
	"manage/engine/plan"
	"manage/engine/run"
)

// runRules say what stopped a run, and what is recorded of it.
func runRules() []rule {
	return []rule{
		on(func(e *run.LeaseHeld, line speaker) view.Failure {
			waited := ""
			if e.Waited > 0 {
				waited = fmt.Sprintf("was waited for %s, ", e.Waited.Round(time.Second))
			}
			hint := fmt.Sprintf("It %sworks since %s, and its lease runs out at %s if it gives no further sign. See whether it lives: %s",
				waited, clock(e.Lease.Acquired), clock(e.Lease.Expires), line.db("lease"))
			if e.Stopped > 0 {
				hint = fmt.Sprintf("Its process is stopped on this machine, and what it has locked stays locked. Let it go on (kill -CONT %[1]d) or end it (kill -KILL %[1]d), then run the command again: what is done is recorded.", e.Stopped)
			}
			return failure(ExitBusy, e.Error(), hint)
		}),
		on(func(e *run.LeaseLost, line speaker) view.Failure {
			return failure(ExitBusy, e.Error(), "Nothing was recorded after that, and nothing needs to be undone. See what the other one did: "+line.db("history"))
		}),
		on(func(e *run.Interrupted, _ speaker) view.Failure {
			if !e.Began {
				return interruption(ExitInterrupted)
			}
			f := interruption(ExitPartly)
			if e.Waited {
				f.Hint = "What waited for a lock was not done, what came before is recorded; run the same command again to go on."
			}
			return f
		}),
		on(func(e *run.OutcomeUnknown, _ speaker) view.Failure {
			message := fmt.Sprintf("%s, statement %d: it is not known whether it took effect", e.Step, e.Index+1)
			if cause := serverWords(e.Err); cause != "" {
				message += ": " + cause
			}
			return failure(ExitUnknown, message, unknownHint(e))
		}),
		on(func(e *run.Changed, line speaker) view.Failure {
			return failure(ExitRefused, e.Error(), changedHint(e, line))
		}),
		on(func(e *run.ForeignKeysBroken, _ speaker) view.Failure {
			hint := "It was rolled back. Look at the rows of %s that refer to nothing."
			if e.Kept {
				hint = "It stays, as it is in no transaction. Mend the rows of %s that refer to nothing, then run the same command again."
			}
			return failure(ExitFailed, e.Error(), fmt.Sprintf(hint, strings.Join(e.Tables, ", ")))
		}),
		stepRule,
		on(func(e *run.ValuesLost, _ speaker) view.Failure {
			return failure(ExitRefused, e.Error(), "Nothing was changed.\n"+valuesHint(e))
		}),
		sentinel(ledger.ErrLeaseLost, ExitBusy, "Somebody else took over after this process gave no sign of life for too long; nothing more was written."),
		sentinel(ledger.ErrRowsChanged, ExitFailed, "Another tool works on this database; let it end, then run the command again."),
		on(func(e *ledger.Garbled, line speaker) view.Failure {
			return failure(ExitFailed, e.Error(), "Something else wrote to this table, or a newer release of manage did. "+garbledHint(e, line))
		}),
	}
}

// garbledHint is what to do about a row that cannot be understood.
func garbledHint(e *ledger.Garbled, line speaker) string {
	remove := fmt.Sprintf("DELETE FROM %s WHERE %s", e.Table, e.Row)
	switch {
	case e.Row == "":
		return "Look at its rows."
	case e.Table == ledger.BackfillTable:
		return "Correct the row, or delete it: then the data migration begins again at its first row. " + remove
	case e.Table == ledger.LeaseTable:
		return "If nobody works on this database, delete the row: " + remove
	case e.Table == ledger.JournalTable:
		return "Correct the value. It says what was run of a revision; if that is not known any more, compare the schema with the catalog before you delete the row: " + line.db("verify")
	}
	return "Correct the row; it names the version that the database has."
}

// stepRule speaks for a statement that failed: in the words of the server, with
// the statement and with what is recorded.
func stepRule(err error, line speaker) (view.Failure, bool) {
	var e *run.StepFailed
	if !errors.As(err, &e) {
		return view.Failure{}, false
	}
	f := failure(ExitFailed, e.Error(), "")
	var lost *run.ValuesLost
	if errors.As(e.Err, &lost) {
		f.Hint = valuesHint(lost)
	}
	var d *database.Error
	if lost == nil && errors.As(e.Err, &d) {
		w := classWords(line)[d.Class]
		f.Code = w.code
		f.Hint = firstOf(d.Hint, w.hint)
	}
	if f.Code == "" {
		f.Code = meaning(ExitFailed).Name
	}
	if d != nil && d.Class == database.ConnectionLost && !e.Applied {
		f.Message = fmt.Sprintf("%s, statement %d: the connection to the server was lost", e.Step, e.Index+1)
	}
	state := "Nothing of this step took effect."
	if e.Applied {
		f.Exit, state = ExitPartly, "What came before it took effect and is recorded; a further run goes on from there."
	}
	if d != nil && d.Class == database.NoSuchWay {
		f.Exit = ExitRefused
	}
	lines := []string{statementLine(e.SQL)}
	for _, b := range e.Blockers {
		lines = append(lines, view.BlockedBy(b))
	}
	f.Hint = strings.Join(nonEmpty(append(lines, state, leftBehind(e), advice(f.Hint))...), "\n")
	return f, true
}

// leftBehind says what became of the indexes that a statement left half built.
func leftBehind(e *run.StepFailed) string {
	var texts []string
	if names := strings.Join(e.Dropped, ", "); names != "" {
		texts = append(texts, fmt.Sprintf("It left the index %s, which was not valid; that was dropped. Nothing is left of it.", names))
	}
	if names := strings.Join(e.Left, ", "); names != "" {
		texts = append(texts, fmt.Sprintf("The index %s is left, and not valid: queries do not use it, writes still keep it up. The next run drops it and builds it again.", names))
	}
	return strings.Join(texts, " ")
}

// valuesHint says how a column gets another type though it has values that the
// type does not.
func valuesHint(e *run.ValuesLost) string {
	hint := "Change these values first, with update_rows or a data migration, or add a column of the new type beside it and move the rows."
	switch {
	case e.Err != nil:
		return hint
	case e.Check.Numbers:
		return "Set the sequence back with setval, if no row has so great a number."
	}
	return "The rows are counted by: " + e.Check.Query + "\n" + hint
}

// serverWords are the words of the server or driver in an error; "" if there
// are none.
func serverWords(err error) string {
	var d *database.Error
	if errors.As(err, &d) {
		return d.Message
	}
	return ""
}

// sentinel makes a rule for an error that carries no data.
func sentinel(target error, exit int, hint string) rule {
	return func(err error, _ speaker) (view.Failure, bool) {
		if !errors.Is(err, target) {
			return view.Failure{}, false
		}
		return failure(exit, err.Error(), hint), true
	}
}

// changedHint says what was done of a revision whose file has changed since.
func changedHint(e *run.Changed, line speaker) string {
	a, done := e.Attempt, ""
	if a.Total > 0 {
		done = fmt.Sprintf("It was begun at %s by %s with %d statements to do, of which %d are done.", clock(a.Started), a.Who, a.Total, a.Done)
	}
	lines := []string{done}
	for i, d := range e.Differences {
		if i == mostDifferences {
			lines = append(lines, fmt.Sprintf("And %d more.", len(e.Differences)-i))
			break
		}
		lines = append(lines, differenceLine(d))
	}
	if e.Compared && len(e.Differences) == 0 {
		lines = append(lines, "What differs is not for this kind of database.")
	}
	advice := "Restore the file as it was then, and run the command again."
	switch {
	case e.Acceptable():
		advice = fmt.Sprintf("Nothing of what differs was executed. To go on with the file as it is now, behind what is done, run the same command with --accept %s.", e.Step)
	case e.Compared:
		advice = "Restore what is done as it was then, and run the command again; put what you want beyond it behind that, or into a revision of its own."
	}
	return strings.Join(nonEmpty(append(lines, advice, "See what was done of it: "+line.db("history"))...), "\n")
}

// mostDifferences bounds how many changed statements are told.
const mostDifferences = 10

// differenceLine says of a statement what it was and what it is.
func differenceLine(d plan.Difference) string {
	what, state := "Statement", "not executed"
	if d.Operation {
		what = "Operation"
	}
	if d.Done {
		state = "executed, or begun"
	}
	return fmt.Sprintf("%s %d (%s) was: %s\n  and is now: %s", what, d.Number, state, written(d.Was), written(d.Now))
}

// written is what stands in a file; nil is nothing.
func written(text *string) string {
	switch {
	case text == nil:
		return "nothing"
	case *text == "":
		return "a text that was not kept"
	}
	return plan.Shortened(*text)
}

func unknownHint(e *run.OutcomeUnknown) string {
	look := "Look at the database whether it took effect."
	if o := e.LookAt; o != nil && o.Kind == plan.KindNothing {
		look = ""
	} else if o != nil {
		state := "is there"
		if !o.Present {
			state = "is gone"
		}
		where := ""
		if o.Table != "" && o.Table != o.Name {
			where = " of table " + o.Table
		}
		look = fmt.Sprintf("Look whether %s %s%s %s: then it took effect.", o.Kind, o.Name, where, state)
	}
	again := "Then run the same command with --resolve applied, which goes on behind that statement, or with --resolve not-applied, which sends it again."
	if e.Settles {
		again = "Running the same command again settles it by such a look."
		if look == "" {
			again = "It can be sent again, which running the same command does."
		}
	}
	return strings.Join(nonEmpty(statementLine(e.SQL), look, again), "\n")
}

// statementLine shows a statement, cut where it gets long.
func statementLine(sql string) string {
	if sql == "" {
		return ""
	}
	const most = 400
	text := strings.TrimSpace(sql)
	if len(text) > most {
		text = text[:most] + "…"
	}
	return "The statement was: " + text
}

// clock is a moment as people at different places read it alike.
func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

func firstOf(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}

func nonEmpty(lines ...string) []string {
	var kept []string
	for _, l := range lines {
		if l != "" {
			kept = append(kept, l)
		}
	}
	return kept
}
