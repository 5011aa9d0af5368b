package catalog_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/migrations/catalog"
)

func startFiles(t *testing.T, s catalog.Start) []catalog.File {
	t.Helper()
	files, err := s.Files()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestCreate: a new catalog is valid, in a directory that is made for it, and a
// second one does not touch it.
func TestCreate(t *testing.T) {
	opts := catalog.Options{Dir: filepath.Join(t.TempDir(), "a", "shop"), Prefix: "shop"}
	if err := catalog.Create(opts, startFiles(t, catalog.Start{Name: "shop"})); err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Load(os.DirFS(opts.Dir), opts)
	if err != nil {
		t.Fatal(err)
	}
	if h := c.Graph.Heads(); c.Name != "shop" || h.Trunk != "initial01" || c.Models == nil || !slices.Equal(c.Graph.Releases(), []string{"initial"}) {
		t.Errorf("catalog %+v, heads %+v", c, h)
	}
	before := contents(t, opts.Dir)
	err = catalog.Create(opts, startFiles(t, catalog.Start{Name: "other", Release: "one"}))
	var there *catalog.There
	want := []string{"shop/catalog.toml", "shop/models.toml", "shop/versions/initial01_first_tables.toml"}
	if !errors.As(err, &there) || !cmp.Equal(there.Files, want) {
		t.Errorf("error %v", err)
	}
	if diff := cmp.Diff(before, contents(t, opts.Dir)); diff != "" {
		t.Errorf("the first catalog was changed:\n%s", diff)
	}
	if added := mustAdd(t, opts.Dir, catalog.Draft{Message: "next"}); added.Files[0].ID != "initial02" {
		t.Errorf("the next revision is %+v", added.Files[0])
	}
}

// TestCreateGiven: the first revision and the models may be given.
func TestCreateGiven(t *testing.T) {
	table := "name = \"t\"\ncolumns = [ { name = \"id\", type = \"integer\", nullable = false } ]\nprimary_key = [\"id\"]\n"
	s := catalog.Start{Name: "shop", Release: "2026_1", Up: []byte("[[up]]\n[up.create_table]\n" + table), Models: []byte("[[table]]\n" + table)}
	opts := catalog.Options{Dir: t.TempDir()}
	if err := catalog.Create(opts, startFiles(t, s)); err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Load(os.DirFS(opts.Dir), opts)
	if err != nil || len(c.Revisions["2026_101"].Up) != 1 || len(c.Models.Tables) != 1 {
		t.Errorf("%+v, %v", c, err)
	}
	s.Up = []byte("[[up]]\n")
	bad := catalog.Options{Dir: filepath.Join(t.TempDir(), "new")}
	if err := catalog.Create(bad, startFiles(t, s)); err == nil || !strings.Contains(err.Error(), "no operation") {
		t.Errorf("a first revision that is wrong: %v", err)
	}
	if _, err := os.Stat(bad.Dir); err == nil {
		t.Error("its directory was made")
	}
}

// TestCreateNowhere: below a file nothing can be made, by nobody.
func TestCreateNowhere(t *testing.T) {
	dir := onDisk(t, map[string]string{"file": ""})
	err := catalog.Create(catalog.Options{Dir: filepath.Join(dir, "file"), Prefix: "file"}, startFiles(t, catalog.Start{Name: "shop"}))
	var failed *catalog.WriteError
	if !errors.As(err, &failed) || err.Error() != "file/versions cannot be written: not a directory; nothing was written" {
		t.Errorf("error %v", err)
	}
	for _, s := range []catalog.Start{{Name: "a b"}, {Name: ""}, {Name: "a", Release: "b c"}, {Name: "a", Release: strings.Repeat("r", 22)}} {
		if _, err := s.Files(); err == nil {
			t.Errorf("%+v is taken", s)
		}
	}
}

func TestNameFor(t *testing.T) {
	for text, want := range map[string]string{
		"shop": "shop", "My Shop!": "my_shop", "/": "service", ".": "service", "über-shop 2": "ber-shop_2",
		"v1.2": "v1.2", strings.Repeat("x", 60): strings.Repeat("x", 48), "_._": "service",
	} {
		if got := catalog.NameFor(text); got != want {
			t.Errorf("NameFor(%q) = %q, want %q", text, got, want)
		}
	}
}
