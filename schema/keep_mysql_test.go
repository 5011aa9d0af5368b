package schema

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// keptOnMySQL are what a column c can have besides a type, as it is written
// behind the name: with the type %s where others can be had. Each is kept by
// every change that is not about it.
var keptOnMySQL = []struct {
	what, definition string
	only             flavor.Dialect
	text             bool // whose type can be another text
}{
	{"nothing", "varchar(30)", "", true},
	{"a default", "varchar(30) DEFAULT 'a''b\\\\c'", "", true},
	{"an empty default", "varchar(30) NOT NULL DEFAULT ''", "", true},
	{"a comment", "varchar(30) COMMENT 'it''s \"a\\\\b\"\nCHECK (c) DEFAULT 1'", "", true},
	{"a character set", "varchar(30) CHARACTER SET latin1", "", true},
	{"a collation", "varchar(30) COLLATE utf8mb4_bin", "", true},
	{"both", "varchar(30) CHARACTER SET latin1 COLLATE latin1_german1_ci NOT NULL DEFAULT 'ä'", "", true},
	{"a check", "varchar(30) CHECK (c <> 'n''o\\\\')", "", true},
	{"a check and a collation", "varchar(30) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT 'x' COMMENT 'why' CHECK (length(c) > 0)", flavor.MariaDB, true},
	{"a check that JSON is", "longtext CHECK (json_valid(c))", flavor.MariaDB, false},
	{"an expression", "varchar(30) DEFAULT (concat('a', 'b''c'))", "", true},
	{"invisibility", "varchar(30) INVISIBLE DEFAULT 'x'", flavor.MariaDB, true},
	{"invisibility", "varchar(30) DEFAULT 'x' INVISIBLE", flavor.MySQL, true},
	{"compression", "varchar(30) COMPRESSED DEFAULT 'x'", flavor.MariaDB, true},
	{"no history", "varchar(30) WITHOUT SYSTEM VERSIONING", flavor.MariaDB, true},
	{"a format and a storage", "varchar(30) COLUMN_FORMAT DYNAMIC STORAGE DISK", flavor.MySQL, true},
	{"no place in a second engine", "varchar(30) NOT SECONDARY", flavor.MySQL, true},
	{"an update", "timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)", "", false},
	{"an update of a time that may be null", "timestamp NULL DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP COMMENT 'when'", "", false},
	{"an update of a datetime", "datetime(6) DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP(6)", "", false},
	{"a generation", "varchar(30) GENERATED ALWAYS AS (concat(b, 'x')) VIRTUAL COMMENT 'both'", "", true},
	{"a generation that is stored", "varchar(30) GENERATED ALWAYS AS (concat(b, '\\'')) STORED", "", true},
	{"a place on the earth", "point NOT NULL SRID 4326", flavor.MySQL, false},
	{"no sign", "int(5) unsigned zerofill NOT NULL DEFAULT 7", "", false},
	{"bits", "bit(3) NOT NULL DEFAULT b'101'", "", false},
	{"members", "set('x','y''z') COLLATE utf8mb4_bin DEFAULT 'x'", "", false},
	{"an enumeration", "enum('a','b''c','d\\\\e') CHARACTER SET latin1 DEFAULT 'a'", "", false},
	{"a number of seconds", "decimal(8,2) unsigned DEFAULT 1.5", "", false},
}

// shownDefinition is the definition of column c by the server.
func shownDefinition(t *testing.T, db enginetest.Database) string {
	t.Helper()
	text := db.Query(t, "SHOW CREATE TABLE t")[0][1].(string)
	for _, line := range strings.Split(text, "\n") {
		if name, rest, _ := strings.Cut(strings.TrimSpace(line), " "); name == "`c`" || name == "`d`" {
			return strings.TrimSuffix(rest, ",")
		}
	}
	t.Fatalf("there is no column c: %s", text)
	return ""
}

