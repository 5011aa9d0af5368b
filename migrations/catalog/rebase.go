package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"manage/engine/revision"
)

// Rebased is what Rebase did.
type Rebased struct {
	Catalog string // its name
	// Files are the files that were changed, the revision that was asked for
	// first.
	Files []RebasedFile
	// Passed are the revisions that the first of Files stands behind now and did
	// not before, in order.
	Passed []string
	// Followed are the revisions behind it, which moved with it.
	Followed []string
	// Kept are the files that name an id which two files had; they are taken to
	// mean the file that kept it.
	Kept []string
	// Problems is what is still wrong with the catalog.
	Problems revision.Problems
}

// RebasedFile is one file that Rebase changed.
type RebasedFile struct {
	Name    string // relative to the catalog
	OldName string // "" if it was not renamed
	ID      string
	OldID   string // "" if it kept its id
	Revises string // "" for a data migration
	Revised string // what it revised before
}

// Rebase mends a catalog in which two revisions stand behind one parent, or two
// files have one id, as merging the work of two people leaves it. What names
// the one to move: an id, or a file. It is put behind the last revision of the
// other line, and what follows it moves with it. One whose id another file has
// too gets the next free id, and its file the name of that; the files of the
// same cycle, which are those with the same words in their names, go with it.
// In the files only the words that have to change are changed.
//
// Errors are revision.Problems about single files, *DraftError and *WriteError.
func Rebase(opts Options, what string) (*Rebased, error) {
	if opts.Dir == "" {
		return nil, builtIn(opts)
	}
	defer lockDir(opts.Dir)()
	r, err := newRebase(opts)
	if err != nil {
		return nil, err
	}
	target, err := r.find(what)
	if err != nil {
		return nil, err
	}
	if twins := r.twins(target); len(twins) > 0 {
		err = r.renumber(target)
	} else {
		err = r.behind(target)
	}
	if err != nil {
		return nil, err
	}
	return r.finish(target)
}

// versionFile is one file of versions.
type versionFile struct {
	file      string // relative to the catalog
	text      string
	migration bool
	revision.Revision
	before string
}

// words are what stands behind the id in a file's name.
func (n *versionFile) words() string { return strings.TrimPrefix(stem(n.file), n.ID) }

// rebase is one run of Rebase.
type rebase struct {
	opts   Options
	files  fs.FS
	author author // for new ids
	nodes  []*versionFile
	before revision.Problems
	done   Rebased
	edited map[*versionFile]*RebasedFile
	texts  map[string][]byte // the files that change; nil for one that goes
}

// newRebase reads the files of a catalog, which must be right each for itself.
func newRebase(opts Options) (*rebase, error) {
	r := &rebase{opts: opts, files: opts.tree(), edited: map[*versionFile]*RebasedFile{}, texts: map[string][]byte{}}
	l := &loader{fsys: r.files, prefix: prefixOf(opts)}
	text, ok := l.settingsText()
	if !ok {
		return nil, l.problems
	}
	report := l.report(settingsFile)
	c, _ := readSettings(&decoder{}, report, text)
	l.problems = append(l.problems, report.problems...)
	found := l.files(c)
	if len(l.problems) > 0 {
		sortProblems(l.problems)
		return nil, l.problems
	}
	c.adopt(found)
	for _, f := range found {
		if err := r.read(f); err != nil {
			return nil, err
		}
	}
	r.author = author{catalog: c, made: map[revision.Branch]string{}}
	r.done.Catalog = c.Name
	_, err := Load(r.files, opts)
	errors.As(err, &r.before)
	return r, nil
}

// read takes a file in.
func (r *rebase) read(f loaded) error {
	n := &versionFile{file: f.name}
	switch {
	case f.revision != nil:
		n.Revision = f.revision.Revision
	case f.migration != nil:
		m := f.migration.Migration
		n.migration, n.before = true, m.Before
		n.Revision = revision.Revision{ID: m.ID, Branch: revision.Migrate, DependsOn: m.DependsOn, Release: m.Release, Source: m.Source}
	default:
		return nil
	}
	text, err := readFile(r.files, f.name)
	n.text = string(text)
	r.nodes = append(r.nodes, n)
	return err
}

