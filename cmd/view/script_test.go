package view

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/sqltext"
)

// scriptOf is the script of a plan with one step, whose texts are given.
func scriptOf(d flavor.Dialect, message, guard, table, row string, statements ...string) (string, error) {
	step := plan.Step{ID: "a", Phase: plan.Expand, Message: message, Rows: []string{"a"}, Checks: []plan.RowCheck{{What: message, File: guard, Skipped: guard}}}
	for _, st := range statements {
		step.Statements = append(step.Statements, plan.Statement{SQL: st})
	}
	pl := plan.Plan{Catalog: message, Dialect: string(d), From: []string{row}, To: []string{"a", message}, Steps: []plan.Step{step},
		Guards: []plan.Guard{{Phase: plan.Expand, Name: guard, Message: message, Query: guard, File: message}}}
	var b bytes.Buffer
	err := Script(&Page{Out: &b}, pl, table)
	return b.String(), err
}

// sentBy are the statements that a dialect's client sends of a script.
func sentBy(t *testing.T, d flavor.Dialect, text string) []string {
	t.Helper()
	pieces, err := sqltext.Split(text, d)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	var all []string
	for _, p := range pieces {
		switch {
		case p.Role == sqltext.Query:
			all = append(all, sqltext.Normalize(p.SQL, d))
		case p.Role == sqltext.Command:
			lines := strings.Split(strings.TrimSpace(p.Text), "\n")
			if !d.MySQLFamily() || !strings.HasPrefix(lines[len(lines)-1], "DELIMITER ") {
				t.Errorf("the client carries out %q", p.Text)
			}
		}
	}
	return all
}

// hostileTexts would be statements or commands if a comment ended before them.
var hostileTexts = []string{
	"drop it\nDROP TABLE t;", "x\r\nDROP TABLE t;", "x\rDROP TABLE t;", "x\vDROP TABLE t;\fDROP TABLE t;", "x\u0085DROP TABLE t;\u2028DROP TABLE t;\u2029DROP TABLE t;",
	"*/ DROP TABLE t; /*", "/*! DROP TABLE t; */", "/*M! DROP TABLE t; */", "x\n/*!50000 DROP TABLE t */;", "\\! touch pwned", "x\n\\! touch pwned", "x\n\\c other", "\\g",
	"x\n.shell touch pwned", "x\n.read /etc/passwd", "x\ndelimiter //\nDROP TABLE t//", "DELIMITER //", "it's", `"`, "`", "$$", "x\n$$ DROP TABLE t; $$",
	"'; DROP TABLE t; --", "x\n'; DROP TABLE t; --", "x\n--DROP", "\n\n", "-", "\x00\x1b[2J", "\u202e;t ELBAT PORD", "x\nsource /etc/passwd", "#\nDROP TABLE t;", "x\\", "x\\\nDROP TABLE t;",
	"\xff\nDROP TABLE t;", "a;b\nc;d",
}

// Every line of a comment is a comment, on every dialect.
func TestCommentsOfAScriptStayComments(t *testing.T) {
	for _, d := range flavor.Dialects() {
		want, err := scriptOf(d, "m", "g", "v", "r", "SELECT 1", "SELECT 2")
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range hostileTexts {
			got, err := scriptOf(d, text, text, "v", "r", "SELECT 1", "SELECT 2")
			if err != nil {
				t.Errorf("%s, %q: %v", d, text, err)
				continue
			}
			if g, w := sentBy(t, d, got), sentBy(t, d, want); !slices.Equal(g, w) {
				t.Errorf("%s, %q: the client sends\n%q\nwant\n%q", d, text, g, w)
			}
			for line := range strings.SplitSeq(got, "\n") {
				if strings.Contains(line, "DROP") && !strings.HasPrefix(line, "-- ") {
					t.Errorf("%s, %q: the line %q is no comment", d, text, line)
				}
			}
			if strings.ContainsAny(got, "\r\v\f\x1b\x00\u0085\u2028\u2029\u202e") {
				t.Errorf("%s, %q: control characters in\n%q", d, text, got)
			}
		}
	}
}

