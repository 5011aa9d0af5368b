package catalog_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/engine/revision"
	"manage/migrations/catalog"
)

// contents reads the files of a directory, by their names relative to it.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		all[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func mustAdd(t *testing.T, dir string, d catalog.Draft) *catalog.Added {
	t.Helper()
	added, err := catalog.Add(catalog.Options{Dir: dir}, d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := catalog.Load(os.DirFS(dir), catalog.Options{Dir: dir}); err != nil {
		t.Fatalf("the catalog is not valid after: %v", err)
	}
	return added
}

func branches(names ...revision.Branch) []catalog.Part {
	var parts []catalog.Part
	for _, b := range names {
		parts = append(parts, catalog.Part{Branch: b})
	}
	return parts
}

// branched is a catalog whose branches have parted.
var branched = map[string]string{
	"catalog.toml":                        "name = \"shop\"\nreleases = [\"one\", \"two\"]\n",
	"versions/one01_root.toml":            "revision = \"one01\"\nrelease = \"one\"\n",
	"versions/two_expand01_a.toml":        "revision = \"two_expand01\"\nrevises = \"one01\"\n",
	"versions/two_contract01_a.toml":      "revision = \"two_contract01\"\nrevises = \"one01\"\ndepends_on = [\"two_expand01\"]\n",
	"versions/two_migrate03_by_hand.toml": "migration = \"two_migrate03\"\ndepends_on = \"two_expand01\"\npending = \"SELECT 1 WHERE 1 = 0\"\n[hook]\nname = \"x\"\n",
}

func trunkOnly(id, head string) map[string]string {
	return map[string]string{"catalog.toml": "name = \"shop\"\n" + head, "versions/" + id + "_x.toml": "revision = \"" + id + "\"\n"}
}

