package plan

import (
	"fmt"
	"strings"
)

// SideEffect is what a step does to an object that none of its operations
// names.
type SideEffect struct {
	// Step is the revision or data migration.
	Step string
	// Kind and Name are the object's, such as "view" and "prices"; On is the
	// table that it belongs to, "" if it belongs to none.
	Kind, Name, On string
	// Table is the table that the step changes, and Column its column, "" where
	// the step changes the whole table or its rows.
	Table, Column string
	// Does is what the step does to Table and Column, as a verb: "removes",
	// "renames", "updates", "inserts into", "deletes from", "changes the type of",
	// "changes the values of".
	Does string
	// Via is the view by way of which it does; "" for none.
	Via string
	// Outcome is what becomes of the object.
	Outcome Outcome
}

// Outcome is what becomes of an object that a step does not name.
type Outcome string

// The outcomes.
const (
	// Goes: the server removes the object together with what the step removes.
	Goes Outcome = "goes"
	// Shrinks: the index loses the column and stays, as on MySQL and MariaDB.
	Shrinks Outcome = "shrinks"
	// Breaks: the object stays, and fails from then on, or does so on the way
	// to the name that is gone.
	Breaks Outcome = "breaks"
	// Refuses: the server refuses the step's statement as long as the object is
	// there.
	Refuses Outcome = "refuses"
	// Fires: the object runs for the rows that the step writes.
	Fires Outcome = "fires"
	// Unread: the account cannot read the object's definition, so that it may
	// break.
	Unread Outcome = "unread"
)

// words are the object, and what it depends on, for a sentence.
func (e SideEffect) words() (object, what string) {
	object = strings.TrimSpace(e.Kind + " " + e.Name)
	if e.On != "" {
		object += " of " + e.On
	}
	if what = e.Table; e.Column != "" {
		what += "." + e.Column
	}
	return object, what
}

// Refusal says why the step cannot be run, where the outcome is Refuses; it is
// no whole sentence.
func (e SideEffect) Refusal() string {
	object, what := e.words()
	verb, rest, _ := strings.Cut(e.Does, " ")
	return fmt.Sprintf("%s cannot %s %s while the %s uses it", e.Step, strings.TrimSpace(strings.TrimSuffix(verb, "s")+" "+rest), what, object)
}

// String is the side effect in one sentence.
func (e SideEffect) String() string {
	object, what := e.words()
	change := fmt.Sprintf("%s, which %s %s", what, e.Step, e.Does)
	switch {
	case e.Outcome == Goes:
		return fmt.Sprintf("The %s uses %s: the server removes it too.", object, change)
	case e.Outcome == Shrinks:
		return fmt.Sprintf("The %s contains %s: the server removes the column from it.", object, change)
	case e.Outcome == Breaks && e.Kind == "trigger":
		return fmt.Sprintf("The %s names %s: writes that call it may fail from then on. Change it before, or drop it.", object, change)
	case e.Outcome == Breaks && e.Via != "":
		return fmt.Sprintf("The %s names the view %s, which names %s: it may fail from then on. Change it before, or drop it.", object, e.Via, change)
	case e.Outcome == Breaks:
		return fmt.Sprintf("The %s names %s: it may fail from then on. Change it before, or drop it.", object, change)
	case e.Outcome == Refuses:
		return fmt.Sprintf("The %s uses %s: that is refused while it is there. Change it before, or drop it.", object, change)
	case e.Outcome == Fires:
		return fmt.Sprintf("The %s fires when %s %s %s.", object, e.Step, e.Does, what)
	case e.Outcome == Unread && e.Name == "":
		if e.Does != "removes" && e.Does != "renames" {
			return fmt.Sprintf("This account may not see the %s: one may fire when %s %s %s.", object, e.Step, e.Does, what)
		}
		return fmt.Sprintf("This account may not see the %s: one may name %s.", object, change)
	case e.Outcome == Unread:
		return fmt.Sprintf("This account cannot read the definition of the %s: it may name %s.", object, change)
	}
	return object
}
