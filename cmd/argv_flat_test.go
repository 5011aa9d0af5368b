package cmd

import (
	"manage/cmd/argv"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"pgregory.net/rapid"
)

func TestFlatWords(t *testing.T) {
	tests := []struct{ tool, words, want string }{ // want is what kong gets
		{"watcher-db-manage", "", "upgrade"},
		{"watcher-db-manage", "--config-file a", "--config-file=a upgrade"},
		{"watcher-db-manage", "-d", "--debug upgrade"},
		{"watcher-db-manage", "-dv version", "--debug --verbose version"},
		{"watcher-db-manage", "--config-f a --log-di=b --nod upgrade", "--config-file=a --log-dir=b --nodebug upgrade"},
		{"watcher-db-manage", "upgrade head", "upgrade -- head"},
		{"watcher-db-manage", "upgrade --revision head", "upgrade -- head"},
		{"watcher-db-manage", "upgrade --rev=head", "upgrade -- head"},
		{"watcher-db-manage", "upgrade --revision", "upgrade"},
		{"watcher-db-manage", "upgrade --revision a --revision b", "upgrade -- b"},
		{"watcher-db-manage", "upgrade --revision a --revision", "upgrade"},
		{"watcher-db-manage", "upgrade +1", "upgrade -- +1"},
		{"watcher-db-manage", "downgrade -1", "downgrade -- -1"},
		{"watcher-db-manage", "downgrade --revision -1", "downgrade -- -1"},
		{"watcher-db-manage", "downgrade --revision=-1", "downgrade -- -1"},
		{"watcher-db-manage", "downgrade -- -1", "downgrade -- -1"},
		{"watcher-db-manage", "stamp", "stamp"},
		{"watcher-db-manage", "create-schema", "create_schema"},
		{"watcher-db-manage", "-d purge -d 5", "--debug purge --age-in-days=5"},
		{"watcher-db-manage", "purge -d", "purge"},
		{"watcher-db-manage", "purge -d -n -t -e", "purge --exclude-orphans"},
		{"watcher-db-manage", "purge -d5 -n=7 -tgoal", "purge --age-in-days=5 --max-number=7 --goal=goal"},
		{"watcher-db-manage", "purge -ed 5", "purge --exclude-orphans --age-in-days=5"},
		{"watcher-db-manage", "purge -d -5 --max -7", "purge --age-in-days=-5 --max-number=-7"},
		{"watcher-db-manage", "purge -d 010 -n +3", "purge --age-in-days=10 --max-number=3"},
		{"watcher-db-manage", "purge -d 5 -d", "purge"},
		{"watcher-db-manage", "purge -n 99999999999999999999", "purge --max-number=9223372036854775807"},
		{"watcher-db-manage", "purge --audit x --dry --excl", "purge --audit-template=x --dry-run --exclude-orphans"},
		{"watcher-db-manage", "purge -t upgrade", "purge --goal=upgrade"},
		{"solum-db-manage", "--config-file=a upgrade head", "--config-file=a upgrade -- head"},
		{"solum-db-manage", "downgrade 450", "downgrade -- 450"},
		{"solum-db-manage", "revision -m text", "revision --message=text"},
		{"mogan-dbsync", "revision --mess=a=b", "revision --message=a=b"},
		{"mogan-dbsync", "", "upgrade"},
		{"mogan-dbsync", "stamp --revision x", "stamp -- x"},
	}
	for _, tt := range tests {
		tool := toolFor(tt.tool)
		s, err := tool.read(modelOf(t, tool), strings.Fields(tt.words))
		if err != nil {
			t.Errorf("%s %s: %v", tt.tool, tt.words, err)
			continue
		}
		if got := strings.Join(s.Words, " "); got != tt.want {
			t.Errorf("%s %s: kong gets %q, want %q", tt.tool, tt.words, got, tt.want)
		}
	}
}

