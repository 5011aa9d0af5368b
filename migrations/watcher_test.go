package migrations_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/engine/enginetest"
	"manage/engine/enginetest/fixtures"
	"manage/engine/flavor"
	"manage/phases"
	"manage/schema"
)

// recordedWatcher is what a database looked like after a command of the real
// tool, at the revision 609bec748f2a, without the table of its version.
func recordedWatcher(t testing.TB, d flavor.Dialect, command string) *enginetest.Snapshot {
	t.Helper()
	s := enginetest.LoadSnapshot(t, fmt.Sprintf("watcher/testdata/%s-609bec748f2a.%s.json", backend(d), command)).Without("alembic_version")
	s.AlembicVersion = nil
	if d == flavor.MySQL {
		s = s.InMySQL()
	}
	return s
}

// serviceOf is a built-in catalog on a database, as the commands have it.
func serviceOf(t testing.TB, name string, db enginetest.Database) *phases.Service {
	t.Helper()
	return &phases.Service{Catalog: fixtures.Catalog(t, name), DB: fixtures.DB(t, db.URL)}
}

// TestWatcherRecordedSchemas compares with what the real tool's upgrade made.
// It never got there on SQLite, whose schema is held against create_schema.
func TestWatcherRecordedSchemas(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if db.Dialect == flavor.SQLite {
			return
		}
		s := siteOf(t, db, fixtures.Catalog(t, "watcher"))
		s.upTo(t, "609bec748f2a")
		if diff := enginetest.CompareSnapshots(recordedWatcher(t, db.Dialect, "upgrade"), enginetest.TakeSnapshot(t, db)); diff != "" {
			t.Errorf("after 609bec748f2a (-recorded +ours):\n%s", diff)
		}
	})
}

// TestWatcherCreateSchemaDiffers lists to the letter how what the real tool's
// create_schema made differs from what its upgrade leads to. The catalog knows
// each of these differences, and no others.
func TestWatcherCreateSchemaDiffers(t *testing.T) {
	words := map[flavor.Dialect][]string{
		flavor.SQLite:   {"DATETIME", "INTEGER", "BOOLEAN"},
		flavor.Postgres: {"timestamp without time zone", "integer", "boolean"},
		flavor.MariaDB:  {"datetime", "int", "tinyint(1)"},
		flavor.MySQL:    {"datetime", "int", "tinyint(1)"},
	}
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		enginetest.Rebuild(t, db, recordedWatcher(t, db.Dialect, "create_schema"))
		c, w := fixtures.Catalog(t, "watcher"), words[db.Dialect]
		upgraded, err := c.Fold(db.Flavor, false, c.Graph.Closure("609bec748f2a"))
		if err != nil {
			t.Fatal(err)
		}
		want := []string{
			"table apscheduler_jobs: unexpected column created_at (" + w[0] + ")",
			"table apscheduler_jobs: unexpected column deleted (" + w[1] + ")",
			"table apscheduler_jobs: unexpected column deleted_at (" + w[0] + ")",
			"table apscheduler_jobs: unexpected column updated_at (" + w[0] + ")",
			"table audits: column force: expected " + w[2] + ", found " + w[2] + " not null",
			"table audits: unexpected unique uniq_audits0name ((name, deleted))",
		}
		switch {
		case db.Dialect == flavor.Postgres:
			want = append(want, "table audits: column interval: expected integer, found varchar(36)")
		case db.Dialect.MySQLFamily(): // the others make one index of it and the primary key
			want = append(want, "table apscheduler_jobs: unexpected unique uniq_apscheduler_jobs0id ((id))")
		}
		rules := schema.TakingOver()
		var got []string
		for _, diff := range schema.Compare(upgraded, live(t, db), rules) {
			got = append(got, diff.String())
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("create_schema differs otherwise (-want +got):\n%s", diff)
		}
		rules.Known = c.KnownDifferences
		if left := schema.Compare(upgraded, live(t, db), rules); len(left) > 0 {
			t.Errorf("not known are %v", left)
		}
	})
}

// TestWatcherTakesOver takes over what either command of the real tool left,
// with its version and without, and brings it to the head. What create_schema
// made otherwise stays, and alarms nobody.
func TestWatcherTakesOver(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		for _, command := range []string{"upgrade", "create_schema"} {
			if command == "upgrade" && db.Dialect == flavor.SQLite {
				continue // it never got there
			}
			for _, versioned := range []bool{true, false} {
				fresh := enginetest.New(t, db.Dialect)
				enginetest.Rebuild(t, fresh, recordedWatcher(t, db.Dialect, command))
				if versioned {
					fresh.Exec(t, "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))")
					fresh.Exec(t, "INSERT INTO alembic_version VALUES ('609bec748f2a')")
				}
				s := serviceOf(t, "watcher", fresh)
				r, err := s.Upgrade(t.Context(), phases.Request{})
				if err != nil {
					t.Fatalf("%s, versioned: %v: %v", command, versioned, err)
				}
				if adopted := map[bool]string{false: "609bec748f2a"}[versioned]; r.Adopted != adopted {
					t.Errorf("%s, versioned: %v is taken over as %q, want %q", command, versioned, r.Adopted, adopted)
				}
				if rows := strings.Join(r.After.Rows, " "); rows != "f56ba02662b4" {
					t.Errorf("%s, versioned: %v ends at %s", command, versioned, rows)
				}
				models, err := s.Catalog.Models.Schema(fresh.Flavor)
				if err != nil {
					t.Fatal(err)
				}
				rules := schema.TakingOver()
				rules.OtherTables, rules.Known = true, s.Catalog.KnownDifferences
				if left := schema.Compare(models, live(t, fresh), rules); len(left) > 0 {
					t.Errorf("%s, versioned: %v differs from the head: %v", command, versioned, left)
				}
			}
		}
	})
}

