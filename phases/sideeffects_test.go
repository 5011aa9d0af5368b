package phases

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/migrations/catalog"
)

// effectCase is objects that somebody made beside a catalog, what the next
// revision does, and what that does to the objects.
type effectCase struct {
	name  string
	setup []string
	up    string   // of the revision
	want  []string // outcome, kind and name; with "via" where by way of a view
}

// effectsCatalog makes the tables goods and orders, then does up.
func effectsCatalog(t *testing.T, up string) *catalog.Catalog {
	return loaded(t, map[string]string{
		"catalog.toml": `name = "effects"`,
		"versions/a01_tables.toml": `
revision = "a01"
branch = "trunk"
message = "tables"
[[up]]
create_table = { name = "goods", columns = [ { name = "id", type = "integer", nullable = false }, { name = "price", type = "integer" }, { name = "note", type = "string(20)" } ], primary_key = ["id"] }
[[up]]
create_table = { name = "orders", columns = [ { name = "id", type = "integer", nullable = false }, { name = "price", type = "integer" }, { name = "n", type = "integer" } ], primary_key = ["id"] }`,
		"versions/a02_change.toml": "revision = \"a02\"\nrevises = \"a01\"\nbranch = \"trunk\"\nmessage = \"change\"\n" + up,
	})
}

const (
	dropPrice   = "[[up]]\ndrop_column = { table = \"goods\", name = \"price\" }\n"
	renamePrice = "[[up]]\nrename_column = { table = \"goods\", from = \"price\", to = \"cost\" }\n"
	dropGoods   = "[[up]]\ndrop_table = { name = \"goods\" }\n"
	renameGoods = "[[up]]\nrename_table = { from = \"goods\", to = \"wares\" }\n"
)

// TestSideEffects: what a plan does to objects that it does not name is told by
// plan, and of what the server refuses nothing is begun.
func TestSideEffects(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		for _, c := range effectCases(d) {
			t.Run(string(d)+" "+c.name, func(t *testing.T) {
				db := enginetest.New(t, d).AsAdmin() // who sees routines and events
				s := service(t, effectsCatalog(t, c.up), db)
				must(t, s, "upgrade", "a01")
				for _, sql := range c.setup {
					db.Exec(t, sql)
				}
				p, err := s.Plan(context.Background(), "sync", Request{})
				if err != nil {
					t.Fatal(err)
				}
				got := []string{}
				for _, e := range p.SideEffects {
					text := fmt.Sprint(e.Outcome, " ", e.Kind, " ", e.Name)
					if e.Via != "" {
						text += " via " + e.Via
					}
					got = append(got, text)
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("side effects are %q, want %q", got, c.want)
				}
				performs(t, s, db, p.SideEffects)
			})
		}
	}
}

// performs runs the plan: what is said to be refused is, before anything, and
// the server itself would refuse it.
func performs(t *testing.T, s *Service, db enginetest.Database, effects []plan.SideEffect) {
	t.Helper()
	held := slices.ContainsFunc(effects, func(e plan.SideEffect) bool { return e.Outcome == plan.Refuses })
	p, _ := s.Plan(context.Background(), "sync", Request{})
	var said []string
	s.Events = func(e any) {
		if w, ok := e.(Warned); ok {
			said = append(said, w.Text)
		}
	}
	before := enginetest.TakeSnapshot(t, db)
	_, err := command(s, "sync", "")
	var way *InTheWay
	if errors.As(err, &way) != held {
		t.Errorf("sync: %v, want refused %v", err, held)
	}
	if !held {
		if err != nil {
			t.Errorf("sync: %v", err)
		}
		for _, e := range effects {
			if !slices.Contains(said, e.String()) {
				t.Errorf("sync does not say %q, but %q", e, said)
			}
		}
		return
	}
	if diff := cmp.Diff(before, enginetest.TakeSnapshot(t, db)); diff != "" {
		t.Errorf("the refusal changed something:\n%s", diff)
	}
	if db.Dialect == flavor.SQLite {
		return // it lets most of this happen
	}
	if sql, err := refusedBy(t, db, p.Steps[0].Statements); err == nil {
		t.Errorf("the server takes %s", sql)
	}
}