func TestFlatWordsAreRefused(t *testing.T) {
	tests := []struct {
		words   string
		kind    argv.UsageKind
		message string
	}{
		{"nonsense", argv.UnknownCommand, `there is no command "nonsense"`},
		{"nonsense upgrade", argv.UnknownCommand, `there is no command "nonsense"`},
		{"--config-file upgrade", argv.MissingCommand, "a command is missing"},
		{"--config-file", argv.MissingValue, "the option --config-file needs a value"},
		{"--config-file --debug upgrade", argv.MissingValue, "the option --config-file needs a value"},
		{"--debug=1 upgrade", argv.ExtraValue, "the option --debug takes no value"},
		{"--log upgrade", argv.UnknownOption, "there is no option --log here"},
		{"-x upgrade", argv.UnknownOption, "there is no option -x here"},
		{"upgrade --debug", argv.EarlierOption, "option --debug must come before the command"},
		{"upgrade -v", argv.EarlierOption, "option -v must come before the command"},
		{"upgrade --dry-run", argv.UnknownOption, "there is no option --dry-run here"},
		{"upgrade a b", argv.ExtraWord, `unexpected argument "b"`},
		{"upgrade a --revision b", argv.GivenTwice, `"a" and --revision b say the same thing twice; give one of them`},
		{"version a", argv.ExtraWord, `unexpected argument "a"`},
		{"purge a", argv.ExtraWord, `unexpected argument "a"`},
		{"purge -5", argv.ExtraWord, `unexpected argument "-5"`},
		{"purge -d x", argv.BadValue, `--age-in-days cannot be "x"`},
		{"purge -d 1.5", argv.BadValue, `--age-in-days cannot be "1.5"`},
		{"purge -n0x1", argv.BadValue, `--max-number cannot be "0x1"`},
		{"purge -nd", argv.BadValue, `--max-number cannot be "d"`},
		{"purge --goal=", argv.EmptyWord, "an argument is empty; is a variable not set?"},
	}
	tool := watcherTool()
	for _, tt := range tests {
		_, err := tool.read(modelOf(t, tool), strings.Fields(tt.words))
		u, ok := err.(*argv.UsageError)
		if !ok || u.Kind != tt.kind || u.Error() != tt.message {
			t.Errorf("%s: %v, want %q", tt.words, err, tt.message)
			continue
		}
		if f := explain(err, speaker{program: tool.name}); tool.exit(f.Code, f.Exit) != ExitUsage {
			t.Errorf("%s: exit %d", tt.words, f.Exit)
		}
	}
}

// A sentence that names a command names one that there is under the name.
func TestCommandsOfOlderNames(t *testing.T) {
	tests := []struct{ tool, words, want string }{
		{"manage", "sync", "manage db sync"},
		{"glance-manage", "sync", "glance-manage db sync"},
		{"glance-manage", "stamp ocata", "glance-manage db version_control ocata"},
		{"glance-manage", "graph", "manage --catalog glance --connection URL db graph"},
		{"watcher-db-manage", "sync", "watcher-db-manage upgrade"},
		{"watcher-db-manage", "stamp VERSION", "watcher-db-manage stamp VERSION"},
		{"watcher-db-manage", "sync --accept 001", "manage --catalog watcher --connection URL db sync --accept 001"},
		{"solum-db-manage", "downgrade x", "solum-db-manage downgrade x"},
		{"mogan-dbsync", "downgrade x", "manage --catalog mogan --connection URL db downgrade x"},
	}
	for _, tt := range tests {
		if got := newCall(Program{}, toolFor(tt.tool), nil).speaker.db(tt.words); got != tt.want {
			t.Errorf("%s: %q is %q, want %q", tt.tool, tt.words, got, tt.want)
		}
	}
	s := newCall(Program{}, watcherTool(), nil).speaker
	s.options = []string{"--config-file", "x"}
	if got := s.db("status"); got != "manage --catalog watcher --config-file x db status" {
		t.Errorf("with options: %q", got)
	}
}

// What a reader of an older name accepts, kong takes: neither finds something
// wrong that the other has let through, and nothing panics.
func TestOldWordsReachKong(t *testing.T) {
	word := rapid.SampledFrom(strings.Split("|-|--|---|=|-1|-0.5|+1|x|a b|-m|-d|-dn|-n5|-n=|-t|-e|-h|-v|-vd|-é|--revision|--revision=a|--rev=|--vers|--version|--verb|--log-file|--log|--no|"+
		"--nodebug|--debug|--debug=1|--config-file|--config-dir=x|--age=3|--age_in_days|--max_rows=-1|--max|--goal|--audit-template|--dry-run|--merge|--path|--message=x y|-mx|"+
		"db|db_sync|sync|check|upgrade|downgrade|stamp|revision|version|version_control|create_schema|create-schema|purge|load_metadefs|07|9999999999999999999999", "|"))
	command := rapid.SampledFrom([]string{"", "db sync", "db purge", "db_upgrade", "upgrade", "purge", "revision", "-d stamp"})
	for _, tool := range oldTools() {
		t.Run(tool.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				words := append(strings.Fields(command.Draw(t, "command")), rapid.SliceOfN(word, 0, 6).Draw(t, "words")...)
				k, err := kong.New(tool.grammar(), kong.Name(tool.name), kong.NoDefaultHelp())
				if err != nil {
					t.Fatal(err)
				}
				s, err := tool.read(k.Model, words)
				if err != nil || s.Help || s.Version || len(s.Node.Children) > 0 {
					return
				}
				if _, err := k.Parse(s.Words); err != nil {
					t.Errorf("%q: kong gets %q and says %v", words, s.Words, err)
				}
			})
		})
	}
}
