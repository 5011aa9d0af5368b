package catalog

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

func TestLocate(t *testing.T) {
	text := `a = 1 # one
"b c" = [ # an array
  1, "x]", '''
y]''',
  { d = 1, e.f = "}" },
]

[t.u]
v = """
w = 1
""" # above is text
'q' = { r = [
  { s = 1 }, { s = 2 } ] }

[[up]]
k = 1
[up.op]
l = 1

[[up]]
[up.op]
l = 2
[[up.sub]]
m = "\"\\"
[[up.sub]]
m = 3
`
	want := map[string]int{
		"a": 1, "b c": 2, "b c[0]": 3, "b c[1]": 3, "b c[2]": 3, "b c[3]": 5, "b c[3].d": 5, "b c[3].e": 5, "b c[3].e.f": 5,
		"t": 8, "t.u": 8, "t.u.v": 9, "t.u.q": 12, "t.u.q.r": 12, "t.u.q.r[0]": 13, "t.u.q.r[0].s": 13, "t.u.q.r[1]": 13, "t.u.q.r[1].s": 13,
		"up": 15, "up[0]": 15, "up[0].k": 16, "up[0].op": 17, "up[0].op.l": 18,
		"up[1]": 20, "up[1].op": 21, "up[1].op.l": 22,
		"up[1].sub": 23, "up[1].sub[0]": 23, "up[1].sub[0].m": 24, "up[1].sub[1]": 25, "up[1].sub[1].m": 26,
	}
	got := locate(text)
	delete(got, "t") // a table that only its part has a header for
	delete(want, "t")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines differ (-want +got):\n%s", diff)
	}
}

// Headers are found as locate finds them, also beside text that looks alike.
func TestHeaders(t *testing.T) {
	text := "a = 1\n[[up]]\nb = \"\"\"\n[[up]]\n\"\"\"\nc = '''[[down]] \"\"\"'''\n  [[ up ]] # x\nd = \"# '''\" # '''\n[[down]]\n"
	want := map[string][]int{"up": {2, 7}, "down": {9}}
	if diff := cmp.Diff(want, headers(text)); diff != "" {
		t.Errorf("headers differ (-want +got):\n%s", diff)
	}
}

var index = regexp.MustCompile(`\[\d+\]`)

// FuzzLocate holds that every key that the TOML library finds in a text has a
// line of that text, and that no text at all stops the walk.
func FuzzLocate(f *testing.F) {
	paths, err := filepath.Glob("testdata/broken/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			f.Add(string(file.Data))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := locate(text)
		headers(text)
		var raw any
		meta, err := toml.Decode(text, &raw)
		if err != nil {
			return
		}
		found := map[string]bool{}
		for path, line := range lines {
			if line < 1 || line > 1+strings.Count(text, "\n") {
				t.Fatalf("%q is at line %d", path, line)
			}
			found[index.ReplaceAllString(path, "")] = true
		}
		for _, key := range meta.Keys() {
			path := strings.Join(key, ".")
			if strings.ContainsAny(path, "[]\"'\\\t\r\n") {
				continue // keys that no catalog has
			}
			if !found[path] {
				t.Fatalf("%q has no line; found %v", path, lines)
			}
		}
	})
}

func TestDistance(t *testing.T) {
	cases := []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"name", "name", 0}, {"nmae", "name", 1}, {"typ", "type", 1},
		{"colour", "color", 1}, {"kitten", "sitting", 3}, {"größe", "grosse", 3},
	}
	for _, c := range cases {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("%q and %q: got %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
