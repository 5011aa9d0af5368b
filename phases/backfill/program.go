package backfill

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"manage/engine/catalog"
	"manage/engine/database"
	"manage/engine/flavor"
)

// program is a data migration done by another process, asked over its
// standard input and answering on its standard output, one JSON object a line.
type program struct {
	id      string
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers *bufio.Reader
	target  time.Duration
}

// ProgramFailed is a program that crashed, said something that is no answer,
// or reported an error of its own. The position stays where it was.
type ProgramFailed struct {
	Migration string
	Reason    string
}

func (e *ProgramFailed) Error() string {
	return fmt.Sprintf("the program of %s failed: %s", e.Migration, e.Reason)
}

// request is a line to the program that asks for nothing but its word.
type request struct {
	Op string `json:"op"`
}

// batchRequest is the line that asks for a batch. It always names its
// position, null before the first one.
type batchRequest struct {
	Op       string  `json:"op"`
	Position *string `json:"position"`
	TargetMS int64   `json:"target_ms"`
}

// answer is one line from the program.
type answer struct {
	Pending  *bool   `json:"pending"`
	Estimate int64   `json:"estimate"`
	Rows     int64   `json:"rows"`
	Position *string `json:"position"`
	Done     *bool   `json:"done"`
	Error    string  `json:"error"`
}

// startProgram starts the program of a data migration.
func startProgram(ctx context.Context, m *catalog.Migration, f flavor.Flavor, o Options) (*program, error) {
	name := m.Program[0]
	if strings.Contains(name, "/") && !filepath.IsAbs(name) {
		name = filepath.Join(o.Dir, name)
	}
	cmd := exec.CommandContext(ctx, name, m.Program[1:]...)
	cmd.Dir = o.Dir
	cmd.Env = append(os.Environ(), "MANAGE_CONNECTION="+o.Connection, "MANAGE_DIALECT="+string(f.Dialect), "MANAGE_MIGRATION="+m.ID)
	p := &program{id: m.ID, cmd: cmd, target: o.target()}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	cmd.Stderr = &lines{each: o.Stderr}
	p.in, p.answers = in, bufio.NewReader(out)
	if err := cmd.Start(); err != nil {
		return nil, &ProgramFailed{Migration: m.ID, Reason: err.Error()}
	}
	return p, nil
}

func (p *program) pending(context.Context, database.Session) (bool, int64, error) {
	a, err := p.ask(request{Op: "pending"})
	if err != nil {
		return false, 0, err
	}
	if a.Pending == nil {
		return false, 0, p.failed("its answer to \"pending\" does not say whether anything is pending")
	}
	return *a.Pending, a.Estimate, nil
}

func (p *program) batch(_ context.Context, _ database.Session, position string) (Batch, error) {
	r := batchRequest{Op: "batch", TargetMS: p.target.Milliseconds()}
	if position != "" {
		r.Position = &position
	}
	a, err := p.ask(r)
	if err != nil {
		return Batch{}, err
	}
	if a.Done == nil {
		return Batch{}, p.failed("its answer to \"batch\" does not say whether it is done")
	}
	b := Batch{Rows: a.Rows, Done: *a.Done, Position: position}
	if a.Position != nil {
		b.Position = *a.Position
	}
	if !b.Done && b.Position == position {
		return Batch{}, p.failed(fmt.Sprintf("it did a batch and stands at the same position (%q)", position))
	}
	return b, nil
}

// ask sends one request and reads its answer.
func (p *program) ask(r any) (answer, error) {
	line, err := json.Marshal(r)
	if err != nil {
		return answer{}, err
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return answer{}, p.failed("it no longer reads: " + p.ended())
	}
	text, err := p.answers.ReadString('\n')
	if err != nil {
		return answer{}, p.failed("it ended without an answer: " + p.ended())
	}
	var a answer
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		return answer{}, p.failed(fmt.Sprintf("its answer is no JSON object: %.80q", strings.TrimSpace(text)))
	}
	if a.Error != "" {
		return answer{}, p.failed(a.Error)
	}
	return a, nil
}

func (p *program) failed(reason string) error {
	return &ProgramFailed{Migration: p.id, Reason: reason}
}

// ended waits for the process and says how it ended, with the last line it
// wrote to its standard error.
func (p *program) ended() string {
	p.in.Close()
	err := p.cmd.Wait()
	text := "exit status 0"
	if err != nil {
		text = err.Error()
	}
	if l, ok := p.cmd.Stderr.(*lines); ok && l.last != "" {
		text += ": " + l.last
	}
	return text
}

// close tells the program to stop, and ends it if it does not.
func (p *program) close() error {
	if p.cmd.ProcessState != nil {
		return nil
	}
	_, _ = p.in.Write([]byte("{\"op\":\"stop\"}\n"))
	p.in.Close()
	timer := time.AfterFunc(5*time.Second, func() { _ = p.cmd.Process.Kill() })
	defer timer.Stop()
	err := p.cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil
	}
	return err
}

// lines hands on what is written to it line by line, and keeps the last one.
type lines struct {
	each func(string)
	part string
	last string
}

func (l *lines) Write(b []byte) (int, error) {
	l.part += string(b)
	for {
		line, rest, found := strings.Cut(l.part, "\n")
		if !found {
			return len(b), nil
		}
		l.part, l.last = rest, line
		if l.each != nil {
			l.each(line)
		}
	}
}
