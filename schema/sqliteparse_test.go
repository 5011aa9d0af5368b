package schema

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// Tables as people and tools write them: quotes of all kinds, comments in odd
// places, constraints at columns and of the table, named or not.
func TestParseSQLiteTable(t *testing.T) {
	def := func(s string) *string { return &s }
	for _, c := range []struct {
		text string
		want Table
	}{
		{
			`create table if not exists main."my table" (/* first, of all */ id integer primary key autoincrement, -- the key, (it is
				[name] varchar ( 20 ) collate nocase not null default 'it''s, fine' -- no comma here
				, ` + "`n`" + ` numeric(10 , 2) DEFAULT -1.5, d datetime default (datetime('now')) ) ;`,
			Table{Name: "my table", PrimaryKey: &Key{Columns: []string{"id"}, Inline: true}, Columns: []*Column{
				{Name: "id", Type: "INTEGER", Autoincrement: true, Text: "id integer primary key autoincrement"},
				{Name: "name", Type: "VARCHAR(20)", Default: def("'it''s, fine'"), Extra: "collate nocase", Text: "[name] varchar ( 20 ) collate nocase not null default 'it''s, fine'"},
				{Name: "n", Type: "NUMERIC(10, 2)", Nullable: true, Default: def("-1.5"), Text: "`n` numeric(10 , 2) DEFAULT -1.5"},
				{Name: "d", Type: "DATETIME", Nullable: true, Default: def("(datetime('now'))"), Text: "d datetime default (datetime('now'))"},
			}},
		},
		{
			`CREATE TABLE a (
				x INTEGER CONSTRAINT positive CHECK (x > 0) REFERENCES b ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED UNIQUE ON CONFLICT IGNORE,
				y TEXT NOT NULL ON CONFLICT FAIL, z INT GENERATED ALWAYS AS (x + 1) STORED, w,
				CONSTRAINT pk PRIMARY KEY (x, y DESC) ON CONFLICT ABORT, CONSTRAINT uq UNIQUE (y COLLATE NOCASE, z)
				CHECK (y <> ')' AND z IN (1, 2)) FOREIGN KEY (x, y) REFERENCES "c d" (k, "l") ON UPDATE CASCADE ON DELETE NO ACTION
			) STRICT, WITHOUT ROWID`,
			Table{Name: "a", Suffix: "STRICT, WITHOUT ROWID", Columns: []*Column{
				{Name: "x", Type: "INTEGER", Text: "x INTEGER CONSTRAINT positive CHECK (x > 0) REFERENCES b ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED UNIQUE ON CONFLICT IGNORE"},
				{Name: "y", Type: "TEXT", Text: "y TEXT NOT NULL ON CONFLICT FAIL"},
				{Name: "z", Type: "INT", Nullable: true, Extra: "GENERATED ALWAYS AS (x + 1) STORED", Text: "z INT GENERATED ALWAYS AS (x + 1) STORED"},
				{Name: "w", Nullable: true, Text: "w"},
			},
				PrimaryKey: &Key{Name: "pk", Columns: []string{"x", "y"}, Text: "CONSTRAINT pk PRIMARY KEY (x, y DESC) ON CONFLICT ABORT"},
				Uniques: []*Key{
					{Columns: []string{"x"}, Inline: true},
					{Name: "uq", Columns: []string{"y", "z"}, Text: "CONSTRAINT uq UNIQUE (y COLLATE NOCASE, z)"},
				},
				Checks: []*Check{
					{Name: "positive", Expr: "x > 0", Column: "x", Inline: true},
					{Expr: "y <> ')' AND z IN (1, 2)", Text: "CHECK (y <> ')' AND z IN (1, 2))"},
				},
				ForeignKeys: []*ForeignKey{
					{Columns: []string{"x"}, RefTable: "b", OnDelete: "SET NULL", Inline: true},
					{Columns: []string{"x", "y"}, RefTable: "c d", RefColumns: []string{"k", "l"}, OnUpdate: "CASCADE",
						Text: `FOREIGN KEY (x, y) REFERENCES "c d" (k, "l") ON UPDATE CASCADE ON DELETE NO ACTION`},
				}},
		},
		{
			`CREATE VIRTUAL TABLE docs USING fts5(body, tokenize = 'porter')`,
			Table{Name: "docs", Suffix: "USING fts5(body, tokenize = 'porter')"},
		},
		{
			`CREATE TABLE "unique"("check" TEXT, 'primary key' DOUBLE PRECISION DEFAULT +.5, "default" BLOB DEFAULT x'00', t TEXT DEFAULT now)`,
			Table{Name: "unique", Columns: []*Column{
				{Name: "check", Type: "TEXT", Nullable: true, Text: `"check" TEXT`},
				{Name: "primary key", Type: "DOUBLE PRECISION", Nullable: true, Default: def("+.5"), Text: `'primary key' DOUBLE PRECISION DEFAULT +.5`},
				{Name: "default", Type: "BLOB", Nullable: true, Default: def("x'00'"), Text: `"default" BLOB DEFAULT x'00'`},
				{Name: "t", Type: "TEXT", Nullable: true, Default: def("now"), Text: "t TEXT DEFAULT now"},
			}},
		},
	} {
		got, err := ParseSQLiteTable(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if diff := cmp.Diff(&c.want, got); diff != "" {
			t.Errorf("%s: wanted (-) and read (+) differ:\n%s", c.text, diff)
		}
	}
}

func TestParseSQLiteTableRefuses(t *testing.T) {
	for _, text := range []string{"", "CREATE VIEW v AS SELECT 1", "CREATE TABLE a AS SELECT 1", "CREATE TABLE a (, b)"} {
		if got, err := ParseSQLiteTable(text); err == nil {
			t.Errorf("%q was read as %+v", text, got)
		}
	}
}

func TestParseSQLiteIndex(t *testing.T) {
	for text, want := range map[string]Index{
		`CREATE UNIQUE INDEX IF NOT EXISTS main."i x" ON "t"("a" DESC, lower(b) ASC, c COLLATE NOCASE, d) where d > 0`: {
			Name: "i x", Unique: true, Where: "d > 0",
			Columns: []IndexColumn{{Name: "a", Desc: true}, {Expr: "lower(b)"}, {Expr: "c COLLATE NOCASE"}, {Name: "d"}}},
		`create index i on t (a)`: {Name: "i", Columns: []IndexColumn{{Name: "a"}}},
	} {
		want.Valid, want.Text = true, text
		got, err := parseSQLiteIndex(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(&want, got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestParseSQLiteTrigger(t *testing.T) {
	for text, want := range map[string]Trigger{
		"CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; END":                                     {Name: "a", Timing: "after", Event: "insert", Body: "SELECT 1;"},
		"create temp trigger if not exists b update of x on t when new.x > 0 begin\n select 2;\nend": {Name: "b", Timing: "before", Event: "update", Body: "select 2;"},
		`CREATE TRIGGER "c" INSTEAD OF DELETE ON v FOR EACH ROW BEGIN SELECT CASE WHEN 1 THEN 2 END; END`: {
			Name: "c", Timing: "instead of", Event: "delete", Body: "SELECT CASE WHEN 1 THEN 2 END;"},
	} {
		want.Text = text
		if got := parseSQLiteTrigger(text); got != want {
			t.Errorf("%s:\n got %+v\nwant %+v", text, got, want)
		}
	}
}

// pragmaLines is what SQLite itself says of a table, one fact a line.
func pragmaLines(t failer, db *sql.DB, table string) []string {
	var out []string
	query := func(text string, f func(*sql.Rows) error) {
		rows, err := db.Query(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		defer rows.Close()
		for rows.Next() {
			if err := f(rows); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
		}
	}
	query("SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_xinfo('"+table+"') ORDER BY cid", func(r *sql.Rows) error {
		var name, typ string
		var notNull bool
		var def sql.NullString
		var pk int
		err := r.Scan(&name, &typ, &notNull, &def, &pk)
		out = append(out, fmt.Sprintf("column %s %q null=%v default=%s key=%d", name, CanonicalType(newParser(typ).inner(), flavor.Flavor{Dialect: flavor.SQLite}), !notNull, def.String, pk))
		return err
	})
	uniques := map[string][]string{}
	query("SELECT l.name, i.name FROM pragma_index_list('"+table+"') l, pragma_index_info(l.name) i WHERE l.origin = 'u' ORDER BY l.name, i.seqno", func(r *sql.Rows) error {
		var index, column string
		err := r.Scan(&index, &column)
		uniques[index] = append(uniques[index], column)
		return err
	})
	for _, columns := range uniques {
		out = append(out, fmt.Sprintf("unique %v", columns))
	}
	query("SELECT id, \"table\", \"from\", \"to\", on_update, on_delete FROM pragma_foreign_key_list('"+table+"') ORDER BY id, seq", func(r *sql.Rows) error {
		var id int
		var ref, from, onUpdate, onDelete string
		var to sql.NullString
		err := r.Scan(&id, &ref, &from, &to, &onUpdate, &onDelete)
		out = append(out, fmt.Sprintf("foreign key %s %s.%s update %s delete %s", from, ref, to.String, onUpdate, onDelete))
		return err
	})
	slices.Sort(out)
	return slices.Compact(out) // SQLite keeps one index for two equal unique constraints
}

// parsedLines says the same of a parsed table.
func parsedLines(t *Table) []string {
	var out []string
	keyed := func(name string) int {
		if t.PrimaryKey == nil {
			return 0
		}
		return 1 + slices.IndexFunc(t.PrimaryKey.Columns, func(c string) bool { return strings.EqualFold(c, name) })
	}
	for _, c := range t.Columns {
		def, pk := "", keyed(c.Name)
		if c.Default != nil {
			def = *c.Default
			if strings.HasPrefix(def, "(") { // the pragma shows the expression
				def = strings.TrimSpace(def[1 : len(def)-1])
			}
		}
		// The rowid cannot be null, which the pragma does not say.
		nullable := c.Nullable || pk > 0 && len(t.PrimaryKey.Columns) == 1 && c.Type == "INTEGER" && !strings.Contains(c.Text, "NOT NULL") && !mentions(t.Suffix, "ROWID")
		out = append(out, fmt.Sprintf("column %s %q null=%v default=%s key=%d", c.Name, c.Type, nullable, def, pk))
	}
	action := func(a string) string { return or(a, "NO ACTION") }
	for _, k := range t.Uniques {
		out = append(out, fmt.Sprintf("unique %v", k.Columns))
	}
	for _, f := range t.ForeignKeys {
		for i, from := range f.Columns {
			to := ""
			if len(f.RefColumns) > 0 {
				to = f.RefColumns[i]
			}
			out = append(out, fmt.Sprintf("foreign key %s %s.%s update %s delete %s", from, f.RefTable, to, action(f.OnUpdate), action(f.OnDelete)))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// failer is what *testing.T and *rapid.T have in common.
type failer interface {
	Fatalf(format string, args ...any)
}

// Whatever table SQLite takes, the parser reads what SQLite's pragmas say.
func TestParseSQLiteTableAgreesWithSQLite(t *testing.T) {
	db := enginetest.New(t, flavor.SQLite)
	db.SQL().SetMaxOpenConns(1)
	rapid.Check(t, func(t *rapid.T) {
		text := drawTable(t)
		if _, err := db.SQL().Exec("DROP TABLE IF EXISTS t; " + text); err != nil {
			t.Skip() // a combination that SQLite refuses
		}
		var kept string
		if err := db.SQL().QueryRow("SELECT sql FROM sqlite_master WHERE name = 't'").Scan(&kept); err != nil {
			t.Fatalf("%v", err)
		}
		got, err := ParseSQLiteTable(kept)
		if err != nil {
			t.Fatalf("%s: %v", kept, err)
		}
		theirs, ours := pragmaLines(t, db.SQL(), "t"), parsedLines(got)
		if k := got.PrimaryKey; k != nil {
			// SQLite makes one index for a primary key and an equal unique
			// constraint, and calls it after one of them.
			same := func(line string) bool { return line == fmt.Sprintf("unique %v", k.Columns) }
			theirs, ours = slices.DeleteFunc(theirs, same), slices.DeleteFunc(ours, same)
		}
		if diff := cmp.Diff(theirs, ours); diff != "" {
			t.Fatalf("%s: pragmas (-) and parser (+) differ:\n%s", kept, diff)
		}
	})
}

// drawTable draws a CREATE TABLE statement for a table t.
func drawTable(t *rapid.T) string {
	pick := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(t, label) }
	space := func() string { return pick("space", " ", "\n\t", " /* , ( ' */ ", " -- ) , \"\n", "  ") }
	names := []string{"a", `"b c"`, "[d,e]", "`f(g`", `"check"`, "'h'", "é"}
	columns := rapid.IntRange(1, len(names)).Draw(t, "columns")
	var defs []string
	for i := range columns {
		d := names[i] + space() + pick("type", "", "INTEGER", "INT", "VARCHAR(36)", "varchar ( 20 )", "NUMERIC(10,2)", "DOUBLE PRECISION", "\"my type\"", "BIGINT UNSIGNED")
		for range rapid.IntRange(0, 4).Draw(t, "constraints") {
			d += space() + pick("constraint", "NOT NULL", "NULL", "UNIQUE", "PRIMARY KEY", "PRIMARY KEY ASC ON CONFLICT REPLACE AUTOINCREMENT", "COLLATE NOCASE",
				"DEFAULT 'x,)('", "DEFAULT -1", "DEFAULT + 2.5e3", "DEFAULT (1 + (2))", "DEFAULT CURRENT_TIMESTAMP", "DEFAULT NULL", "DEFAULT X'0A'",
				"CHECK (1 > 0)", "CONSTRAINT \"n 1\" CHECK (')' <> '(')", "REFERENCES r", "REFERENCES \"r s\" (\"x\") ON DELETE CASCADE NOT DEFERRABLE",
				"CONSTRAINT k REFERENCES r(x) ON UPDATE SET DEFAULT MATCH FULL DEFERRABLE INITIALLY DEFERRED", "NOT NULL ON CONFLICT IGNORE", "AS (1 + 1)", "GENERATED ALWAYS AS ('x') STORED")
		}
		defs = append(defs, d)
	}
	for range rapid.IntRange(0, 3).Draw(t, "table constraints") {
		one, two := names[rapid.IntRange(0, columns-1).Draw(t, "one")], names[rapid.IntRange(0, columns-1).Draw(t, "two")]
		list := "(" + one + space() + "," + two + ")"
		if one == two {
			list = "(" + one + ")"
		}
		defs = append(defs, pick("table constraint", "UNIQUE "+list, "CONSTRAINT "+space()+"u UNIQUE"+list+" ON CONFLICT ROLLBACK", "PRIMARY KEY"+space()+list,
			"CONSTRAINT \"p,k\" PRIMARY KEY ("+one+" COLLATE NOCASE DESC)", "CHECK (',' <> 'x')", "FOREIGN KEY ("+one+") REFERENCES r (x) ON DELETE RESTRICT",
			"UNIQUE ("+one+") CHECK (1)"))
	}
	return "CREATE TABLE t" + space() + "(" + strings.Join(defs, space()+","+space()) + ")" + pick("suffix", "", "STRICT", " WITHOUT ROWID ")
}

// The parser ends on any text, without panic.
func FuzzParseSQLiteTable(f *testing.F) {
	f.Add("CREATE TABLE a (b INTEGER PRIMARY KEY, c TEXT DEFAULT (x(')')), CHECK (c), FOREIGN KEY (b) REFERENCES d(e)) STRICT")
	f.Add("CREATE TABLE a (b CHECK, CONSTRAINT")
	f.Add("CREATE UNIQUE INDEX i ON t (a DESC) WHERE b")
	f.Add("CREATE TRIGGER a BEGIN END")
	f.Fuzz(func(t *testing.T, text string) {
		if table, err := ParseSQLiteTable(text); err == nil {
			for _, c := range table.Columns {
				if !strings.Contains(text, c.Text) {
					t.Errorf("the text of column %q is not the table's: %q", c.Name, c.Text)
				}
			}
		}
		_, _ = parseSQLiteIndex(text)
		_ = parseSQLiteTrigger(text)
		_ = settleExpr(text)
	})
}
