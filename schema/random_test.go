package schema

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/plan"
)

// draw picks one of a list.
func draw[T any](t *rapid.T, label string, from ...T) T {
	return rapid.SampledFrom(from).Draw(t, label)
}

// randomOperation draws an operation over few names, so that they often meet.
// It need not fit the schema.
func randomOperation(t *rapid.T) Operation {
	table := draw(t, "table", "a", "b", "order by")
	column := func() string { return draw(t, "column", "id", "x", "y", "z", "select") }
	name := draw(t, "name", "n1", "n 3", "x")
	perhaps := draw(t, "perhaps a name", "", name)
	switch draw(t, "kind", Kinds()[:15]...) {
	case "create_table":
		return randomTable(table, TableCheck{CheckDef: CheckDef{Name: perhaps, Expr: Text{All: "z > 0"}}})
	case "drop_table":
		return &DropTable{Name: table, IfExists: rapid.Bool().Draw(t, "if exists")}
	case "rename_table":
		return &RenameTable{From: table, To: draw(t, "to", "a", "b", "order by")}
	case "add_column":
		return &AddColumn{Table: table, ColumnDef: ColumnDef{Name: column(), Type: draw(t, "type", "integer", "bigint"),
			DefaultSQL: Text{All: draw(t, "default", "", "1", "1 + 1")}}}
	case "drop_column":
		return &DropColumn{Table: table, Name: column()}
	case "rename_column":
		return &RenameColumn{Table: table, From: column(), To: column()}
	case "alter_column":
		return &AlterColumn{Table: table, Name: column(), Type: draw(t, "type", "", "bigint"), DefaultSQL: Text{All: "4"}}
	case "add_index":
		return &AddIndex{Table: table, IndexDef: IndexDef{Name: name, Unique: rapid.Bool().Draw(t, "unique"),
			Columns: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"id", "x", "y", "z"}), 1, 2, rapid.ID[string]).Draw(t, "columns")}}
	case "drop_index":
		return &DropIndex{Table: table, Name: name}
	case "add_unique":
		// Not on id: PostgreSQL drops what repeats the primary key of a new table.
		return &AddUnique{Table: table, UniqueDef: UniqueDef{Name: perhaps, Columns: []string{draw(t, "column", "x", "y", "z")}}}
	case "drop_unique":
		return &DropUnique{Table: table, Columns: []string{column()}}
	case "add_foreign_key":
		return &AddForeignKey{Table: table, ForeignKeyDef: ForeignKeyDef{Name: perhaps, Columns: []string{draw(t, "column", "x", "z")},
			RefTable: draw(t, "to", "a", "b", "order by"), RefColumns: []string{"id"}}}
	case "drop_foreign_key":
		return &DropForeignKey{Table: table, Columns: []string{column()}}
	case "add_check":
		return &AddCheck{Table: table, CheckDef: CheckDef{Name: perhaps, Expr: Text{All: draw(t, "expr", "x <> 7", "z + 1 > 0", "id > x")}}}
	}
	return &DropCheck{Table: table, Expr: Text{All: draw(t, "expr", "x <> 7", "z > 0")}}
}

// randomTable is a table to play with.
func randomTable(name string, checks ...TableCheck) *CreateTable {
	return &CreateTable{Name: name, PrimaryKey: []string{"id"}, Checks: checks, Columns: []ColumnDef{
		{Name: "id", Type: "integer"}, {Name: "x", Type: "integer"}, {Name: "y", Type: "bigint"}, {Name: "z", Type: "integer", Nullable: new(bool), Default: int64(1)}}}
}

// randomRun is a run of operations on a server and on a schema.
type randomRun struct {
	*rapid.T
	db   enginetest.Database
	conn *sql.Conn
	s    *Schema
	log  []string // the statements so far
}

// TestRandomOperationsOnServers applies random operations, those that fit, to
// a server as well, and finds there the schema that was computed; then it
// undoes them, and finds the one before.
func TestRandomOperationsOnServers(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		conn, err := db.SQL().Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		rapid.Check(t, func(t *rapid.T) {
			r := &randomRun{T: t, db: db, conn: conn, s: New(db.Flavor)}
			r.begin()
			defer r.end()
			r.step(randomTable("a"))
			r.step(randomTable("b"))
			for range rapid.IntRange(1, 12).Draw(t, "operations") {
				if op := randomOperation(t); op.Check() == nil && op.Apply(r.s.Clone()) == nil && r.namesColumns(op) && !r.doAndUndo(op) {
					return
				}
			}
		})
	})
}

func (r *randomRun) exec(query string) error {
	_, err := r.conn.ExecContext(context.Background(), query)
	return err
}

// begin opens a transaction, where that can be rolled back.
func (r *randomRun) begin() {
	if r.db.Flavor.TransactionalDDL() {
		if err := r.exec("BEGIN"); err != nil {
			r.Fatal(err)
		}
	}
}

