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

// TestTroublePage follows the page on what may go wrong.
func TestTroublePage(t *testing.T) { follow(t, "docs/howto/trouble.md", 1) }

// TestMetadefsPage follows the page on metadata definitions in the same way.
func TestMetadefsPage(t *testing.T) { follow(t, "docs/howto/metadefs.md", 5) }

// TestRevisionsPage follows the page on revisions in the same way.
func TestRevisionsPage(t *testing.T) { follow(t, "docs/howto/revisions.md", 5) }

// TestAutogeneratePage follows the page on derived revisions.
func TestAutogeneratePage(t *testing.T) { follow(t, "docs/howto/autogenerate.md", 3) }

// TestOlderNamesPage follows the page on the older names.
func TestOlderNamesPage(t *testing.T) { follow(t, "docs/howto/older-names.md", 4) }

// TestVerifyPage follows the page on changes by hand.
func TestVerifyPage(t *testing.T) { follow(t, "docs/howto/verify.md", 3) }

// TestThrottlePage follows the page on pauses.
func TestThrottlePage(t *testing.T) { follow(t, "docs/howto/throttle.md", 4) }

// TestDataMigrationsPage follows the page on data migrations in the same way.
func TestDataMigrationsPage(t *testing.T) {
	t.Setenv("MANAGE_CONNECTION", "sqlite:///shop.sqlite")
	follow(t, "docs/howto/data-migrations.md", 4)
}

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

// TestQuickStart runs the first command of the README as it stands there,
// except that the program and the database are made in another directory, and
// then the program through a link.
func TestQuickStart(t *testing.T) {
	var quick block
	for _, b := range blocks(t, filepath.Join(repository, "README.md")) {
		if b.language == "console" {
			quick = b
			break
		}
	}
	build, rest, ok := strings.Cut(strings.TrimPrefix(quick.text, "$ "), " && ")
	if !ok || build != "go build -o bin/ ./cmd/manage" {
		t.Fatalf("the quick start builds with %q", build)
	}
	s := &session{dir: t.TempDir()}
	cmd := exec.Command("go", "build", "-o", filepath.Join(s.dir, "bin")+"/", "./cmd/manage")
	cmd.Dir = repository
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", build, err, out)
	}
	s.console(t, "README.md", block{text: "$ " + rest, line: quick.line})

	// The same program through a link with an older name.
	if err := os.Symlink("manage", filepath.Join(s.dir, "bin/glance-manage")); err != nil {
		t.Fatal(err)
	}
	got := s.run(t, "OS_DATABASE__CONNECTION=sqlite:///manage.sqlite bin/glance-manage db version")
	if want := "2024_1_expand01, 2024_1_contract01\n"; got != want {
		t.Errorf("glance-manage db version: %q, want %q", got, want)
	}
}

// TestReadmeIsShort holds the README to the length that people read.
func TestReadmeIsShort(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(repository, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(page, []byte("\n")); n > 150 {
		t.Errorf("README.md has %d lines, more than 150", n)
	}
}

// TestOneTestCommand holds the command of .ci/run to the second one of the
// README.
func TestOneTestCommand(t *testing.T) {
	script, err := os.ReadFile(filepath.Join(repository, ".ci/run"))
	if err != nil {
		t.Fatal(err)
	}
	_, runs, ok := strings.Cut(string(script), "\nexec ")
	if !ok {
		t.Fatalf(".ci/run runs no command:\n%s", script)
	}
	var consoles []string
	for _, b := range blocks(t, filepath.Join(repository, "README.md")) {
		if b.language == "console" {
			consoles = append(consoles, strings.TrimPrefix(b.text, "$ "))
		}
	}
	if len(consoles) != 2 || strings.TrimSpace(consoles[1]) != strings.TrimSpace(runs) {
		t.Errorf(".ci/run runs %q, the README's console blocks are %q", runs, consoles)
	}
}

// TestEmbed shows that the files of the how-to are those of the program that is
// compiled with everything else, and that it does what the page says.
func TestEmbed(t *testing.T) {
	dir := filepath.Join(repository, "docs/howto")
	s := &session{dir: t.TempDir()}
	cmd := exec.Command("go", "build", "-o", filepath.Join(s.dir, "bin", "billing-manage"), "./docs/howto/embed")
	cmd.Dir = repository
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Setenv("PATH", filepath.Join(s.dir, "bin")+string(filepath.ListSeparator)+os.Getenv("PATH"))
	files, ran := 0, 0
	for _, b := range blocks(t, filepath.Join(dir, "embed.md")) {
		switch {
		case b.language == "console":
			s.console(t, "embed.md", b)
			ran++
		case b.file != "":
			source, err := os.ReadFile(filepath.Join(dir, b.file))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(source), b.text); diff != "" {
				t.Errorf("embed.md differs from %s (-file +page):\n%s", b.file, diff)
			}
			files++
		}
	}
	if files != 3 || ran != 1 {
		t.Errorf("%d files and %d console blocks, want all of the page's", files, ran)
	}
	got := s.run(t, "billing-manage catalogs")
	want := "NAME     TITLE    REVISIONS  NEWEST                            DATABASES\n" +
		"billing  billing  3          bexar_expand01, bexar_contract01  sqlite, postgres, mysql, mariadb\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
