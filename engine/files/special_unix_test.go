//go:build unix

package files_test

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// special is a file that is none to read, and what the error says.
type special struct{ name, want string }

// specials are a pipe, a socket and a link to a device in a directory, and the
// devices themselves.
func specials(t *testing.T, dir string) map[string]special {
	t.Helper()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	// The path of a socket is short.
	short, err := os.MkdirTemp("", "s")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(short) })
	l, err := net.Listen("unix", filepath.Join(short, "s"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	socket := filepath.Join(dir, "socket")
	if err := os.Link(filepath.Join(short, "s"), socket); err != nil {
		socket = filepath.Join(short, "s")
	}
	return map[string]special{
		"a named pipe":     {pipe, "a named pipe, not a regular file"},
		"a socket":         {socket, "a socket, not a regular file"},
		"zeros":            {"/dev/zero", "a device, not a regular file"},
		"the null device":  {"/dev/null", "a device, not a regular file"},
		"a link to a pipe": {link(t, "pipe", filepath.Join(dir, "pipelink")), "a named pipe, not a regular file"},
	}
}
