package schema

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

func lines(list []Difference) string {
	var out []string
	for _, d := range list {
		out = append(out, d.String())
	}
	return strings.Join(out, "\n")
}

// A database compared with itself has no differences, by any rules.
func TestCompareWithItself(t *testing.T) {
	for _, path := range recorded(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			snap := enginetest.LoadSnapshot(t, path)
			db := enginetest.New(t, dialectOf(snap))
			enginetest.Rebuild(t, db, snap)
			for _, rules := range []Rules{{}, TakingOver()} {
				if diff := Compare(inspected(t, db), inspected(t, db), rules); len(diff) > 0 {
					t.Errorf("%+v:\n%s", rules, lines(diff))
				}
			}
		})
	}
}

// The recorded positions of one service are told apart by what the revisions
// between them did, and by nothing else.
func TestCompareRecordedPositions(t *testing.T) {
	for _, backend := range []string{"sqlite", "postgresql", "mariadb"} {
		t.Run(backend, func(t *testing.T) {
			read := func(revision string) *Schema {
				snap := enginetest.LoadSnapshot(t, "../migrations/glance/testdata/"+backend+"-"+revision+".json")
				db := enginetest.New(t, dialectOf(snap))
				enginetest.Rebuild(t, db, snap)
				return inspected(t, db)
			}
			mitaka, liberty := read("mitaka02"), read("liberty")
			equal(t, "liberty against mitaka02", lines(Compare(mitaka, liberty, TakingOver())),
				"table images: index created_at_image_idx is missing ((created_at))\n"+
					"table images: index updated_at_image_idx is missing ((updated_at))")
			typ := map[string]string{"sqlite": "VARCHAR(9)", "postgresql": "image_visibility", "mariadb": "enum('private','public','shared','community')"}[backend]
			boolean := map[string]string{"sqlite": "BOOLEAN", "postgresql": "boolean", "mariadb": "tinyint(1)"}[backend]
			want := "table images: column is_public: expected " + boolean + ", found " + boolean + " not null\n" +
				"table images: column visibility is missing (" + typ + ")\n" +
				"table images: index visibility_image_idx is missing ((visibility))"
			if backend == "postgresql" {
				want += "\nenum image_visibility is missing (enum('private','public','shared','community'))"
			}
			equal(t, "mitaka02 against ocata_expand01", lines(Compare(read("ocata_expand01"), mitaka, TakingOver())), want)
			if n := Distance(read("wallaby_contract01"), mitaka, TakingOver()); n < 10 {
				t.Errorf("%d differences between mitaka02 and wallaby_contract01", n)
			}
		})
	}
}

