package view

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"manage/engine/run"
	"manage/phases"
	"manage/phases/backfill"
	"manage/phases/purge"
)

// batch is the event of a batch of ocata_migrate01.
func batch(rows, estimate int64, speed float64) backfill.Batched {
	return backfill.Batched{Migration: "ocata_migrate01", Rows: rows, Estimate: estimate, Speed: speed, Size: 500}
}

// Without a terminal there is a line every ten seconds at most, also in a pause,
// and one at the end.
func TestRowsInALog(t *testing.T) {
	p, out, now := watch()
	began := *now
	at := func(s float64, events ...any) {
		*now = began.Add(time.Duration(s * float64(time.Second)))
		for _, e := range events {
			p.Event(e)
		}
	}
	at(0, phases.Moving{ID: "ocata_migrate01"})
	at(1, batch(1000, 4000, 0))
	at(9.9, batch(1500, 4000, 0))
	at(10, batch(2000, 4000, 250))
	at(12, backfill.Paused{Migration: "ocata_migrate01", Reason: "replica r is 9 s behind (limit 5 s)", Since: *now}) // too soon
	at(19, backfill.Paused{Migration: "ocata_migrate01", Reason: "replica r is 12 s behind (limit 5 s)", Since: *now})
	p.show() // as the clock does
	at(20)
	p.show()
	p.show()
	at(25, backfill.Paused{Migration: "ocata_migrate01"}, batch(2500, 4000, 0))
	at(31, batch(3000, 4000, 100))
	at(41.5, batch(4100, 4000, 100))
	at(42, phases.Moved{ID: "ocata_migrate01", Rows: 4100, Took: 42 * time.Second})
	at(42, phases.Moving{ID: "train_migrate01"}, phases.Moved{ID: "train_migrate01", Rows: 1, Took: 5 * time.Millisecond})
	at(42, phases.Moving{ID: "ussuri_migrate01"}, phases.Moved{ID: "ussuri_migrate01", Err: errors.New("locked")})
	p.Close()
	check(t, `Moving rows: ocata_migrate01 …
ocata_migrate01: 2000 of about 4000 rows, 250 rows/s, 8s left, batches of 500
ocata_migrate01: 2000 of about 4000 rows, paused for 8s: replica r is 12 s behind (limit 5 s)
ocata_migrate01: 3000 of about 4000 rows, 100 rows/s, 10s left, batches of 500
ocata_migrate01: 4100 rows (about 4000 were expected), 100 rows/s, batches of 500
Moving rows: ocata_migrate01 … 4100 rows in 42s, 98 rows/s
Moving rows: train_migrate01 … 1 row in 5ms
Moving rows: ussuri_migrate01 …
`, out, nil)
}

// A purge tells no speed: it follows from the rows of this run, not from those
// of earlier ones.
func TestRowsOfAPurge(t *testing.T) {
	p, out, now := watch()
	p.Event(backfill.Batched{Migration: "purge", Rows: 5000, Estimate: 9000})
	*now = now.Add(10 * time.Second)
	p.Event(backfill.Batched{Migration: "purge", Rows: 6000, Estimate: 9000})
	p.Event(purge.Deleted{Rows: 1000})
	p.Event(run.StepDone{Took: time.Second}) // no line waits for it
	check(t, "purge: 6000 of about 9000 rows, 100 rows/s, 30s left\n", out, nil)
}

// While no batch is done yet there is a line as well.
func TestRowsBeforeTheFirstBatch(t *testing.T) {
	p, out, now := watch()
	p.Event(phases.Moving{ID: "m"})
	*now = now.Add(10 * time.Second)
	p.show()
	p.Close()
	check(t, "Moving rows: m …\nm: no batch is done yet\n", out, nil)
}

