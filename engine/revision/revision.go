// Package revision is the graph of a catalog's revisions: trunk, expand line,
// contract line, the edges between them, and the data migrations that stand
// between expand and contract. It owns every question about order, versions
// and stages, and is pure: values and functions, no files and no database.
package revision

// Branch is the line of the graph that a revision stands on.
type Branch string

// The branches. Migrate is the part that data migrations have in their ids;
// no revision stands on it.
const (
	Trunk    Branch = "trunk"
	Expand   Branch = "expand"
	Contract Branch = "contract"
	Migrate  Branch = "migrate"
)

// Source is the place in a file that something was read from. The zero Source
// means that there is no file, as in tests with literals.
type Source struct {
	File string
	Line int
}

// Revision is one schema change, as the graph sees it.
type Revision struct {
	ID        string
	Parent    string // "" for the root
	Branch    Branch
	DependsOn []string // revisions on another branch, or data migrations
	Release   string
	Source    Source
}

// Migration is one data migration, as the graph sees it. It is due between
// the expand revisions it depends on and the contract revision that it must
// precede.
type Migration struct {
	ID        string
	DependsOn []string
	Before    string // "" if no contract revision waits for it
	Release   string
	Source    Source
}
