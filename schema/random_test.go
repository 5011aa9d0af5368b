package schema

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// draw picks one of a list.
func draw[T any](t *rapid.T, label string, from ...T) T {
	return rapid.SampledFrom(from).Draw(t, label)
}

// randomOperation draws an operation over few names, so that they often meet.
// It need not fit the schema.
func randomOperation(t *rapid.T) Operation {
	table := draw(t, "table", "a", "b", "order by")
	column := func() string { return draw(t, "column", "id", "x", "y", `quo"te`, "select") }
	name := draw(t, "name", "n1", "n2", "n 3")
	typ := draw(t, "type", "integer", "string(20)", "boolean", "numeric(8,2)", "text", "datetime")
	switch draw(t, "kind", Kinds()[:15]...) {
	case "create_table":
		return &CreateTable{Name: table, PrimaryKey: []string{"id"}, Columns: []ColumnDef{
			{Name: "id", Type: "integer"}, {Name: "x", Type: typ}, {Name: `quo"te`, Type: "integer", Nullable: new(bool), Default: int64(1)}},
			Checks: []TableCheck{{CheckDef: CheckDef{Name: name, Expr: Text{All: `"quo""te" > 0`}}}}}
	case "drop_table":
		return &DropTable{Name: table, IfExists: rapid.Bool().Draw(t, "if exists")}
	case "rename_table":
		return &RenameTable{From: table, To: draw(t, "to", "a", "b", "order by")}
	case "add_column":
		return &AddColumn{Table: table, ColumnDef: ColumnDef{Name: column(), Type: typ, DefaultSQL: Text{All: draw(t, "default", "", "NULL", "CURRENT_TIMESTAMP", "1")}}}
	case "drop_column":
		return &DropColumn{Table: table, Name: column()}
	case "rename_column":
		return &RenameColumn{Table: table, From: column(), To: column()}
	case "alter_column":
		return &AlterColumn{Table: table, Name: column(), Type: typ, DropDefault: true}
	case "add_index":
		return &AddIndex{Table: table, IndexDef: IndexDef{Name: name, Columns: []string{column()}, Unique: rapid.Bool().Draw(t, "unique"),
			Where: Text{All: draw(t, "where", "", "x IS NOT NULL")}}}
	case "drop_index":
		return &DropIndex{Table: table, Name: name}
	case "add_unique":
		return &AddUnique{Table: table, UniqueDef: UniqueDef{Name: draw(t, "unique name", "", name), Columns: []string{column()}}}
	case "drop_unique":
		return &DropUnique{Table: table, Columns: []string{column()}}
	case "add_foreign_key":
		return &AddForeignKey{Table: table, ForeignKeyDef: ForeignKeyDef{Columns: []string{column()}, RefTable: draw(t, "ref", "a", "b", "order by"), RefColumns: []string{"id"}}}
	case "drop_foreign_key":
		return &DropForeignKey{Table: table, Columns: []string{column()}}
	case "add_check":
		return &AddCheck{Table: table, CheckDef: CheckDef{Name: draw(t, "check name", "", name), Expr: Text{All: draw(t, "expr", "x <> 7", `"quo""te" + 1 > 0`, "id > x")}}}
	}
	return &DropCheck{Table: table, Expr: Text{All: draw(t, "expr", "x <> 7", `"quo""te" > 0`)}}
}

// TestRandomOperationsOnSQLite applies random operations, those that fit, to
// an in-memory database as well, and finds in it the schema that was
// computed; then it undoes them, and finds the one before.
func TestRandomOperationsOnSQLite(t *testing.T) {
	db := enginetest.New(t, flavor.SQLite)
	rapid.Check(t, func(t *rapid.T) { randomRun(t, db) })
}

func randomRun(t *rapid.T, db enginetest.Database) {
	tx, err := db.SQL().Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	s := New(db.Flavor)
	step := func(op Operation) {
		statements, err := op.Render(s)
		if err != nil {
			t.Fatalf("%#v fits and is not rendered: %v", op, err)
		}
		if err := op.Apply(s); err != nil {
			t.Fatalf("%#v is rendered and does not fit: %v", op, err)
		}
		for _, st := range statements {
			if _, err := tx.Exec(st.SQL); err != nil {
				t.Fatalf("%s\n%v", st.SQL, err)
			}
		}
		have, err := Inspect(t.Context(), tx, db.Flavor, "")
		if err != nil {
			t.Fatal(err)
		}
		if list := Compare(s, have, Rules{}); len(list) > 0 {
			t.Fatalf("after %#v: %v", op, list)
		}
	}
	for _, name := range []string{"a", "b"} {
		step(&CreateTable{Name: name, PrimaryKey: []string{"id"}, Columns: []ColumnDef{
			{Name: "id", Type: "integer"}, {Name: "x", Type: "integer"}, {Name: "select", Type: "text"}, {Name: `quo"te`, Type: "integer", Default: int64(1)}}})
	}
	for range rapid.IntRange(1, 25).Draw(t, "operations") {
		op := randomOperation(t)
		if op.Check() != nil || op.Apply(s.Clone()) != nil || !namesColumns(s, op) {
			continue
		}
		before := s.Clone()
		back, err := op.Inverse(s)
		var oneWay *IrreversibleError
		if err != nil && !errors.As(err, &oneWay) {
			t.Fatalf("inverse of %#v: %v", op, err)
		}
		step(op)
		if err == nil && rapid.Bool().Draw(t, "undo") {
			for _, b := range back {
				step(b)
			}
			if list := Compare(before, s, Rules{ColumnOrder: true}); len(list) > 0 {
				t.Fatalf("%#v is not undone: %v", op, list)
			}
		}
	}
}

// namesColumns reports whether the columns in an operation's expressions are
// there, which only the server asks for.
func namesColumns(s *Schema, op Operation) bool {
	var table, expr string
	switch op := op.(type) {
	case *AddCheck:
		table, expr = op.Table, op.Expr.All
	case *AddIndex:
		table, expr = op.Table, op.Where.All
	default:
		return true
	}
	for _, name := range []string{"id", "x", `quo"te`} {
		if mentions(expr, name) && s.Table(table).column(name, flavor.SQLite) == nil {
			return false
		}
	}
	return true
}

// TestRenderLeavesTheSchemaAlone: only Apply changes a schema.
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
			if applyErr != nil {
				if diff := cmp.Diff(before, s); diff != "" {
					t.Fatalf("%#v failed with %v and changed the schema: %s", op, applyErr, diff)
				}
			}
			if (renderErr == nil) != (applyErr == nil) {
				t.Fatal(fmt.Sprintf("%#v: rendering gives %v, applying %v", op, renderErr, applyErr))
			}
		}
	})
}
