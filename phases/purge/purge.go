// Package purge removes soft-deleted rows and orphans from a service's
// database. What these words mean for a service is data, in its catalog's
// purge.toml; what refers to what is asked of the live schema. It owns the
// rules and the order of the deletions. Whether a person agrees to them, and in
// what words, is for callers.
//
// A purge looks first: Look says what would be removed and what stands in the
// way, and writes nothing. Delete then removes exactly that, children before
// parents, in ranges of keys, each in a transaction of its own. A row that
// something has come to refer to since stays.
package purge

import (
	"context"
	"fmt"
	"strings"
	"time"

	"manage/engine/database"
	"manage/engine/run"
	"manage/migrations/catalog"
	"manage/phases/backfill"
)

// progressName is what the ledger and the events call a purge.
const progressName = "purge"

// Service is one catalog on one database.
type Service struct {
	Catalog *catalog.Catalog
	DB      database.DB
	// Run says how long to wait for locks, for the lease and between beats.
	Run run.Options
	// Time is how long a batch should take, at most 50 ms; 0 for that.
	Time time.Duration
	// Faults breaks a run at a chosen point; nil outside tests.
	Faults run.Faults
	// Events is told of everything that happens: values of run.Event,
	// backfill.Batched, Deleted, Sweeping and Swept. Nil to hear nothing.
	Events func(any)
}

// Request is what a purge was asked for.
type Request struct {
	// Before bounds the time of deletion of what is purged for its own age, by
	// its wall clock; nil for no bound.
	Before *time.Time
	// Root is the one object to be purged, with what belongs to it; nil for all.
	Root *Root
	// ExcludeOrphans leaves live objects alone whose parents are not live.
	ExcludeOrphans bool
}

// Root names one object.
type Root struct {
	Kind string // by its name in purge.toml
	Word string // its UUID, or its name
}

// Count is how many objects of a kind there are.
type Count struct {
	Kind  string // its name
	Title string
	N     int64
}

// Counts are those of all kinds, in their order.
type Counts []Count

// Total is the sum of all.
func (c Counts) Total() int64 {
	var n int64
	for _, k := range c {
		n += k.N
	}
	return n
}

// NoRules is a catalog that does not say what a purge removes.
type NoRules struct{ Catalog string }

func (e *NoRules) Error() string {
	return fmt.Sprintf("the catalog %s has no purge.toml, which says what a purge removes", e.Catalog)
}

// MissingTables are tables that a purge looks at and that are not there.
type MissingTables struct{ Tables []string }

func (e *MissingTables) Error() string {
	return fmt.Sprintf("tables that a purge looks at are not there: %s", strings.Join(e.Tables, ", "))
}

// UnknownKind is a kind that purge.toml does not have.
type UnknownKind struct {
	Word  string
	Known []string
}

func (e *UnknownKind) Error() string { return fmt.Sprintf("there is no kind %q", e.Word) }

// Kept is a kind whose objects are never purged.
type Kept struct{ Kind, Why string }

func (e *Kept) Error() string { return fmt.Sprintf("a purge removes no %s: %s", e.Kind, e.Why) }

// NotFound is a root that is not there, or is there more than once.
type NotFound struct {
	Kind  string // one object, as in "Goal"
	Word  string
	Found int
}

func (e *NotFound) Error() string {
	if e.Found > 1 {
		return fmt.Sprintf("%s %s was found %d times", e.Kind, e.Word, e.Found)
	}
	return fmt.Sprintf("%s %s could not be found", e.Kind, e.Word)
}

// NotDeleted is a root that is not soft-deleted.
type NotDeleted struct{ Kind, Word string }

func (e *NotDeleted) Error() string {
	return fmt.Sprintf("The %s resource %s is not soft deleted", e.Kind, e.Word)
}

// NoGroups is a purge that is to be limited where the catalog has no groups of
// objects to cut at.
type NoGroups struct {
	Catalog      string
	Total, Limit int64
}

func (e *NoGroups) Error() string {
	return fmt.Sprintf("there are %d objects to purge, more than %d, and the catalog %s has no groups to cut them at", e.Total, e.Limit, e.Catalog)
}

// InTheWay is a row that refers to one that would be purged.
type InTheWay struct {
	Table, Row string // the row, by its key, as in "id 5"; "" if the table has none
	Columns    string // what refers
	RefTable   string
	RefRow     string // what it refers to, as in "id 7"
}

func (r InTheWay) String() string {
	row := strings.TrimSpace(r.Table + " " + r.Row)
	return fmt.Sprintf("%s (%s) refers to %s %s", row, r.Columns, r.RefTable, r.RefRow)
}

// mostInTheWay bounds how many rows are named.
const mostInTheWay = 10

// Blocked is a purge that would leave broken references.
type Blocked struct {
	Rows []InTheWay
	More bool // there are more than are named
	// Deleted is how many rows were removed before; 0 if it was seen in time.
	Deleted int64
}

func (e *Blocked) Error() string {
	var rows []string
	for _, r := range e.Rows {
		rows = append(rows, r.String())
	}
	text := "rows that stay refer to rows that would be purged: " + strings.Join(rows, "; ")
	if e.More {
		text += "; and more"
	}
	return text
}

// rules are those of the catalog.
func (s *Service) rules() (*catalog.Purge, error) {
	if s.Catalog.Purge == nil {
		return nil, &NoRules{Catalog: s.Catalog.Name}
	}
	return s.Catalog.Purge, nil
}

// Look finds what a request selects. It writes nothing.
func (s *Service) Look(ctx context.Context, req Request) (*Selection, error) {
	rules, err := s.rules()
	if err != nil {
		return nil, err
	}
	sess, err := s.DB.Session(ctx)
	if err != nil {
		return nil, err
	}
	defer sess.Close()
	l := newLooker(sess, rules.Kinds)
	if err := l.inspect(ctx, s.DB.Schema()); err != nil {
		return nil, err
	}
	if err := l.find(ctx, rules, req); err != nil {
		return nil, err
	}
	return l.selection, nil
}

// longestBatch is the time of a batch. A deletion locks rows and the gaps
// between them, where an update of a data migration locks only rows, so that
// more of the others wait for it.
const longestBatch = 50 * time.Millisecond

// ranges cut the deletions into batches.
func (s *Service) ranges() *backfill.Ranges {
	if s.Time <= 0 || s.Time > longestBatch {
		return backfill.NewRanges(longestBatch)
	}
	return backfill.NewRanges(s.Time)
}

// tell hands an event on.
func (s *Service) tell(e any) {
	if s.Events != nil {
		s.Events(e)
	}
}
