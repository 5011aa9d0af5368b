package enginetest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"manage/engine/flavor"
)

// The specimens were recorded with the program that recorded the snapshots of
// the built-in catalogs' services, so equality shows that the two agree on the
// form: names left out, comments and commas inside definitions, prefix and
// expression indexes, server-made names.
func TestSnapshotAgreesWithTheRecorder(t *testing.T) {
	for _, d := range []flavor.Dialect{flavor.SQLite, flavor.Postgres, flavor.MariaDB} {
		t.Run(string(d), func(t *testing.T) {
			db := New(t, d)
			loadSpecimen(t, db)
			want := LoadSnapshot(t, filepath.Join("testdata", "specimen-"+string(d)+".json"))
			got := TakeSnapshot(t, db)
			if db.Dialect == flavor.Postgres && db.Flavor.Major != 15 {
				want.Views, got.Views = nil, nil // later versions qualify fewer names in them
			}
			if diff := CompareSnapshots(want, got); diff != "" {
				t.Errorf("recorded (-) and taken (+) differ:\n%s", diff)
			}
		})
	}
}

func loadSpecimen(t *testing.T, db Database) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "specimen-"+string(db.Dialect)+".sql"))
	if err != nil {
		t.Fatal(err)
	}
	db.Exec(t, string(text))
}

// All recorded snapshots load, and a changed database is told from them.
func TestCompareSnapshotsSeesEachChange(t *testing.T) {
	files, _ := filepath.Glob("../../migrations/glance/testdata/*.json")
	if len(files) != 15 {
		t.Errorf("%d recorded snapshots of the image service, want 15", len(files))
	}
	for _, f := range files {
		if s := LoadSnapshot(t, f); CompareSnapshots(s, s) != "" || len(s.Tables) < 14 || len(s.AlembicVersion) == 0 {
			t.Errorf("%s: not a whole snapshot", f)
		}
	}
	for name, change := range map[string]string{
		"column":   "ALTER TABLE parents ADD COLUMN more INTEGER",
		"index":    "CREATE INDEX more ON parents (code)",
		"trigger":  "DROP TRIGGER note",
		"view":     "DROP VIEW big",
		"table":    "DROP TABLE children",
		"versions": "DELETE FROM alembic_version",
	} {
		t.Run(name, func(t *testing.T) {
			db := New(t, flavor.SQLite)
			loadSpecimen(t, db)
			before := TakeSnapshot(t, db)
			db.Exec(t, change)
			if CompareSnapshots(before, TakeSnapshot(t, db)) == "" {
				t.Errorf("%s was not noticed", change)
			}
		})
	}
}

// Without leaves a table, its triggers, and nothing else out.
func TestWithout(t *testing.T) {
	db := New(t, flavor.SQLite)
	loadSpecimen(t, db)
	all := TakeSnapshot(t, db)
	some := all.Without("parents", "not there")
	if len(some.Tables) != len(all.Tables)-1 || len(some.Triggers) != 0 || len(all.Triggers) != 1 {
		t.Errorf("tables %d of %d, triggers %d of %d", len(some.Tables), len(all.Tables), len(some.Triggers), len(all.Triggers))
	}
	if diff := CompareSnapshots(all, some); !strings.Contains(diff, "parents") {
		t.Errorf("the difference does not name the table:\n%s", diff)
	}
}
