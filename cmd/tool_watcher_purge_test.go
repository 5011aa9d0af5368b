package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/migrations"
)

// recordName is what the records call a dialect; MySQL takes those of MariaDB.
func recordName(d flavor.Dialect) string {
	switch d {
	case flavor.SQLite:
		return "sqlite"
	case flavor.Postgres:
		return "postgresql"
	}
	return "mariadb"
}

// watcherDatabase is a database with the recorded rows.
func watcherDatabase(t *testing.T, d flavor.Dialect) Program {
	t.Helper()
	db := enginetest.New(t, d)
	p := Program{Environ: []string{"MANAGE_CONNECTION=" + db.URL, "OS_DATABASE__CONNECTION=" + db.URL}}
	for _, c := range migrations.Catalogs() {
		if c.Name == "watcher" {
			p.Catalogs = []Catalog{{Name: c.Name, Files: fs.FS(c.FS)}}
		}
	}
	if code, _, errs := callMain(t, p, "db", "sync", "--no-progress"); code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	seed, err := os.ReadFile("../phases/purge/testdata/" + recordName(d) + "-seed-A.sql")
	if err != nil {
		t.Fatal(err)
	}
	db.Exec(t, string(seed))
	return p
}

// callWatcher runs `watcher-db-manage purge`.
func callWatcher(p Program, stdin string, args ...string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	p.In, p.Out, p.Err = strings.NewReader(stdin), &stdout, &stderr
	c := newCall(p, watcherTool(), &latch{})
	code = c.run(context.Background(), append([]string{"purge"}, args...))
	return code, stdout.String(), stderr.String()
}

// The recorded runs of the original: every character of standard output, and
// the exit code. Where it stopped half way, or left broken references, ours ends
// before the question.
func TestWatcherPurgeRecorded(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		t.Run(string(d), func(t *testing.T) {
			raw, err := os.ReadFile("../phases/purge/testdata/" + recordName(d) + "-cases-A.json")
			if err != nil {
				t.Fatal(err)
			}
			var recorded struct{ Cases []recordedPurge }
			if err := json.Unmarshal(raw, &recorded); err != nil || len(recorded.Cases) < 16 {
				t.Fatalf("%d cases, %v", len(recorded.Cases), err)
			}
			for _, c := range recorded.Cases {
				t.Run(c.Name, func(t *testing.T) { c.replay(t, d) })
			}
		})
	}
}

// recordedPurge is one run of the original.
type recordedPurge struct {
	Name   string
	Args   []string
	Stdin  string
	Exit   int
	Stdout string
}

func (c recordedPurge) replay(t *testing.T, d flavor.Dialect) {
	code, out, errs := callWatcher(watcherDatabase(t, d), c.Stdin, c.Args...)
	want, exit := c.Stdout, c.Exit
	if slices.Contains([]string{"no-orphans", "goal-name-old"}, c.Name) {
		table, _, _ := strings.Cut(c.Stdout, "There are")
		want, exit = table, 1
		var rows string
		if out, rows, _ = strings.Cut(out, "rows that stay refer"); !strings.HasPrefix(rows, " to rows that would be purged: action_plans id ") {
			t.Errorf("no row is named: %q", rows)
		}
	}
	if code != exit {
		t.Errorf("exit %d, want %d: %s", code, exit, errs)
	}
	if diff := cmp.Diff(want, out); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWatcherPurgeWords(t *testing.T) {
	const question = "There are 7 objects set for deletion. Continue? [y/N]"
	cases := []struct {
		args, stdin string
		code        int
		out         string // a part of standard output
	}{
		{"-n 10", "yes\nTRUE\n", 0, "Purge results summary"},
		{"-n 10", " On \nmaybe\n", 0, question + "Here below is a table"},
		{"-n 10", "1\n\n", 0, question + "Here below"},
		{"-n 10", "t\n", 1, question + "the input ended"},
		{"-n 0", "y\ny\n", 0, "There are 0 objects set for deletion"},
		{"--max-number 74", "y\n", 0, "There are 74 objects"},
		{"-n 73", "", 1, "exceeds the maximum number of objects (73)"},
		{"", "", 1, "Continue? [y/N]the input ended"},
		{"-d -40000 --dry-run", "", 0, "|   74  |"},
		{"-d -9999999", "", 1, "date value out of range"},
		{"-d x", "", 2, ""},
		{"--nonsense", "", 2, ""},
		{"--goal GOAL_2 --dry-run -e", "", 1, "Goal GOAL_2 could not be found"},
		{"--audit-template nosuch", "", 1, "Audit Template nosuch could not be found"},
		{"--audit-template template_2", "", 1, "The Audit Template resource template_2 is not soft deleted"},
		{"--audit-template template_3 -e", "y\n", 0, "There are 1 objects set for deletion. Continue? [y/N]Purge results summary (orphans excluded):"},
		{"--audit-template template_3 --goal goal_2", "", 2, ""},
		{"-t template_3", "", 1, "Goal template_3 could not be found"},
		{"--goal 965EDA32-DAE4-4550-8201-E2BD73AB4876", "", 1, "could not be found"},
		{"--goal 965eda32-dae4-4550-8201-e2bd73ab4876 -e --dry-run", "", 0, "(orphans excluded):"},
	}
	for _, c := range cases {
		t.Run(c.args+" "+strings.ReplaceAll(c.stdin, "\n", " "), func(t *testing.T) {
			code, out, errs := callWatcher(watcherDatabase(t, flavor.SQLite), c.stdin, strings.Fields(c.args)...)
			if code != c.code || !strings.Contains(out, c.out) {
				t.Errorf("exit %d, want %d; no %q in\n%s%s", code, c.code, c.out, out, errs)
			}
		})
	}
}

// A dry run leaves every byte of the database as it was, and makes no file.
func TestPurgeDryRunWritesNothing(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "watcher.db")
	p := watcherDatabase(t, flavor.SQLite)
	from := strings.TrimPrefix(p.Environ[0], "MANAGE_CONNECTION=sqlite:///")
	copyFile(t, from, file)
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p.Environ = []string{"MANAGE_CONNECTION=sqlite:///" + file, "OS_DATABASE__CONNECTION=sqlite:///" + file}
	if code, out, errs := callWatcher(p, "", "--dry-run", "-d", "30"); code != 0 {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	for _, args := range [][]string{{"--dry-run"}, {"--dry-run", "-n", "10", "-d", "30"}, {"--dry-run", "-e"}, {"--dry-run", "--root", "goal=goal_3"}} {
		if code, out, errs := callMain(t, p, append([]string{"db", "purge"}, args...)...); code != 0 && code != ExitRefused {
			t.Fatalf("%v: exit %d: %s%s", args, code, out, errs)
		}
	}
	after, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the database changed: %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("there are %v: %v", entries, err)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
