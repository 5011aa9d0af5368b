package schema

import (
	"slices"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// TestRenameOfCase renames a table, and a column, to names that differ in
// nothing but their case, and back: what names them follows.
func TestRenameOfCase(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := New(db.Flavor)
		execute(t, db, fold(t, s, forDialect(parse(t, `
[[up]]
create_table = { name = "Goods", columns = [ { name = "Id", type = "integer", nullable = false }, { name = "Price", type = "integer" } ], primary_key = ["Id"], indexes = [ { name = "ix", columns = ["Price"] } ] }
[[up]]
create_table = { name = "orders", columns = [ { name = "id", type = "integer", nullable = false }, { name = "g", type = "integer" } ], primary_key = ["id"], foreign_keys = [ { columns = ["g"], ref_table = "Goods", ref_columns = ["Id"] } ] }`), db.Dialect)))
		if db.Dialect == flavor.SQLite {
			db.Exec(t, `CREATE VIEW v AS SELECT "Price" FROM "Goods"; CREATE TRIGGER tr AFTER INSERT ON "Goods" BEGIN UPDATE "Goods" SET "Price" = 1 WHERE "Price" IS NULL; END`)
		}
		s = inspected(t, db)
		ops := forDialect(parse(t, `
[[up]]
rename_table = { from = "Goods", to = "goods" }
[[up]]
rename_column = { table = "goods", from = "Price", to = "price" }
[[up]]
rename_column = { table = "goods", from = "Id", to = "ID" }`), db.Dialect)
		back := inverse(t, s, ops)
		for _, op := range ops {
			if Renamed(s, op) {
				t.Errorf("%s is done already", op.Kind())
			}
			execute(t, db, fold(t, s, []Operation{op}))
			if !Renamed(s, op) && s.Flavor.Dialect != flavor.Postgres && (op.Kind() != "rename_table" || s.Flavor.Dialect == flavor.SQLite) {
				t.Errorf("%s would be done again", op.Kind())
			}
		}
		check := func(table string, columns ...string) {
			t.Helper()
			live := inspected(t, db)
			if _, ok := live.Tables[table]; !ok {
				t.Errorf("there is no table %s but %v", table, live.TableNames())
				return
			}
			var names []string
			for _, c := range live.Tables[table].Columns {
				names = append(names, c.Name)
			}
			if !slices.Equal(names, columns) {
				t.Errorf("the columns are %v, want %v", names, columns)
			}
			if f := live.Tables["orders"].ForeignKeys[0]; !strings.EqualFold(f.RefTable, table) {
				t.Errorf("the foreign key leads to %s", f.RefTable)
			}
		}
		sameAsServer(t, "changed", s, db)
		check("goods", "ID", "price")
		db.Exec(t, "INSERT INTO goods ("+quoteIdent("ID", db.Dialect)+") VALUES (1)")
		execute(t, db, fold(t, s, back))
		sameAsServer(t, "undone", s, db)
		check("Goods", "Id", "Price")
	})
}
