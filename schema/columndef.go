package schema

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"manage/engine/flavor"
)

// ColumnDef is a column as catalogs write it.
type ColumnDef struct {
	Name string `toml:"name"`
	// Type is a portable type (ParseType); TypeOn holds others for some
	// dialects.
	Type   string            `toml:"type"`
	TypeOn map[string]string `toml:"type_on"`
	// TypeName is the name of an enum's type on PostgreSQL.
	TypeName string `toml:"type_name"`
	// Nullable is true if it is left out.
	Nullable      *bool `toml:"nullable"`
	Autoincrement bool  `toml:"autoincrement"`
	// Default is a literal: string, bool, int64, float64 or time.Time.
	Default    any    `toml:"default"`
	DefaultSQL Text   `toml:"default_sql"`
	Comment    string `toml:"comment"`
	// RenamedFrom is for models.toml: the name that the column had before.
	RenamedFrom string `toml:"renamed_from"`

	// live is the column as a server has it, for operations that undo others.
	live *Column
}

// check reports what is wrong with the definition.
func (c ColumnDef) check() error {
	if c.live != nil {
		return nil
	}
	if c.Name == "" {
		return fmt.Errorf("a column has no name")
	}
	if err := checkTypes(c.Type, c.TypeOn, true); err != nil {
		return fmt.Errorf("column %q: %w", c.Name, err)
	}
	if text, ok := c.Default.(string); ok && strings.Contains(text, "\x00") {
		return fmt.Errorf("column %q: the default has a zero byte", c.Name)
	}
	if err := checkDefault(c.Default, c.DefaultSQL); err != nil {
		return fmt.Errorf("column %q: %w", c.Name, err)
	}
	return nil
}

// checkTypes reports what is wrong with a type and its variants.
func checkTypes(all string, on map[string]string, needed bool) error {
	if all == "" && needed {
		return fmt.Errorf("the type is missing")
	}
	if all != "" {
		if _, err := ParseType(all); err != nil {
			return err
		}
	}
	for _, key := range slices.Sorted(maps.Keys(on)) {
		if err := checkDialectKey(key); err != nil {
			return fmt.Errorf("type_on: %w", err)
		}
		if _, err := ParseType(on[key]); err != nil {
			return fmt.Errorf("type_on: %w", err)
		}
	}
	return nil
}

// checkDefault reports what is wrong with a default.
func checkDefault(value any, expr Text) error {
	if value != nil && !expr.IsZero() {
		return fmt.Errorf("default and default_sql exclude each other")
	}
	if !expr.IsZero() && expr.blank() {
		return fmt.Errorf("default_sql is empty")
	}
	switch value.(type) {
	case nil, string, bool, int64, float64, time.Time:
		return nil
	}
	return fmt.Errorf("a default must be a string, a number, a boolean or a time, not %s", KindOf(value))
}

// typeFor is the portable type of a column for a dialect.
func typeFor(all string, on map[string]string, d flavor.Dialect) (Type, error) {
	text, ok := flavor.Pick(on, d)
	if !ok {
		text = all
	}
	return ParseType(text)
}

// column is the definition as a column of a server.
func (c ColumnDef) column(f flavor.Flavor) (*Column, error) {
	if c.live != nil {
		return c.live.clone(), nil
	}
	t, err := typeFor(c.Type, c.TypeOn, f.Dialect)
	if err != nil {
		return nil, fmt.Errorf("column %q: %w", c.Name, err)
	}
	if t.Name == "enum" && f.NamedEnums() && c.TypeName == "" {
		return nil, fmt.Errorf("column %q: an enum needs a type_name on %s", c.Name, f.Dialect.Title())
	}
	col := &Column{
		Name:          c.Name,
		Type:          SQLType(t, f, c.TypeName),
		Nullable:      c.Nullable == nil || *c.Nullable,
		Autoincrement: c.Autoincrement && f.Dialect != flavor.SQLite,
		Comment:       c.Comment,
		Default:       defaultText(c.Default, c.DefaultSQL, t, f),
	}
	if f.Dialect == flavor.SQLite {
		col.Comment = "" // SQLite keeps no comments
		if c.Autoincrement {
			col.Type = "INTEGER" // only this spelling makes a rowid alias
		}
	}
	if c.Autoincrement {
		col.Nullable = false
	}
	if !col.Nullable && col.Default != nil && strings.EqualFold(*col.Default, "NULL") {
		col.Default = nil // no default is what is meant, and MySQL refuses this one
	}
	return col, nil
}

