package phases

import (
	"fmt"
	"strings"

	"manage/engine/plan"
	"manage/schema"
)

// Refused is work that a rule does not allow now: a gate, a guard, a finding.
// Nothing was changed.
type Refused struct {
	Reason string // one sentence without a full stop
	Next   string // the command that is due instead, such as "migrate"; "" if none is
	Hint   string // what to do, where no command does it
}

func (e *Refused) Error() string { return e.Reason }

// Ahead is a database with a version that the catalog does not know: a newer
// release was here. Nothing was changed.
type Ahead struct {
	Unknown []string // the versions that are not known
	Newest  []string // the newest that are
}

func (e *Ahead) Error() string {
	return fmt.Sprintf("the database is at %s, which this catalog does not know; the newest it knows is %s",
		strings.Join(e.Unknown, ", "), strings.Join(e.Newest, ", "))
}

// Mismatch is an unversioned schema that equals no revision's. Nothing was
// changed.
type Mismatch struct {
	Nearest     []string // the nearest position, as a composite version; empty: an empty database
	Differences []schema.Difference
	// Beyond is the first position whose schema cannot be told, because plain
	// SQL leads to it; "" if there is none.
	Beyond string
}

func (e *Mismatch) Error() string {
	nearest := "an empty database"
	if len(e.Nearest) > 0 {
		nearest = strings.Join(e.Nearest, ", ")
	}
	text := fmt.Sprintf("the database has tables but no version, and its schema is that of no revision; the nearest is %s, from which it differs in %d places",
		nearest, len(e.Differences))
	if e.Beyond != "" {
		text += fmt.Sprintf(" (from %s on, the schema cannot be told without running the catalog's plain SQL)", e.Beyond)
	}
	return text
}

// Blocking is a statement that would keep writers waiting while the service
// runs, which was not allowed. Nothing was changed.
type Blocking struct {
	Revision  string
	Statement plan.Statement
}

func (e *Blocking) Error() string {
	whom, how := "writers", "reads"
	if e.Statement.Blocks == plan.BlocksAll {
		whom = "readers and writers"
	}
	if e.Statement.Rewrites {
		how = "copies"
	}
	return fmt.Sprintf("%s would keep %s waiting while the server %s the table", e.Revision, whom, how)
}

// Changed are applied revisions whose files mean something else by now.
type Changed struct {
	IDs   []string
	Files []string // of these revisions, in the same order
}

func (e *Changed) Error() string {
	text := "already applied and changed since: "
	for i, id := range e.IDs {
		if i > 0 {
			text += ", "
		}
		if text += id; i < len(e.Files) {
			text += " (" + e.Files[i] + ")"
		}
	}
	return text
}
