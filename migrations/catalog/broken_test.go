package catalog_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"manage/engine/revision"
	"manage/migrations/catalog"
)

var update = flag.Bool("update", false, "write what was found into the files of testdata")

// archive reads a txtar file as a file tree, without the file "want".
func archive(t *testing.T, path string) (*txtar.Archive, map[string]string) {
	t.Helper()
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range a.Files {
		if f.Name != "want" {
			files[f.Name] = string(f.Data)
		}
	}
	return a, files
}

// TestBroken loads every catalog of testdata/broken. Each is wrong in the ways
// that its file "want" lists, to the letter.
func TestBroken(t *testing.T) {
	paths, err := filepath.Glob("testdata/broken/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no catalogs in testdata/broken: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			a, files := archive(t, path)
			_, err := catalog.Load(inMemory(files), catalog.Options{Prefix: "db"})
			got := "no error\n"
			if err != nil {
				var problems revision.Problems
				if !errors.As(err, &problems) {
					t.Fatalf("the error is %T, not revision.Problems: %v", err, err)
				}
				got = err.Error() + "\n"
			}
			if *update {
				rewrite(t, path, a, got)
				return
			}
			want := ""
			for _, f := range a.Files {
				if f.Name == "want" {
					want = string(f.Data)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("problems differ (-want +got):\n%s", diff)
			}
		})
	}
}

// rewrite puts what was found into an archive.
func rewrite(t *testing.T, path string, a *txtar.Archive, want string) {
	t.Helper()
	var kept []txtar.File
	for _, f := range a.Files {
		if f.Name != "want" {
			kept = append(kept, f)
		}
	}
	a.Files = append(kept, txtar.File{Name: "want", Data: []byte(want)})
	if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}
