package schema

import (
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"manage/engine/flavor"
)

// decode reads one operation, and returns what is wrong with it.
func decode(t *testing.T, text string) (Operation, error) {
	t.Helper()
	var doc map[string]toml.Primitive
	meta, err := toml.Decode(text, &doc)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	for key, value := range doc {
		op, ok := NewOperation(key)
		if !ok {
			t.Fatalf("there is no operation %q", key)
		}
		if err := meta.PrimitiveDecode(value, op); err != nil {
			return nil, err
		}
		return op, op.Check()
	}
	return nil, nil
}

func TestChecks(t *testing.T) {
	for text, want := range map[string]string{
		`create_table = { }`:            `name is missing`,
		`create_table = { name = "t" }`: `table "t" has no columns`,
		`create_table = { name = "t", columns = [ { type = "text" } ] }`:                                                                                                                  `a column has no name`,
		`create_table = { name = "t", columns = [ { name = "c" } ] }`:                                                                                                                     `table "t": column "c": the type is missing`,
		`create_table = { name = "t", columns = [ { name = "c", type = "varchar(3)" } ] }`:                                                                                                `write string(n)`,
		`create_table = { name = "t", columns = [ { name = "c", type = "text" }, { name = "c", type = "text" } ] }`:                                                                       `column "c" stands twice`,
		`create_table = { name = "t", columns = [ { name = "c", type = "text", type_on = { oracle = "text" } } ] }`:                                                                       `"oracle" is not a dialect`,
		`create_table = { name = "t", columns = [ { name = "c", type = "text", type_on = { mysql = "clob" } } ] }`:                                                                        `type_on: "clob" is not a type`,
		`create_table = { name = "t", columns = [ { name = "c", type = "text", default = "a", default_sql = "b" } ] }`:                                                                    `exclude each other`,
		`create_table = { name = "t", columns = [ { name = "c", type = "text", default = [1] } ] }`:                                                                                       `not an array`,
		`create_table = { name = "t", columns = [ { name = "c", type = "text", default_sql = " " } ] }`:                                                                                   `default_sql is empty`,
		`create_table = { name = "t", columns = [ { name = "c", type = "integer", autoincrement = true } ] }`:                                                                             `must be in primary_key`,
		`create_table = { name = "t", columns = [ { name = "c", type = "text" } ], primary_key = ["d"] }`:                                                                                 `primary_key: column "d" is not a column of the table`,
		`create_table = { name = "t", columns = [ { name = "c", type = "text" } ], primary_key = ["c", "c"] }`:                                                                            `column "c" stands twice`,
		`create_table = { name = "t", columns = [ { name = "c", type = "text" } ], unique = [ { columns = [] } ] }`:                                                                       `at least one column is needed`,
		`create_table = { name = "t", columns = [ { name = "c", type = "text" } ], indexes = [ { columns = ["c"] } ] }`:                                                                   `an index has no name`,
		`create_table = { name = "t", columns = [ { name = "c", type = "text" } ], indexes = [ { name = "i", columns = ["c"] }, { name = "i", columns = ["c"] } ] }`:                      `index "i" stands twice`,
		`create_table = { name = "t", columns = [ { name = "c", type = "text" } ], foreign_keys = [ { columns = ["c"] } ] }`:                                                              `ref_table is missing`,
		`create_table = { name = "t", columns = [ { name = "c", type = "text" } ], foreign_keys = [ { columns = ["c"], ref_table = "u", ref_columns = ["a", "b"] } ] }`:                   `equally many`,
		`create_table = { name = "t", columns = [ { name = "c", type = "text" } ], foreign_keys = [ { columns = ["c"], ref_table = "u", ref_columns = ["a"], on_delete = "explode" } ] }`: `on_delete: "explode" is not an action`,
		`create_table = { name = "t", columns = [ { name = "c", type = "text" } ], checks = [ { name = "k" } ] }`:                                                                         `check: expr is missing`,
		`create_table = { name = "t", columns = [ { name = "c", type = "text" } ], checks = [ { expr = "c", name_on = { db2 = "x" } } ] }`:                                                `name_on: "db2" is not a dialect`,
		`create_table = { name = "t", columns = [ { name = "c", type = "text" } ], checks = [ { expr = "c", dialects = ["db2"] } ] }`:                                                     `"db2" is not a dialect`,
		`create_table = { name = "t", columns = [ { name = "c", type = "text" } ], options = { sqlite = { engine = "x" } } }`:                                                             `options are for mysql and mariadb`,
		`drop_table = {}`:                            `name is missing`,
		`rename_table = { from = "a", to = "a" }`:    `the same name`,
		`add_column = { name = "c", type = "text" }`: `table is missing`,
		`add_column = { table = "t", name = "c", type = "integer", autoincrement = true }`: `autoincrement is for create_table only`,
		`drop_column = { table = "t" }`:                                                                                           `name is missing`,
		`rename_column = { table = "t", from = "a" }`:                                                                             `to is missing`,
		`alter_column = { table = "t", name = "c" }`:                                                                              `nothing is changed`,
		`alter_column = { table = "t", name = "c", default = 1, drop_default = true }`:                                            `exclude each other`,
		`add_index = { table = "t", name = "i", columns = ["c"], length = { d = 3 } }`:                                            `length names column "d"`,
		`add_index = { table = "t", name = "i", columns = ["c"], length = 0 }`:                                                    `at least 1`,
		`add_index = { table = "t", name = "i", columns = ["c"], length = "long" }`:                                               `length must be a number`,
		`add_index = { table = "t", name = "i", columns = ["c"], where = "" }`:                                                    ``,
		`add_index = { table = "t", name = "i", columns = ["c"], where = { sqlite = " " } }`:                                      `where is empty`,
		`drop_unique = { table = "t" }`:                                                                                           `give name or columns`,
		`drop_unique = { table = "t", name = "u", columns = ["c"] }`:                                                              `exclude each other`,
		`drop_foreign_key = { table = "t" }`:                                                                                      `give name or columns`,
		`drop_check = { table = "t", name = "k", expr = "x" }`:                                                                    `exclude each other`,
		`add_check = { table = "t", expr = { sqlite = "x", oracle = "y" } }`:                                                      `"oracle" is not a dialect`,
		`add_check = { table = "t", expr = { } }`:                                                                                 `at least one key`,
		`add_check = { table = "t", expr = 3 }`:                                                                                   `expected a string or a table by dialect, not an integer`,
		`add_check = { table = "t", expr = { sqlite = 3 } }`:                                                                      `the value for "sqlite" must be a string`,
		`create_enum = { name = "e" }`:                                                                                            `at least one is needed`,
		`create_enum = { name = "e", values = ["a", "a"] }`:                                                                       `"a" stands twice`,
		`create_enum = { name = "e", values = [""] }`:                                                                             `a value is empty`,
		`add_enum_value = { name = "e" }`:                                                                                         `value is missing`,
		`create_trigger = { name = "g", table = "t", event = "insert", body = "x" }`:                                              `timing is missing`,
		`create_trigger = { name = "g", table = "t", timing = "during", event = "insert", body = "x" }`:                           `"during" is not before, after or instead of`,
		`create_trigger = { name = "g", table = "t", timing = "after", event = "select", body = "x" }`:                            `"select" is not insert, update or delete`,
		`create_trigger = { name = "g", table = "t", timing = "after", event = "insert", of = ["c"], body = "x" }`:                `of is for update triggers`,
		`create_trigger = { name = "g", table = "t", timing = "after", event = "insert" }`:                                        `body is missing`,
		`sync_columns = { name = "s", table = "t", old = "a", new = "b", to_old = "{new}" }`:                                      `to_new is missing`,
		`sync_columns = { name = "s", table = "t", old = "a", new = "b", to_new = "1", to_old = "{new}" }`:                        `to_new does not name {old}`,
		`sync_columns = { name = "s", table = "t", old = "a", new = "b", to_new = "{old}", to_old = "{new} + {old}" }`:            `to_old names {old}, which it computes`,
		`sync_columns = { name = "s", table = "t", old = "a", new = "a", to_new = "{old}", to_old = "{new}" }`:                    `the same column "a"`,
		`sync_columns = { name = "s", table = "t", old = "a", new = "b", to_new = "{old}", to_old = "{new}", conflict = "last" }`: `"last" is not refuse, new or old`,
		`sync_columns = { name = "s", table = "t", old = "a", new = "b", to_new = "{old}", to_old = "{new}", message = "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm" }`: `more than the 128 characters`,
		`insert_rows = { table = "t" }`:                                      `at least one is needed`,
		`insert_rows = { table = "t", rows = [ {} ] }`:                       `row 1 is empty`,
		`insert_rows = { table = "t", rows = [ { a = [1] } ] }`:              `not an array`,
		`insert_rows = { table = "t", rows = [ { a = { b = 1 } } ] }`:        `a value is a literal`,
		`insert_rows = { table = "t", rows = [ { a = { null = false } } ] }`: `null must be true`,
		`insert_rows = { table = "t", rows = [ { a = nan } ] }`:              `a number must be finite`,
		`update_rows = { table = "t", where = "x" }`:                         `set is missing`,
		`update_rows = { table = "t", set = { a = " " }, where = "x" }`:      `the expression for "a" is empty`,
		`update_rows = { table = "t", set = { a = "1" } }`:                   `where is missing`,
		`delete_rows = { table = "t" }`:                                      `where is missing`,
		`sql = { text = "  " }`:                                              `text is missing`,
		`sql = { text = "x", down = " " }`:                                   `down is empty`,
	} {
		_, err := decode(t, text)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s\ngives %v\nwant %s", text, err, want)
		}
	}
}

