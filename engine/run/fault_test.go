package run_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/ledger"
	"manage/engine/plan"
	"manage/engine/run"
)

// faults calls a function at each point.
type faults func(run.Point) error

func (f faults) At(p run.Point) error { return f(p) }

var errDeath = errors.New("the process dies here")

// faultPlan has a step of every kind: several statements, rows and schema
// mixed, statements that refuse a transaction, and none at all.
func faultPlan(f flavor.Flavor) plan.Plan {
	p := example(f)
	effects := map[string]plan.Effect{
		"CREATE TABLE a (id INTEGER PRIMARY KEY, x INTEGER)": {Kind: plan.KindTable, Name: "a", Present: true},
		"CREATE TABLE b (id INTEGER PRIMARY KEY)":            {Kind: plan.KindTable, Name: "b", Present: true},
		"ALTER TABLE a ADD COLUMN y INTEGER":                 {Kind: plan.KindColumn, Table: "a", Name: "y", Present: true},
		"CREATE INDEX a_x ON a (x)":                          {Kind: plan.KindIndex, Table: "a", Name: "a_x", Present: true},
		"DROP TABLE b":                                       {Kind: plan.KindTable, Name: "b", Present: false},
	}
	for i := range p.Steps {
		for j := range p.Steps[i].Statements {
			st := &p.Steps[i].Statements[j]
			if e, ok := effects[st.SQL]; ok {
				st.Effect = &e
			}
			st.NoTransaction = st.Effect != nil && st.Effect.Kind == plan.KindIndex
			if st.NoTransaction && f.Dialect == flavor.Postgres {
				st.SQL = "CREATE INDEX CONCURRENTLY a_x ON a (x)"
			}
		}
	}
	return p
}

// remaining is the part of the plan behind the version that is recorded.
func remaining(t *testing.T, p plan.Plan, h *run.Held) plan.Plan {
	t.Helper()
	rows, _, err := h.Store().Rows(t.Context())
	must(t, err)
	if len(rows) > 0 {
		i := slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.ID == rows[0] })
		p.Steps = p.Steps[i+1:]
	}
	return p
}

// probe looks whether an effect is there, for the objects of faultPlan.
func probe(ctx context.Context, s database.Session, e plan.Effect) (run.Settled, error) {
	query := probeQuery(s.Flavor().Dialect, e)
	rows, err := s.QueryContext(ctx, query)
	if err != nil {
		return run.Settled{}, err
	}
	defer rows.Close()
	there, valid := rows.Next(), true
	if there {
		if err := rows.Scan(&valid); err != nil {
			return run.Settled{}, err
		}
	}
	switch {
	case there && !valid:
		return run.Settled{Outcome: run.NotApplied, Cleanup: []string{"DROP INDEX CONCURRENTLY " + e.Name}}, nil
	case there == e.Present:
		return run.Settled{Outcome: run.Applied}, nil
	}
	return run.Settled{Outcome: run.NotApplied}, rows.Err()
}

func probeQuery(d flavor.Dialect, e plan.Effect) string {
	switch {
	case d == flavor.SQLite && e.Kind == plan.KindColumn:
		return fmt.Sprintf("SELECT 1 FROM pragma_table_info('%s') WHERE name = '%s'", e.Table, e.Name)
	case d == flavor.SQLite:
		return fmt.Sprintf("SELECT 1 FROM sqlite_master WHERE name = '%s'", e.Name)
	case e.Kind == plan.KindIndex && d == flavor.Postgres:
		return fmt.Sprintf("SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname = '%s'", e.Name)
	case e.Kind == plan.KindIndex:
		return fmt.Sprintf("SELECT 1 FROM information_schema.statistics WHERE table_schema = DATABASE() AND index_name = '%s'", e.Name)
	case e.Kind == plan.KindColumn:
		return fmt.Sprintf("SELECT 1 FROM information_schema.columns WHERE table_schema = %s AND table_name = '%s' AND column_name = '%s'",
			current(d), e.Table, e.Name)
	}
	return fmt.Sprintf("SELECT 1 FROM information_schema.tables WHERE table_schema = %s AND table_name = '%s'", current(d), e.Name)
}

// current is the schema that unqualified names lead to, as SQL.
func current(d flavor.Dialect) string {
	if d == flavor.Postgres {
		return "current_schema()"
	}
	return "DATABASE()"
}

// try runs what remains of p once, on a runner of its own.
func try(t *testing.T, r *run.Runner, p plan.Plan, dies bool) error {
	t.Helper()
	r.Probe = probe
	h, err := r.Acquire(t.Context(), "sync")
	if err != nil {
		return err
	}
	attempts, err := h.Attempts(t.Context())
	if err == nil {
		err = h.Execute(t.Context(), remaining(t, p, h), run.Unfinished(attempts))
	}
	if err != nil && dies {
		h.Die()
		return err
	}
	return errors.Join(err, h.Release(t.Context()))
}

