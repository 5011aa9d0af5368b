package cmd

import (
	"context"

	"manage/cmd/view"
)

// verifyCommand is `manage db verify`.
type verifyCommand struct {
	Strict bool `help:"Count what could not be compared as a finding."`
	SQL    bool `name:"sql" help:"Print the statements that would repair the schema, for the database's own client."`
}

// Doc is what the help says of verify.
func (*verifyCommand) Doc() Doc {
	return Doc{
		Does: "Compares the live schema with what the applied revisions should have made, at any stage, and lists " +
			"every difference. It says first how much was compared, and names what could not be; with --strict " +
			"that is a finding too. Objects that no revision makes, such as views, functions and other triggers, are " +
			"listed as unmanaged; they are no difference. With --sql it prints the statements that would repair " +
			"what it found, and runs none of them.",
		Writes:   writesNothing,
		Exits:    readExits(ExitRefused),
		Examples: []string{"db verify", "db verify --strict", "db verify --sql", "db verify -o json"},
	}
}

// Run compares.
func (c *verifyCommand) Run(ctx context.Context, s Reads, p *view.Page) error {
	v, err := s.Verify(ctx)
	if err != nil {
		return err
	}
	switch {
	case c.SQL && !p.JSON:
		err = view.Repairs(p, v, c.Strict)
	default:
		err = view.Verified(p, v, c.Strict, c.SQL)
	}
	if err != nil {
		return err
	}
	if len(v.Differences) > 0 || v.Nothing() || c.Strict && v.Partial() {
		return exitCode(ExitRefused)
	}
	return nil
}
