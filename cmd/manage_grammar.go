package cmd

import (
	"manage/cmd/argv"
	"manage/cmd/view"
	"manage/migrations/catalog"
	"time"
)

// grammar is a kong struct that a tool's words are parsed into.
type grammar interface {
	// global returns what was said that concerns every command.
	global() *Global
}

// manageTool is the tool under its own name, and under every name that is not
// that of an older tool.
func manageTool(name string) tool {
	return tool{
		name: name,
		about: "Changes the schema of a service's database, also while the service runs: " +
			"expand adds what the new release needs, migrate moves the rows, contract removes what only the old release needed.",
		grammar: func() grammar { return &manageGrammar{} },
		read:    argv.Scan,
		exit:    func(_ string, code int) int { return code },
		exits:   ExitMeanings(),
		logs:    plainLogs,
		progress: func(c *call, _ *catalog.Catalog) teller {
			return &view.Progress{
				Out: c.stderr(), Screen: c.screen, Log: c.log, Quiet: c.global.NoProgress, Verbose: c.global.Verbose,
				Now: time.Now, Tick: time.Second,
			}
		},
	}
}

func (g *manageGrammar) global() *Global { return &g.Global }

// manageGrammar is everything that can be said to manage.
type manageGrammar struct {
	Global
	DB         dbCommands        `cmd:"" name:"db" help:"Change and look at a database's schema."`
	Init       initCommand       `cmd:"" help:"Write a new catalog that works at once."`
	Catalogs   catalogsCommand   `cmd:"" help:"List the catalogs that are built in."`
	Completion completionCommand `cmd:"" help:"Print a completion script for a shell."`
}

// dbCommands are the commands on one catalog and one database.
type dbCommands struct {
	Sync     syncCommand     `cmd:"" help:"Take the database to VERSION or the newest, in one go."`
	Upgrade  upgradeCommand  `cmd:"" help:"Move the database to VERSION or the newest, in one go."`
	Expand   expandCommand   `cmd:"" help:"Online step 1: add what the new release needs."`
	Migrate  migrateCommand  `cmd:"" help:"Online step 2: move the rows."`
	Contract contractCommand `cmd:"" help:"Online step 3: remove what only the old release needed."`
	Version  versionCommand  `cmd:"" help:"Show the version of the database."`
	Check    checkCommand    `cmd:"" help:"Say what is to be done next, also by the exit code."`
	Status   statusCommand   `cmd:"" help:"Show where the database stands, release by release."`
	History  historyCommand  `cmd:"" help:"Show what was run on the database, and when."`
	Heads    headsCommand    `cmd:"" help:"Show the newest revisions of the catalog."`
	Graph    graphCommand    `cmd:"" help:"Draw the branches of the catalog, and what is applied."`
	Stamp    stampCommand    `cmd:"" help:"Record a version without running anything."`
	Plan     planCommand     `cmd:"" help:"Show what a command would run, statement by statement."`
	Verify   verifyCommand   `cmd:"" help:"Compare the schema with what the applied revisions should have made."`
	Lease    leaseCommand    `cmd:"" help:"Show who is working on the database, or end the lease of a dead one."`
	Wait     waitCommand     `cmd:"" help:"Wait until the database has reached a stage."`
	Purge    purgeCommand    `cmd:"" help:"Remove soft-deleted objects and orphans."`

	Downgrade downgradeCommand `cmd:"" help:"Go back to VERSION, where the catalog allows it."`
	Revision  revisionCommand  `cmd:"" help:"Write new revision files, ready to be filled in."`
	Rebase    rebaseCommand    `cmd:"" help:"Rebase one of two conflicting revisions onto the other."`

	CreateSchema createSchemaCommand `cmd:"" name:"create_schema" aliases:"create-schema" help:"Make the newest schema in one go."`
}

// Global are the options that every command takes, before and after its name.
type Global struct {
	Connection     *string        `placeholder:"URL" help:"The database, as a SQLAlchemy URL such as postgresql://user@host/db."`
	ConnectionFile *string        `placeholder:"FILE" help:"A file that holds the URL, so that a password is on no command line."`
	Catalog        *string        `placeholder:"NAME|DIR" help:"A built-in catalog, or the directory of one."`
	ConfigFile     []string       `sep:"none" placeholder:"FILE" help:"A configuration file; repeatable, later ones win."`
	ConfigDir      []string       `sep:"none" placeholder:"DIR" help:"A directory of configuration files; repeatable."`
	Output         string         `short:"o" placeholder:"FORMAT" default:"text" enum:"text,json" help:"How results are printed: text or json."`
	Wait           *time.Duration `placeholder:"TIME" help:"How long to wait for another holder after its last sign of life, such as 30s."`
	LockTimeout    *time.Duration `placeholder:"TIME" help:"How long a statement waits for its lock, such as 3s; the service waits behind it for as long."`
	LockRetries    *int           `placeholder:"N" help:"How often such a statement is tried again; 0 for never."`
	AskPrograms    bool           `help:"Let commands that only look start the programs of data migrations, to ask them whether rows are left."`
	Yes            bool           `help:"Skip the confirmation of irreversible actions."`
	NoProgress     bool           `help:"Show no progress."`
	Verbose        bool           `short:"v" help:"Say more: each statement as it runs."`
	Debug          bool           `help:"Log everything to standard error."`
	Help           bool           `short:"h" help:"Show this help."`
	Version        bool           `help:"Show the version of manage itself."`

	// LogFile, where an older tool was told of one, is written beside standard
	// error.
	LogFile string `kong:"-"`
}
