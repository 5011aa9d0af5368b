package schema

import (
	"context"
	"slices"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/plan"
)

// settlingExamples are the examples of operations, and those that have more
// statements than these.
func settlingExamples() []example {
	return append(examples(),
		example{title: "create_table, with an index", up: `create_table = { name = "guests", columns = [ { name = "id", type = "integer", nullable = false, comment = "who" }, { name = "name", type = "string(20)" } ], primary_key = ["id"], indexes = [ { name = "ix_guest", columns = ["name"] } ] }`},
		example{title: "add_column, with a comment", up: `add_column = { table = "rooms", name = "note", type = "string(20)", comment = "what is odd" }`},
		example{title: "alter_column, as it is", up: `alter_column = { table = "rooms", name = "mood", nullable = true }`, dialects: []string{"mysql"}},
		example{title: "drop_enum_value", up: `drop_enum_value = { name = "mood", value = "bad" }`, dialects: []string{"postgres"}},
	)
}

// TestEveryStatementIsSettled holds the table of settlings against what
// operations render, in both forms: each way of the table is there, and no
// other.
func TestEveryStatementIsSettled(t *testing.T) {
	type place struct {
		kind string
		d    flavor.Dialect
	}
	ways := map[place]map[Settling]bool{}
	for _, e := range settlingExamples() {
		for _, d := range e.served() {
			for _, online := range []bool{false, true} {
				before, op, statements := e.rendered(t, flavor.Default(d), Form{Online: online})
				at := place{op.Kind(), d}
				if ways[at] == nil {
					ways[at] = map[Settling]bool{}
				}
				if x, ok := op.(*AddIndex); ok && d == flavor.Postgres {
					statements = append(append(statements, leftoverOf(t, before, op, x.Name, "mood")...), partitionedOf(t, before, op)...)
				}
				if x, ok := op.(*AddUnique); ok && d == flavor.Postgres {
					statements = append(append(statements, leftoverOf(t, before, op, x.Name, "floor")...), partitionedOf(t, before, op)...)
				}
				for _, st := range statements {
					ways[at][SettlingOf(st)] = true
				}
			}
		}
	}
	for _, kind := range Kinds() {
		if kind == "sql" {
			continue // see package phases
		}
		for _, d := range flavor.Dialects() {
			have, want := ways[place{kind, d}], Settlings(kind, d)
			for _, way := range want {
				if !have[way] {
					t.Errorf("%s on %s: no statement is settled by %q, as the table says", kind, d, way)
				}
			}
			for way := range have {
				if !slices.Contains(want, way) {
					t.Errorf("%s on %s: a statement is settled by %q, which the table does not say", kind, d, way)
				}
			}
		}
	}
}

// partitionedOf renders an operation on a schema whose table is partitioned.
func partitionedOf(t *testing.T, before *Schema, op Operation) []plan.Statement {
	t.Helper()
	s := before.Clone()
	table := s.Table(tableOf(op))
	part := table.Clone()
	part.Name, part.Indexes, part.Uniques = "part", nil, nil
	s.Tables["part"] = part
	table.Partitioned, table.Partitions = true, []Partition{{Name: "part"}}
	out, err := Statements(op, s, Form{Online: true})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// leftoverOf renders an operation on a schema with an index that is not valid.
func leftoverOf(t *testing.T, before *Schema, op Operation, name, column string) []plan.Statement {
	t.Helper()
	s := before.Clone()
	table := s.Table(tableOf(op))
	table.Indexes = append(table.Indexes, &Index{Name: name, Columns: []IndexColumn{{Name: column}}})
	out, err := Statements(op, s, Form{Online: true})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestProbesOnServers asks before and after each statement of each operation,
// in both forms, what a rerun would ask: whether it took effect. What is sent
// again is sent again, and what is recorded with its journal entry is taken
// back with it.
func TestProbesOnServers(t *testing.T) {
	for _, e := range settlingExamples() {
		t.Run(e.title, func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				if !slices.Contains(e.served(), db.Dialect) {
					return
				}
				for _, online := range []bool{false, true} {
					probeExample(t, e, enginetest.New(t, db.Dialect), online)
				}
			})
		})
	}
}

// probeExample runs one example statement by statement.
func probeExample(t *testing.T, e example, db enginetest.Database, online bool) {
	t.Helper()
	s := New(db.Flavor)
	execute(t, db, fold(t, s, forDialect(parse(t, e.setUp()), db.Dialect)))
	op := forDialect(parse(t, "[[up]]\n"+e.up), db.Dialect)[0]
	statements, err := Statements(op, inspected(t, db), Form{Online: online, Blocking: true})
	if err != nil {
		t.Fatal(err)
	}
	for i, st := range statements {
		switch SettlingOf(st) {
		case Together: // all or nothing: package run sees to that
			if i == 0 {
				execute(t, db, statements)
			}
		case Recorded:
			rolledBack(t, db, st)
		case SentAgain:
			executeOne(t, db, st)
			after := enginetest.TakeSnapshot(t, db)
			executeOne(t, db, st)
			if diff := enginetest.CompareSnapshots(after, enginetest.TakeSnapshot(t, db)); diff != "" {
				t.Errorf("%s, sent again, changes: %s", st.SQL, diff)
			}
		default:
			probed(t, db, st, false)
			executeOne(t, db, st)
			probed(t, db, st, true)
		}
	}
}

