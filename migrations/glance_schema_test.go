package migrations_test

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"testing"

	"manage/engine/catalog"
	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/revision"
	"manage/migrations"
	"manage/schema"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// glance loads the image service's catalog.
func glance(t testing.TB) *catalog.Catalog {
	t.Helper()
	for _, b := range migrations.Catalogs() {
		if b.Name == "glance" {
			return loadFS(t, b.FS)
		}
	}
	t.Fatal("there is no built-in catalog glance")
	return nil
}

func loadFS(t testing.TB, fsys fs.FS) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(fsys, catalog.Options{Prefix: "glance"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// site is a database to which a catalog's revisions are applied one by one, by
// nothing but the statements that the schema package renders for them.
type site struct {
	enginetest.Database
	catalog *catalog.Catalog
	online  bool
	conn    *sql.Conn
	state   *schema.Schema
	applied revision.Set
}

// newSite makes a site of an empty database.
func newSite(t testing.TB, db enginetest.Database, online bool) *site {
	t.Helper()
	conn, err := db.SQL().Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &site{Database: db, catalog: glance(t), online: online, conn: conn, state: schema.New(db.Flavor)}
}

// run sends a statement on the site's one connection.
func (s *site) run(query string) error {
	_, err := s.conn.ExecContext(context.Background(), query)
	return err
}

// upTo applies everything that id needs, and id.
func (s *site) upTo(t testing.TB, id string) {
	t.Helper()
	target := s.catalog.Graph.Closure(id)
	for _, r := range s.catalog.Graph.Pending(s.applied, target) {
		for _, change := range s.catalog.Revisions[r.ID].Up {
			if change.Serves(s.Dialect) && change.RunsIn(s.online) {
				s.apply(t, change)
			}
		}
	}
	s.applied = s.applied.Union(target)
}

// apply renders and runs one operation, and folds it.
func (s *site) apply(t testing.TB, change catalog.Change) {
	t.Helper()
	statements, err := change.Op.Render(s.state)
	if err != nil {
		t.Fatalf("%s: %v", change.Source, err)
	}
	for _, statement := range statements {
		if err := s.run(statement.SQL); err != nil {
			t.Fatalf("%s: %s\n%v", change.Source, statement.SQL, err)
		}
	}
	if err := change.Op.Apply(s.state); err != nil {
		t.Fatalf("%s: %v", change.Source, err)
	}
}

// backend is the name of a dialect in the names of recorded snapshots.
func backend(d flavor.Dialect) string {
	switch d {
	case flavor.Postgres:
		return "postgresql"
	case flavor.MySQL:
		return "mariadb"
	}
	return string(d)
}

// recorded is what a database looked like after the real tool, without the
// table of its version.
func recorded(t testing.TB, d flavor.Dialect, id string) *enginetest.Snapshot {
	t.Helper()
	s := enginetest.LoadSnapshot(t, fmt.Sprintf("glance/testdata/%s-%s.json", backend(d), id)).Without("alembic_version")
	if d == flavor.MySQL {
		s = s.InMySQL()
	}
	s.AlembicVersion = nil
	return s
}

// TestRecordedSchemas applies the revisions to each database, and compares
// with what the real tool made after the same ones.
func TestRecordedSchemas(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := newSite(t, db, false)
		for _, id := range []string{"liberty", "mitaka02", "ocata_expand01", "ocata_contract01", "wallaby_contract01"} {
			s.upTo(t, id)
			want, got := recorded(t, db.Dialect, id), enginetest.TakeSnapshot(t, db)
			if db.Dialect.MySQLFamily() && id == "ocata_expand01" {
				want.Triggers = nil // the recorded run was online
			}
			if diff := enginetest.CompareSnapshots(want, got); diff != "" {
				t.Errorf("after %s (-recorded +ours):\n%s", id, diff)
			}
		}
	})
}
