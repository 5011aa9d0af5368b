package cmd

import (
	"manage/cmd/argv"
)

// moganTool is the tool under the name mogan-dbsync: the command line of the
// bare metal service. Its manual says that upgrade is what it does without a
// command, and so it is.
func moganTool() tool {
	t := serviceTool("mogan-dbsync", "mogan", "Manages the database of the bare metal service. Without a command it upgrades.")
	t.grammar = func() grammar { return &moganGrammar{} }
	t.read = argv.FlatReader("upgrade")
	t.under = flatCommand("upgrade", "stamp", "create_schema", "version")
	return t
}

// moganGrammar is what mogan-dbsync understands.
type moganGrammar struct {
	flatGlobal
	CreateSchema serviceCreateSchema `cmd:"" name:"create_schema" aliases:"create-schema" help:"Make the newest schema in one go."`
	Revision     serviceRevision     `cmd:"" help:"Write a new revision into the catalog."`
	Stamp        serviceStamp        `cmd:"" help:"Record a version without running anything."`
	Upgrade      serviceUpgrade      `cmd:"" help:"Bring the schema to the newest or a given revision."`
	Version      serviceVersion      `cmd:"" help:"Show the version of the database."`
}
