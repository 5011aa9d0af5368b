package enginetest

import (
	"path/filepath"
	"testing"

	"manage/engine/flavor"
)

// Every recorded database can be made again: its snapshot is the recorded one.
func TestRebuildMakesTheRecordedDatabase(t *testing.T) {
	dialects := map[string]flavor.Dialect{"mariadb": flavor.MariaDB, "postgresql": flavor.Postgres, "sqlite": flavor.SQLite}
	files, _ := filepath.Glob("../../migrations/*/testdata/*-*.json")
	specimens, _ := filepath.Glob("testdata/specimen-*.json")
	for _, path := range append(files, specimens...) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			want := LoadSnapshot(t, path)
			want.Views = nil // not made again
			db := New(t, dialects[want.Backend])
			Rebuild(t, db, want)
			if diff := CompareSnapshots(want, TakeSnapshot(t, db)); diff != "" {
				t.Errorf("recorded (-) and made again (+) differ:\n%s", diff)
			}
		})
	}
}
