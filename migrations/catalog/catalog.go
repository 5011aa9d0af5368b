// Package catalog reads catalogs: directories, or embedded file trees, with
// one service's revisions, data migrations, models and settings. Everything
// that can be wrong with a catalog is found when it is loaded, before any
// connection is opened, and is reported with file and line.
package catalog

import (
	"fmt"
	"slices"
	"time"

	"manage/engine/flavor"
	"manage/engine/revision"
	"manage/schema"
)

// Catalog is one loaded and valid catalog.
type Catalog struct {
	Name            string
	Title           string
	VersionTable    string
	Dialects        []flavor.Dialect
	Downgrade       bool // false: refused, for DowngradeReason
	DowngradeReason string
	Releases        []string          // in order; empty if the catalog does not list them
	Aliases         map[string]string // other names of ids and releases
	Legacy          *Legacy           // nil if the service never had an older scheme
	Guards          []Guard
	// KnownDifferences are those of databases that other tools made, which
	// alarm nobody.
	KnownDifferences []schema.KnownDifference

	Graph      *revision.Graph
	Revisions  map[string]*Revision
	Migrations map[string]*Migration
	Models     *Models // nil if there is no models.toml
	Purge      *Purge  // nil if there is no purge.toml
	// Dir is the directory on disk that the catalog was read from; "" for an
	// embedded one. Programs of data migrations are relative to it.
	Dir string
	// Scratch makes a database on which plain SQL is tried out, see Fold; nil
	// if there is none.
	Scratch func() (Scratch, error)
}

// Legacy is the version table of an older scheme, and what its numbers mean.
type Legacy struct {
	Table    string
	Column   string
	Versions map[string]string // number → revision id
}

// Guard is a query that refuses a phase while it returns rows.
type Guard struct {
	Phase   string
	Name    string
	Query   schema.Text
	Message string
	Source  revision.Source
}

// Revision is one schema change with its operations.
type Revision struct {
	revision.Revision
	Message string
	// Transaction is false if the file asks for each statement on its own.
	Transaction bool
	Up, Down    []Change
	// HasDown is true if the file says how to go back; otherwise Down is
	// empty and the way back is derived from Up where it can be.
	HasDown bool
	// SQL is true for a plain SQL revision.
	SQL bool
	// Checksum is over the meaning of the revision: its operations, not its
	// layout, comments or rendered SQL.
	Checksum string
	// RawChecksum is the checksum that releases took which read CR LF as it
	// stands; "" where the file has none. See Means.
	RawChecksum string
}

// Speaks reports whether the revision says what to do on databases of dialect
// d. Portable operations always do; plain SQL does where it has a section or a
// text for d, be it an empty one.
func (r *Revision) Speaks(d flavor.Dialect) bool {
	serving := 0
	for _, c := range r.Up {
		if !c.Serves(d) {
			continue
		}
		serving++
		if op, ok := c.Op.(*schema.SQL); ok {
			if _, there := op.Statements[d]; !there {
				return false
			}
		}
	}
	return !r.SQL || serving > 0
}

// Changes reports whether the revision does anything on some database.
func (r *Revision) Changes() bool {
	return slices.ContainsFunc(r.Up, func(c Change) bool {
		sql, plain := c.Op.(*schema.SQL)
		if !plain {
			return true
		}
		for _, statements := range sql.Statements {
			if len(statements) > 0 {
				return true
			}
		}
		return false
	})
}

// When says in which runs an operation takes part.
type When string

// The values of `when`.
const (
	Always  When = ""
	Online  When = "online"
	Offline When = "offline"
)

// Change is one operation of a revision and the runs it takes part in.
type Change struct {
	Op       schema.Operation
	Dialects []string // empty: all
	// Except names dialects that Dialects would serve but that have a text of
	// their own elsewhere in the file: MariaDB, where a plain SQL revision has
	// sections for both "mysql" and "mariadb".
	Except []string
	When   When
	// NoTransaction is true for SQL sections that must run outside one.
	NoTransaction bool
	Source        revision.Source
}

// Serves reports whether the change is meant for databases of dialect d.
func (c Change) Serves(d flavor.Dialect) bool {
	return flavor.Serves(c.Dialects, d) && !slices.Contains(c.Except, string(d))
}

// RunsIn reports whether the change takes part in a run that is online, or in
// one that is not.
func (c Change) RunsIn(online bool) bool {
	return c.When == Always || online == (c.When == Online)
}

// Migration is one data migration. Exactly one of Steps, Program and Hook is
// set.
type Migration struct {
	revision.Migration
	Message string
	Pending schema.Text
	Steps   []MigrationStep
	Program []string
	// ProgramTimeout is how long the program may take for an answer; 0 if the
	// file does not say. ProgramSource is where its command stands.
	ProgramTimeout time.Duration
	ProgramSource  revision.Source
	// ProgramEnv are the variables of the environment that the program gets
	// beside those that every one does.
	ProgramEnv []string
	Hook       string
	Checksum   string
}

// MigrationStep is one declarative step of a data migration.
type MigrationStep struct {
	Table      string
	Key        []string
	Where      schema.Text
	Set        map[string]schema.Text // column → expression
	SetOrder   []string               // the columns of Set in file order
	Statements []schema.Text
	Verify     Verify
	Source     revision.Source
}

// Verify is how a contraction finds out whether the rows of a step are where
// they should be. The zero value leaves it to what the step sets.
type Verify struct {
	// Never is true if it cannot be found out: `verify = false`.
	Never bool
	// Rule is a condition that is true for each row that is.
	Rule schema.Text
}

// UnmarshalTOML reads false, or a text.
func (v *Verify) UnmarshalTOML(data any) error {
	if never, ok := data.(bool); ok {
		if v.Never = !never; never {
			return fmt.Errorf("rows are verified anyway; write false, or a condition that is true for each row that is moved")
		}
		return nil
	}
	return v.Rule.UnmarshalTOML(data)
}

// Models is the newest schema in the words of models.toml.
type Models struct {
	Enums  []schema.CreateEnum
	Tables []ModelTable
}

// ModelTable is one table of models.toml.
type ModelTable struct {
	schema.CreateTable
	RenamedFrom string
	Source      revision.Source
}