// defaultText is a default as SQL text of a server; nil if there is none.
func defaultText(value any, expr Text, t Type, f flavor.Flavor) *string {
	if text, ok := expr.For(f.Dialect); ok {
		text = wrapDefault(strings.TrimSpace(text), f)
		return &text
	}
	if value == nil {
		return nil
	}
	text := literalDefault(value, t, f.Dialect)
	if f.Dialect == flavor.MySQL && noLiteralDefault(t) {
		// "The BLOB, TEXT, GEOMETRY, and JSON data types can be assigned a
		// default value only if the value is written as an expression"
		// (manual, "Data Type Default Values").
		text = "(" + text + ")"
	}
	return &text
}

// literalDefault spells a literal as the column's type asks.
func literalDefault(value any, t Type, d flavor.Dialect) string {
	if t.Name == "boolean" {
		if b, ok := truth(value); ok {
			return boolLiteral(b, d)
		}
	}
	switch t.Name {
	case "integer", "bigint", "smallint", "float", "double", "numeric":
		if text, ok := value.(string); ok {
			if _, err := strconv.ParseFloat(text, 64); err == nil {
				return text
			}
		}
	case "binary":
		if text, ok := value.(string); ok {
			return bytesLiteral(text, d)
		}
	case "string", "char", "text", "mediumtext", "enum":
		if _, ok := value.(string); !ok {
			return quoteText(strings.Trim(literal(value, d), "'"))
		}
	}
	if b, ok := value.(bool); ok {
		return boolLiteral(b, d)
	}
	return literal(value, d)
}

// bytesLiteral is a text as a literal of its bytes in UTF-8. A string is no such
// literal on PostgreSQL, which reads escapes in it, nor on SQLite, which keeps
// it as a text; MySQL reads one as bytes, and shows others than ASCII wrongly.
func bytesLiteral(text string, d flavor.Dialect) string {
	digits := hex.EncodeToString([]byte(text))
	ascii := strings.IndexFunc(text, func(r rune) bool { return r >= 0x80 || r < 0x20 }) < 0
	switch {
	case d == flavor.Postgres:
		return `'\x` + digits + "'"
	case d == flavor.SQLite:
		return "x'" + digits + "'"
	case ascii:
		return quoteLiteral(text, d)
	}
	return "0x" + digits
}

// truth reads a literal as a boolean.
func truth(value any) (b, ok bool) {
	switch value := value.(type) {
	case bool:
		return value, true
	case int64:
		return value != 0, value == 0 || value == 1
	case string:
		b, err := strconv.ParseBool(strings.ToLower(value))
		return b, err == nil
	}
	return false, false
}

// noLiteralDefault reports whether MySQL wants an expression as default.
func noLiteralDefault(t Type) bool {
	switch t.Name {
	case "text", "mediumtext", "json", "binary":
		return true
	}
	return false
}

// wrapDefault puts parentheses around an expression where the server wants
// them: MySQL for all but literals and CURRENT_TIMESTAMP (manual, "Data Type
// Default Values"), MariaDB for operators, SQLite for all but literals and the
// CURRENT_ words ("CREATE TABLE": a default "is considered constant if").
func wrapDefault(text string, f flavor.Flavor) string {
	if f.Dialect == flavor.Postgres || text == "" {
		return text
	}
	tokens := lex(text)
	upper := strings.ToUpper(text)
	switch {
	case len(tokens) <= 1, text[0] == '(':
		return text
	case strings.HasPrefix(upper, "CURRENT_TIMESTAMP"):
		return text
	case len(tokens) == 2 && (text[0] == '-' || text[0] == '+'):
		return text
	}
	return "(" + text + ")"
}