// audits adds an audit, which needs a goal, for each interval.
func (s *site) audits(t testing.TB, intervals ...string) {
	t.Helper()
	s.mustRun(t, "INSERT INTO goals (id, name, display_name, efficacy_specification, deleted) VALUES (1, 'g', 'g', '[]', 0)")
	for i, interval := range intervals {
		s.mustRun(t, fmt.Sprintf("INSERT INTO audits (id, %s, goal_id, auto_trigger, deleted) VALUES (%d, %s, 1, %s, 0)", s.quote("interval"), i+1, interval, s.bool(true)))
	}
}

// TestWatcherIntervals go down as far as they are numbers. On PostgreSQL, where
// they never are anything else, all of them stay.
func TestWatcherIntervals(t *testing.T) {
	rows := []struct{ text, below string }{
		{"'3600'", "3600"}, {"'0'", "0"}, {"'999999999'", "999999999"}, {"'*/5 * * * *'", "NULL"}, {"NULL", "NULL"},
		{"'-5'", "NULL"}, {"'1.5'", "NULL"}, {"''", "NULL"}, {"'10000000000'", "NULL"}, {"'12 '", "NULL"}, {"'0x1F'", "NULL"},
	}
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		var texts, want []string
		for _, r := range rows {
			if db.Dialect != flavor.Postgres || strings.Trim(r.text, "'") == r.below {
				texts, want = append(texts, r.text), append(want, r.below)
			}
		}
		s := siteOf(t, db, fixtures.Catalog(t, "watcher"))
		s.upTo(t, "d098df6021e2")
		s.audits(t, texts...)
		s.down(t, "d098df6021e2")
		query := "SELECT " + s.quote("interval") + " FROM audits ORDER BY id"
		if diff := cmp.Diff(want, s.strings(t, query)); diff != "" {
			t.Errorf("intervals below (-want +got):\n%s", diff)
		}
		s.upTo(t, "d098df6021e2")
		if diff := cmp.Diff(want, s.strings(t, query)); diff != "" {
			t.Errorf("intervals above again (-want +got):\n%s", diff)
		}
	})
}

// TestWatcherEmptyRevision changes no row in either direction. The real tool
// fails on the way back as soon as there is an audit.
func TestWatcherEmptyRevision(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := siteOf(t, db, fixtures.Catalog(t, "watcher"))
		s.upTo(t, "3cfc94cecf4e")
		s.audits(t, "'60'", "NULL")
		before := s.rows(t)
		s.upTo(t, "a86240e89a29")
		if diff := cmp.Diff(before, s.rows(t)); diff != "" {
			t.Errorf("a86240e89a29 changes rows:\n%s", diff)
		}
		s.down(t, "a86240e89a29")
		if diff := cmp.Diff(before, s.rows(t)); diff != "" {
			t.Errorf("a86240e89a29 taken back changes rows:\n%s", diff)
		}
	})
}

// TestWatcherBelowCreateSchema goes down to base from what create_schema of the
// real tool made. Its constraint over the names of audits must not keep MySQL
// from dropping the column.
func TestWatcherBelowCreateSchema(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		enginetest.Rebuild(t, db, recordedWatcher(t, db.Dialect, "create_schema"))
		s := siteOf(t, db, fixtures.Catalog(t, "watcher"))
		s.state = live(t, db)
		s.mustRun(t, "INSERT INTO goals (id, name, display_name, efficacy_specification, deleted) VALUES (1, 'g', 'g', '[]', 0)")
		for id, name := range []string{"a", "b"} {
			s.mustRun(t, fmt.Sprintf("INSERT INTO audits (id, name, goal_id, auto_trigger, %s, deleted) VALUES (%d, '%s', 1, %s, %s, 0)", s.quote("force"), id+1, name, s.bool(true), s.bool(false)))
		}
		all := ids(s.catalog)
		for _, id := range slices.Backward(all[:slices.Index(all, "609bec748f2a")+1]) {
			if id == "001" {
				if n := s.strings(t, "SELECT count(*) FROM audits")[0]; n != "2" {
					t.Errorf("%s audits are left before the last step", n)
				}
			}
			s.down(t, id)
		}
		if left := enginetest.TakeSnapshot(t, db); len(left.Tables) > 0 {
			t.Errorf("left behind: %v", left.Tables)
		}
	})
}
