package migrations_test

import (
	"fmt"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/phases"
)

// TestUpgradeDowngradeCreate takes each trunk-only catalog up, says what going
// back destroys, goes back to base, where nothing is left, and creates the
// newest schema there in one go: the same that the upgrade made.
func TestUpgradeDowngradeCreate(t *testing.T) {
	for _, name := range trunkOnly {
		t.Run(name, func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				s := serviceOf(t, name, db)
				head := s.Catalog.Graph.Heads().Trunk
				if _, err := s.Upgrade(t.Context(), phases.Request{}); err != nil {
					t.Fatal(err)
				}
				upgraded := visible(t, db)
				rows := siteOf(t, db, s.Catalog)
				rows.upToHere(t)
				rows.fill(t, 1)

				way, err := s.WayBack(t.Context(), phases.Request{Version: "base"})
				if err != nil {
					t.Fatal(err)
				}
				lost := map[string]int64{}
				for _, l := range way.Losses {
					if l.Column == "" {
						lost[l.Table] += l.Rows
					}
				}
				for table := range upgraded.Tables {
					if lost[table] != 1 {
						t.Errorf("going back is said to lose %d rows of %s", lost[table], table)
					}
				}

				if _, err := s.Downgrade(t.Context(), phases.Request{Version: "base"}); err != nil {
					t.Fatal(err)
				}
				if left := visible(t, db); len(left.Tables)+len(left.Types)+len(left.Triggers) > 0 {
					t.Errorf("at base there is still %+v", left)
				}

				r, err := s.CreateSchema(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if got := strings.Join(r.After.Rows, " "); got != head {
					t.Errorf("the created schema is recorded at %s", got)
				}
				if diff := enginetest.CompareSnapshots(upgraded, visible(t, db)); diff != "" {
					t.Errorf("the created schema is another one (-upgrade +create_schema):\n%s", diff)
				}
			})
		})
	}
}

// upToHere makes the site know the schema that a service has made.
func (s *site) upToHere(t testing.TB) {
	t.Helper()
	s.state = live(t, s.Database)
	for name := range s.state.Tables {
		if name == "alembic_version" || strings.HasPrefix(name, "manage_") {
			delete(s.state.Tables, name)
		}
	}
}

// TestGlanceCreateSchema makes the newest schema in one go: the same that sync
// makes, and as current.
func TestGlanceCreateSchema(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := glanceService(t, db)
		r, err := s.CreateSchema(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := r.After.Version.String(); got != newest {
			t.Errorf("it is recorded as %s", got)
		}
		if diff := enginetest.CompareSnapshots(installed(t, db.Dialect), visible(t, db)); diff != "" {
			t.Errorf("it is another schema (-sync +create_schema):\n%s", diff)
		}
		if r := mustSync(t, s); len(r.Migrated) > 0 {
			t.Errorf("sync then migrates %v", r.Migrated)
		}
	})
}

// TestLostIntervals says before going back how many intervals are no numbers.
func TestLostIntervals(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := serviceOf(t, "watcher", db)
		if _, err := s.Upgrade(t.Context(), phases.Request{}); err != nil {
			t.Fatal(err)
		}
		rows := siteOf(t, db, s.Catalog)
		rows.audits(t, "'60'", "NULL")
		lost := func() string {
			way, err := s.WayBack(t.Context(), phases.Request{Version: "0f6042416884"})
			if err != nil {
				t.Fatal(err)
			}
			var all []string
			for _, l := range way.Losses {
				if l.Where != "" {
					all = append(all, fmt.Sprintf("%s.%s %d", l.Table, l.Column, l.Rows))
				}
			}
			return strings.Join(all, ", ")
		}
		if got := lost(); got != "" {
			t.Errorf("with numbers alone, lost are %s", got)
		}
		if db.Dialect == flavor.Postgres {
			return // the column has room for nothing else there
		}
		rows.mustRun(t, "UPDATE audits SET "+rows.quote("interval")+" = '0 * * * *' WHERE id = 1")
		if got := lost(); got != "audits.interval 1" {
			t.Errorf("lost are %s", got)
		}
	})
}
