package migrations_test

import (
	"fmt"
	"testing"

	"manage/engine/enginetest"
	"manage/migrations"
	"manage/phases"
)

// verified holds that a schema is what the applied revisions make.
func verified(t *testing.T, at string, s *phases.Service, exact bool) phases.Verification {
	t.Helper()
	v, err := s.Verify(t.Context())
	if err != nil {
		t.Fatalf("at %s: %v", at, err)
	}
	for _, f := range append(v.Differences, v.Open...) {
		t.Errorf("at %s: %s", at, f.Difference)
	}
	if v.Exact != exact {
		t.Errorf("at %s: exact is %v", at, v.Exact)
	}
	return v
}

// TestVerifyAtEveryRevision: whatever revision a database of a built-in catalog
// stands at, there is nothing that differs, nor in one that was made in one go.
func TestVerifyAtEveryRevision(t *testing.T) {
	for _, b := range migrations.Catalogs() {
		t.Run(b.Name, func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				s := serviceOf(t, b.Name, db)
				for _, r := range s.Catalog.Graph.Revisions() {
					if _, err := s.Sync(t.Context(), phases.Request{Version: r.ID}); err != nil {
						t.Fatalf("sync %s: %v", r.ID, err)
					}
					verified(t, r.ID, s, true)
				}
				made := serviceOf(t, b.Name, enginetest.New(t, db.Dialect))
				if _, err := made.CreateSchema(t.Context()); err != nil {
					t.Fatal(err)
				}
				verified(t, "create_schema", made, true)
			})
		})
	}
}

// TestVerifyWhatTheRealToolMade: a schema of the image service's own tool
// differs in nothing at any of the recorded revisions.
func TestVerifyWhatTheRealToolMade(t *testing.T) {
	for _, id := range []string{"liberty", "mitaka02", "ocata_expand01", "ocata_contract01", "wallaby_contract01"} {
		t.Run(id, func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				rebuild(t, db, id, true)
				verified(t, fmt.Sprint(db.Dialect, " ", id), glanceService(t, db), false)
			})
		})
	}
}
