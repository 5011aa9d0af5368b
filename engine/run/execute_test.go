package run_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/engine/enginetest"
	"manage/engine/enginetest/fixtures"
	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/run"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal(t testing.TB, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

// statements makes statements with positions 0, 1, 2 and so on.
func statements(texts ...string) []plan.Statement {
	var all []plan.Statement
	for i, text := range texts {
		all = append(all, plan.Statement{SQL: text, Position: plan.Position{Operation: i}})
	}
	return all
}

// example is a plan of three revisions.
func example(f flavor.Flavor) plan.Plan {
	step := func(id string, phase plan.Phase, row string, texts ...string) plan.Step {
		return plan.Step{ID: id, Phase: phase, Direction: plan.Up, Checksum: "sum of " + id,
			Transaction: f.TransactionalDDL(), Statements: statements(texts...), Rows: []string{row}}
	}
	one := step("one", plan.Trunk, "one", "CREATE TABLE a (id INTEGER PRIMARY KEY, x INTEGER)", "CREATE TABLE b (id INTEGER PRIMARY KEY)")
	two := step("two", plan.Expand, "two", "INSERT INTO a (id) VALUES (1)", "ALTER TABLE a ADD COLUMN y INTEGER", "UPDATE a SET y = 1")
	two.Statements[0].Data, two.Statements[2].Data = true, true
	three := step("three", plan.Contract, "three", "CREATE INDEX a_x ON a (x)", "DROP TABLE b")
	return plan.Plan{Catalog: "c", Dialect: string(f.Dialect), To: []string{"three"}, Steps: []plan.Step{one, two, three, step("four", plan.Contract, "four")}}
}

func runner(t testing.TB, e enginetest.Database) *run.Runner {
	return &run.Runner{DB: fixtures.DB(t, e.URL), Catalog: "c", VersionTable: "alembic_version"}
}

func TestExecute(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		r := runner(t, e)
		var done []string
		r.Events = func(ev run.Event) {
			if d, ok := ev.(run.StepDone); ok {
				done = append(done, d.Step.ID)
			}
		}
		h, err := r.Acquire(t.Context(), "sync")
		must(t, err)
		p := example(e.Flavor)
		must(t, h.Execute(t.Context(), p, nil))
		equal(t, "steps done", done, []string{"one", "two", "three", "four"})
		rows, found, err := h.Store().Rows(t.Context())
		must(t, err)
		equal(t, "version rows", rows, []string{"four"})
		equal(t, "found", found, true)
		attempts, err := h.Attempts(t.Context())
		must(t, err)
		equal(t, "attempts", len(attempts), 4)
		for i, a := range attempts {
			if !a.Succeeded() || a.Revision != p.Steps[i].ID || a.Done != len(p.Steps[i].Statements) || a.Total != a.Done || !a.Confirmed {
				t.Errorf("attempt %+v", a)
			}
		}
		equal(t, "unfinished", len(run.Unfinished(attempts)), 0)
		must(t, h.Release(t.Context()))
		equal(t, "rows of a", e.Query(t, "SELECT id, y FROM a"), [][]any{{int64(1), int64(1)}})
		equal(t, "holder after release", e.Strings(t, "SELECT holder FROM manage_lease"), []string{""})
	})
}
