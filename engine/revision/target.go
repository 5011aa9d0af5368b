package revision

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Scope is what a VERSION is asked for: the state it is counted from and the
// command that asks.
type Scope struct {
	// Applied is what is applied now; +N and -N count from it.
	Applied Set
	// Rows are the stored version rows; +N and -N cannot be counted while the
	// graph does not know one of them.
	Rows []string
	// Branch is Expand, Migrate or Contract within the commands of these names;
	// "" elsewhere. No word means the heads.
	Branch Branch
}

// Target is what a VERSION stands for.
type Target struct {
	Word string
	// IDs are the revisions that the word names, expand first; none for base.
	IDs []string
	// Set is their closure: all that must be applied to be there.
	Set Set
	// Migration is set if the word names a data migration; Set is then what
	// that needs.
	Migration string
	// Migrations are, within Migrate only, the data migrations that the word
	// asks for and that are not contracted, in graph order.
	Migrations []Migration
	// exact is true if the word names one revision, rather than a position of
	// all branches.
	exact bool
}

// UnknownVersion is a VERSION that means nothing in this catalog.
type UnknownVersion struct {
	Word    string
	Nearest []string // what may have been meant, likeliest first
}

func (e *UnknownVersion) Error() string { return fmt.Sprintf("version %q is not known", e.Word) }

// AmbiguousVersion is a VERSION that several ids begin with.
type AmbiguousVersion struct {
	Word       string
	Candidates []string // in the order of application
}

func (e *AmbiguousVersion) Error() string {
	return fmt.Sprintf("version %q could be %s", e.Word, strings.Join(e.Candidates, ", "))
}

// WrongBranch is a VERSION on a branch that the command does not work on.
type WrongBranch struct {
	ID     string
	Branch Branch // where the id is
	Want   Branch // "" if the command takes any revision, but no data migration
}

func (e *WrongBranch) Error() string {
	if e.Want == "" {
		return fmt.Sprintf("%s is on branch %s", e.ID, e.Branch)
	}
	return fmt.Sprintf("%s is on branch %s, not on %s", e.ID, e.Branch, e.Want)
}

// OutOfRange is a +N or -N that counts beyond an end.
type OutOfRange struct {
	Word string
	// Available is how many revisions there are in that direction.
	Available int
}

func (e *OutOfRange) Error() string {
	return fmt.Sprintf("%s is out of range: there are %d", e.Word, e.Available)
}

// UnknownRows are version rows that the catalog does not know, where a command
// would have to know them.
type UnknownRows struct{ Rows []string }

func (e *UnknownRows) Error() string {
	return "the database has versions that the catalog does not know: " + strings.Join(e.Rows, ", ")
}

// Target resolves a VERSION. It is, in this order: an exact id, an alias, a
// release (both its heads), a legacy number, a keyword (head and heads mean the
// same, expand@head, contract@head, base), +N or -N, a unique beginning of an
// id; or one of these with +N or -N behind it, which counts from there. Errors
// are *UnknownVersion, *AmbiguousVersion, *WrongBranch, *OutOfRange and, for +N
// and -N, *UnknownRows.
//
// Within Expand, releases and heads mean their expand part. Within Contract
// they mean both parts: what contract waits for is then part of the set. +N
// and -N count revisions in the order of sync, without data migrations; within
// Expand those of trunk and expand, within Contract those of contract.
func (g *Graph) Target(word string, scope Scope) (Target, error) {
	t, err := g.resolve(word, scope)
	if err != nil {
		return Target{}, err
	}
	t.Word = word
	if scope.Branch == Migrate {
		t.Migrations = g.asked(t, scope.Applied)
	}
	return t, nil
}

func (g *Graph) resolve(word string, scope Scope) (Target, error) {
	name := g.unalias(word)
	if t, ok, err := g.exact(name, scope.Branch); ok {
		return t, err
	}
	if n := g.releases.number(word); n < len(g.releases.names) {
		return g.position(g.releases.ends[n], scope.Branch), nil
	}
	if id, ok := g.legacy[word]; ok {
		t, _, err := g.exact(id, scope.Branch)
		return t, err
	}
	switch word {
	case "", "head", "heads":
		return g.position(g.full(), scope.Branch), nil
	case "expand@head", "contract@head":
		if id := g.last(map[string]line{"expand@head": expandLine, "contract@head": contractLine}[word], g.full()); id != "" {
			t, _, err := g.exact(id, scope.Branch)
			return t, err
		}
		return Target{}, &UnknownVersion{Word: word, Nearest: []string{"head"}}
	case "base":
		return Target{Set: Set{graph: g}}, nil
	}
	if strings.HasPrefix(word, "+") || strings.HasPrefix(word, "-") {
		return g.relative(word, scope)
	}
	t, err := g.beginning(word, scope.Branch)
	if unknown := (*UnknownVersion)(nil); errors.As(err, &unknown) {
		if m := counted.FindStringSubmatch(word); m != nil {
			return g.countedFrom(m[1], m[2], scope, err)
		}
	}
	return t, err
}

