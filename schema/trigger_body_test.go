package schema

import "testing"

// The body of a SQLite trigger may have its BEGIN and END or not.
func TestWithoutBlock(t *testing.T) {
	cases := map[string]string{
		"SELECT 1;":                                  "SELECT 1;",
		"BEGIN SELECT 1; END":                        "SELECT 1;",
		"begin\n  SELECT 1;\nend;\n":                 "SELECT 1;",
		"BEGIN SELECT 1; SELECT 2;END ;":             "SELECT 1; SELECT 2;",
		"SELECT CASE WHEN 1 THEN 2 END":              "SELECT CASE WHEN 1 THEN 2 END",
		"BEGINNING":                                  "BEGINNING",
		"BEGIN SELECT CASE 1 WHEN 1 THEN 2 END; END": "SELECT CASE 1 WHEN 1 THEN 2 END;",
		"BEGIN END":                                  "BEGIN END",
	}
	for body, want := range cases {
		if got := withoutBlock(body); got != want {
			t.Errorf("%q: got %q, want %q", body, got, want)
		}
	}
}
