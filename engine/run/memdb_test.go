package run_test

import (
	"testing"
	"time"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/run"
)

// A database in memory has a heartbeat too, beside a transaction that takes
// longer than the lease lasts.
func TestInMemory(t *testing.T) {
	u, err := database.ParseURL("sqlite://")
	must(t, err)
	db, err := database.Open(t.Context(), u, database.Options{})
	must(t, err)
	defer db.Close()
	r := &run.Runner{DB: db, Catalog: "c", VersionTable: "alembic_version", Options: run.Options{LeaseTTL: 300 * time.Millisecond}}
	r.Events = func(e run.Event) {
		if failed, ok := e.(run.HeartbeatFailed); ok {
			t.Errorf("heartbeat: %v", failed.Err)
		}
	}
	h, err := r.Acquire(t.Context(), "sync")
	must(t, err)
	slow := "CREATE TABLE slow AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT max(i) FROM n"
	p := example(flavor.Default(flavor.SQLite))
	p.Steps[1].Statements = append(p.Steps[1].Statements, plan.Statement{SQL: slow, Position: plan.Position{Operation: 9}})
	must(t, h.Execute(t.Context(), p, nil))
	time.Sleep(250 * time.Millisecond)
	l, err := h.Store().Lease(t.Context())
	must(t, err)
	if l == nil || l.Expired {
		t.Errorf("lease %+v", l)
	}
	must(t, h.Release(t.Context()))
}