// Each change to a specimen is one difference, with the words a person sees.
func TestCompareNamesEachChange(t *testing.T) {
	str := func(s string) *string { return &s }
	base := func() *Schema {
		s := New(flavor.Default(flavor.Postgres))
		s.Tables["a"] = &Table{
			Name: "a",
			Columns: []*Column{
				{Name: "id", Type: "integer", Autoincrement: true},
				{Name: "b", Type: "boolean", Nullable: true, Default: str("false")},
				{Name: "c", Type: "character varying(9)", Nullable: true, Default: str("'x'::character varying")},
			},
			PrimaryKey:  &Key{Name: "a_pkey", Columns: []string{"id"}},
			Uniques:     []*Key{{Name: "uq", Columns: []string{"b", "c"}}},
			Indexes:     []*Index{{Name: "ix", Columns: []IndexColumn{{Name: "b"}}, Valid: true}},
			ForeignKeys: []*ForeignKey{{Name: "a_b_fkey", Columns: []string{"b"}, RefTable: "r", RefColumns: []string{"id"}}},
			Checks:      []*Check{{Name: "ck", Expr: "c <> 'y'"}},
		}
		s.Enums["mood"] = &Enum{Name: "mood", Values: []string{"x", "y"}}
		s.Triggers = []Trigger{{Name: "tr", Table: "a", Timing: "before", Event: "insert", Body: "BEGIN RETURN NEW; END"}}
		return s
	}
	for _, c := range []struct {
		change func(s *Schema)
		want   string
		over   string // by the rules of taking over, "same" for none
	}{
		{func(s *Schema) { s.Tables["a"].Columns[1].Type = "integer" }, "table a: column b: expected boolean default false, found integer default false", ""},
		{func(s *Schema) { s.Tables["a"].Columns[1].Nullable = false }, "table a: column b: expected boolean default false, found boolean not null default false", ""},
		{func(s *Schema) { s.Tables["a"].Columns[2].Default = nil }, "table a: column c: expected varchar(9) default 'x', found varchar(9)", ""},
		{func(s *Schema) { s.Tables["a"].Columns[0].Autoincrement = false }, "table a: column id: expected integer not null autoincrement, found integer not null", ""},
		{func(s *Schema) { s.Tables["a"].Columns = s.Tables["a"].Columns[:2] }, "table a: column c is missing (varchar(9) default 'x')", ""},
		{func(s *Schema) {
			s.Tables["a"].Columns = append(s.Tables["a"].Columns, &Column{Name: "d", Type: "date", Nullable: true})
		}, "table a: unexpected column d (date)", ""},
		{func(s *Schema) { slices.Reverse(s.Tables["a"].Columns) }, "table a: expected in the order id, b, c, found in the order c, b, id", "same"},
		{func(s *Schema) { s.Tables["a"].PrimaryKey = nil }, "table a: primary key is missing (primary key (id))", ""},
		{func(s *Schema) { s.Tables["a"].PrimaryKey.Name = "pk" }, "table a: primary key a_pkey: expected called a_pkey, found called pk", "same"},
		{func(s *Schema) { s.Tables["a"].Uniques[0].Name = "other" }, "table a: unique uq: expected called uq, found called other", ""},
		{func(s *Schema) { s.Tables["a"].Uniques[0].Columns = []string{"c", "b"} }, "table a: unique uq is missing ((b, c))\ntable a: unexpected unique uq ((c, b))", ""},
		{func(s *Schema) { s.Tables["a"].Indexes[0].Unique = true }, "table a: index ix: expected (b), found unique (b)", ""},
		{func(s *Schema) { s.Tables["a"].Indexes[0].Valid = false }, "table a: index ix: expected (b), found (b) invalid", ""},
		{func(s *Schema) { s.Tables["a"].Indexes[0].Where = "(b IS TRUE)" }, "table a: index ix: expected (b), found (b) where b is true", ""},
		{func(s *Schema) { s.Tables["a"].ForeignKeys[0].Name = "fk" }, "table a: foreign key a_b_fkey: expected called a_b_fkey, found called fk", "same"},
		{func(s *Schema) { s.Tables["a"].ForeignKeys[0].OnDelete = "CASCADE" }, "table a: foreign key a_b_fkey is missing ((b) to r (id))\ntable a: unexpected foreign key a_b_fkey ((b) to r (id) on delete cascade)", ""},
		{func(s *Schema) { s.Tables["a"].Checks[0].Expr = "((c)::text <> 'z'::text)" }, "table a: check ck is missing (c <> 'y')\ntable a: unexpected check ck (c <> 'z')", ""},
		{func(s *Schema) { s.Tables["a"].Comment = "words" }, "table a: expected commented '', found commented 'words'", "same"},
		{func(s *Schema) { s.Tables["z"] = &Table{Name: "z"} }, "unexpected table z", ""},
		{func(s *Schema) { delete(s.Tables, "a"); s.Triggers = nil }, "table a is missing\ntable a: trigger tr is missing (before insert)", "table a is missing"},
		{func(s *Schema) { s.Enums["mood"].Values = []string{"y"} }, "enum mood: expected enum('x','y'), found enum('y')", ""},
		{func(s *Schema) { s.Triggers[0].Event = "update" }, "table a: trigger tr: expected before insert, found before update", "same"},
		{func(s *Schema) { s.Triggers[0].Body = "BEGIN RETURN OLD; END" }, "table a: trigger tr: expected as the catalog has it, found changed in its body", "same"},
	} {
		have := base()
		c.change(have)
		equal(t, "by all rules", lines(Compare(base(), have, Rules{})), c.want)
		over := c.over
		switch over {
		case "":
			over = c.want
		case "same":
			over = ""
		}
		equal(t, "taking over", lines(Compare(base(), have, TakingOver())), over)
	}
}