// executeOne runs a statement by itself, in the next best form where the
// server does not have the best.
func executeOne(t *testing.T, db enginetest.Database, st plan.Statement) {
	t.Helper()
	var err error
	for _, text := range append([]string{st.SQL}, st.Fallbacks...) {
		if _, err = db.SQL().ExecContext(context.Background(), text); err == nil {
			return
		}
	}
	t.Fatalf("%s: %v", st.SQL, err)
}

// probed asks whether a statement took effect.
func probed(t *testing.T, db enginetest.Database, st plan.Statement, want bool) {
	t.Helper()
	if st.Effect == nil {
		t.Fatalf("%s cannot be settled", st.SQL)
	}
	if shown, known := inspected(t, db).Shows(*st.Effect); shown != want || !known {
		t.Errorf("%s: the look at %+v says %v (known: %v), want %v", st.SQL, *st.Effect, shown, known, want)
	}
}

// rolledBack holds that what changes rows goes with its transaction.
func rolledBack(t *testing.T, db enginetest.Database, st plan.Statement) {
	t.Helper()
	execute(t, db, []plan.Statement{{SQL: "INSERT INTO floors (id) VALUES (1)", Data: true}, {SQL: "INSERT INTO rooms (id, size) VALUES (1, 1)", Data: true}})
	look := "SELECT id FROM floors UNION ALL SELECT size * 100 FROM rooms ORDER BY 1"
	before := db.Strings(t, look)
	ctx := context.Background()
	tx, err := db.SQL().BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(ctx, st.SQL); err != nil {
		t.Fatalf("%s: %v", st.SQL, err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if after := db.Strings(t, look); !slices.Equal(before, after) {
		t.Errorf("%s is not taken back: %v, then %v", st.SQL, before, after)
	}
}

// TestInvalidIndexIsRebuilt: an index that PostgreSQL gave up on is not taken
// for the one that was to be made, nor for one that is gone.
func TestInvalidIndexIsRebuilt(t *testing.T) {
	db := enginetest.New(t, flavor.Postgres)
	s := New(db.Flavor)
	execute(t, db, fold(t, s, forDialect(parse(t, house), db.Dialect)))
	execute(t, db, []plan.Statement{{SQL: "INSERT INTO rooms (id, size) VALUES (1, 5), (2, 5)"}})
	for _, up := range []string{
		`add_index = { table = "rooms", name = "uq_size", columns = ["size"], unique = true }`,
		`add_unique = { table = "rooms", name = "uq_size", columns = ["size"] }`,
	} {
		op := forDialect(parse(t, "[[up]]\n"+up), db.Dialect)[0]
		first, err := Statements(op, inspected(t, db), Form{Online: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.SQL().Exec(first[0].SQL); err == nil || !strings.Contains(err.Error(), "could not create unique index") {
			t.Fatalf("two rows of one size: %v", err)
		}
		live := inspected(t, db)
		if shown, known := live.Shows(*first[0].Effect); shown || !known {
			t.Errorf("an index that is not valid shows as %v (known: %v)", shown, known)
		}
		if gone, _ := live.Shows(plan.Effect{Kind: plan.KindIndex, Table: "rooms", Name: "uq_size"}); gone {
			t.Error("an index that is not valid shows as gone")
		}
		if list := live.Leftover(*first[0].Effect); !slices.Equal(list, []string{`DROP INDEX CONCURRENTLY IF EXISTS "uq_size"`}) {
			t.Errorf("what is left is removed by %q", list)
		}
		for _, form := range []Form{{}, {Online: true}, {Online: true, Begun: true}} {
			again, err := Statements(op, live, form)
			if err != nil || !strings.HasPrefix(again[0].SQL, "DROP INDEX") {
				t.Errorf("%+v: the next run begins with %+v, %v", form, again, err)
			}
		}
		execute(t, db, []plan.Statement{{SQL: "UPDATE rooms SET size = id"}})
		for _, st := range online(t, live, []Operation{op}, Form{Online: true}) {
			executeOne(t, db, st)
		}
		sameAsServer(t, "built again", live, db)
		drop, err := op.Inverse(live)
		if err != nil {
			t.Fatal(err)
		}
		execute(t, db, append(fold(t, live, drop), plan.Statement{SQL: "UPDATE rooms SET size = 5"}))
	}
}
