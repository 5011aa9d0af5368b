// Package ledger keeps the books inside a database: the version rows that
// Alembic would have, the journal of what was run, how far data migrations
// are, and the lease that says who is working. It does not decide anything:
// what the rows mean is for package revision, what to do for package phases.
package ledger

import (
	"context"
	"errors"
	"time"

	"manage/engine/plan"
)

// ErrLeaseLost is returned by every write under a token that is no longer the
// lease's: somebody else took over. Nothing was written.
var ErrLeaseLost = errors.New("the lease was lost to another holder")

// Attempt is one attempt at a revision: one row of manage_journal.
type Attempt struct {
	ID        int64
	Revision  string
	Phase     plan.Phase
	Direction plan.Direction
	Checksum  string
	// Total and Done count statements. Sent is the position of the statement
	// that was sent last, and Confirmed whether it came back.
	Total, Done int
	Sent        plan.Position
	Confirmed   bool
	Who         string // user@host, pid, version of the tool
	Started     time.Time
	Finished    *time.Time // nil while it runs or after it was cut off
	Error       string
}

// Progress is how far one key range of a data migration is: one row of
// manage_backfill.
type Progress struct {
	Migration string
	Range     string // "" while a migration has a single range
	Position  string // opaque to the ledger
	Rows      int64
	Estimate  int64
	Started   time.Time
	Updated   time.Time
	Finished  *time.Time
}

// Lease is the one row that says who is working on a catalog's database.
type Lease struct {
	Holder   string // user@host, pid, version of the tool
	Session  string // the server session that works
	Token    int64  // grows with each holder
	Doing    string
	Acquired time.Time
	Beat     time.Time // last heartbeat, by the database's clock
	Expires  time.Time // by the database's clock
	// Expired is the database's own judgement of Expires when it was read.
	Expired bool
}

// Store reads and writes the books. A SQL store works through one session: a
// write takes part in the transaction that is open on it. Reads never create a
// table; a table that is not there reads as empty.
type Store interface {
	// Rows returns the version rows, sorted; found is false if the version
	// table does not exist.
	Rows(ctx context.Context) (rows []string, found bool, err error)
	// SetRows makes rows the version rows, touching only those that differ.
	SetRows(ctx context.Context, token int64, rows []string) error

	Attempts(ctx context.Context) ([]Attempt, error)
	Start(ctx context.Context, token int64, a Attempt) (id int64, err error)
	// Mark notes that done statements are finished and sent is under way.
	Mark(ctx context.Context, token int64, id int64, done int, sent plan.Position) error
	// Finish closes an attempt; cause is nil if it succeeded.
	Finish(ctx context.Context, token int64, id int64, done int, cause error) error

	Progress(ctx context.Context) ([]Progress, error)
	SaveProgress(ctx context.Context, token int64, p Progress) error

	// Lease returns the lease, nil if nobody ever took one or it was given back.
	Lease(ctx context.Context) (*Lease, error)
	// Acquire takes the lease by compare-and-swap if it is free or expired.
	// It reports false if somebody holds it.
	Acquire(ctx context.Context, holder, session, doing string, ttl time.Duration) (Lease, bool, error)
	Extend(ctx context.Context, token int64, doing string, ttl time.Duration) error
	Release(ctx context.Context, token int64) error

	// Prepare makes the tables that are missing. It is called before the
	// first write, never by a read-only command.
	Prepare(ctx context.Context) error
}
