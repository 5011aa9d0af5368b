package ledger

import (
	"context"
	"time"

	"manage/engine/plan"
)

// maxError is how many characters of an error the journal keeps.
const maxError = 4000

// Attempts implements Store.
func (s *sqlStore) Attempts(ctx context.Context) ([]Attempt, error) {
	found, err := s.exists(ctx, JournalTable)
	if err != nil || !found {
		return nil, err
	}
	outlined, err := s.has(ctx, outlineAdded)
	if err != nil {
		return nil, err
	}
	var attempts []Attempt
	tail := s.at(JournalTable) + " WHERE catalog = " + s.catalog + " ORDER BY id"
	from := source{table: JournalTable, columns: journalColumns(outlined), keys: 1, all: "catalog = " + s.catalog}
	err = s.each(ctx, from, tail, func(r *row) { attempts = append(attempts, readAttempt(r)) })
	if err != nil {
		return nil, err
	}
	return attempts, nil
}

// journalColumns are the columns in the order of readAttempt. A journal that an
// older release made has no outlines.
func journalColumns(outlined bool) []string {
	outline := "NULL"
	if outlined {
		outline = "outline"
	}
	return []string{"id", "revision", "phase", "direction", "checksum", "total", "done",
		"sent_operation", "sent_part", "confirmed", "who", "started", "finished", "error", outline}
}

// readAttempt reads a row of journalColumns. It refuses what no release of
// this tool writes: to go on from it would be to guess.
func readAttempt(r *row) Attempt {
	a := Attempt{ID: r.number(1, lastToken), Revision: r.name(), Phase: plan.Phase(r.name()), Direction: plan.Direction(r.name()),
		Checksum: r.name(), Total: r.small(), Done: r.small(),
		Sent: plan.Position{Operation: r.small(), Part: r.small()}, Confirmed: r.flag(),
		Who: r.name(), Started: r.time(), Finished: r.timeOrNull(), Error: r.text(longestText), Outline: plan.Outline(r.textOrNone())}
	switch a.Phase {
	case plan.Trunk, plan.Expand, plan.Migrate, plan.Contract, plan.Bridge, plan.Adopt, plan.Create, plan.Downgrade:
	default:
		r.reject("phase", a.Phase, nil)
	}
	switch {
	case a.Direction != plan.Up && a.Direction != plan.Down:
		r.reject("direction", a.Direction, nil)
	case a.Done > a.Total:
		r.reject("done", a.Done, nil)
	}
	if _, ok := a.Outline.Parts(); !ok && a.Outline != "" {
		r.reject("outline", string(a.Outline), nil)
	}
	return a
}

// Start implements Store.
func (s *sqlStore) Start(ctx context.Context, token int64, a Attempt) (int64, error) {
	entry, err := s.entry(ctx, a, false)
	if err != nil {
		return 0, err
	}
	if err := s.apply(ctx, token, entry); err != nil {
		s.lastID = 0
		return 0, err
	}
	return s.lastID, nil
}

// entry is the write that adds a to the journal. The number is counted here:
// the lease allows one writer only, and a second one fails at the primary key.
func (s *sqlStore) entry(ctx context.Context, a Attempt, finished bool) (write, error) {
	if s.lastID == 0 {
		last := "SELECT COALESCE(MAX(id), 0) FROM " + s.at(JournalTable) + " WHERE catalog = " + s.catalog
		if err := s.one(ctx, last, &s.lastID); err != nil {
			return write{}, err
		}
	}
	outlined, err := s.has(ctx, outlineAdded)
	if err != nil {
		return write{}, err
	}
	s.lastID++
	started, end := s.clock.now(), "NULL"
	if !a.Started.IsZero() {
		started = s.clock.after(-time.Since(a.Started))
	}
	if finished {
		end, a.Confirmed = s.clock.now(), true
	}
	w := write{verb: insert, table: s.at(JournalTable), set: []field{
		{"catalog", s.catalog}, {"id", number(s.lastID)}, {"revision", s.text(a.Revision, 0)},
		{"phase", s.text(string(a.Phase), 0)}, {"direction", s.text(string(a.Direction), 0)},
		{"checksum", s.text(a.Checksum, 0)}, {"total", number(int64(a.Total))}, {"done", number(int64(a.Done))},
		{"sent_operation", number(int64(a.Sent.Operation))}, {"sent_part", number(int64(a.Sent.Part))},
		{"confirmed", bit(a.Confirmed)}, {"who", s.text(a.Who, 255)},
		{"started", started}, {"finished", end}, {"error", s.text(a.Error, maxError)},
	}}
	if outlined && a.Outline != "" {
		w.set = append(w.set, field{"outline", s.text(string(a.Outline), 0)})
	}
	return w, nil
}

// Mark implements Store.
func (s *sqlStore) Mark(ctx context.Context, token, id int64, done int, sent plan.Position) error {
	return s.apply(ctx, token, s.attempt(id, field{"done", number(int64(done))},
		field{"sent_operation", number(int64(sent.Operation))}, field{"sent_part", number(int64(sent.Part))},
		field{"confirmed", bit(false)}))
}

// Finish implements Store.
func (s *sqlStore) Finish(ctx context.Context, token, id int64, done int, cause error) error {
	return s.apply(ctx, token, s.finish(id, done, cause))
}

func (s *sqlStore) finish(id int64, done int, cause error) write {
	return s.attempt(id, field{"done", number(int64(done))}, field{"confirmed", bit(true)},
		field{"finished", s.clock.now()}, field{"error", s.text(reason(cause), maxError)})
}

func (s *sqlStore) attempt(id int64, set ...field) write {
	return write{verb: update, table: s.at(JournalTable), set: set,
		key: []field{{"catalog", s.catalog}, {"id", number(id)}}, missing: ErrNoAttempt}
}

// reason is the text of an error for the journal, in which an empty text means
// success.
func reason(cause error) string {
	if cause == nil {
		return ""
	}
	if text := storable(cause.Error(), maxError); text != "" {
		return text
	}
	return "failed without a message"
}

// bit writes a yes or no as portable SQL.
func bit(b bool) string {
	if b {
		return "1"
	}
	return "0"
}
