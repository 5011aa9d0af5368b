package backfill

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"time"

	"manage/engine/ledger"
)

// child is a process that answers requests, one line each. It has a process
// group of its own: Ctrl-C is for us, who let it finish its batch, and when it
// ends, what it has started ends too.
type child struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers chan reply
	gone    chan struct{} // closed by end: nobody listens any more
	words   *spoken
	ending  sync.Once
	status  string
}

// reply is a line, or why there is none.
type reply struct {
	text string
	err  error
}

// longestAnswer is the most bytes that are read of one line.
const longestAnswer = 128 << 10

// errEnded is the end of a process that owes an answer.
var errEnded = errors.New("it ended without an answer")

// silence is the error of an answer that did not come in time.
type silence struct {
	waited      time.Duration
	interrupted bool
}

func (e *silence) Error() string { return "no answer" }

// start starts a process whose standard error goes to words.
func start(cmd *exec.Cmd, words *spoken) (*child, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	cmd.Stderr = words
	cmd.WaitDelay = time.Second // for what it has left running with its standard error
	ownGroup(cmd)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &child{cmd: cmd, in: in, answers: make(chan reply), gone: make(chan struct{}), words: words}
	go c.listen(bufio.NewReaderSize(out, longestAnswer))
	return c, nil
}

// listen hands over what it says, line by line, until there is no more.
func (c *child) listen(out *bufio.Reader) {
	for {
		line, err := out.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			err = fmt.Errorf("its answer is longer than %d bytes", longestAnswer)
		case err != nil && len(line) > 0:
			err = fmt.Errorf("%w, in the middle of a line: %s", errEnded, quoted(string(line)))
		case err != nil:
			err = errEnded
		case out.Buffered() > 0:
			rest, _ := out.Peek(out.Buffered())
			err = tooMuch(string(rest))
		}
		select {
		case c.answers <- reply{string(line), err}:
		case <-c.gone:
			return
		}
		if err != nil {
			return
		}
	}
}

// ask sends a line and waits for the one that answers it: no longer than limit,
// and not much longer once ctx has ended. Neither may have to wait for a
// process that does not read.
func (c *child) ask(ctx context.Context, lost <-chan struct{}, line []byte, limit time.Duration) (string, error) {
	select {
	case r := <-c.answers:
		if r.err == nil {
			return "", tooMuch(r.text)
		}
		return "", r.err
	default:
	}
	began, interrupted := time.Now(), ctx.Done()
	go func() { _, _ = c.in.Write(line) }() // where it no longer reads, its end tells more than this error
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		select {
		case r := <-c.answers:
			return r.text, r.err
		case <-lost:
			return "", ledger.ErrLeaseLost
		case <-interrupted:
			interrupted, began = nil, time.Now()
			timer.Reset(min(limit, stopLimit))
		case <-timer.C:
			return "", &silence{waited: time.Since(began).Round(time.Second / 10), interrupted: interrupted == nil && ctx.Done() != nil}
		}
	}
}

// tooMuch is the error of a program that says something unasked.
func tooMuch(text string) error {
	return fmt.Errorf("it said more than it was asked for: %s", quoted(text))
}

// stop asks it to end, and ends it if it does not.
func (c *child) stop(line []byte) {
	said := make(chan struct{})
	go func() {
		_, _ = c.in.Write(line)
		close(said)
	}()
	select {
	case <-said:
	case <-time.After(stopLimit): // it does not read
	}
	c.end(stopLimit)
}

// killed is how a process ends that is ended by us.
const killed = "signal: killed"

// end waits for the process to end, for no longer than patience, and kills then
// what is left of it. It returns how the process ended.
func (c *child) end(patience time.Duration) string {
	c.ending.Do(func() {
		close(c.gone)
		timer := time.AfterFunc(patience, func() { killGroup(c.cmd) })
		defer timer.Stop()
		if patience == 0 {
			killGroup(c.cmd)
		}
		c.in.Close()
		err := c.cmd.Wait()
		killGroup(c.cmd)
		c.status = "exit status 0"
		if state := c.cmd.ProcessState; state != nil {
			c.status = state.String()
		} else if err != nil {
			c.status = err.Error()
		}
	})
	return c.status
}
