// Package compare looks, before something is removed, whether the new place of
// rows holds what the old place says: range of keys by range of keys, with
// queries that only read and take the time of a batch each, each by itself, so
// that nobody notices. What is compared, and when, is for package phases.
package compare

import (
	"context"
	"encoding/json"
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

// Options says how rows are compared.
type Options struct {
	// Rows is All (also ""), or Sample. For None there is nothing to run.
	Rows string
	// Time is how long a query should take; 0 for 100 ms.
	Time time.Duration
	// Events is told of each range (a Compared value); nil to hear nothing.
	Events func(any)
}

// Compared is the event after a range of keys, and at the end.
type Compared struct {
	Check   plan.RowCheck
	Rows    int64 // compared so far
	Differ  int64
	Started time.Time // by this run
	Took    time.Duration
	Done    bool
}

// Differ is rows whose new place does not hold what the old place says.
type Differ struct {
	Check plan.RowCheck
	Rows  int64    // how many differ
	Keys  []string // of the first of them
	// Compared is how many rows were compared; Sampled is true if not all were.
	Compared int64
	Sampled  bool
	Query    string // what finds them
}

func (e *Differ) Error() string {
	keys := strings.Join(e.Keys, ", ")
	if more := e.Rows - int64(len(e.Keys)); more > 0 {
		keys += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("%d of %d rows of %s differ, comparing %s: %s %s",
		e.Rows, e.Compared, e.Check.Table, e.Check.What, strings.Join(e.Check.Key, ", "), keys)
}

// Failed is a comparison that the server rejects.
type Failed struct {
	Check plan.RowCheck
	Err   error
}

func (e *Failed) Error() string { return fmt.Sprintf("comparing %s: %v", e.Check.What, e.Err) }
func (e *Failed) Unwrap() error { return e.Err }

// fresh is how old the position of an interrupted comparison may be. What lies
// before it was not looked at since.
const fresh = time.Hour

// Run compares rows. It goes on where an interrupted run of the same comparison
// was, unless that is long ago; one that came to its end is made anew. The
// error is a *Differ if rows differ.
func Run(ctx context.Context, held *run.Held, c plan.RowCheck, o Options) error {
	w := &walk{held: held, check: c, options: o, ranges: backfill.NewRanges(o.Time), began: time.Now()}
	if err := w.begin(ctx); err != nil {
		return err
	}
	var err error
	if w.span, err = (backfill.Span{Table: c.Table, Key: c.Key}).Exact(context.WithoutCancel(ctx), held.Session()); err != nil {
		return w.failed(err)
	}
	for {
		more, err := w.next(ctx)
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	w.tell(0, true)
	if w.at.Differ == 0 {
		return nil
	}
	return &Differ{Check: c, Rows: w.at.Differ, Keys: w.at.Keys, Compared: w.rows, Sampled: o.Rows == Sample,
		Query: Query(held.Session(), c)}
}

// walk is one run of a comparison.
type walk struct {
	held    *run.Held
	check   plan.RowCheck
	span    backfill.Span
	options Options
	ranges  *backfill.Ranges
	began   time.Time
	at      place
	rows    int64 // compared, with those before an interruption
	saved   bool  // the ledger holds a position
}

// place is how far a comparison is, as the ledger keeps it.
type place struct {
	// Of tells what is compared, and how: the position is of no use to another.
	Of     uint32   `json:"of"`
	After  []any    `json:"after,omitempty"` // the last key that was handled
	Ranges int      `json:"ranges"`
	Differ int64    `json:"differ,omitempty"`
	Keys   []string `json:"keys,omitempty"` // of the first rows that differ
}

// begin finds where an interrupted run stopped.
func (w *walk) begin(ctx context.Context) error {
	of := crc32.ChecksumIEEE(fmt.Appendf(nil, "%s %q %q %s %s", w.check.Table, w.check.Key, w.check.Where, w.check.Agrees, w.options.Rows))
	w.at = place{Of: of}
	all, err := w.held.Store().Progress(ctx)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.Migration != w.check.Name || p.Finished != nil {
			continue
		}
		w.saved = true
		var at place
		if json.Unmarshal([]byte(p.Position), &at) == nil && at.Of == of && time.Since(p.Updated) < fresh {
			w.at, w.rows = at, p.Rows
		}
	}
	return nil
}

// next compares the next range of keys; false if there is none.
func (w *walk) next(ctx context.Context) (bool, error) {
	began := time.Now()
	// A query that was begun is finished, whatever stops the run.
	work, sess := context.WithoutCancel(ctx), w.held.Session()
	first, last, err := w.ranges.From(work, sess, w.span, w.at.After)
	if err != nil {
		return false, w.failed(err)
	}
	if first == nil {
		return false, w.end(ctx)
	}
	if w.at.After != nil { // a table of one range leaves no position
		if err := w.save(ctx, false); err != nil {
			return false, err
		}
	}
	if w.options.Rows != Sample || w.at.Ranges%oneIn == 0 {
		if err := w.compare(work, sess, last); err != nil {
			return false, w.failed(err)
		}
	}
	took := time.Since(began)
	w.ranges.Adapt(took)
	w.at.After = last
	w.at.Ranges++
	w.tell(took, false)
	return true, nil
}

// compare counts the rows that differ up to the key last, and keeps the keys of
// the first.
func (w *walk) compare(ctx context.Context, sess database.Session, last []any) error {
	rows, err := sess.QueryContext(ctx, counting(sess, w.check, w.at.After, last))
	if err != nil {
		return err
	}
	var compared, differ int64
	if rows.Next() {
		err = rows.Scan(&compared, &differ)
	}
	if closeErr := rows.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	w.rows += compared
	w.at.Differ += differ
	if wanted := most - len(w.at.Keys); differ > 0 && wanted > 0 {
		return w.find(ctx, sess, last, wanted)
	}
	return nil
}

// find adds the keys of rows that differ.
func (w *walk) find(ctx context.Context, sess database.Session, last []any, wanted int) error {
	rows, err := sess.QueryContext(ctx, finding(sess, w.check, w.at.After, last, wanted))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		key, err := backfill.ScanKey(rows, len(w.check.Key))
		if err != nil {
			return err
		}
		w.at.Keys = append(w.at.Keys, shown(key))
	}
	return rows.Err()
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

// save writes the position, under the lease's token.
func (w *walk) save(ctx context.Context, done bool) error {
	text, err := json.Marshal(w.at)
	if err != nil {
		return err
	}
	p := ledger.Progress{Migration: w.check.Name, Position: string(text), Rows: w.rows}
	if now := time.Now().UTC(); done {
		p.Finished = &now
	}
	w.saved = true
	return w.held.Batch(ctx, func(context.Context, database.Session) (ledger.Progress, error) { return p, nil })
}

// end notes that nothing is left to go on with. A comparison of which no
// position was written leaves none.
func (w *walk) end(ctx context.Context) error {
	if !w.saved {
		return nil
	}
	return w.save(ctx, true)
}

func (w *walk) tell(took time.Duration, done bool) {
	if w.options.Events != nil {
		w.options.Events(Compared{Check: w.check, Rows: w.rows, Differ: w.at.Differ, Started: w.began, Took: took, Done: done})
	}
}

// failed names the comparison that an error is of. A lost connection is none of
// its own.
func (w *walk) failed(err error) error {
	classes := []database.Class{database.ConnectionLost, database.Unreachable}
	if slices.Contains(classes, database.ClassOf(err)) {
		return err
	}
	return &Failed{Check: w.check, Err: err}
}
