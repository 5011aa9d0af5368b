// Package compare looks, before something is removed, whether the new place of
// rows holds what the old place says: range of keys by range of keys, with
// queries that only read and take the time of a batch each, each by itself, so
// that nobody notices. What is compared, and when, is for package phases.
package compare

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"time"

	"manage/engine/database"
	"manage/engine/ledger"
	"manage/engine/plan"
	"manage/engine/run"
	"manage/phases/backfill"
)

// How many rows are compared.
const (
	All    = "all"
	Sample = "sample" // one range of keys in twenty, the first among them
	None   = "none"
)

// oneIn is how many ranges a sample takes one of.
const oneIn = 20

// most is how many keys of rows that differ are shown.
const most = 5

// Compared is the event after a range of keys, and, with Done, after the last.
type Compared struct {
	backfill.Batched
	Check plan.RowCheck
	Done  bool
}

// Says is what a comparison is called while it runs.
func Says(c plan.RowCheck) string { return "Comparing " + c.What }

// Differ is rows whose new place does not hold what the old place says.
type Differ struct {
	Check    plan.RowCheck
	Rows     int64    // how many differ
	Keys     []string // of the first of them
	Compared int64    // how many were compared
	Query    string   // what finds them
}

func (e *Differ) Error() string {
	keys := strings.Join(e.Keys, ", ")
	if more := e.Rows - int64(len(e.Keys)); more > 0 {
		keys += fmt.Sprintf(" and %d more", more)
	}
	compared := fmt.Sprintf("%d rows", e.Compared)
	if e.Check.Sampled {
		compared = fmt.Sprintf("a sample of %d rows", e.Compared)
	}
	return fmt.Sprintf("%d of %s of %s differ, comparing %s: %s %s",
		e.Rows, compared, e.Check.Table, e.Check.What, strings.Join(e.Check.Key, ", "), keys)
}

// Failed is a comparison that the server rejects.
type Failed struct {
	Check plan.RowCheck
	Err   error
}

func (e *Failed) Error() string { return fmt.Sprintf("comparing %s: %v", e.Check.What, e.Err) }
func (e *Failed) Unwrap() error { return e.Err }

// Fresh is how old the position of an interrupted comparison may be. What lies
// before it was not looked at since.
const Fresh = time.Hour

// Named reports whether a position in the ledger is that of a comparison.
func Named(position string) bool { return strings.HasPrefix(position, prefix) }

// Name is what the position of a comparison is kept under.
func Name(of string) string { return prefix + of }

const prefix = "rows of "

// Run compares rows, and returns how many, with those of the run that it goes on
// behind. o says how long a query should take, how long to pause between two,
// what to wait for, and when to stop; its events are Compared and
// backfill.Paused, both under the name that Says gives. Run goes on where an interrupted run of the same comparison
// was, unless that is long ago; one that came to its end is made anew. The
// error is a *Differ if rows differ, a *Failed if they cannot be compared, or one
// of backfill.Read.
func Run(ctx context.Context, held *run.Held, c plan.RowCheck, o backfill.Options) (int64, error) {
	w := &walk{check: c, ranges: backfill.NewRanges(o.Time)}
	w.at = place{Of: w.of()}
	var estimate int64
	err := held.Read(ctx, func(ctx context.Context, sess database.Session) (err error) {
		if w.span, err = (backfill.Span{Table: c.Table, Key: c.Key}).Exact(ctx, sess); err == nil {
			estimate = backfill.Size(ctx, sess, c.Table)
		}
		return w.failed(err)
	})
	if err != nil {
		return 0, err
	}
	o.Events = w.telling(o.Events)
	err = backfill.Read(ctx, held, backfill.Reading{Name: c.Name, Says: Says(c), Estimate: estimate, Usable: w.usable, Batch: w.batch}, o)
	if w.tell != nil {
		w.tell(Compared{Batched: backfill.Batched{Migration: Says(c), Rows: w.at.Rows}, Check: c, Done: true})
	}
	if err != nil || w.at.Differ == 0 {
		return w.at.Rows, err
	}
	return w.at.Rows, &Differ{Check: c, Rows: w.at.Differ, Keys: w.at.Keys, Compared: w.at.Rows, Query: Query(held.Session(), c)}
}

// walk is one run of a comparison.
type walk struct {
	check  plan.RowCheck
	span   backfill.Span
	ranges *backfill.Ranges
	at     place // after the last batch
	tell   func(any)
}

