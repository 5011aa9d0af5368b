package migrations_test

import (
	"slices"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/enginetest/fixtures"
	"manage/engine/flavor"
	"manage/migrations/catalog"
	"manage/phases"
	"manage/schema"
)

// show gives a database a known difference.
func (s *site) show(t testing.TB, k schema.KnownDifference) {
	t.Helper()
	var op schema.Operation
	switch c := k.Column; {
	case k.Unique != nil:
		op = &schema.AddUnique{Table: k.Table, UniqueDef: *k.Unique}
	case k.Kind == schema.Extra:
		op = &schema.AddColumn{Table: k.Table, ColumnDef: *c}
	default:
		null := c.Nullable == nil || *c.Nullable
		op = &schema.AlterColumn{Table: k.Table, Name: c.Name, Type: c.Type, TypeName: c.TypeName, Nullable: &null, Default: c.Default}
	}
	s.operate(t, "known difference of "+k.Table, op)
}

// TestKnownDifferencesAlarmNobody makes, for each catalog that lists some, a
// database that has them all: none is seen, each is real, and without a version
// the database is taken over at the head.
func TestKnownDifferencesAlarmNobody(t *testing.T) {
	for _, name := range trunkOnly {
		t.Run(name, func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				s := siteOf(t, db, fixtures.Catalog(t, name))
				head := s.catalog.Graph.Heads().Trunk
				s.upTo(t, head)
				want := s.state.Clone()
				shown := 0
				for _, k := range s.catalog.KnownDifferences {
					if flavor.Serves(k.Dialects, db.Dialect) {
						s.show(t, k)
						shown++
					}
				}
				rules := strict()
				if got := schema.Compare(want, live(t, db), rules); len(got) != shown {
					t.Errorf("%d differences are real of %d: %v", len(got), shown, got)
				}
				rules.Known = s.catalog.KnownDifferences
				if left := schema.Compare(want, live(t, db), rules); len(left) > 0 {
					t.Errorf("these alarm: %v", left)
				}
				service := serviceOf(t, name, db)
				r, err := service.Upgrade(t.Context(), phases.Request{})
				if err != nil {
					t.Fatal(err)
				}
				nothing(t, service)
				if rows := strings.Join(r.After.Rows, " "); rows != head || r.Adopted != s.oldestOf(t, head) {
					t.Errorf("taken over as %q, ends at %s", r.Adopted, rows)
				}
			})
		})
	}
}

// oldestOf is the oldest revision that has the schema of id.
func (s *site) oldestOf(t testing.TB, id string) string {
	t.Helper()
	fold := func(id string) *schema.Schema {
		state, err := s.catalog.Fold(s.Flavor, false, s.catalog.Graph.Closure(id))
		if err != nil {
			t.Fatal(err)
		}
		return state
	}
	all := ids(s.catalog)
	n := slices.IndexFunc(all, func(other string) bool { return len(schema.Compare(fold(id), fold(other), strict())) == 0 })
	return all[n]
}

// TestChains holds the order of the revisions against the facts.
func TestChains(t *testing.T) {
	for name, want := range map[string]string{
		"watcher": "001 0f6042416884 d098df6021e2 d09a5945e4a0 3cfc94cecf4e a86240e89a29 52804f2498c4 4b16194c56bc 609bec748f2a " +
			"15f7375ca737 7150a7d8f228 f56ba02662b4",
		"solum": "498adc6185ae 450600086a09 3a615b3b2eae 586c15b92842 269f9da4b38e 438cd6d1c655 27dff58cbc65 2c058b5051e4 176c26131889 " +
			"2f15f41cd87f 1f57763d7871 5583c6e70156 452f34e8ea3 1393c21ea82c 40df542e345 43df309dbf3f 390c6c4aa97b 112cfe038dd3 " +
			"e5f2e8af3b8 2e825c2c80c7 272e7cd352f9 a271b35952be",
		"mogan": "91941bf1ebc9",
	} {
		c := fixtures.Catalog(t, name)
		if got := strings.Join(ids(c), " "); got != want {
			t.Errorf("%s has the revisions %s, want %s", name, got, want)
		}
		if c.VersionTable != "alembic_version" || !c.Downgrade || len(c.Dialects) != len(flavor.Dialects()) {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// column is a column of the newest schema by the catalog's revisions.
func column(t testing.TB, c *catalog.Catalog, d flavor.Dialect, table, name string) *schema.Column {
	t.Helper()
	s, err := c.Fold(flavor.Default(d), false, c.Graph.All())
	if err != nil {
		t.Fatal(err)
	}
	for _, col := range s.Tables[table].Columns {
		if col.Name == name {
			return col
		}
	}
	t.Fatalf("there is no column %s.%s", table, name)
	return nil
}