// counted is a VERSION that counts from another one: its name, and how far.
var counted = regexp.MustCompile(`^(.+)([+-][0-9]+)$`)

// countedFrom resolves such a VERSION. Where the name means nothing, neither
// does the word as a whole, which is what unknown says.
func (g *Graph) countedFrom(name, count string, scope Scope, unknown error) (Target, error) {
	start, err := g.resolve(name, scope)
	if e := (*UnknownVersion)(nil); errors.As(err, &e) || start.Migration != "" {
		return Target{}, unknown
	}
	if err != nil {
		return Target{}, err
	}
	t, err := g.relative(count, Scope{Applied: start.Set, Branch: scope.Branch})
	if beyond := (*OutOfRange)(nil); errors.As(err, &beyond) {
		beyond.Word = name + count
	}
	return t, err
}

// exact resolves an id; ok is false if there is none.
func (g *Graph) exact(id string, want Branch) (t Target, ok bool, err error) {
	if n, found := g.migrationN[id]; found {
		if want != Migrate {
			return Target{}, true, &WrongBranch{ID: id, Branch: Migrate, Want: want}
		}
		return Target{IDs: []string{id}, Set: Set{g, g.migrations[n].needs}, Migration: id}, true, nil
	}
	at, found := g.places[id]
	if !found {
		return Target{}, false, nil
	}
	if want == Expand && at.line == contractLine || want == Contract && at.line == expandLine {
		return Target{}, true, &WrongBranch{ID: id, Branch: branches[at.line], Want: want}
	}
	return Target{IDs: []string{id}, Set: Set{g, g.closureAt(at)}, exact: true}, true, nil
}

// position is the target of a release or of the heads.
func (g *Graph) position(d depths, branch Branch) Target {
	if branch == Expand {
		d[contractLine] = 0
	}
	s := Set{g, d}
	return Target{IDs: g.Version(s).IDs(), Set: s}
}

func (g *Graph) relative(word string, scope Scope) (Target, error) {
	n, err := strconv.ParseInt(word, 10, 32) // clamps what is out of range
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return Target{}, &UnknownVersion{Word: word}
	}
	if _, unknown := g.Applied(scope.Rows); len(unknown) > 0 {
		return Target{}, &UnknownRows{unknown}
	}
	d := scope.Applied.depth
	lines := map[Branch][]line{Expand: {trunkLine, expandLine}, Contract: {contractLine}}[scope.Branch]
	if lines == nil {
		lines = []line{trunkLine, expandLine, contractLine}
	}
	end := g.full()
	if n < 0 {
		end = depths{}
		slices.Reverse(lines)
	}
	left, available := int(max(n, -n)), 0
	for _, l := range lines {
		room := max(end[l]-d[l], d[l]-end[l])
		step := min(left, room)
		left, available = left-step, available+room
		if n < 0 {
			step = -step
		}
		d[l] += step
	}
	if left > 0 {
		return Target{}, &OutOfRange{Word: word, Available: available}
	}
	return g.position(g.supported(d), scope.Branch), nil
}

// supported adds to d what its deepest members need.
func (g *Graph) supported(d depths) depths {
	for l, depth := range d {
		if depth > 0 {
			d = d.union(g.closureAt(place{line(l), depth - 1}))
		}
	}
	return d
}

// beginning resolves a unique beginning of an id. Data migrations are looked
// at within Migrate only.
func (g *Graph) beginning(word string, branch Branch) (Target, error) {
	var found []string
	for l := range g.lines {
		for _, r := range g.lines[l] {
			if strings.HasPrefix(r.ID, word) {
				found = append(found, r.ID)
			}
		}
	}
	if branch == Migrate {
		for _, m := range g.migrations {
			if strings.HasPrefix(m.ID, word) {
				found = append(found, m.ID)
			}
		}
	}
	switch len(found) {
	case 0:
		return Target{}, &UnknownVersion{Word: word, Nearest: nearest(word, g.words())}
	case 1:
		t, _, err := g.exact(found[0], branch)
		return t, err
	}
	return Target{}, &AmbiguousVersion{Word: word, Candidates: found}
}

// words lists what VERSION can be, for suggestions.
func (g *Graph) words() []string {
	words := []string{"head", "heads", "base", "expand@head", "contract@head"}
	words = append(words, g.releases.names...)
	words = append(words, g.All().IDs()...)
	return append(words, slices.Sorted(maps.Keys(g.aliases))...)
}

// asked lists the data migrations that a target within Migrate asks for. An
// expand or trunk revision asks for those that need no more than it does, a
// data migration for itself.
func (g *Graph) asked(t Target, applied Set) []Migration {
	if t.Set.depth[contractLine] > 0 {
		return g.MigrationsBetween(applied, t.Set)
	}
	var out []Migration
	for _, m := range g.migrations {
		wanted := t.Set.depth.contain(m.needs) && (t.Migration == "" || t.Migration == m.ID)
		if wanted && !m.contracted(applied.depth) {
			out = append(out, m.Migration)
		}
	}
	return out
}
