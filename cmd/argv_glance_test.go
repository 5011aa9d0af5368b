package cmd

import (
	"errors"
	"manage/cmd/argv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadGlance(t *testing.T) {
	tests := []struct {
		words string
		want  string // what kong gets
	}{
		{"db sync", "db sync"},
		{"db_sync", "db sync"},
		{"db sync ocata01", "db sync -- ocata01"},
		{"db_sync ocata01", "db sync -- ocata01"},
		{"db sync --version ocata01", "db sync -- ocata01"},
		{"db sync --version=ocata01", "db sync -- ocata01"},
		{"db sync --vers ocata01", "db sync -- ocata01"},
		{"db upgrade -1", "db upgrade -- -1"},
		{"db_upgrade -1", "db upgrade -- -1"},
		{"db_upgrade", "db upgrade"},
		{"db version_control", "db version_control"},
		{"db_version_control mitaka", "db version_control -- mitaka"},
		{"db expand", "db expand"},
		{"db expand word", "db expand"},
		{"db contract word", "db contract"},
		{"db_check", "db check"},
		{"-d db version", "--debug db version"},
		{"db load_metadefs", "db load_metadefs"},
		{"db load_metadefs /a", "db load_metadefs --path=/a"},
		{"db load_metadefs --path /a --merge --prefer_new", "db load_metadefs --merge --prefer_new --path=/a"},
		{"db load_metadefs --over --mer", "db load_metadefs --overwrite --merge"},
		{"db_load_metadefs", "db load_metadefs"},
		{"db_load_metadefs /a", "db load_metadefs --path=/a"},
		{"db_load_metadefs /a False", "db load_metadefs --path=/a"},
		{"db_load_metadefs /a True False off", "db load_metadefs --merge --path=/a"},
		{"db_load_metadefs /a yes no 0", "db load_metadefs --merge --path=/a"},
		{"db_load_metadefs /a yes no 1", "db load_metadefs --merge --overwrite --path=/a"},
		{"db unload_metadefs", "db unload_metadefs"},
		{"db_unload_metadefs", "db unload_metadefs"},
		{"db export_metadefs /a/", "db export_metadefs --path=/a/"},
		{"db export_metadefs --pa /a/", "db export_metadefs --path=/a/"},
		{"db_export_metadefs /a/", "db export_metadefs --path=/a/"},
		{"--config-file a --config-dir=b db check", "--config-file=a --config-dir=b db check"},
		{"--config-f a db check", "--config-file=a db check"},
		{"--nodebug --use-syslog --log-config x db check", "--nodebug --use-syslog --log-config-append=x db check"},
		{"--logfile x db_check", "--log-file=x db check"},
	}
	model := modelOf(t, glanceTool())
	for _, tt := range tests {
		got, err := argv.ReadGlance(model, strings.Fields(tt.words))
		if err != nil {
			t.Errorf("%q: %v", tt.words, err)
			continue
		}
		if diff := cmp.Diff(tt.want, strings.Join(got.Words, " ")); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.words, diff)
		}
	}
}

