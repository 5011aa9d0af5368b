package catalog_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	disk "manage/engine/files"
	"manage/engine/revision"
	"manage/migrations/catalog"
)

// A byte order mark and CR LF line ends mean nothing: a file has the same
// checksum, statements and lines with them and without.
func TestLineEndsAndMarksMeanNothing(t *testing.T) {
	sql := "-- revision: root\n-- message: it\n-- +up postgres\nCREATE FUNCTION f() RETURNS int AS $$\nBEGIN\n  RETURN 1;\nEND $$ LANGUAGE plpgsql;\nINSERT INTO t VALUES ('a\nb');\n-- +up sqlite mysql mariadb\nSELECT 1;\n"
	mysql := "-- revision: root\n-- +up mysql mariadb\nDELIMITER //\nCREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN\n  SET NEW.a = 1;\n  SET NEW.b = 'x\ny';\nEND//\nDELIMITER ;\n-- +up sqlite postgres\nSELECT 1;\n"
	toml := "revision = \"root\"\nmessage = \"it\"\n[[up]]\nsql = { text = '''\nSELECT 'a\nb';\nSELECT $$\n$$''' }\n[[up]]\ncreate_table = { name = \"t\", columns = [\n  { name = \"id\", type = \"integer\", default = \"1\" },\n], primary_key = [\"id\"] }\n"
	shapes := map[string]func(string) string{
		"as it is":      func(s string) string { return s },
		"a mark":        func(s string) string { return "\ufeff" + s },
		"CR LF":         func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
		"both":          func(s string) string { return "\ufeff" + strings.ReplaceAll(s, "\n", "\r\n") },
		"some CR LF":    func(s string) string { return strings.Replace(s, "BEGIN\n", "BEGIN\r\n", 1) },
		"the last line": func(s string) string { return strings.TrimSuffix(s, "\n") + "\r\n" },
	}
	for file, text := range map[string]string{"root.sql": sql, "root_a.sql": mysql, "root.toml": toml} {
		want := load(t, "-- catalog.toml --\nname = \"shop\"\n-- versions/"+file+" --\n"+text).Revisions["root"]
		for what, shape := range shapes {
			t.Run(file+" "+what, func(t *testing.T) {
				c, err := catalog.Load(fstest.MapFS{
					"catalog.toml":     {Data: []byte(shape("name = \"shop\"\nreleases = [\n  \"one\",\n]\n"))},
					"versions/" + file: {Data: []byte(shape(text))},
				}, catalog.Options{})
				if err != nil {
					t.Fatal(err)
				}
				got := c.Revisions["root"]
				if got.Checksum != want.Checksum || got.Source != want.Source || got.Message != want.Message {
					t.Errorf("%s, %v, %q; want %s, %v, %q", got.Checksum, got.Source, got.Message, want.Checksum, want.Source, want.Message)
				}
				if g, w := fmt.Sprintf("%+v", got.Up), fmt.Sprintf("%+v", want.Up); len(g) != len(w) {
					t.Errorf("it does\n%s\nwant\n%s", g, w)
				}
				if readBefore := strings.Contains(shape(text), "\r") && !strings.HasPrefix(shape(text), "\ufeff--"); readBefore != (got.RawChecksum != "") && what != "a mark" {
					t.Errorf("raw checksum %q", got.RawChecksum)
				}
				if !got.Means(want.Checksum) || got.Means("other") || got.Means("") {
					t.Error("it does not mean what it is")
				}
			})
		}
	}
}

// What was applied by a release that took CR for a part of a body is not
// "changed since".
func TestOlderChecksumsOfCRLF(t *testing.T) {
	text := "-- revision: root\r\n-- +up\r\nINSERT INTO t VALUES ('a\r\nb');\r\n"
	r := load(t, "-- catalog.toml --\nname = \"shop\"\n-- versions/root.sql --\n"+text).Revisions["root"]
	// Of the release before, on this file.
	const before = "062de80ab1148d1962a17137f37c76b07c6d6b4736e9a279e52990273801a22d"
	if !r.Means(before) || r.Checksum == before {
		t.Errorf("checksum %s, of the text as it stands %s; want the latter to be %s", r.Checksum, r.RawChecksum, before)
	}
}

