package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unicode"

	"manage/engine/revision"
	"manage/schema"
)

// Start says what a new catalog is to begin with.
type Start struct {
	// Name is that of the catalog; see NameFor.
	Name string
	// Release is that of the first revision; "" for "initial".
	Release string
	// Up is what the first revision does and Models what models.toml holds, both
	// in TOML; nil for a template that makes nothing until it is filled in.
	Up, Models []byte
	// Known are differences of a database that was there before the catalog.
	Known []schema.KnownDifference
}

// Files are the files of the new catalog. It is valid as it is, and a database
// can be brought to its first revision. The error is *DraftError.
func (s Start) Files() ([]File, error) {
	release := cmp.Or(s.Release, "initial")
	const hint = "use letters, digits, underscores, dots and hyphens"
	switch {
	case !word.MatchString(s.Name) || len(s.Name) > maxName:
		return nil, refuse(fmt.Sprintf("%s, %d at most", hint, maxName), "%q cannot be the name of a catalog", s.Name)
	case !word.MatchString(release) || len(release) > maxRelease:
		return nil, refuse(fmt.Sprintf("%s, %d at most", hint, maxRelease), "%q cannot be the name of a release", release)
	}
	id := release + "01"
	top := []entry{{"revision", []string{id}}, {"release", []string{release}}, {"message", []string{"first tables"}}}
	first := File{Name: versionsDir + "/" + id + "_first_tables.toml", ID: id, Release: release}
	first.Content = []byte(render(top, Part{Up: s.Up}, false, startTemplate))
	models := s.Models
	if models == nil {
		models = []byte(modelsTemplate)
	}
	settings := fmt.Appendf(nil, settingsTemplate, Quote(s.Name), Quote(release))
	return []File{
		{Name: settingsFile, Content: append(settings, encodeKnown(s.Known)...)},
		{Name: modelsFile, Content: models},
		first,
	}, nil
}

// maxRelease is the longest name of a release that ids such as
// <release>_contract01 can begin with.
const maxRelease = revision.MaxIDLength - len("_contract01")

// NameFor makes the name of a catalog from any text, such as that of a
// directory: lower case, with underscores in place of what a name cannot hold.
// It is "service" if nothing is left.
func NameFor(text string) string {
	name := strings.Map(func(c rune) rune {
		if c < unicode.MaxASCII && word.MatchString("x"+string(c)) {
			return unicode.ToLower(c)
		}
		return '_'
	}, text)
	name = strings.Trim(name[:min(len(name), maxName)], "_.-")
	if name == "" {
		return "service"
	}
	return name
}

// There is what stands in the way of a new catalog. Nothing was written.
type There struct {
	Files []string // as shown to the reader
}

func (e *There) Error() string {
	return fmt.Sprintf("there already, and not overwritten: %s; nothing was written", strings.Join(e.Files, ", "))
}

// Create writes files into the directory opts.Dir, which is made if it is not
// there: all of them, or none, and over no file that is there. With them the
// directory must be a valid catalog.
//
// Errors are *There, *DraftError and *WriteError.
func Create(opts Options, made []File) error {
	there, err := inTheWay(opts, made)
	if err != nil {
		return err
	}
	if len(there) > 0 {
		return &There{Files: there}
	}
	after := overlay{opts.tree(), map[string][]byte{}}
	for _, f := range made {
		after.files[f.Name] = f.Content
	}
	if err := fits(after, opts); err != nil {
		return err
	}
	b := &batch{dir: opts.Dir, prefix: prefixOf(opts)}
	if err := b.directory(versionsDir); err != nil {
		return b.done(err)
	}
	defer lockDir(opts.Dir)() // another that begins here waits, and finds the files
	for _, f := range made {
		if err := b.create(f.Name, f.Content, f.mode()); err != nil {
			return b.done(err)
		}
	}
	return b.done(nil)
}

// inTheWay lists the files that are there already, and the revisions that would
// be taken into the new catalog.
func inTheWay(opts Options, made []File) ([]string, error) {
	tree := opts.tree()
	var there []string
	for _, f := range made {
		if _, err := os.Lstat(opts.Dir + string(os.PathSeparator) + f.Name); err == nil {
			there = append(there, display(prefixOf(opts), f.Name))
		}
	}
	entries, err := fs.ReadDir(tree, versionsDir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, &WriteError{File: display(prefixOf(opts), versionsDir), Err: err}
	}
	for _, e := range entries {
		if name := display(prefixOf(opts), versionsDir+"/"+e.Name()); isRevisionFile(e.Name()) && !slices.Contains(there, name) {
			there = append(there, name)
		}
	}
	return there, nil
}