// refusedBy sends statements until the server refuses one: those that belong
// together in a transaction, which is undone, of others the first.
func refusedBy(t *testing.T, db enginetest.Database, statements []plan.Statement) (sql string, err error) {
	t.Helper()
	tx, err := db.SQL().Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	for i, st := range statements {
		if i > 0 && !st.Together {
			break
		}
		if sql = st.SQL; err == nil {
			_, err = tx.Exec(sql)
		}
	}
	return sql, err
}

func effectCases(d flavor.Dialect) []effectCase {
	switch d {
	case flavor.Postgres:
		return slices.Concat(postgresEffects, typeEffects)
	case flavor.SQLite:
		return sqliteEffects
	}
	return slices.DeleteFunc(slices.Clone(mysqlEffects), func(c effectCase) bool { return strings.HasSuffix(c.name, "(MySQL)") && d != flavor.MySQL })
}

const ownFunction = "CREATE FUNCTION own() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.price := 1; RETURN NEW; END'"

var postgresEffects = []effectCase{
	{"nothing", nil, dropPrice, []string{}},
	{"plain index", []string{"CREATE INDEX i ON goods (price)"}, dropPrice, []string{}},
	{"indexes", []string{"CREATE INDEX i ON goods (price, note)", "CREATE INDEX e ON goods ((price + 1))", "CREATE INDEX p ON goods (note) WHERE price > 0", "CREATE INDEX n ON goods (note) INCLUDE (price)"},
		dropPrice, []string{"goes index e", "goes index i", "goes index n", "goes index p"}},
	{"dropped by the revision", []string{"CREATE INDEX i ON goods (price, note)"}, "[[up]]\ndrop_index = { table = \"goods\", name = \"i\" }\n" + dropPrice, []string{}},
	{"constraints", []string{"ALTER TABLE goods ADD CONSTRAINT u UNIQUE (price, note)", "ALTER TABLE goods ADD CONSTRAINT c CHECK (price > 0 OR note = 'x')", "ALTER TABLE goods ADD CONSTRAINT one CHECK (price > 0)"},
		dropPrice, []string{"goes check constraint c", "goes unique constraint u"}},
	{"statistics", []string{"CREATE STATISTICS st ON price, note FROM goods"}, dropPrice, []string{"goes statistics object st"}},
	{"view", []string{"CREATE VIEW v AS SELECT price FROM goods", "CREATE VIEW other AS SELECT price FROM orders"}, dropPrice, []string{"refuses view v"}},
	{"view dropped before", []string{"CREATE VIEW v AS SELECT price FROM goods"}, "[[up]]\nsql = { text = \"DROP VIEW v\" }\n" + dropPrice, []string{}},
	{"view renamed", []string{"CREATE VIEW v AS SELECT price FROM goods"}, renamePrice, []string{}},
	{"materialized view", []string{"CREATE MATERIALIZED VIEW v AS SELECT price + 1 AS p FROM goods"}, dropPrice, []string{"refuses materialized view v"}},
	{"view of another schema", []string{"CREATE SCHEMA far", "CREATE VIEW far.v AS SELECT price FROM goods"}, dropPrice, []string{"refuses view far.v"}},
	{"policies", []string{"CREATE POLICY p ON goods USING (price > 0)", "CREATE POLICY q ON orders USING (EXISTS (SELECT FROM goods WHERE goods.price = orders.price))"},
		dropPrice, []string{"refuses policy p", "refuses policy q"}},
	{"policy of a table that goes", []string{"CREATE POLICY p ON goods USING (price > 0)"}, dropGoods, []string{"goes policy p"}},
	{"rule", []string{"CREATE RULE r AS ON UPDATE TO orders DO ALSO DELETE FROM goods WHERE price = OLD.price"}, dropPrice, []string{"refuses rule r"}},
	{"generated column", []string{"ALTER TABLE goods ADD COLUMN g integer GENERATED ALWAYS AS (price * 2) STORED"}, dropPrice, []string{"refuses generated column g"}},
	{"publication", []string{"CREATE PUBLICATION pub FOR TABLE goods WHERE (price > 1)"}, dropPrice, []string{"refuses publication pub"}},
	{"trigger of columns", []string{ownFunction, "CREATE TRIGGER t BEFORE UPDATE OF price ON goods FOR EACH ROW EXECUTE FUNCTION own()"}, dropPrice, []string{"refuses trigger t"}},
	{"trigger of a condition", []string{ownFunction, "CREATE TRIGGER t BEFORE UPDATE ON goods FOR EACH ROW WHEN (OLD.price > 1) EXECUTE FUNCTION own()"}, dropPrice, []string{"refuses trigger t"}},
	{"trigger", []string{ownFunction, "CREATE TRIGGER t BEFORE INSERT ON goods FOR EACH ROW EXECUTE FUNCTION own()"}, dropPrice, []string{"breaks trigger t"}},
	{"trigger, renamed", []string{ownFunction, "CREATE TRIGGER t BEFORE INSERT ON goods FOR EACH ROW EXECUTE FUNCTION own()"}, renamePrice, []string{"breaks trigger t"}},
	{"trigger of another table that has such a column", []string{ownFunction, "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION own()"}, dropPrice, []string{}},
	{"trigger of another table", []string{"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN UPDATE goods SET price = 1; RETURN NEW; END'", "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f()"},
		dropPrice, []string{"breaks trigger t"}},
	{"trigger of a table that goes", []string{ownFunction, "CREATE TRIGGER t BEFORE INSERT ON goods FOR EACH ROW EXECUTE FUNCTION own()"}, dropGoods, []string{"goes trigger t"}},
	{"functions", []string{"CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT price FROM goods LIMIT 1'", "CREATE FUNCTION g() RETURNS integer LANGUAGE sql AS 'SELECT price FROM orders LIMIT 1'",
		"CREATE FUNCTION h(goods) RETURNS integer LANGUAGE sql AS 'SELECT $1.price'", "CREATE FUNCTION i() RETURNS integer LANGUAGE sql AS 'SELECT 1 -- the price of goods'"},
		dropPrice, []string{"breaks function f", "breaks function h"}},
	{"function with the words in a string", []string{"CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$BEGIN EXECUTE 'UPDATE goods SET price = 1'; END$$"}, dropPrice, []string{"breaks function f"}},
	{"function, longer word", []string{"CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT n AS price_list FROM orders, goods'"}, dropPrice, []string{}},
	{"function and a table", []string{"CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DELETE FROM goods'"}, renameGoods, []string{"breaks function f"}},
	{"function with a body of SQL", []string{"CREATE FUNCTION f() RETURNS integer BEGIN ATOMIC SELECT price FROM goods LIMIT 1; END"}, dropPrice, []string{"refuses function f"}},
	{"row type", []string{"CREATE TABLE rows (g goods)", "CREATE FUNCTION h(goods) RETURNS integer LANGUAGE sql AS 'SELECT 1'"}, dropGoods, []string{"refuses column g", "refuses function h"}},
	{"reference of a table that goes too", []string{"ALTER TABLE orders ADD FOREIGN KEY (n) REFERENCES goods (id)"}, "[[up]]\ndrop_table = { name = \"orders\" }\n" + dropGoods, []string{}},
	{"partition key", []string{"CREATE TABLE parts (LIKE goods) PARTITION BY LIST (price)", "ALTER TABLE goods RENAME TO away", "ALTER TABLE parts RENAME TO goods"}, dropPrice, []string{"refuses partitioning by LIST (price)"}},
	{"partition key of a partition", []string{"CREATE TABLE parts (LIKE goods) PARTITION BY LIST (id)", "CREATE TABLE part PARTITION OF parts FOR VALUES IN (1) PARTITION BY LIST (price)", "ALTER TABLE goods RENAME TO away", "ALTER TABLE parts RENAME TO goods"},
		dropPrice, []string{"refuses partitioning by price"}},
	{"partitions of a table that goes", []string{"CREATE TABLE parts (LIKE goods) PARTITION BY LIST (id)", "CREATE TABLE part PARTITION OF parts FOR VALUES IN (1)", "ALTER TABLE goods RENAME TO away", "ALTER TABLE parts RENAME TO goods"},
		dropGoods, []string{"goes partition part"}},
	{"child", []string{"CREATE TABLE kid () INHERITS (goods)"}, dropGoods, []string{"refuses table kid"}},
	{"view of a child", []string{"CREATE TABLE kid () INHERITS (goods)", "CREATE VIEW v AS SELECT price FROM kid"}, dropPrice, []string{"refuses view v"}},
	{"rows", []string{ownFunction, "CREATE TRIGGER t BEFORE UPDATE ON goods FOR EACH ROW EXECUTE FUNCTION own()", "CREATE TRIGGER i BEFORE INSERT ON goods FOR EACH ROW EXECUTE FUNCTION own()",
		"CREATE TRIGGER o BEFORE UPDATE OF note ON goods FOR EACH ROW EXECUTE FUNCTION own()", "CREATE TRIGGER off BEFORE UPDATE ON goods FOR EACH ROW EXECUTE FUNCTION own()", "ALTER TABLE goods DISABLE TRIGGER off",
		"CREATE RULE r AS ON UPDATE TO goods DO ALSO DELETE FROM orders"},
		"[[up]]\nupdate_rows = { table = \"goods\", set = { price = 3 }, where = \"id = 1\" }\n", []string{"fires rule r", "fires trigger t"}},
}

