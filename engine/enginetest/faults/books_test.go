package faults

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// foreignPositions are what others may have written into the table of
// positions: nothing of it is taken for a place to resume from.
var foreignPositions = map[string]string{
	"garbled":      `{"step":0,"after":`,
	"of SQL":       `{"step":0,"after":["n:(SELECT 1)"]}`,
	"of no step":   `{"step":77}`,
	"of two keys":  `{"step":0,"after":["n:1","n:2"]}`,
	"of more":      `{"step":0,"after":["n:1"],"rows":5}`,
	"of no object": `17`,
}

// halfMoved is a database with a data migration that was killed half way, and
// the task that resumes it. On a fast machine there are fewer points to die at.
func halfMoved(t *testing.T, d flavor.Dialect) (enginetest.Database, task) {
	for _, stride := range []int{15, 12, 10, 8, 7, 6, 5, 4} {
		db := enginetest.New(t, d)
		k := task{URL: db.URL, Catalog: "testdata/keys", Batch: time.Millisecond, Workers: 1, Commands: []command{{"expand", ""}}}
		if r, _ := runTask(t, k); r.Error != "" {
			t.Fatal(r.Error)
		}
		fillKeyed(t, db)
		k.Commands = []command{{"migrate", ""}}
		broken := k
		broken.Fault, broken.Stride, broken.Seen = death, stride, filepath.Join(t.TempDir(), "seen")
		_, killed := runTask(t, broken)
		if killed && db.Strings(t, "SELECT count(*) FROM manage_backfill WHERE catalog = 'keys' AND finished IS NULL AND position <> ''")[0] != "0" {
			return db, k
		}
	}
	t.Fatal("no data migration was killed half way")
	return enginetest.Database{}, task{}
}

// A data migration that was killed half way, and whose positions somebody has
// overwritten since, is refused and changes no row. Where they are put back it
// ends as if nothing had happened; rows of another catalog are nobody's concern.
func TestPositionsOfOthers(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		want := movedRows(t, enginetest.New(t, db.Dialect), fillKeyed, task{Workers: 1, Stride: 1}, none)
		db, k := halfMoved(t, db.Dialect)
		half := fmt.Sprint(contentOf(t, db).rows)
		db.Exec(t, "CREATE TABLE kept AS SELECT * FROM manage_backfill WHERE catalog = 'keys' AND finished IS NULL")
		db.Exec(t, "INSERT INTO manage_backfill (catalog, migration, key_range, position, rows_done, estimate, started, updated)"+
			" SELECT 'other', migration, key_range, 'whatever', rows_done, estimate, started, updated FROM kept")
		for name, position := range foreignPositions {
			db.Exec(t, fmt.Sprintf("UPDATE manage_backfill SET position = '%s' WHERE catalog = 'keys' AND finished IS NULL", position))
			if r, _ := runTask(t, k); !strings.Contains(r.Error, "manage_backfill") {
				t.Errorf("%s: %q", name, r.Error)
			}
		}
		db.Exec(t, "UPDATE manage_backfill SET position = (SELECT k.position FROM kept k WHERE k.migration = manage_backfill.migration AND k.key_range = manage_backfill.key_range)"+
			" WHERE catalog = 'keys' AND finished IS NULL")
		db.Exec(t, "DROP TABLE kept")
		if now := fmt.Sprint(contentOf(t, db).rows); now != half {
			t.Error("rows were changed with positions of others")
		}
		if r, _ := runTask(t, k); r.Error != "" {
			t.Fatal(r.Error)
		}
		same(t, "after the positions of others", want, contentOf(t, db))
		if other := db.Strings(t, "SELECT DISTINCT position FROM manage_backfill WHERE catalog = 'other'"); len(other) != 1 || other[0] != "whatever" {
			t.Errorf("the other catalog's positions are %v", other)
		}
	})
}

// The rows of a table without transactions cannot be changed together with a
// position: what a kill left would be done twice. So nothing is begun there.
func TestTablesWithoutTransactions(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		if !d.MySQLFamily() {
			continue
		}
		for _, engine := range []string{"MyISAM", "MEMORY", "Aria"} {
			if engine == "Aria" && d != flavor.MariaDB {
				continue
			}
			t.Run(string(d)+" "+engine, func(t *testing.T) {
				db := enginetest.New(t, d)
				c := wayNamed(t, d, "plain base step by step")
				c.prepare(t, db)
				db.Exec(t, "ALTER TABLE parcels ENGINE = "+engine)
				k := task{URL: db.URL, Catalog: c.catalog, Commands: []command{{"expand", ""}}}
				if r, _ := runTask(t, k); r.Error != "" {
					t.Fatal(r.Error)
				}
				k.Commands = []command{{"migrate", ""}}
				if r, _ := runTask(t, k); !strings.Contains(r.Error, "parcels") {
					t.Errorf("%s: %q", engine, r.Error)
				}
				if n := db.Strings(t, "SELECT count(*) FROM parcels WHERE kilos IS NOT NULL"); n[0] != "0" {
					t.Errorf("%s rows were changed", n[0])
				}
				db.Exec(t, "ALTER TABLE parcels ENGINE = InnoDB")
				if r, _ := runTask(t, k); r.Error != "" {
					t.Errorf("with transactions: %s", r.Error)
				}
			})
		}
	}
}