// mysqlKeeping are changes, with the words that they take from a definition and
// bring to it.
var mysqlKeeping = []struct {
	op, gone, come string
	text           bool // for texts only
	literal        bool // not for generated columns
}{
	{`alter_column = { table = "t", name = "c", type = "string(40)" }`, "varchar(30)", "varchar(40)", true, false},
	{`alter_column = { table = "t", name = "c", type = "string(400)" }`, "varchar(30)", "varchar(400)", true, false},
	{`alter_column = { table = "t", name = "c", type = "char(30)" }`, "varchar(30)", "char(30)", true, false},
	{`alter_column = { table = "t", name = "c", nullable = false }`, "", "NOT NULL", false, true},
	{`alter_column = { table = "t", name = "c", nullable = true }`, "NOT NULL", "", false, true},
	{`rename_column = { table = "t", from = "c", to = "d" }`, "", "", false, false},
	{`rename_table = { from = "t", to = "s" }` + "\n[[up]]\n" + `rename_table = { from = "s", to = "t" }` + "\n[[up]]\n" +
		`alter_column = { table = "t", name = "c", nullable = false }` + "\n[[up]]\n" + `alter_column = { table = "t", name = "c", nullable = true }`, "NOT NULL", "", false, true},
	{`add_column = { table = "t", name = "e", type = "integer" }` + "\n[[up]]\n" + `drop_column = { table = "t", name = "e" }`, "", "", false, false},
	{`rename_column = { table = "t", from = "c", to = "d" }` + "\n[[up]]\n" + `alter_column = { table = "t", name = "d", type = "string(40)" }`, "varchar(30)", "varchar(40)", true, false},
}

var (
	// mayBeNull is what the server shows of a column that may be null, beside or
	// instead of nothing.
	mayBeNull = regexp.MustCompile(`^(.*?)(?: NULL)? DEFAULT NULL\b`)
	// zeroDefault is what MariaDB adds to a time that may not be null.
	zeroDefault = regexp.MustCompile(` DEFAULT '0000-00-00 00:00:00(\.0+)?'`)
)

// words are those of a definition, in order.
func words(text string) []string {
	text = zeroDefault.ReplaceAllString(mayBeNull.ReplaceAllString(text, "$1"), "")
	list := strings.Fields(strings.NewReplacer("`d`", "`c`", "NOT NULL", "NOT_NULL", " NULL ", " ").Replace(text + " "))
	slices.Sort(list)
	return list
}

// TestKeptOnMySQL changes columns in every way, and finds all that is not
// changed in what the server shows of it; undone, it shows what it did before.
func TestKeptOnMySQL(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if !db.Dialect.MySQLFamily() {
			t.Skip("other servers have tests of their own")
		}
		for _, row := range keptOnMySQL {
			for _, change := range mysqlKeeping {
				generated := strings.Contains(row.definition, "GENERATED")
				if row.only != "" && row.only != db.Dialect || change.text && !row.text || change.literal && generated {
					continue
				}
				t.Run(row.what+": "+change.op, func(t *testing.T) {
					versioned := ""
					if strings.Contains(row.definition, "VERSIONING") {
						versioned = " WITH SYSTEM VERSIONING"
					}
					db.Exec(t, "DROP TABLE IF EXISTS t")
					db.Exec(t, "CREATE TABLE t (a int PRIMARY KEY, c "+row.definition+", b varchar(20)) DEFAULT CHARSET utf8mb4"+versioned)
					if versioned != "" { // changes that are recorded need to be allowed
						db.SQL().SetMaxOpenConns(1)
						defer db.SQL().SetMaxOpenConns(0)
						db.Exec(t, "SET system_versioning_alter_history = KEEP")
					}
					keptByMySQL(t, db, change.op, change.gone, change.come)
				})
			}
		}
	})
}

