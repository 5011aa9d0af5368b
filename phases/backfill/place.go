package backfill

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/ledger"
)

// place is a position within the steps, as the ledger keeps it.
type place struct {
	Step  int   `json:"step"`
	After []any `json:"after,omitempty"` // the last key that was handled
	// Until is the last key of the range, nil until it is known. Rows behind it
	// came later, and are another pass's.
	Until []any `json:"until,omitempty"`
	// Part is true for one of several ranges of a step: none of them goes on
	// with the next step by itself.
	Part bool `json:"part,omitempty"`
}

// Decode reads a position as JSON into a struct. It is strict: what has other
// fields, or something behind its end, was not written by this package.
func Decode(position string, into any) error {
	if !strings.HasPrefix(position, "{") {
		return errors.New("it is no JSON object")
	}
	d := json.NewDecoder(strings.NewReader(position))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something stands behind its end")
	}
	return nil
}

// place reads a position of the steps. What it returns can be written into
// statements: a step that there is, and keys with as many values as the step's
// key has columns, each of a form that its column's type has.
func (s *steps) place(position string) (place, error) {
	at := place{}
	if position == "" {
		return at, nil
	}
	err := Decode(position, &at)
	switch {
	case err != nil:
	case at.Step < 0 || at.Step > len(s.migration.Steps):
		err = fmt.Errorf("there is no step %d", at.Step)
	case at.Step == len(s.migration.Steps):
		if at.After != nil || at.Until != nil || at.Part {
			err = errors.New("behind the last step there are no rows")
		}
	case at.Part && at.Until == nil:
		err = errors.New("a part of a step has an end")
	default:
		span := s.span(at.Step)
		err = errors.Join(span.Readable(at.After), span.Readable(at.Until))
	}
	if err != nil {
		return place{}, fmt.Errorf("the recorded position of %s, %q, cannot be understood: %w", s.migration.ID, position, err)
	}
	return at, nil
}

// String is the position as it is recorded.
func (p place) String() string {
	text, err := json.Marshal(p)
	if err != nil { // a place is numbers and text
		panic(err)
	}
	return string(text)
}

// Readable says what is wrong with a key that was stored; a nil one is none.
func (s Span) Readable(key []any) error {
	if key == nil {
		return nil
	}
	if len(key) != len(s.Key) {
		return fmt.Errorf("a key has %d values, and not %d", len(s.Key), len(key))
	}
	for i, v := range key {
		k := byDriver
		if s.kinds != nil {
			k = s.kinds[i]
		}
		if text, ok := v.(string); !ok || !k.holds(text) {
			return fmt.Errorf("%v is no value of %s", v, s.Key[i])
		}
	}
	return nil
}

// Accepted asks the server whether the values of keys are of their columns'
// types, where it reads them as text and so only it can tell. The error of the
// server is told as such only where it is about something else.
func (s Span) Accepted(ctx context.Context, sess database.Session, after, until []any) (wrong, err error) {
	if sess.Flavor().Dialect != flavor.Postgres || after == nil && until == nil {
		return nil, nil
	}
	rows, err := sess.QueryContext(ctx, s.from(sess.QuoteIdent(s.Table), KeyRange(sess, s.Key, after, until), "1")+" LIMIT 0")
	if err == nil {
		return nil, rows.Close()
	}
	var d *database.Error
	if errors.As(err, &d) && strings.HasPrefix(d.Code, "22") { // "Data Exception"
		return err, nil
	}
	return nil, err
}

// understood looks at what an earlier run left, before anything is done from
// there.
func (r *runner) understood(ctx context.Context, all []ledger.Progress) error {
	s, ok := r.main.source.(*steps)
	for _, p := range all {
		if !isRange(p.Range) {
			return p.Garbled("key_range", nil)
		}
		if !ok {
			continue // what a program or a function says of its position is its own
		}
		at, err := s.place(p.Position)
		if err == nil && at.Step < len(s.migration.Steps) {
			var wrong error
			if wrong, err = s.span(at.Step).Accepted(ctx, r.held.Session(), at.After, at.Until); err != nil {
				return err
			}
			err = wrong
		}
		if err != nil {
			return p.Garbled("position", err)
		}
	}
	return nil
}

// mostRanges is more ranges than any step is cut into.
const mostRanges = 100_000

// isRange reports whether a text names a range: the number of one of several, or
// "" for the first or only one.
func isRange(text string) bool {
	if text == "" {
		return true
	}
	n, err := strconv.Atoi(text)
	return err == nil && n > 0 && n <= mostRanges && strconv.Itoa(n) == text
}
