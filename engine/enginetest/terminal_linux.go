package enginetest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// Terminal is a pseudo-terminal whose keyboard and screen belong to a test.
type Terminal struct {
	// Program is the end of a program that is to think it talks to a person.
	Program *os.File

	t      testing.TB
	keys   *os.File
	mu     sync.Mutex
	screen bytes.Buffer
	done   chan struct{}
}

// NewTerminal opens a pseudo-terminal until the test ends.
func NewTerminal(t testing.TB) *Terminal {
	t.Helper()
	keys, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { keys.Close() })
	var number, unlock uint32
	for request, value := range map[uintptr]*uint32{syscall.TIOCGPTN: &number, syscall.TIOCSPTLCK: &unlock} {
		if err := control(keys, request, value); err != nil {
			t.Fatal(err)
		}
	}
	program, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { program.Close() })
	term := &Terminal{Program: program, t: t, keys: keys, done: make(chan struct{})}
	go term.watch()
	return term
}

// control asks something of the terminal ("ioctl_tty(2)").
func control(f *os.File, request uintptr, value *uint32) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed syscall.Errno
	err = raw.Control(func(fd uintptr) {
		_, _, failed = syscall.Syscall(syscall.SYS_IOCTL, fd, request, uintptr(unsafe.Pointer(value)))
	})
	if failed != 0 {
		err = failed
	}
	return err
}

// watch reads what is written to the screen.
func (term *Terminal) watch() {
	defer close(term.done)
	part := make([]byte, 4096)
	for {
		n, err := term.keys.Read(part)
		term.mu.Lock()
		term.screen.Write(part[:n])
		term.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// Start starts a command on the terminal: its standard input and error, and its
// standard output too unless the command has another one. Ctrl-C reaches it.
func (term *Terminal) Start(c *exec.Cmd) {
	term.t.Helper()
	c.Stdin, c.Stderr = term.Program, term.Program
	if c.Stdout == nil {
		c.Stdout = term.Program
	}
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	if err := c.Start(); err != nil {
		term.t.Fatal(err)
	}
	term.t.Cleanup(func() { _ = c.Process.Kill() })
}

// Type types a text; "\x03" is Ctrl-C.
func (term *Terminal) Type(text string) {
	term.t.Helper()
	if _, err := term.keys.WriteString(text); err != nil {
		term.t.Fatal(err)
	}
}

// Screen is what was shown so far, with plain line ends.
func (term *Terminal) Screen() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return strings.ReplaceAll(term.screen.String(), "\r\n", "\n")
}

// Settled is Screen once all that a program wrote before has arrived.
func (term *Terminal) Settled() string {
	term.t.Helper()
	const end = "\x00end of all\x00"
	if _, err := term.Program.WriteString(end); err != nil {
		term.t.Fatal(err)
	}
	term.Await(end)
	return strings.ReplaceAll(term.Screen(), end, "")
}

// Await waits until a text is shown.
func (term *Terminal) Await(text string) {
	term.t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if strings.Contains(term.Screen(), text) {
			return
		}
	}
	term.t.Fatalf("%q was never shown:\n%s", text, term.Screen())
}

// Ended waits for the end of a command and returns its exit code.
func (term *Terminal) Ended(c *exec.Cmd) int {
	term.t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case err := <-ended:
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			term.t.Fatal(err)
		}
	case <-time.After(time.Minute):
		term.t.Fatalf("the command does not end:\n%s", term.Screen())
	}
	return c.ProcessState.ExitCode()
}
