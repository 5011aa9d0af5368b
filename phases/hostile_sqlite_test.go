package phases

import (
	"os"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// fileSettings are what a file of SQLite may bring along, and others that have
// it open.
var fileSettings = []struct {
	why     string
	make    []string
	beside  func(t *testing.T, db enginetest.Database)
	left    bool // the file is used as a program that died has left it
	refused string
}{
	{why: "none"},
	{why: "a write-ahead log", make: []string{"PRAGMA journal_mode = WAL"}},
	{why: "a journal that stays", make: []string{"PRAGMA journal_mode = PERSIST", "CREATE TABLE gone (a)", "DROP TABLE gone"}},
	{why: "a journal that is cut", make: []string{"PRAGMA journal_mode = TRUNCATE", "CREATE TABLE gone (a)", "DROP TABLE gone"}},
	{why: "vacuum after each transaction", make: []string{"PRAGMA auto_vacuum = FULL", "VACUUM"}},
	{why: "vacuum by steps", make: []string{"PRAGMA auto_vacuum = INCREMENTAL", "VACUUM"}},
	{why: "small pages", make: []string{"PRAGMA page_size = 512", "VACUUM"}},
	{why: "large pages", make: []string{"PRAGMA page_size = 65536", "VACUUM"}},
	{why: "UTF-16 with the small end first", make: []string{"PRAGMA encoding = 'UTF-16le'", "VACUUM"}},
	{why: "UTF-16 with the big end first", make: []string{"PRAGMA encoding = 'UTF-16be'", "VACUUM"}},
	{why: "numbers of another program", make: []string{"PRAGMA user_version = 4711", "PRAGMA application_id = 252006673", "PRAGMA schema_version = 77"}},
	{why: "deleted rows overwritten", make: []string{"PRAGMA secure_delete = ON", "CREATE TABLE gone (a)", "INSERT INTO gone VALUES (1)", "DROP TABLE gone"}},
	{why: "an old file format", make: []string{"PRAGMA legacy_file_format = ON", "VACUUM"}},
	{why: "a log that nobody has copied back", make: []string{"PRAGMA journal_mode = WAL", "PRAGMA wal_autocheckpoint = 0", "CREATE TABLE gone (a)", "DROP TABLE gone"}, left: true},
	{why: "another reader for a while", make: []string{"CREATE TABLE gone (a)", "DROP TABLE gone"}, beside: readBeside},
	{why: "another reader of a write-ahead log", make: []string{"PRAGMA journal_mode = WAL"}, beside: readBeside},
	{why: "a file that may not be written", make: []string{"CREATE TABLE gone (a)", "DROP TABLE gone"}, refused: "readonly database"},
}

// leftBehind is a copy of a database that somebody has open, as a program which
// died has left it: with its log, which nobody has copied back.
func leftBehind(t *testing.T, db enginetest.Database) enginetest.Database {
	left := enginetest.New(t, flavor.SQLite)
	for _, end := range []string{"", "-wal"} {
		data, err := os.ReadFile(db.Name + end)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(left.Name+end, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return left
}

// readBeside reads in a transaction that ends only after a while.
func readBeside(t *testing.T, db enginetest.Database) {
	tx, err := db.SQL().Begin()
	if err != nil {
		t.Fatal(err)
	}
	rows, err := tx.Query("SELECT name FROM sqlite_master")
	if err != nil {
		t.Fatal(err)
	}
	rows.Close()
	time.AfterFunc(300*time.Millisecond, func() { _ = tx.Rollback() })
}

func TestHostileSQLite(t *testing.T) {
	want := map[bool]string{}
	for i, f := range fileSettings {
		for _, phased := range []bool{false, true} {
			if f.refused != "" && phased {
				continue
			}
			db := enginetest.New(t, flavor.SQLite)
			for _, query := range f.make {
				db.Exec(t, query)
			}
			if f.beside != nil {
				f.beside(t, db)
			}
			if f.left {
				db = leftBehind(t, db)
			}
			url := db.URL
			if f.refused != "" {
				url += "?mode=ro"
			}
			hostileRun(t, db, url, hostile{settings: []string{f.why}, refused: f.refused}, phased, want, i == 0, func() {})
		}
	}
}