// TestMisfits holds what each operation says of a schema that it does not
// fit: the same from Apply and from Render.
func TestMisfits(t *testing.T) {
	const setup = twoTables + `
[[up]]
add_index = { table = "child", name = "ix", columns = ["label"] }
[[up]]
add_unique = { table = "child", name = "uq", columns = ["flag"] }
[[up]]
add_check = { table = "child", name = "ck", expr = "amount > parent_id" }
[[up]]
add_foreign_key = { table = "child", name = "fk", columns = ["parent_id"], ref_table = "parent", ref_columns = ["id"] }
[[up]]
create_trigger = { name = "g", table = "child", timing = "after", event = "insert", body = "BEGIN END" }`
	for _, tc := range []struct {
		op, want string
		only     flavor.Dialect
	}{
		{op: `create_table = { name = "child", columns = [ { name = "c", type = "text" } ] }`, want: `create_table on table "child": the table exists already`},
		{op: `create_table = { name = "n", columns = [ { name = "c", type = "text" } ], foreign_keys = [ { columns = ["c"], ref_table = "nobody", ref_columns = ["id"] } ] }`, want: `create_table on table "n": the foreign key's table "nobody" does not exist`},
		{op: `create_table = { name = "n", columns = [ { name = "c", type = "text" } ], foreign_keys = [ { columns = ["c"], ref_table = "parent", ref_columns = ["no"] } ] }`, want: `create_table on table "parent": column "no" does not exist`},
		{op: `create_table = { name = "n", columns = [ { name = "c", type = "enum(a)" } ] }`, want: `table "n": column "c": an enum needs a type_name on PostgreSQL`, only: flavor.Postgres},
		{op: `create_table = { name = "n", columns = [ { name = "c", type = "integer" } ], checks = [ { expr = { sqlite = "c > 0" } } ] }`, want: `create_table on table "n": a check has no expr for MySQL`, only: flavor.MySQL},
		{op: `drop_table = { name = "nobody" }`, want: `drop_table on table "nobody": the table does not exist`},
		{op: `drop_table = { name = "parent" }`, want: `drop_table on table "parent": table "child" has a foreign key to it; drop that first`},
		{op: `rename_table = { from = "nobody", to = "x" }`, want: `rename_table on table "nobody": the table does not exist`},
		{op: `rename_table = { from = "child", to = "parent" }`, want: `rename_table on table "child": there is a table "parent" already`},
		{op: `add_column = { table = "child", name = "label", type = "text" }`, want: `add_column on table "child": column "label" exists already`},
		{op: `add_column = { table = "child", name = "m", type = "enum(a)", type_name = "nomood" }`, want: `add_column on table "child": the enum type "nomood" does not exist; create_enum makes it`, only: flavor.Postgres},
		{op: `drop_column = { table = "child", name = "no" }`, want: `drop_column on table "child": column "no" does not exist`},
		{op: `drop_column = { table = "parent", name = "id" }`, want: `drop_column on table "parent": column "id" is referenced by a foreign key of table "child"; drop that first`},
		{op: `drop_column = { table = "child", name = "parent_id" }`, want: `drop_column on table "child": column "parent_id" has the foreign key "fk"; drop that first`, only: flavor.MySQL},
		{op: `drop_column = { table = "child", name = "amount" }`, want: `drop_column on table "child": column "amount" is in the check "ck" with other columns; drop that first`, only: flavor.MariaDB},
		{op: `drop_column = { table = "child", name = "id" }`, want: `drop_column on table "child": column "id" belongs to the primary key`},
		{op: `rename_column = { table = "child", from = "label", to = "flag" }`, want: `rename_column on table "child": there is a column "flag" already`},
		{op: `alter_column = { table = "child", name = "id", nullable = true }`, want: `alter_column on table "child": column "id" belongs to the primary key and cannot be null`},
		{op: `add_index = { table = "child", name = "ix", columns = ["label"] }`, want: `add_index on table "child": table "child" has an index "ix" already`},
		{op: `add_index = { table = "parent", name = "ix", columns = ["name"] }`, want: `add_index on table "parent": table "child" has an index "ix" already`, only: flavor.Postgres},
		{op: `add_index = { table = "child", name = "i", columns = ["label"], where = "flag" }`, want: `add_index on table "child": index "i": MySQL has no partial indexes`, only: flavor.MySQL},
		{op: `add_index = { table = "child", name = "i", columns = ["no"] }`, want: `add_index on table "child": column "no" does not exist`},
		{op: `drop_index = { table = "child", name = "no" }`, want: `drop_index on table "child": there is no index "no"`},
		{op: `add_unique = { table = "child", name = "uq", columns = ["label"] }`, want: `add_unique on table "child": "uq" exists already`},
		{op: `drop_unique = { table = "child", columns = ["label", "flag"] }`, want: `drop_unique on table "child": there is no unique constraint on (label, flag)`},
		{op: `drop_unique = { table = "child", name = "no" }`, want: `drop_unique on table "child": there is no unique constraint "no"`},
		{op: `add_foreign_key = { table = "child", columns = ["parent_id"], ref_table = "no", ref_columns = ["id"] }`, want: `add_foreign_key on table "child": the foreign key's table "no" does not exist`},
		{op: `add_foreign_key = { table = "child", name = "fk", columns = ["parent_id"], ref_table = "parent", ref_columns = ["id"] }`, want: `add_foreign_key on table "child": "fk" exists already`},
		{op: `drop_foreign_key = { table = "child", columns = ["label"] }`, want: `drop_foreign_key on table "child": there is no foreign key on (label)`},
		{op: `drop_foreign_key = { table = "child", name = "no" }`, want: `drop_foreign_key on table "child": there is no foreign key "no"`},
		{op: `add_check = { table = "child", name = "ck", expr = "1 = 1" }`, want: `add_check on table "child": "ck" exists already`},
		{op: `add_check = { table = "child", expr = { sqlite = "1 = 1" } }`, want: `add_check on table "child": there is no expr for PostgreSQL`, only: flavor.Postgres},
		{op: `drop_check = { table = "child", name = "no" }`, want: `drop_check on table "child": there is no check "no"`},
		{op: `drop_check = { table = "child", expr = "1 = 1" }`, want: `drop_check on table "child": there is no check "1 = 1"`},
		{op: `create_enum = { name = "mood", values = ["a"] }`, want: `create_enum: the enum type "mood" exists already`, only: flavor.Postgres},
		{op: `drop_enum = { name = "no" }`, want: `drop_enum: the enum type "no" does not exist`, only: flavor.Postgres},
		{op: `add_enum_value = { name = "mood", value = "ok" }`, want: `add_enum_value: the enum type "mood" has the value "ok" already`, only: flavor.Postgres},
		{op: `add_enum_value = { name = "mood", value = "x", after = "y" }`, want: `add_enum_value: the enum type "mood" has no value "y"`, only: flavor.Postgres},
		{op: `create_trigger = { name = "g", table = "child", timing = "after", event = "insert", body = "BEGIN END" }`, want: `create_trigger on table "child": trigger "g" exists already`},
		{op: `create_trigger = { name = "h", table = "no", timing = "after", event = "insert", body = "BEGIN END" }`, want: `create_trigger on table "no": the table does not exist`},
		{op: `create_trigger = { name = "h", table = "child", timing = { sqlite = "after" }, event = "insert", body = "BEGIN END" }`, want: `create_trigger on table "child": trigger "h" has no timing for MySQL`, only: flavor.MySQL},
		{op: `create_trigger = { name = "h", table = "child", timing = "after", event = "insert", when = "1", body = "BEGIN END" }`, want: `create_trigger on table "child": trigger "h": MySQL has neither when nor of; test in the body`, only: flavor.MySQL},
		{op: `sync_columns = { name = "s", table = "no", old = "id", new = "flag", to_new = "{old}", to_old = "{new}" }`, want: `sync_columns on table "no": the table does not exist`},
		{op: `sync_columns = { name = "s", table = "child", old = "id", new = "no", to_new = "{old}", to_old = "{new}" }`, want: `sync_columns on table "child": there is no column "no"`},
		{op: `sync_columns = { name = "s", table = "child", old = "id", new = "flag", to_new = { sqlite = "{old}" }, to_old = "{new}" }`, want: `sync_columns on table "child": to_new and to_old need an expression for MySQL`, only: flavor.MySQL},
		{op: `drop_trigger = { name = "no", table = "child" }`, want: `drop_trigger on table "child": there is no trigger "no"`},
		{op: `insert_rows = { table = "child", rows = [ { no = 1 } ] }`, want: `insert_rows on table "child": column "no" does not exist`},
		{op: `insert_rows = { table = "child", rows = [ { id = { sql = { sqlite = "1" } } } ] }`, want: `insert_rows on table "child": row 1: there is no expression for PostgreSQL`, only: flavor.Postgres},
		{op: `update_rows = { table = "child", set = { no = "1" }, where = "1 = 1" }`, want: `update_rows on table "child": column "no" does not exist`},
		{op: `update_rows = { table = "child", set = { id = "1" }, where = { sqlite = "1 = 1" } }`, want: `update_rows on table "child": there is no where for MySQL`, only: flavor.MySQL},
		{op: `delete_rows = { table = "no", where = "1 = 1" }`, want: `delete_rows on table "no": the table does not exist`},
	} {
		for _, d := range flavor.Dialects() {
			if tc.only != "" && tc.only != d {
				continue
			}
			s := New(flavor.Default(d))
			fold(t, s, forDialect(parse(t, setup), d))
			op, err := decode(t, tc.op)
			if err != nil {
				t.Fatalf("%s: %v", tc.op, err)
			}
			if _, err := op.Render(s); err == nil || err.Error() != tc.want {
				t.Errorf("%s on %s renders with %v, want %s", tc.op, d, err, tc.want)
			}
		}
	}
}
