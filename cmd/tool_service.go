package cmd

import (
	"context"
	"manage/cmd/argv"
	"manage/cmd/view"
	"manage/migrations/catalog"
	"manage/phases"
	"path/filepath"
	"slices"
	"strings"
)

// serviceTool is a tool under an older name as far as they are all alike: it
// has the catalog of its service, logs and exits as the services' tools do.
func serviceTool(name, catalogName, about string) tool {
	return tool{
		name: name, catalog: catalogName, about: about,
		exit: oldExit, exits: oldExits(), logs: serviceLogs,
		progress: func(c *call, cat *catalog.Catalog) teller {
			return &view.ServiceLog{Log: c.log, Graph: cat.Graph}
		},
	}
}

// oldExit is the exit code under an older name: there are no codes from 6 on,
// and 2 is for words only, not for what they mean.
func oldExit(name string, code int) int {
	if code == ExitUsage && name != meaning(ExitUsage).Name || code >= ExitRefused && code <= ExitUnknown {
		return ExitFailed
	}
	return code
}

// oldExits is the table of exit codes under an older name. Those that only a
// `check` ends with are left to the tool that has one.
func oldExits() []ExitMeaning {
	return []ExitMeaning{
		meaning(ExitDone),
		{Code: ExitFailed, Name: "failed", Meaning: "failed or refused; the database is as the message says"},
		{Code: ExitUsage, Name: "usage", Meaning: "the words make no sense; nothing was done"},
		meaning(ExitInterrupted),
	}
}

// serviceGlobal are the options before the command of an older tool. Those of
// the logging library are taken so that existing calls run; only the file and
// the level have a meaning here.
type serviceGlobal struct {
	ConfigFile []string `sep:"none" placeholder:"PATH" help:"A configuration file; repeatable, later ones win."`
	ConfigDir  []string `sep:"none" placeholder:"DIR" help:"A directory of *.conf files; repeatable."`
	Debug      bool     `short:"d" help:"Log at level DEBUG instead of INFO."`
	Nodebug    bool     `help:"The opposite of --debug."`
	Version    bool     `help:"Show the version of the program."`
	Help       bool     `short:"h" help:"Show this help."`

	LogConfigAppend   string `aliases:"log-config,log_config" hidden:"" help:"Taken without effect."`
	LogDateFormat     string `hidden:"" help:"Taken without effect."`
	LogFile           string `aliases:"logfile" placeholder:"PATH" help:"Log to this file as well."`
	LogDir            string `aliases:"logdir" placeholder:"DIR" help:"The directory of --log-file."`
	UseSyslog         bool   `hidden:"" help:"Taken without effect."`
	NouseSyslog       bool   `hidden:"" help:"Taken without effect."`
	UseJournal        bool   `hidden:"" help:"Taken without effect."`
	NouseJournal      bool   `hidden:"" help:"Taken without effect."`
	UseJSON           bool   `name:"use-json" hidden:"" help:"Taken without effect."`
	NouseJSON         bool   `name:"nouse-json" hidden:"" help:"Taken without effect."`
	SyslogLogFacility string `hidden:"" help:"Taken without effect."`
}

// global is what the options mean. What is asked on a terminal is asked by the
// commands themselves.
func (g *serviceGlobal) global() *Global {
	return &Global{
		ConfigFile: g.ConfigFile, ConfigDir: g.ConfigDir, Output: "text",
		Debug: g.Debug && !g.Nodebug, Yes: true, LogFile: g.logFile(),
	}
}

func (g *serviceGlobal) logFile() string {
	if g.LogFile == "" || g.LogDir == "" {
		return g.LogFile
	}
	return filepath.Join(g.LogDir, g.LogFile)
}

// flatGlobal are those of the tools with flat commands. Their manuals know
// --verbose, which asks for the level that is the usual one by now.
type flatGlobal struct {
	serviceGlobal
	Verbose   bool `short:"v" help:"Taken without effect: what it asked for is logged anyway."`
	Noverbose bool `hidden:"" help:"Taken without effect."`
}

// serviceStep runs a command that changes the database and presents it.
func serviceStep(ctx context.Context, s Writes, run func() (phases.Result, error), say func(phases.Result) error) error {
	result, err := run()
	if err != nil {
		return whereItStopped(ctx, s, result, err)
	}
	return say(result)
}

// flatCommand says how a command of `manage db` is given to a tool with flat
// commands; "" if it has none that does the same.
func flatCommand(commands ...string) func(words []string) string {
	return func(words []string) string {
		name := words[0]
		if name == "sync" {
			name = "upgrade"
		}
		if !slices.Contains(commands, name) || slices.ContainsFunc(words, argv.IsOption) {
			return ""
		}
		return strings.Join(append([]string{name}, words[1:]...), " ")
	}
}