// A run that pauses before its first batch tells what earlier runs have done.
func TestRowsOfAPauseBeforeTheFirstBatch(t *testing.T) {
	p, out, now := watch()
	p.Event(phases.Moving{ID: "m"})
	p.Event(backfill.Paused{Migration: "m", Reason: "it rains", Since: *now, Rows: 1000, Estimate: 4000})
	*now = now.Add(10 * time.Second)
	p.show()
	p.Event(backfill.Paused{Migration: "m", Rows: 1000, Estimate: 4000})
	*now = now.Add(10 * time.Second)
	p.Event(backfill.Batched{Migration: "m", Rows: 2000, Estimate: 4000, Speed: 100})
	p.Close()
	check(t, "Moving rows: m …\nm: 1000 of about 4000 rows, paused for 10s: it rains\nm: 2000 of about 4000 rows, 100 rows/s, 20s left\n", out, nil)
}

// Locks that a batch does not get are no lines of their own: there may be many.
func TestRowsThatAreLocked(t *testing.T) {
	for quiet, want := range map[bool]string{
		false: "Moving rows: m …\nm: 1000 of about 4000 rows, waits for a lock (attempt 2 of 21); in its way: session 7, for 3s now\nm: 2000 of about 4000 rows, 100 rows/s, 20s left\n",
		true:  "m waits for a lock (attempt 2 of 21); again in 1s.\n",
	} {
		p, out, now := watch()
		p.Quiet = quiet
		p.Event(phases.Moving{ID: "m"})
		p.Event(backfill.Batched{Migration: "m", Rows: 1000, Estimate: 4000, Speed: 100})
		p.Event(run.Retrying{Attempt: 1, Of: 21, Pause: time.Second})
		*now = now.Add(10 * time.Second)
		p.Event(run.Retrying{Attempt: 2, Of: 21, Pause: time.Second, Blockers: []run.Blocker{{ID: 7, Age: 3 * time.Second}}})
		p.Event(run.Retrying{Attempt: 3, Of: 21, Pause: time.Second})
		*now = now.Add(10 * time.Second)
		p.Event(backfill.Batched{Migration: "m", Rows: 2000, Estimate: 4000, Speed: 100})
		p.Close()
		check(t, want, out, nil)
	}
}

// onScreen returns a Progress on a terminal of some columns.
func onScreen(width *int) (*Progress, *terminal) {
	term := &terminal{width: width, lines: []string{""}}
	screen := NewScreen(term, func() int { return *width })
	p := &Progress{Out: screen, Screen: screen, Log: slog.New(slog.NewTextHandler(screen, nil)), Now: time.Now}
	return p, term
}

// On a terminal the bar is taken away at the end, and what is written meanwhile
// stays above it.
func TestRowsOnATerminal(t *testing.T) {
	width := 100
	p, term := onScreen(&width)
	p.Event(phases.Moving{ID: "ocata_migrate01"})
	p.Event(batch(1000, 4000, 250))
	frames{p.Screen}.Write([]byte("\x1b[A\x1b[K[######..................] ocata_migrate01 1000/4000 rows, 250/s, 12s left, batch 500\n"))
	check(t, "[######..................] ocata_migrate01 1000/4000 rows, 250/s, 12s left, batch 500", term.text(), nil)
	p.Event(phases.Warned{Text: "look here"})
	p.Log.Warn("look")
	lines := strings.Split(term.text().String(), "\n")
	if len(lines) != 3 || lines[0] != "look here" || !strings.HasSuffix(lines[1], "msg=look") || !strings.HasPrefix(lines[2], "[######") {
		t.Errorf("the bar does not stand below the lines: %q", lines)
	}
	// the terminal becomes narrower than the bar, which it breaks
	width = 40
	term.reflow()
	p.Screen.show("[########] ocata_migrate01 1500/4000 rows, 250/s")
	if got := term.lines[len(term.lines)-1]; got != "[########] ocata_migrate01 1500/4000 r~" {
		t.Errorf("the bar is %q", got)
	}
	// a frame that is too long is words only, cut at their end
	frames{p.Screen}.Write([]byte("[########] ocata_migrate01 1500/4000 rows, paused for 3s: replica r is behind\n"))
	if got := term.lines[len(term.lines)-1]; got != "ocata_migrate01 1500/4000 rows, paused~" {
		t.Errorf("the narrow bar is %q", got)
	}
	p.Event(phases.Moved{ID: "ocata_migrate01", Rows: 4000, Took: 42 * time.Second})
	p.Event(phases.Moving{ID: "train_migrate01"})
	p.Event(backfill.Batched{Migration: "train_migrate01", Rows: 7})
	frames{p.Screen}.Write([]byte("x\n"))
	p.Close() // as after an error
	if got := term.text().String(); strings.Contains(got, "#") || !strings.HasSuffix(got, "Moving rows: ocata_migrate01 … 4000 rows\n in 42s, 95 rows/s\n") {
		t.Errorf("at the end there is\n%s", got)
	}
}

