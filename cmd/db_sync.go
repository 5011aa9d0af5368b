package cmd

import (
	"context"
	"time"

	"manage/cmd/view"
	"manage/engine/run"
	"manage/phases"
	"manage/phases/backfill/compare"
)

// syncCommand is `manage db sync`.
type syncCommand struct{ oneGo }

// oneGo is what the commands have that take a database to a version in one go.
type oneGo struct {
	Target string `arg:"" optional:"" name:"version" help:"Where to go; the newest if it is left out."`
	Online bool   `help:"The service is running: make the triggers that join two releases, and lock tables for moments only."`
	accepting
	blocking
	verifying
	batching
}

// accepting is the option of the commands that refuse changed revisions.
type accepting struct {
	resolving
	Accept []string `placeholder:"ID" help:"A revision whose file may have changed since it was applied or begun; repeatable."`
}

// resolving is the option of the commands that stop at a statement of unknown
// outcome.
type resolving struct {
	Resolve string `placeholder:"OUTCOME" enum:",applied,not-applied" default:"" help:"What became of the one statement whose outcome is unknown, after you have looked: applied or not-applied."`
}

// verifying is the option of the commands that may remove what rows were moved
// from.
type verifying struct {
	VerifyRows string `placeholder:"ROWS" enum:"all,sample,none" default:"all" help:"Which rows to compare before what they were moved from is removed: all, sample or none."`
}

// which is the option as it was given.
func (v verifying) which() string {
	if v.VerifyRows == compare.All {
		return ""
	}
	return optionWords("--verify-rows", &v.VerifyRows)
}

// blocking is the option of the commands that may run while the service does.
type blocking struct {
	AllowBlocking bool `help:"While the service runs, also do what keeps its writers waiting, such as copying a table."`
}

// resolve passes on what somebody says of a statement of unknown outcome.
func (a resolving) resolve(s Writes) {
	s.Run.Resolve = map[string]run.Outcome{"applied": run.Applied, "not-applied": run.NotApplied}[a.Resolve]
}

// Doc is what the help says of sync.
func (*syncCommand) Doc() Doc {
	return Doc{
		Does: "Takes the database to VERSION, by default to the newest, with the service stopped: " +
			"expand, every data migration that is due, contract. It makes the tables of an empty database, " +
			"goes on from any stage, and takes over a database that another tool made. On a terminal it lists what it removes, and asks. " + versionGrammar,
		Writes:   writesAll,
		Exits:    writeExits(),
		Examples: []string{"db sync", "db sync ocata", "--connection sqlite:///glance.db db sync"},
	}
}

// Run takes the database to the version.
func (c *syncCommand) Run(ctx context.Context, g *Global, t terminal, s Writes, p *view.Page) error {
	s.Confirm = t.asking(g, "sync")
	return c.move(ctx, "sync", s, p, s.Sync)
}

// move takes the database to the version with one of the commands.
func (c *oneGo) move(ctx context.Context, command string, s Writes, p *view.Page, run func(context.Context, phases.Request) (phases.Result, error)) error {
	c.resolve(s)
	c.apply(s)
	req := phases.Request{Version: c.Target, Online: c.Online, Accept: c.Accept, AllowBlocking: c.AllowBlocking, VerifyRows: c.VerifyRows}
	return change(ctx, command, s, p, func() (phases.Result, error) {
		r, err := run(ctx, req)
		return r, c.goingOn(err, command, c.Target, switched("--online", c.Online), switched("--allow-blocking", c.AllowBlocking), c.which())
	})
}

// change runs one of the commands that change a database and presents what it
// did, and where the database then stands.
func change(ctx context.Context, command string, s Writes, p *view.Page, run func() (phases.Result, error)) error {
	result, err := run()
	if err != nil {
		return whereItStopped(ctx, s, result, err)
	}
	return view.Changed(p, view.Change{Command: command, Result: result, After: result.Report})
}

// stopped is an error that ended a change, with where it left the database.
type stopped struct {
	error
	result phases.Result
	report phases.Report
}

func (e *stopped) Unwrap() error { return e.error }

// whereItStopped adds to an error where the database stands now, if that can
// still be read: the command may have done much before it failed.
func whereItStopped(ctx context.Context, s Writes, result phases.Result, err error) error {
	if result.Report.Stage != "" {
		return &stopped{err, result, result.Report}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	report, statusErr := s.Status(ctx)
	if statusErr != nil {
		return err
	}
	return &stopped{err, result, report}
}
