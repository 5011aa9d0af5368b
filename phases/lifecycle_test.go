package phases

import (
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/revision"
)

const (
	oldGuest = "INSERT INTO guests (name, vip) VALUES ('old', %s)"
	newGuest = "INSERT INTO guests (full_name, vip) VALUES ('new', %s)"
)

// no is false as each dialect writes it.
func no(db enginetest.Database, statement string) string {
	return strings.ReplaceAll(statement, "%s", "'0'")
}

func TestRollingUpgradeReleaseByRelease(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, inn(t), db)
		at(t, s, revision.Empty)
		must(t, s, "upgrade", "open01")
		at(t, s, revision.OnTrunk, "open01")
		db.Exec(t, no(db, oldGuest))
		db.Exec(t, "INSERT INTO rooms (name, guest_id) VALUES ('12', 1)")

		must(t, s, "expand", "austin")
		at(t, s, revision.Expanding, "austin_expand01")
		db.Exec(t, no(db, oldGuest))
		db.Exec(t, no(db, newGuest))
		if r := refused(t, s, "contract", "austin"); r.Next != "migrate" {
			t.Errorf("contract before migrate: next is %q", r.Next)
		}
		if r := must(t, s, "migrate", "austin"); len(r.Migrated) != 1 || r.Migrated[0].Rows != 1 {
			t.Errorf("migrated %v, want one row: the triggers filled the others", r.Migrated)
		}
		must(t, s, "contract", "austin")
		at(t, s, revision.Behind, "austin_contract01")
		db.Exec(t, no(db, newGuest))
		if got := db.Strings(t, "SELECT full_name FROM guests ORDER BY id"); strings.Join(got, " ") != "old old new new" {
			t.Errorf("full names are %v", got)
		}

		must(t, s, "expand", "")
		at(t, s, revision.Expanded, "austin_contract01", "bexar_expand02")
		must(t, s, "migrate", "")
		at(t, s, revision.Migrated, "austin_contract01", "bexar_expand02")
		db.Exec(t, "INSERT INTO rooms (name) VALUES ('desk 1')")
		if r := refused(t, s, "contract", ""); !strings.Contains(r.Reason, "old desks") {
			t.Errorf("the guard says %q", r.Reason)
		}
		db.Exec(t, "DELETE FROM rooms WHERE name = 'desk 1'")
		must(t, s, "contract", "bexar_contract01")
		at(t, s, revision.Contracting, "bexar_contract01")
		must(t, s, "contract", "")
		at(t, s, revision.Current, "bexar_contract02")
		if got := db.Strings(t, "SELECT guest_id FROM stays"); strings.Join(got, " ") != "1" {
			t.Errorf("stays of %v", got)
		}
		if r := must(t, s, "sync", ""); !r.Idle() {
			t.Errorf("a second sync did %+v", r)
		}
	})
}

func TestEveryWayLeadsToTheSamePlace(t *testing.T) {
	ways := map[string][]string{
		"sync":            {"sync"},
		"phases":          {"expand", "migrate", "contract"},
		"expand and sync": {"expand", "sync"},
		"sync to stages":  {"sync austin_expand01", "expand bexar_expand01", "sync"},
		"release by release": {
			"expand austin", "migrate austin", "contract austin", "expand", "migrate", "contract",
		},
		"online in between": {"expand austin", "migrate austin", "sync austin", "upgrade"},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				want := reference(t, db)
				s := service(t, inn(t), db)
				must(t, s, "upgrade", "open01")
				db.Exec(t, no(db, oldGuest))
				db.Exec(t, "INSERT INTO rooms (name, guest_id) VALUES ('12', 1)")
				for _, step := range way {
					cmd, version, _ := strings.Cut(step, " ")
					must(t, s, cmd, version)
				}
				at(t, s, revision.Current, "bexar_contract02")
				if diff := enginetest.CompareSnapshots(want, tablesOf(t, db)); diff != "" {
					t.Errorf("the schema differs (-sync +this way):\n%s", diff)
				}
				if got := db.Strings(t, "SELECT full_name FROM guests"); strings.Join(got, " ") != "old" {
					t.Errorf("guests are %v", got)
				}
				if got := db.Strings(t, "SELECT night FROM stays"); strings.Join(got, " ") != "2016-01-01" {
					t.Errorf("stays are %v", got)
				}
			})
		})
	}
}

// reference is the schema that one sync from nothing leads to, on another
// database of the same server.
func reference(t *testing.T, db enginetest.Database) *enginetest.Snapshot {
	t.Helper()
	other := enginetest.New(t, db.Dialect)
	must(t, service(t, inn(t), other), "sync", "")
	return tablesOf(t, other)
}

func TestRefusalsLeaveNoTrace(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, inn(t), db)
		for _, name := range []string{"migrate", "contract"} {
			if r := refused(t, s, name, ""); r.Next != "expand" {
				t.Errorf("%s on an empty database: next is %q", name, r.Next)
			}
		}
		if s := enginetest.TakeSnapshot(t, db); len(s.Tables) != 0 {
			t.Errorf("a refused command made %d tables", len(s.Tables))
		}
	})
}
