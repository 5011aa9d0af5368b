package sqltext

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"manage/engine/flavor"
)

// noise is what may stand between the statements of a script.
func noise(d flavor.Dialect) []string {
	all := []string{"", "\n", " \t\r\n", "-- it's; a \"comment\n", "/* it's; \" */", ";", "\n;\n"}
	switch {
	case d == flavor.SQLite:
		all = append(all, "\n.print 'x;\n")
	case d == flavor.Postgres:
		all = append(all, "\\echo 'x;\n", "/* a /* b; */ ' */")
	default:
		all = append(all, "# it's; a comment\n", "--no space;'\n", "\nDELIMITER ;\n")
	}
	return all
}

// statementsOf are the statements of the table of whole ones for a dialect,
// and some plain ones.
func statementsOf(d flavor.Dialect) []string {
	all := []string{"SELECT 1", "BEGIN", "COMMIT", "INSERT INTO t VALUES ('a;''b')", "UPDATE t SET a = CASE WHEN b THEN 1 END"}
	for _, c := range whole {
		if c.d == d || c.d == flavor.MySQL && d == flavor.MariaDB {
			all = append(all, c.sql)
		}
	}
	return all
}

// Statements put together with anything that may stand between them are found
// again, whatever comes before and after them.
func TestSplitFindsWhatWasJoined(t *testing.T) {
	for _, d := range flavor.Dialects() {
		t.Run(string(d), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				want := rapid.SliceOfN(rapid.SampledFrom(statementsOf(d)), 0, 8).Draw(t, "statements")
				between := rapid.SampledFrom(noise(d))
				var script strings.Builder
				for _, sql := range want {
					script.WriteString(between.Draw(t, "before"))
					script.WriteString(sql)
					script.WriteString(rapid.SampledFrom([]string{";", " ;", "\n;", "/* ; */;"}).Draw(t, "end"))
				}
				script.WriteString(between.Draw(t, "last"))
				all, err := Split(script.String(), d)
				if err != nil {
					t.Fatalf("%v in\n%s", err, script.String())
				}
				got := []string{}
				for _, s := range all {
					if s.SQL != "" {
						got = append(got, s.SQL)
					}
				}
				if diff := cmp.Diff(append([]string{}, want...), got); diff != "" {
					t.Fatalf("%s\n%s", diff, script.String())
				}
			})
		})
	}
}

// Any delimiter cuts like a semicolon does.
func TestSplitUnderAnyDelimiter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		delimiter := rapid.StringMatching(`[/|$;%]{1,3}`).Draw(t, "delimiter")
		if delimiter == ";" || strings.HasPrefix(delimiter, "/*") {
			return
		}
		want := rapid.SliceOfN(rapid.SampledFrom([]string{
			"SELECT 1", "SELECT 'a//$$;;%%||'", "SELECT a -- $$ // ;; || %%\n+ 1", "SELECT `//$$;;%%||`", "SELECT a_b",
		}), 1, 5).Draw(t, "statements")
		script := "delimiter " + delimiter + "\n" + strings.Join(want, " "+delimiter) + delimiter + "\nDELIMITER ;\nSELECT 2;"
		all, err := Split(script, flavor.MariaDB)
		if err != nil {
			t.Fatalf("%v in\n%s", err, script)
		}
		var got []string
		for _, s := range all {
			if s.SQL != "" {
				got = append(got, s.SQL)
			}
		}
		if diff := cmp.Diff(append(want, "SELECT 2"), got); diff != "" {
			t.Fatalf("%s\n%s", diff, script)
		}
	})
}
