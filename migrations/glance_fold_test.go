package migrations_test

import (
	"context"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/schema"
)

// live inspects a test database as the commands do.
func live(t testing.TB, db enginetest.Database) *schema.Schema {
	t.Helper()
	name := db.Name
	if db.Dialect == flavor.Postgres {
		name = "public"
	}
	s, err := schema.Inspect(context.Background(), db.SQL(), db.Flavor, name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestFoldIsTheLiveSchema holds that after every revision, offline and online,
// the schema computed without a server is the one that the server has, to the
// names, order and triggers.
func TestFoldIsTheLiveSchema(t *testing.T) {
	for _, mode := range []struct {
		name   string
		online bool
	}{{"offline", false}, {"online", true}} {
		t.Run(mode.name, func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				s := newSite(t, db, mode.online)
				for _, id := range s.catalog.Graph.Reading() {
					if _, ok := s.catalog.Revisions[id]; !ok {
						continue
					}
					s.upTo(t, id)
					for _, d := range schema.Compare(s.state, live(t, db), schema.Rules{Charsets: true}) {
						t.Errorf("after %s: %s", id, d)
					}
				}
			})
		})
	}
}

// TestRecordedDatabasesMatchTheirPosition holds that a database that the real
// tool made is told to be where it is: no difference at its own position, and
// at least one at the others.
func TestRecordedDatabasesMatchTheirPosition(t *testing.T) {
	positions := []string{"liberty", "mitaka02", "ocata_expand01", "ocata_contract01", "wallaby_contract01"}
	for _, d := range []flavor.Dialect{flavor.SQLite, flavor.Postgres, flavor.MariaDB} {
		t.Run(string(d), func(t *testing.T) {
			for i, id := range positions {
				db := enginetest.New(t, d)
				enginetest.Rebuild(t, db, recorded(t, d, id))
				have := live(t, db)
				s := newSite(t, enginetest.New(t, d), false)
				for j, at := range positions {
					s.upTo(t, at)
					found := schema.Compare(s.state, have, schema.TakingOver())
					if i == j && len(found) > 0 || i != j && len(found) == 0 {
						t.Errorf("%s as recorded against %s as computed: %v", id, at, found)
					}
				}
			}
		})
	}
}
