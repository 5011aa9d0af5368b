//go:build unix

package cmd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// programCatalog is a directory with a catalog whose data migration is a program
// that leaves a mark, and a manage.toml that leads to it.
func programCatalog(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range map[string]string{
		"manage.toml":     "[database]\nconnection = \"sqlite:///x.sqlite\"\n[catalog]\npath = \"db\"\n",
		"db/catalog.toml": "name = \"inn\"\n",
		"db/versions/open01.toml": `revision = "open01"
branch = "trunk"
[[up]]
create_table = { name = "nodes", columns = [{ name = "id", type = "integer", nullable = false }], primary_key = ["id"] }
`,
		"db/versions/art_expand01.toml": `revision = "art_expand01"
revises = "open01"
[[up]]
add_column = { table = "nodes", name = "zone", type = "integer" }
`,
		"db/versions/art_migrate01.toml": `migration = "art_migrate01"
depends_on = ["art_expand01"]
[program]
command = ["./move.sh"]
env = ["WANTED"]
`,
		"db/versions/art_contract01.toml": `revision = "art_contract01"
revises = "open01"
depends_on = ["art_migrate01"]
[[up]]
add_column = { table = "nodes", name = "room", type = "integer" }
`,
		"db/move.sh": `#!/bin/sh
env >> ../ran
while read -r line; do
	case $line in
	*pending*) if [ -e ../done ]; then echo '{"pending":false}'; else echo '{"pending":true,"estimate":1}'; fi ;;
	*batch*) touch ../done; echo '{"rows":1,"done":true}' ;;
	*stop*) exit 0 ;;
	esac
done
`,
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	return dir
}

func ran(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "ran"))
	return err == nil
}

