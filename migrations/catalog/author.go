package catalog

import (
	"errors"
	"io/fs"
	"slices"

	"manage/engine/revision"
)

// Added is what Add wrote.
type Added struct {
	Catalog string // its name
	// Files are the new files, in the order of their release: expand, data
	// migration, contract.
	Files []File
	// Release is the one that they belong to; "" for none.
	Release string
	// NewRelease is true if it was put into the list of catalog.toml.
	NewRelease bool
}

// Add writes the files of a draft into the catalog in the directory opts.Dir:
// all of them, or none. The catalog is loaded first, by one process at a time,
// and again with the new files before they are written, so that it is valid
// after. No file is overwritten.
//
// Errors are revision.Problems of the catalog as it is, *DraftError, and
// *WriteError.
func Add(opts Options, d Draft) (*Added, error) {
	if opts.Dir == "" {
		return nil, builtIn(opts)
	}
	defer lockDir(opts.Dir)()
	tree := opts.tree()
	c, err := (&loader{fsys: tree, prefix: prefixOf(opts), mayEmpty: true}).whole(opts)
	if err != nil {
		return nil, err
	}
	made, err := c.Files(d)
	if err != nil {
		return nil, err
	}
	settings, err := c.listed(tree, d.Release)
	if err != nil {
		return nil, err
	}
	after := overlay{tree, map[string][]byte{}}
	for _, f := range made {
		after.files[f.Name] = f.Content
	}
	if settings.after != nil {
		after.files[settingsFile] = settings.after
	}
	if err := fits(after, opts); err != nil {
		return nil, err
	}
	if err := put(opts, settings, made); err != nil {
		return nil, err
	}
	return added(c, made, settings.after != nil), nil
}

// builtIn is said of catalogs that are not in a directory.
func builtIn(opts Options) error {
	return refuse("name the directory of a catalog with --catalog; init makes one",
		"the catalog %s is built in, so there is no directory to write to", opts.Prefix)
}

// fits checks that a catalog will be valid.
func fits(after fs.FS, opts Options) error {
	_, err := Load(after, opts)
	var p revision.Problems
	if errors.As(err, &p) && len(p) > 0 {
		return &DraftError{Message: "the new files would not fit the catalog: " + p[0].String()}
	}
	return err
}

// put writes the new files behind the list of releases, because a release
// without revisions is valid and a revision without its release is not.
func put(opts Options, s settingsEdit, made []File) error {
	b := &batch{dir: opts.Dir, prefix: prefixOf(opts)}
	if s.after != nil {
		if err := b.replace(settingsFile, s.before, s.after); err != nil {
			return b.done(err)
		}
	}
	for _, f := range made {
		if err := b.create(f.Name, f.Content, f.mode()); err != nil {
			return b.done(err)
		}
	}
	return b.done(nil)
}

// added describes what was written.
func added(c *Catalog, made []File, isNew bool) *Added {
	out := &Added{Catalog: c.Name, Files: slices.Clone(made), Release: made[0].Release, NewRelease: isNew}
	slices.SortStableFunc(out.Files, func(x, y File) int { return stage(x.Branch) - stage(y.Branch) })
	return out
}

// stage is the place of a branch in an upgrade.
func stage(b revision.Branch) int {
	return slices.Index([]revision.Branch{revision.Trunk, revision.Expand, revision.Migrate, revision.Contract}, b)
}
