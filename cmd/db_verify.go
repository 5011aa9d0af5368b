package cmd

import (
	"context"

	"manage/cmd/view"
)

// verifyCommand is `manage db verify`.
type verifyCommand struct{}

// Doc is what the help says of verify.
func (*verifyCommand) Doc() Doc {
	return Doc{
		Does: "Compares the live schema with what the applied revisions should have made, at any stage, and lists " +
			"every difference. Objects that no revision makes, such as views, functions and other triggers, are " +
			"listed as not managed; they are no difference.",
		Writes:   writesNothing,
		Exits:    readExits(ExitRefused),
		Examples: []string{"db verify", "db verify -o json"},
	}
}

// Run compares.
func (*verifyCommand) Run(ctx context.Context, s Reads, p *view.Page) error {
	v, err := s.Verify(ctx)
	if err != nil {
		return err
	}
	if err := view.Verified(p, v); err != nil {
		return err
	}
	if len(v.Differences) > 0 {
		return exitCode(ExitRefused)
	}
	return nil
}