// What was found by searching counts only if it is the user's: the configuration
// and all files of the catalog that it leads to. What is named counts.
func TestFoundFilesMustBeTheUsers(t *testing.T) {
	change := map[string]func(name string) error{
		"everybody may write": func(name string) error { return os.Chmod(name, 0o777) },
		"its group may write": func(name string) error { return os.Chmod(name, 0o775) },
	}
	if os.Getuid() == 0 {
		change["it belongs to"] = func(name string) error { return os.Lchown(name, 65534, 65534) }
	}
	places := map[string]string{ // to the option that names it
		"manage.toml": "--config-file", ".": "--config-file", "db": "--catalog", "db/catalog.toml": "--catalog", "db/versions": "--catalog",
		"db/versions/art_expand01.toml": "--catalog", "db/versions/art_migrate01.toml": "--catalog", "db/move.sh": "--catalog", "db/models.toml": "--catalog",
	}
	for what, change := range change {
		for place, option := range places {
			t.Run(what+" "+place, func(t *testing.T) {
				dir := programCatalog(t)
				if place == "db/models.toml" {
					if err := os.WriteFile(place, nil, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				if err := change(filepath.Join(dir, place)); err != nil {
					t.Fatal(err)
				}
				p := Program{Environ: []string{"HOME=/nowhere", "PATH=" + os.Getenv("PATH")}}
				for _, words := range []string{"--ask-programs db check", "db status", "db sync", "db migrate", "db plan", "db heads", "db version", "db revision -m x", "db rebase open01"} {
					code, out, errs := callMain(t, p, strings.Fields(words)...)
					if code != ExitUsage || !strings.Contains(errs, "found by searching and is not used") || !strings.Contains(errs, what) || !strings.Contains(errs, option) || strings.Count(errs, "\n") > 2 {
						t.Fatalf("%s: exit %d\n%s%s", words, code, out, errs)
					}
				}
				if _, err := os.Stat("x.sqlite"); err == nil || ran(dir) {
					t.Error("something was done all the same")
				}
				if place == "db/models.toml" {
					os.Remove(place)
				}
				named := "--config-file manage.toml db upgrade art_expand01"
				if option == "--catalog" {
					named = "--catalog ./db db upgrade art_expand01"
				}
				if code, _, errs := callMain(t, p, strings.Fields(named)...); code != 0 {
					t.Errorf("%s: exit %d\n%s", named, code, errs)
				}
			})
		}
	}
}

// The older names search in other places, by the same rule; and so do the home
// directory, links and the null device.
func TestFoundInOtherPlaces(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(t.TempDir())
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	conf := "[database]\nconnection = sqlite:////nowhere/x.sqlite\n"
	for tool, file := range map[string]string{
		"glance-manage": ".glance/glance.conf", "watcher-db-manage": ".watcher/watcher.conf.d/a.conf", "solum-db-manage": "solum.conf", "mogan-dbsync": ".mogan/mogan-dbsync.conf", "manage": ".manage/manage.toml",
	} {
		text := conf
		if tool == "manage" {
			text = "[database]\nconnection = \"sqlite:////nowhere/x.sqlite\"\n"
		}
		name := write(file, text)
		name0, _, _ := strings.Cut(tool, "-")
		p := Program{Catalogs: []Catalog{evilCatalog(name0)}, Environ: []string{"HOME=" + dir}}
		run := func(words ...string) (int, string) {
			var out, errs strings.Builder
			p.Args, p.In, p.Out, p.Err = append([]string{tool}, words...), strings.NewReader(""), &out, &errs
			return Main(p), errs.String()
		}
		version := []string{"version"}
		if tool == "manage" || tool == "glance-manage" {
			version = []string{"db", "version"}
		}
		if _, errs := run(version...); strings.Contains(errs, "found by searching") {
			t.Errorf("%s does not take the user's own file: %s", tool, errs)
		}
		if err := os.Chmod(name, 0o666); err != nil {
			t.Fatal(err)
		}
		if code, errs := run(version...); code == 0 || !strings.Contains(errs, "found by searching and is not used, because everybody may write to it (mode 0666)") {
			t.Errorf("%s takes a file of everybody: exit %d %s", tool, code, errs)
		}
		named := []string{"--config-file", name}
		if strings.HasSuffix(filepath.Dir(name), ".d") {
			named = []string{"--config-dir", filepath.Dir(name)}
		}
		if _, errs := run(append(named, version...)...); strings.Contains(errs, "found by searching") {
			t.Errorf("%s does not take the file that is named: %s", tool, errs)
		}
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
}

// Commands that only look start no program; they say so, and take nothing for
// granted. Those that change the database ask it, and what it answered is
// recorded for the others.
func TestProgramsAreAskedOnlyIfWanted(t *testing.T) {
	dir := programCatalog(t)
	p := Program{Environ: []string{"HOME=/nowhere", "PATH=" + os.Getenv("PATH"), "SECRET=S3CRETWORD", "WANTED=yes", "LC_TIME=C", "AWS_KEY=x", "MANAGE_X=y", "LD_PRELOAD="}}
	call := func(want int, words string) string {
		t.Helper()
		code, out, errs := callMain(t, p, strings.Fields(words)...)
		if code != want {
			t.Errorf("%s: exit %d, want %d\n%s%s", words, code, want, out, errs)
		}
		return out
	}
	says := func(out string, parts ...string) {
		t.Helper()
		for _, part := range parts {
			if !strings.Contains(out, part) {
				t.Errorf("there is no %q in\n%s", part, out)
			}
		}
	}
	call(0, "db upgrade art_expand01")
	os.Remove("ran")

	unknown := "Not asked: art_migrate01 is done by a program, which is started only with --ask-programs. No finished run of it is recorded, so it counts as due."
	says(call(4, "db check"), "its rows are yet to be moved", "Due: 1 data migration, art_migrate01", unknown, "Next: inn-manage db migrate")
	says(call(4, "-o json db check"), `"not_asked":["art_migrate01"]`, `"stage":"expanded"`)
	says(call(0, "db status"), unknown)
	says(call(0, "-o json db status"), `"not_asked":["art_migrate01"]`)
	says(call(8, "db wait --for migrated --timeout 1ms"), unknown)
	says(call(0, "db plan"), "Whether rows are left was not asked")
	says(call(0, "-o json db plan"), `"not_asked":["art_migrate01"]`)
	for _, words := range []string{"db version", "db history", "db heads", "db graph", "db lease", "db verify", "db plan --sql"} {
		call(0, words)
	}
	if _, _, errs := callMain(t, p, "db", "plan", "contract"); !strings.Contains(errs, "whether it is, is not known") || !strings.Contains(errs, "--ask-programs") {
		t.Errorf("plan contract: %s", errs)
	}
	if ran(dir) {
		t.Fatal("a command that only looks has started the program")
	}
	says(call(4, "--ask-programs db check"), "Due: 1 data migration, art_migrate01")
	if !ran(dir) {
		t.Fatal("--ask-programs does not ask it")
	}
	environment, err := os.ReadFile("ran")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(environment)), "\n") {
		name, _, _ := strings.Cut(line, "=")
		switch name {
		case "PATH", "HOME", "LC_TIME", "WANTED", "MANAGE_X", "MANAGE_CONNECTION", "MANAGE_DIALECT", "MANAGE_MIGRATION", "PWD", "OLDPWD", "SHLVL", "_":
		default:
			t.Errorf("the program sees %s", line)
		}
	}
	says(string(environment), "WANTED=yes", "LC_TIME=C", "MANAGE_MIGRATION=art_migrate01")

	call(0, "db migrate")
	os.Remove("ran")
	finished := "Its last run is recorded as finished; rows that came since then are not counted."
	says(call(5, "db check"), "its rows are moved", finished, "Next: inn-manage db contract")
	says(call(0, "db wait --for migrated --timeout 1ms"), "migrated")
	call(0, "db plan contract")
	if ran(dir) {
		t.Fatal("a command that only looks has started the program")
	}

	// Rows that came since then hold contract up: it asks.
	os.Remove("done")
	if code, _, errs := callMain(t, p, "db", "contract", "--yes"); code != 6 || !strings.Contains(errs, "art_migrate01 is complete") || !ran(dir) {
		t.Errorf("contract: exit %d\n%s", code, errs)
	}
	call(0, "db migrate")
	call(0, "db contract --yes")
	says(call(0, "db check"), "up to date")
}

// A program that never has anything to do is known to be done once it was asked.
func TestProgramsWithNothingToDo(t *testing.T) {
	programCatalog(t)
	if err := os.WriteFile("done", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	p := Program{Environ: []string{"HOME=/nowhere", "PATH=" + os.Getenv("PATH")}}
	for _, step := range []struct {
		words string
		code  int
	}{
		{"db upgrade open01", 0}, {"db expand", 0}, {"db check", 4}, {"db migrate", 0}, {"db check", 5}, {"db migrate", 0}, {"db contract --yes", 0}, {"db check", 0}, {"db sync", 0},
	} {
		if code, out, errs := callMain(t, p, strings.Fields(step.words)...); code != step.code {
			t.Fatalf("%s: exit %d, want %d\n%s%s", step.words, code, step.code, out, errs)
		}
	}
}
