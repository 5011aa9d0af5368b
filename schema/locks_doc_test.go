package schema

import (
	"fmt"
	"strings"
	"testing"

	"manage/engine/enginetest/golden"
	"manage/engine/flavor"
	"manage/engine/plan"
)

// example is an operation as the reference of locks and probes shows it.
type example struct {
	title    string
	up       string
	dialects []string // where it is another thing than the others; nil for all
}

// house is the schema of the examples.
const house = `
[[up]]
create_enum = { name = "mood", values = ["ok", "bad"] }
[[up]]
create_table = { name = "floors", columns = [ { name = "id", type = "integer", nullable = false } ], primary_key = ["id"] }
[[up]]
[up.create_table]
name = "rooms"
columns = [
  { name = "id", type = "integer", nullable = false },
  { name = "name", type = "string(20)" },
  { name = "floor", type = "integer" },
  { name = "size", type = "integer", nullable = false, default = 1 },
  { name = "mood", type = "enum(ok, bad)", type_name = "mood" },
]
primary_key = ["id"]
unique = [ { name = "uq_name", columns = ["name"] } ]
indexes = [ { name = "ix_floor", columns = ["floor"] } ]
foreign_keys = [ { name = "fk_floor", columns = ["floor"], ref_table = "floors", ref_columns = ["id"] } ]
checks = [ { name = "ck_size", expr = "size > 0" } ]
[[up]]
create_trigger = { name = "stamp", table = "rooms", timing = "after", event = "delete", body = { mysql = "DELETE FROM floors WHERE id = OLD.floor", postgres = "BEGIN DELETE FROM floors WHERE id = OLD.floor; RETURN NULL; END", sqlite = "DELETE FROM floors WHERE id = OLD.floor;" } }
`

// examples has every operation, and more than once where the price differs.
func examples() []example {
	return []example{
		{title: "create_table", up: `create_table = { name = "guests", columns = [ { name = "id", type = "integer", nullable = false } ], primary_key = ["id"], if_not_exists = false }`},
		{title: "drop_table", up: `drop_table = { name = "rooms" }`},
		{title: "rename_table", up: `rename_table = { from = "rooms", to = "chambers" }`},
		{title: "add_column", up: `add_column = { table = "rooms", name = "note", type = "string(20)", nullable = false, default = "x" }`},
		{title: "add_column, with an expression that gives each row another value", up: `add_column = { table = "rooms", name = "key", type = "string(36)", default_sql = { postgres = "gen_random_uuid()::text", mariadb = "uuid()", mysql = "CONCAT('a', 'b')", sqlite = "(hex(randomblob(16)))" } }`},
		{title: "drop_column", up: `drop_column = { table = "rooms", name = "mood" }`},
		{title: "drop_column, in an index", up: `drop_column = { table = "rooms", name = "name" }`},
		{title: "rename_column", up: `rename_column = { table = "rooms", from = "name", to = "title" }`},
		{title: "alter_column, another default", up: `alter_column = { table = "rooms", name = "name", default = "y" }`},
		{title: "alter_column, a longer text", up: `alter_column = { table = "rooms", name = "name", type = "string(30)" }`},
		{title: "alter_column, another type", up: `alter_column = { table = "rooms", name = "size", type = "bigint" }`},
		{title: "alter_column, NOT NULL", up: `alter_column = { table = "rooms", name = "mood", nullable = false }`},
		{title: "alter_column, NULL", up: `alter_column = { table = "rooms", name = "size", nullable = true }`},
		{title: "alter_column, one more value of an enum", up: `alter_column = { table = "rooms", name = "mood", type = "enum(ok, bad, new)", type_name = "mood" }`, dialects: []string{"mysql"}},
		{title: "add_index", up: `add_index = { table = "rooms", name = "ix_mood", columns = ["mood"] }`},
		{title: "drop_index", up: `drop_index = { table = "rooms", name = "ix_size" }`},
		{title: "add_unique", up: `add_unique = { table = "rooms", name = "uq_both", columns = ["floor", "name"] }`},
		{title: "drop_unique", up: `drop_unique = { table = "rooms", name = "uq_name" }`},
		{title: "add_foreign_key", up: `add_foreign_key = { table = "rooms", name = "fk_size", columns = ["size"], ref_table = "floors", ref_columns = ["id"] }`},
		{title: "drop_foreign_key", up: `drop_foreign_key = { table = "rooms", name = "fk_floor" }`},
		{title: "add_check", up: `add_check = { table = "rooms", name = "ck_floor", expr = "floor > 0" }`},
		{title: "drop_check", up: `drop_check = { table = "rooms", name = "ck_size" }`},
		{title: "create_enum", up: `create_enum = { name = "colour", values = ["red", "blue"] }`, dialects: []string{"postgres"}},
		{title: "drop_enum", up: `drop_enum = { name = "spare" }`, dialects: []string{"postgres"}},
		{title: "add_enum_value", up: `add_enum_value = { name = "mood", value = "new" }`, dialects: []string{"postgres"}},
		{title: "create_trigger", up: `create_trigger = { name = "guard", table = "rooms", timing = "after", event = "insert", body = { mysql = "DELETE FROM floors WHERE id = 0", postgres = "BEGIN RETURN NULL; END", sqlite = "DELETE FROM floors WHERE id = 0;" } }`},
		{title: "drop_trigger", up: `drop_trigger = { name = "stamp", table = "rooms" }`},
		{title: "sync_columns", up: syncExample},
		{title: "unsync_columns", up: `unsync_columns = { name = "size", table = "rooms" }`},
		{title: "insert_rows", up: `insert_rows = { table = "floors", rows = [ { id = 7 } ] }`},
		{title: "update_rows", up: `update_rows = { table = "rooms", set = { size = "2" }, where = "size = 1" }`},
		{title: "delete_rows", up: `delete_rows = { table = "rooms", where = "size = 1" }`},
	}
}