// place is how far a comparison is, as the ledger keeps it.
type place struct {
	// Of tells what is compared, and how: the position is of no use to another.
	Of     uint32   `json:"of"`
	After  []any    `json:"after,omitempty"` // the last key that was handled
	Ranges int      `json:"ranges"`
	Rows   int64    `json:"rows"` // compared
	Differ int64    `json:"differ,omitempty"`
	Keys   []string `json:"keys,omitempty"` // of the first rows that differ
}

// of is the figure for what is compared, and how.
func (w *walk) of() uint32 {
	c := w.check
	return crc32.ChecksumIEEE(fmt.Appendf(nil, "%s %q %q %s %t", c.Table, c.Key, c.Where, c.Agrees, c.Sampled))
}

// usable reports whether an interrupted run compared the same, a while ago.
func (w *walk) usable(p ledger.Progress) (bool, error) {
	if p.Position == "" {
		return false, nil
	}
	at, err := w.place(p.Position)
	if err != nil {
		return false, p.Garbled("position", err)
	}
	return at.Of == w.of() && time.Since(p.Updated) < Fresh, nil
}

// place reads a position. Where it is that of this comparison, its key can be
// written into statements.
func (w *walk) place(position string) (at place, err error) {
	if err := backfill.Decode(position, &at); err != nil {
		return at, err
	}
	if at.Rows < 0 || at.Differ < 0 || at.Differ > at.Rows || at.Ranges < 0 || len(at.Keys) > most {
		return at, errors.New("its numbers cannot be")
	}
	if at.Of != w.of() {
		return at, nil
	}
	return at, w.span.Readable(at.After)
}

// telling makes Compared of the events of batches.
func (w *walk) telling(events func(any)) func(any) {
	if events == nil {
		return nil
	}
	w.tell = events
	return func(e any) {
		if b, ok := e.(backfill.Batched); ok {
			e = Compared{Batched: b, Check: w.check}
		}
		events(e)
	}
}

// batch compares the range of keys behind a position.
func (w *walk) batch(ctx context.Context, sess database.Session, position string) (backfill.Batch, error) {
	began, at := time.Now(), place{Of: w.of()}
	if position != "" {
		var err error
		if at, err = w.place(position); err != nil {
			return backfill.Batch{}, fmt.Errorf("the recorded position of %s, %q, cannot be understood: %w", w.check.Name, position, err)
		}
	}
	before := at.Rows
	first, last, err := w.ranges.From(ctx, sess, w.span, at.After)
	if err == nil && first != nil && (!w.check.Sampled || at.Ranges%oneIn == 0) {
		err = w.compare(ctx, sess, &at, last)
	}
	done := first == nil
	if err == nil && !done {
		at.After = last
		at.Ranges++
		done, err = w.span.End(ctx, sess, last)
	}
	if err != nil {
		return backfill.Batch{}, w.failed(err)
	}
	w.ranges.Adapt(time.Since(began))
	w.at = at
	text, err := json.Marshal(at)
	return backfill.Batch{Rows: at.Rows - before, Position: string(text), Done: done}, err
}

// compare counts the rows that differ up to the key last, and keeps the keys of
// the first.
func (w *walk) compare(ctx context.Context, sess database.Session, at *place, last []any) error {
	rows, err := sess.QueryContext(ctx, counting(sess, w.check, at.After, last))
	if err != nil {
		return err
	}
	var compared, differ int64
	if rows.Next() {
		err = rows.Scan(&compared, &differ)
	}
	if err := errors.Join(err, rows.Err(), rows.Close()); err != nil {
		return err
	}
	at.Rows += compared
	at.Differ += differ
	wanted := most - len(at.Keys)
	if differ == 0 || wanted <= 0 {
		return nil
	}
	keys, err := w.span.Keys(ctx, sess, within(sess, w.check, at.After, last)+" AND "+differs(w.check), wanted)
	for _, k := range keys {
		at.Keys = append(at.Keys, shown(k))
	}
	return err
}

// shown is a key as people write it.
func shown(key []any) string {
	var parts []string
	for _, v := range key {
		_, text, _ := strings.Cut(fmt.Sprint(v), ":")
		parts = append(parts, text)
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// failed names the comparison that an error is of. A lost connection is none of
// its own, nor is a lock.
func (w *walk) failed(err error) error {
	others := []database.Class{database.ConnectionLost, database.Unreachable, database.LockTimeout, database.Deadlock, database.HiddenRows}
	if err == nil || slices.Contains(others, database.ClassOf(err)) {
		return err
	}
	return &Failed{Check: w.check, Err: err}
}