// TestHeads: what stands at the top of new files.
func TestHeads(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		draft catalog.Draft
		want  map[string]string // name → its beginning
	}{
		{"a cycle", branched, catalog.Draft{Message: "Split the name!"}, map[string]string{
			"versions/two_expand02_split_the_name.toml":   "revision = \"two_expand02\"\nrevises  = \"two_expand01\"\nmessage  = \"Split the name!\"\n\n#",
			"versions/two_migrate04_split_the_name.toml":  "migration  = \"two_migrate04\"\ndepends_on = \"two_expand02\"\nbefore     = \"two_contract02\"\nmessage    = \"Split the name!\"\n\n#",
			"versions/two_contract02_split_the_name.toml": "revision   = \"two_contract02\"\nrevises    = \"two_contract01\"\ndepends_on = [\"two_expand02\", \"two_migrate03\"]\nmessage    = \"Split the name!\"\n\n#",
		}},
		{"a cycle of a new release", branched, catalog.Draft{Message: "x", Release: "three"}, map[string]string{
			"versions/three_expand01_x.toml":   "revision = \"three_expand01\"\nrevises  = \"two_expand01\"\n",
			"versions/three_migrate01_x.toml":  "migration  = \"three_migrate01\"\ndepends_on = \"three_expand01\"\nbefore     = \"three_contract01\"\n",
			"versions/three_contract01_x.toml": "revision   = \"three_contract01\"\nrevises    = \"two_contract01\"\ndepends_on = [\"three_expand01\"]\n",
			"catalog.toml":                     "name = \"shop\"\nreleases = [\"one\", \"two\", \"three\"]\n",
		}},
		{"a migration alone", branched, catalog.Draft{Message: "x", Parts: branches(revision.Migrate)}, map[string]string{
			"versions/two_migrate04_x.toml": "migration  = \"two_migrate04\"\ndepends_on = \"two_expand01\"\nbefore     = \"two_contract01\"\n",
		}},
		{"a contraction alone", branched, catalog.Draft{Message: "x", Parts: branches(revision.Contract)}, map[string]string{
			"versions/two_contract02_x.toml": "revision   = \"two_contract02\"\nrevises    = \"two_contract01\"\ndepends_on = [\"two_expand01\", \"two_migrate03\"]\n",
		}},
		{"plain SQL", branched, catalog.Draft{Message: "x", SQL: true}, map[string]string{
			"versions/two_expand02_x.sql":   "-- revision: two_expand02\n-- revises: two_expand01\n-- message: x\n\n-- +up\n",
			"versions/two_migrate04_x.toml": "migration  = \"two_migrate04\"\n",
			"versions/two_contract02_x.sql": "-- revision: two_contract02\n-- revises: two_contract01\n-- depends_on: two_expand02, two_migrate03\n-- message: x\n\n-- +up\n",
		}},
		{"bodies", branched, catalog.Draft{Message: "x", Parts: []catalog.Part{{Branch: revision.Expand,
			Up: []byte("[[up]]\ndrop_table = { name = \"t\" }\n"), Down: []byte("[[down]]\ndrop_table = { name = \"u\" }\n")}}}, map[string]string{
			"versions/two_expand02_x.toml": "revision = \"two_expand02\"\nrevises  = \"two_expand01\"\nmessage  = \"x\"\n\n[[up]]\ndrop_table = { name = \"t\" }\n\n[[down]]\ndrop_table = { name = \"u\" }\n",
		}},
		{"trunk, numbers", trunkOnly("009", ""), catalog.Draft{Message: "more"}, map[string]string{
			"versions/010_more.toml": "revision = \"010\"\nrevises  = \"009\"\nmessage  = \"more\"\n",
		}},
		{"trunk, another release", map[string]string{"catalog.toml": "name = \"shop\"\nreleases = [\"one\"]\n", "versions/one01_x.toml": "revision = \"one01\"\nrelease = \"one\"\n"},
			catalog.Draft{Message: "more", Release: "two"}, map[string]string{
				"versions/two01_more.toml": "revision = \"two01\"\nrevises  = \"one01\"\nrelease  = \"two\"\nmessage  = \"more\"\n",
				"catalog.toml":             "name = \"shop\"\nreleases = [\"one\", \"two\"]\n",
			}},
		{"trunk, no number", trunkOnly("first", ""), catalog.Draft{Message: ""}, map[string]string{
			"versions/first01_.toml": "revision = \"first01\"\nrevises  = \"first\"\nmessage  = \"\"\n",
		}},
		{"the first of all", map[string]string{"catalog.toml": "name = \"shop\"\n", "versions/.keep": ""}, catalog.Draft{Message: "begin"}, map[string]string{
			"versions/001_begin.toml": "revision = \"001\"\nmessage  = \"begin\"\n",
		}},
		{"the first of a release", map[string]string{"catalog.toml": "name = \"shop\"\nreleases = [\"one\"]\n", "versions/.keep": ""}, catalog.Draft{Message: "begin"}, map[string]string{
			"versions/one01_begin.toml": "revision = \"one01\"\nrelease  = \"one\"\nmessage  = \"begin\"\n",
		}},
		{"the branches begin", trunkOnly("001", ""), catalog.Draft{Message: "x", Release: "r", Parts: branches(revision.Contract, revision.Expand)}, map[string]string{
			"versions/r_expand01_x.toml":   "revision = \"r_expand01\"\nrevises  = \"001\"\n",
			"versions/r_contract01_x.toml": "revision   = \"r_contract01\"\nrevises    = \"001\"\ndepends_on = [\"r_expand01\"]\n",
		}},
		{"a contraction of a release that another follows", map[string]string{
			"catalog.toml":                 branched["catalog.toml"],
			"versions/one01_root.toml":     branched["versions/one01_root.toml"],
			"versions/one_expand01_a.toml": "revision = \"one_expand01\"\nrevises = \"one01\"\n",
			"versions/two_expand01_a.toml": "revision = \"two_expand01\"\nrevises = \"one_expand01\"\n",
		}, catalog.Draft{Message: "x", Release: "one", Parts: branches(revision.Contract)}, map[string]string{
			"versions/one_contract01_x.toml": "revision   = \"one_contract01\"\nrevises    = \"one01\"\ndepends_on = [\"one_expand01\"]\n",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := onDisk(t, c.files)
			validAfterEach(t, onDisk(t, c.files), c.draft)
			mustAdd(t, dir, c.draft)
			for name, text := range contents(t, dir) {
				want, isNew := c.want[name]
				switch before, old := c.files[name]; {
				case isNew && !strings.HasPrefix(text, want):
					t.Errorf("%s:\n%s\nwant it to begin\n%s", name, text, want)
				case !isNew && !old:
					t.Errorf("%s was written too", name)
				case !isNew && text != before:
					t.Errorf("%s was changed:\n%s", name, text)
				}
				delete(c.want, name)
			}
			if len(c.want) > 0 {
				t.Errorf("not written: %v", c.want)
			}
		})
	}
}

