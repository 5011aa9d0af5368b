package schema

import (
	"testing"

	"manage/engine/enginetest"
)

// TestRowsOnServers looks at what the operations on rows leave, and whether
// the next row gets the next number.
func TestRowsOnServers(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := New(db.Flavor)
		execute(t, db, fold(t, s, forDialect(parse(t, twoTables+`
[[up]]
[up.insert_rows]
table = "parent"
rows = [ { id = 3, name = "one's" }, { id = 7, name = 'back\slash' }, { id = 5, name = { sql = "UPPER('x')" } }, { id = 6 } ]
[[up]]
[up.insert_rows]
table = "child"
rows = [ { parent_id = { null = true }, flag = true, amount = 1.25, label = 2020-01-02T03:04:05 }, { parent_id = 3, flag = 0, label = { sql = "NULL" } } ]
[[up]]
update_rows = { table = "parent", set = { name = { value = "it's" } }, where = "id = 6" }
[[up]]
delete_rows = { table = "parent", where = "id = 5" }
[[up]]
insert_rows = { table = "parent", rows = [ { name = "next" } ] }`), db.Dialect)))
		equal(t, "parents", contents(t, db, "SELECT id, name FROM parent ORDER BY id"), "3 one's\n6 it's\n7 back\\slash\n8 next\n")
		equal(t, "children", contents(t, db, "SELECT id, parent_id, CASE WHEN flag THEN 1 ELSE 0 END, label FROM child ORDER BY id"),
			"1 <nil> 1 2020-01-02 03:04:05\n2 3 0 <nil>\n")
	})
}
