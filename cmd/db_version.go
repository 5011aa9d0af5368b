package cmd

import (
	"context"

	"manage/cmd/view"
)

// versionCommand is `manage db version`.
type versionCommand struct{}

// Doc is what the help says of version.
func (*versionCommand) Doc() Doc {
	return Doc{
		Does: "Shows the composite version of the database: for each branch the newest revision that is " +
			"applied, expand first. Where nothing is recorded it says so in one sentence.",
		Writes:   writesNothing,
		Exits:    readExits(),
		Examples: []string{"db version", "db version -o json"},
	}
}

// Run shows the version.
func (*versionCommand) Run(ctx context.Context, s Reads, p *view.Page) error {
	r, err := s.Status(ctx)
	if err != nil {
		return err
	}
	return view.Version(p, r)
}