func keptByMySQL(t *testing.T, db enginetest.Database, op, gone, come string) {
	t.Helper()
	before, table := shownDefinition(t, db), db.Query(t, "SHOW CREATE TABLE t")[0][1]
	s := inspected(t, db)
	ops := forDialect(parse(t, "[[up]]\n"+op), db.Dialect)
	if err := s.Define(t.Context(), db.SQL(), Altered(ops)); err != nil {
		t.Fatal(err)
	}
	back := inverse(t, s, ops)
	execute(t, db, fold(t, s, ops))
	want := mayBeNull.ReplaceAllString(before, "$1")
	if gone != "" {
		want = strings.Replace(want, gone, "", 1)
	}
	if strings.HasPrefix(come, "char") { // which MariaDB does not compress
		want = strings.Replace(want, "/*M!100301 COMPRESSED*/", "", 1)
	}
	if !strings.Contains(want, come) {
		want += " " + come
	}
	if got := words(shownDefinition(t, db)); !slices.Equal(got, words(want)) {
		t.Errorf("%q became %q", before, shownDefinition(t, db))
	}
	if s := Compare(s, inspected(t, db), Rules{}); len(s) > 0 {
		t.Errorf("the schema is not what was computed: %v", s)
	}
	execute(t, db, fold(t, s, back))
	if after := db.Query(t, "SHOW CREATE TABLE t")[0][1]; after != table {
		t.Errorf("undone, %s\nis\n%s", table, after)
	}
}

// otherOnMySQL are columns c that are given another type, with what the server
// shows of them then, or why they are not.
var otherOnMySQL = []struct {
	definition, change string
	mariadb, mysql     string
}{
	{"varchar(30) CHARACTER SET latin1 COLLATE latin1_german1_ci COMMENT 'x' CHECK (c <> 'x')", `type = "text"`,
		"text CHARACTER SET latin1 COLLATE latin1_german1_ci DEFAULT NULL COMMENT 'x' CHECK (`c` <> 'x')",
		"text CHARACTER SET latin1 COLLATE latin1_german1_ci COMMENT 'x'"},
	{"varchar(30) COLLATE utf8mb4_bin DEFAULT 'x'", `type = "text"`,
		"text CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT 'x'", "text CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT (_utf8mb4'x')"},
	{"text COLLATE utf8mb4_bin DEFAULT ('x')", `type = "string(9)"`,
		"varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT 'x'", "varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT 'x'"},
	{"varchar(30) CHARACTER SET latin1 DEFAULT 'x' CHECK (c <> 'y')", `type = "binary(20)"`, // no text, no collation
		"tinyblob DEFAULT 'x' CHECK (`c` <> 'y')", "tinyblob DEFAULT (_utf8mb4'x')"},
	{"timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3) COMMENT 'x'", `type = "datetime"`,
		"datetime NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp() COMMENT 'x'",
		"datetime NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP COMMENT 'x'"},
	{"datetime DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP", `type = "sql(datetime(6))"`,
		"datetime(6) DEFAULT current_timestamp(6) ON UPDATE current_timestamp(6)", "datetime(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)"},
	{"varchar(30) NOT NULL DEFAULT '12' COMMENT 'n'", `type = "integer"`, "int(11) NOT NULL DEFAULT 12 COMMENT 'n'", "int NOT NULL DEFAULT '12' COMMENT 'n'"},
	{"int NOT NULL DEFAULT 12 COMMENT 'n'", `type = "string(5)"`, "varchar(5) NOT NULL DEFAULT '12' COMMENT 'n'", "varchar(5) NOT NULL DEFAULT '12' COMMENT 'n'"},
	{"tinyint(1) NOT NULL DEFAULT 1", `type = "integer"`, "int(11) NOT NULL DEFAULT 1", "int NOT NULL DEFAULT '1'"},
	{"int NOT NULL DEFAULT 0", `type = "boolean"`, "tinyint(1) NOT NULL DEFAULT 0", "tinyint(1) NOT NULL DEFAULT '0'"},
	{"date DEFAULT '2020-01-02'", `type = "datetime"`, "datetime DEFAULT '2020-01-02 00:00:00'", "datetime DEFAULT '2020-01-02 00:00:00'"},
	{"varchar(9) DEFAULT 'b'", `type = "enum(a, b)"`, "enum('a','b') DEFAULT 'b'", "enum('a','b') DEFAULT 'b'"},
	{"enum('a','b''c') CHARACTER SET latin1 DEFAULT 'b''c'", `type = "string(9)"`,
		"varchar(9) CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT 'b''c'", "varchar(9) CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT 'b''c'"},

	{"timestamp NULL ON UPDATE CURRENT_TIMESTAMP", `type = "date"`,
		`column "c" takes the time of each update (ON UPDATE CURRENT_TIMESTAMP), which date cannot`, `column "c" takes the time of each update (ON UPDATE CURRENT_TIMESTAMP), which date cannot`},
	{"varchar(30) DEFAULT 'x'", `type = "integer"`,
		`the default 'x' of column "c" is no value of the type int; give another with default or default_sql, or say drop_default`,
		`the default 'x' of column "c" is no value of the type int; give another with default or default_sql, or say drop_default`},
	{"datetime DEFAULT CURRENT_TIMESTAMP", `type = "date"`,
		`the default current_timestamp() of column "c" may be no value of the type date; give another with default or default_sql, or say drop_default`,
		`the default CURRENT_TIMESTAMP of column "c" may be no value of the type date; give another with default or default_sql, or say drop_default`},
	{"text CHECK (length(c) > 2)", `type = "json"`,
		`column "c" has the check octet_length(` + "`c`" + `) > 2 of its own, and MariaDB keeps one check at a column, which the type json needs: drop it before, and add it as a check of the table after`,
		"json DEFAULT NULL"},
}

