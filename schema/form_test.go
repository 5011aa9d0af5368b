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

// online renders operations one after the other for a database in use, and
// applies them to s.
func online(t testing.TB, s *Schema, ops []Operation, f Form) []plan.Statement {
	t.Helper()
	var out []plan.Statement
	for _, op := range ops {
		statements, err := Statements(op, s, f)
		if err != nil {
			t.Fatalf("%s: rendering %s: %v", s.Flavor.Dialect, op.Kind(), err)
		}
		Clear(op, s, f.Begun)
		if err := op.Apply(s); err != nil {
			t.Fatalf("%s: applying %s: %v", s.Flavor.Dialect, op.Kind(), err)
		}
		out = append(out, statements...)
	}
	return out
}

// TestGoldenOnline holds what each operation renders for a database in use, and
// what it costs there, against a file that people read.
func TestGoldenOnline(t *testing.T) {
	var b strings.Builder
	for _, c := range operationCases() {
		b.WriteString("## " + c.name + "\n")
		for _, d := range flavor.Dialects() {
			b.WriteString("# " + string(d) + "\n")
			s := New(flavor.Default(d))
			fold(t, s, forDialect(parse(t, c.setup), d))
			for _, st := range online(t, s, forDialect(parse(t, c.up), d), Form{Online: true}) {
				b.WriteString(st.SQL + ";" + costText(st) + "\n")
			}
		}
		b.WriteString("\n")
	}
	golden.File(t, "testdata/online.sql", b.String())
}

// costText is what a statement costs, as a comment.
func costText(st plan.Statement) string {
	text := " -- lock " + st.Lock + ", blocks " + st.Blocks
	if st.Rewrites {
		text += ", rewrites"
	}
	if st.NoTransaction {
		text += ", alone"
	}
	if len(st.Fallbacks) > 0 {
		_, clauses, _ := strings.Cut(st.Fallbacks[0], ", ALGORITHM=")
		text += ", then " + clauses
	}
	if st.Instead != "" {
		text += ", refused: " + st.Instead
	}
	return text
}

// TestOnlineFormsOnServers runs every operation in its form for a database in
// use: the server takes it in the best way that is asked for, and what is said
// to block cannot be had without.
func TestOnlineFormsOnServers(t *testing.T) {
	for _, c := range operationCases() {
		t.Run(c.name, func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				s := New(db.Flavor)
				execute(t, db, fold(t, s, forDialect(parse(t, c.setup), db.Dialect)))
				s = inspected(t, db)
				for _, op := range forDialect(parse(t, c.up), db.Dialect) {
					for _, st := range online(t, s, []Operation{op}, Form{Online: true}) {
						executeOnline(t, db, st)
					}
				}
				sameAsServer(t, "changed", s, db)
			})
		})
	}
}

// executeOnline runs a statement on its own. SQLite has nothing to choose.
func executeOnline(t *testing.T, db enginetest.Database, st plan.Statement) {
	t.Helper()
	ctx := context.Background()
	if st.Lock == "" || st.Blocks == "" {
		t.Errorf("nothing is said of what %s costs", st.SQL)
	}
	exec := func(sql string) error { _, err := db.SQL().ExecContext(ctx, sql); return err }
	if at := strings.Index(st.SQL, ", ALGORITHM=COPY"); at > 0 {
		if err := exec(st.SQL[:at] + ", ALGORITHM=INPLACE, LOCK=NONE"); !unsupported(err) {
			t.Errorf("%s is said to block; without, the server says %v", st.SQL, err)
		}
	}
	if db.Dialect.MySQLFamily() && strings.HasPrefix(st.SQL, "ALTER TABLE") && !strings.Contains(st.SQL, ", ALGORITHM=") {
		t.Errorf("%s does not say how it is to be done", st.SQL)
	}
	if err := exec(st.SQL); err != nil {
		t.Errorf("%s: %v", st.SQL, err)
		return
	}
}

// unsupported reports whether MySQL or MariaDB refused a way to alter a table.
func unsupported(err error) bool {
	return err != nil && (strings.Contains(err.Error(), "Error 1845") || strings.Contains(err.Error(), "Error 1846"))
}