// end leaves an empty database.
func (r *randomRun) end() {
	queries := []string{"ROLLBACK"}
	if !r.db.Flavor.TransactionalDDL() {
		queries = []string{"SET foreign_key_checks = 0", "DROP TABLE IF EXISTS a, b, `order by`", "SET foreign_key_checks = 1"}
	}
	for _, q := range queries {
		if err := r.exec(q); err != nil {
			r.Fatal(err)
		}
	}
}

// doAndUndo takes one operation there and perhaps back; false if the server
// refused, for what only it knows, such as the names in other tables.
func (r *randomRun) doAndUndo(op Operation) bool {
	before := r.s.Clone()
	back, err := op.Inverse(r.s)
	var oneWay *IrreversibleError
	if err != nil && !errors.As(err, &oneWay) {
		r.Fatalf("inverse of %#v: %v", op, err)
	}
	if !r.step(op) {
		return false
	}
	if err != nil || !rapid.Bool().Draw(r.T, "undo") {
		return true
	}
	r.log = append(r.log, "-- undo")
	for _, b := range back {
		if !r.step(b) {
			return false
		}
	}
	for _, d := range Compare(before, r.s, Rules{ColumnOrder: true, ChosenNames: true}) {
		// An index that MySQL made for a foreign key may come back under another name.
		if d.Kind != "index" || !r.s.Flavor.Dialect.MySQLFamily() {
			r.Fatalf("%q is not undone: %v", r.log, d)
		}
	}
	return true
}

// step does one operation on both sides, and compares.
func (r *randomRun) step(op Operation) bool {
	statements, err := op.Render(r.s)
	if err != nil {
		r.Fatalf("after %q: %#v fits and is not rendered: %v", r.log, op, err)
	}
	before := r.s.Clone()
	if err := op.Apply(r.s); err != nil {
		r.Fatalf("after %q: %#v is rendered and does not fit: %v", r.log, op, err)
	}
	for _, st := range statements {
		r.log = append(r.log, st.SQL)
		if err := r.exec(st.SQL); err != nil && r.db.Dialect == flavor.SQLite {
			r.Fatalf("%q: %v", r.log, err)
		} else if err != nil {
			r.Logf("the server refuses %s: %v", st.SQL, err)
			return false
		}
	}
	have, err := Inspect(context.Background(), r.conn, r.db.Flavor, schemaName(r.db))
	if err != nil {
		r.Fatal(err)
	}
	if list := Compare(r.s, have, Rules{Charsets: true}); len(list) > 0 {
		r.Fatalf("after %q: %v", r.log, list)
	}
	r.effects(statements, before, have)
	if rapid.Bool().Draw(r.T, "look again") {
		r.s = have // with the server's own words
	}
	return true
}

// effects asks of each statement's effect whether the server shows it, and
// whether the schema before did not: by that a statement of unknown outcome
// is settled.
func (r *randomRun) effects(statements []plan.Statement, before, have *Schema) {
	told := r.db.Dialect == flavor.SQLite // where the rebuild is one transaction
	for _, st := range statements {
		if st.Effect == nil {
			continue
		}
		told = true
		if st.Effect.Kind == plan.KindNothing {
			continue // sent again, without a look
		}
		if shown, known := have.Shows(*st.Effect); !shown || !known {
			r.Fatalf("after %q: the server does not show %+v", r.log, *st.Effect)
		}
		if shown, _ := before.Shows(*st.Effect); shown && len(Compare(before, r.s, Rules{})) > 0 {
			r.Fatalf("before %q: the schema shows %+v already", r.log, *st.Effect)
		}
	}
	if len(statements) > 0 && !told {
		r.Fatalf("after %q: no statement has an effect", r.log)
	}
}

// namesColumns reports whether the columns in a check are there, which only
// the server asks for.
func (r *randomRun) namesColumns(op Operation) bool {
	c, ok := op.(*AddCheck)
	if !ok {
		return true
	}
	for _, name := range []string{"id", "x", "z"} {
		if mentions(c.Expr.All, name) && r.s.Table(c.Table).column(name, r.db.Dialect) == nil {
			return false
		}
	}
	return true
}

// TestRenderLeavesTheSchemaAlone: only Apply changes a schema, and only if it
// does not fail.
func TestRenderLeavesTheSchemaAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := New(flavor.Default(draw(t, "dialect", flavor.Dialects()...)))
		for range rapid.IntRange(1, 15).Draw(t, "operations") {
			op := randomOperation(t)
			if op.Check() != nil {
				continue
			}
			before := s.Clone()
			_, renderErr := op.Render(s)
			_, inverseErr := op.Inverse(s)
			if diff := cmp.Diff(before, s); diff != "" {
				t.Fatalf("%#v changed the schema (%v, %v): %s", op, renderErr, inverseErr, diff)
			}
			applyErr := op.Apply(s)
			if diff := cmp.Diff(before, s); applyErr != nil && diff != "" {
				t.Fatalf("%#v failed with %v and changed the schema: %s", op, applyErr, diff)
			}
			if (renderErr == nil) != (applyErr == nil) {
				t.Fatalf("%#v: rendering gives %v, applying %v", op, renderErr, applyErr)
			}
		}
	})
}
