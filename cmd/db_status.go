package cmd

import (
	"context"

	"manage/cmd/view"
)

// statusCommand is `manage db status`.
type statusCommand struct{}

// Doc is what the help says of status.
func (*statusCommand) Doc() Doc {
	return Doc{
		Does: "Shows where the database stands: what of each release is done, how far the data migrations " +
			"are, which of contracted releases find rows again, who is working on it now, and the next command. " + programsNotAsked,
		Writes:   writesNothing,
		Exits:    readExits(),
		Examples: []string{"db status", "db status -o json"},
	}
}

// Run shows the status.
func (*statusCommand) Run(ctx context.Context, s Reads, p *view.Page) error {
	r, err := s.FullStatus(ctx)
	if err != nil {
		return err
	}
	return view.Status(p, r)
}
