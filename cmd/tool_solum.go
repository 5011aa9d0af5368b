package cmd

import (
	"context"
	"log/slog"
	"manage/cmd/argv"
	"manage/cmd/view"
	"regexp"
)

// solumTool is the tool under the name solum-db-manage: the command line of the
// application lifecycle service.
func solumTool() tool {
	t := serviceTool("solum-db-manage", "solum", "Manages the database of the application lifecycle service.")
	t.grammar = func() grammar { return &solumGrammar{} }
	t.read = argv.FlatReader("")
	t.under = flatCommand("upgrade", "downgrade", "stamp", "version")
	return t
}

// solumGrammar is what solum-db-manage understands.
type solumGrammar struct {
	flatGlobal
	Downgrade solumDowngrade  `cmd:"" help:"Take the schema back."`
	Revision  serviceRevision `cmd:"" help:"Write a new revision into the catalog."`
	Stamp     serviceStamp    `cmd:"" help:"Record a version without running anything."`
	Upgrade   serviceUpgrade  `cmd:"" help:"Bring the schema to the newest or a given revision."`
	Version   solumVersion    `cmd:"" help:"Show the version of the database."`
}

// digits is a REVISION of digits only.
var digits = regexp.MustCompile(`^[0-9]+$`)

// solumDowngrade is `downgrade` of solum-db-manage.
type solumDowngrade struct{ serviceDowngrade }

// Doc is what the help says of downgrade.
func (c *solumDowngrade) Doc() Doc {
	d := c.serviceDowngrade.Doc()
	d.Does += " Of digits only, a REVISION that begins an id means base."
	return d
}

// Run goes back. In the original, digits that begin an id stand for nothing
// being left, and those that begin none for nothing at all.
func (c *solumDowngrade) Run(ctx context.Context, s Writes, log *slog.Logger) error {
	if digits.MatchString(c.Revision) {
		if err := resolves(s.Catalog.Graph, c.Revision); err != nil {
			return err
		}
		c.Revision = "base"
	}
	return c.serviceDowngrade.Run(ctx, s, log)
}

// solumVersion is `version` of solum-db-manage.
type solumVersion struct{}

// Doc is what the help says of version.
func (*solumVersion) Doc() Doc {
	d := (*serviceVersion)(nil).Doc()
	d.Does = "Prints a line that ends with the id of the revision that the database is at, or with None."
	return d
}

// Run prints the version behind a few words.
func (*solumVersion) Run(ctx context.Context, s Reads, p *view.Page) error {
	rows, err := rowsOf(ctx, s.Service)
	if err != nil {
		return err
	}
	return view.SolumVersion(p, rows)
}