var mysqlEffects = []effectCase{
	{"nothing", nil, dropPrice, []string{}},
	{"plain index", []string{"CREATE INDEX price ON goods (price)"}, dropPrice, []string{}},
	{"index", []string{"CREATE INDEX price ON goods (price, note)"}, dropPrice, []string{"shrinks index price"}},
	{"unique (MySQL)", []string{"CREATE UNIQUE INDEX u ON goods (price, note)"}, dropPrice, []string{"shrinks unique constraint u"}},
	{"functional index (MySQL)", []string{"CREATE INDEX i ON goods ((price + 1))"}, dropPrice, []string{"refuses index i"}},
	{"functional index, renamed (MySQL)", []string{"CREATE INDEX i ON goods ((price + 1))"}, renamePrice, []string{"refuses index i"}},
	{"check, renamed (MySQL)", []string{"ALTER TABLE goods ADD CONSTRAINT c CHECK (price > 0)"}, renamePrice, []string{}},
	{"check of several columns, dropped before", []string{"ALTER TABLE goods ADD CONSTRAINT c CHECK (price > 0 OR note <> 'x')"}, "[[up]]\ndrop_check = { table = \"goods\", name = \"c\" }\n" + dropPrice, []string{}},
	{"unique of several columns, dropped before", []string{"ALTER TABLE goods ADD CONSTRAINT u UNIQUE (price, note)"}, "[[up]]\ndrop_unique = { table = \"goods\", name = \"u\" }\n" + dropPrice, []string{}},
	{"generated column", []string{"ALTER TABLE goods ADD COLUMN g integer GENERATED ALWAYS AS (price * 2) STORED"}, dropPrice, []string{"refuses generated column g"}},
	{"generated column, renamed (MySQL)", []string{"ALTER TABLE goods ADD COLUMN g integer GENERATED ALWAYS AS (price * 2) STORED"}, renamePrice, []string{"refuses generated column g"}},
	{"default", []string{"ALTER TABLE goods ADD COLUMN g integer DEFAULT (price + 1)"}, dropPrice, []string{"refuses default g"}},
	{"partitions", []string{"ALTER TABLE goods DROP PRIMARY KEY", "ALTER TABLE goods PARTITION BY HASH (price) PARTITIONS 3"}, dropPrice, []string{"refuses partitioning by `price`"}},
	{"view", []string{"CREATE VIEW v AS SELECT price FROM goods", "CREATE VIEW v2 AS SELECT price + 1 AS p FROM v", "CREATE VIEW other AS SELECT price FROM orders"},
		dropPrice, []string{"breaks view v", "breaks view v2 via v"}},
	{"view, renamed", []string{"CREATE VIEW v AS SELECT price FROM goods"}, renamePrice, []string{"breaks view v"}},
	{"view of a table", []string{"CREATE VIEW v AS SELECT id FROM goods"}, dropGoods, []string{"breaks view v"}},
	{"trigger", []string{"CREATE TRIGGER t BEFORE INSERT ON goods FOR EACH ROW SET NEW.price = 1"}, dropPrice, []string{"breaks trigger t"}},
	{"trigger of another table that has such a column", []string{"CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW SET NEW.price = 1"}, dropPrice, []string{}},
	{"trigger of another table", []string{"CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW UPDATE goods SET price = 1"}, dropPrice, []string{"breaks trigger t"}},
	{"trigger of another table, dropped", []string{"CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW UPDATE goods SET price = 1"}, "[[up]]\ndrop_trigger = { name = \"t\", table = \"orders\" }\n" + dropPrice, []string{}},
	{"trigger of a table that goes", []string{"CREATE TRIGGER t BEFORE INSERT ON goods FOR EACH ROW SET NEW.price = 1"}, dropGoods, []string{"goes trigger t"}},
	{"routines", []string{"CREATE PROCEDURE p() UPDATE goods SET price = 1", "CREATE PROCEDURE q() UPDATE orders SET price = 1", "CREATE FUNCTION f() RETURNS int READS SQL DATA RETURN (SELECT MAX(price) FROM goods)"},
		dropPrice, []string{"breaks function f", "breaks procedure p"}},
	{"event", []string{"CREATE EVENT e ON SCHEDULE EVERY 1 YEAR DO UPDATE goods SET price = 1"}, dropPrice, []string{"breaks event e"}},
	{"event and a table", []string{"CREATE EVENT e ON SCHEDULE EVERY 1 YEAR DO DELETE FROM goods"}, renameGoods, []string{"breaks event e"}},
	{"rows", []string{"CREATE TRIGGER t BEFORE UPDATE ON goods FOR EACH ROW SET NEW.price = 1", "CREATE TRIGGER i BEFORE INSERT ON goods FOR EACH ROW SET NEW.price = 1"},
		"[[up]]\nupdate_rows = { table = \"goods\", set = { price = 3 }, where = \"id = 1\" }\n", []string{"fires trigger t"}},
}

