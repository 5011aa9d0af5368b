package schema

import (
	"context"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/enginetest/golden"
	"manage/engine/flavor"
	"manage/engine/plan"
)

// TestGoldenSQL holds what each operation renders, on each dialect, against a
// file that people read.
func TestGoldenSQL(t *testing.T) {
	var b strings.Builder
	for _, c := range operationCases() {
		b.WriteString("## " + c.name + "\n")
		for _, d := range flavor.Dialects() {
			b.WriteString("# " + string(d) + "\n")
			s := New(flavor.Default(d))
			fold(t, s, forDialect(parse(t, c.setup), d))
			for _, st := range fold(t, s, forDialect(parse(t, c.up), d)) {
				b.WriteString(st.SQL + ";\n")
			}
		}
		b.WriteString("\n")
	}
	golden.File(t, "testdata/operations.sql", b.String())
}

// execute runs statements on one connection, as a session for schema work
// does.
func execute(t testing.TB, db enginetest.Database, statements []plan.Statement) {
	t.Helper()
	ctx := context.Background()
	conn, err := db.SQL().Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	all := []string{}
	for _, st := range statements {
		all = append(all, st.SQL)
	}
	if db.Flavor.TransactionalDDL() {
		all = append(append([]string{"BEGIN"}, all...), "COMMIT")
	}
	if db.Dialect == flavor.SQLite {
		all = append([]string{"PRAGMA foreign_keys = OFF"}, all...)
	}
	for _, sql := range all {
		if _, err := conn.ExecContext(ctx, sql); err != nil {
			t.Fatalf("%s: %s\n%v", db.Dialect, sql, err)
		}
	}
}

// TestOperationsOnServers runs every case on real servers, undoes it, and
// finds the schema that there was.
func TestOperationsOnServers(t *testing.T) {
	for _, c := range operationCases() {
		t.Run(c.name, func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				s := New(db.Flavor)
				execute(t, db, fold(t, s, forDialect(parse(t, c.setup), db.Dialect)))
				sameAsServer(t, "set up", s, db)
				s = inspected(t, db) // as a plan for a live database begins
				ops := forDialect(parse(t, c.up), db.Dialect)
				var back []Operation
				if !c.oneWay {
					back = inverse(t, s, ops)
				}
				before := enginetest.TakeSnapshot(t, db)
				execute(t, db, fold(t, s, ops))
				sameAsServer(t, "changed", s, db)
				if c.oneWay {
					return
				}
				execute(t, db, fold(t, s, back))
				sameAsServer(t, "undone", s, db)
				sortColumns(before)
				after := enginetest.TakeSnapshot(t, db)
				sortColumns(after)
				if diff := enginetest.CompareSnapshots(before, after); diff != "" {
					t.Errorf("undone, the schema differs: %s", diff)
				}
			})
		})
	}
}

// sortColumns puts columns in the order of their names, because a column that
// was dropped comes back at the end.
func sortColumns(s *enginetest.Snapshot) {
	for _, table := range s.Tables {
		sortBy(table.Columns, func(c enginetest.SnapColumn) string { return c.Name })
	}
}

// sameAsServer holds a computed schema against the server's.
func sameAsServer(t *testing.T, when string, s *Schema, db enginetest.Database) {
	t.Helper()
	for _, d := range Compare(s, inspected(t, db), Rules{Charsets: true}) {
		t.Errorf("%s: the computed schema wants: %s", when, d)
	}
}
