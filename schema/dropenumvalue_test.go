package schema

import (
	"slices"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// enumObjects are what can hold an enumeration whose value "bad" goes, and why
// that is not done; "" where the object is taken away and put back.
var enumObjects = []struct{ setup, why string }{
	{"SELECT 1", ""},
	{"ALTER TABLE t ADD CONSTRAINT ck CHECK (m <> 'so')", ""},
	{"ALTER TABLE t ADD CONSTRAINT ck CHECK (m IN ('ok', 'so') OR n > 3) NO INHERIT NOT VALID; COMMENT ON CONSTRAINT ck ON t IS 'it''s'", ""},
	{"ALTER TABLE t ADD CONSTRAINT ck CHECK (n > 3)", ""},
	{"ALTER TABLE t ADD CONSTRAINT ck CHECK (n::text <> 'bad')", ""},
	{"CREATE INDEX p ON t (n) WHERE m = 'ok'; COMMENT ON INDEX p IS 'p'", ""},
	{"CREATE UNIQUE INDEX p ON t (n DESC NULLS LAST) INCLUDE (a) WITH (fillfactor = 70) WHERE m = 'ok' AND n > 1", ""},
	{"CREATE INDEX e ON t ((CASE m WHEN 'ok' THEN 1 END))", ""},
	{"CREATE INDEX e ON t (m, n)", ""},
	{"ALTER TABLE t ADD CONSTRAINT u UNIQUE (m, n), ADD CONSTRAINT x EXCLUDE USING btree (n WITH =)", ""},
	{"ALTER TABLE t ALTER m SET DEFAULT 'so'", ""},
	{"ALTER TABLE t ALTER m SET DEFAULT CASE WHEN now() > '2020-01-01' THEN 'ok'::mood ELSE 'so'::mood END", ""},
	{"CREATE TABLE o (m mood PRIMARY KEY); INSERT INTO o VALUES ('ok'), ('so'); ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (m) REFERENCES o ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED; COMMENT ON CONSTRAINT fk ON t IS 'o'", ""},
	{"CREATE TABLE p (m mood, n int) PARTITION BY RANGE (n); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (9); INSERT INTO p VALUES ('ok', 3)", ""},
	{"COMMENT ON COLUMN t.m IS 'm'; GRANT SELECT (m) ON t TO PUBLIC", ""},

	{"ALTER TABLE t ADD CONSTRAINT ck CHECK (m <> 'bad')", `the check "ck" names "bad"; drop or change it first`},
	{"CREATE INDEX p ON t (n) WHERE m <> 'bad'", `the index "p" names "bad"; drop or change it first`},
	{"CREATE INDEX e ON t ((CASE m WHEN 'bad' THEN 1 END))", `the index "e" names "bad"; drop or change it first`},
	{"ALTER TABLE t ALTER m SET DEFAULT 'bad'", `"bad" is the default of column "m"; change that first`},
	{"ALTER TABLE t ADD CONSTRAINT x EXCLUDE USING btree (n WITH =) WHERE (m = 'ok')", `the exclusion constraint "x" has an expression of the type; drop it first, and add it again after`},
	{"ALTER TABLE t ADD g mood GENERATED ALWAYS AS (m) STORED", `column "g" is generated, and PostgreSQL does not give it another type; drop it first, and add it again after`},
}

// shownOfEnum is all that the server shows of the tables with the enumeration.
const shownOfEnum = `SELECT conname || pg_get_constraintdef(oid) || convalidated || coalesce(obj_description(oid, 'pg_constraint'), '') FROM pg_constraint WHERE connamespace = 'public'::regnamespace
	UNION ALL SELECT pg_get_indexdef(c.oid) || coalesce(obj_description(c.oid), '') FROM pg_class c WHERE relkind IN ('i', 'I') AND relnamespace = 'public'::regnamespace
	UNION ALL SELECT relname || attname || format_type(atttypid, atttypmod) || attnotnull || coalesce(attacl::text, '') || coalesce(pg_get_expr(adbin, adrelid), '') || coalesce(col_description(c.oid, attnum), '')
		FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid LEFT JOIN pg_attrdef ON adrelid = c.oid AND adnum = attnum WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
	ORDER BY 1`

// TestEnumValueDropped removes a value of an enumeration among objects that hold
// it, and adds it again: they are as they were, or what is in the way is named.
func TestEnumValueDropped(t *testing.T) {
	if !slices.Contains(enginetest.Dialects(), flavor.Postgres) {
		t.Skip("not asked for")
	}
	for _, row := range enumObjects {
		t.Run(row.setup, func(t *testing.T) {
			db := enginetest.New(t, flavor.Postgres)
			db.Exec(t, "CREATE TYPE mood AS ENUM ('ok', 'so', 'bad'); CREATE TABLE t (a int PRIMARY KEY, m mood, n int)")
			db.Exec(t, "INSERT INTO t VALUES (1, 'ok', 5), (2, NULL, 6)")
			db.Exec(t, row.setup)
			before := strings.Join(db.Strings(t, shownOfEnum), "\n")
			s := inspected(t, db)
			ops := []Operation{&DropEnumValue{Name: "mood", Value: "bad"}}
			if _, err := ops[0].Render(s); err != nil || row.why != "" {
				if got := strings.TrimPrefix(errorText(err), `drop_enum_value on table "t": `); got != row.why {
					t.Errorf("%q, want %q", got, row.why)
				}
				return
			}
			back := inverse(t, s, ops)
			execute(t, db, fold(t, s, ops))
			sameAsServer(t, "changed", s, db)
			if after := strings.Join(db.Strings(t, shownOfEnum), "\n"); after != before {
				t.Errorf("%s\nbecame\n%s", before, after)
			}
			if rows := strings.Join(db.Strings(t, "SELECT m FROM t ORDER BY a"), " "); rows != "ok NULL" {
				t.Errorf("the rows are %q", rows)
			}
			for _, st := range fold(t, s, back) {
				db.Exec(t, st.SQL)
			}
			sameAsServer(t, "undone", s, db)
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
