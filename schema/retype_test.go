package schema

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/plan"
)

// retyped is a column of one type that is given another, and its own again, with
// a row for each of some values.
type retyped struct {
	*testing.T
	db       enginetest.Database
	s        *Schema
	from, to string
	kept     map[string]bool // values that went through, both ways
}

// enumNames are the names of the enumerations of the table, on PostgreSQL.
var enumNames = map[string]string{"enum(b, a, '1', '')": "Four", "enum(a, b)": "two"}

func (r *retyped) exec(sql string) error {
	_, err := r.db.SQL().ExecContext(context.Background(), sql)
	return err
}

// fill makes the table, with one row for each value that the server takes, and
// one without a value. It returns how they read.
func (r *retyped) fill(values []string) map[int]string {
	r.db.Exec(r, "DROP TABLE IF EXISTS t")
	create := &CreateTable{Name: "t", PrimaryKey: []string{"id"}, Columns: []ColumnDef{
		{Name: "id", Type: "integer", Nullable: new(bool)}, {Name: "v", Type: r.from, TypeName: enumNames[r.from]}}}
	delete(r.s.Tables, "t")
	execute(r, r.db, fold(r, r.s, []Operation{create}))
	r.db.Exec(r, "INSERT INTO t (id) VALUES (0)")
	before := map[int]string{}
	for i, v := range values {
		if r.exec(fmt.Sprintf("INSERT INTO t (id, v) VALUES (%d, %s)", i+1, tellingLiteral(r.from, v, r.db.Flavor))) == nil {
			before[i+1] = r.read(r.from, i+1)
		}
	}
	return before
}

func (r *retyped) read(typ string, id int) string {
	return r.db.Strings(r, fmt.Sprintf("SELECT %s FROM t WHERE id = %d", asText("v", typ, r.db.Flavor), id))[0]
}

// alter gives the column a type, without the rows of which it is told before
// that their values are not kept.
func (r *retyped) alter(typ string, rows map[int]string) (map[int]string, error) {
	op := &AlterColumn{Table: "t", Name: "v", Type: typ, TypeName: enumNames[typ]}
	statements, err := op.Render(r.s)
	if err != nil {
		r.Fatalf("%s to %s: %v", r.from, r.to, err)
	}
	left := maps.Clone(rows)
	for id := range rows {
		if len(statements) > 0 && len(statements[0].Values) > 0 && !r.passes(statements[0].Values[0].Query, id) {
			delete(left, id)
			r.db.Exec(r, fmt.Sprintf("DELETE FROM t WHERE id = %d", id))
		}
	}
	if err := op.Apply(r.s); err != nil {
		r.Fatal(err)
	}
	return left, tryAll(r, r.db, statements)
}

// passes reports whether the question about values lets a row pass. A value
// that cannot be asked about is an error of the server's, and refused as well.
func (r *retyped) passes(query string, id int) bool {
	var n int
	err := r.db.SQL().QueryRow(fmt.Sprintf("%s AND id = %d", query, id)).Scan(&n)
	if err != nil && r.db.Dialect != flavor.Postgres && !strings.Contains(err.Error(), "out of range") {
		r.Fatalf("%s to %s: %s: %v", r.from, r.to, query, err)
	}
	return err == nil && n == 0
}

// check takes values to the other type and back. Where the server refuses, each
// is tried alone.
func (r *retyped) check(values []string) {
	before := r.fill(values)
	left, err := r.alter(r.to, before)
	if err != nil {
		r.each(values, left)
		return
	}
	for id := range left {
		if now := r.read(r.to, id); !sameMeaning(r.from, before[id], r.to, now, r.db.Flavor) {
			r.Errorf("%s to %s: %s, %q, became %q", r.from, r.to, values[id-1], before[id], now)
		}
	}
	if n := r.db.Strings(r, "SELECT count(*) FROM t WHERE id = 0 AND v IS NULL"); n[0] != "1" {
		r.Errorf("%s to %s: no value became one", r.from, r.to)
	}
	back, err := r.alter(r.from, left)
	if err != nil {
		if len(left) > 1 {
			r.each(values, left)
		}
		return
	}
	for id := range back {
		if now := r.read(r.from, id); !sameMeaning(r.from, before[id], r.from, now, r.db.Flavor) {
			r.Errorf("%s to %s and back: %s, %q, became %q", r.from, r.to, values[id-1], before[id], now)
		}
		r.kept[values[id-1]] = true
	}
}

// each checks values that are in some rows one after the other.
func (r *retyped) each(values []string, rows map[int]string) {
	if len(rows) == 0 || len(values) == 1 {
		if len(rows) == 0 && !(r.db.Dialect == flavor.MariaDB && (r.from == "uuid" || r.to == "uuid")) { // MariaDB looks at the types alone
			r.Errorf("%s to %s: refused though there is no value", r.from, r.to)
		}
		return
	}
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		r.check(values[id-1 : id])
	}
}

// tryAll runs statements on one connection, in a transaction where that can be
// rolled back.
func tryAll(t testing.TB, db enginetest.Database, statements []plan.Statement) error {
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
	for _, sql := range all {
		if _, err := conn.ExecContext(ctx, sql); err != nil {
			conn.ExecContext(ctx, "ROLLBACK")
			return errors.Join(errors.New(sql), err)
		}
	}
	return nil
}

// TestRetypedValues gives a column of each portable type each other one, with
// values that tell what becomes of them: what is not refused, by the question
// that is asked before or by the server, is the same value afterwards, and what
// it was when the column has its own type again.
func TestRetypedValues(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := New(db.Flavor)
		execute(t, db, fold(t, s, []Operation{&CreateEnum{Name: "Four", Values: []string{"b", "a", "1", ""}}, &CreateEnum{Name: "two", Values: []string{"a", "b"}}}))
		kept := map[string]map[string]bool{}
		for _, from := range telling {
			for _, to := range telling {
				if from.typ == to.typ {
					continue
				}
				r := &retyped{T: t, db: db, s: s, from: from.typ, to: to.typ, kept: map[string]bool{}}
				r.check(from.values)
				kept[from.typ+" to "+to.typ] = r.kept
			}
		}
		for _, must := range mustBeKept {
			pair := must.from + " to " + must.to
			for _, v := range must.values {
				if (len(must.only) == 0 || slices.Contains(must.only, db.Dialect)) && !kept[pair][v] {
					t.Errorf("%s: %s is refused", pair, v)
				}
			}
		}
	})
}