// validAfterEach puts the files of a draft into a catalog one by one, because a
// process may die between two of them: it is valid after each.
func validAfterEach(t *testing.T, dir string, d catalog.Draft) {
	t.Helper()
	c, err := catalog.Load(os.DirFS(dir), catalog.Options{Dir: dir})
	if err != nil {
		return // there is nothing in it yet
	}
	files, err := c.Files(d)
	if err != nil {
		t.Fatal(err)
	}
	settings := filepath.Join(dir, "catalog.toml") // written before them
	text, _ := os.ReadFile(settings)
	if d.Release != "" && len(c.Releases) > 0 && !slices.Contains(c.Releases, d.Release) {
		text = []byte(strings.Replace(string(text), "]", ", \""+d.Release+"\"]", 1))
	}
	if err := os.WriteFile(settings, text, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Content, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := catalog.Load(os.DirFS(dir), catalog.Options{Dir: dir}); err != nil {
			t.Errorf("after %s: %v", f.Name, err)
		}
	}
}

// TestHashes: a catalog whose ids are hashes gets another one, on any branch.
func TestHashes(t *testing.T) {
	dir := onDisk(t, trunkOnly("f56ba02662b4", ""))
	added := mustAdd(t, dir, catalog.Draft{Message: "Add default parameters"})
	id := added.Files[0].ID
	if len(id) != 12 || strings.Trim(id, "0123456789abcdef") != "" || added.Files[0].Name != "versions/"+id+"_add_default_parameters.toml" {
		t.Errorf("wrote %s with the id %s", added.Files[0].Name, id)
	}
	mustAdd(t, dir, catalog.Draft{Message: "x", Parts: branches(revision.Expand, revision.Migrate, revision.Contract)})
	c, err := catalog.Load(os.DirFS(dir), catalog.Options{})
	if err != nil || !c.Graph.Branched() || len(c.Migrations) != 1 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestSlug(t *testing.T) {
	for message, want := range map[string]string{
		"":                        "",
		"Add  data, to efficacy!": "add_data_to_efficacy",
		"naïve Größe 2":           "naïve_größe_2",
		"a_b c":                   "a_b_c",
		strings.Repeat("x", 41):   strings.Repeat("x", 40) + "_",
		"add start and end time columns to audit tables": "add_start_and_end_time_columns_to_audit_",
	} {
		if got := catalog.Slug(message); got != want {
			t.Errorf("Slug(%q) = %q, want %q", message, got, want)
		}
	}
}

// TestNewRelease: the list of releases is added to in the layout that it has.
func TestNewRelease(t *testing.T) {
	for before, after := range map[string]string{
		`releases = ["one"]`:                               `releases = ["one", "two"]`,
		`releases = [ "one", ] # in order`:                 `releases = [ "one", "two", ] # in order`,
		"releases = [\n  \"one\",\n]":                      "releases = [\n  \"one\",\n  \"two\",\n]",
		"releases = [\n\t\"one\" # first\n]":               "releases = [\n\t\"one\", # first\n\t\"two\"\n]",
		"releases = [\n  \"one\", # first\n  # last\n]":    "releases = [\n  \"one\", # first\n  \"two\",\n  # last\n]",
		"releases = [\n  \"zero\", \"one\"\n]":             "releases = [\n  \"zero\", \"one\", \"two\"\n]",
		"releases = [\n  \"one\"]":                         "releases = [\n  \"one\", \"two\"]",
		"# releases = [\"no\"]\r\nreleases = ['one']\r\n":  "# releases = [\"no\"]\r\nreleases = ['one', \"two\"]\r\n",
		"releases = [\r\n  \"one\",\r\n]\r\n# the end\r\n": "releases = [\r\n  \"one\",\r\n  \"two\",\r\n]\r\n# the end\r\n",
	} {
		files := map[string]string{"catalog.toml": "name = \"shop\"\n" + before, "versions/one01_x.toml": "revision = \"one01\"\nrelease = \"one\"\n"}
		dir := onDisk(t, files)
		if added := mustAdd(t, dir, catalog.Draft{Message: "x", Release: "two"}); !added.NewRelease || added.Release != "two" {
			t.Errorf("added %+v", added)
		}
		if diff := cmp.Diff("name = \"shop\"\n"+after, contents(t, dir)["catalog.toml"]); diff != "" {
			t.Errorf("catalog.toml (-want +got):\n%s", diff)
		}
	}
}

// TestRefusedDrafts: one clear sentence, and nothing is written.
func TestRefusedDrafts(t *testing.T) {
	full := map[string]string{}
	for name, text := range branched {
		full[name] = text
	}
	full["versions/two_expand99_z.toml"] = "revision = \"two_expand99\"\nrevises = \"two_expand01\"\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		draft catalog.Draft
		want  string
	}{
		{"trunk after the parting", branched, catalog.Draft{Parts: branches(revision.Trunk)}, "the branches of catalog shop have parted, so nothing can follow on the trunk"},
		{"an older release", branched, catalog.Draft{Release: "one", Parts: branches(revision.Expand)}, "a revision of release one cannot stand behind two_expand01, which is of the newer release two"},
		{"an impossible release", branched, catalog.Draft{Release: "a b"}, `"a b" cannot be the name of a release`},
		{"no release", trunkOnly("first", ""), catalog.Draft{Parts: branches(revision.Expand)}, "catalog shop has no releases yet, and an id on branch expand begins with one"},
		{"a branch first", map[string]string{"catalog.toml": "name = \"shop\"\n", "versions/.keep": ""}, catalog.Draft{Release: "r", Parts: branches(revision.Expand)}, "the first revision of a catalog stands on the trunk, not on branch expand"},
		{"twice", branched, catalog.Draft{Parts: branches(revision.Expand, revision.Expand)}, "branch expand is named twice"},
		{"no branch", branched, catalog.Draft{Parts: branches("exapnd")}, `there is no branch "exapnd"`},
		{"trunk and more", trunkOnly("first", ""), catalog.Draft{Parts: branches(revision.Trunk, revision.Expand)}, "a trunk revision cannot be written together with others"},
		{"a long release", branched, catalog.Draft{Release: strings.Repeat("r", 30)}, "the id " + strings.Repeat("r", 30) + "_expand01 would have more than 32 characters"},
		{"a hundredth", full, catalog.Draft{Parts: branches(revision.Expand)}, "release two has expand99 already, and there are no ids of three digits"},
		{"a body that is wrong", branched, catalog.Draft{Message: "x", Parts: []catalog.Part{{Branch: revision.Expand, Up: []byte("[[up]]\n")}}},
			"the new files would not fit the catalog: DIR/versions/two_expand02_x.toml:5: there is no operation here"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := onDisk(t, c.files)
			_, err := catalog.Add(catalog.Options{Dir: dir, Prefix: "DIR"}, c.draft)
			var refused *catalog.DraftError
			if !errors.As(err, &refused) || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("error %v, want %s", err, c.want)
			}
			if diff := cmp.Diff(c.files, contents(t, dir)); diff != "" {
				t.Errorf("something was written:\n%s", diff)
			}
		})
	}
}

