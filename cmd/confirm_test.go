package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"syscall"
	"testing"

	"manage/engine/enginetest"
)

// sit runs a command on a terminal; what is done there is told the terminal.
func sit(t *testing.T, p Program, name string, words string, do func(term *enginetest.Terminal, signals chan<- os.Signal)) (code int, out, screen string) {
	t.Helper()
	term := enginetest.NewTerminal(t)
	var stdout bytes.Buffer
	p.In, p.Out, p.Err = term.Program, &stdout, term.Program
	signals := make(chan os.Signal, 2)
	ended := make(chan int, 1)
	go func() {
		ended <- untilSecond(signals, abortWait, func(ctx context.Context, began *latch) int {
			return newCall(p, toolFor(name), began).run(ctx, strings.Fields(words))
		})
	}()
	do(term, signals)
	code = <-ended
	return code, stdout.String(), term.Settled()
}

// asked answers a question.
func asked(question, answer string) func(*enginetest.Terminal, chan<- os.Signal) {
	return func(term *enginetest.Terminal, _ chan<- os.Signal) {
		term.Await(question)
		term.Type(answer)
	}
}

// interrupted presses Ctrl-C at a question.
func interruptedAt(question string) func(*enginetest.Terminal, chan<- os.Signal) {
	return func(term *enginetest.Terminal, signals chan<- os.Signal) {
		term.Await(question)
		signals <- syscall.SIGINT
	}
}

// unasked waits for nothing.
func unasked(*enginetest.Terminal, chan<- os.Signal) {}

// stocked is a database with goods, expanded and migrated.
func stocked(t *testing.T, db enginetest.Database) Program {
	t.Helper()
	p := Program{Catalogs: []Catalog{goods()}, Environ: []string{"MANAGE_CONNECTION=" + db.URL}}
	for _, words := range []string{"upgrade open01", "expand"} {
		if code, _, errs := callMain(t, p, strings.Fields("db "+words)...); code != 0 {
			t.Fatalf("%s: exit %d\n%s", words, code, errs)
		}
	}
	db.Exec(t, "INSERT INTO goods (id, price) VALUES (1, 5), (2, 7), (3, 9)")
	if code, _, errs := callMain(t, p, "db", "migrate"); code != 0 {
		t.Fatal(errs)
	}
	return p
}

// On a terminal contract shows what goes, and asks with the names of database
// and catalog; so do sync and upgrade.
func TestContractOnATerminal(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		p := stocked(t, db)
		for _, words := range []string{"contract", "sync", "upgrade", "contract -o json"} {
			code, out, screen := sit(t, p, "manage", "db "+words, asked("[y/N]", "n\n"))
			for _, part := range []string{"removes permanently:\n  column goods.price with 3 values (art_contract01)\n",
				"Rows are compared before: goods.cents with what art_migrate01 makes of price",
				"Remove this from the database ", " with the catalog goods? [y/N]", db.Name} {
				if !strings.Contains(screen, part) {
					t.Errorf("%s does not show %q:\n%s", words, part, screen)
				}
			}
			if strings.Contains(screen, enginetest.Password) {
				t.Errorf("%s shows the password", words)
			}
			if code != ExitRefused {
				t.Errorf("%s, answered with no: exit %d\n%s", words, code, screen)
			}
			if strings.Contains(words, "json") && !json.Valid([]byte(out)) {
				t.Errorf("%s prints %q", words, out)
			}
		}
		if n := db.Strings(t, "SELECT count(price) FROM goods"); n[0] != "3" {
			t.Fatalf("%s prices are left", n[0])
		}
		if code, _, screen := sit(t, p, "manage", "db contract", asked("[y/N]", "y\n")); code != ExitDone {
			t.Errorf("answered with yes: exit %d\n%s", code, screen)
		}
		if code, _, screen := sit(t, p, "manage", "db contract", unasked); code != ExitDone || strings.Contains(screen, "[y/N]") {
			t.Errorf("with nothing to do: exit %d\n%s", code, screen)
		}
	})
}

// With --yes, without a terminal and under an older name nobody is asked.
func TestContractWithoutAQuestion(t *testing.T) {
	for name, run := range map[string]func(p Program) (int, string){
		"--yes": func(p Program) (int, string) {
			code, _, screen := sit(t, p, "manage", "db contract --yes", unasked)
			return code, screen
		},
		"no terminal": func(p Program) (int, string) {
			code, _, errs := callMain(t, p, "db", "contract")
			return code, errs
		},
	} {
		db := enginetest.New(t, "sqlite")
		code, said := run(stocked(t, db))
		if code != ExitDone || strings.Contains(said, "[y/N]") {
			t.Errorf("%s: exit %d\n%s", name, code, said)
		}
		if columns := db.Strings(t, "SELECT count(*) FROM pragma_table_info('goods') WHERE name = 'price'"); columns[0] != "0" {
			t.Errorf("%s: the column is there still", name)
		}
	}
}

// The first Ctrl-C at any question ends the command, and nothing is changed.
func TestInterruptedAtAQuestion(t *testing.T) {
	for _, words := range []string{"contract", "sync", "upgrade", "downgrade open01", "stamp base", "purge --age-in-days 1", "lease --break"} {
		db := enginetest.New(t, "sqlite")
		p := stocked(t, db)
		switch {
		case strings.HasPrefix(words, "lease"):
			db.Exec(t, "UPDATE manage_lease SET holder = 'root@other', expires = '2001-01-01 00:00:00'")
		case strings.HasPrefix(words, "purge"):
			db.Exec(t, "UPDATE goods SET gone = '2001-01-01 00:00:00' WHERE id = 1")
		}
		before := enginetest.TakeSnapshot(t, db)
		code, _, screen := sit(t, p, "manage", "db "+words, interruptedAt("[y/N]"))
		if code != ExitInterrupted || !strings.Contains(screen, "[y/N] \nmanage: interrupted; nothing was changed") {
			t.Errorf("%s: exit %d\n%s", words, code, screen)
		}
		if diff := enginetest.CompareSnapshots(before, enginetest.TakeSnapshot(t, db)); diff != "" {
			t.Errorf("%s changed something:\n%s", words, diff)
		}
		if n := db.Strings(t, "SELECT count(*) FROM goods"); n[0] != "3" {
			t.Errorf("%s: %s goods are left", words, n[0])
		}
	}
}

// A downgrade asks in the same way, and without a terminal it wants --yes.
func TestDowngradeOnATerminal(t *testing.T) {
	db := enginetest.New(t, "sqlite")
	p := stocked(t, db)
	code, _, screen := sit(t, p, "manage", "db downgrade open01", asked("Go back to open01 in the database sqlite:///"+db.Name+" with the catalog goods? [y/N]", "n\n"))
	if code != ExitRefused || !strings.Contains(screen, "Going back takes away art_expand02, art_expand01:") {
		t.Errorf("exit %d\n%s", code, screen)
	}
	if code, _, errs := callMain(t, p, "db", "downgrade", "open01"); code != ExitRefused || !strings.Contains(errs, "downgrade open01 --yes") {
		t.Errorf("exit %d\n%s", code, errs)
	}
}