// find returns the file that a word means.
func (r *rebase) find(what string) (*versionFile, error) {
	var found []*versionFile
	var ids []string
	word := path.Clean(filepath.ToSlash(what))
	for _, n := range r.nodes {
		if word == n.file || word == path.Base(n.file) || word == path.Clean(display(prefixOf(r.opts), n.file)) {
			return n, nil
		}
		if n.ID == what {
			found = append(found, n)
		}
		ids = append(ids, n.ID)
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		hint := "give its id, or the path of its file"
		if near, ok := nearest(what, ids); ok {
			hint = fmt.Sprintf("did you mean %s?", near)
		}
		return nil, refuse(hint, "there is no revision %q in the catalog", what)
	}
	return nil, refuse("name the file that is to have another id", "%s is the id of several files: %s", what, r.shown(found...))
}

// shown lists files as the reader knows them.
func (r *rebase) shown(nodes ...*versionFile) string {
	var names []string
	for _, n := range nodes {
		names = append(names, display(prefixOf(r.opts), n.file))
	}
	return strings.Join(names, ", ")
}

// twins are the other files with the id of n.
func (r *rebase) twins(n *versionFile) []*versionFile {
	return r.all(func(o *versionFile) bool { return o != n && o.ID == n.ID })
}

// rivals are the other revisions that stand where n does. The trunk goes before
// a branch that begins on it.
func (r *rebase) rivals(n *versionFile) []*versionFile {
	beside := r.all(func(o *versionFile) bool { return o != n && !o.migration && !n.migration && o.Parent == n.Parent })
	for _, b := range []revision.Branch{n.Branch, revision.Trunk} {
		on := slices.DeleteFunc(slices.Clone(beside), func(o *versionFile) bool { return o.Branch != b })
		if len(on) > 0 {
			return on
		}
	}
	return nil
}

func (r *rebase) all(is func(*versionFile) bool) []*versionFile {
	var found []*versionFile
	for _, n := range r.nodes {
		if is(n) {
			found = append(found, n)
		}
	}
	return found
}

// line is a revision and what follows it on its branch, without the ones that
// are moved.
func (r *rebase) line(from *versionFile, moved ...*versionFile) []*versionFile {
	line := []*versionFile{from}
	for {
		last := line[len(line)-1]
		next := r.all(func(o *versionFile) bool {
			return !o.migration && o.Parent == last.ID && o.Branch == last.Branch && !slices.Contains(moved, o) && !slices.Contains(line, o)
		})
		if len(next) == 0 {
			return line
		}
		line = append(line, next[0])
	}
}

// behind puts a revision behind the last one of its rival's line.
func (r *rebase) behind(n *versionFile) error {
	rivals := r.rivals(n)
	if len(rivals) == 0 {
		return r.noRival(n)
	}
	r.move(n, r.line(rivals[0], n))
	if rivals[0].Branch != n.Branch { // the trunk: both branches begin behind it
		other := r.all(func(o *versionFile) bool {
			return !o.migration && o.Parent == n.Parent && o.Branch != n.Branch && o.Branch != revision.Trunk
		})
		for _, o := range other {
			r.move(o, r.line(rivals[0], n))
			if err := r.rewrite(o, nil); err != nil {
				return err
			}
		}
	}
	for _, f := range r.line(n)[1:] {
		r.done.Followed = append(r.done.Followed, f.ID)
	}
	return r.rewrite(n, nil)
}

// move notes that a revision goes behind a line.
func (r *rebase) move(n *versionFile, line []*versionFile) {
	last := line[len(line)-1]
	r.change(n).Revises = last.ID
	if len(r.done.Passed) == 0 {
		for _, p := range line {
			r.done.Passed = append(r.done.Passed, p.ID)
		}
	}
}

// change is the entry of a file among those that change.
func (r *rebase) change(n *versionFile) *RebasedFile {
	if r.edited[n] == nil {
		r.edited[n] = &RebasedFile{Name: n.file, ID: n.ID, Revises: n.Parent, Revised: n.Parent}
	}
	return r.edited[n]
}

// noRival refuses a revision that stands alone, and names those that do not.
func (r *rebase) noRival(n *versionFile) error {
	var pairs []string
	for _, p := range r.before {
		if p.Rivals != [2]string{} {
			pairs = append(pairs, strings.TrimPrefix(p.Rivals[0]+" and "+p.Rivals[1], " and "))
		}
	}
	hint := "no two revisions of this catalog are"
	if len(pairs) > 0 {
		hint = "those that are: " + strings.Join(pairs, "; ")
	}
	return refuse(hint, "%s is in nobody's way: no other revision stands behind the same parent, and no other file has its id", n.ID)
}