// sqliteTrigger is a trigger t with another body.
func sqliteTrigger(head, body string) []string {
	return []string{"CREATE TRIGGER t AFTER " + head + " BEGIN " + body + "; END"}
}

var sqliteEffects = []effectCase{
	{"nothing", nil, dropPrice, []string{}},
	{"plain index", []string{"CREATE INDEX i ON goods (price)"}, dropPrice, []string{}},
	{"indexes", []string{"CREATE INDEX i ON goods (price, note)", "CREATE INDEX e ON goods (price + 1)", "CREATE INDEX p ON goods (note) WHERE price > 0"},
		dropPrice, []string{"goes index e", "goes index i", "goes index p"}},
	{"trigger of the table", sqliteTrigger("INSERT ON goods", "SELECT NEW.price"), dropPrice, []string{"refuses trigger t"}},
	{"trigger that sets the column", sqliteTrigger("INSERT ON goods", "UPDATE goods SET price = 1"), dropPrice, []string{"refuses trigger t"}},
	{"trigger with WHEN", sqliteTrigger("INSERT ON goods WHEN NEW.price > 1", "SELECT 1"), dropPrice, []string{"refuses trigger t"}},
	{"trigger of columns", sqliteTrigger("UPDATE OF price, note ON goods", "SELECT 1"), dropPrice, []string{"refuses trigger t"}},
	{"trigger before a deletion", []string{"CREATE TRIGGER t BEFORE DELETE ON goods BEGIN INSERT INTO orders (n) VALUES (OLD.price); END"}, dropPrice, []string{"refuses trigger t"}},
	{"trigger of another table", sqliteTrigger("INSERT ON orders", "UPDATE goods SET price = 1"), dropPrice, []string{"refuses trigger t"}},
	{"trigger of another table that inserts", sqliteTrigger("INSERT ON orders", "INSERT INTO goods (price) VALUES (1)"), dropPrice, []string{"refuses trigger t"}},
	{"trigger that inserts by place", sqliteTrigger("INSERT ON orders", "INSERT INTO goods VALUES (1, 2, 'x')"), dropPrice, []string{"refuses trigger t"}},
	{"trigger with double quotes", sqliteTrigger("INSERT ON orders", `SELECT "price" FROM goods`), dropPrice, []string{"refuses trigger t"}},
	{"trigger with a string in double quotes", sqliteTrigger("DELETE ON orders", `SELECT "price", id FROM (SELECT id FROM goods)`), dropPrice, []string{}},
	{"trigger of another table that has such a column", sqliteTrigger("INSERT ON orders", "UPDATE orders SET price = 1 WHERE n IN (SELECT id FROM goods)"), dropPrice, []string{}},
	{"trigger that the revision drops after the column", sqliteTrigger("INSERT ON goods", "SELECT NEW.price"), dropPrice + "[[up]]\ndrop_trigger = { name = \"t\", table = \"goods\" }\n", []string{}},
	{"trigger that fails already", sqliteTrigger("INSERT ON orders", "INSERT INTO nowhere VALUES (1)"), dropPrice, []string{}},
	{"two", []string{"CREATE TRIGGER t AFTER INSERT ON goods BEGIN SELECT NEW.price; END", "CREATE TRIGGER u AFTER DELETE ON orders BEGIN DELETE FROM goods WHERE price = OLD.price; END", "CREATE VIEW v AS SELECT price FROM goods"},
		dropPrice, []string{"refuses trigger t", "refuses trigger u", "refuses view v"}},
	{"view", []string{"CREATE VIEW v AS SELECT price FROM goods", "CREATE VIEW v2 AS SELECT price + 1 AS p FROM v"}, dropPrice, []string{"refuses view v", "refuses view v2"}},
	{"view of everything", []string{"CREATE VIEW v AS SELECT * FROM goods"}, dropPrice, []string{}},
	{"view with double quotes", []string{`CREATE VIEW v AS SELECT "price" FROM goods`}, dropPrice, []string{"refuses view v"}},
	{"view, renamed", []string{"CREATE VIEW v AS SELECT price FROM goods", "CREATE TRIGGER t AFTER INSERT ON orders BEGIN UPDATE goods SET price = 1; END"}, renamePrice, []string{}},
	{"view that fails already, renamed", []string{"CREATE VIEW v AS SELECT price, nowhere FROM goods"}, renamePrice, []string{"refuses view v"}},
	{"table that a view names", []string{"CREATE VIEW v AS SELECT id FROM goods"}, dropGoods, []string{"refuses view v"}},
	{"table that a trigger names", sqliteTrigger("INSERT ON orders", "DELETE FROM goods"), dropGoods, []string{"refuses trigger t"}},
	{"table and its trigger", sqliteTrigger("INSERT ON goods", "DELETE FROM orders"), dropGoods, []string{"goes trigger t"}},
	{"table that is renamed", append(sqliteTrigger("INSERT ON orders", "DELETE FROM goods"), "CREATE VIEW v AS SELECT id FROM goods"), renameGoods, []string{}},
	{"rows", []string{"CREATE TRIGGER t AFTER UPDATE OF price ON goods BEGIN SELECT 1; END", "CREATE TRIGGER n AFTER UPDATE OF note ON goods BEGIN SELECT 1; END", "CREATE TRIGGER i AFTER INSERT ON goods BEGIN SELECT 1; END"},
		"[[up]]\nupdate_rows = { table = \"goods\", set = { price = 3 }, where = \"id = 1\" }\n", []string{"fires trigger t"}},
	{"plain SQL", sqliteTrigger("INSERT ON orders", "UPDATE goods SET price = 1"), "[[up]]\nsql = { text = \"ALTER TABLE goods DROP COLUMN price\" }\n", []string{"refuses trigger t"}},
}
