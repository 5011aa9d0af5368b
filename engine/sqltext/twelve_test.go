package sqltext

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/engine/flavor"
)

// sqls returns the statements of script, without the pieces that hold none.
// It checks that nothing of the script is lost.
func sqls(t *testing.T, script string, d flavor.Dialect) []string {
	t.Helper()
	var got []string
	for _, s := range pieces(t, script, d) {
		if s.SQL != "" {
			got = append(got, s.SQL)
		}
	}
	return got
}

func pieces(t *testing.T, script string, d flavor.Dialect) []Statement {
	t.Helper()
	all, err := Split(script, d)
	if err != nil {
		t.Fatalf("%s: %v", d, err)
	}
	joined := ""
	for _, s := range all {
		joined += s.Text
	}
	if joined != script {
		t.Fatalf("%s: pieces do not join to the script:\n%s", d, cmp.Diff(script, joined))
	}
	return all
}

// The twelve cases on which another scanner is known to fail.
func TestTwelveCases(t *testing.T) {
	const trigger = "/*!50003 CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.x = 1; SET NEW.y = 2; END */"
	cases := []struct {
		name   string
		d      flavor.Dialect
		script string
		want   []string
	}{
		{"01 executable comment at the start of a statement", flavor.MySQL,
			trigger + ";\nSELECT 1;", []string{trigger, "SELECT 1"}},
		{"02 labelled block", flavor.MariaDB,
			"CREATE PROCEDURE p()\nlbl: BEGIN\n  LEAVE lbl;\n  SELECT 1;\nEND lbl;\nSELECT 2;",
			[]string{"CREATE PROCEDURE p()\nlbl: BEGIN\n  LEAVE lbl;\n  SELECT 1;\nEND lbl", "SELECT 2"}},
		{"03 two minus signs without a space", flavor.MySQL,
			"SELECT 5--1;\nSELECT 2;", []string{"SELECT 5--1", "SELECT 2"}},
		{"04 backslash in backticks", flavor.MySQL,
			"SELECT `a\\`;\nSELECT 2;", []string{"SELECT `a\\`", "SELECT 2"}},
		{"05 escape string", flavor.Postgres,
			`SELECT E'it\'s; one'; SELECT 2;`, []string{`SELECT E'it\'s; one'`, "SELECT 2"}},
		{"06 nested comment", flavor.Postgres,
			"/* a /* b; */ c; */ SELECT 1; SELECT /* d /* ; */ ; */ 2;", []string{"SELECT 1", "SELECT /* d /* ; */ ; */ 2"}},
		{"07 dollar signs in a name", flavor.Postgres,
			"SELECT foo$bar$baz; SELECT 2;", []string{"SELECT foo$bar$baz", "SELECT 2"}},
		{"08 comment at the end without a line end", flavor.SQLite,
			"SELECT 1; -- don't; \"stop", []string{"SELECT 1"}},
		{"09 begin work is a transaction", flavor.Postgres,
			"BEGIN WORK; SELECT 1; END;", []string{"BEGIN WORK", "SELECT 1", "END"}},
		{"10 brackets quote", flavor.SQLite,
			"SELECT [a;b] FROM t; SELECT 2;", []string{"SELECT [a;b] FROM t", "SELECT 2"}},
		{"11 triggers are whole", flavor.SQLite,
			"CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = CASE WHEN 1 THEN 2 END; END; SELECT 2;",
			[]string{"CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = CASE WHEN 1 THEN 2 END; END", "SELECT 2"}},
		{"12 comments stay in the text, COPY and backslash commands are understood", flavor.Postgres,
			"\\connect x\n-- first\nCOPY t (a) FROM stdin;\n1;\n\\.\nSELECT 2;",
			[]string{"COPY t (a) FROM stdin", "SELECT 2"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, sqls(t, c.script, c.d)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Cases 8, 9, 11 and 1 hold on more than one dialect.
func TestTwelveCasesElsewhere(t *testing.T) {
	for _, d := range flavor.Dialects() {
		if got := sqls(t, "SELECT 1; -- it's; \"", d); len(got) != 1 {
			t.Errorf("%s: comment at the end: %q", d, got)
		}
		if got := sqls(t, "BEGIN WORK; SELECT 1; END;", d); len(got) != 3 {
			t.Errorf("%s: begin work: %q", d, got)
		}
	}
	trigger := "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.x = 1; SET NEW.y = 2; END; SELECT 1;"
	for _, d := range []flavor.Dialect{flavor.MySQL, flavor.MariaDB} {
		if got := sqls(t, trigger, d); len(got) != 2 {
			t.Errorf("%s: trigger: %q", d, got)
		}
	}
	got := sqls(t, "/*M!100100 SET a = 1; */; SELECT 1;", flavor.MariaDB)
	if diff := cmp.Diff([]string{"/*M!100100 SET a = 1; */", "SELECT 1"}, got); diff != "" {
		t.Error(diff)
	}
}
