package cmd

import (
	"context"

	"manage/cmd/view"
	"manage/engine/plan"
)

// checkCommand is `manage db check`.
type checkCommand struct{}

// Doc is what the help says of check.
func (*checkCommand) Doc() Doc {
	return Doc{
		Does: "Says what is to be done next, in words and by its exit code, so that a deployment can ask " +
			"before each step. Guards of the catalog that refuse it as things are are listed; the exit code is " +
			"that of what is due all the same. " + programsNotAsked,
		Writes:   writesNothing,
		Exits:    readExits(ExitExpand, ExitMigrate, ExitContract, ExitRefused, ExitUnknown),
		Examples: []string{"db check", "db check -o json"},
	}
}

// Run says what is next.
func (*checkCommand) Run(ctx context.Context, s Reads, p *view.Page) error {
	r, err := s.Status(ctx)
	if err != nil {
		return err
	}
	guards, err := s.Guards(ctx, plan.Phase(r.Next))
	if err != nil {
		return err
	}
	if err := view.Check(p, r, guards); err != nil {
		return err
	}
	return exitCode(r.Exit)
}