// syncExample is the bridge of the examples.
const syncExample = `sync_columns = { name = "size", table = "rooms", old = "size", new = "floor", to_new = "{old} + 1", to_old = "{new} - 1" }`

// setUp is what an example needs beside the house.
func (e example) setUp() string {
	switch {
	case strings.Contains(e.up, "ix_size"):
		return house + "[[up]]\nadd_index = { table = \"rooms\", name = \"ix_size\", columns = [\"size\"] }\n"
	case strings.Contains(e.up, "unsync"):
		return house + "[[up]]\n" + syncExample + "\n"
	case strings.Contains(e.up, "spare"):
		return house + "[[up]]\ncreate_enum = { name = \"spare\", values = [\"a\"] }\n"
	}
	return house
}

// served are the dialects in which an example does something.
func (e example) served() []flavor.Dialect {
	var out []flavor.Dialect
	for _, d := range flavor.Dialects() {
		if flavor.Serves(e.dialects, d) {
			out = append(out, d)
		}
	}
	return out
}

// rendered is the example's statements for a flavor, on the house.
func (e example) rendered(t testing.TB, f flavor.Flavor, form Form) (before *Schema, op Operation, out []plan.Statement) {
	t.Helper()
	s := New(f)
	fold(t, s, forDialect(parse(t, e.setUp()), f.Dialect))
	op = forDialect(parse(t, "[[up]]\n"+e.up), f.Dialect)[0]
	out, err := Statements(op, s, form)
	if err != nil {
		t.Fatalf("%s on %s: %v", e.title, f.Dialect, err)
	}
	return s, op, out
}

const locksHead = `# Locks

What each operation is sent as while the service runs (` + "`expand`, `migrate`, `contract`, `--online`" + `), and what it costs then. ` + "`manage db plan`" + ` shows the same for the statements of a plan.

- *lock*: on PostgreSQL the lock on the table; on MySQL and MariaDB what the server grants (` + "`NONE`" + `: others read and write; ` + "`SHARED`" + `: others read; ` + "`EXCLUSIVE`" + `: a moment's lock on the table's definition); on SQLite there is one lock, on the database.
- *blocks*: whom the statement keeps waiting for as long as it works through the rows. What holds a lock for a moment only, however large the table is, blocks none: a limit on waiting for locks (` + "`[locks]`" + `) keeps others from queueing behind it.
- *rewrites*: the rows are written anew.
- *refused* is what needs ` + "`--allow-blocking`" + `.

` + "`sync` and `upgrade`" + ` run with the service stopped and send the plain forms: no CONCURRENTLY, NOT VALID, ALGORITHM or LOCK. So does online work on a table that the same run has made. Statements marked *alone* run outside of a transaction and are journalled one by one.

On MySQL and MariaDB the best way is asked for first; where the server does not support it for the table at hand, the next best that does not block is asked for. On a Galera cluster every statement but an instant one keeps the writers of all nodes waiting, because the nodes execute it at the same point of their order; that is shown, and not refused.

This page is made from the renderer, for %s.
`

// TestLocksPage holds the reference of locks against the renderer.
func TestLocksPage(t *testing.T) {
	var b strings.Builder
	var versions []string
	for _, d := range flavor.Dialects() {
		f := flavor.Default(d)
		versions = append(versions, fmt.Sprintf("%s %d.%d", d.Title(), f.Major, f.Minor))
	}
	fmt.Fprintf(&b, locksHead, strings.Join(versions, ", "))
	for _, e := range examples() {
		fmt.Fprintf(&b, "\n## %s\n\n| dialect | statement | lock | blocks | rewrites |\n|---|---|---|---|---|\n", e.title)
		for _, d := range e.served() {
			_, _, statements := e.rendered(t, flavor.Default(d), Form{Online: true})
			if n := len(statements); len(Rebuilt(statements)) > 0 {
				fmt.Fprintf(&b, "| %s | the table is made anew and the rows copied, %d statements | %s | writers | yes |\n", d, n, sqliteLock)
				continue
			}
			for _, st := range statements {
				fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", d, statementCell(st), st.Lock, blocksCell(st), yes(st.Rewrites))
			}
		}
	}
	golden.File(t, "../docs/reference/locks.md", b.String())
}

func statementCell(st plan.Statement) string {
	sql, rest, long := strings.Cut(st.SQL, "\n")
	if at := strings.Index(sql, " BEGIN SELECT RAISE"); at > 0 {
		sql, rest, long = sql[:at], sql[at:]+rest, true
	}
	cell := "`" + strings.ReplaceAll(strings.ReplaceAll(sql, "`", ""), "|", "\\|") + "`"
	if long && rest != "" {
		cell += " …"
	}
	if st.NoTransaction {
		cell += " alone"
	}
	return cell
}

func blocksCell(st plan.Statement) string {
	if st.Instead != "" {
		return st.Blocks + ", refused"
	}
	return st.Blocks
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}
