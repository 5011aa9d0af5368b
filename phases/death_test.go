package phases

import (
	"errors"
	"slices"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/ledger"
	"manage/engine/run"
)

// faults calls a function at each point of a run.
type faults func(run.Point) error

func (f faults) At(p run.Point) error { return f(p) }

// schemaOf is the schema of a database without the books.
func schemaOf(t *testing.T, db enginetest.Database) *enginetest.Snapshot {
	return enginetest.TakeSnapshot(t, db).Without(ledger.Tables()...)
}

// After a death at any point of a sync, from the very first statement on, the
// next sync ends in the state that an undisturbed one ends in.
func TestSyncAfterDeathAnywhere(t *testing.T) {
	c, death := inn(t), errors.New("the process dies here")
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		var points []string
		undisturbed := service(t, c, db)
		undisturbed.Faults = faults(func(p run.Point) error {
			points = append(points, p.String())
			return nil
		})
		result, err := command(undisturbed, "sync", "")
		if err != nil {
			t.Fatal(err)
		}
		rows, schema := result.After.Rows, schemaOf(t, db)
		stride := 1
		if db.Flavor.TransactionalDDL() {
			stride = 9 // package run tries each; half a revision is never seen here
		}
		for i := 0; i < len(points); i += stride {
			point := points[i]
			db := enginetest.New(t, db.Dialect)
			s, seen := service(t, c, db), 0
			s.Faults = faults(func(run.Point) error {
				if seen++; seen == i+1 {
					return death
				}
				return nil
			})
			if _, err := command(s, "sync", ""); !errors.Is(err, death) && point != string(run.BeforeRelease) && point != string(run.AfterRelease) {
				t.Fatalf("at %s: %v", point, err)
			}
			s.Faults = nil
			result, err := command(s, "sync", "")
			if err != nil {
				t.Fatalf("after %s: %v", point, err)
			}
			if !slices.Equal(result.After.Rows, rows) {
				t.Fatalf("after %s: version rows %v, want %v", point, result.After.Rows, rows)
			}
			if diff := enginetest.CompareSnapshots(schema, schemaOf(t, db)); diff != "" {
				t.Fatalf("after %s:\n%s", point, diff)
			}
		}
	})
}
