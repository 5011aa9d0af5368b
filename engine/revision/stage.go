package revision

// Stage is where a database stands in the life of a schema, always relative to
// the catalog's heads.
type Stage string

// The stages.
const (
	Empty       Stage = "empty"       // no tables, or no database file
	Unversioned Stage = "unversioned" // tables, but no version
	OnTrunk     Stage = "trunk"       // before the branches part
	Behind      Stage = "behind"      // all applied releases are complete, newer ones exist
	Expanding   Stage = "expanding"   // the expand head is not applied, and a release is incomplete
	Expanded    Stage = "expanded"    // the expand head is applied, a data migration is due
	Migrated    Stage = "migrated"    // the expand head is applied, nothing is due
	Contracting Stage = "contracting" // the contract position is inside a release
	Current     Stage = "current"     // all heads are applied
	Ahead       Stage = "ahead"       // a stored version is not in the catalog
)

// Facts is what is known of a database when its stage is decided.
type Facts struct {
	// Tables is true if there are tables beside those that the books of this
	// tool are kept in.
	Tables bool
	// Rows are the stored version rows; Applied and Unknown are what
	// Graph.Applied made of them.
	Rows    []string
	Applied Set
	Unknown []string
	// Due is true if the pending query of one of Graph.Candidates finds rows.
	Due bool
}

// Stage decides the stage of a database.
//
// Where the expand head is not applied, the contract position does not matter:
// expand is what comes next. A data migration that no contract revision waits
// for keeps a database with all heads at Expanded while it is due.
func (g *Graph) Stage(f Facts) Stage {
	switch {
	case len(f.Unknown) > 0:
		return Ahead
	case len(f.Rows) == 0 && f.Tables:
		return Unversioned
	case len(f.Rows) == 0:
		return Empty
	}
	d, full := f.Applied.depth, g.full()
	switch {
	case d == full && f.Due:
		return Expanded
	case d == full:
		return Current
	case d[trunkLine] < full[trunkLine] || d[expandLine]+d[contractLine] == 0 && full[expandLine] > 0:
		return OnTrunk
	case d[expandLine] < full[expandLine] && g.releases.complete(g.releases.reached(d), d):
		return Behind
	case d[expandLine] < full[expandLine]:
		return Expanding
	case !g.releases.boundary(contractLine, d[contractLine]):
		return Contracting
	case f.Due:
		return Expanded
	}
	return Migrated
}

// CheckExit is the exit code of `check` in this stage; due is as in Facts.
func (s Stage) CheckExit(due bool) int {
	switch s {
	case Current:
		return 0
	case Expanded:
		return 4
	case Migrated:
		return 5
	case Contracting:
		if due {
			return 4
		}
		return 5
	case Ahead:
		return 6
	}
	return 3
}