func TestReadGlanceRefusesWords(t *testing.T) {
	tests := []struct {
		words   string
		exit    int
		message string
	}{
		{"bd sync", 2, `there is no command "bd"`},
		{"db_purge", 2, `there is no command "db_purge"`},
		{"db_purge_images_table", 2, `there is no command "db_purge_images_table"`},
		{"db_downgrade", 2, `there is no command "db_downgrade"`},
		{"db synk", 2, `there is no command "db synk"`},
		{"--config-file x", 2, "a command is missing"},
		{"--config-file", 2, "the option --config-file needs a value"},
		{"-v db sync", 2, "there is no option -v here"},
		{"--verbose db sync", 2, "there is no option --verbose here"},
		{"--debug=true db sync", 2, "the option --debug takes no value"},
		{"db sync --debug", 2, "option --debug must come before the command"},
		{"db sync --config-file x", 2, "option --config-file must come before the command"},
		{"db sync --version", 2, "the option --version needs a value"},
		{"db_sync --version x", 2, "there is no option --version here"},
		{"db_sync a b", 2, `unexpected argument "b"`},
		{"db_expand a", 2, `unexpected argument "a"`},
		{"db sync a b", 1, "`db sync` takes at most one further word, not 2"},
		{"db check a", 1, "`db check` takes no further words, not 1"},
		{"db expand a b", 1, "`db expand` takes at most one further word, not 2"},
		{"db load_metadefs a True", 1, "`db load_metadefs` takes merge as an option, --merge, and not by position as \"True\""},
		{"db load_metadefs a --path b", 1, `path is given twice: as "a" and by --path`},
		{"db load_metadefs --prefer-new", 2, "there is no option --prefer-new here"},
		{"db load_metadefs --path", 2, "the option --path needs a value"},
		{"db_load_metadefs --merge", 2, "there is no option --merge here"},
		{"db_load_metadefs a b c d e", 2, `unexpected argument "e"`},
		{"db export_metadefs a b", 1, "`db export_metadefs` takes at most one further word, not 2"},
		{"db export_metadefs --merge", 2, "there is no option --merge here"},
		{"db_export_metadefs a b", 2, `unexpected argument "b"`},
		{"db unload_metadefs a", 1, "`db unload_metadefs` takes no further words, not 1"},
		{"db_unload_metadefs a", 2, `unexpected argument "a"`},
		{"db upgrade a --version b", 1, `version is given twice: as "a" and by --version`},
	}
	model := modelOf(t, glanceTool())
	for _, tt := range tests {
		_, err := argv.ReadGlance(model, strings.Fields(tt.words))
		if err == nil {
			t.Errorf("%q: no error, want %q", tt.words, tt.message)
			continue
		}
		f := explain(err, speaker{program: "glance-manage"})
		if f.Message != tt.message || f.Exit != tt.exit {
			t.Errorf("%q: exit %d %q, want %d %q", tt.words, f.Exit, f.Message, tt.exit, tt.message)
		}
	}
}

func TestGlanceWithoutACommand(t *testing.T) {
	tests := []struct {
		words []string
		lines []string // beginnings
	}{
		{nil, []string{"Usage: glance-manage ", "", "", "\tdb"}},
		{[]string{"db"}, []string{"", "\tcheck - ", "\tcontract - ", "\texpand - ", "\texport_metadefs - ", "\tload_metadefs - ", "\tmigrate - ", "\tpurge - ", "\tpurge_images_table - ", "\tsync - ", "\tunload_metadefs - ", "\tupgrade - ", "\tversion - ", "\tversion_control - "}},
	}
	model := modelOf(t, glanceTool())
	for _, tt := range tests {
		_, err := argv.ReadGlance(model, tt.words)
		var s *argv.Answer
		if !errors.As(err, &s) {
			t.Fatalf("%q: error %v, want an answer", tt.words, err)
		}
		lines := strings.Split(strings.TrimSuffix(s.Text, "\n"), "\n")
		if len(lines) != len(tt.lines) {
			t.Fatalf("%q: %d lines, want %d:\n%s", tt.words, len(lines), len(tt.lines), s.Text)
		}
		for i, begin := range tt.lines {
			if !strings.HasPrefix(lines[i], begin) {
				t.Errorf("%q: line %d is %q, want it to begin with %q", tt.words, i+1, lines[i], begin)
			}
		}
	}
}

func TestOldExit(t *testing.T) {
	for code, want := range map[int]int{0: 0, 1: 1, 2: 1, 3: 3, 4: 4, 5: 5, 6: 1, 7: 1, 8: 1, 9: 1, 130: 130} {
		if got := oldExit("", code); got != want {
			t.Errorf("oldExit(%d) = %d, want %d", code, got, want)
		}
	}
	if got := oldExit("usage", 2); got != 2 {
		t.Errorf("wrong words exit %d, want 2", got)
	}
}

// Of the legacy words of a flag, an empty one leaves it off.
func TestReadGlanceEmptyFlags(t *testing.T) {
	got, err := argv.ReadGlance(modelOf(t, glanceTool()), []string{"db_load_metadefs", "", "", "x"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"db", "load_metadefs", "--prefer_new", "--path="}, got.Words); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
