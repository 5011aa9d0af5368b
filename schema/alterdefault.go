package schema

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"

	"manage/engine/flavor"
)

// This file keeps a column's default under another type: the value that it
// stands for becomes one of the new type, as the values of rows do.

// keepDefault spells the default of column c for the type of to. It fails if
// the default is no value of that type.
func (s *Schema) keepDefault(c, to *Column, portable Type) error {
	if c.Default == nil || c.Type == to.Type {
		return nil
	}
	a, b := s.valueTypeOf(c.Type), s.valueTypeOf(to.Type)
	value, literal := s.defaultLiteral(*c.Default, a)
	switch {
	case !literal:
		return s.keepExpression(c, to, a, b)
	case b.class == otherValues:
		return nil // the server's own type: the server says
	case portable.Name == "sql":
		portable = portableType(to.Type, s.Flavor)
	}
	kept, ok := literalAs(value, a, b)
	if !s.heldBy(kept, b, portable) || !ok {
		return fmt.Errorf("the default %s of column %q is no value of the type %s; give another with default or default_sql, or say drop_default", *c.Default, c.Name, to.Type)
	}
	if same := a.class == b.class && !b.is(enumValues) && s.Flavor.Dialect != flavor.MySQL; same && kept == value {
		return nil
	}
	to.Default = s.spelled(kept, portable, b)
	return nil
}

// heldBy reports whether a type has room for a value. SQLite's have for any.
func (s *Schema) heldBy(value string, b valueType, portable Type) bool {
	n, number := new(big.Int).SetString(value, 10)
	most := wholeNumbers[b.name]
	switch {
	case portable.Name == "json":
		return json.Valid([]byte(value))
	case s.Flavor.Dialect == flavor.SQLite:
		return true
	case b.is(textValues):
		return b.size == 0 || len([]rune(value)) <= b.size
	case number && b.is(intValues) && most > 0 && !strings.Contains(b.text, "unsigned"):
		return n.CmpAbs(new(big.Int).SetUint64(most)) <= 0
	}
	return true
}

// spelled is a value as a default of a type.
func (s *Schema) spelled(value string, portable Type, b valueType) *string {
	d := s.Flavor.Dialect
	text := ""
	switch {
	case b.is(boolValues):
		text = boolLiteral(value == "true", d)
	case b.number():
		text = value
	case b.is(byteValues):
		text = bytesLiteral(value, d)
	default:
		text = quoteLiteral(value, d)
	}
	if d == flavor.MySQL && noLiteralDefault(portable) {
		text = "(" + text + ")"
	}
	return &text
}

// keepExpression keeps a default that is computed, where the server can make a
// value of the new type of what it gives.
func (s *Schema) keepExpression(c, to *Column, a, b valueType) error {
	now := fraction.FindString(*c.Default) == withoutParens(*c.Default)
	refused := fmt.Errorf("the default %s of column %q may be no value of the type %s; give another with default or default_sql, or say drop_default", *c.Default, c.Name, to.Type)
	switch {
	case now && b.is(timeValues) && s.Flavor.Dialect.MySQLFamily():
		text := withFraction(*c.Default, b.scale)
		to.Default = &text
		return nil
	case a.class == b.class, a.number() && b.number(), b.class == otherValues:
		return nil
	case a.is(timeValues, dateValues) && b.is(timeValues, dateValues) && !now:
		return nil
	case s.Flavor.Dialect == flavor.Postgres && (b.is(textValues) || a.is(timeValues, dateValues) && b.is(timeValues, dateValues)):
		return nil // by assignment
	case s.Flavor.Dialect == flavor.MariaDB && b.is(textValues) && !now:
		return nil
	}
	return refused
}

