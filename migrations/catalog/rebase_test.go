package catalog_test

import (
	"errors"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/engine/revision"
	"manage/migrations/catalog"
)

// merged is a catalog after two people's work was merged: a rival behind
// two_expand01, with a follower, both laid out by hand.
var merged = map[string]string{
	"catalog.toml":                  "name = \"shop\"\nreleases = [\"one\", \"two\"]\n",
	"versions/one01_root.toml":      "revision = \"one01\"\nrelease = \"one\"\n",
	"versions/two_expand01_a.toml":  "revision = \"two_expand01\"\nrevises = \"one01\"\n",
	"versions/two_expand02_b.toml":  "revision = \"two_expand02\"\nrevises = \"two_expand01\"\n",
	"versions/two_expand03_b2.toml": "revision = \"two_expand03\"\nrevises = \"two_expand02\"\n",
	"versions/two_expand04_c.toml":  "# revises = \"two_expand01\"\r\nmessage = '''\r\nrevises = \"two_expand01\"'''\r\n revision='two_expand04'\r\n revises  =   'two_expand01'   # mine\r\n[[up]]\nsql = { text = \"-- revises: two_expand01\\nSELECT 'two_expand01';\" }",
	"versions/two_expand05_d.sql":   "-- revision: two_expand05\n--  revises:  two_expand04 \n-- message: d\n\n-- +up\n-- revises: two_expand04\nSELECT 1;\n",
}

// with is a catalog with some files put over those of another; nothing takes a
// file away.
func with(files map[string]string, over map[string]string) map[string]string {
	all := maps.Clone(files)
	for name, text := range over {
		if text == "" {
			delete(all, name)
		} else {
			all[name] = text
		}
	}
	return all
}

