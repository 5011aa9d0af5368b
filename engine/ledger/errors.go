package ledger

import (
	"errors"
	"fmt"
)

// ErrLeaseLost is returned by every write under a token that is no longer the
// lease's: somebody else took over. Nothing was written.
var ErrLeaseLost = errors.New("the lease was lost to another holder")

// ErrRowsChanged is returned when version rows are not what this store last
// read or wrote: another tool changed them meanwhile. Nothing was written.
var ErrRowsChanged = errors.New("the version rows were changed by somebody else meanwhile")

// ErrNoAttempt is returned when a journal row that is to be changed is not
// there.
var ErrNoAttempt = errors.New("the attempt is not in the journal")

// Garbled is a row of the books that cannot be understood: written by
// something else, or by a newer release of this tool.
type Garbled struct {
	Table string
	// Row is the condition that selects the row, as SQL; "" if it is not known.
	Row    string
	Column string // "" if the row could not be read at all
	Value  string
	Err    error
}

func (e *Garbled) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("table %s holds a row that cannot be read: %v", e.Table, e.Err)
	}
	row := ""
	if e.Row != "" {
		row = " of the row where " + e.Row
	}
	return fmt.Sprintf("table %s, column %s%s, holds %q, which cannot be understood", e.Table, e.Column, row, e.Value)
}

// Unwrap returns the cause, if there is one.
func (e *Garbled) Unwrap() error { return e.Err }
