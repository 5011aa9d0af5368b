// Package ledger keeps the books inside a database: the version rows that
// Alembic would have, the journal of what was run, how far data migrations
// are, and the lease that says who is working. It does not decide anything:
// what the rows mean is for package revision, what to do for package phases.
package ledger

import (
	"context"
	"fmt"
	"time"

	"manage/engine/plan"
)

// Attempt is one attempt at a revision: one row of manage_journal.
//
// The attempts at one revision, read from the newest back, tell where to go on:
// an attempt that did not succeed goes on at Sent. See Confirmed.
type Attempt struct {
	ID        int64
	Revision  string
	Phase     plan.Phase
	Direction plan.Direction
	Checksum  string
	// Outline is what the revision consisted of; empty where the attempt was
	// written by a release that did not keep it.
	Outline plan.Outline
	// Total and Done count the statements of this attempt. Sent is the position
	// of the first statement that is not known to be done.
	Total, Done int
	Sent        plan.Position
	// Confirmed is false while the statement at Sent may be under way: whether
	// it took effect has then to be looked up in the schema. It is true if that
	// statement is known not to have taken effect (it failed, or was never
	// sent), and once the attempt has succeeded.
	Confirmed bool
	Who       string // user@host, pid, version of the tool
	Started   time.Time
	Finished  *time.Time // nil while it runs or after it was cut off
	Error     string
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
	Batch     int64  // rows that a batch spans now; 0 if unknown
	Waiting   string // why it pauses; "" while it does not
	// Speed is rows per second of late, in the run that wrote this; 0 while
	// unknown. Thousandths are kept.
	Speed float64
	// Row is the condition that selects the row it was read from, as SQL.
	Row string
}

// Garbled is the error of a column, which is the position or the range, that
// whoever keeps the position cannot understand.
func (p Progress) Garbled(column string, cause error) *Garbled {
	value := p.Position
	if column == "key_range" {
		value = p.Range
	}
	return &Garbled{Table: BackfillTable, Row: p.Row, Column: column, Value: shown(value), Err: cause}
}

// GarbledSent is the error of an attempt that stands at a place which its
// revision does not have.
func (a Attempt) GarbledSent() *Garbled {
	return &Garbled{Table: JournalTable, Row: fmt.Sprintf("revision = '%s' AND id = %d", a.Revision, a.ID), Column: "sent_operation", Value: fmt.Sprint(a.Sent.Operation)}
}

// Lease is the one row that says who is working on a catalog's database.
type Lease struct {
	Holder   string // user@host, pid, version of the tool
	Session  string // where he works: his session on the server, his process
	Token    int64  // grows with each holder
	Doing    string
	Acquired time.Time
	Beat     time.Time // last heartbeat, by the database's clock
	Expires  time.Time // by the database's clock
	// Expired is the database's own judgement of Expires when it was read, and
	// Now what its clock said then.
	Expired bool
	Now     time.Time
}

// Silent is how long the holder had given no sign of life when the lease was
// read.
func (l Lease) Silent() time.Duration { return max(0, l.Now.Sub(l.Beat)) }

// Succeeded reports whether the attempt went through to its end.
func (a Attempt) Succeeded() bool { return a.Finished != nil && a.Error == "" }

// Completion is all that is written when a revision is done.
type Completion struct {
	// Attempt is the journal row. If its ID is 0 the attempt was never
	// started in the journal and a finished row is inserted; else that row is
	// finished. Started is only used for how long ago it was.
	Attempt Attempt
	// Rows are the version rows from now on; nil leaves them alone.
	Rows []string
	// Next, if set, is the attempt that begins now, as for Start: one write
	// then says both, that this revision is done and that the next is under way.
	Next *Attempt
}

// Part is a group of tables that Prepare makes.
type Part int

// The parts of the books. The lease and the journal are always made.
const (
	Versions  Part = iota // the version table
	Positions             // manage_backfill
	Schemas               // manage_schema
)

// Store reads and writes the books. A SQL store works through one session: a
// write takes part in the transaction that is open on it, and is a transaction
// of its own if there is none. Reads never create a table; a table that is not
// there reads as empty. A row that cannot be understood is a *Garbled error.
//
// Every write carries the lease's token and is refused with ErrLeaseLost,
// having written nothing, if the lease has another one by then. A write also
// extends the lease by the time to live that it was last taken or extended
// with. The caller rolls back a transaction in which a write failed.
type Store interface {
	// Rows returns the version rows, sorted; found is false if the version
	// table does not exist.
	Rows(ctx context.Context) (rows []string, found bool, err error)
	// SetRows makes rows the version rows, touching only those that differ.
	// It is ErrRowsChanged if they are not what this store last read or wrote.
	SetRows(ctx context.Context, token int64, rows []string) error

	// Attempts returns the journal, oldest first.
	Attempts(ctx context.Context) ([]Attempt, error)
	// Start writes a new attempt: revision, phase, direction, checksum,
	// outline, total, done, sent, confirmed and who are taken from a.
	Start(ctx context.Context, token int64, a Attempt) (id int64, err error)
	// Mark notes that done statements are finished and sent is under way.
	Mark(ctx context.Context, token int64, id int64, done int, sent plan.Position) error
	// Finish closes an attempt; cause is nil if it succeeded. What was under
	// way is known to have come back.
	Finish(ctx context.Context, token int64, id int64, done int, cause error) error
	// Complete finishes an attempt and sets the version rows, in as few
	// messages to the server as it can. It returns the ID of c.Next, or 0.
	Complete(ctx context.Context, token int64, c Completion) (next int64, err error)

	Progress(ctx context.Context) ([]Progress, error)
	// SaveProgress writes one range's progress. Started and Updated are the
	// database's: a range starts when its row is made, and anew where Started is
	// the zero time. Finished is taken as a yes or no.
	SaveProgress(ctx context.Context, token int64, p Progress) error

	// SchemaRecord returns the record of the schema; nil if there is none.
	SchemaRecord(ctx context.Context) (*SchemaRecord, error)
	// SaveSchemaRecord writes it. Prepare makes its table.
	SaveSchemaRecord(ctx context.Context, token int64, r SchemaRecord) error

	// Lease returns the lease, nil if nobody ever took one or it was given back.
	Lease(ctx context.Context) (*Lease, error)
	// Acquire takes the lease by compare-and-swap if it is free or expired.
	// It reports false if somebody holds it, or took it at the same moment.
	Acquire(ctx context.Context, holder, session, doing string, ttl time.Duration) (Lease, bool, error)
	// Seize takes the lease from a holder who is known to be dead, whether or
	// not it has expired. It reports false if the lease is not his any more.
	Seize(ctx context.Context, dead Lease, holder, session, doing string, ttl time.Duration) (Lease, bool, error)
	// Extend prolongs the lease; an empty doing leaves that text as it is.
	Extend(ctx context.Context, token int64, doing string, ttl time.Duration) error
	// Move notes another session as the one where the holder works.
	Move(ctx context.Context, token int64, session string) error
	Release(ctx context.Context, token int64) error

	// Prepare makes the tables that are missing: lease and journal, and those
	// of the parts named. It is called before the first write and outside of
	// any transaction, never by a read-only command. Many may call it at once.
	Prepare(ctx context.Context, parts ...Part) error
}
