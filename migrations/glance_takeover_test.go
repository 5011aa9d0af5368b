package migrations_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/revision"
	"manage/phases"
)

// newest is the composite version of the catalog's heads.
const newest = "2024_1_expand01, 2024_1_contract01"

// glanceService is the built-in catalog on a database, as the commands have
// it.
func glanceService(t testing.TB, db enginetest.Database) *phases.Service {
	t.Helper()
	return serviceOf(t, "glance", db)
}

// mustSync runs sync and checks that the database is current.
func mustSync(t testing.TB, s *phases.Service) phases.Result {
	t.Helper()
	r, err := s.Sync(t.Context(), phases.Request{})
	if err != nil {
		t.Fatalf("sync: %v", err)
	}
	if got := r.After.Version.String(); got != newest {
		t.Errorf("sync ends at %s", got)
	}
	if strings.Join(r.After.Rows, " ") != "2024_1_contract01" {
		t.Errorf("sync leaves the rows %v", r.After.Rows)
	}
	return r
}

// visible is the schema without the tables that tools keep their books in.
func visible(t testing.TB, db enginetest.Database) *enginetest.Snapshot {
	s := enginetest.TakeSnapshot(t, db).Without("manage_journal", "manage_backfill", "manage_lease", "manage_schema", "alembic_version", "migrate_version")
	s.AlembicVersion = nil
	return s
}

// installed is the schema that one sync of an empty database leads to.
func installed(t testing.TB, d flavor.Dialect) *enginetest.Snapshot {
	t.Helper()
	db := enginetest.New(t, d)
	mustSync(t, glanceService(t, db))
	return visible(t, db)
}

// rebuild makes a database as the real tool left it at a revision, with its
// version row if versioned.
func rebuild(t testing.TB, db enginetest.Database, id string, versioned bool) {
	t.Helper()
	enginetest.Rebuild(t, db, recorded(t, db.Dialect, id))
	if versioned {
		db.Exec(t, "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))")
		db.Exec(t, "INSERT INTO alembic_version VALUES ('"+id+"')")
	}
}

// oldImage adds an image as the release before ocata would.
const oldImage = "INSERT INTO images (id, status, created_at, deleted, min_disk, min_ram, protected, is_public) VALUES ('%', 'active', '2016-01-01 00:00:00', '0', 0, 0, '0', '#')"

func addImage(t testing.TB, db enginetest.Database, id, public string) {
	t.Helper()
	db.Exec(t, strings.NewReplacer("%", id, "#", public).Replace(oldImage))
}

func TestGlanceTakesOverWhatTheRealToolLeft(t *testing.T) {
	cases := []struct{ id, adopted string }{
		{"liberty", "liberty"},
		{"mitaka02", "mitaka01"},
		{"ocata_expand01", "ocata_expand01"},
		{"ocata_contract01", "ocata_expand01, ocata_contract01"},
		{"wallaby_contract01", "wallaby_expand01, pike_contract01"},
	}
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		want := installed(t, db.Dialect)
		for _, c := range cases {
			for _, versioned := range []bool{true, false} {
				fresh := enginetest.New(t, db.Dialect)
				rebuild(t, fresh, c.id, versioned)
				s := glanceService(t, fresh)
				r := mustSync(t, s)
				if !versioned && r.Adopted != c.adopted {
					t.Errorf("%s without a version is taken over as %q, want %q", c.id, r.Adopted, c.adopted)
				}
				if diff := enginetest.CompareSnapshots(want, visible(t, fresh)); diff != "" {
					t.Errorf("%s (versioned: %v) ends otherwise than a fresh install (-fresh +this):\n%s", c.id, versioned, diff)
				}
			}
		}
	})
}

func TestGlanceTakesOverLegacyNumbers(t *testing.T) {
	cases := []struct{ number, adopted, schema string }{
		{"42", "liberty", "liberty"},
		{"43", "mitaka01", "mitaka02"},
		{"44", "mitaka02", "mitaka02"},
		{"45", "ocata_expand01, ocata_contract01", "ocata_contract01"},
	}
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		for _, c := range cases {
			fresh := enginetest.New(t, db.Dialect)
			rebuild(t, fresh, c.schema, false)
			fresh.Exec(t, "CREATE TABLE migrate_version (repository_id VARCHAR(250) NOT NULL PRIMARY KEY, repository_path TEXT, version INTEGER)")
			fresh.Exec(t, "INSERT INTO migrate_version VALUES ('Glance Migrations', '/x', "+c.number+")")
			if r := mustSync(t, glanceService(t, fresh)); r.Adopted != c.adopted {
				t.Errorf("number %s is taken over as %q, want %q", c.number, r.Adopted, c.adopted)
			}
		}
		old := enginetest.New(t, db.Dialect)
		old.Exec(t, "CREATE TABLE migrate_version (repository_id VARCHAR(250) NOT NULL PRIMARY KEY, repository_path TEXT, version INTEGER)")
		old.Exec(t, "INSERT INTO migrate_version VALUES ('Glance Migrations', '/x', 41)")
		var refused *phases.Refused
		if _, err := glanceService(t, old).Sync(t.Context(), phases.Request{}); !errors.As(err, &refused) || !strings.Contains(refused.Reason, "41") {
			t.Errorf("number 41: got %v, want a refusal", err)
		}
	})
}

