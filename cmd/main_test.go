package cmd

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"manage/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// inn is a small catalog in memory.
func inn() Catalog {
	return Catalog{Name: "inn", Files: fstest.MapFS{
		"catalog.toml": {Data: []byte("name = \"inn\"\n")},
		"versions/open01_guests.toml": {Data: []byte(`revision = "open01"
branch = "trunk"
message = "guests"
[[up]]
create_table = { name = "guests", columns = [{ name = "id", type = "integer", nullable = false }], primary_key = ["id"] }
`)},
	}}
}

// callMain runs a program in this process.
func callMain(t testing.TB, p Program, words ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	p.Args, p.In, p.Out, p.Err = append([]string{"/usr/bin/inn-manage"}, words...), strings.NewReader(""), &stdout, &stderr
	code = Main(p)
	return code, stdout.String(), stderr.String()
}

func TestMainOfAnEmbeddedCatalog(t *testing.T) {
	file := filepath.Join(t.TempDir(), "inn.sqlite")
	p := Program{Catalogs: []Catalog{inn()}, Environ: []string{"MANAGE_CONNECTION=sqlite:///" + file}, Version: "7.1"}
	steps := []struct {
		words string
		code  int
		out   string
	}{
		{"--version", 0, "inn-manage 7.1\n"},
		{"db heads", 0, "trunk     open01\n"},
		{"db version", 0, "There is no database yet, so no version is recorded; `inn-manage db sync` makes it.\n"},
		{"db upgrade --no-progress", 0, "Applied 1 revision: open01.\nThe database is up to date, at open01.\nNothing to do.\n"},
		{"db version -o json", 0, `{"catalog":"inn","version":["open01"],"trunk":"open01","expand":null,"contract":null,"release":null,"stage":"current","heads":{"trunk":"open01"},"rows":["open01"]}` + "\n"},
		{"db check", 0, "The database is up to date, at open01.\nNothing to do.\n"},
		{"db synk", 2, ""},
	}
	for _, s := range steps {
		code, out, errs := callMain(t, p, strings.Fields(s.words)...)
		if code != s.code || out != s.out {
			t.Errorf("%s: exit %d, output %q, want %d %q; errors:\n%s", s.words, code, out, s.code, s.out, errs)
		}
	}
}

// What needs no database does not even look whether it is there.
func TestNoConnectionIsOpenedInVain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "no", "such", "directory", "x.sqlite")
	p := Program{Catalogs: []Catalog{inn()}, Environ: []string{"MANAGE_CONNECTION=sqlite:///" + file}}
	for _, words := range []string{
		"--help", "db --help", "db sync --help", "--version", "catalogs", "completion bash",
		"db heads", "db heads -o json", "db plan --dialect sqlite", "db plan --dialect mariadb --sql",
	} {
		if code, _, errs := callMain(t, p, strings.Fields(words)...); code != 0 || errs != "" {
			t.Errorf("%s: exit %d\n%s", words, code, errs)
		}
	}
	for words, want := range map[string]int{"db": 2, "db sync --nonsense": 2, "db stamp base": 6} {
		if code, _, _ := callMain(t, p, strings.Fields(words)...); code != want {
			t.Errorf("%s: exit %d, want %d", words, code, want)
		}
	}
}

// A message names the command as it would be typed on the same database, but
// never repeats a password.
func TestLinesRepeatTheOptions(t *testing.T) {
	file := filepath.Join(t.TempDir(), "inn.sqlite")
	url, conf := "sqlite:///"+file, filepath.Join(t.TempDir(), "manage.toml")
	if err := os.WriteFile(conf, []byte("[database]\nconnection = \""+url+"\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := Program{Catalogs: []Catalog{inn()}}
	for _, tt := range []struct{ words, want string }{
		{"--connection " + url + " db check", "Next: inn-manage --connection " + url + " db upgrade\n"},
		{"db check --catalog inn --config-file " + conf, "Next: inn-manage --catalog inn --config-file " + conf + " db upgrade\n"},
	} {
		if _, out, errs := callMain(t, p, strings.Fields(tt.words)...); !strings.Contains(out, tt.want) {
			t.Errorf("%s: %q lacks %q\n%s", tt.words, out, tt.want, errs)
		}
	}
	for _, connection := range []string{"postgresql://u:hidden@h/d", "postgresql://h/d?password=hidden", "nonsense:hidden"} {
		if line := strings.Join(repeated(&Global{Connection: &connection}), " "); strings.Contains(line, "hidden") {
			t.Errorf("%s is repeated: %s", connection, line)
		}
	}
}

func TestWantsJSON(t *testing.T) {
	for words, want := range map[string]bool{
		"db version -o json": true, "db version -ojson": true, "db version --output json": true, "--output=json db version": true,
		"-vo json db version": true, "db version": false, "-o text db version": false, "db stamp -- -o json": false, "db stamp json": false,
	} {
		if got := wantsJSON(strings.Fields(words)); got != want {
			t.Errorf("%s: %t, want %t", words, got, want)
		}
	}
}

func TestConfirm(t *testing.T) {
	for answer, want := range map[string]bool{"y\n": true, "Yes\n": true, "n\n": false, "\n": false, "": false} {
		var out bytes.Buffer
		err := terminal{in: bufio.NewReader(strings.NewReader(answer)), out: &out, interactive: true}.confirm(t.Context(), "Sure?", "it")
		if (err == nil) != want || out.String() != "Sure? [y/N] " {
			t.Errorf("%q: %v, asked %q", answer, err, out.String())
		}
	}
	err := terminal{in: bufio.NewReader(strings.NewReader("y\n")), out: &bytes.Buffer{}}.confirm(t.Context(), "Sure?", "it")
	if err == nil {
		t.Error("nobody was there to ask, and it went on")
	}
}
