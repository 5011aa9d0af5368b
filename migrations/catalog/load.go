package catalog

import (
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"manage/engine/files"
	"manage/engine/flavor"
	"manage/engine/revision"
)

// Options say where a catalog comes from.
type Options struct {
	// Dir is the directory on disk that the file tree is of; "" for an
	// embedded one. Programs of data migrations are relative to it.
	Dir string
	// Prefix is put before file names in messages; "" means Dir.
	Prefix string
	// Found is true for a directory that nobody named: its files count only if
	// they are the user's (files.Trusted).
	Found bool
	// Scratch makes an empty SQLite database, on which plain SQL is tried out
	// when a schema is computed; nil to leave the effect of SQL open.
	Scratch func() (Scratch, error)
}

// versionsDir is the directory of the revisions and data migrations.
const versionsDir = "versions"

// Load reads and checks the catalog whose catalog.toml is at the root of
// fsys. Everything that is wrong is found in one go: the error is a
// revision.Problems, sorted by file and line.
func Load(fsys fs.FS, opts Options) (*Catalog, error) {
	return (&loader{fsys: fsys, prefix: prefixOf(opts)}).whole(opts)
}

// LoadDir is Load of the directory opts.Dir.
func LoadDir(opts Options) (*Catalog, error) { return Load(opts.tree(), opts) }

// whole reads a catalog that must be valid.
func (l *loader) whole(opts Options) (*Catalog, error) {
	c := l.load()
	if len(l.problems) > 0 {
		sortProblems(l.problems)
		return nil, l.problems
	}
	c.Dir, c.Scratch = opts.Dir, opts.Scratch
	return c, nil
}

// prefixOf is what stands before file names in messages.
func prefixOf(opts Options) string { return filepath.ToSlash(cmp.Or(opts.Prefix, opts.Dir)) }

// loader is one run of Load.
type loader struct {
	fsys     fs.FS
	prefix   string
	mayEmpty bool // a catalog without revisions is not a problem
	problems revision.Problems
}

// load reads all files. What it returns is whole only if there are no problems.
func (l *loader) load() *Catalog {
	text, ok := l.settingsText()
	if !ok {
		return nil
	}
	r := l.report(settingsFile)
	c, s := readSettings(&decoder{}, r, text)
	l.problems = append(l.problems, r.problems...)
	found := l.files(c)
	revs, migs := c.adopt(found)
	if slices.ContainsFunc(found, loaded.lost) {
		return c // what the graph would say of the gaps helps nobody
	}
	unsaid, problems := c.joinSyncs()
	l.problems = append(l.problems, problems...)
	if len(revs) == 0 && len(l.problems) == 0 && !l.mayEmpty {
		r.problems = nil
		r.add(0, "the catalog has no revisions: write the first one into the folder %s", versionsDir)
		l.problems = append(l.problems, r.problems...)
		return c
	}
	graph, err := revision.NewGraph(revs, migs, s.graphOptions(text, r.file))
	problems = nil
	switch {
	case errors.As(err, &problems):
		l.problems = append(l.problems, problems...)
	case err != nil:
		r.problems = nil
		r.add(0, "%v", err)
		l.problems = append(l.problems, r.problems...)
	}
	c.Graph = graph
	if graph != nil && len(l.problems) == 0 {
		c.chainSyncs()
		c.followRenames(unsaid)
	}
	return c
}

// report is a new report for a file.
func (l *loader) report(file string) *report { return &report{file: display(l.prefix, file)} }

// settingsText reads catalog.toml, or says why there is no catalog here.
func (l *loader) settingsText() (string, bool) {
	text, _, err := readText(l.fsys, settingsFile)
	if err == nil {
		return text, true
	}
	r := &report{file: cmp.Or(l.prefix, ".")}
	root, rootErr := fs.Stat(l.fsys, ".")
	switch {
	case errors.Is(rootErr, fs.ErrNotExist):
		r.add(0, "there is no such directory: name the one that holds catalog.toml")
	case rootErr == nil && !root.IsDir(), errors.Is(err, errNotDir):
		r.add(0, "this is not a directory: name the one that holds catalog.toml")
	case errors.Is(err, fs.ErrNotExist):
		r.add(0, "there is no catalog.toml in this directory, so it is not a catalog")
	default:
		r.file = display(l.prefix, settingsFile)
		r.add(0, "%s", unreadable(err))
	}
	l.problems = append(l.problems, r.problems...)
	return "", false
}

