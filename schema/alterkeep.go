package schema

import (
	"fmt"
	"strings"

	"manage/engine/flavor"
)

// This file says what a column keeps under another type.

// fitType gives the column to, which has a new type, what of the old column c
// goes with that, and refuses what does not.
func (s *Schema) fitType(t *Table, c, to *Column) error {
	if c.Type == to.Type {
		return nil
	}
	if t.rowid() == c && s.Flavor.Dialect == flavor.SQLite {
		if err := keepRowid(c, to); err != nil || c.Type == to.Type {
			return err
		}
	}
	if err := s.fitNumbers(t, c, to); err != nil {
		return err
	}
	if err := s.fitKeys(t, c, to); err != nil {
		return err
	}
	b := s.valueTypeOf(to.Type)
	collated := b.is(textValues) || b.is(enumValues) && s.Flavor.Dialect.MySQLFamily()
	if !collated && (c.Collation != "" || c.Charset != "") {
		to.Charset, to.Collation = "", ""
	}
	if strings.HasSuffix(c.Type, compressed) && b.is(textValues, byteValues) && !b.fixed() {
		to.Type += compressed
	}
	if c.Storage != "" && !b.is(textValues, byteValues, jsonValues) {
		to.Storage = ""
	}
	if c.Compression != "" && !b.is(textValues, byteValues, jsonValues) {
		to.Compression = ""
	}
	if at := strings.Index(strings.ToUpper(c.Extra), "ON UPDATE "); at >= 0 {
		if !b.is(timeValues) {
			return fmt.Errorf("column %q takes the time of each update (%s), which %s cannot", c.Name, c.Extra, to.Type)
		}
		to.Extra = withFraction(c.Extra, b.scale)
	}
	return t.strictType(to, s.Flavor)
}

// compressed ends the type of a column that MariaDB compresses.
const compressed = " compressed"

// withFraction gives the current time in a text as many digits of seconds as a
// column has: MySQL takes no other (manual, "Automatic Initialization and
// Updating for TIMESTAMP and DATETIME").
func withFraction(text string, digits int) string {
	by := "CURRENT_TIMESTAMP"
	if digits > 0 {
		by = fmt.Sprintf("CURRENT_TIMESTAMP(%d)", digits)
	}
	return fraction.ReplaceAllString(text, by)
}

// redefine gives the column to the text of its definition, from that of c, and
// returns the check that MariaDB keeps at it: MODIFY calls that after the column.
func (s *Schema) redefine(c, to *Column, before, after *Check) *Check {
	if c.Text != "" && to.Text == c.Text {
		to.Text = redefine(c.Text, c, to)
	}
	if c.Definition != "" && to.Definition == c.Definition {
		p := &planner{schema: s}
		d := redefineMySQL(c.Definition, c, to, p.typeText(to))
		if after == nil {
			d.check = ""
		} else if after != before {
			d.check = "CHECK (" + after.Expr + ")"
		}
		to.Definition = d.String()
	}
	if after != nil && after.Name != to.Name {
		after = after.clone()
		after.Name = to.Name
	}
	return after
}