// The bar is drawn by itself, and of what is not known it shows that it moves.
func TestBarIsDrawn(t *testing.T) {
	width := 60
	term := &terminal{width: &width, lines: []string{""}}
	b := newBar(NewScreen(term, func() int { return width }), time.Hour)
	b.set("m 3 rows", 3, 6)
	b.end()
	if got := term.text().String(); got != "" {
		t.Errorf("it leaves %q", got)
	}
	if !strings.Contains(term.written.String(), "[#####.....] m 3 rows") {
		t.Errorf("it wrote %q", term.written.String())
	}
}

// terminal shows what is written to it, as far as this package writes: lines,
// the cursor up or at the beginning of its line, and everything behind it away.
type terminal struct {
	width   *int
	lines   []string
	row     int
	col     int
	written strings.Builder
}

// Write implements io.Writer.
func (t *terminal) Write(b []byte) (int, error) {
	t.written.Write(b)
	for rest := string(b); rest != ""; {
		switch {
		case strings.HasPrefix(rest, "\x1b[A"):
			t.row, rest = max(0, t.row-1), rest[3:]
		case strings.HasPrefix(rest, "\x1b[J"):
			line := []rune(t.lines[t.row])
			t.lines[t.row] = string(line[:min(t.col, len(line))])
			t.lines, rest = t.lines[:t.row+1], rest[3:]
		default:
			r := []rune(rest)[0]
			rest = rest[len(string(r)):]
			t.put(r)
		}
	}
	return len(b), nil
}

// put takes one letter.
func (t *terminal) put(r rune) {
	switch {
	case r == '\r':
		t.col = 0
		return
	case r == '\n' || t.col == *t.width:
		t.row, t.col = t.row+1, 0
		if t.row == len(t.lines) {
			t.lines = append(t.lines, "")
		}
		if r == '\n' {
			return
		}
	}
	line := append([]rune(t.lines[t.row]), ' ')
	line[t.col] = r
	t.lines[t.row] = string(line[:max(t.col+1, len(line)-1)])
	t.col++
}

// reflow breaks the last line, behind which the cursor is, to the width.
func (t *terminal) reflow() {
	line := []rune(t.lines[t.row])
	t.lines = t.lines[:t.row]
	for ; len(line) > *t.width; line = line[*t.width:] {
		t.lines = append(t.lines, string(line[:*t.width]))
	}
	t.lines = append(t.lines, string(line))
	t.row, t.col = len(t.lines)-1, len(line)
}

// text is what is seen.
func (t *terminal) text() *bytes.Buffer { return bytes.NewBufferString(strings.Join(t.lines, "\n")) }

// The log of an older tool tells of a data migration too, and no more often.
func TestRowsInAServiceLog(t *testing.T) {
	var out bytes.Buffer
	s := &ServiceLog{Log: slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))}
	now := time.Unix(1000, 0)
	s.moving().Now = func() time.Time { return now }
	s.moving().Tick = 0
	s.Event(batch(1000, 4000, 0))
	now = now.Add(10 * time.Second)
	s.Event(backfill.Paused{Migration: "ocata_migrate01", Reason: "it rains", Since: now})
	s.Event(run.Retrying{Pause: time.Second})
	s.Event(phases.Moved{ID: "ocata_migrate01", Rows: 1000, Took: 10 * time.Second})
	s.Close()
	check(t, `level=INFO msg="ocata_migrate01: 1000 of about 4000 rows, paused for 0s: it rains"
level=WARN msg="This waits for a lock, again in 1s"
`, &out, nil)
}
