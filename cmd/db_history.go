package cmd

import (
	"context"

	"manage/cmd/view"
)

// historyCommand is `manage db history`.
type historyCommand struct{}

// Doc is what the help says of history.
func (*historyCommand) Doc() Doc {
	return Doc{
		Does: "Shows the journal: each attempt at a revision, when, by whom, how many of its statements " +
			"were run and what became of it.",
		Writes:   writesNothing,
		Exits:    readExits(),
		Examples: []string{"db history", "db history -o json"},
	}
}

// Run shows the journal.
func (*historyCommand) Run(ctx context.Context, s Reads, p *view.Page) error {
	attempts, err := s.History(ctx)
	if err != nil {
		return err
	}
	return view.History(p, s.Catalog.Name, attempts)
}
