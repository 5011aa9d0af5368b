package backfill

import (
	"context"
	"slices"

	"manage/engine/database"
)

// scoutFrom is how many rows a table must have to be worth a second session.
const scoutFrom = 50_000

// scout looks for the end of the next range, through a session of its own, while
// the batch before it is under way: looking takes a tenth of the time of an
// update, or more, and needs nothing of what the batch changes. It is used by
// one goroutine at a time; a nil one finds nothing.
type scout struct {
	sess   database.Session
	answer chan scouted // nil while nothing is asked
}

// scouted is the end of the range of so many rows behind a key.
type scouted struct {
	step  int
	after []any
	rows  int
	last  []any
	err   error
}

// newScout opens a session for a scout, unless looking ahead saves nothing:
// beside other workers, who use the time already, for small tables, and on
// SQLite, where there is time for it while others write (see lane.ready). Without a session there is
// none, and the work is slower.
func (r *runner) newScout(ctx context.Context, s *steps) (*scout, func()) {
	none := func() {}
	small := slices.Max(append([]int64{0}, s.tables...)) < scoutFrom && r.options.fixed == 0
	if alone(s.dialect) || r.workers() > 1 || small {
		return nil, none
	}
	w, done, err := r.held.Worker(ctx)
	if err != nil {
		return nil, none
	}
	return &scout{sess: w.Session()}, done
}

// scouting runs f with a scout for its steps.
func (r *runner) scouting(ctx context.Context, f func() error) error {
	s, ok := r.main.source.(*steps)
	if !ok {
		return f()
	}
	var done func()
	s.scout, done = r.newScout(ctx, s)
	defer func() {
		s.scout.drop()
		s.scout = nil
		done()
	}()
	return f()
}

// ask sends the scout for the end of a range of so many rows.
func (o *scout) ask(ctx context.Context, span Span, step int, after, until []any, rows int) {
	if o == nil {
		return
	}
	o.drop()
	answer := make(chan scouted, 1)
	o.answer = answer
	go func() {
		last, err := span.bound(ctx, o.sess, KeyRange(o.sess, span.Key, after, nil), until, rows)
		answer <- scouted{step: step, after: after, rows: rows, last: last, err: err}
	}()
}

// take is what the scout found for the range at a place, if it was sent for
// that one and the range is to be hardly smaller by now.
func (o *scout) take(at place, rows int) (last []any, ok bool) {
	if o == nil || o.answer == nil {
		return nil, false
	}
	a := <-o.answer
	o.answer = nil
	ok = a.err == nil && a.last != nil && a.step == at.Step && a.rows <= rows+rows/4 && slices.Equal(a.after, at.After)
	return a.last, ok
}

// drop waits for an answer that nobody needs: a session does one thing at a time.
func (o *scout) drop() {
	if o != nil && o.answer != nil {
		<-o.answer
		o.answer = nil
	}
}
