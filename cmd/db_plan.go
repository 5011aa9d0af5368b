package cmd

import (
	"context"
	"manage/cmd/argv"
	"manage/cmd/view"
	"manage/engine/plan"
	"manage/engine/revision"
	"manage/migrations/catalog"
	"manage/phases"
)

// planCommand is `manage db plan`.
type planCommand struct {
	Command string `arg:"" optional:"" name:"command" help:"The command to plan: sync, upgrade, expand, migrate or contract; sync if it is left out."`
	Target  string `arg:"" optional:"" name:"version" help:"The VERSION of the command."`
	Online  bool   `help:"Plan sync or upgrade with the service running."`
	SQL     bool   `name:"sql" help:"Print a script for the database's own client."`
	Dialect string `placeholder:"D" help:"Plan without a database, for sqlite, postgres, mysql or mariadb."`
	blocking
	verifying
	From []string `sep:"," placeholder:"VERSION" help:"With --dialect: where the database is; nothing if it is left out."`
}

// plannable are the commands that can be planned.
func plannable() []string { return []string{"sync", "upgrade", "expand", "migrate", "contract"} }

// Doc is what the help says of plan.
func (*planCommand) Doc() Doc {
	return Doc{
		Does: "Shows what a command would run, statement by statement, without running it, and what that removes, with its size. With --sql it is " +
			"a script for the database's own client: messages and guards are comments in it, and a statement that the client " +
			"would read as another one is refused. With --dialect and --from it needs no database. " + versionGrammar,
		Writes:   writesNothing,
		Exits:    readExits(ExitRefused),
		Examples: []string{"db plan", "db plan contract", "db plan --sql --dialect postgres --from mitaka sync ocata"},
	}
}

// Run shows the plan. It opens a database only if no dialect is named.
func (c *planCommand) Run(ctx context.Context, cat *catalog.Catalog, open lazyReads, p *view.Page) error {
	pl, err := c.plan(ctx, cat, open)
	if err != nil {
		return err
	}
	if c.SQL && !p.JSON {
		return view.Script(p, pl, cat.VersionTable)
	}
	return view.Plan(p, pl)
}

func (c *planCommand) plan(ctx context.Context, cat *catalog.Catalog, open lazyReads) (plan.Plan, error) {
	command, target, err := c.words()
	if err != nil {
		return plan.Plan{}, err
	}
	req := phases.Request{Version: target, Online: c.Online, AllowBlocking: c.AllowBlocking, VerifyRows: c.VerifyRows}
	if c.Dialect == "" {
		if len(c.From) > 0 {
			return plan.Plan{}, &argv.UsageError{Kind: argv.NeedsOption, Word: "--from", Other: "--dialect"}
		}
		s, err := open(ctx)
		if err != nil {
			return plan.Plan{}, err
		}
		return s.Plan(ctx, command, req)
	}
	f, err := dialectNamed(c.Dialect)
	if err != nil {
		return plan.Plan{}, err
	}
	from, err := positionOf(cat.Graph, c.From)
	if err != nil {
		return plan.Plan{}, err
	}
	s := phases.Service{Catalog: cat}
	return s.PlanOffline(command, f, from, req)
}

// positionOf is the version rows of a database at all of these versions.
func positionOf(g *revision.Graph, versions []string) ([]string, error) {
	var applied revision.Set
	for _, v := range versions {
		t, err := g.Target(v, revision.Scope{})
		if err != nil {
			return nil, err
		}
		applied = applied.Union(t.Set)
	}
	return g.Rows(applied), nil
}

// words tells COMMAND and VERSION apart: a single word that is no command is
// the VERSION of sync.
func (c *planCommand) words() (command, target string, err error) {
	switch {
	case c.Command == "":
		return "sync", c.Target, nil
	case isOneOf(c.Command, plannable()):
		return c.Command, c.Target, nil
	case c.Target == "":
		return "sync", c.Command, nil
	}
	return "", "", &argv.UsageError{Kind: argv.UnknownCommand, Word: c.Command, Nearest: argv.Nearest(c.Command, plannable())}
}
