package catalog

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"

	"manage/engine/revision"
)

// Draft says which new revisions are to be written into a catalog.
type Draft struct {
	// Message is what they do, in a few words. The names of the files come from
	// it.
	Message string
	// Release is the one they ship with; "" for the newest. One that the catalog
	// does not list yet is put at the end of its list.
	Release string
	// SQL asks for plain SQL in place of portable operations. Data migrations
	// are TOML all the same.
	SQL bool
	// Parts are the files, at most one a branch. None: a trunk revision, or,
	// where the branches have parted, one of each branch and a data migration,
	// which belong together.
	Parts []Part
}

// Part is one file of a Draft.
type Part struct {
	// Branch is the one that the revision goes to; Migrate for a data migration.
	Branch revision.Branch
	// Up and Down are what stands below the head of the file, in its language:
	// [[up]] and [[down]] tables for a revision in TOML. Without either there
	// is a template, which changes nothing until it is filled in.
	Up, Down []byte
}

// File is one file of a catalog that is to be written, or was.
type File struct {
	// Name is relative to the catalog, with slashes.
	Name    string
	Content []byte
	// ID, Branch and Release are those of the revision or data migration in it;
	// "" in files that hold none.
	ID      string
	Branch  revision.Branch
	Release string
	// Secret is true for a file that nobody but its owner may read.
	Secret bool
}

// mode is what the file may be used for, before the process's mask.
func (f File) mode() fs.FileMode {
	if f.Secret {
		return 0o600
	}
	return 0o666
}

// DraftError says why revisions cannot be written as they were asked for.
type DraftError struct {
	Message string
	// Hint is what to do, as a clause; it may be "".
	Hint string
}

func (e *DraftError) Error() string { return e.Message }

func refuse(hint, format string, args ...any) error {
	return &DraftError{Message: fmt.Sprintf(format, args...), Hint: hint}
}

