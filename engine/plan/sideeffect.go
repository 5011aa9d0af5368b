package plan

import "fmt"

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
	// "renames", "updates", "inserts into", "deletes from".
	Does string
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

// String is the side effect in one sentence.
func (e SideEffect) String() string {
	object := e.Kind + " " + e.Name
	if e.On != "" {
		object += " of " + e.On
	}
	what := e.Table
	if e.Column != "" {
		what += "." + e.Column
	}
	switch e.Outcome {
	case Goes:
		return fmt.Sprintf("The %s uses %s, which %s %s: the server removes it too.", object, what, e.Step, e.Does)
	case Shrinks:
		return fmt.Sprintf("The %s contains %s, which %s %s: the server removes the column from it.", object, what, e.Step, e.Does)
	case Breaks:
		if e.Kind == "trigger" {
			return fmt.Sprintf("The %s names %s, which %s %s: writes that call it may fail from then on. Change it before, or drop it.", object, what, e.Step, e.Does)
		}
		return fmt.Sprintf("The %s names %s, which %s %s: it may fail from then on. Change it before, or drop it.", object, what, e.Step, e.Does)
	case Refuses:
		return fmt.Sprintf("The %s uses %s, which %s %s: the server refuses that. Change it before, or drop it.", object, what, e.Step, e.Does)
	case Fires:
		return fmt.Sprintf("The %s runs for each row that %s %s %s.", object, e.Step, e.Does, what)
	case Unread:
		return fmt.Sprintf("The definition of the %s cannot be read by this account: it may name %s, which %s %s.", object, what, e.Step, e.Does)
	}
	return object
}
