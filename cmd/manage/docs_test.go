package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// block is a fenced block of a page.
type block struct {
	language, file, text string
	line                 int
}

var fence = regexp.MustCompile("^```([a-z]+)(?: file=(\\S+))?$")

// blocks reads the fenced blocks of a page.
func blocks(t *testing.T, path string) []block {
	t.Helper()
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []block
	open := false
	for i, line := range strings.Split(string(page), "\n") {
		m := fence.FindStringSubmatch(line)
		switch {
		case !open && m != nil:
			all, open = append(all, block{language: m[1], file: m[2], line: i + 1}), true
		case !open && strings.HasPrefix(line, "```"):
			all, open = append(all, block{line: i + 1}), true
		case open && line == "```":
			open = false
		case open:
			all[len(all)-1].text += line + "\n"
		}
	}
	return all
}

// session runs the commands of pages, one after the other, in one directory.
type session struct {
	dir  string
	code int
}

// run runs one command line and returns its standard output. $? is the exit
// code of the one before.
func (s *session) run(t *testing.T, command string) string {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.Command("bash", "-c", "(exit "+strconv.Itoa(s.code)+"); "+command)
	cmd.Dir, cmd.Stdout = s.dir, &out
	cmd.Env = append(os.Environ(), "HOME="+s.dir)
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		s.code = 0
	case errors.As(err, &exit):
		s.code = exit.ExitCode()
	default:
		t.Fatal(err)
	}
	return out.String()
}

// console runs the commands of a console block and compares their output.
func (s *session) console(t *testing.T, page string, b block) {
	t.Helper()
	var got strings.Builder
	for _, line := range strings.Split(strings.TrimSuffix(b.text, "\n"), "\n") {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			got.WriteString(line + "\n" + s.run(t, command))
		}
	}
	if diff := cmp.Diff(b.text, got.String()); diff != "" {
		t.Errorf("%s:%d (-page +run):\n%s", page, b.line, diff)
	}
}

// TestTutorial follows the tutorial: its files are written, its commands run,
// and what they print is what the page says.
func TestTutorial(t *testing.T) { follow(t, "docs/tutorial/first-rolling-upgrade.md", 5) }

// TestPurgePage follows the page on purges in the same way.
func TestPurgePage(t *testing.T) { follow(t, "docs/howto/purge.md", 4) }

// follow does what a page says, which has so many console blocks at least.
func follow(t *testing.T, name string, least int) {
	page := filepath.Join(repository, name)
	s := &session{dir: t.TempDir()}
	ran := 0
	for _, b := range blocks(t, page) {
		switch {
		case b.file != "":
			path := filepath.Join(s.dir, b.file)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(b.text), 0o644); err != nil {
				t.Fatal(err)
			}
		case b.language == "console":
			s.console(t, page, b)
			ran++
		}
	}
	if ran < least {
		t.Errorf("%d console blocks, want all of the page's", ran)
	}
}
