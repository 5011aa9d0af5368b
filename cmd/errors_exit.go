package cmd

// The exit codes of manage. Scripts depend on them.
const (
	ExitDone        = 0
	ExitFailed      = 1
	ExitUsage       = 2
	ExitExpand      = 3
	ExitMigrate     = 4
	ExitContract    = 5
	ExitRefused     = 6
	ExitBusy        = 7
	ExitPartly      = 8
	ExitUnknown     = 9
	ExitInterrupted = 130
)

// ExitMeaning is one row of the table of exit codes, from which help texts and
// the reference page are made.
type ExitMeaning struct {
	Code    int
	Name    string // the code of the error document, where it is an error
	Meaning string
	Todo    string // what somebody who sees the code does next
}

// ExitMeanings returns the table of exit codes, in order.
func ExitMeanings() []ExitMeaning {
	return []ExitMeaning{
		{ExitDone, "done", "done, or nothing to do", "nothing"},
		{ExitFailed, "failed", "failed; the database is as the message says", "mend what the message names, run it again"},
		{ExitUsage, "usage", "wrong usage, catalog or configuration; nothing was done", "correct the command, the catalog or the configuration"},
		{ExitExpand, "expand", "`check`: expand, upgrade or sync is next", "run the command that is named"},
		{ExitMigrate, "migrate", "`check`: a data migration is due", "run `manage db migrate`"},
		{ExitContract, "contract", "`check`: contract is next", "run `manage db contract` when no node of the old release is left"},
		{ExitRefused, "refused", "refused by a gate, a guard, a hazard or a finding; nothing was done", "do what the message says first"},
		{ExitBusy, "busy", "another holder has the lease", "wait for it, or look who it is with `manage db lease`"},
		{ExitPartly, "partly", "interrupted or partly done; what is done is recorded", "run the same command again to go on"},
		{ExitUnknown, "unknown", "the outcome of a statement is unknown", "look at what the message names, then run it again"},
		{ExitInterrupted, "interrupted", "interrupted before the first change; nothing was changed", "run it again"},
	}
}

// meaning returns the row of a code; a code that is not in the table has none.
func meaning(code int) ExitMeaning {
	for _, m := range ExitMeanings() {
		if m.Code == code {
			return m
		}
	}
	return ExitMeaning{Code: code}
}

// exitWith ends a command that has said all it had to say with a code.
type exitWith struct{ code int }

func (e exitWith) Error() string { return meaning(e.code).Meaning }

// exitCode turns the code that a result carries into what Run returns.
func exitCode(code int) error {
	if code == ExitDone {
		return nil
	}
	return exitWith{code}
}
