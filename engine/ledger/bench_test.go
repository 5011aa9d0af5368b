package ledger_test

import (
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/ledger"
)

// BenchmarkAttempts reads a journal of 10,000 rows, as every command does on a
// catalog of that many revisions.
func BenchmarkAttempts(b *testing.B) {
	e := enginetest.New(b, flavor.SQLite)
	s := ledger.NewSQL(open(b, e), "c", "alembic_version")
	must(b, s.Prepare(b.Context()))
	e.Exec(b, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"+
		" INSERT INTO manage_journal SELECT 'c', i, 'revision' || i, 'trunk', 'up', 'f1d2d2f924e986ac86fdf7b36c94bcdf32beec15', 1, 1, 0, 0, 1,"+
		" 'op@host, pid 7, manage 1.0', '2026-11-21 04:00:00.000', '2026-11-21 04:00:00.001', '' FROM n")
	b.ReportAllocs()
	for b.Loop() {
		all, err := s.Attempts(b.Context())
		if err != nil || len(all) != 10_000 {
			b.Fatalf("%d attempts, %v", len(all), err)
		}
	}
}
