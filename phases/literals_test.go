package phases

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/migrations/catalog"
)

// hostileTexts are texts that a writer of SQL, or a reader of what a server
// reports, may take for something else.
var hostileTexts = []string{"it's", `a\b`, `\`, `tail\`, `\'`, `\\'`, `'\`, `a''b`, `say "x"`, "`", "a\nb", "a\rb", "a\r\nb", "a\tb", "\x1a",
	"%", "_x", `\%`, `\_`, "{old}", "${x}", "$1", "?", "-- x", "/* x */", ";", "ü€", "😀", `E'x'`, `\x41`, "NULL", "0x41", "(1)", "CURRENT_TIMESTAMP"}

// inTOML is a text as TOML writes it.
func inTOML(text string) string {
	var b strings.Builder
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			b.WriteString(`\` + string(c))
		case c < ' ':
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteRune(c)
		}
	}
	return `"` + b.String() + `"`
}

// standard is a text as a string of standard SQL, as expressions for all
// dialects have it.
func standard(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// literalCatalog has each of the texts in each place that a catalog has for
// texts.
func literalCatalog(d flavor.Dialect) map[string]string {
	var values, columns, checks, rows []string
	for i, text := range hostileTexts {
		values = append(values, standard(text))
		comment := text
		if d.MySQLFamily() && text == "😀" {
			comment = "no such comment" // both keep comments in three bytes
		}
		columns = append(columns, fmt.Sprintf("{ name = \"c%d\", type = \"string(40)\", nullable = false, default = %s, comment = %s }", i, inTOML(text), inTOML(comment)))
		checks = append(checks, fmt.Sprintf("{ name = \"ck%d\", expr = %s }", i, inTOML(fmt.Sprintf("n <> %d OR w <> %s", i, standard(text)))))
		rows = append(rows, fmt.Sprintf("{ n = %d, w = %s, e = %s }", i, inTOML(text), inTOML(text)))
	}
	first := `revision = "l01"
branch = "trunk"
[[up]]
create_enum = { name = "words", values = [` + tomlList(hostileTexts) + `] }
[[up]]
[up.create_table]
name = "defaults"
columns = [ { name = "id", type = "integer", nullable = false }, ` + strings.Join(columns, ", ") + ` ]
primary_key = ["id"]
[[up]]
[up.create_table]
name = "rows_of"
columns = [ { name = "n", type = "integer", nullable = false }, { name = "w", type = "text" }, { name = "e", type = ` +
		inTOML("enum("+strings.Join(values, ", ")+")") + `, type_name = "words" } ]
primary_key = ["n"]
[[up]]
insert_rows = { table = "rows_of", rows = [ ` + strings.Join(rows, ", ") + ` ] }
[[up]]
[up.create_table]
name = "checked"
columns = [ { name = "id", type = "integer", nullable = false, autoincrement = true }, { name = "n", type = "integer" }, { name = "w", type = "string(40)" } ]
primary_key = ["id"]
checks = [ ` + strings.Join(checks, ", ") + ` ]
`
	return map[string]string{"catalog.toml": "name = \"literals\"\ndialects = [\"" + string(d) + "\"]", "versions/l01.toml": first}
}

func tomlList(texts []string) string {
	quoted := make([]string, len(texts))
	for i, t := range texts {
		quoted[i] = inTOML(t)
	}
	return strings.Join(quoted, ", ")
}

// Every text is stored as it is written, wherever a catalog has one, and what
// the server reports of it is what the catalog says.
func TestLiterals(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, loaded(t, literalCatalog(db.Dialect)), db)
		must(t, s, "sync", "")
		sameTexts(t, "rows", db.Strings(t, "SELECT w FROM rows_of ORDER BY n"))
		sameTexts(t, "values of an enumeration", db.Strings(t, "SELECT e FROM rows_of ORDER BY n"))
		db.Exec(t, "INSERT INTO defaults (id) VALUES (1)")
		for i, text := range hostileTexts {
			if got := db.Strings(t, fmt.Sprintf("SELECT c%d FROM defaults", i)); got[0] != text {
				t.Errorf("the default %q is %q", text, got[0])
			}
			if _, err := db.SQL().Exec("INSERT INTO checked (n, w) VALUES ("+placeholder(db, 1)+", "+placeholder(db, 2)+")", i, text); err == nil {
				t.Errorf("the check takes %q", text)
			}
			if _, err := db.SQL().Exec("INSERT INTO checked (n, w) VALUES ("+placeholder(db, 1)+", "+placeholder(db, 2)+")", i, text+"x"); err != nil {
				t.Errorf("the check refuses %q: %v", text+"x", err)
			}
		}
		if comments := commentsOf(t, db); comments != nil {
			sameTexts(t, "comments", comments)
		}
		v, err := s.Verify(t.Context())
		if err != nil || len(v.Differences)+len(v.Open) > 0 {
			t.Errorf("verify: %+v, %+v, %v", v.Differences, v.Open, err)
		}
		if r := must(t, s, "sync", ""); !r.Idle() {
			t.Errorf("a second sync did %+v", r)
		}
	})
}

// A zero byte is stored where the server stores it, and refused elsewhere before
// anything is done.
func TestZeroByte(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		files := fstest.MapFS{}
		for name, text := range map[string]string{
			"catalog.toml": "name = \"zero\"\ndialects = [\"" + string(db.Dialect) + "\"]",
			"versions/z01.toml": `revision = "z01"
branch = "trunk"
[[up]]
create_table = { name = "zero", columns = [ { name = "id", type = "integer", nullable = false }, { name = "w", type = "string(20)" } ], primary_key = ["id"] }
[[up]]
insert_rows = { table = "zero", rows = [ { id = 1, w = "a\u0000b" } ] }`,
		} {
			files[name] = &fstest.MapFile{Data: []byte(text)}
		}
		c, err := catalog.Load(files, catalog.Options{})
		if db.Dialect == flavor.Postgres {
			if err == nil || !strings.Contains(err.Error(), "z01.toml:6: ") || !strings.Contains(err.Error(), "zero byte") {
				t.Errorf("a zero byte: %v", err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		must(t, service(t, c, db), "sync", "")
		if got := db.Strings(t, "SELECT hex(w) FROM zero"); got[0] != "610062" {
			t.Errorf("the bytes are %s", got[0])
		}
	})
}

func placeholder(db enginetest.Database, n int) string {
	if db.Dialect == flavor.Postgres {
		return fmt.Sprintf("$%d", n)
	}
	return "?"
}

// commentsOf are the comments of the columns of defaults; nil where there are
// none.
func commentsOf(t *testing.T, db enginetest.Database) []string {
	switch {
	case db.Dialect == flavor.Postgres:
		return db.Strings(t, "SELECT col_description('defaults'::regclass, ordinal_position) FROM information_schema.columns WHERE table_name = 'defaults' AND column_name <> 'id' ORDER BY ordinal_position")
	case db.Dialect.MySQLFamily():
		return db.Strings(t, "SELECT column_comment FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'defaults' AND column_name <> 'id' ORDER BY ordinal_position")
	}
	return nil
}

func sameTexts(t *testing.T, what string, got []string) {
	t.Helper()
	want := slices.Clone(hostileTexts)
	if i := slices.Index(got, "no such comment"); i >= 0 {
		want[i] = "no such comment"
	}
	if len(got) != len(want) {
		t.Errorf("%d %s, want %d", len(got), what, len(want))
		return
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%s: %q, want %q", what, got[i], want[i])
		}
	}
}
