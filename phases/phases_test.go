package phases

import (
	"context"
	"os"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/enginetest/fixtures"
	"manage/engine/revision"
	"manage/migrations/catalog"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// inn loads the small catalog of testdata.
func inn(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(os.DirFS("testdata/inn"), catalog.Options{Dir: "testdata/inn"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// service puts a catalog on a database.
func service(t testing.TB, c *catalog.Catalog, db enginetest.Database) *Service {
	t.Helper()
	return &Service{Catalog: c, DB: fixtures.DB(t, db.URL)}
}

// command runs one command of a service by name.
func command(s *Service, name, version string) (Result, error) {
	ctx, req := context.Background(), Request{Version: version}
	switch name {
	case "sync":
		return s.Sync(ctx, req)
	case "upgrade":
		return s.Upgrade(ctx, req)
	case "expand":
		return s.Expand(ctx, req)
	case "migrate":
		return s.Migrate(ctx, req)
	case "contract":
		return s.Contract(ctx, req)
	case "stamp":
		return s.Stamp(ctx, req)
	}
	panic("no command " + name)
}

// must runs a command that is expected to end well.
func must(t testing.TB, s *Service, name, version string) Result {
	t.Helper()
	r, err := command(s, name, version)
	if err != nil {
		t.Fatalf("%s %s: %v", name, version, err)
	}
	return r
}

// refused runs a command that is expected to be refused, and returns why.
func refused(t testing.TB, s *Service, name, version string) *Refused {
	t.Helper()
	_, err := command(s, name, version)
	r, ok := err.(*Refused)
	if !ok {
		t.Fatalf("%s %s: got %v, want a refusal", name, version, err)
	}
	return r
}

// at reports the status and compares stage and rows.
func at(t testing.TB, s *Service, stage revision.Stage, rows ...string) Report {
	t.Helper()
	r, err := s.Status(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(r.Position.Rows, " "), strings.Join(rows, " "); got != want {
		t.Errorf("rows are %q, want %q", got, want)
	}
	if r.Stage != stage {
		t.Errorf("stage is %s, want %s", r.Stage, stage)
	}
	return r
}

// tablesOf lists a database's tables without manage's own.
func tablesOf(t testing.TB, db enginetest.Database) *enginetest.Snapshot {
	return enginetest.TakeSnapshot(t, db).Without("manage_journal", "manage_backfill", "manage_lease", "manage_schema", "manage_version_inn")
}