func TestOtherTypesOnMySQL(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if !db.Dialect.MySQLFamily() {
			t.Skip("other servers have tests of their own")
		}
		for _, row := range otherOnMySQL {
			want := row.mysql
			if db.Dialect == flavor.MariaDB {
				want = row.mariadb
			}
			db.Exec(t, "DROP TABLE IF EXISTS t")
			db.Exec(t, "CREATE TABLE t (a int PRIMARY KEY, c "+row.definition+", b varchar(20)) DEFAULT CHARSET utf8mb4")
			table := db.Query(t, "SHOW CREATE TABLE t")[0][1]
			s := inspected(t, db)
			op := forDialect(parse(t, "[[up]]\nalter_column = { table = \"t\", name = \"c\", "+row.change+" }"), db.Dialect)
			if err := s.Define(t.Context(), db.SQL(), Altered(op)); err != nil {
				t.Fatal(err)
			}
			if _, err := op[0].Render(s); err != nil {
				if got := strings.TrimPrefix(err.Error(), `alter_column on table "t": `); got != want {
					t.Errorf("%s, %s: %s\nwant %s", row.definition, row.change, got, want)
				}
				continue
			}
			back := inverse(t, s, op)
			execute(t, db, fold(t, s, op))
			if got := shownDefinition(t, db); got != want {
				t.Errorf("%s, %s: %s\nwant %s", row.definition, row.change, got, want)
			}
			if list := Compare(s, inspected(t, db), Rules{}); len(list) > 0 {
				t.Errorf("%s, %s: the schema is not what was computed: %v", row.definition, row.change, list)
			}
			execute(t, db, fold(t, s, back))
			// MySQL writes a text in a check anew, in the character set of the column.
			if after := db.Query(t, "SHOW CREATE TABLE t")[0][1]; introducer.ReplaceAllString(after.(string), "") != introducer.ReplaceAllString(table.(string), "") {
				t.Errorf("undone, %s\nis\n%s", table, after)
			}
		}
	})
}

var introducer = regexp.MustCompile(`_(utf8mb4|latin1|binary)\b`)
