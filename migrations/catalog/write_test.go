package catalog

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tree lists what is below a directory, with the content of files.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		text, _ := os.ReadFile(filepath.Join(dir, name))
		all[name] = string(text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestAllOrNone: if the last file of several cannot be written, those before it
// are taken away again, and catalog.toml is as it was. A file in the place of a
// directory is what not even root can write below.
func TestAllOrNone(t *testing.T) {
	for _, c := range []struct {
		name, last string
		exists     bool
		want       string
	}{
		{"there already", "versions/b.toml", true, "db/versions/b.toml is there already, and is not overwritten; nothing was written"},
		{"cannot be written", "catalog.toml/b.toml", false, "db/catalog.toml/b.toml cannot be written: not a directory; nothing was written"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "versions"), 0o755); err != nil {
				t.Fatal(err)
			}
			for name, text := range map[string]string{"catalog.toml": "old", "versions/b.toml": "b"} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			before := tree(t, dir)
			err := put(Options{Dir: dir, Prefix: "db"}, settingsEdit{before: []byte("old"), after: []byte("new")}, []File{
				{Name: "versions/a.toml", Content: []byte("a")}, {Name: c.last, Content: []byte("other")},
			})
			var failed *WriteError
			if !errors.As(err, &failed) || err.Error() != c.want || errors.Is(err, fs.ErrExist) != c.exists {
				t.Errorf("error %v, want %s", err, c.want)
			}
			if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
				t.Errorf("something stayed behind (-before +after):\n%s", diff)
			}
			if info, err := os.Stat(filepath.Join(dir, "catalog.toml")); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("catalog.toml has the mode %v (%v)", info.Mode(), err)
			}
		})
	}
}

// TestOneWins: of two that make the same file, one does.
func TestOneWins(t *testing.T) {
	dir := t.TempDir()
	one, two := &batch{dir: dir}, &batch{dir: dir}
	first, second := one.create("a", []byte("one"), 0o644), two.create("a", []byte("two"), 0o644)
	if one.done(first) != nil || !errors.Is(two.done(second), fs.ErrExist) {
		t.Errorf("errors %v, %v", first, second)
	}
	if diff := cmp.Diff(map[string]string{"a": "one"}, tree(t, dir)); diff != "" {
		t.Error(diff)
	}
	if err := exclusive(filepath.Join(dir, "a"), []byte("two"), 0o644); !errors.Is(err, fs.ErrExist) {
		t.Errorf("without hard links: %v", err)
	}
	if diff := cmp.Diff(map[string]string{"a": "one"}, tree(t, dir)); diff != "" {
		t.Error(diff)
	}
}

// TestRename: a name that is taken stays with its file, and what was renamed is
// called as before if something fails behind it.
func TestRename(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a": "a", "b": "b"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b := &batch{dir: dir}
	if err := b.rename("a", "c"); err != nil {
		t.Fatal(err)
	}
	if err := b.replace("c", []byte("a"), []byte("new")); err != nil {
		t.Fatal(err)
	}
	if err := b.done(b.rename("c", "b")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error %v", err)
	}
	if diff := cmp.Diff(map[string]string{"a": "a", "b": "b"}, tree(t, dir)); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}