// state is everything that a plan changes.
func state(t *testing.T, e enginetest.Database) []string {
	t.Helper()
	all := e.Strings(t, "SELECT version_num FROM alembic_version")
	for _, row := range e.Query(t, "SELECT id, x, y FROM a") {
		all = append(all, fmt.Sprint(row...))
	}
	for _, f := range []plan.Effect{{Kind: plan.KindTable, Name: "b"}, {Kind: plan.KindIndex, Name: "a_x"}} {
		all = append(all, fmt.Sprintf("%s: %v", f.Name, e.Query(t, probeQuery(e.Dialect, f))))
	}
	for _, step := range []string{"one", "two", "three", "four"} {
		all = append(all, e.Strings(t, "SELECT count(*) FROM manage_journal WHERE finished IS NOT NULL AND error = '' AND revision = '"+step+"'")...)
	}
	return all
}

// points runs the plan undisturbed and returns all points that it passes, and
// the state it leads to.
func points(t *testing.T, d flavor.Dialect) ([]run.Point, []string) {
	t.Helper()
	e := enginetest.New(t, d)
	var all []run.Point
	r := runner(t, e)
	r.Faults = faults(func(p run.Point) error {
		all = append(all, p)
		return nil
	})
	must(t, try(t, r, faultPlan(e.Flavor), false))
	return all, state(t, e)
}

// Wherever the process dies, the next run goes on and ends in the same state.
func TestDeathAtEveryPoint(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		t.Run(string(d), func(t *testing.T) {
			all, want := points(t, d)
			if len(all) < 40 {
				t.Fatalf("only %d points", len(all))
			}
			e := enginetest.New(t, d)
			for i, p := range all {
				reset(t, e)
				r := runner(t, e)
				seen := 0
				r.Faults = faults(func(run.Point) error {
					if seen++; seen == i+1 {
						return errDeath
					}
					return nil
				})
				if err := try(t, r, faultPlan(e.Flavor), true); !errors.Is(err, errDeath) {
					t.Fatalf("at %v: %v", p, err)
				}
				expire(t, e)
				if err := try(t, runner(t, e), faultPlan(e.Flavor), false); err != nil {
					t.Fatalf("after %v: %v", p, err)
				}
				equal(t, "state after "+p.String(), state(t, e), want)
			}
		})
	}
}

// reset empties the database, which takes less time than making another one.
func reset(t *testing.T, e enginetest.Database) {
	t.Helper()
	for _, name := range append(ledger.Tables(), "alembic_version", "a", "b") {
		e.Exec(t, "DROP TABLE IF EXISTS "+name)
	}
}

// expire lets the lease of a dead holder expire.
func expire(t *testing.T, e enginetest.Database) {
	t.Helper()
	if l := e.SQL().QueryRow("SELECT count(*) FROM manage_lease"); l.Scan(new(int)) == nil {
		e.Exec(t, "UPDATE manage_lease SET expires = acquired")
	}
}

// Wherever the connection breaks, the run says so, and the next one goes on
// and ends in the same state.
func TestLostConnectionAtEveryPoint(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		if d == flavor.SQLite {
			continue // has no connections to lose
		}
		t.Run(string(d), func(t *testing.T) {
			all, want := points(t, d)
			e := enginetest.New(t, d)
			for i, p := range all {
				if p.Place == run.BeforeAcquire {
					continue // there is no connection yet
				}
				reset(t, e)
				r, seen, killed := runner(t, e), 0, false
				r.Faults = faults(func(run.Point) error {
					if seen++; seen == i+1 {
						killed = cut(t, e)
					}
					return nil
				})
				err := try(t, r, faultPlan(e.Flavor), false)
				if killed && err == nil && p.Step != "" && !(p.Step == "four" && p.Place == run.AfterCommit) {
					t.Fatalf("at %v: no error", p)
				}
				if err := try(t, runner(t, e), faultPlan(e.Flavor), false); err != nil {
					t.Fatalf("after %v: first %v, then %v", p, err, err)
				}
				equal(t, "state after "+p.String(), state(t, e), want)
			}
		})
	}
}

// cut ends the sessions that work on the database, but for the one that asks.
func cut(t *testing.T, e enginetest.Database) bool {
	t.Helper()
	if e.Dialect == flavor.Postgres {
		return len(e.Strings(t, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'manage-%'")) > 0
	}
	ids := e.Strings(t, "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()")
	for _, id := range ids {
		if _, err := strconv.Atoi(id); err != nil {
			t.Fatal(err)
		}
		e.SQL().Exec("KILL " + id)
	}
	for len(e.Strings(t, "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()")) > 0 {
		continue
	}
	return len(ids) > 0
}
