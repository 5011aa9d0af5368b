package cmd

import (
	"errors"
	"manage/cmd/argv"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
)

// modelOf is the kong model of a tool.
func modelOf(t *testing.T, tool tool) *kong.Application {
	t.Helper()
	k, err := kong.New(tool.grammar(), kong.Name(tool.name), kong.Description(tool.about), kong.NoDefaultHelp())
	if err != nil {
		t.Fatal(err)
	}
	return k.Model
}

func TestScan(t *testing.T) {
	tests := []struct {
		name  string
		words []string
		want  []string // what kong gets
		path  string
	}{
		{"options before the command", []string{"-o", "json", "db", "version"}, []string{"-o", "json", "db", "version"}, "db version"},
		{"options behind the command", []string{"db", "version", "-o", "json"}, []string{"db", "version", "-o", "json"}, "db version"},
		{"joined value", []string{"db", "sync", "--output=json"}, []string{"db", "sync", "--output=json"}, "db sync"},
		{"joined short options", []string{"-vojson", "db", "check"}, []string{"-vojson", "db", "check"}, "db check"},
		{"a negative number is an argument", []string{"db", "sync", "-1", "-o", "json"}, []string{"db", "sync", "-o", "json", "--", "-1"}, "db sync"},
		{"behind another argument", []string{"db", "plan", "upgrade", "-2"}, []string{"db", "plan", "upgrade", "--", "-2"}, "db plan"},
		{"a value that looks like one", []string{"--catalog=-1", "db", "heads"}, []string{"--catalog=-1", "db", "heads"}, "db heads"},
		{"two dashes end the options", []string{"db", "stamp", "--", "-1"}, []string{"db", "stamp", "--", "-1"}, "db stamp"},
		{"a value that is a command's name", []string{"--catalog", "db", "db", "heads"}, []string{"--catalog", "db", "db", "heads"}, "db heads"},
		{"one dash is a word", []string{"db", "stamp", "-"}, []string{"db", "stamp", "-"}, "db stamp"},
	}
	model := modelOf(t, manageTool("manage"))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := argv.Scan(model, tt.words)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got.Words); diff != "" {
				t.Errorf("words (-want +got):\n%s", diff)
			}
			if path := argv.CommandPath(got.Node); path != tt.path {
				t.Errorf("command %q, want %q", path, tt.path)
			}
		})
	}
}

func TestScanFindsWrongWords(t *testing.T) {
	tests := []struct {
		words   []string
		kind    argv.UsageKind
		message string
		nearest []string
	}{
		{[]string{"bd"}, argv.UnknownCommand, `there is no command "bd"`, []string{"db"}},
		{[]string{"db", "synk"}, argv.UnknownCommand, `there is no command "db synk"`, []string{"sync"}},
		{[]string{"db", "con"}, argv.UnknownCommand, `there is no command "db con"`, []string{"contract"}},
		{[]string{"sync"}, argv.UnknownCommand, `there is no command "sync"`, []string{"db sync"}},
		{[]string{"db", "xyzzy"}, argv.UnknownCommand, `there is no command "db xyzzy"`, nil},
		{[]string{"db", "sync", "--onlin"}, argv.UnknownOption, "there is no option --onlin here", []string{"--online"}},
		{[]string{"db", "version", "--online"}, argv.UnknownOption, "there is no option --online here", nil},
		{[]string{"--sql", "db", "plan"}, argv.UnknownOption, "there is no option --sql here", nil},
		{[]string{"db", "sync", "-x"}, argv.UnknownOption, "there is no option -x here", nil},
		{[]string{"db", "sync", "--catalog"}, argv.MissingValue, "the option --catalog needs a value", nil},
		{[]string{"db", "sync", "-o"}, argv.MissingValue, "the option -o needs a value", nil},
		{[]string{"db", "sync", ""}, argv.EmptyWord, "an argument is empty; is a variable not set?", nil},
		{[]string{"db", "stamp"}, argv.MissingArgument, "VERSION is missing", nil},
		{[]string{"db", "sync", "ocata", "pike"}, argv.ExtraWord, `unexpected argument "pike"`, nil},
		{[]string{"db", "heads", "-1"}, argv.ExtraWord, `unexpected argument "-1"`, nil},
	}
	model := modelOf(t, manageTool("manage"))
	for _, tt := range tests {
		_, err := argv.Scan(model, tt.words)
		var u *argv.UsageError
		if !errors.As(err, &u) {
			t.Errorf("%q: error %v, want a usageError", tt.words, err)
			continue
		}
		if u.Kind != tt.kind || u.Error() != tt.message {
			t.Errorf("%q: %d %q, want %d %q", tt.words, u.Kind, u.Error(), tt.kind, tt.message)
		}
		if diff := cmp.Diff(tt.nearest, u.Nearest); diff != "" {
			t.Errorf("%q: nearest (-want +got):\n%s", tt.words, diff)
		}
	}
}

// Whatever the words are, scan ends without a panic, and what it accepts names
// a command of the model.
func FuzzScan(f *testing.F) {
	for _, words := range []string{"db sync", "-o json db check", "db plan -1 --sql", "-vo", "--", "db -- x", "-o=json"} {
		f.Add(words)
	}
	k, err := kong.New(&manageGrammar{}, kong.Name("manage"), kong.NoDefaultHelp())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := argv.Scan(k.Model, splitWords(text))
		if err == nil && s.Node == nil {
			t.Errorf("%q: no node and no error", text)
		}
	})
}

func splitWords(text string) []string {
	var words []string
	word := ""
	for _, r := range text {
		if r == ' ' {
			words = append(words, word)
			word = ""
			continue
		}
		word += string(r)
	}
	return append(words, word)
}

func TestNearest(t *testing.T) {
	known := []string{"sync", "status", "stamp", "upgrade", "expand", "contract"}
	tests := []struct {
		word string
		want []string
	}{
		{"sycn", []string{"sync"}},
		{"st", []string{"status", "stamp"}},
		{"upgrad", []string{"upgrade"}},
		{"contarct", []string{"contract"}},
		{"x", nil},
		{"migrate", nil},
		{"", nil},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, argv.Nearest(tt.word, known)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.word, diff)
		}
	}
}
