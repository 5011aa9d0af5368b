package quote

import (
	"strings"
	"testing"

	"manage/engine/flavor"
)

// hostileTexts are texts that a server, or a writer of SQL, may take for
// something else.
var hostileTexts = []string{"", "a", "it's", `a\b`, `\`, `tail\`, `\'`, `\\'`, `'\`, "''", `"`, "`", "a\nb", "a\rb", "a\r\nb", "\t", "\b", "\x1a",
	"%", "_", `\%`, `\_`, `100\%`, "{old}", "{", "$1", "?", "--", "/*", "*/", ";", "ü", "€", "😀", `E'x'`, `\x41`, `\u0041`, "\x7f", " lead", "trail ", "NULL", "0x41"}

func TestIdent(t *testing.T) {
	for d, want := range map[flavor.Dialect]string{flavor.SQLite: "\"a\"\"b`c\\\"", flavor.Postgres: "\"a\"\"b`c\\\"", flavor.MySQL: "`a\"b``c\\`", flavor.MariaDB: "`a\"b``c\\`"} {
		if got := Ident("a\"b`c\\", d); got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
	}
}

// TestTextIsReadBack: what is written for a dialect is read as it was, to the
// last byte of it, also where a session has changed how PostgreSQL reads.
func TestTextIsReadBack(t *testing.T) {
	for _, d := range flavor.Dialects() {
		for _, text := range hostileTexts {
			for _, sql := range []string{Text(text, d), strings.TrimSpace(Always(text, d))} {
				if got, n, ok := Literal(sql+" AND more", d); got != text || n != len(sql) || !ok {
					t.Errorf("%s: %q is written as %s and read as %q (%d, %v)", d, text, sql, got, n, ok)
				}
			}
		}
	}
}

func TestLiteral(t *testing.T) {
	for _, c := range []struct {
		d         flavor.Dialect
		sql, want string
		length    int
	}{
		{flavor.MySQL, `'a\'b\\c\n\r\t\0\Z\b\%\_\q' x`, "a'b\\c\n\r\t\x00\x1a\b\\%\\_q", 27},
		{flavor.MariaDB, `"a""b'c"`, `a"b'c`, 8},
		{flavor.Postgres, `E'\x41\101\u00fc\U0001F600\'\\\f\q'`, "AA\u00fc\U0001F600'\\\fq", 35},
		{flavor.Postgres, `'a\'`, `a\`, 4},
		{flavor.SQLite, `'a\'`, `a\`, 4},
	} {
		if got, n, ok := Literal(c.sql, c.d); got != c.want || n != c.length || !ok {
			t.Errorf("%s: %s is %q (%d, %v), want %q (%d)", c.d, c.sql, got, n, ok, c.want, c.length)
		}
	}
	for _, sql := range []string{"", "a", "'", "'a", "'a''", `"a"`, "E'a", "0"} {
		if got, _, ok := Literal(sql, flavor.Postgres); ok {
			t.Errorf("%s is read as %q", sql, got)
		}
	}
}

func TestTranslate(t *testing.T) {
	for _, c := range []struct {
		from, to  flavor.Dialect
		sql, want string
	}{
		{flavor.SQLite, flavor.MySQL, `a <> 'x\y' AND "b\c" = 'it''s'`, `a <> 'x\\y' AND "b\c" = 'it''s'`},
		{flavor.MySQL, flavor.MySQL, "`a\\b` = 'x\\'y\\nz'", "`a\\b` = 'x''y\nz'"},
		{flavor.MySQL, flavor.SQLite, `a = _utf8mb4'x\\y' -- 'it\`, `a = _utf8mb4'x\y' -- 'it\`},
		{flavor.MySQL, flavor.SQLite, `a = "x" /* 'y\' */`, `a = 'x' /* 'y\' */`},
		{flavor.Postgres, flavor.Postgres, `(a)::text <> E'x\\y'::text`, `(a)::text <> 'x\y'::text`},
		{flavor.Postgres, flavor.SQLite, `like'x'`, `like'x'`},
		{flavor.SQLite, flavor.MySQL, `a = 'open`, `a = 'open`},
		{flavor.SQLite, flavor.MySQL, `note LIKE '%\_%'`, `note LIKE '%\\_%'`},
	} {
		if got := Translate(c.sql, c.from, c.to); got != c.want {
			t.Errorf("%s to %s: %s\n got %s\nwant %s", c.from, c.to, c.sql, got, c.want)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, text := range hostileTexts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, d := range flavor.Dialects() {
			sql := Text(text, d)
			if d == flavor.SQLite && strings.Contains(text, "\x00") {
				if strings.Contains(sql, "\x00") {
					t.Fatalf("%q has a zero byte in %q", text, sql)
				}
				continue
			}
			if got, n, ok := Literal(sql+"'", d); ok && n == len(sql) && got == text {
				t.Fatalf("%s: a quote behind %q was taken for the end of %q", d, sql, text)
			}
			if got, n, ok := Literal(sql+",", d); got != text || n != len(sql) || !ok {
				t.Fatalf("%s: %q is %q", d, text, got)
			}
			// Into the words of another dialect and back it is the same.
			for _, other := range flavor.Dialects() {
				if strings.Contains(text, "\x00") {
					continue
				}
				if back := Translate(Translate(sql, d, other), other, d); back != sql {
					t.Fatalf("%s, by way of %s: %s is %s", d, other, sql, back)
				}
			}
		}
	})
}