// Names of rows and tables that are none stay names.
func TestNamesInAScriptStayNames(t *testing.T) {
	for _, d := range flavor.Dialects() {
		for _, text := range hostileTexts {
			got, err := scriptOf(d, "m", "g", text, text, "SELECT 1")
			var refused *Unscriptable
			if errors.As(err, &refused) {
				continue // a control character
			}
			if err != nil {
				t.Errorf("%s, %q: %v", d, text, err)
				continue
			}
			if all := sentBy(t, d, got); len(all) != 4 || !strings.HasPrefix(all[0], "CREATE TABLE IF NOT EXISTS") || all[1] != "SELECT 1" ||
				!strings.HasPrefix(all[2], "DELETE FROM ") || !strings.HasPrefix(all[3], "INSERT INTO ") {
				t.Errorf("%s, %q: the client sends %q", d, text, all)
			}
		}
	}
}

// Statements end where they end, or are refused with their number.
func TestStatementsOfAScript(t *testing.T) {
	all := flavor.Dialects()
	mysql := []flavor.Dialect{flavor.MySQL, flavor.MariaDB}
	tests := []struct {
		sql      string
		refused  string // on these dialects; on others it is one statement
		dialects []flavor.Dialect
	}{
		{"SELECT 1;", "", nil},
		{"SELECT 1 -- the end", "", nil},
		{"SELECT 1 -- the end;", "", nil},
		{"SELECT 1 /* ; */", "", nil},
		{"SELECT ';'", "", nil},
		{"SELECT '//;/1/'", "", nil},
		{"SELECT '\\! x'", "", nil},
		{"SELECT 1 \\! touch pwned", "a backslash outside of quotes", []flavor.Dialect{flavor.Postgres, flavor.MySQL, flavor.MariaDB}},
		{"SELECT 1 \\g", "a backslash outside of quotes", []flavor.Dialect{flavor.Postgres, flavor.MySQL, flavor.MariaDB}},
		{"SELECT '\x1b'", "the control character U+001B", all},
		{"SELECT '\r'", "the control character U+000D", all},
		{"SELECT 'it", "", nil}, // see below: refused everywhere
		{"\\! touch pwned", "a backslash outside of quotes", []flavor.Dialect{flavor.Postgres, flavor.MySQL, flavor.MariaDB}},
		{".shell touch pwned", "the client would", []flavor.Dialect{flavor.SQLite}},
		{"delimiter x", "the client would", mysql},
		{"CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW BEGIN SELECT 1; SELECT 2; END", "", nil},
		{"SELECT 'ü‏'", "", nil}, // a mark of direction is text
	}
	for _, test := range tests {
		for _, d := range all {
			if strings.HasPrefix(test.sql, "CREATE TRIGGER") && d == flavor.Postgres || test.sql == "SELECT '\\! x'" && d.MySQLFamily() {
				continue
			}
			got, err := scriptOf(d, "m", "g", "v", "r", "SELECT 0", test.sql, "SELECT 3")
			var refused *Unscriptable
			if test.sql == "SELECT 'it" || slices.Contains(test.dialects, d) {
				if !errors.As(err, &refused) || !strings.Contains(err.Error(), test.refused) || got != "" {
					t.Errorf("%s, %q: %v\n%s", d, test.sql, err, got)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s, %q: %v", d, test.sql, err)
				continue
			}
			sent := sentBy(t, d, got)
			want := sqltext.Normalize(strings.TrimSuffix(test.sql, ";"), d)
			if len(sent) != 6 || sent[1] != "SELECT 0" || strings.TrimSuffix(sent[2], ";") != want || sent[3] != "SELECT 3" {
				t.Errorf("%s, %q: the client sends %q", d, test.sql, sent)
			}
		}
	}
}

// FuzzScript: whatever the texts are, the client sends the statements of the
// plan and nothing else, or the script is refused.
func FuzzScript(f *testing.F) {
	for i, text := range hostileTexts {
		f.Add(i, text, "SELECT 1", text)
		f.Add(i, "m", text, "r")
	}
	f.Fuzz(func(t *testing.T, n int, message, statement, row string) {
		d := flavor.Dialects()[uint(n)%uint(len(flavor.Dialects()))]
		got, err := scriptOf(d, message, message, "v", row, statement)
		if err != nil {
			if got != "" {
				t.Errorf("refused, and written: %s", got)
			}
			return
		}
		sent := sentBy(t, d, got)
		plain, err := scriptOf(d, "m", "g", "v", row, statement)
		if err != nil {
			t.Fatal(err)
		}
		if want := sentBy(t, d, plain); !slices.Equal(sent, want) {
			t.Errorf("with the message %q the client sends\n%q\nwithout it\n%q", message, sent, want)
		}
		for _, r := range got {
			if r < ' ' && r != '\n' && r != '\t' {
				t.Errorf("%U in\n%s", r, got)
			}
		}
	})
}
