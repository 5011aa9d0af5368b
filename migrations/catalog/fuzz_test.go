package catalog_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"manage/engine/flavor"
	"manage/engine/revision"
	"manage/migrations/catalog"
	"manage/schema"
)

// seeds are the files of a kind in all catalogs of the tests.
func seeds(f *testing.F, ending string) {
	f.Helper()
	paths, err := filepath.Glob("testdata/broken/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	archives := []*txtar.Archive{txtar.Parse([]byte(everything)), txtar.Parse([]byte(shop))}
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		archives = append(archives, a)
	}
	for _, a := range archives {
		for _, file := range a.Files {
			if strings.HasSuffix(file.Name, ending) {
				f.Add(string(file.Data))
			}
		}
	}
}

// loadOne loads a catalog of one file. Whatever stands in it, there is a
// catalog that folds without a panic, or problems that each say where.
func loadOne(t *testing.T, name, text string) {
	t.Helper()
	files := map[string]string{"catalog.toml": "name = \"shop\"\n", name: text}
	if name != "versions/root.toml" {
		files["versions/root.toml"] = "revision = \"root\"\n"
	}
	c, err := catalog.Load(inMemory(files), catalog.Options{Prefix: "db"})
	if err == nil {
		for _, d := range flavor.Dialects() {
			c.Fold(flavor.Default(d), true, c.Graph.All())
			c.Positions(flavor.Default(d), func(revision.Set, *schema.Schema) bool { return true })
		}
		c.Tables()
		return
	}
	var problems revision.Problems
	if !errors.As(err, &problems) || len(problems) == 0 {
		t.Fatalf("the error is %T: %v", err, err)
	}
	lines := 1 + strings.Count(text, "\n")
	for _, p := range problems {
		if !strings.HasPrefix(p.Source.File, "db") || p.Message == "" || p.Source.Line < 0 || p.Source.File == "db/"+name && p.Source.Line > lines {
			t.Fatalf("a problem without a place in a text of %d lines: %+v", lines, p)
		}
	}
}

func FuzzTOMLRevision(f *testing.F) {
	seeds(f, ".toml")
	f.Fuzz(func(t *testing.T, text string) { loadOne(t, "versions/one_expand01.toml", text) })
}

func FuzzSQLRevision(f *testing.F) {
	seeds(f, ".sql")
	f.Fuzz(func(t *testing.T, text string) { loadOne(t, "versions/one_expand01.sql", text) })
}

func FuzzSettings(f *testing.F) {
	seeds(f, "catalog.toml")
	f.Fuzz(func(t *testing.T, text string) { loadOne(t, "catalog.toml", text) })
}

func FuzzModels(f *testing.F) {
	seeds(f, "models.toml")
	f.Fuzz(func(t *testing.T, text string) { loadOne(t, "models.toml", text) })
}
