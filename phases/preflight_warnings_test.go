package phases

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// warnings runs expand and returns what it warned of.
func warnings(t *testing.T, s *Service) string {
	t.Helper()
	var said []string
	s.Events = func(e any) {
		if w, ok := e.(Warned); ok {
			said = append(said, w.Text)
		}
	}
	must(t, s, "expand", "")
	return strings.Join(said, "\n")
}

// A transaction that has been open for long is named before anything is
// changed; one that has just begun is not.
func TestWarnsOfLongTransactions(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if db.Dialect == flavor.SQLite {
			return // knows no sessions
		}
		db.Watches(t)
		must(t, service(t, inn(t), db), "sync", "open01")
		db.Exec(t, "CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY)")
		tx, err := db.SQL().Begin()
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		if _, err := tx.Exec("INSERT INTO notes VALUES (1)"); err != nil {
			t.Fatal(err)
		}
		young := service(t, inn(t), db)
		if said := warnings(t, young); said != "" {
			t.Errorf("of a young one is said %q", said)
		}
		old := service(t, shed(t), db)
		old.longest = 1
		said := warnings(t, old)
		if !regexp.MustCompile(`(?m)^Session \d+ of \w+ has had a transaction open for \d+ s; it may hold locks that are needed\.$`).MatchString(said) {
			t.Errorf("of an old one is said %q", said)
		}
	})
}

// Where a table is written anew or an index built, too little space is warned
// of, and enough is not.
func TestWarnsOfLackOfSpace(t *testing.T) {
	told := regexp.MustCompile(`^\S.* has -?\d+(\.\d)? \w+ free; to write rooms anew, or an index of it, can take \d+\.\d \wB\.$`)
	tells := func(db enginetest.Database) bool {
		switch db.Dialect {
		case flavor.SQLite:
			return true
		case flavor.MariaDB:
			return len(db.Strings(t, "SELECT 1 FROM information_schema.plugins WHERE plugin_name = 'DISKS'")) > 0
		}
		return false
	}
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		db = db.AsAdmin() // to see the disk takes the right FILE
		must(t, service(t, house(t), db), "upgrade", "open01")
		if db.Dialect == flavor.MariaDB && !tells(db) {
			db.Exec(t, "INSTALL SONAME 'disks'")
			t.Cleanup(func() { db.Exec(t, "UNINSTALL SONAME 'disks'") })
		}
		scarce := service(t, house(t), db)
		scarce.reserve = 1 << 60
		var said []string
		scarce.Events = func(e any) {
			if w, ok := e.(Warned); ok {
				said = append(said, w.Text)
			}
		}
		if _, err := expandHouse(scarce); err != nil {
			t.Fatal(err)
		}
		switch {
		case tells(db) && (len(said) != 1 || !told.MatchString(said[0])):
			t.Errorf("with too little is said %q", said)
		case !tells(db) && len(said) > 0:
			t.Errorf("%s cannot tell, and says %q", db.Dialect, said)
		}
		enough := enginetest.New(t, db.Dialect)
		must(t, service(t, house(t), enough), "upgrade", "open01")
		s := service(t, house(t), enough)
		s.Events = func(e any) {
			if w, ok := e.(Warned); ok {
				t.Errorf("with enough is said %q", w.Text)
			}
		}
		if _, err := expandHouse(s); err != nil {
			t.Fatal(err)
		}
	})
}

func TestSize(t *testing.T) {
	for bytes, want := range map[int64]string{0: "0 bytes", 1023: "1023 bytes", 1024: "1.0 kB", 5 << 20: "5.0 MB", 3 << 29: "1.5 GB", 1 << 51: "2048.0 TB"} {
		if got := size(bytes); got != want {
			t.Errorf("%d is %s, want %s", bytes, got, want)
		}
	}
}

// A file that cannot be written to is told with its folder.
func TestFileReady(t *testing.T) {
	if found := fileReady(filepath.Join(t.TempDir(), "gone", "x.sqlite")); len(found) != 2 || !strings.Contains(found[0].Text, "x.sqlite cannot be written") || !strings.Contains(found[1].Text, "gone cannot be written") {
		t.Errorf("found %v", found)
	}
	if found := fileReady(t.TempDir()); len(found) != 0 {
		t.Errorf("found %v", found)
	}
}