// readError is why a file could not be read, without its name.
func readError(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// loaded is what one file held: a revision, a data migration, models, the rules of
// purges, or, if something is wrong with it, perhaps none of them.
type loaded struct {
	name      string
	revision  *Revision
	migration *Migration
	models    *Models
	purge     *Purge
	problems  revision.Problems
}

// lost reports whether a file gave nothing, so that the graph has a gap.
func (l loaded) lost() bool {
	return l.revision == nil && l.migration == nil && l.models == nil && l.purge == nil && len(l.problems) > 0
}

// files reads versions/* and models.toml with as many workers as there are
// processors.
func (l *loader) files(c *Catalog) []loaded {
	names := l.names()
	found := make([]loaded, len(names))
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(names)) {
		group.Go(func() {
			w := &worker{fsys: l.fsys, dialects: c.Dialects}
			for i := int(next.Add(1)) - 1; i < len(names); i = int(next.Add(1)) - 1 {
				found[i] = w.file(names[i], l.report(names[i]))
				found[i].name = names[i]
			}
		})
	}
	group.Wait()
	for _, f := range found {
		l.problems = append(l.problems, f.problems...)
	}
	return found
}

// names lists the files to read, in order.
func (l *loader) names() []string {
	var names []string
	for _, name := range []string{modelsFile, purgeFile} {
		// What cannot be looked at is read, which says why.
		if _, err := fs.Stat(l.fsys, name); !errors.Is(err, fs.ErrNotExist) {
			names = append(names, name)
		}
	}
	entries, err := fs.ReadDir(l.fsys, versionsDir)
	if err != nil {
		r := l.report(versionsDir)
		if errors.Is(err, fs.ErrNotExist) {
			r.add(0, "the catalog has no directory \"versions\" with its revisions")
		} else {
			r.add(0, "%s", strings.Replace(unreadable(err), "the file", "the directory", 1))
		}
		l.problems = append(l.problems, r.problems...)
	}
	for _, e := range entries {
		if isRevisionFile(e.Name()) {
			names = append(names, versionsDir+"/"+e.Name())
		}
	}
	if len(names) > files.MaxFiles {
		r := l.report(versionsDir)
		r.add(0, "%s", crowded(len(names)))
		l.problems = append(l.problems, r.problems...)
		return nil
	}
	return names
}

// isRevisionFile reports whether a file of versions is read.
func isRevisionFile(name string) bool {
	return !strings.HasPrefix(name, ".") && (strings.HasSuffix(name, ".toml") || strings.HasSuffix(name, ".sql"))
}

// adopt puts what was read into the catalog, and returns what the graph is
// made of. Of two files with one id the first is kept; the graph complains.
func (c *Catalog) adopt(found []loaded) ([]revision.Revision, []revision.Migration) {
	var revs []revision.Revision
	var migs []revision.Migration
	for _, f := range found {
		switch {
		case f.revision != nil:
			revs = append(revs, f.revision.Revision)
			if _, twice := c.Revisions[f.revision.ID]; !twice {
				c.Revisions[f.revision.ID] = f.revision
			}
		case f.migration != nil:
			migs = append(migs, f.migration.Migration)
			if _, twice := c.Migrations[f.migration.ID]; !twice {
				c.Migrations[f.migration.ID] = f.migration
			}
		case f.models != nil:
			c.Models = f.models
		case f.purge != nil:
			c.Purge = f.purge
		}
	}
	return revs, migs
}

// worker reads files, one after the other.
type worker struct {
	decoder
	fsys     fs.FS
	dialects []flavor.Dialect // of the catalog
}

// tomlFile reads models.toml, a revision or a data migration.
func (w *worker) tomlFile(name, text string, r *report) loaded {
	raw, keys, ok := parseOrdered(&w.decoder, r, text)
	w.decoder.dialects = w.dialects
	_, isRevision := raw["revision"]
	_, isMigration := raw["migration"]
	switch {
	case !ok:
		return loaded{}
	case name == modelsFile:
		return loaded{models: w.readModels(raw)}
	case name == purgeFile:
		return loaded{purge: w.readPurge(raw)}
	case isMigration && !isRevision:
		return loaded{migration: w.migration(name, raw, keys)}
	case isMigration:
		r.add(w.keyLine("migration"), "a file holds a revision or a data migration, not both: remove one of the keys \"revision\" and \"migration\"")
		return loaded{}
	}
	return loaded{revision: w.tomlRevision(name, raw)}
}

// sortedKeys are the keys of a table in the order of the alphabet.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
