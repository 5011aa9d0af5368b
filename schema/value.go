package schema

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"manage/engine/flavor"
)

// Value is a literal of a catalog, or an SQL expression, `{ sql = "…" }`,
// which may differ by dialect. TOML has no null: `{ sql = "NULL" }`, or
// `{ null = true }`.
type Value struct {
	// Literal is a string, bool, int64, float64 or time.Time; nil for null.
	Literal any
	// SQL, where there is any, is used instead of Literal.
	SQL Text
}

// UnmarshalTOML reads a literal, or a table that says sql, null or value.
func (v *Value) UnmarshalTOML(data any) error {
	table, ok := data.(map[string]any)
	if !ok {
		return v.setLiteral(data)
	}
	if len(table) != 1 {
		return fmt.Errorf("a value is a literal, { sql = \"…\" } or { null = true }")
	}
	for key, inner := range table {
		switch key {
		case "sql":
			return v.SQL.UnmarshalTOML(inner)
		case "null":
			if inner != true {
				return fmt.Errorf("null must be true")
			}
			*v = Value{}
			return nil
		case "value":
			return v.setLiteral(inner)
		}
	}
	return fmt.Errorf("a value is a literal, { sql = \"…\" } or { null = true }")
}

func (v *Value) setLiteral(data any) error {
	switch data := data.(type) {
	case string, bool, int64, time.Time:
		*v = Value{Literal: data}
		return nil
	case float64:
		if math.IsNaN(data) || math.IsInf(data, 0) {
			return fmt.Errorf("a number must be finite")
		}
		*v = Value{Literal: data}
		return nil
	}
	return fmt.Errorf("a value must be a string, a number, a boolean or a time, not %s", KindOf(data))
}

// sql is the value as SQL of a dialect.
func (v Value) sql(d flavor.Dialect) (string, error) {
	if !v.SQL.IsZero() {
		text, ok := v.SQL.For(d)
		if !ok {
			return "", fmt.Errorf("there is no expression for %s", d.Title())
		}
		return text, nil
	}
	if b, ok := v.Literal.(bool); ok {
		return boolLiteral(b, d), nil
	}
	return literal(v.Literal, d), nil
}

// literal is a decoded TOML value as SQL of a dialect; booleans are words.
func literal(value any, d flavor.Dialect) string {
	switch value := value.(type) {
	case string:
		return quoteLiteral(value, d)
	case int64:
		return strconv.FormatInt(value, 10)
	case int:
		return strconv.Itoa(value)
	case float64:
		return strconv.FormatFloat(value, 'g', -1, 64)
	case bool:
		return strconv.FormatBool(value)
	case time.Time:
		return quoteText(timeText(value))
	}
	return "NULL"
}

// boolLiteral is true or false where there is such a type, else 1 or 0.
func boolLiteral(b bool, d flavor.Dialect) string {
	switch {
	case d == flavor.Postgres:
		return strconv.FormatBool(b)
	case b:
		return "1"
	}
	return "0"
}

// timeText is a TOML date or time as databases read it. TOML's local forms
// carry their kind in the name of the location (toml manual, "Local
// Date-Time"); a time with an offset is given in UTC.
func timeText(t time.Time) string {
	switch t.Location().String() {
	case "date-local":
		return t.Format("2006-01-02")
	case "time-local":
		return t.Format("15:04:05.999999")
	case "datetime-local":
		return t.Format("2006-01-02 15:04:05.999999")
	}
	return t.UTC().Format("2006-01-02 15:04:05.999999")
}