// TestRebase: of the files, exactly the words that must change are changed.
func TestRebase(t *testing.T) {
	for _, c := range []struct {
		name   string
		files  map[string]string
		what   string
		change map[string]string // the files after it; "" for one that is gone
		want   catalog.Rebased
	}{
		{"a rival and its follower", merged, "two_expand04",
			map[string]string{"versions/two_expand04_c.toml": strings.Replace(merged["versions/two_expand04_c.toml"], "=   'two_expand01'", "=   'two_expand03'", 1)},
			catalog.Rebased{Passed: []string{"two_expand02", "two_expand03"}, Followed: []string{"two_expand05"},
				Files: []catalog.RebasedFile{{Name: "versions/two_expand04_c.toml", ID: "two_expand04", Revises: "two_expand03", Revised: "two_expand01"}}}},
		{"the other way round, in front of SQL", merged, "two_expand02_b.toml",
			map[string]string{"versions/two_expand02_b.toml": "revision = \"two_expand02\"\nrevises = \"two_expand05\"\n"},
			catalog.Rebased{Passed: []string{"two_expand04", "two_expand05"}, Followed: []string{"two_expand03"},
				Files: []catalog.RebasedFile{{Name: "versions/two_expand02_b.toml", ID: "two_expand02", Revises: "two_expand05", Revised: "two_expand01"}}}},
		{"a rival in SQL", with(merged, map[string]string{"versions/two_expand04_c.toml": "", "versions/two_expand05_d.sql": strings.Replace(merged["versions/two_expand05_d.sql"], "revises:  two_expand04", "revises:  two_expand01", 1)}), "DIR/versions/two_expand05_d.sql",
			map[string]string{"versions/two_expand05_d.sql": strings.Replace(merged["versions/two_expand05_d.sql"], "revises:  two_expand04", "revises:  two_expand03", 1)},
			catalog.Rebased{Passed: []string{"two_expand02", "two_expand03"},
				Files: []catalog.RebasedFile{{Name: "versions/two_expand05_d.sql", ID: "two_expand05", Revises: "two_expand03", Revised: "two_expand01"}}}},
		{"a second root", map[string]string{"catalog.toml": "name = \"shop\"\n", "versions/001_a.toml": "revision = \"001\"\n",
			"versions/x_b.toml": "revision   = \"x\" # mine\nmessage = \"b\""}, "x",
			map[string]string{"versions/x_b.toml": "revision   = \"x\" # mine\nrevises    = \"001\"\nmessage = \"b\""},
			catalog.Rebased{Passed: []string{"001"}, Files: []catalog.RebasedFile{{Name: "versions/x_b.toml", ID: "x", Revises: "001"}}}},
		{"a second root in SQL", map[string]string{"catalog.toml": "name = \"shop\"\n", "versions/001_a.toml": "revision = \"001\"\n",
			"versions/x_b.sql": "-- revision: x\n-- +up\n"}, "x",
			map[string]string{"versions/x_b.sql": "-- revision: x\n-- revises: 001\n-- +up\n"},
			catalog.Rebased{Passed: []string{"001"}, Files: []catalog.RebasedFile{{Name: "versions/x_b.sql", ID: "x", Revises: "001"}}}},
		{"one id in two files", with(merged, map[string]string{"versions/two_expand04_c.toml": "", "versions/two_expand05_d.sql": "",
			"versions/two_expand02_y.toml": "revision = \"two_expand02\"\nrevises = \"two_expand01\"\n"}), "two_expand02_y.toml",
			map[string]string{"versions/two_expand02_y.toml": "", "versions/two_expand04_y.toml": "revision = \"two_expand04\"\nrevises = \"two_expand03\"\n"},
			catalog.Rebased{Passed: []string{"two_expand02", "two_expand03"}, Kept: []string{"versions/two_expand03_b2.toml"},
				Files: []catalog.RebasedFile{{Name: "versions/two_expand04_y.toml", OldName: "versions/two_expand02_y.toml", ID: "two_expand04", OldID: "two_expand02", Revises: "two_expand03", Revised: "two_expand01"}}}},
		{"branches that begin before the trunk ends", map[string]string{"catalog.toml": "name = \"shop\"\n", "versions/001_a.toml": "revision = \"001\"\n",
			"versions/002_b.toml":        "revision = \"002\"\nrevises = \"001\"\n",
			"versions/r_expand01_c.toml": "revision = \"r_expand01\"\nrevises = \"001\"\n", "versions/r_contract01_c.toml": "revision = \"r_contract01\"\nrevises = \"001\"\n"}, "r_expand01",
			map[string]string{"versions/r_expand01_c.toml": "revision = \"r_expand01\"\nrevises = \"002\"\n", "versions/r_contract01_c.toml": "revision = \"r_contract01\"\nrevises = \"002\"\n"},
			catalog.Rebased{Passed: []string{"002"}, Files: []catalog.RebasedFile{{Name: "versions/r_expand01_c.toml", ID: "r_expand01", Revises: "002", Revised: "001"},
				{Name: "versions/r_contract01_c.toml", ID: "r_contract01", Revises: "002", Revised: "001"}}}},
		{"a number on the trunk", map[string]string{"catalog.toml": "name = \"shop\"\n", "versions/001_a.toml": "revision = \"001\"\n",
			"versions/002_b.toml": "revision = \"002\"\nrevises = \"001\"\n", "versions/002_c.toml": "revision = \"002\"\nrevises = \"001\"\n"}, "versions/002_c.toml",
			map[string]string{"versions/002_c.toml": "", "versions/003_c.toml": "revision = \"003\"\nrevises = \"002\"\n"},
			catalog.Rebased{Passed: []string{"002"}, Files: []catalog.RebasedFile{{Name: "versions/003_c.toml", OldName: "versions/002_c.toml", ID: "003", OldID: "002", Revises: "002", Revised: "001"}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := onDisk(t, c.files)
			if _, err := catalog.Load(os.DirFS(dir), catalog.Options{}); err == nil {
				t.Fatal("the catalog is valid before")
			}
			got, err := catalog.Rebase(catalog.Options{Dir: dir, Prefix: "DIR"}, c.what)
			if err != nil {
				t.Fatal(err)
			}
			c.want.Catalog = "shop"
			if diff := cmp.Diff(c.want, *got); diff != "" {
				t.Errorf("done (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(with(c.files, c.change), contents(t, dir)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			if _, err := catalog.Load(os.DirFS(dir), catalog.Options{}); err != nil {
				t.Errorf("the catalog is not valid after: %v", err)
			}
		})
	}
}

// TestRebaseCycle: two people made a cycle each, with the same ids. One command
// moves the whole of one behind the other.
func TestRebaseCycle(t *testing.T) {
	one, two := onDisk(t, branched), onDisk(t, branched)
	mustAdd(t, one, catalog.Draft{Message: "split the name"})
	mustAdd(t, two, catalog.Draft{Message: "keep the price", SQL: true})
	both := onDisk(t, with(contents(t, one), contents(t, two)))
	opts := catalog.Options{Dir: both, Prefix: "db"}
	_, err := catalog.Load(os.DirFS(both), opts)
	var p revision.Problems
	if !errors.As(err, &p) || len(p) != 3 || p[0].Rivals == [2]string{} {
		t.Fatalf("problems %v", err)
	}
	got, err := catalog.Rebase(opts, "db/versions/two_contract02_keep_the_price.sql")
	if err != nil || len(got.Problems) > 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	c, err := catalog.Load(os.DirFS(both), opts)
	if err != nil {
		t.Fatal(err)
	}
	e, _ := c.Graph.Revision("two_expand03")
	m, _ := c.Graph.Migration("two_migrate05")
	k, _ := c.Graph.Revision("two_contract03")
	if e.Parent != "two_expand02" || !cmp.Equal(m.DependsOn, []string{"two_expand03"}) || m.Before != "two_contract03" ||
		k.Parent != "two_contract02" || !cmp.Equal(k.DependsOn, []string{"two_expand03", "two_migrate03"}) {
		t.Errorf("%+v\n%+v\n%+v", e, m, k)
	}
	if c.Revisions["two_expand03"].Message != "keep the price" || c.Revisions["two_expand02"].Message != "split the name" {
		t.Errorf("the wrong one was moved: %+v", c.Revisions)
	}
}

// TestRivalsOfBoth: what is still wrong afterwards is told, and mended by
// another rebase.
func TestRivalsOfBoth(t *testing.T) {
	dir := onDisk(t, with(branched, map[string]string{
		"versions/two_expand02_a.toml":   "revision = \"two_expand02\"\nrevises = \"one01\"\n",
		"versions/two_expand03_b.toml":   "revision = \"two_expand03\"\nrevises = \"one01\"\n",
		"versions/two_contract02_b.toml": "revision = \"two_contract02\"\nrevises = \"one01\"\ndepends_on = [\"two_expand03\"]\n",
	}))
	opts := catalog.Options{Dir: dir}
	for left, id := range []string{"two_contract02", "two_expand02", "two_expand01"} {
		got, err := catalog.Rebase(opts, id)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Problems) != 2-left {
			t.Errorf("after %s: %v", id, got.Problems)
		}
	}
	if _, err := catalog.Load(os.DirFS(dir), opts); err != nil {
		t.Error(err)
	}
}

// TestRefusedRebases: one clear sentence, and nothing is written.
func TestRefusedRebases(t *testing.T) {
	newer := with(branched, map[string]string{
		"versions/one_expand01_z.toml": "revision = \"one_expand01\"\nrevises = \"one01\"\n",
	})
	for _, c := range []struct {
		name       string
		files      map[string]string
		what       string
		want, hint string
	}{
		{"unknown", merged, "two_expnad04", `there is no revision "two_expnad04" in the catalog`, `did you mean two_expand04?`},
		{"no rival", merged, "two_expand03", "two_expand03 is in nobody's way", "those that are: two_expand02 and two_expand04"},
		{"a valid catalog", branched, "two_expand01", "two_expand01 is in nobody's way", "no two revisions of this catalog are"},
		{"a data migration", branched, "two_migrate03", "two_migrate03 is in nobody's way", ""},
		{"an id of two files", with(branched, map[string]string{"versions/two_expand01_z.toml": branched["versions/two_expand01_a.toml"]}), "two_expand01",
			"two_expand01 is the id of several files: db/versions/two_expand01_a.toml, db/versions/two_expand01_z.toml", "name the file"},
		{"behind a newer release", newer, "one_expand01", "one_expand01 cannot be moved, because then: db/versions/one_expand01_z.toml:1: revision one_expand01 of release one stands behind two_expand01 of the newer release two", "move the other revision"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := onDisk(t, c.files)
			_, err := catalog.Rebase(catalog.Options{Dir: dir, Prefix: "db"}, c.what)
			var refused *catalog.DraftError
			if !errors.As(err, &refused) || !strings.HasPrefix(err.Error(), c.want) || !strings.HasPrefix(refused.Hint, c.hint) {
				t.Errorf("error %v (%+v), want %s (%s)", err, refused, c.want, c.hint)
			}
			if diff := cmp.Diff(c.files, contents(t, dir)); diff != "" {
				t.Errorf("something was written:\n%s", diff)
			}
		})
	}
	dir := onDisk(t, with(merged, map[string]string{"versions/two_expand03_b2.toml": "revision = \n"}))
	var p revision.Problems
	if _, err := catalog.Rebase(catalog.Options{Dir: dir, Prefix: "db"}, "two_expand04"); !errors.As(err, &p) || p[0].Source.File != "db/versions/two_expand03_b2.toml" {
		t.Errorf("a file that cannot be read: %v", err)
	}
	if _, err := catalog.Rebase(catalog.Options{Prefix: "glance"}, "x"); err == nil || !strings.Contains(err.Error(), "glance is built in") {
		t.Errorf("an embedded catalog: %v", err)
	}
}
