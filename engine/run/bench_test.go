package run_test

import (
	"fmt"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/enginetest/fixtures"
	"manage/engine/plan"
)

// chain is a plan of n revisions with one statement each.
func chain(e enginetest.Database, n int) plan.Plan {
	p := plan.Plan{}
	for i := range n {
		id := fmt.Sprintf("r%d", i)
		p.Steps = append(p.Steps, plan.Step{ID: id, Phase: plan.Trunk, Direction: plan.Up, Checksum: "x",
			Transaction: e.Flavor.TransactionalDDL(), Rows: []string{id},
			Statements: statements(fmt.Sprintf("CREATE TABLE t%d (id INTEGER PRIMARY KEY, x VARCHAR(36))", i))})
	}
	return p
}

// BenchmarkRevision is one revision of one statement with its journal, version
// rows and lease.
func BenchmarkRevision(b *testing.B) {
	for _, d := range enginetest.Dialects() {
		b.Run(string(d), func(b *testing.B) {
			e := enginetest.New(b, d)
			h, err := runner(b, e).Acquire(b.Context(), "sync")
			must(b, err)
			p := chain(e, b.N)
			b.ResetTimer()
			must(b, h.Execute(b.Context(), p, nil))
			b.StopTimer()
			must(b, h.Release(b.Context()))
		})
	}
}

// BenchmarkRaw is the same statement with the same transaction around it and
// nothing else.
func BenchmarkRaw(b *testing.B) {
	for _, d := range enginetest.Dialects() {
		b.Run(string(d), func(b *testing.B) {
			e := enginetest.New(b, d)
			s, err := fixtures.DB(b, e.URL).Session(b.Context())
			must(b, err)
			defer s.Close()
			p := chain(e, b.N)
			b.ResetTimer()
			for _, step := range p.Steps {
				if step.Transaction {
					must(b, s.Begin(b.Context()))
				}
				_, err := s.ExecContext(b.Context(), step.Statements[0].SQL)
				must(b, err)
				if step.Transaction {
					must(b, s.Commit(b.Context()))
				}
			}
		})
	}
}
