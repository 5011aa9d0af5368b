package catalog

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/rogpeppe/go-internal/txtar"
)

// texts are TOML texts of all kinds: those of the built-in catalogs, and those
// of broken ones.
func texts(tb testing.TB) []string {
	tb.Helper()
	all := []string{
		"a = 1\nb = -2\nc = true\nd = [ 1, [ \"x\" ], { e = 'f' }, ]\n",
		"a = \"\"\"\nb\n\"\"\"\nc = '''d'''\n", "a = \"b\\n\"", "a.b = 1", "\"a\" = 1", "a = 1.5", "a = 0x1", "a = 01", "a = 1_000",
		"a = 1979-05-27", "a = 07:32:00", "[a]\nb = 1\n[a]\n", "[a.b]\n[a]\n", "a = {}\n[a.b]\n", "[[a]]\n[a.b]\n[[a]]\n[a.b]\n",
		"a = []\n[[a]]\n", "[[a]]\n[a]\n", "a = 1\na = 2\n", "a = {b = 1, b = 2}", "a = {b = 1,}", "a = {b = 1\n}", "a = [1 2]", "a = 1 b = 2",
		"[a]b = 1", "[[a]", "a = \"b\nc\"", "a = '''b''''", "a = truex", "a = -0", "\xef\xbb\xbfa = 1", "a = \"\xff\"", "a = 1\r\n", "# \x01",
		"a = 99999999999999999999", "[[a.b]]\n", "[a]\n[[a.b]]\n[[a.b]]\nc = 1\n[a.b.d]\n", "a=[\n#x\n]", "a = { }", "-a- = 1", "a =\n1",
	}
	all = append(all, builtin(tb)...)
	broken, _ := filepath.Glob("testdata/broken/*.txtar")
	for _, path := range broken {
		a, err := txtar.ParseFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		for _, file := range a.Files {
			all = append(all, string(file.Data))
		}
	}
	return all
}

// alike fails unless quick leaves a text to the library, or reads from it what
// the library reads.
func alike(t *testing.T, text string) (read bool) {
	t.Helper()
	got, ok := quick(text)
	if !ok {
		return false
	}
	var want any
	if _, err := toml.Decode(text, &want); err != nil {
		t.Fatalf("%q: quick reads %v, the library says %v", text, got, err)
	}
	if !reflect.DeepEqual(any(got), want) {
		t.Fatalf("%q: quick reads\n%#v\nthe library\n%#v", text, got, want)
	}
	return true
}

// builtin are the files of the built-in catalogs.
func builtin(tb testing.TB) []string {
	tb.Helper()
	paths, _ := filepath.Glob("../../migrations/*/versions/*.toml")
	if len(paths) == 0 {
		tb.Fatal("no built-in catalogs")
	}
	var all []string
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, string(text))
	}
	return all
}

// Quick reads nothing but what the library reads, and every revision of the
// built-in catalogs; data migrations are for the library anyway.
func TestQuick(t *testing.T) {
	for _, text := range texts(t) {
		alike(t, text)
	}
	for _, text := range builtin(t) {
		if !alike(t, text) && !strings.HasPrefix(text, "migration") {
			t.Errorf("quick does not read\n%s", text)
		}
	}
}

func FuzzQuick(f *testing.F) {
	for _, text := range texts(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { alike(t, text) })
}

func BenchmarkRead(b *testing.B) {
	const text = `revision = "r0_expand01"
revises = "root"
branch = "expand"
message = "add c1"

[[up]]
add_column = { table = "t", name = "c1", type = "string(36)" }

[[up]]
add_index = { table = "t", name = "ix_c1", columns = ["c1"] }
`
	b.Run("quick", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, ok := quick(text); !ok {
				b.Fatal("not read")
			}
		}
	})
	b.Run("library", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var raw any
			if _, err := toml.Decode(text, &raw); err != nil {
				b.Fatal(err)
			}
		}
	})
}