// TestTogether: of many who write at the same time, each gets a number of its
// own and stands behind the one before.
func TestTogether(t *testing.T) {
	dir := onDisk(t, branched)
	var group sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		group.Go(func() {
			_, errs[i] = catalog.Add(catalog.Options{Dir: dir}, catalog.Draft{Message: "same"})
		})
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Load(os.DirFS(dir), catalog.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if h := c.Graph.Heads(); h.Expand != "two_expand09" || h.Contract != "two_contract09" {
		t.Errorf("heads %+v", h)
	}
}

// TestLeftovers: what a killed process has left goes with the next one that
// writes, and nothing else does.
func TestLeftovers(t *testing.T) {
	files := with(branched, map[string]string{
		"versions/.two_expand02_x.toml.0123abcd": "half", ".catalog.toml.89abcdef": "half",
		"versions/.keep": "k", "versions/.two_expand02_x.toml.swp": "s", ".git/x.toml.0123abcd": "g",
	})
	dir := onDisk(t, files)
	mustAdd(t, dir, catalog.Draft{Message: "x", Parts: branches(revision.Expand)})
	got := contents(t, dir)
	delete(got, "versions/two_expand02_x.toml")
	want := with(files, map[string]string{"versions/.two_expand02_x.toml.0123abcd": "", ".catalog.toml.89abcdef": ""})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestEmbedded: an embedded catalog has nowhere to write to.
func TestEmbedded(t *testing.T) {
	var refused *catalog.DraftError
	if _, err := catalog.Add(catalog.Options{}, catalog.Draft{Message: "x"}); !errors.As(err, &refused) || !strings.Contains(err.Error(), "built in") {
		t.Errorf("error %v", err)
	}
}
