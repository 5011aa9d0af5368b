package schema

import (
	"fmt"
	"slices"
	"strings"

	"manage/engine/flavor"
)

// strictTypes are the only types of a SQLite table that says STRICT (SQLite,
// "STRICT Tables").
var strictTypes = []string{"INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"}

// strictType refuses a column's type that a STRICT table of SQLite does not
// take.
func (t *Table) strictType(c *Column, f flavor.Flavor) error {
	if f.Dialect != flavor.SQLite || !mentions(t.Suffix, "STRICT") || slices.Contains(strictTypes, strings.ToUpper(c.Type)) {
		return nil
	}
	return fmt.Errorf("the table is STRICT, so column %q cannot be %s; its type must be one of %s: say so with type_on = { sqlite = \"sql(TEXT)\" }",
		c.Name, c.Type, strings.Join(strictTypes, ", "))
}
