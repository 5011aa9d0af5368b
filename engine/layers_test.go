// Package engine_test holds the map of the packages against the code.
package engine_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "manage/"

// layers are the packages, the highest first: a package imports only what
// stands below it. Packages in one row do not import each other.
var layers = [][]string{
	{"cmd/manage", "docs/howto/embed"},
	{"cmd"},
	{"cmd/argv", "cmd/config", "cmd/view"},
	{"phases"},
	{"phases/draft", "phases/metadefs", "phases/purge"},
	{"phases/backfill/compare"},
	{"phases/backfill", "phases/backfill/throttle"},
	{"phases/rowaccess"},
	{"migrations"},
	{"migrations/catalog"},
	{"schema"},
	{"engine/run"},
	{"engine/ledger"},
	{"engine/sqltext"},
	{"engine/database"},
	{"engine/database/mysql", "engine/database/postgres", "engine/database/sqlite"},
	{"engine/database/backend"},
	{"engine/plan"},
	{"engine/revision"},
	{"engine/quote"},
	{"engine/flavor"},
	{"engine/files", "engine/safetext"},
}

// floors are the top folders, the highest first: no arrow leads back up.
var floors = []string{"cmd", "phases", "migrations", "schema", "engine"}

// forTests is what only tests, and the packages below it, import: servers,
// snapshots and the programs that measure.
const forTests = "engine/enginetest"

// pure packages are values and functions: they import only pure packages of
// this module, and none of the outside world.
var pure = []string{"engine/sqltext", "engine/plan", "engine/revision", "engine/quote", "engine/flavor", "engine/safetext"}

var outsideWorld = []string{"context", "os", "net", "database/sql"}

// doors are the libraries that one package keeps to itself. The servers for
// tests look at databases with the bare drivers, so that no test depends on
// what it tests.
var doors = map[string][]string{
	"ariga.io/atlas":                 {"schema"},
	"github.com/alecthomas/kong":     {"cmd", "cmd/argv"},
	"github.com/go-sql-driver/mysql": {"engine/database/mysql", "engine/enginetest"},
	"github.com/lib/pq":              {"engine/database/postgres", "engine/enginetest"},
	"modernc.org/sqlite":             {"engine/database/sqlite", "engine/enginetest"},
}

// file is one Go file and what it imports.
type file struct {
	name    string // relative to the module's root
	pkg     string // directory, relative to the module's root
	test    bool
	imports []string
}

// files reads the imports of all Go files of the module.
func files(t *testing.T) []file {
	t.Helper()
	root := os.DirFS("..")
	var out []file
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata") {
			return fs.SkipDir
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", name), nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		f := file{name: name, pkg: path.Dir(name), test: strings.HasSuffix(name, "_test.go")}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			f.imports = append(f.imports, imported)
		}
		out = append(out, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 100 {
		t.Fatalf("%d Go files found: the test looks in the wrong place", len(out))
	}
	return out
}

// floor is the place of a package's top folder among the floors, -1 for a
// folder that is none.
func floor(pkg string) int {
	top, _, _ := strings.Cut(pkg, "/")
	return slices.Index(floors, top)
}

// TestFloors holds the rows of layers to the floors: whoever reads the list of
// folders has read the direction of all imports.
func TestFloors(t *testing.T) {
	highest := 0
	for _, row := range layers {
		for _, pkg := range row {
			at := floor(pkg)
			if at < 0 {
				if pkg != "docs/howto/embed" { // an example program
					t.Errorf("%s is on no floor", pkg)
				}
				continue
			}
			if at < highest {
				t.Errorf("%s is listed below the floor %s", pkg, floors[highest])
			}
			highest = at
		}
	}
}

// layer is the row of a package. It is -1 for a package that is not on the map.
func layer(pkg string) int {
	return slices.IndexFunc(layers, func(row []string) bool { return slices.Contains(row, pkg) })
}

func TestArrowsPointDown(t *testing.T) {
	for _, f := range files(t) {
		if f.test || within(f.pkg, forTests) {
			continue
		}
		from := layer(f.pkg)
		if from < 0 {
			t.Errorf("%s: package %s is not on the map: add it to a row of layers", f.name, f.pkg)
			continue
		}
		for _, imported := range f.imports {
			pkg, ours := strings.CutPrefix(imported, module)
			if !ours {
				continue
			}
			switch to := layer(pkg); {
			case within(pkg, forTests):
				t.Errorf("%s imports %s, which is for tests only", f.name, pkg)
			case to <= from:
				t.Errorf("%s imports %s, which does not stand below %s", f.name, pkg, f.pkg)
			}
		}
	}
}

func TestPurePackages(t *testing.T) {
	for _, f := range files(t) {
		if f.test || !slices.Contains(pure, f.pkg) {
			continue
		}
		for _, imported := range f.imports {
			if pkg, ours := strings.CutPrefix(imported, module); ours && !slices.Contains(pure, pkg) {
				t.Errorf("%s is pure and imports %s, which is not", f.name, pkg)
			}
			for _, forbidden := range outsideWorld {
				if within(imported, forbidden) {
					t.Errorf("%s is pure and imports %s", f.name, imported)
				}
			}
		}
	}
}

func TestOneDoorEach(t *testing.T) {
	opened := make(map[string]bool)
	for _, f := range files(t) {
		for _, imported := range f.imports {
			for library, keepers := range doors {
				if !within(imported, library) {
					continue
				}
				opened[library] = true
				if !slices.Contains(keepers, f.pkg) {
					t.Errorf("%s imports %s, whose door is %s", f.name, imported, keepers[0])
				}
			}
		}
	}
	for library := range doors {
		if !opened[library] {
			t.Errorf("nobody imports %s any more: remove its door", library)
		}
	}
}

// readers are the functions of package os that open files by their names, and
// outside are the files that call them all the same: for what is no file that
// somebody puts there, or to write.
var (
	readers = []string{"os.Open", "os.OpenFile", "os.ReadFile", "os.DirFS", "os.OpenRoot", "tls.LoadX509KeyPair"}
	outside = []string{
		"engine/run/process.go",           // /proc
		"migrations/catalog/write.go",     // writes
		"migrations/catalog/lock_unix.go", // a directory
		"cmd/call_logs.go",                // writes
	}
)

// TestFilesHaveOneDoor: what is read by its name is read through engine/files,
// which takes regular files with a bound.
func TestFilesHaveOneDoor(t *testing.T) {
	for _, f := range files(t) {
		if f.test || within(f.pkg, "engine/files") || within(f.pkg, forTests) || slices.Contains(outside, f.name) {
			continue
		}
		text, err := os.ReadFile(filepath.Join("..", f.name))
		if err != nil {
			t.Fatal(err)
		}
		for _, reader := range readers {
			if strings.Contains(string(text), reader+"(") {
				t.Errorf("%s calls %s: read through engine/files", f.name, reader)
			}
		}
	}
}

// Every package on the map is there, so that the map shows what is.
func TestTheMapIsWhatIsThere(t *testing.T) {
	there := make(map[string]bool)
	for _, f := range files(t) {
		there[f.pkg] = there[f.pkg] || !f.test
	}
	for _, pkg := range slices.Concat(layers...) {
		if !there[pkg] {
			t.Errorf("package %s is on the map, but has no code", pkg)
		}
	}
}

// within reports whether a path is root or stands below it.
func within(name, root string) bool {
	return name == root || strings.HasPrefix(name, root+"/")
}
