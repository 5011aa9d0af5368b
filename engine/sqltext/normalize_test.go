package sqltext

import (
	"testing"

	"manage/engine/flavor"
)

func TestNormalize(t *testing.T) {
	cases := []struct {
		name string
		d    flavor.Dialect
		in   []string // all of one meaning
		want string
	}{
		{"layout", flavor.SQLite, []string{
			"CREATE TABLE t (a INT NOT NULL, b TEXT DEFAULT 'x  y')",
			"\n CREATE\tTABLE t(\n  a INT NOT NULL,-- the a\n  b TEXT /* b */ DEFAULT 'x  y'\n)\n",
			"/* c */CREATE/**/TABLE t ( a INT NOT NULL , b TEXT DEFAULT 'x  y' ) -- end",
		}, "CREATE TABLE t(a INT NOT NULL,b TEXT DEFAULT 'x  y')"},
		{"operators", flavor.Postgres, []string{
			"SELECT a=1, b <> 2, x::int, y->>'k', -c FROM s.t WHERE d @> e",
			"SELECT a = 1,b<>2,x :: int,y ->> 'k',- c FROM s . t WHERE d@>e",
		}, "SELECT a=1,b<>2,x::int,y->>'k',-c FROM s.t WHERE d@>e"},
		{"what would change its meaning stays apart", flavor.SQLite, []string{
			"SELECT a - - 1, a / * b, 1 . 5, 1e - 5, 'a' 'b', x AS \"y\"",
		}, "SELECT a- -1,a/ *b,1 . 5,1e -5,'a' 'b',x AS \"y\""},
		{"dashes on MySQL", flavor.MySQL, []string{
			"SELECT 5 - -1, 5--1, 5 -/**/-1 -- end", "SELECT 5--1, 5 --1, 5 - - 1",
		}, "SELECT 5- -1,5- -1,5- -1"},
		{"user variables", flavor.MySQL, []string{"SET @a := 1, @@x = 2", "SET @a :=1,@@x=2"}, "SET @a :=1,@@x=2"},
		{"executable comments and hints", flavor.MySQL, []string{
			"SELECT /*+ NO_ICP(t) */ 1 /*!80000 , 2 */ /* gone */",
			"SELECT  /*+ NO_ICP(t) */  1 /*!80000 ,2 */",
		}, "SELECT /*+ NO_ICP(t) */ 1 /*!80000,2 */"},
		{"strings on lines", flavor.Postgres, []string{
			"SELECT 'a'\n  'b'", "SELECT 'a' -- x\n\n'b'",
		}, "SELECT 'a'\n'b'"},
		{"dollar quotes", flavor.Postgres, []string{
			"DO  $x$ a  -- b\n $x$", "DO /* c */ $x$ a  -- b\n $x$",
		}, "DO $x$ a  -- b\n $x$"},
		{"nested comments", flavor.Postgres, []string{"SELECT 1 /* a /* b */ c */ + 2", "SELECT 1+2"}, "SELECT 1+2"},
		{"quotes", flavor.MySQL, []string{"SELECT `a  b`,'c\\'  d', \"e  f\""}, "SELECT `a  b`,'c\\'  d',\"e  f\""},
		{"brackets", flavor.SQLite, []string{"SELECT [a  b] FROM t"}, "SELECT [a  b] FROM t"},
		{"what does not end", flavor.SQLite, []string{"SELECT  1 ,  'a  b"}, "SELECT 1,'a  b"},
		{"executable comment that does not end", flavor.MySQL, []string{"SELECT  1 /*!50003  , 2"}, "SELECT 1 /*!50003,2"},
		{"nothing", flavor.MariaDB, []string{"", " -- a", "/* a */ # b"}, ""},
		{"unknown dialect", "oracle", []string{" a  b "}, "a  b"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, in := range c.in {
				if got := Normalize(in, c.d); got != c.want {
					t.Errorf("Normalize(%q) =\n\t%q, want\n\t%q", in, got, c.want)
				}
			}
		})
	}
}

// Different statements stay different.
func TestNormalizeKeepsMeaning(t *testing.T) {
	pairs := []struct {
		d    flavor.Dialect
		a, b string
	}{
		{flavor.SQLite, "SELECT 'a b'", "SELECT 'a  b'"},
		{flavor.SQLite, "SELECT a b", "SELECT ab"},
		{flavor.SQLite, "SELECT a", "SELECT A"},
		{flavor.MySQL, "SELECT 5 - -1", "SELECT 5 -- -1\n"},
		{flavor.MySQL, "SELECT 1 /*! + 1 */", "SELECT 1 /* + 1 */"},
		{flavor.MySQL, "SELECT @ a", "SELECT @a"},
		{flavor.Postgres, "SELECT 'a'\n'b'", "SELECT 'a' 'b'"},
		{flavor.Postgres, "SELECT E 'a'", "SELECT E'a'"},
		{flavor.Postgres, "SELECT $$a b$$", "SELECT $$a  b$$"},
	}
	for _, p := range pairs {
		if a, b := Normalize(p.a, p.d), Normalize(p.b, p.d); a == b {
			t.Errorf("%s: %q and %q both give %q", p.d, p.a, p.b, a)
		}
	}
}

// tokensOf lists the tokens of text that mean something. The end of a bad
// token is where the text ends.
func tokensOf(text string, d flavor.Dialect) (all []string) {
	l := lexer{src: text, rules: rulesOf(d)}
	for t := l.next(); t.kind != kindEnd; t = l.next() {
		switch t.kind {
		case kindSpace, kindComment:
		case kindBad:
			if l.fail == "the executable comment that begins here does not end" {
				return all
			}
			return append(all, l.text(t))
		default:
			all = append(all, l.text(t))
		}
	}
	return all
}

// FuzzNormalize: normal text is normal already, and has the same tokens as the
// text it was made from.
func FuzzNormalize(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		for _, d := range flavor.Dialects() {
			once := Normalize(sql, d)
			if twice := Normalize(once, d); twice != once {
				t.Fatalf("%s: %q gives\n\t%q, and that\n\t%q", d, sql, once, twice)
			}
			a, b := tokensOf(sql, d), tokensOf(once, d)
			if len(a) != len(b) {
				t.Fatalf("%s: %q has tokens\n\t%q, its normal form\n\t%q", d, sql, a, b)
			}
			for i := range a {
				if a[i] != b[i] {
					t.Fatalf("%s: %q: token %d is %q, and %q in the normal form", d, sql, i, a[i], b[i])
				}
			}
		}
	})
}
