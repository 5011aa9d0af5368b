package migrations_test

import (
	"context"
	"database/sql"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/enginetest/fixtures"
	"manage/engine/revision"
	"manage/migrations/catalog"
	"manage/schema"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// glance loads the image service's catalog.
func glance(t testing.TB) *catalog.Catalog {
	t.Helper()
	return fixtures.Catalog(t, "glance")
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

// newSite makes a site of an empty database for the image service.
func newSite(t testing.TB, db enginetest.Database, online bool) *site {
	t.Helper()
	s := siteOf(t, db, glance(t))
	s.online = online
	return s
}

// siteOf makes a site of an empty database for the service of a catalog.
func siteOf(t testing.TB, db enginetest.Database, c *catalog.Catalog) *site {
	t.Helper()
	conn, err := db.SQL().Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &site{Database: db, catalog: c, conn: conn, state: schema.New(db.Flavor)}
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

// down takes back the newest applied revision of a trunk-only catalog, as its
// file says.
func (s *site) down(t testing.TB, id string) {
	t.Helper()
	r := s.catalog.Revisions[id]
	for _, change := range r.Down {
		if change.Serves(s.Dialect) && change.RunsIn(false) {
			s.apply(t, change)
		}
	}
	s.applied = revision.Set{}
	if r.Parent != "" {
		s.applied = s.catalog.Graph.Closure(r.Parent)
	}
}

// apply renders and runs one change's operation, and folds it.
func (s *site) apply(t testing.TB, change catalog.Change) {
	t.Helper()
	s.operate(t, change.Source.String(), change.Op)
}

// operate renders and runs one operation, and folds it; where says what to
// blame.
func (s *site) operate(t testing.TB, where string, op schema.Operation) {
	t.Helper()
	statements, err := op.Render(s.state)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	for _, statement := range statements {
		if err := s.run(statement.SQL); err != nil {
			t.Fatalf("%s: %s\n%v", where, statement.SQL, err)
		}
	}
	if err := op.Apply(s.state); err != nil {
		t.Fatalf("%s: %v", where, err)
	}
}