func TestGlanceHistoricalVersions(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		for row, version := range map[string]string{"ocata01": "ocata_expand01, ocata_contract01", "pike01": "pike_expand01, pike_contract01"} {
			fresh := enginetest.New(t, db.Dialect)
			s := glanceService(t, fresh)
			if _, err := s.Sync(t.Context(), phases.Request{Version: row}); err != nil {
				t.Fatal(err)
			}
			fresh.Exec(t, "UPDATE alembic_version SET version_num = '"+row+"'")
			r, err := s.Status(t.Context())
			if err != nil || r.Position.Version.String() != version || r.Stage != revision.Behind {
				t.Errorf("%s is %q, %s, %v", row, r.Position.Version, r.Stage, err)
			}
			mustSync(t, s)
		}
	})
}

// The real tool drops is_public on MariaDB before it finds that it cannot set
// visibility NOT NULL.
func TestGlanceRefusesAContractThatTheRealToolBroke(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := glanceService(t, db)
		if _, err := s.Sync(t.Context(), phases.Request{Version: "mitaka02"}); err != nil {
			t.Fatal(err)
		}
		addImage(t, db, "a", "1")
		if _, err := s.Sync(t.Context(), phases.Request{Version: "wallaby_expand01"}); err != nil {
			t.Fatal(err)
		}
		drop := "DROP INDEX ix_images_is_public"
		if db.Dialect.MySQLFamily() {
			drop += " ON images"
		}
		db.Exec(t, drop)
		db.Exec(t, "ALTER TABLE images DROP COLUMN is_public")
		before := visible(t, db)
		for _, run := range []func(context.Context, phases.Request) (phases.Result, error){s.Sync, s.Upgrade, s.Contract, s.Migrate} {
			_, err := run(t.Context(), phases.Request{Version: "wallaby"})
			var half *phases.HalfDone
			if !errors.As(err, &half) {
				t.Fatalf("got %v, want that it is half done", err)
			}
			if half.Revision != "ocata_contract01" || half.Migration != "ocata_migrate01" || half.Rows != 1 {
				t.Errorf("it says %+v", half)
			}
		}
		if got := db.Strings(t, "SELECT version_num FROM alembic_version"); strings.Join(got, " ") != "wallaby_expand01" {
			t.Errorf("the version rows became %v", got)
		}
		if diff := enginetest.CompareSnapshots(before, visible(t, db)); diff != "" {
			t.Errorf("the refused commands changed the schema:\n%s", diff)
		}
	})
}

// The real tool leaves both triggers behind if sync finishes what an online
// expand began, and every insert then fails.
func TestGlanceRemovesLeftoverTriggers(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := glanceService(t, db)
		if _, err := s.Expand(t.Context(), phases.Request{Version: "ocata"}); err != nil {
			t.Fatal(err)
		}
		triggers := visible(t, db).Triggers
		if len(triggers) != 2 {
			t.Fatalf("online expand makes %d triggers", len(triggers))
		}
		addImage(t, db, "a", "1")
		mustSync(t, s)
		if left := visible(t, db).Triggers; len(left) != 0 {
			t.Errorf("sync leaves %v", left)
		}
		db.Exec(t, "INSERT INTO images (id, status, created_at, deleted, min_disk, min_ram, protected) VALUES ('b', 'active', '2016-01-01 00:00:00', '0', 0, 0, '0')")
		if got := db.Strings(t, "SELECT visibility FROM images ORDER BY id"); strings.Join(got, " ") != "public shared" {
			t.Errorf("visibilities are %v", got)
		}
	})
}

// A skip-level upgrade runs the data migrations of every release.
func TestGlanceSkipLevelUpgrade(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := glanceService(t, db)
		if _, err := s.Sync(t.Context(), phases.Request{Version: "mitaka"}); err != nil {
			t.Fatal(err)
		}
		addImage(t, db, "a", "1")
		addImage(t, db, "b", "0")
		db.Exec(t, `INSERT INTO image_locations (image_id, value, created_at, deleted, meta_data) VALUES ('a', 'file:///a', '2016-01-01 00:00:00', '0', '{"backend": "fast"}')`)
		r := mustSync(t, s)
		if len(r.Migrated) != 2 || r.Migrated[0].Rows != 2 || r.Migrated[1].Rows != 1 {
			t.Errorf("migrated %v", r.Migrated)
		}
		if got := db.Strings(t, "SELECT meta_data FROM image_locations"); got[0] != `{"store": "fast"}` {
			t.Errorf("meta_data is %v", got)
		}
		if got := db.Strings(t, "SELECT visibility FROM images ORDER BY id"); strings.Join(got, " ") != "public private" {
			t.Errorf("visibilities are %v", got)
		}
	})
}