// Files makes the new files of a draft, in the order in which they can be put
// into the catalog one by one: it is valid after each.
func (c *Catalog) Files(d Draft) ([]File, error) {
	a := &author{catalog: c, draft: d, made: map[revision.Branch]string{}}
	parts, err := a.parts()
	if err != nil {
		return nil, err
	}
	if a.release, err = a.releaseFor(parts); err != nil {
		return nil, err
	}
	var files []File
	for _, p := range parts {
		f, err := a.file(p)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// author makes the files of one draft.
type author struct {
	catalog *Catalog
	draft   Draft
	release string
	made    map[revision.Branch]string // the ids so far
}

// cycle is the order in which files of a draft are made and written: what a
// file names in its head stands before it.
var cycle = []revision.Branch{revision.Trunk, revision.Expand, revision.Contract, revision.Migrate}

// parts are the files to write, in the order of cycle.
func (a *author) parts() ([]Part, error) {
	parts := slices.Clone(a.draft.Parts)
	branched := a.catalog.Graph.Branched()
	switch {
	case len(parts) > 0:
	case branched:
		parts = []Part{{Branch: revision.Expand}, {Branch: revision.Contract}, {Branch: revision.Migrate}}
	default:
		parts = []Part{{Branch: revision.Trunk}}
	}
	slices.SortStableFunc(parts, func(x, y Part) int {
		return cmp.Compare(slices.Index(cycle, x.Branch), slices.Index(cycle, y.Branch))
	})
	for i, p := range parts {
		switch {
		case !slices.Contains(cycle, p.Branch):
			return nil, refuse("use trunk, expand, contract or migrate", "there is no branch %q", p.Branch)
		case i > 0 && parts[i-1].Branch == p.Branch:
			return nil, refuse("", "branch %s is named twice", p.Branch)
		case p.Branch != revision.Trunk && len(a.catalog.Revisions) == 0:
			return nil, refuse("write that one first", "the first revision of a catalog stands on the trunk, not on branch %s", p.Branch)
		case p.Branch == revision.Trunk && branched:
			return nil, refuse("write the change for branch expand, contract or both",
				"the branches of catalog %s have parted, so nothing can follow on the trunk", a.catalog.Name)
		case p.Branch == revision.Trunk && len(parts) > 1:
			return nil, refuse("write the trunk revision first, then the others",
				"a trunk revision cannot be written together with others")
		}
	}
	return parts, nil
}

// releaseFor is the release of the new files: the one asked for, or the newest.
func (a *author) releaseFor(parts []Part) (string, error) {
	if r := a.draft.Release; r != "" {
		if !word.MatchString(r) {
			return "", refuse("use letters, digits, underscores, dots and hyphens", "%q cannot be the name of a release", r)
		}
		return r, a.inOrder(r, parts)
	}
	all := a.catalog.Graph.Releases()
	if len(all) == 0 {
		return "", nil
	}
	if h := a.head(revision.Trunk); parts[0].Branch == revision.Trunk && h.ID != "" && h.Release == "" {
		return "", nil // a release here would take what is not released yet along
	}
	return all[len(all)-1], nil
}

// inOrder checks that no head belongs to a release after the one asked for,
// because new revisions stand behind the heads.
func (a *author) inOrder(release string, parts []Part) error {
	all := a.catalog.Graph.Releases()
	asked := slices.Index(all, release)
	if asked < 0 {
		return nil // new, so the newest
	}
	for _, p := range parts {
		h := a.head(p.Branch)
		if at := slices.Index(all, h.Release); at > asked {
			return refuse(fmt.Sprintf("leave --release out, or name %s or a newer one", h.Release),
				"a revision of release %s cannot stand behind %s, which is of the newer release %s", release, h.ID, h.Release)
		}
	}
	return nil
}

// head is the revision that a new one on the branch stands behind; for a data
// migration, the one that it follows. It is zero in an empty catalog.
func (a *author) head(b revision.Branch) revision.Revision {
	heads := a.catalog.Graph.Heads()
	id := heads.Trunk
	switch {
	case b == revision.Contract && heads.Contract != "":
		id = heads.Contract
	case (b == revision.Expand || b == revision.Migrate) && heads.Expand != "":
		id = heads.Expand
	}
	r, _ := a.catalog.Graph.Revision(id)
	return r
}

// file makes one file.
func (a *author) file(p Part) (File, error) {
	id, err := a.id(p.Branch)
	if err != nil {
		return File{}, err
	}
	a.made[p.Branch] = id
	sql := a.draft.SQL && p.Branch != revision.Migrate
	ending := ".toml"
	if sql {
		ending = ".sql"
	}
	f := File{Name: versionsDir + "/" + id + "_" + Slug(a.draft.Message) + ending, ID: id, Branch: p.Branch, Release: a.release}
	f.Content = []byte(render(a.top(id, p.Branch), p, sql, templates[p.Branch]))
	return f, nil
}

// top is the head of a new file: keys and values, in order.
func (a *author) top(id string, b revision.Branch) []entry {
	release, _, _, rule := revision.ParseID(id)
	var top []entry
	if b == revision.Migrate {
		top = append(top, entry{"migration", []string{id}})
		top = append(top, entry{"depends_on", []string{a.follows().ID}})
		if before := a.waiting(); before != "" {
			top = append(top, entry{"before", []string{before}})
		}
	} else {
		top = append(top, entry{"revision", []string{id}})
		if parent := a.head(b).ID; parent != "" {
			top = append(top, entry{"revises", []string{parent}})
		}
		if !rule && b != revision.Trunk {
			top = append(top, entry{"branch", []string{string(b)}})
		}
		if needs := a.needs(); b == revision.Contract && len(needs) > 0 {
			top = append(top, entry{"depends_on", needs})
		}
	}
	if a.release != "" && a.release != release {
		top = append(top, entry{"release", []string{a.release}})
	}
	return append(top, entry{"message", []string{oneLine(a.draft.Message)}})
}

// follows is the revision that the data migration or the contract revision
// needs: the expand revision of this draft, or the last one that ships with the
// release or before it; where there is none, the last of the trunk.
func (a *author) follows() revision.Revision {
	if id := a.made[revision.Expand]; id != "" {
		return revision.Revision{ID: id, Branch: revision.Expand}
	}
	releases := a.catalog.Graph.Releases()
	asked := slices.Index(releases, a.release)
	var last revision.Revision
	for _, r := range a.catalog.Graph.Revisions() {
		newer := asked >= 0 && slices.Index(releases, r.Release) > asked
		if r.Branch == revision.Trunk || r.Branch == revision.Expand && !newer {
			last = r
		}
	}
	return last
}

// waiting is the contract revision that waits for the new data migration: that
// of this draft, or the last one of its release; "" if there is none yet.
func (a *author) waiting() string {
	if id := a.made[revision.Contract]; id != "" {
		return id
	}
	h := a.head(revision.Contract)
	if h.Branch != revision.Contract || h.Release != a.release {
		return ""
	}
	return h.ID
}

// needs is what the new contract revision depends on: an expand revision, and
// the data migrations of its release that nothing waits for yet.
func (a *author) needs() []string {
	var ids []string
	if r := a.follows(); r.Branch == revision.Expand {
		ids = append(ids, r.ID)
	}
	g := a.catalog.Graph
	for _, m := range g.Migrations() {
		if m.Release == a.release && g.Waiting(m.ID) == "" {
			ids = append(ids, m.ID)
		}
	}
	return ids
}