// Defaults that servers spell differently are the same; others are not.
func TestSettledDefaults(t *testing.T) {
	for _, c := range []struct {
		d    flavor.Dialect
		typ  string
		a, b string
		same bool
	}{
		{flavor.Postgres, "image_visibility", "'shared'::image_visibility", "'shared'", true},
		{flavor.Postgres, "character varying(9)", "'it''s'::character varying", "'it''s'", true},
		{flavor.Postgres, "character varying(9)", "NULL::character varying", "NULL", true},
		{flavor.Postgres, "character varying(9)", "'a::b'::character varying(9)", "'a'", false},
		{flavor.Postgres, "integer", "'-1'::integer", "-1", true},
		{flavor.Postgres, "numeric(5,2)", "0.50", "0.5", true},
		{flavor.Postgres, "boolean", "false", "0", true},
		{flavor.Postgres, "timestamp without time zone", "now()", "CURRENT_TIMESTAMP", true},
		{flavor.MariaDB, "datetime", "current_timestamp()", "CURRENT_TIMESTAMP", true},
		{flavor.MariaDB, "datetime(6)", "current_timestamp(6)", "CURRENT_TIMESTAMP(6)", true},
		{flavor.MariaDB, "datetime(6)", "current_timestamp(6)", "CURRENT_TIMESTAMP", false},
		{flavor.MariaDB, "int", "0", "'0'", true},
		{flavor.MariaDB, "varchar(5)", "0", "'0'", false},
		{flavor.MariaDB, "tinyint(1)", "0", "false", true},
		{flavor.MariaDB, "tinyint(1)", "1", "'0'", false},
		{flavor.MariaDB, "varchar(5)", `'a\'b'`, "'a''b'", true},
		{flavor.MySQL, "varchar(36)", "(uuid())", "(UUID())", true},
		{flavor.SQLite, "BOOLEAN", "'0'", "0", true},
		{flavor.SQLite, "VARCHAR(9)", "'Shared'", "'shared'", false},
		{flavor.SQLite, "DATETIME", "(CURRENT_TIMESTAMP)", "CURRENT_TIMESTAMP", true},
	} {
		f := flavor.Default(c.d)
		a, _ := settleDefault(&Column{Type: c.typ, Default: &c.a}, f)
		b, _ := settleDefault(&Column{Type: c.typ, Default: &c.b}, f)
		if (a == b) != c.same {
			t.Errorf("%s %s: %s settles as %q, %s as %q; same should be %v", c.d, c.typ, c.a, a, c.b, b, c.same)
		}
	}
	next := "nextval('a_id_seq'::regclass)"
	if text, sequence := settleDefault(&Column{Type: "integer", Default: &next}, flavor.Default(flavor.Postgres)); text != "" || !sequence {
		t.Errorf("%s settles as %q, sequence %v", next, text, sequence)
	}
}

