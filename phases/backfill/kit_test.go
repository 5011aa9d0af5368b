package backfill_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/enginetest/fixtures"
	"manage/engine/ledger"
	"manage/engine/revision"
	"manage/engine/run"
	"manage/migrations/catalog"
	"manage/schema"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal(t testing.TB, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

// runner works on a test database.
func runner(t testing.TB, e enginetest.Database) *run.Runner {
	t.Helper()
	return &run.Runner{DB: fixtures.DB(t, e.URL), Catalog: "c", VersionTable: "alembic_version"}
}

// acquire takes the lease until the test ends.
func acquire(t testing.TB, r *run.Runner) *run.Held {
	t.Helper()
	held, err := r.Acquire(t.Context(), "migrate")
	must(t, err)
	t.Cleanup(func() { _ = held.Release(context.WithoutCancel(t.Context())) })
	return held
}

// progress is the only row of manage_backfill.
func progress(t testing.TB, held *run.Held) ledger.Progress {
	t.Helper()
	all, err := held.Store().Progress(t.Context())
	must(t, err)
	if len(all) != 1 {
		t.Fatalf("progress %+v", all)
	}
	return all[0]
}

// fill makes the table items with n rows, the column b of which is to be a copy
// of a.
func fill(t testing.TB, e enginetest.Database, n int) {
	t.Helper()
	e.Exec(t, "CREATE TABLE items (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, b INTEGER)")
	for from := 1; from <= n; from += 1000 {
		var rows []string
		for id := from; id < from+1000 && id <= n; id++ {
			rows = append(rows, fmt.Sprintf("(%d, %d)", id, id*7))
		}
		e.Exec(t, "INSERT INTO items (id, a) VALUES "+strings.Join(rows, ", "))
	}
}

// copying is the data migration of fill's table.
func copying() *catalog.Migration {
	return migration("SELECT 1 FROM items WHERE b IS NULL LIMIT 1", catalog.MigrationStep{
		Table: "items", Key: []string{"id"}, Where: schema.Text{All: "b IS NULL"},
		Set: map[string]schema.Text{"b": {All: "a"}}, SetOrder: []string{"b"},
	})
}

// migration is a declarative data migration.
func migration(pending string, steps ...catalog.MigrationStep) *catalog.Migration {
	return &catalog.Migration{Migration: revision.Migration{ID: "one_migrate01"}, Pending: schema.Text{All: pending}, Steps: steps}
}
