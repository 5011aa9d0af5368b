package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"manage/engine/enginetest"
)

// The program itself on a terminal: Ctrl-C at the question ends it, a yes lets it
// go on; under the older name, whose original asks nobody, there is no question.
func TestQuestionOnATerminal(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		run := func(words string) *exec.Cmd {
			all := strings.Fields(words)
			c := exec.Command(all[0], all[1:]...)
			c.Env = append(os.Environ(), "MANAGE_CONNECTION="+db.URL, "MANAGE_CATALOG=glance", "HOME="+t.TempDir(), "TERM=xterm")
			return c
		}
		for _, words := range []string{"upgrade mitaka", "expand ocata", "migrate ocata"} {
			if out, err := run("manage db " + words).CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", words, err, out)
			}
		}
		const question = "Remove this from the database "
		term := enginetest.NewTerminal(t)
		c := run("manage db contract ocata")
		term.Start(c)
		term.Await(question)
		term.Type("\x03")
		if code := term.Ended(c); code != 130 || !strings.Contains(term.Settled(), "column images.is_public with 0 values") ||
			!strings.Contains(term.Settled(), "interrupted; nothing was changed") {
			t.Errorf("exit %d\n%s", code, term.Settled())
		}
		c = run("manage db contract ocata -o json")
		var document bytes.Buffer
		c.Stdout = &document
		term = enginetest.NewTerminal(t)
		term.Start(c)
		term.Await(question)
		term.Type("yes\n")
		if code := term.Ended(c); code != 0 || !strings.HasPrefix(document.String(), `{"catalog":"glance","command":"contract"`) {
			t.Errorf("exit %d, %s\n%s", code, document.String(), term.Settled())
		}
	})
	file := filepath.Join(t.TempDir(), "glance.sqlite")
	for _, words := range []string{"expand", "migrate", "contract"} {
		c := exec.Command("glance-manage", "db", words)
		c.Env = append(os.Environ(), "OS_DATABASE__CONNECTION=sqlite:///"+file, "HOME="+t.TempDir())
		term := enginetest.NewTerminal(t)
		term.Start(c)
		if code := term.Ended(c); code != 0 || strings.Contains(term.Settled(), "[y/N]") {
			t.Errorf("glance-manage db %s: exit %d\n%s", words, code, term.Settled())
		}
	}
}
