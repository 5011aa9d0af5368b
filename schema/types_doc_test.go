package schema

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"manage/engine/flavor"
)

// TestTypesAreDocumented holds the table of types in the manual against the
// mapping.
func TestTypesAreDocumented(t *testing.T) {
	var b strings.Builder
	for _, text := range []string{"string(36)", "char(2)", "text", "text(2048)", "text(65535)", "mediumtext", "integer", "bigint", "smallint", "boolean",
		"float", "float(24)", "float(25)", "double", "numeric", "numeric(8,2)", "datetime", "date", "json",
		"binary", "binary(16)", "uuid", "enum(a, bcd)"} {
		p, err := ParseType(text)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "| `%s` |", text)
		for _, d := range flavor.Dialects() {
			fmt.Fprintf(&b, " `%s` |", SQLType(p, flavor.Default(d), "type_name"))
		}
		b.WriteString("\n")
	}
	manual, err := os.ReadFile("../docs/reference/catalog-format.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(manual), b.String()) {
		t.Errorf("the manual does not have this table of types:\n%s", b.String())
	}
}
