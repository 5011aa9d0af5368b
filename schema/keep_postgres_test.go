package schema

import (
	"slices"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// keptOnPostgres are what PostgreSQL keeps with a column c of a table t, with
// the query that shows it.
var keptOnPostgres = []struct {
	what, setup, query string
	since              int // the release that has it
}{
	{"a comment", "COMMENT ON COLUMN t.c IS 'it''s'", "SELECT col_description('t'::regclass, 2)", 0},
	{"a default", "ALTER TABLE t ALTER c SET DEFAULT 'a''b\\c'", "SELECT c FROM (INSERT INTO t (a) VALUES (9) RETURNING c) x", 0},
	{"a storage", "ALTER TABLE t ALTER c SET STORAGE EXTERNAL", "SELECT attstorage FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum = 2", 0},
	{"another storage", "ALTER TABLE t ALTER c SET STORAGE PLAIN", "SELECT attstorage FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum = 2", 0},
	{"a compression", "ALTER TABLE t ALTER c SET COMPRESSION lz4", "SELECT attcompression FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum = 2", 14},
	{"a statistics target", "ALTER TABLE t ALTER c SET STATISTICS 7", "SELECT attstattarget FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum = 2", 0},
	{"options", "ALTER TABLE t ALTER c SET (n_distinct = 5)", "SELECT attoptions::text FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum = 2", 0},
	{"a collation", "ALTER TABLE t ALTER c TYPE varchar(30) COLLATE \"C\"", "SELECT collname FROM pg_attribute a JOIN pg_collation l ON l.oid = attcollation WHERE attrelid = 't'::regclass AND attnum = 2", 0},
	{"a right", "GRANT SELECT (c), UPDATE (c) ON t TO PUBLIC", "SELECT attacl::text FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum = 2", 0},
	{"a check with a comment", "ALTER TABLE t ADD CONSTRAINT ck CHECK (c <> 'x'); COMMENT ON CONSTRAINT ck ON t IS 'no x'", "SELECT pg_get_constraintdef(oid) ~ 'x' || obj_description(oid, 'pg_constraint') FROM pg_constraint WHERE conname = 'ck'", 0},
	{"a check that was not looked at", "ALTER TABLE t ADD CONSTRAINT ck CHECK (c <> 'x') NOT VALID", "SELECT convalidated FROM pg_constraint WHERE conname = 'ck'", 0},
	{"an index with a comment", "CREATE INDEX ix ON t (c) WITH (fillfactor = 50); COMMENT ON INDEX ix IS 'c'", "SELECT pg_get_indexdef(c.oid) || obj_description(c.oid) FROM pg_class c WHERE relname = 'ix'", 0},
	{"a partial index", "CREATE UNIQUE INDEX ix ON t (a) WHERE c > 'b'", "SELECT indisunique || pg_get_expr(indpred, indrelid) ~ 'b' FROM pg_index WHERE indexrelid = 'ix'::regclass", 0},
	{"an index of an expression", "CREATE INDEX ix ON t (lower(c) text_pattern_ops DESC)", "SELECT pg_get_indexdef('ix'::regclass) ~ 'text_pattern_ops DESC'", 0},
	{"the order of the rows", "CREATE INDEX ix ON t (c); ALTER TABLE t CLUSTER ON ix", "SELECT indisclustered FROM pg_index WHERE indexrelid = 'ix'::regclass", 13},
	{"the identity of its rows", "ALTER TABLE t ALTER c SET NOT NULL; CREATE UNIQUE INDEX ix ON t (c); ALTER TABLE t REPLICA IDENTITY USING INDEX ix", "SELECT indisreplident FROM pg_index WHERE indexrelid = 'ix'::regclass", 13},
	{"statistics of several columns", "CREATE STATISTICS st (dependencies) ON a, c FROM t", "SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext WHERE stxname = 'st'", 0},
	{"a unique constraint that waits", "ALTER TABLE t ADD CONSTRAINT uq UNIQUE (c) DEFERRABLE INITIALLY DEFERRED", "SELECT condeferrable::text || condeferred FROM pg_constraint WHERE conname = 'uq'", 0},
	{"an exclusion", "ALTER TABLE t ADD CONSTRAINT xc EXCLUDE USING btree (c WITH =)", "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'xc'", 0},
	{"a foreign key", "CREATE TABLE o (k varchar(30) PRIMARY KEY); ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (c) REFERENCES o ON DELETE SET NULL DEFERRABLE", "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'fk'", 0},
	{"a rank of rights", "ALTER TABLE t ENABLE ROW LEVEL SECURITY", "SELECT relrowsecurity FROM pg_class WHERE relname = 't'", 0},
}

// postgresKeeping are changes of the column.
var postgresKeeping = []string{
	`alter_column = { table = "t", name = "c", type = "string(40)" }`,
	`alter_column = { table = "t", name = "c", type = "string(20)" }`,
	`alter_column = { table = "t", name = "c", type = "text" }`,
	`alter_column = { table = "t", name = "c", nullable = false }`,
	`rename_column = { table = "t", from = "c", to = "d" }`,
	`add_column = { table = "t", name = "e", type = "integer" }` + "\n[[up]]\n" + `drop_column = { table = "t", name = "e" }`,
	`rename_column = { table = "t", from = "c", to = "d" }` + "\n[[up]]\n" + `alter_column = { table = "t", name = "d", type = "string(40)" }`,
}

// TestKeptOnPostgres changes a column in every way, and finds all that is not
// changed in what the server shows of it, then and once it is undone.
func TestKeptOnPostgres(t *testing.T) {
	if !slices.Contains(enginetest.Dialects(), flavor.Postgres) {
		t.Skip("not asked for")
	}
	for _, row := range keptOnPostgres {
		for _, up := range postgresKeeping {
			t.Run(row.what+": "+up, func(t *testing.T) {
				db := enginetest.New(t, flavor.Postgres)
				if !db.Flavor.AtLeast(row.since, 0, 0) {
					t.Skip("of a later release")
				}
				db.Exec(t, "CREATE TABLE t (a int PRIMARY KEY, c varchar(30))")
				db.Exec(t, row.setup)
				show := func() string {
					query := row.query
					if strings.Contains(query, "INSERT") { // shown by what it does
						query = "WITH x AS (INSERT INTO t (a) SELECT coalesce(max(a), 0) + 1 FROM t RETURNING *) SELECT to_jsonb(x) - 'a' - 'e' ->> 'c' IS NOT NULL OR to_jsonb(x) ->> 'd' IS NOT NULL FROM x"
					}
					return strings.ReplaceAll(strings.ReplaceAll(strings.Join(db.Strings(t, query), ", "), "(d)", "(c)"), "a, d", "a, c")
				}
				before := show()
				if before == "" || before == "NULL" {
					t.Fatalf("it is not shown: %s", row.query)
				}
				s := inspected(t, db)
				ops := forDialect(parse(t, "[[up]]\n"+up), flavor.Postgres)
				if strings.Contains(up, `type = "text"`) && row.what == "a foreign key" {
					return // texts of any length are joined
				}
				back := inverse(t, s, ops)
				execute(t, db, fold(t, s, ops))
				sameAsServer(t, "changed", s, db)
				if after := show(); normal(after) != normal(before) {
					t.Errorf("%q became %q", before, after)
				}
				execute(t, db, fold(t, s, back))
				sameAsServer(t, "undone", s, db)
				if after := show(); after != before {
					t.Errorf("undone, %q became %q", before, after)
				}
			})
		}
	}
}

// normal is a text of the server without the types that it names.
func normal(text string) string {
	return strings.NewReplacer("(d WITH", "(c WITH", "lower((c)::text)", "lower(c)", "lower((d)::text)", "lower(c)", "lower(d)", "lower(c)").Replace(text)
}
