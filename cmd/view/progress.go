package view

import (
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"manage/engine/plan"
	"manage/engine/run"
	"manage/phases"
)

// Progress tells on standard error what happens while it happens: a line for
// each step, and more if it is asked for. Of a data migration it shows a bar on
// a terminal, and elsewhere a line every ten seconds. It may be told of events by
// several goroutines.
type Progress struct {
	Out     io.Writer
	Log     *slog.Logger
	Quiet   bool // nothing but waits and retries
	Verbose bool // each statement
	// Screen is Out where a bar can be shown, nil elsewhere.
	Screen *Screen
	Now    func() time.Time
	// Tick is how often is looked whether a line is due while no event comes; a
	// bar is drawn ten times as often. 0 is for never.
	Tick time.Duration

	lock   sync.Mutex
	begun  bool    // a line waits for its end
	moving *moving // nil while no rows are moved
	bar    *bar    // nil where none is shown
	told   time.Time
	stop   chan struct{} // ends the ticking
}

// Close ends a line that an error has left open, and takes a bar away.
func (p *Progress) Close() {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.atRest()
	p.finish()
}

// Event prints one event of a run. It takes any value, so that it can be told
// of everything that packages report; what it does not know it logs.
func (p *Progress) Event(e any) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.Log.Debug("event", "type", fmt.Sprintf("%T", e))
	switch e := e.(type) {
	case run.StepStarted:
		p.atRest()
		p.begin("%s %s%s", verb(e.Step), e.Step.ID, resumed(e))
	case run.StepDone:
		p.end(took(e.Took))
	case run.StatementStarted:
		if p.Verbose {
			p.line("  %s", e.Statement.SQL)
		}
	case run.Waiting:
		p.line("%s", waiting(e, p.Now()))
	case run.TookOver:
		p.line("%s", tookOver(e))
	case run.Retrying:
		p.retrying(e)
	case phases.Warned:
		p.line("%s", e.Text)
	case run.HeartbeatFailed:
		p.line("The lease could not be extended: %v", e.Err)
	case phases.NotCompared:
		p.line("%s", notCompared(e))
	case run.Settling:
		p.line("%s: an earlier run did not see the end of a statement; %s that it %s.", e.Step, whoTells(e), settled(e.Outcome))
	default:
		p.rows(e)
	}
}

// begin writes the first half of a line, so that what takes long is seen while
// it does.
func (p *Progress) begin(format string, args ...any) {
	if p.Quiet {
		return
	}
	p.finish()
	fmt.Fprintf(p.Out, format+" …", args...)
	p.begun = true
}

// end writes the second half, if nothing came between.
func (p *Progress) end(text string) {
	if p.begun {
		fmt.Fprintf(p.Out, " %s\n", text)
		p.begun = false
	}
}

// finish ends a line that another one interrupts.
func (p *Progress) finish() {
	if p.begun {
		fmt.Fprintln(p.Out)
		p.begun = false
	}
}

// line writes a line of its own. Progress that cannot be written is no reason
// to stop, so errors are not looked at.
func (p *Progress) line(format string, args ...any) {
	p.finish()
	fmt.Fprintf(p.Out, format+"\n", args...)
}

func verb(s plan.Step) string {
	switch s.Phase {
	case plan.Adopt:
		return "Recording"
	}
	if s.Direction == plan.Down {
		return "Taking back"
	}
	return "Applying"
}

func resumed(e run.StepStarted) string {
	if e.ResumedFrom == 0 {
		return ""
	}
	return fmt.Sprintf(" from statement %d on", e.ResumedFrom+1)
}

func waiting(w run.Waiting, now time.Time) string {
	since := now.Sub(w.Since)
	if w.Lease == nil {
		return fmt.Sprintf("Waiting for whoever has locked the database, for %s now.", took(since))
	}
	text := fmt.Sprintf("Waiting for %s (%s since %s), for %s now.", w.Lease.Holder, w.Lease.Doing, stamp(w.Lease.Acquired), took(since))
	if w.Stopped > 0 {
		text += fmt.Sprintf(" Its process is stopped: `kill -CONT %[1]d` lets it go on, `kill -KILL %[1]d` ends it.", w.Stopped)
	}
	return text
}

// BlockedBy says who keeps a statement waiting.
func BlockedBy(b run.Blocker) string {
	if b.Sure {
		return "Blocked by " + b.String()
	}
	return "Perhaps in its way: " + b.String()
}

// tookOver says from whom and why.
func tookOver(e run.TookOver) string {
	why := "whose lease ran out"
	if e.Dead {
		why = "who has ended without giving the lease back"
	}
	text := fmt.Sprintf("Took over from %s, %s (%s).", e.From.Holder, why, e.From.Doing)
	if e.Ended {
		text += " What was left of it on the server was ended."
	}
	return text
}

func whoTells(e run.Settling) string {
	if e.Told {
		return "--resolve says"
	}
	return "the schema tells"
}

func settled(o run.Outcome) string {
	if o == run.Applied {
		return "took effect"
	}
	return "did not take effect"
}

func took(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(100 * time.Millisecond).String()
}
