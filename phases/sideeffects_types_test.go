package phases

const (
	widerPrice = "[[up]]\nalter_column = { table = \"goods\", name = \"price\", type = \"bigint\" }\n"
	wordyPrice = "[[up]]\nalter_column = { table = \"goods\", name = \"price\", type = \"string(20)\" }\n"
	neededNote = "[[up]]\nalter_column = { table = \"goods\", name = \"note\", nullable = false, default = \"x\" }\n"
	// A column mood of an enumeration that loses a value.
	dropBad = "[[up]]\ndrop_enum_value = { name = \"mood\", value = \"bad\" }\n"
)

// moods is objects beside a column of an enumeration.
func moods(more ...string) []string {
	return append([]string{"CREATE TYPE mood AS ENUM ('ok', 'so', 'bad')", "ALTER TABLE goods ADD mood mood NOT NULL DEFAULT 'ok'"}, more...)
}

// typeEffects are changes of types, and of an enumeration's values, on
// PostgreSQL: what uses the column is kept, or refuses before anything.
var typeEffects = []effectCase{
	{"nothing, wider", nil, widerPrice, []string{}},
	{"index, check, default, key, wider", []string{"CREATE INDEX i ON goods (price, (price + 1)) WHERE price > 0", "ALTER TABLE goods ADD CHECK (price > 0 AND price <> 7), ALTER price SET DEFAULT 7, ADD UNIQUE (price)", "CREATE STATISTICS st ON price, note FROM goods"}, widerPrice, []string{}},
	{"view, wider", []string{"CREATE VIEW v AS SELECT price FROM goods", "CREATE VIEW other AS SELECT note FROM goods"}, widerPrice, []string{"refuses view v"}},
	{"view of a view, wider", []string{"CREATE VIEW v AS SELECT price FROM goods", "CREATE VIEW w AS SELECT price FROM v"}, widerPrice, []string{"refuses view v"}},
	{"view dropped before, wider", []string{"CREATE VIEW v AS SELECT price FROM goods"}, "[[up]]\nsql = { text = \"DROP VIEW v\" }\n" + widerPrice, []string{}},
	{"view, not null", []string{"CREATE VIEW v AS SELECT note FROM goods"}, neededNote, []string{}},
	{"view, renamed and wider", []string{"CREATE VIEW v AS SELECT price FROM goods"}, "[[up]]\nalter_column = { table = \"goods\", name = \"price\", type = \"bigint\" }\n" + renamePrice, []string{"refuses view v"}},
	{"materialized view, wider", []string{"CREATE MATERIALIZED VIEW v AS SELECT price + 1 AS p FROM goods"}, widerPrice, []string{"refuses materialized view v"}},
	{"rule, wider", []string{"CREATE RULE r AS ON UPDATE TO orders DO ALSO DELETE FROM goods WHERE price = OLD.price"}, widerPrice, []string{"refuses rule r"}},
	{"policies, wider", []string{"CREATE POLICY p ON goods USING (price > 0)", "CREATE POLICY q ON orders USING (EXISTS (SELECT FROM goods WHERE goods.price = orders.price))", "CREATE POLICY o ON goods USING (note > '')"},
		widerPrice, []string{"refuses policy p", "refuses policy q"}},
	{"generated column, wider", []string{"ALTER TABLE goods ADD COLUMN g integer GENERATED ALWAYS AS (price * 2) STORED"}, widerPrice, []string{"refuses generated column g"}},
	{"trigger of columns, wider", []string{ownFunction, "CREATE TRIGGER t BEFORE UPDATE OF price ON goods FOR EACH ROW EXECUTE FUNCTION own()"}, widerPrice, []string{"refuses trigger t"}},
	{"trigger of a condition, wider", []string{ownFunction, "CREATE TRIGGER t BEFORE UPDATE ON goods FOR EACH ROW WHEN (OLD.price > 1) EXECUTE FUNCTION own()"}, widerPrice, []string{"refuses trigger t"}},
	{"trigger, wider", []string{ownFunction, "CREATE TRIGGER t BEFORE INSERT ON goods FOR EACH ROW EXECUTE FUNCTION own()"}, widerPrice, []string{}},
	{"function with a body of SQL, wider", []string{"CREATE FUNCTION f() RETURNS integer BEGIN ATOMIC SELECT price FROM goods LIMIT 1; END"}, widerPrice, []string{"refuses function f"}},
	{"function with a body of text, wider", []string{"CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT price FROM goods LIMIT 1'"}, widerPrice, []string{}},
	{"publication of rows, wider", []string{"CREATE PUBLICATION pub FOR TABLE goods WHERE (price > 1)"}, widerPrice, []string{"refuses publication pub"}},
	{"publication of columns, wider", []string{"CREATE PUBLICATION pub FOR TABLE goods (id, price)"}, widerPrice, []string{"refuses publication pub"}},
	{"row type, wider", []string{"CREATE TABLE rows (g goods)"}, widerPrice, []string{"refuses column g"}},
	{"partitions, wider", []string{"DROP TABLE goods", "CREATE TABLE goods (id integer NOT NULL, price integer, note varchar(20)) PARTITION BY RANGE (price)"}, widerPrice, []string{"refuses partitioning by RANGE (price)"}},
	{"partitions by an expression, wider", []string{"DROP TABLE goods", "CREATE TABLE goods (id integer NOT NULL, price integer, note varchar(20)) PARTITION BY RANGE ((price + 1))"}, widerPrice, []string{"refuses partitioning by RANGE (((price + 1)))"}},

	{"nothing, as words", nil, wordyPrice, []string{}},
	{"plain index, as words", []string{"CREATE INDEX i ON goods (price, note) WHERE note > ''", "ALTER TABLE goods ADD UNIQUE (price)", "ALTER TABLE goods ALTER price SET DEFAULT 7"}, wordyPrice, []string{}},
	{"checks, as words", []string{"ALTER TABLE goods ADD CONSTRAINT ck CHECK (price > 0)", "ALTER TABLE goods ADD CONSTRAINT other CHECK (note > '')"}, wordyPrice, []string{"refuses check constraint ck"}},
	{"check dropped before, as words", []string{"ALTER TABLE goods ADD CONSTRAINT ck CHECK (price > 0)"}, "[[up]]\ndrop_check = { table = \"goods\", name = \"ck\" }\n" + wordyPrice, []string{}},
	{"index of an expression, as words", []string{"CREATE INDEX i ON goods ((price + 1))", "CREATE INDEX p ON goods (note) WHERE price > 0"}, wordyPrice, []string{"refuses index i", "refuses index p"}},

	{"nothing, value", moods(), dropBad, []string{}},
	{"check and indexes, value", moods("ALTER TABLE goods ADD CONSTRAINT ck CHECK (mood <> 'so') NOT VALID", "COMMENT ON CONSTRAINT ck ON goods IS 'it''s'", "CREATE INDEX p ON goods (id) WHERE mood = 'ok'", "CREATE INDEX e ON goods ((CASE mood WHEN 'ok' THEN 1 END))", "COMMENT ON INDEX p IS 'p'",
		"CREATE INDEX m ON goods (mood)", "CREATE TABLE o (m mood PRIMARY KEY)", "INSERT INTO o VALUES ('ok')", "ALTER TABLE goods ADD FOREIGN KEY (mood) REFERENCES o"), dropBad, []string{}},
	{"view, value", moods("CREATE VIEW v AS SELECT mood FROM goods"), dropBad, []string{"refuses view v"}},
	{"policy, value", moods("CREATE POLICY p ON goods USING (mood = 'ok')"), dropBad, []string{"refuses policy p"}},
	{"trigger of a condition, value", moods(ownFunction, "CREATE TRIGGER t BEFORE UPDATE ON goods FOR EACH ROW WHEN (OLD.mood = 'ok') EXECUTE FUNCTION own()"), dropBad, []string{"refuses trigger t"}},
	{"generated column, value", moods("CREATE FUNCTION word(mood) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT 1::text'", "ALTER TABLE goods ADD w text GENERATED ALWAYS AS (word(mood)) STORED"), dropBad, []string{"refuses function word", "refuses generated column w"}},
	{"array, value", moods("ALTER TABLE orders ADD moods mood[]"), dropBad, []string{"refuses column moods"}},
	{"domain, value", moods("CREATE DOMAIN fair AS mood CHECK (VALUE <> 'bad')"), dropBad, []string{"refuses domain fair"}},
	{"function, value", moods("CREATE FUNCTION f(mood) RETURNS mood LANGUAGE sql AS 'SELECT $1'"), dropBad, []string{"refuses function f"}},
	{"composite, value", moods("CREATE TYPE pair AS (a mood, b mood)"), dropBad, []string{"refuses column a", "refuses column b"}},
	{"another schema, value", moods("CREATE SCHEMA far", "CREATE TABLE far.t (m mood)"), dropBad, []string{"refuses column m"}},
}
