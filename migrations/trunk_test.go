package migrations_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/engine/enginetest"
	"manage/engine/enginetest/fixtures"
	"manage/engine/flavor"
	"manage/migrations/catalog"
	"manage/schema"
)

// trunkOnly names the catalogs that never part, in which every step has a way
// back.
var trunkOnly = []string{"watcher", "solum", "mogan"}

// eachTrunk runs f for every trunk-only catalog on a database of each dialect.
func eachTrunk(t *testing.T, f func(t *testing.T, s *site)) {
	t.Helper()
	for _, name := range trunkOnly {
		t.Run(name, func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) { f(t, siteOf(t, db, fixtures.Catalog(t, name))) })
		})
	}
}

// ids are the revisions of a trunk-only catalog in their order.
func ids(c *catalog.Catalog) []string {
	var all []string
	for _, r := range c.Graph.Revisions() {
		all = append(all, r.ID)
	}
	return all
}

// unordered is a snapshot without the order of columns, in which a column that
// went and came back stands last.
func (s *site) unordered(t testing.TB) *enginetest.Snapshot {
	t.Helper()
	snap := enginetest.TakeSnapshot(t, s.Database)
	for _, table := range snap.Tables {
		slices.SortFunc(table.Columns, func(a, b enginetest.SnapColumn) int { return strings.Compare(a.Name, b.Name) })
	}
	return snap
}

// renames are the columns that a revision renames, from the new to the old
// name.
func renames(r *catalog.Revision) (back, forth map[string]string) {
	back, forth = map[string]string{}, map[string]string{}
	for _, c := range r.Up {
		if op, ok := c.Op.(*schema.RenameColumn); ok {
			back[op.Table+"."+op.To] = op.Table + "." + op.From
			forth[op.Table+"."+op.From] = op.Table + "." + op.To
		}
	}
	return back, forth
}

// TestEachStepDownAndUp goes up step by step, and at each step down and up
// again, with rows in every table: each time the schema is what it was, and of
// the rows everything is left that both sides of the step have room for.
func TestEachStepDownAndUp(t *testing.T) {
	eachTrunk(t, func(t *testing.T, s *site) {
		for n, id := range ids(s.catalog) {
			back, forth := renames(s.catalog.Revisions[id])
			before := s.unordered(t)
			s.upTo(t, id)
			s.fill(t, n+1)
			after, full := s.unordered(t), s.rows(t)

			s.down(t, id)
			if diff := enginetest.CompareSnapshots(before, s.unordered(t)); diff != "" {
				t.Fatalf("%s and back is not what was before (-before +after):\n%s", id, diff)
			}
			below := s.rows(t)
			want, got := inCommon(full, below, back)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s taken back changes rows (-above +below):\n%s", id, diff)
			}

			s.upTo(t, id)
			if diff := enginetest.CompareSnapshots(after, s.unordered(t)); diff != "" {
				t.Fatalf("%s taken back and applied again is another schema:\n%s", id, diff)
			}
			want, got = inCommon(below, s.rows(t), forth)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s applied again changes rows (-below +above):\n%s", id, diff)
			}
		}
	})
}

// TestDownToBase leaves nothing behind: no table, type or sequence.
func TestDownToBase(t *testing.T) {
	eachTrunk(t, func(t *testing.T, s *site) {
		all := ids(s.catalog)
		s.upTo(t, all[len(all)-1])
		s.fill(t, 1)
		for _, id := range slices.Backward(all) {
			s.down(t, id)
		}
		left := enginetest.TakeSnapshot(t, s.Database)
		if len(left.Tables)+len(left.Types)+len(left.Sequences)+len(left.Triggers)+len(left.Views) > 0 {
			t.Errorf("left behind: %+v", left)
		}
	})
}

// TestWaysBackAreWritten holds that every revision says how to go back, and that it says
// what the operations of the way there mean when they are turned round.
func TestWaysBackAreWritten(t *testing.T) {
	for _, name := range trunkOnly {
		c := fixtures.Catalog(t, name)
		for _, d := range flavor.Dialects() {
			s := schema.New(flavor.Default(d))
			for _, id := range ids(c) {
				r := c.Revisions[id]
				if !r.HasDown {
					t.Errorf("%s does not say how to go back", id)
				}
				before := s.Clone()
				var inverses [][]schema.Operation
				for _, change := range served(r.Up, d) {
					inverse, err := change.Op.Inverse(s)
					if err != nil {
						t.Fatalf("%s: %v", change.Source, err)
					}
					inverses = append(inverses, inverse)
					mustApply(t, s, change.Op)
				}
				derived, written := s.Clone(), s.Clone()
				for _, inverse := range slices.Backward(inverses) {
					mustApply(t, derived, inverse...)
				}
				for _, change := range served(r.Down, d) {
					mustApply(t, written, change.Op)
				}
				for way, end := range map[string]*schema.Schema{"derived": derived, "written": written} {
					if diff := schema.Compare(before, end, schema.Rules{ColumnOrder: true}); len(diff) > 0 {
						t.Errorf("%s on %s: the %s way back ends elsewhere: %v", id, d, way, diff)
					}
				}
			}
		}
	}
}

// served are the changes for a dialect.
func served(changes []catalog.Change, d flavor.Dialect) []catalog.Change {
	return slices.DeleteFunc(slices.Clone(changes), func(c catalog.Change) bool { return !c.Serves(d) })
}

func mustApply(t *testing.T, s *schema.Schema, ops ...schema.Operation) {
	t.Helper()
	for _, op := range ops {
		if err := op.Apply(s); err != nil {
			t.Fatal(err)
		}
	}
}
