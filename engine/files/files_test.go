package files_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"

	"manage/engine/files"
)

// quickly fails a test whose function does not return.
func quickly(t *testing.T, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("it does not return")
	}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func link(t *testing.T, target, name string) string {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Skip(err)
	}
	return name
}

func TestReadTakesRegularFilesOfABoundedSize(t *testing.T) {
	dir := t.TempDir()
	large := write(t, filepath.Join(dir, "large"), "")
	if err := os.Truncate(large, 1<<40); err != nil { // of holes
		t.Fatal(err)
	}
	plain := write(t, filepath.Join(dir, "plain"), "0123456789")
	tests := map[string]struct {
		name  string
		limit int64
		want  string // of the error; "" for the text
	}{
		"a file":               {plain, 10, ""},
		"a link to one":        {link(t, "plain", filepath.Join(dir, "link")), 10, ""},
		"one byte too many":    {plain, 9, "larger than"},
		"a terabyte":           {large, files.MaxSQL, "larger than the 64 MiB"},
		"a directory":          {dir, 10, "a directory, not a regular file"},
		"a link to one (dir)":  {link(t, ".", filepath.Join(dir, "dirlink")), 10, "a directory, not a regular file"},
		"nothing":              {filepath.Join(dir, "no"), 10, "no such file"},
		"a link to nothing":    {link(t, "no", filepath.Join(dir, "dangling")), 10, "no such file"},
		"a link to itself":     {link(t, "self", filepath.Join(dir, "self")), 10, "too many"},
		"a file within a file": {filepath.Join(plain, "x"), 10, "not a directory"},
	}
	for what, special := range specials(t, dir) {
		tests[what] = struct {
			name  string
			limit int64
			want  string
		}{special.name, files.MaxConfig, special.want}
	}
	for what, test := range tests {
		t.Run(what, func(t *testing.T) {
			quickly(t, func() {
				text, err := files.Read(test.name, test.limit)
				switch {
				case test.want == "" && (err != nil || string(text) != "0123456789"):
					t.Errorf("%q, %v", text, err)
				case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
					t.Errorf("read %d bytes, %v; want an error with %q", len(text), err, test.want)
				}
			})
		})
	}
}

// A tree is not left, whatever links lead out of it.
func TestTree(t *testing.T) {
	top := t.TempDir()
	root := filepath.Join(top, "catalog")
	write(t, filepath.Join(root, "in", "a"), "inside")
	secret := write(t, filepath.Join(top, "secret"), "outside")
	write(t, filepath.Join(top, "other", "b"), "outside")
	link(t, root, filepath.Join(top, "alias"))
	for name, target := range map[string]string{
		"near": "in/a", "folder": "in", "through": "folder/a", "around": "../catalog/in/a",
		"absolute": filepath.Join(root, "in", "a"), "alias": filepath.Join(top, "alias", "in", "a"),
		"out": "../secret", "absolute-out": secret, "folder-out": "../other", "two": "out", "dangling": "nothing", "dangling-out": "../nothing",
		"passwd": "/etc/passwd",
	} {
		link(t, target, filepath.Join(root, name))
	}
	tests := map[string]string{ // what is wrong; "" if it is read
		"in/a": "", "near": "", "folder/a": "", "through": "", "absolute": "", "alias": "", "around": "",
		"out": "leads out", "absolute-out": "leads out", "folder-out/b": "leads out", "two": "leads out", "passwd": "leads out",
		"dangling": "no such file", "none": "no such file", "../secret": "invalid", "in/../in/a": "invalid", "in": "a directory",
	}
	for _, dir := range []string{root, filepath.Join(top, "alias")} {
		tree := files.Tree(dir)
		for name, want := range tests {
			text, err := files.ReadFS(tree, name, 100)
			if want == "" && (err != nil || string(text) != "inside") || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
				t.Errorf("%s: %q, %v; want %q", name, text, err, want)
			}
		}
		if _, err := files.ReadFS(tree, "dangling-out", 100); err == nil {
			t.Error("a link out of the tree to nothing is read")
		}
		if _, err := fs.ReadDir(tree, "folder-out"); err == nil || !strings.Contains(err.Error(), "leads out") {
			t.Errorf("a folder outside is listed: %v", err)
		}
		if entries, err := fs.ReadDir(tree, "folder"); err != nil || len(entries) != 1 {
			t.Errorf("a folder inside: %v, %v", entries, err)
		}
	}
	for what, special := range specials(t, root) {
		rel, err := filepath.Rel(root, special.name)
		if err != nil || !filepath.IsLocal(rel) {
			continue
		}
		quickly(t, func() {
			if _, err := files.ReadFS(files.Tree(root), rel, 100); err == nil || !strings.Contains(err.Error(), special.want) {
				t.Errorf("%s: %v", what, err)
			}
		})
	}
}

