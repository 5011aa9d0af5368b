package schema

import (
	"fmt"
	"testing"

	"manage/engine/flavor"
)

// thousands is a history of n revisions: tables, columns and indexes in turn.
func thousands(n int) []Operation {
	var ops []Operation
	for i := 0; len(ops) < n; i++ {
		table := fmt.Sprintf("t%d", i)
		ops = append(ops,
			&CreateTable{Name: table, PrimaryKey: []string{"id"}, Columns: []ColumnDef{{Name: "id", Type: "integer", Autoincrement: true}, {Name: "a", Type: "string(40)"}}},
			&AddColumn{Table: table, ColumnDef: ColumnDef{Name: "b", Type: "integer"}},
			&AddIndex{Table: table, IndexDef: IndexDef{Name: "ix_" + table, Columns: []string{"b"}}})
	}
	return ops[:n]
}

// BenchmarkFold plans a history of 10,000 operations; the time for each must
// not grow with their number.
func BenchmarkFold(b *testing.B) {
	for _, d := range flavor.Dialects() {
		for _, n := range []int{1000, 10000} {
			b.Run(fmt.Sprintf("%s/%d", d, n), func(b *testing.B) {
				ops := thousands(n)
				for b.Loop() {
					s := New(flavor.Default(d))
					for _, op := range ops {
						if _, err := op.Render(s); err != nil {
							b.Fatal(err)
						}
						if err := op.Apply(s); err != nil {
							b.Fatal(err)
						}
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(n*b.N), "µs/operation")
			})
		}
	}
}
