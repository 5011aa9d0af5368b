package phases

import (
	"slices"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// Behind a pooler that lends connections for a transaction each, what a revision
// sets reaches neither the next revision nor somebody else.
func TestNothingIsLeftInPooledConnections(t *testing.T) {
	if !enginetest.PoolerInstalled() {
		t.Log("no PgBouncer here")
		return
	}
	all := []left{
		{"SET session_replication_role = replica", "current_setting('session_replication_role')"},
		{"SELECT pg_catalog.set_config('search_path', '', false)", "current_setting('search_path')"},
		{"SET statement_timeout = 12345", "current_setting('statement_timeout')"},
		{"SET ROLE pg_monitor", "current_user"},
		{"SELECT pg_advisory_lock(4712)", "(SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND objid = 4712 AND pid = pg_backend_pid())"},
		{"PREPARE kept AS SELECT 1", "(SELECT count(*)::text FROM pg_prepared_statements WHERE name = 'kept')"},
	}
	seen := func(leave bool) []string {
		db := enginetest.New(t, flavor.Postgres)
		pooled := db
		pooled.URL = db.Pooled(t)
		must(t, service(t, loaded(t, leaving(t, flavor.Postgres, all, leave)), pooled), "sync", "")
		return db.Strings(t, "SELECT what FROM seen ORDER BY n")
	}
	if got, want := seen(true), seen(false); !slices.Equal(got, want) || len(got) != len(all) {
		t.Errorf("the next revisions see %q, want %q", got, want)
	}
}