// A tree may be made after it was named.
func TestTreeNeedNotBeThere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "later")
	tree := files.Tree(dir)
	if _, err := fs.ReadFile(tree, "a"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before: %v", err)
	}
	write(t, filepath.Join(dir, "a"), "x")
	if text, err := fs.ReadFile(tree, "a"); err != nil || string(text) != "x" {
		t.Errorf("after: %q, %v", text, err)
	}
}

func TestText(t *testing.T) {
	for content, want := range map[string]string{
		"": "", "a\nb": "a\nb", "a\r\nb\r\n": "a\nb\n", "\ufeffa": "a", "\ufeff": "", "a\ufeff": "a\ufeff",
		"a\rb": "a\rb", "a\r\r\nb": "a\r\nb", "\ufeffa\r\n": "a\n",
	} {
		if got, err := files.Text([]byte(content)); err != nil || got != want {
			t.Errorf("%q is read as %q, %v; want %q", content, got, err, want)
		}
	}
	for _, content := range []string{"\xff\xfea\x00", "\xfe\xff\x00a"} {
		if _, err := files.Text([]byte(content)); err == nil || !strings.Contains(err.Error(), "UTF-16") {
			t.Errorf("%q: %v", content, err)
		}
	}
}

func TestTooDeep(t *testing.T) {
	n := 200_000
	deep := func(s string) string { return strings.Repeat(s, n) }
	tests := map[string]struct {
		text string
		line int
	}{
		"arrays":                {"x = 1\na = " + deep("[") + deep("]"), 2},
		"arrays that stay open": {"a = " + deep("["), 1},
		"over many lines":       {"a = " + deep("[\n"), 33},
		"tables":                {"a = " + deep("{a=") + "1" + deep("}"), 1},
		"a key":                 {"a" + deep(".a") + " = 1", 1},
		"a quoted key":          {"a" + deep(`."a"`) + " = 1", 1},
		"a header":              {"\n\n[a" + deep(".a") + "]", 3},
		"a header of many":      {"[[a" + deep(" . a") + "]]", 1},
		"a key in a table":      {"x = { a" + deep(".a") + " = 1 }", 1},
		"brackets in a string":  {"a = \"" + deep("[") + "\"", 0},
		"in a literal string":   {"a = '" + deep("{") + "'", 0},
		"in a long string":      {"a = \"\"\"\n" + deep("[\n") + "\\\"\"\"\"", 0},
		"in a long literal":     {"a = '''" + deep("[\n'") + "'''", 0},
		"in a comment":          {"# " + deep("[") + "\na = 1", 0},
		"behind a string":       {"a = [\"]\", " + deep("[") + "]", 1},
		"dots in a string":      {"a = '" + deep(".") + "'", 0},
		"many numbers":          {"a = [" + deep("1.5,") + "]", 0},
		"many on lines":         {"a = [\n" + deep("1.5,\n") + "]", 0},
		"many arrays":           {"a = [" + deep("[1],") + "]", 0},
		"many tables":           {deep("[[a]]\nb.c = 1\n"), 0},
	}
	for what, test := range tests {
		quickly(t, func() {
			if got := files.TooDeep(test.text); got != test.line {
				t.Errorf("%s: line %d, want %d", what, got, test.line)
			}
		})
	}
}

// FuzzTooDeep: what is not too deep is read by the parser in a time that does
// not explode, and a text that the parser understands is refused only for its
// brackets and dots.
func FuzzTooDeep(f *testing.F) {
	for _, seed := range []string{"a = [[1]]", "[a.b]\nc = {d = 1}", `a = "\"["`, "a = '''['''", "# [", "a = \"[\nb = ["} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 10_000 {
			return
		}
		brackets := strings.Count(text, "[") + strings.Count(text, "{") + strings.Count(text, ".")
		if line := files.TooDeep(text); line > 0 {
			if brackets <= files.MaxDepth {
				t.Errorf("refused at line %d", line)
			}
			return
		}
		var v any
		_, err := toml.Decode(text, &v)
		// Deep brackets behind any text that the parser understands are seen,
		// so that no string hides them.
		if deep := text + "\n[x]\ny = " + strings.Repeat("[", files.MaxDepth+1); err == nil && files.TooDeep(deep) == 0 {
			t.Errorf("not refused: %q", deep)
		}
	})
}
