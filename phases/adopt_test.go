package phases

import (
	"errors"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/revision"
)

// forget makes a database look as if manage had never seen it.
func forget(t testing.TB, db enginetest.Database) {
	t.Helper()
	for name := range enginetest.TakeSnapshot(t, db).Tables {
		if strings.HasPrefix(name, "manage_") {
			db.Exec(t, "DROP TABLE "+name)
		}
	}
}

func TestAdoptAtTheOldestMatchingPosition(t *testing.T) {
	cases := []struct{ version, want string }{
		{"open01", "open01"},
		{"austin_expand01", "austin_expand01"},
		{"austin", "austin_expand01, austin_contract01"},
		{"bexar_expand02", "bexar_expand02"},
	}
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		for _, c := range cases {
			fresh := enginetest.New(t, db.Dialect)
			s := service(t, inn(t), fresh)
			must(t, s, "sync", c.version)
			forget(t, fresh)
			at(t, s, revision.Unversioned)
			if r := must(t, s, "sync", ""); r.Adopted != c.want {
				t.Errorf("%s is taken over as %q, want %q", c.version, r.Adopted, c.want)
			}
			at(t, s, revision.Current, "bexar_contract02")
		}
	})
}

func TestDoNotGuessBehindPlainSQL(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, inn(t), db)
		must(t, s, "sync", "")
		forget(t, db)
		_, err := command(s, "sync", "")
		var m *Mismatch
		if !errors.As(err, &m) || m.Beyond != "bexar_expand02, bexar_contract01" {
			t.Errorf("got %v, want a mismatch that says from where on it cannot tell", err)
		}
	})
}

func TestAdoptLegacyNumber(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, inn(t), db)
		must(t, s, "sync", "open01")
		forget(t, db)
		db.Exec(t, "CREATE TABLE inn_schema (number INTEGER NOT NULL)")
		db.Exec(t, "INSERT INTO inn_schema VALUES (6)")
		if r := refused(t, s, "sync", ""); !strings.Contains(r.Reason, "number 6") {
			t.Errorf("the refusal says %q", r.Reason)
		}
		db.Exec(t, "UPDATE inn_schema SET number = 7")
		if r := must(t, s, "sync", ""); r.Adopted != "open01" {
			t.Errorf("taken over as %q", r.Adopted)
		}
		at(t, s, revision.Current, "bexar_contract02")
	})
}

func TestRefuseASchemaThatMatchesNothing(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, inn(t), db)
		must(t, s, "sync", "open01")
		forget(t, db)
		db.Exec(t, "ALTER TABLE guests ADD COLUMN shoe_size INTEGER")
		_, err := command(s, "sync", "")
		var m *Mismatch
		if !errors.As(err, &m) {
			t.Fatalf("got %v, want a mismatch", err)
		}
		if strings.Join(m.Nearest, ", ") != "open01" || len(m.Differences) != 1 || m.Differences[0].Name != "shoe_size" {
			t.Errorf("nearest %v, differences %v", m.Nearest, m.Differences)
		}
	})
}

func TestTwoServicesInOneDatabase(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		db.Exec(t, "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
		db.Exec(t, "CREATE TABLE parcels (id INTEGER NOT NULL PRIMARY KEY)")
		s := service(t, inn(t), db)
		must(t, s, "sync", "")
		at(t, s, revision.Current, "bexar_contract02")
	})
}

func TestStamp(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, inn(t), db)
		for _, c := range []struct {
			version string
			rows    []string
		}{
			{"austin", []string{"austin_contract01"}},
			{"bexar_expand02", []string{"austin_contract01", "bexar_expand02"}},
			{"open01", []string{"open01"}},
			{"base", nil},
		} {
			if r := must(t, s, "stamp", c.version); len(r.Applied) != 0 || r.Idle() {
				t.Errorf("stamp %s: %+v, want a change of rows that applies nothing", c.version, r)
			}
			if got := tablesOf(t, db); len(got.Tables) != 0 {
				t.Errorf("stamp %s made tables", c.version)
			}
			r, err := s.Status(t.Context())
			if err != nil || strings.Join(r.Position.Rows, " ") != strings.Join(c.rows, " ") {
				t.Errorf("stamp %s: rows %v, %v", c.version, r.Position.Rows, err)
			}
		}
	})
}
