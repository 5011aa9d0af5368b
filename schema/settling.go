package schema

import (
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// This file is the table of how a statement is settled that was sent and never
// confirmed, because the process or the connection ended: by a probe, which is
// a look at the schema for the statement's effect, or in another way. A test
// holds it against what Statements gives and against servers.

// Settling is how a statement of unknown outcome is settled.
type Settling string

// The ways that are no look at the schema. A look is written as the kind of
// the object and how it must be for the statement to have taken effect, such
// as "index there".
const (
	// SentAgain is a statement that does no harm when it is sent again.
	SentAgain Settling = "sent again"
	// Recorded shares a transaction with its journal entry: both are there or
	// none, on every server.
	Recorded Settling = "recorded with it"
	// Together is one of several that share a transaction, wherever they are
	// sent, so that none is left without the others.
	Together Settling = "one transaction"
	// Unsettled cannot be told: the run ends with exit code 9.
	Unsettled Settling = "exit 9"
)

// settlings lists for each operation, and for all dialects unless one is
// named, the ways in which its statements are settled, in their order. A
// dialect without an entry, under "" or by name, has no statements.
var settlings = map[string]map[flavor.Dialect]string{
	"create_table":     {"": "table there", flavor.SQLite: "table there, index there", flavor.Postgres: "table there, index there, sent again"},
	"drop_table":       {"": "table gone", flavor.Postgres: "table gone, sent again"},
	"rename_table":     {"": "table there"},
	"add_column":       {"": "column there", flavor.SQLite: "column there, one transaction", flavor.Postgres: "column there, sent again"},
	"drop_column":      {"": "column gone", flavor.SQLite: "one transaction"},
	"rename_column":    {"": "column there"},
	"alter_column":     {"": "column as said, sent again", flavor.SQLite: "one transaction", flavor.Postgres: "column as said, check there, check validated, check gone"},
	"add_index":        {"": "index there", flavor.Postgres: "index there, index gone, partitioned index there, attached index there"},
	"drop_index":       {"": "index gone"},
	"add_unique":       {"": "unique there", flavor.SQLite: "one transaction", flavor.Postgres: "unique there, index there, index gone, partitioned index there, attached index there"},
	"drop_unique":      {"": "unique gone", flavor.SQLite: "one transaction"},
	"add_foreign_key":  {"": "foreign key there", flavor.SQLite: "one transaction", flavor.Postgres: "foreign key there, foreign key validated"},
	"drop_foreign_key": {"": "foreign key gone", flavor.SQLite: "one transaction"},
	"add_check":        {"": "check there", flavor.SQLite: "one transaction", flavor.Postgres: "check there, check validated"},
	"drop_check":       {"": "check gone", flavor.SQLite: "one transaction"},
	"create_enum":      {flavor.Postgres: "enum there"},
	"drop_enum":        {flavor.Postgres: "enum gone"},
	"add_enum_value":   {flavor.Postgres: "enum as said"},
	"drop_enum_value":  {flavor.Postgres: "one transaction"},
	"create_trigger":   {"": "trigger there", flavor.Postgres: "sent again, trigger there"},
	"drop_trigger":     {"": "trigger gone", flavor.Postgres: "trigger gone, sent again"},
	"insert_rows":      {"": "recorded with it"},
	"update_rows":      {"": "recorded with it"},
	"delete_rows":      {"": "recorded with it"},
	"sync_columns":     {"": "trigger there", flavor.Postgres: "sent again, trigger there"},
	"unsync_columns":   {"": "trigger gone", flavor.Postgres: "trigger gone, sent again"},
	// What the words of plain SQL tell: see the catalog's planner.
	"sql": {"": "exit 9"},
}

// Settlings lists how the statements of an operation, by its kind, are settled
// on a dialect; none if it has none there.
func Settlings(kind string, d flavor.Dialect) []Settling {
	ways, ok := settlings[kind][d]
	if !ok {
		ways = settlings[kind][""]
	}
	if ways == "" {
		return nil
	}
	var out []Settling
	for _, way := range strings.Split(ways, ", ") {
		out = append(out, Settling(way))
	}
	return out
}

// SettlingOf is how a statement is settled.
func SettlingOf(st plan.Statement) Settling {
	e := st.Effect
	switch {
	case st.Data:
		return Recorded
	case st.Together:
		return Together
	case e == nil:
		return Unsettled
	case e.Kind == plan.KindNothing, e.Kind == plan.KindReindex:
		return SentAgain
	case !e.Present:
		return Settling(e.Kind + " gone")
	case e.Definition == ValidDefinition:
		return Settling(e.Kind + " validated")
	case e.Definition != "" && (e.Kind == plan.KindColumn || e.Kind == plan.KindEnum):
		return Settling(e.Kind + " as said")
	}
	return Settling(e.Kind + " there")
}
