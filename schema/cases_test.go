package schema

// operationCase is an operation with the schema it needs, in the words of
// catalogs.
type operationCase struct {
	name   string
	setup  string
	up     string
	oneWay bool // true if it cannot be undone
}

const twoTables = `
[[up]]
create_enum = { name = "mood", values = ["ok", "bad"] }
[[up]]
[up.create_table]
name = "parent"
columns = [
  { name = "id", type = "integer", nullable = false, autoincrement = true },
  { name = "name", type = "string(40)", nullable = false, default = "it's" },
]
primary_key = ["id"]
options = { mysql = { engine = "InnoDB", charset = "utf8mb4" } }
[[up]]
[up.create_table]
name = "child"
columns = [
  { name = "id", type = "bigint", nullable = false, autoincrement = true },
  { name = "parent_id", type = "integer" },
  { name = "flag", type = "boolean", nullable = false, default = false },
  { name = "amount", type = "numeric(8,2)" },
  { name = "label", type = "string(20)", default = "x" },
]
primary_key = ["id"]
`

// operationCases has every operation, and what servers are known to be odd
// about.
func operationCases() []operationCase {
	return []operationCase{
		{name: "create every type", setup: `
[[up]]
create_enum = { name = "mood", values = ["ok", "so so", "it's bad"] }`, up: `
[[up]]
[up.create_table]
name = "types"
columns = [
  { name = "id", type = "integer", nullable = false, autoincrement = true },
  { name = "a", type = "string(36)", nullable = false, default = "a'b\\c" },
  { name = "b", type = "char(2)" },
  { name = "c", type = "text" },
  { name = "d", type = "mediumtext" },
  { name = "e", type = "bigint", default = -5 },
  { name = "f", type = "smallint", default = "7" },
  { name = "g", type = "boolean", default = true },
  { name = "h", type = "float" },
  { name = "i", type = "float(25)" },
  { name = "j", type = "double", default = 1.5 },
  { name = "k", type = "numeric" },
  { name = "l", type = "numeric(8,2)" },
  { name = "m", type = "datetime", default_sql = "CURRENT_TIMESTAMP" },
  { name = "n", type = "date", default = 2020-02-03 },
  { name = "o", type = "json" },
  { name = "p", type = "binary" },
  { name = "q", type = "binary(70000)" },
  { name = "r", type = "uuid" },
  { name = "s", type = "enum('ok', 'so so', \"it's bad\")", type_name = "mood", default = "so so" },
  { name = "u", type = "text(63)", default = "x" },
  { name = "v", type = "text(65535)" },
  { name = "t", type = "bigint", type_on = { sqlite = "integer" }, comment = "what's up" },
]
primary_key = ["id"]`},
		{name: "create with constraints", setup: twoTables, up: `
[[up]]
[up.create_table]
name = "order"
columns = [
  { name = "a b", type = "integer", nullable = false },
  { name = 'quo"te', type = "integer", nullable = false },
  { name = "tick` + "`" + `", type = "string(300)" },
  { name = "select", type = "boolean" },
  { name = "parent_id", type = "integer" },
  { name = "other_id", type = "integer" },
]
primary_key = ["a b", 'quo"te']
unique = [ { name = "uq", columns = ["select", "parent_id"] }, { columns = ["other_id"] } ]
indexes = [ { name = "ix", columns = ["tick` + "`" + `", "select"], length = { "tick` + "`" + `" = 50 } }, { name = "ix_u", columns = ["select"], unique = true } ]
foreign_keys = [
  { columns = ["parent_id"], ref_table = "parent", ref_columns = ["id"], on_delete = "cascade" },
  { name = "fk_other", columns = ["other_id"], ref_table = "parent", ref_columns = ["id"], on_delete = "set null", on_update = "CASCADE" },
]
checks = [
  { expr = "parent_id > 0" },
  { name = "ck", expr = "parent_id > 3 OR parent_id IS NULL" },
  { expr = { other = "parent_id IN (0, 1)" }, dialects = ["sqlite", "mysql"] },
  { name = "ck2", name_on = { mysql = "order_chk_7", mariadb = "CONSTRAINT_9" }, expr = "parent_id < 100" },
]`},
		{name: "create a table that refers to itself", up: `
[[up]]
[up.create_table]
name = "tree"
columns = [ { name = "id", type = "integer", autoincrement = true }, { name = "up", type = "integer" } ]
primary_key = ["id"]
foreign_keys = [ { columns = ["up"], ref_table = "tree", ref_columns = ["id"] } ]`},
		{name: "create if not exists", up: `
[[up]]
create_table = { name = "t", columns = [ { name = "a", type = "integer" } ], if_not_exists = true }`},
		{name: "drop table", setup: twoTables + `
[[up]]
add_index = { table = "child", name = "ix_label", columns = ["label"] }
[[up]]
add_unique = { table = "child", name = "uq_label", columns = ["label", "flag"] }
[[up]]
add_foreign_key = { table = "child", columns = ["parent_id"], ref_table = "parent", ref_columns = ["id"] }
[[up]]
add_check = { table = "child", expr = "amount > 0" }`, up: `
[[up]]
drop_table = { name = "child" }
[[up]]
drop_table = { name = "parent", if_exists = true }`},
		{name: "rename table", setup: twoTables + `
[[up]]
add_foreign_key = { table = "child", columns = ["parent_id"], ref_table = "parent", ref_columns = ["id"] }`, up: `
[[up]]
rename_table = { from = "parent", to = "elder" }
[[up]]
rename_table = { from = "child", to = "kid" }`},
		{name: "add columns", setup: twoTables, up: `
[[up]]
add_column = { table = "child", name = "note", type = "string(10)" }
[[up]]
add_column = { table = "child", name = "on", type = "boolean", nullable = false, default = true }
[[up]]
add_column = { table = "child", name = "at", type = "datetime", default_sql = "CURRENT_TIMESTAMP" }
[[up]]
add_column = { table = "child", name = "data", type = "json" }
[[up]]
add_column = { table = "child", name = "mood", type = "enum(ok, bad)", type_name = "mood", comment = "how it is" }
[[up]]
add_column = { table = "child", name = "sum", type = "integer", default_sql = "1 + 1" }`},
		{name: "drop columns", setup: twoTables + `
[[up]]
add_index = { table = "child", name = "ix_label", columns = ["label"] }
[[up]]
add_index = { table = "child", name = "ix_both", columns = ["label", "amount"] }
[[up]]
add_check = { table = "child", expr = "amount > 0" }`, up: `
[[up]]
drop_column = { table = "child", name = "label" }
[[up]]
drop_column = { table = "child", name = "amount" }
[[up]]
drop_column = { table = "child", name = "not there", if_exists = true }`},
		{name: "rename column", setup: twoTables + `
[[up]]
add_index = { table = "child", name = "ix_label", columns = ["label"] }
[[up]]
add_foreign_key = { table = "child", columns = ["parent_id"], ref_table = "parent", ref_columns = ["id"] }
[[up]]
add_check = { table = "child", name = "ck_label", expr = { other = "label <> 'label'", sqlite = "\"label\" <> 'label'" } }`, up: `
[[up]]
rename_column = { table = "child", from = "label", to = "the label" }
[[up]]
rename_column = { table = "parent", from = "id", to = "key" }`},
		{name: "alter columns", setup: twoTables, up: `
[[up]]
alter_column = { table = "child", name = "label", type = "string(60)" }
[[up]]
alter_column = { table = "child", name = "label", nullable = false, default = "y" }
[[up]]
alter_column = { table = "child", name = "label", drop_default = true }
[[up]]
alter_column = { table = "child", name = "parent_id", type = "bigint", default = 3 }
[[up]]
alter_column = { table = "child", name = "flag", nullable = true, drop_default = true }
[[up]]
alter_column = { table = "child", name = "amount", type = "string(30)", default = "none" }`},
		{name: "alter to an enum and back", setup: twoTables, up: `
[[up]]
alter_column = { table = "child", name = "label", default = "ok" }
[[up]]
alter_column = { table = "child", name = "label", type = "enum(ok, bad)", type_name = "mood", default = "bad" }
[[up]]
alter_column = { table = "child", name = "label", type = "text", drop_default = true }`},
		{name: "alter json", setup: twoTables + `
[[up]]
add_column = { table = "child", name = "data", type = "json" }`, up: `
[[up]]
alter_column = { table = "child", name = "data", nullable = false }
[[up]]
alter_column = { table = "child", name = "data", type = "text" }`},
		{name: "indexes", setup: twoTables, up: `
[[up]]
add_index = { table = "child", name = "ix_label", columns = ["label", "amount"] }
[[up]]
add_index = { table = "child", name = "uq_label", columns = ["label"], unique = true, length = 5 }
[[up]]
add_index = { table = "child", name = "uq_whole", columns = ["label"], unique = true }
[[up]]
add_index = { table = "child", name = "ix_part", columns = ["label"], where = { sqlite = "flag = 1", postgres = "flag" } }
[[up]]
drop_index = { table = "child", name = "ix_label" }
[[up]]
drop_index = { table = "child", name = "uq_whole" }
[[up]]
drop_index = { table = "child", name = "not there", if_exists = true }`},
		{name: "unique constraints", setup: twoTables, up: `
[[up]]
add_unique = { table = "child", name = "uq_label", columns = ["label"] }
[[up]]
add_unique = { table = "child", columns = ["flag", "label"] }
[[up]]
drop_unique = { table = "child", name = "uq_label" }
[[up]]
drop_unique = { table = "child", columns = ["flag", "label"] }`},
		{name: "foreign keys", setup: twoTables + `
[[up]]
add_column = { table = "child", name = "other_id", type = "integer" }`, up: `
[[up]]
add_foreign_key = { table = "child", columns = ["parent_id"], ref_table = "parent", ref_columns = ["id"], on_delete = "cascade" }
[[up]]
add_foreign_key = { table = "child", name = "fk_other", columns = ["other_id"], ref_table = "parent", ref_columns = ["id"] }
[[up]]
drop_foreign_key = { table = "child", columns = ["parent_id"] }
[[up]]
drop_foreign_key = { table = "child", name = "fk_other" }`},
		{name: "checks", setup: twoTables, up: `
[[up]]
add_check = { table = "child", expr = "amount > 0" }
[[up]]
add_check = { table = "child", name = "ck", expr = "amount < 10 OR label = 'big'" }
[[up]]
drop_check = { table = "child", expr = "amount > 0" }
[[up]]
drop_check = { table = "child", name = "ck" }
[[up]]
drop_check = { table = "child", expr = "never", if_exists = true }`},
		{name: "enums", up: `
[[up]]
create_enum = { name = "Odd Name", values = ["a", "it's"] }
[[up]]
[up.create_table]
name = "t"
columns = [ { name = "c", type = "enum(a, \"it's\")", type_name = "Odd Name", default = "a" } ]
[[up]]
drop_table = { name = "t" }
[[up]]
drop_enum = { name = "Odd Name" }`},
		{name: "add enum value", setup: twoTables, oneWay: true, up: `
[[up]]
add_enum_value = { name = "mood", value = "it's fine", after = "ok" }
[[up]]
add_enum_value = { name = "mood", value = "last" }`},
		{name: "triggers", setup: twoTables, up: `
[[up]]
[up.create_trigger]
name = "stamp"
table = "child"
timing = { other = "before", sqlite = "after" }
event = "insert"
[up.create_trigger.body]
mysql = "BEGIN IF NEW.label IS NULL THEN SET NEW.label = 'none'; END IF; END;"
postgres = "BEGIN IF NEW.label IS NULL THEN NEW.label := 'none'; END IF; RETURN NEW; END"
sqlite = "UPDATE child SET label = 'none' WHERE id = NEW.id AND label IS NULL"
[[up]]
[up.create_trigger]
name = "guard"
table = "child"
timing = "after"
event = "UPDATE"
of = ["label"]
when = "NEW.label = 'bad'"
body = { sqlite = "SELECT RAISE(ABORT, 'bad');", postgres = "BEGIN RAISE EXCEPTION 'bad'; END" }
[[up]]
alter_column = { table = "child", name = "label", type = "string(25)" }
dialects = ["sqlite", "mysql"]
[[up]]
drop_trigger = { name = "stamp", table = "child" }
[[up]]
drop_trigger = { name = "guard", table = "child", if_exists = true }`},
		{name: "drop triggers", setup: twoTables + `
[[up]]
[up.create_trigger]
name = "stamp"
table = "child"
timing = "after"
event = "delete"
[up.create_trigger.body]
mysql = "UPDATE parent SET name = 'gone' WHERE id = OLD.parent_id"
postgres = "BEGIN UPDATE parent SET name = 'gone' WHERE id = OLD.parent_id; RETURN NULL; END"
sqlite = "UPDATE parent SET name = 'gone' WHERE id = OLD.parent_id;"`, up: `
[[up]]
drop_trigger = { name = "stamp", table = "child" }
[[up]]
drop_trigger = { name = "stamp", table = "child", if_exists = true }`},
		{name: "sync columns", setup: twoTables, up: `
[[up]]
[up.sync_columns]
name = "amount"
table = "child"
old = "amount"
new = "parent_id"
to_new = "{old} + 1"
to_old = "{new} - 1"
conflict = "new"
[[up]]
unsync_columns = { name = "amount", table = "child" }
[[up]]
sync_columns = { name = "label", table = "child", old = "label", new = "parent_id", to_new = "length({old})", to_old = "concat('x', {new})", message = "it's odd" }`},
		{name: "drop a table with a trigger", setup: twoTables + `
[[up]]
[up.create_trigger]
name = "stamp"
table = "child"
timing = "after"
event = "delete"
[up.create_trigger.body]
mysql = "UPDATE parent SET name = 'gone' WHERE id = OLD.parent_id"
postgres = "BEGIN UPDATE parent SET name = 'gone' WHERE id = OLD.parent_id; RETURN NULL; END"
sqlite = "UPDATE parent SET name = 'gone' WHERE id = OLD.parent_id;"`, up: `
[[up]]
drop_table = { name = "child" }`},
		{name: "rows that are taken back", setup: twoTables, up: `
[[up]]
[up.insert_rows]
table = "parent"
rows = [ { id = 1, name = "one's" }, { id = 2, name = "two" } ]
[[up]]
[up.insert_rows]
table = "child"
rows = [ { parent_id = 1, label = { null = true } } ]`},
		{name: "rows", setup: twoTables, oneWay: true, up: `
[[up]]
[up.insert_rows]
table = "parent"
rows = [ { id = 1, name = "one's" }, { id = 2, name = 'back\slash' }, { name = { sql = "UPPER('x')" }, id = 3 }, { id = 4 } ]
[[up]]
[up.insert_rows]
table = "child"
rows = [ { id = 1, parent_id = { null = true }, flag = true, amount = 1.25, label = { sql = { other = "'a'", postgres = "'b'" } } }, { id = 2, parent_id = 1, flag = 0, amount = 2, label = "z" } ]
[[up]]
update_rows = { table = "child", set = { label = { other = "label || '!'", mysql = "CONCAT(label, '!')" }, flag = true, amount = { value = 3 } }, where = "id = 1" }
[[up]]
delete_rows = { table = "child", where = "label = 'z'" }`},
	}
}
