package phases

import (
	"errors"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/revision"
	"manage/engine/run"
	"manage/migrations/catalog"
)

func TestDowngrade(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, inn(t), db)
		must(t, s, "sync", "open01")
		beginning := tablesOf(t, db)
		db.Exec(t, no(db, oldGuest))
		must(t, s, "sync", "austin")
		db.Exec(t, no(db, newGuest))

		way, err := s.WayBack(t.Context(), Request{Version: "open01"})
		if err != nil {
			t.Fatal(err)
		}
		var lost []string
		for _, l := range way.Losses {
			lost = append(lost, l.Table+"."+l.Column)
			if l.Rows != 2 {
				t.Errorf("%s.%s loses %d values, want 2", l.Table, l.Column, l.Rows)
			}
		}
		if strings.Join(lost, " ") != "guests.full_name" || strings.Join(way.NotUndone, " ") != "austin_migrate01" {
			t.Errorf("it destroys %v and leaves %v", lost, way.NotUndone)
		}
		at(t, s, revision.Behind, "austin_contract01")

		r, err := s.Downgrade(t.Context(), Request{Version: "austin_expand01"})
		if err != nil {
			t.Fatal(err)
		}
		if got := r.After.Version.String(); got != "austin_expand01" {
			t.Errorf("it went back to %s", got)
		}
		db.Exec(t, "UPDATE guests SET name = full_name")
		if _, err := s.Downgrade(t.Context(), Request{Version: "open01"}); err != nil {
			t.Fatal(err)
		}
		at(t, s, revision.OnTrunk, "open01")
		if diff := enginetest.CompareSnapshots(sortColumns(beginning), sortColumns(tablesOf(t, db))); diff != "" {
			t.Errorf("the schema is not what it was (-then +now):\n%s", diff)
		}
		if got := db.Strings(t, "SELECT name FROM guests ORDER BY id"); strings.Join(got, " ") != "old new" {
			t.Errorf("guests are %v", got)
		}
		if _, err := s.Downgrade(t.Context(), Request{Version: "base"}); err != nil {
			t.Fatal(err)
		}
		if left := tablesOf(t, db); len(left.Tables) != 0 {
			t.Errorf("at the base there are still %d tables", len(left.Tables))
		}
		must(t, s, "sync", "austin")
	})
}

// sortColumns makes a snapshot that does not tell in which order columns were
// added.
func sortColumns(s *enginetest.Snapshot) *enginetest.Snapshot {
	for name, t := range s.Tables {
		columns := append([]enginetest.SnapColumn{}, t.Columns...)
		for i := range columns {
			for j := i + 1; j < len(columns); j++ {
				if columns[j].Name < columns[i].Name {
					columns[i], columns[j] = columns[j], columns[i]
				}
			}
		}
		t.Columns = columns
		s.Tables[name] = t
	}
	return s
}

func TestDowngradeFromAnOnlineExpansion(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, inn(t), db)
		must(t, s, "sync", "open01")
		must(t, s, "expand", "austin")
		if _, err := s.Downgrade(t.Context(), Request{Version: "open01"}); err != nil {
			t.Fatal(err)
		}
		if left := tablesOf(t, db).Triggers; len(left) != 0 {
			t.Errorf("the triggers %v are left", left)
		}
	})
}

func TestDowngradeRefused(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, inn(t), db)
		must(t, s, "sync", "")
		before := tablesOf(t, db)
		for version, reason := range map[string]string{"austin": "bexar_contract01 has no way back", "base": "bexar_contract01 has no way back"} {
			_, err := s.Downgrade(t.Context(), Request{Version: version})
			if r, ok := err.(*Refused); !ok || !strings.Contains(r.Reason, reason) {
				t.Errorf("downgrade %s: got %v", version, err)
			}
		}
		s.Catalog.Downgrade, s.Catalog.DowngradeReason = false, "Restore the backup."
		_, err := s.Downgrade(t.Context(), Request{Version: "base"})
		if r, ok := err.(*Refused); !ok || r.Hint != "Restore the backup." {
			t.Errorf("a catalog without a way back: got %v", err)
		}
		if diff := enginetest.CompareSnapshots(before, tablesOf(t, db)); diff != "" {
			t.Errorf("a refused downgrade changed the schema:\n%s", diff)
		}
	})
}

// A file that was edited inside a half done downgrade is refused before
// anything is planned or counted: its positions mean nothing.
func TestDowngradeOfAnEditedFile(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if !db.Dialect.MySQLFamily() {
			return // all or nothing
		}
		s := service(t, stars(t, "stars"), db)
		must(t, s, "sync", "")
		stop := errors.New("stopped")
		s.Faults = faults(func(p run.Point) error {
			if p.Place == run.AfterMark {
				return stop
			}
			return nil
		})
		if _, err := s.Downgrade(t.Context(), Request{Version: "open01"}); !errors.Is(err, stop) {
			t.Fatalf("error %v", err)
		}
		s.Faults = nil
		s.Catalog = stars(t, "suns")
		var changed *run.Changed
		if _, err := s.WayBack(t.Context(), Request{Version: "open01"}); !errors.As(err, &changed) {
			t.Errorf("the way back: error %v", err)
		}
		if _, err := s.Downgrade(t.Context(), Request{Version: "open01"}); !errors.As(err, &changed) {
			t.Errorf("error %v", err)
		}
		s.Catalog = stars(t, "stars")
		if _, err := s.Downgrade(t.Context(), Request{Version: "open01"}); err != nil {
			t.Error(err)
		}
		at(t, s, revision.OnTrunk, "open01")
	})
}

// stars is a catalog whose second revision makes two tables, one of them with
// this name.
func stars(t *testing.T, name string) *catalog.Catalog {
	table := func(name string) string {
		return `create_table = { name = "` + name + `", columns = [ { name = "id", type = "integer", nullable = false } ], primary_key = ["id"] }`
	}
	return loaded(t, map[string]string{
		"catalog.toml":                 `name = "sky"`,
		"versions/open01_planets.toml": "revision = \"open01\"\nbranch = \"trunk\"\nmessage = \"planets\"\n[[up]]\n" + table("planets"),
		"versions/open02_stars.toml": "revision = \"open02\"\nrevises = \"open01\"\nbranch = \"trunk\"\nmessage = \"stars\"\n[[up]]\n" +
			table("moons") + "\n[[up]]\n" + table(name),
	})
}
