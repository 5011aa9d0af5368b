package backfill

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/ledger"
	"manage/migrations/catalog"
)

// program is a data migration done by another process. It is asked outside of
// any transaction: it changes the same database through a connection of its
// own, and on SQLite a transaction of ours would keep it from that. Its position
// is written once it has answered, so a batch may be asked for twice.
type program struct {
	migration *catalog.Migration
	child     *child
	target    time.Duration
	limit     time.Duration
	hide      func(string) string
	circle    circle
	lost      <-chan struct{} // closed when the lease is lost: then it must change nothing more
	began     bool            // a batch was asked for
}

// answerLimit is how long a program may take to answer if its catalog does not
// say.
const answerLimit = time.Minute

// stopLimit is how long a program may take to answer, or to end, once it is
// wanted to.
const stopLimit = 5 * time.Second

// ProgramFailed is a program that could not be started, crashed, was silent,
// said something that is no answer or cannot be true, or reported an error of
// its own. The position stays where it was.
type ProgramFailed struct {
	Migration string
	// Place is where the program is named, as file:line.
	Place  string
	Reason string
	// Hint is what to do about it; "" where that is for the program to say.
	Hint string
	// Interrupted is true if it was ended because its answer to a request did
	// not come soon enough after an interruption, and Began if that request, or
	// one before it, was for a batch.
	Interrupted, Began bool
}

func (e *ProgramFailed) Error() string {
	return fmt.Sprintf("the program of %s (%s) failed: %s", e.Migration, e.Place, e.Reason)
}

// startProgram starts the program of a data migration.
func startProgram(m *catalog.Migration, f flavor.Flavor, o Options) (*program, error) {
	p := &program{migration: m, target: o.target(), limit: m.ProgramTimeout, hide: hiding(o.Connection)}
	if p.limit == 0 {
		p.limit = answerLimit
	}
	words := &spoken{each: func(line string) {
		if o.Stderr != nil {
			o.Stderr(p.hide(line))
		}
	}}
	cmd, err := command(m.Program, o.Dir)
	if err == nil {
		cmd.Env = environ(o.Environ, m.ProgramEnv, "MANAGE_CONNECTION="+fromAnywhere(o.Connection),
			"MANAGE_DIALECT="+string(f.Dialect), "MANAGE_MIGRATION="+m.ID)
		if pwd, err := filepath.Abs(cmd.Dir); err == nil {
			cmd.Env = append(cmd.Env, "PWD="+pwd)
		}
		p.child, err = start(cmd, words)
	}
	if err != nil {
		failed := p.failed("it cannot be started: " + unstartable(err, m.Program[0]))
		failed.Hint = unstartableHint(err, o.Dir)
		return nil, failed
	}
	return p, nil
}

// failed is an error of the program with a reason of ours or of its own.
func (p *program) failed(reason string) *ProgramFailed {
	source := p.migration.ProgramSource
	return &ProgramFailed{Migration: p.migration.ID, Place: fmt.Sprintf("%s:%d", source.File, source.Line), Reason: printable(p.hide(reason))}
}

// request is a line to the program. The position is there, and null before the
// first batch, only if it asks for one.
type request struct {
	Op       string `json:"op"`
	Position any    `json:"position,omitempty"`
	TargetMS int64  `json:"target_ms,omitempty"`
}

func (p *program) pending(ctx context.Context, _ database.Session) (bool, int64, error) {
	a, err := p.ask(ctx, request{Op: "pending"})
	if err != nil {
		return false, 0, err
	}
	switch {
	case a.Pending == nil:
		return false, 0, p.failed(`its answer to "pending" does not say whether anything is pending: ` + quoted(a.text))
	case a.Estimate < 0:
		return false, 0, p.failed(fmt.Sprintf("it says that %d rows are pending", a.Estimate))
	}
	return *a.Pending, a.Estimate, nil
}

func (p *program) until(lost <-chan struct{}) { p.lost = lost }

func (p *program) batch(ctx context.Context, _ database.Session, position string) (Batch, error) {
	if p.circle.again(position) {
		return Batch{}, p.failed(fmt.Sprintf("it goes in a circle: it came back to position %s", quoted(position)))
	}
	r := request{Op: "batch", Position: json.RawMessage("null"), TargetMS: max(1, p.target.Milliseconds())}
	if position != "" {
		r.Position = position
	}
	p.began = true
	a, err := p.ask(ctx, r)
	if err != nil {
		return Batch{}, err
	}
	if a.Done == nil || a.Rows == nil {
		return Batch{}, p.failed(`its answer to "batch" must say "rows" and "done": ` + quoted(a.text))
	}
	b := Batch{Rows: *a.Rows, Done: *a.Done, Position: a.Position}
	if lie := disbelieved(b, position); lie != "" {
		return Batch{}, p.failed(lie)
	}
	return b, nil
}

// ask sends one request and reads its answer.
func (p *program) ask(ctx context.Context, r request) (answer, error) {
	line, err := json.Marshal(r)
	if err != nil {
		return answer{}, err
	}
	text, err := p.child.ask(ctx, p.lost, append(line, '\n'), p.limit)
	if err != nil {
		return answer{}, p.explain(err, r.Op)
	}
	a, wrong := readAnswer(text)
	switch {
	case wrong != "":
		wrong += ": " + quoted(text)
	case a.Error != nil:
		wrong = *a.Error
	default:
		return a, nil
	}
	_ = p.close() // so that all that it has to say is there
	return answer{}, p.failed(wrong + p.lastWords())
}

// explain ends the program, which gave no answer, and puts why into words.
func (p *program) explain(err error, op string) error {
	if errors.Is(err, ledger.ErrLeaseLost) {
		p.child.end(0)
		return err
	}
	var silent *silence
	if errors.Is(err, errEnded) {
		status := p.child.end(stopLimit)
		return p.failed(fmt.Sprintf("%v (%s)%s", err, status, p.lastWords()))
	}
	status := p.child.end(0)
	if !errors.As(err, &silent) {
		return p.failed(err.Error() + p.lastWords())
	}
	if !silent.interrupted && status != killed {
		return p.failed(fmt.Sprintf("it ended without an answer (%s) and left something running that could still answer; that was ended after %v%s", status, silent.waited, p.lastWords()))
	}
	if !silent.interrupted {
		failed := p.failed(fmt.Sprintf("it gave no answer to %q for %v and was ended%s", op, silent.waited, p.lastWords()))
		failed.Hint = "Each answer must be a line of its own that is flushed at once. If it needs more time, say so in its data migration: timeout = \"10m\" below [program]."
		return failed
	}
	failed := p.failed(fmt.Sprintf("it gave no answer to %q for %v after the interruption and was ended%s", op, silent.waited, p.lastWords()))
	failed.Interrupted, failed.Began = true, p.began
	return failed
}

// lastWords is the end of what it wrote to its standard error, if it wrote any.
func (p *program) lastWords() string {
	if said := p.child.words.tail(); said != "" {
		return "; it last said: " + said
	}
	return ""
}

// close tells the program to stop, and ends it if it does not.
func (p *program) close() error {
	p.child.stop([]byte("{\"op\":\"stop\"}\n"))
	return nil
}

// quoted is what the program said, short enough for a message.
func quoted(text string) string {
	text = strings.TrimSpace(text)
	if r := []rune(text); len(r) > 80 {
		return fmt.Sprintf("%q…", string(r[:80]))
	}
	return fmt.Sprintf("%q", text)
}