// Files that are none, that are too large or too deep are refused with one
// sentence each, and quickly.
func TestOddFiles(t *testing.T) {
	catalogWith := func(t *testing.T) string {
		return onDisk(t, map[string]string{"catalog.toml": "name = \"shop\"\n", "versions/root.toml": "revision = \"root\"\n"})
	}
	deep := strings.Repeat("[", 200_000)
	tests := map[string]struct {
		make func(t *testing.T, dir string) error
		want string
	}{
		"a directory": {func(_ *testing.T, d string) error { return os.Mkdir(filepath.Join(d, "versions", "a.sql"), 0o755) }, "versions/a.sql: the file is not read: it is a directory"},
		"a link out": {func(_ *testing.T, d string) error {
			return os.Symlink("/etc/hostname", filepath.Join(d, "versions", "a.sql"))
		}, "versions/a.sql: the file is not read: it is a link that leads out of the catalog"},
		"a relative link out": {func(t *testing.T, d string) error {
			write(t, filepath.Join(d, "..", "b.toml"), "revision = \"b\"")
			return os.Symlink("../../b.toml", filepath.Join(d, "versions", "b.toml"))
		}, "it is a link that leads out of the catalog"},
		"versions elsewhere": {func(t *testing.T, d string) error {
			must(t, os.Rename(filepath.Join(d, "versions"), filepath.Join(d, "..", "v")))
			return os.Symlink("../v", filepath.Join(d, "versions"))
		}, "versions: the directory is not read: it is a link that leads out of the catalog"},
		"settings elsewhere": {func(t *testing.T, d string) error {
			must(t, os.Rename(filepath.Join(d, "catalog.toml"), filepath.Join(d, "..", "c")))
			return os.Symlink("../c", filepath.Join(d, "catalog.toml"))
		}, "catalog.toml: the file is not read: it is a link that leads out of the catalog"},
		"models elsewhere": {func(_ *testing.T, d string) error {
			return os.Symlink("/etc/hostname", filepath.Join(d, "models.toml"))
		}, "models.toml: the file is not read: it is a link"},
		"rules elsewhere": {func(_ *testing.T, d string) error { return os.Symlink("/etc/hostname", filepath.Join(d, "purge.toml")) }, "purge.toml: the file is not read: it is a link"},
		"zeros": {func(_ *testing.T, d string) error {
			return os.Symlink("/dev/zero", filepath.Join(d, "versions", "z.sql"))
		}, "versions/z.sql: the file is not read: it is a link"},
		"a huge revision": {func(t *testing.T, d string) error { return sparse(t, filepath.Join(d, "versions", "h.toml")) }, "h.toml: the file is not read: it is larger than the 4 MiB"},
		"huge SQL":        {func(t *testing.T, d string) error { return sparse(t, filepath.Join(d, "versions", "h.sql")) }, "h.sql: the file is not read: it is larger than the 64 MiB"},
		"huge settings":   {func(t *testing.T, d string) error { return sparse(t, filepath.Join(d, "catalog.toml")) }, "catalog.toml: the file is not read: it is larger than the 1 MiB"},
		"brackets": {func(t *testing.T, d string) error {
			write(t, filepath.Join(d, "versions", "root.toml"), "revision = \"root\"\na = "+deep)
			return nil
		}, "root.toml:2: brackets or the parts of a key are nested deeper than 32 here"},
		"brackets in settings": {func(t *testing.T, d string) error {
			write(t, filepath.Join(d, "catalog.toml"), "name = \"shop\"\n\na = "+deep)
			return nil
		}, "catalog.toml:3: brackets or the parts of a key are nested deeper"},
		"brackets in a migration": {func(t *testing.T, d string) error {
			write(t, filepath.Join(d, "versions", "m.toml"), "migration = \"m\"\na = "+strings.Repeat("{a=", 200_000))
			return nil
		}, "m.toml:2: brackets or the parts of a key are nested deeper"},
		"brackets in models": {func(t *testing.T, d string) error {
			write(t, filepath.Join(d, "models.toml"), "a"+strings.Repeat(".a", 200_000)+" = 1")
			return nil
		}, "models.toml:1: brackets or the parts of a key are nested deeper"},
		"UTF-16": {func(t *testing.T, d string) error {
			write(t, filepath.Join(d, "versions", "root.toml"), "\xff\xfer\x00")
			return nil
		}, "root.toml: the file is not read: it is UTF-16 text; save it as UTF-8"},
	}
	for what, test := range tests {
		t.Run(what, func(t *testing.T) {
			dir := catalogWith(t)
			must(t, test.make(t, dir))
			_, err := catalog.Load(disk.Tree(dir), catalog.Options{Dir: dir, Prefix: "c"})
			var problems revision.Problems
			if !errors.As(err, &problems) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}

// Links within a catalog are followed.
func TestLinksWithinTheCatalog(t *testing.T) {
	dir := onDisk(t, map[string]string{"catalog.toml": "name = \"shop\"\n", "data/root.toml": "revision = \"root\"\n", "data/a.sql": "-- revision: a\n-- revises: root\n-- +up\n"})
	must(t, os.Mkdir(filepath.Join(dir, "versions"), 0o755))
	must(t, os.Symlink("../data/root.toml", filepath.Join(dir, "versions", "root.toml")))
	must(t, os.Symlink(filepath.Join(dir, "data", "a.sql"), filepath.Join(dir, "versions", "a.sql")))
	c, err := catalog.Load(disk.Tree(dir), catalog.Options{Dir: dir})
	if err != nil || len(c.Revisions) != 2 {
		t.Errorf("%v, %v", c, err)
	}
}

// A catalog has no million files.
func TestTooManyFiles(t *testing.T) {
	tree := fstest.MapFS{"catalog.toml": {Data: []byte("name = \"shop\"\n")}}
	for i := range disk.MaxFiles + 1 {
		tree[fmt.Sprintf("versions/r%d.toml", i)] = &fstest.MapFile{}
	}
	_, err := catalog.Load(tree, catalog.Options{})
	if err == nil || !strings.Contains(err.Error(), "versions: the directory holds 100001 revisions and data migrations, more than the 100000 that a catalog may have") {
		t.Errorf("error %.300v", err)
	}
}

func sparse(t *testing.T, name string) error {
	t.Helper()
	write(t, name, "")
	return os.Truncate(name, 1<<40)
}

func write(t *testing.T, name, text string) {
	t.Helper()
	must(t, os.WriteFile(name, []byte(text), 0o644))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
