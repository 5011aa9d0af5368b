package cmd

import "slices"

// Doc is what the help and the reference page say of a command beside its
// grammar. It stands in the command's own file.
type Doc struct {
	Does     string   // what it does, in sentences
	Writes   string   // what it writes
	Exits    []int    // the exit codes that are its own
	Examples []string // command lines, without the program's name
}

// documented is a command that says what it does.
type documented interface{ Doc() Doc }

// The exit codes that every command has, and those of commands that write.
func readExits(own ...int) []int {
	return sorted(append(own, ExitDone, ExitFailed, ExitUsage, ExitInterrupted))
}

func writeExits(own ...int) []int {
	return readExits(append(own, ExitRefused, ExitBusy, ExitPartly, ExitUnknown)...)
}

func sorted(codes []int) []int {
	slices.Sort(codes)
	return slices.Compact(codes)
}

// What commands write, in the words that their documentation shares.
const (
	writesNothing    = "Nothing: it needs only the right to read."
	writesSchema     = "The schema, the version table, and the tables manage_journal, manage_lease and, in a catalog with plain SQL, manage_schema."
	writesContract   = "The schema, the version table, and the tables manage_journal, manage_backfill (how far rows are compared), manage_lease and, in a catalog with plain SQL, manage_schema."
	writesRows       = "Rows, and the tables manage_journal, manage_backfill and manage_lease."
	writesAll        = "The schema, rows, the version table, and the tables manage_journal, manage_backfill, manage_lease and, in a catalog with plain SQL, manage_schema."
	opensNothing     = "Nothing: it opens no database."
	programsNotAsked = "The programs of data migrations are not started to be asked, unless --ask-programs is given: one that was not asked counts as due, unless its last run is recorded as finished."
	versionGrammar   = "VERSION is an id or a unique beginning of one, an alias, a release, a number of the older scheme, head, heads, expand@head, contract@head, base, +N or -N, also behind one of these as in head-1."
)
