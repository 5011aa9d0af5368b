package phases

import (
	"errors"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/run"
)

// afterDeath runs a command that dies at its point n, from 0, and reports
// whether it has so many.
func afterDeath(t *testing.T, s *Service, name, version string, n int) bool {
	t.Helper()
	death, seen := errors.New("the process dies here"), 0
	s.Faults = faults(func(run.Point) error {
		if seen++; seen == n+1 {
			return death
		}
		return nil
	})
	ttl := s.Run.LeaseTTL
	s.Run.LeaseTTL = 3 * time.Second // SQLite cannot tell that the holder is dead: its process is this one
	defer func() { s.Faults, s.Run.LeaseTTL = nil, ttl }()
	if _, err := command(s, name, version); err != nil && !errors.Is(err, death) {
		t.Fatalf("%s dies at %d: %v", name, n, err)
	}
	return seen > n
}

// TestSyncColumnsChangeOfMind: somebody begins online and goes on offline, or
// the reverse, and is killed in between. Whatever he does then, there are two
// triggers or none, and none where a column is gone.
func TestSyncColumnsChangeOfMind(t *testing.T) {
	both := []string{"cents_sync_insert", "cents_sync_update"}
	type step struct{ name, version string }
	for i, c := range []struct {
		name   string
		before []step
		dies   step
		then   []step
		want   []string // the triggers in the end
	}{
		{"expand, then sync", nil, step{"expand", ""}, []step{{"sync", ""}}, nil},
		{"expand, then half a sync", nil, step{"expand", ""}, []step{{"sync", "art_expand01"}}, nil},
		{"half a sync, then expand", nil, step{"sync", "art_expand01"}, []step{{"expand", ""}}, both},
		{"expanded, half a sync, then expand", []step{{"expand", ""}}, step{"sync", "art_expand01"}, []step{{"expand", ""}}, both},
		{"expanded, sync, then sync", []step{{"expand", ""}}, step{"sync", ""}, []step{{"sync", ""}}, nil},
		{"half synced, expand, then sync", []step{{"sync", "art_expand01"}}, step{"expand", ""}, []step{{"sync", "art_expand01"}}, nil},
		{"expanded, contract, then expand and contract", []step{{"expand", ""}}, step{"contract", ""}, []step{{"expand", ""}, {"contract", ""}}, nil},
		{"expanded, contract, then sync", []step{{"expand", ""}}, step{"contract", ""}, []step{{"sync", ""}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				stride := 5 // each case begins at another point
				if db.Flavor.TransactionalDDL() {
					stride = 29 // half a revision is never seen here
				}
				for n := i % stride; ; n += stride {
					db := enginetest.New(t, db.Dialect)
					s := service(t, pricedTwice(t), db)
					must(t, s, "upgrade", "open01")
					for _, step := range c.before {
						must(t, s, step.name, step.version)
					}
					more := afterDeath(t, s, c.dies.name, c.dies.version, n)
					for _, step := range c.then {
						must(t, s, step.name, step.version)
					}
					bridgeTriggers(t, db, c.name, c.want...)
					verified(t, s, c.name)
					if len(c.want) > 0 {
						db.Exec(t, "INSERT INTO goods (id, price) VALUES (1, 7)")
					}
					db.Exec(t, "INSERT INTO goods (id, cents) VALUES (2, 700)")
					if !more || t.Failed() {
						return
					}
				}
			})
		})
	}
}