// literalDefaultText finds a default that is one literal: with parentheses
// around it, the name of a character set before it, or a type behind it.
var literalDefaultText = regexp.MustCompile(`(?is)^(?:_[a-z0-9]+\s*)?('(?:[^'\\]|''|\\.)*'|[-+]?[0-9.]+(?:e[-+]?[0-9]+)?|true|false)(?:::[a-z0-9_ "(),.]+)?$`)

// defaultLiteral is the value of a default that is a literal, as text: of a
// truth value "true" or "false".
func (s *Schema) defaultLiteral(text string, t valueType) (value string, ok bool) {
	text = withoutParens(text)
	if blob := blobLiteral.FindStringSubmatch(text); blob != nil {
		bytes, err := hex.DecodeString(blob[1] + blob[2])
		return string(bytes), err == nil
	}
	m := literalDefaultText.FindStringSubmatch(text)
	if m == nil {
		return "", false
	}
	value = m[1]
	if value[0] == '\'' {
		value = strings.ReplaceAll(value[1:len(value)-1], "''", "'")
		if s.Flavor.Dialect.MySQLFamily() {
			value = unescapeMySQL(value)
		}
	}
	if t.is(byteValues) && s.Flavor.Dialect == flavor.Postgres && strings.HasPrefix(value, `\x`) {
		bytes, err := hex.DecodeString(value[2:])
		return string(bytes), err == nil
	}
	if b, is := truth(value); t.is(boolValues) && is {
		return fmt.Sprint(b), true
	}
	return value, true
}

// blobLiteral finds bytes in hexadecimal digits.
var blobLiteral = regexp.MustCompile(`(?i)^(?:x'([0-9a-f]*)'|0x([0-9a-f]+))$`)

// mysqlEscapes are the letters that stand for others behind a backslash; all
// else stands for itself (manual, "String Literals").
var mysqlEscapes = map[byte]string{'0': "\x00", 'n': "\n", 'r': "\r", 't': "\t", 'b': "\b", 'Z': "\x1a"}

func unescapeMySQL(text string) string {
	return escaped.ReplaceAllStringFunc(text, func(found string) string {
		if by, ok := mysqlEscapes[found[1]]; ok && len(found) == 2 {
			return by
		}
		return found[1:]
	})
}

// literalAs is a value of one type as one of another; false if it is none.
func literalAs(value string, a, b valueType) (string, bool) {
	n, number := new(big.Rat).SetString(value)
	switch {
	case a.is(boolValues) && b.number():
		return map[string]string{"true": "1", "false": "0"}[value], true
	case b.is(boolValues) && a.number():
		return map[bool]string{true: "true", false: "false"}[value == "1"], value == "0" || value == "1"
	case b.is(boolValues):
		t, ok := truth(strings.ToLower(value))
		return fmt.Sprint(t), ok
	case b.is(intValues):
		if !number || !n.IsInt() {
			return "", false
		}
		return n.RatString(), true
	case b.is(decimalValues):
		if !number {
			return "", false
		}
		scaled := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(b.scale)), nil))
		return strings.TrimSpace(value), b.size == 0 || new(big.Rat).Mul(n, scaled).IsInt()
	case b.number():
		return strings.TrimSpace(value), number
	case b.is(textValues):
		return value, true
	case b.is(enumValues):
		return value, slices.Contains(b.enum, value)
	case b.is(jsonValues):
		return value, json.Valid([]byte(value))
	case b.is(dateValues):
		day, rest, _ := strings.Cut(strings.Replace(value, "T", " ", 1), " ")
		_, err := time.Parse(time.DateOnly, day)
		return day, err == nil && strings.Trim(rest, "0:.") == ""
	case b.is(timeValues):
		return value, isTime(value)
	case b.is(byteValues):
		return value, a.is(textValues, byteValues)
	}
	return value, a.class == b.class || a.is(textValues)
}

// isTime reports whether a text is a date, with or without a time of day.
func isTime(text string) bool {
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999"} {
		if _, err := time.Parse(layout, text); err == nil {
			return true
		}
	}
	return false
}