// What taking over overlooks on each server, made by hand: other names,
// another order, another character set, boolean checks, integers for bigints.
func TestTakingOver(t *testing.T) {
	for d, pair := range map[flavor.Dialect][2]string{
		flavor.SQLite: {
			`CREATE TABLE r (id INTEGER NOT NULL PRIMARY KEY); CREATE TABLE a (id VARCHAR(36) NOT NULL, size BIGINT, ok BOOLEAN NOT NULL, r INTEGER,
				CONSTRAINT uq UNIQUE (size), PRIMARY KEY (id), FOREIGN KEY (r) REFERENCES r (id))`,
			`CREATE TABLE r (id INTEGER PRIMARY KEY AUTOINCREMENT); CREATE TABLE A (ok BOOLEAN NOT NULL CHECK (ok IN (0, 1)), "ID" VARCHAR ( 36 ) NOT NULL PRIMARY KEY,
				r INTEGER REFERENCES r, size INTEGER, UNIQUE (size))`},
		flavor.Postgres: {
			`CREATE TABLE r (id SERIAL PRIMARY KEY); CREATE TABLE a (id VARCHAR(36) PRIMARY KEY, b INT REFERENCES r (id), c INT UNIQUE)`,
			`CREATE SEQUENCE s; CREATE TABLE r (id INT PRIMARY KEY DEFAULT nextval('s')); CREATE TABLE a (c INT, b INT, id VARCHAR(36), CONSTRAINT x1 PRIMARY KEY (id),
				CONSTRAINT x2 FOREIGN KEY (b) REFERENCES r (id), CONSTRAINT x3 UNIQUE (c))`},
		flavor.MariaDB: {
			`CREATE TABLE r (id INT PRIMARY KEY); CREATE TABLE a (id VARCHAR(36) PRIMARY KEY, b INT, c INT UNIQUE, ok BOOL, d INT, FOREIGN KEY (b) REFERENCES r (id)) CHARSET utf8mb4`,
			`CREATE TABLE r (id INT(9) PRIMARY KEY); CREATE TABLE a (ok BOOL CHECK (ok IN (0, 1)), d INT NULL DEFAULT NULL, c INT, id VARCHAR(36) PRIMARY KEY, b INT,
				CONSTRAINT x2 FOREIGN KEY (b) REFERENCES r (id) ON DELETE RESTRICT, UNIQUE x3 (c)) CHARSET utf8mb3`},
	} {
		t.Run(string(d), func(t *testing.T) {
			want, have := enginetest.New(t, d), enginetest.New(t, d)
			want.Exec(t, pair[0])
			have.Exec(t, pair[1])
			w, h := inspected(t, want), inspected(t, have)
			equal(t, "taking over", lines(Compare(w, h, TakingOver())), "")
			if len(Compare(w, h, Rules{})) < 3 {
				t.Errorf("without rules only:\n%s", lines(Compare(w, h, Rules{})))
			}
		})
	}
}

// An index that MySQL made for a foreign key, or dropped because another one
// serves, is no difference.
func TestForeignKeyIndexes(t *testing.T) {
	db := enginetest.New(t, flavor.MariaDB)
	db.Exec(t, "CREATE TABLE r (id INT PRIMARY KEY); CREATE TABLE a (b INT, FOREIGN KEY (b) REFERENCES r (id)); CREATE TABLE c (b INT, CONSTRAINT fk FOREIGN KEY (b) REFERENCES r (id))")
	want := inspected(t, db)
	db.Exec(t, "CREATE INDEX mine ON a (b); CREATE INDEX mine ON c (b)")
	equal(t, "a second index", lines(Compare(want, inspected(t, db), Rules{})),
		"table a: unexpected index mine ((b))\ntable c: unexpected index mine ((b))")
}

// Tables of other programs in the same database can be overlooked.
func TestOtherTables(t *testing.T) {
	db := enginetest.New(t, flavor.Postgres)
	want := inspected(t, db)
	db.Exec(t, "CREATE TYPE e AS ENUM ('x'); CREATE TABLE other (id INT)")
	have := inspected(t, db)
	equal(t, "counted", lines(Compare(want, have, Rules{})), "unexpected table other\nunexpected enum e (enum('x'))")
	equal(t, "overlooked", lines(Compare(want, have, Rules{OtherTables: true})), "")
}
