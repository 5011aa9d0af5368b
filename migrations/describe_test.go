package migrations_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/migrations/catalog"
	"manage/phases"
	"manage/phases/draft"
)

// TestDescribed makes a catalog of what each service has on each server: with
// it the database is taken over without running anything, other servers get the
// same tables, and autogenerate finds nothing on either.
func TestDescribed(t *testing.T) {
	for _, name := range withModels {
		t.Run(name, func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				if _, err := serviceOf(t, name, db).CreateSchema(t.Context()); err != nil {
					t.Fatal(err)
				}
				for _, table := range []string{"alembic_version", "manage_journal", "manage_lease"} {
					db.Exec(t, "DROP TABLE "+table)
				}
				s := serviceOf(t, name, db)
				found, err := phases.Describe(t.Context(), s.DB)
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range found.Decide {
					t.Errorf("it leaves to decide %s", f)
				}
				dir := written(t, found)
				s.Catalog = loaded(t, dir)
				r, err := s.Sync(t.Context(), phases.Request{})
				if err != nil {
					t.Fatal(err)
				}
				if r.Adopted != "initial01" || len(r.Applied) > 0 {
					t.Errorf("sync takes over %q and applies %v", r.Adopted, r.Applied)
				}
				nothing(t, s)
				for _, other := range enginetest.Dialects() {
					elsewhere(t, dir, other)
				}
			})
		})
	}
}

// elsewhere makes the tables of a catalog on another server.
func elsewhere(t *testing.T, dir string, d flavor.Dialect) {
	t.Helper()
	s := serviceOf(t, "watcher", enginetest.New(t, d))
	s.Catalog = loaded(t, dir)
	if _, err := s.Sync(t.Context(), phases.Request{}); err != nil {
		t.Fatalf("on %s: %v", d, err)
	}
	nothing(t, s)
}

// written is the directory of a new catalog.
func written(t *testing.T, found draft.Description) string {
	t.Helper()
	start := catalog.Start{Name: "found", Known: found.Known,
		Up: []byte(catalog.EncodeChanges("up", found.Up)), Models: []byte(catalog.EncodeModels(found.Models))}
	files, err := start.Files()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "found")
	if err := catalog.Create(catalog.Options{Dir: dir}, files); err != nil {
		var all strings.Builder
		for _, f := range files {
			all.Write(f.Content)
		}
		t.Fatalf("%v\n%s", err, all.String())
	}
	return dir
}

func loaded(t *testing.T, dir string) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(os.DirFS(dir), catalog.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
