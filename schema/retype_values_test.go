package schema

import (
	"encoding/hex"
	"encoding/json"
	"math/big"
	"regexp"
	"strings"
	"time"

	"manage/engine/flavor"
)

// telling are the portable types of the table of conversions, each with values
// that show what a conversion does to them: as literals of standard SQL, bytes
// as x'…'.
var telling = []struct {
	typ    string
	values []string
}{
	{"string(40)", []string{"''", "'ab'", "'ab  '", "' ab'", "'ü'", `'a\\b'`, `'\x4142'`, "'12'", "'007'", "'1.5'", "'1e3'", "'-1'", "'true'", "'t'", "'TRUE'",
		"'2020-01-02'", "'2020-01-02 03:04:05'", "'2020-01-02 00:00:00'", "'2020-01-02 03:04:05+02:00'", "'2020-01-02 03:04:05.123456'", "'01/02/03'",
		"'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'a0eebc999c0b4ef8bb6d6bb9bd380a11'", `'{"a": 1}'`, `'{"b":1,"a":1,"b":2}'`, `'"x"'`, "'a'", "'A'", "'2'", "'9007199254740993'", "'0.30000000000000004'", "'0.12345678901234567890'", "'99999999999'", "'abcdefghijk'"}},
	{"char(6)", []string{"''", "'ab'", "'ü'", "'12'", "'1'", "'a'", "'true'", "'a\\b'"}},
	{"text", []string{"''", "'ab'", "'ab  '", "'ü'", `'a\\b'`, `'\x4142'`, "'12'", "'1.5'", "'2020-01-02'", `'{"a": 1}'`, "'" + strings.Repeat("xy", 200) + "'"}},
	{"mediumtext", []string{"'ü'", "'ab  '", "'12'", `'[1, 2]'`}},
	{"smallint", []string{"0", "1", "-5", "32767"}},
	{"integer", []string{"0", "1", "2", "-1", "2147483647", "16777217"}},
	{"bigint", []string{"0", "1", "9007199254740993", "-9223372036854775808", "20200102", "20200102030405"}},
	{"boolean", []string{"true", "false"}},
	{"float", []string{"1.5", "0.1", "3", "1e30", "0.30000000000000004"}},
	{"double", []string{"1.5", "0.1", "3", "1", "0.30000000000000004", "1e300", "123456789.125"}},
	{"numeric(12,4)", []string{"1", "1.5", "12345678.1234", "0.0001", "-2"}},
	{"numeric(20,0)", []string{"1", "12345678901234567890"}},
	{"datetime", []string{"'2020-01-02 03:04:05'", "'2020-01-02 00:00:00'", "'2020-01-02 03:04:05.123456'", "'1969-12-31 23:59:59'"}},
	{"date", []string{"'2020-01-02'", "'1000-01-01'"}},
	{"json", []string{`'{"a": 1}'`, `'{"b": 1, "a": 1.0}'`, `'"x"'`, "'12'", "'1.0'", "'null'", "'true'", "'[1, 2]'", `'"ü"'`, `'"2020-01-02"'`}},
	{"binary", []string{"x''", "x'4142'", "x'00ff'", "x'c3bc'", "x'3132'", "x'a0eebc999c0b4ef8bb6d6bb9bd380a11'", "x'" + strings.Repeat("78", 300) + "'"}},
	{"binary(16)", []string{"x'4142'", "x'a0eebc999c0b4ef8bb6d6bb9bd380a11'"}},
	{"uuid", []string{"'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'00000000-0000-0000-0000-000000000000'"}},
	{"enum(b, a, '1', '')", []string{"'a'", "'b'", "'1'", "''"}},
	{"enum(a, b)", []string{"'a'", "'b'"}},
}

// kindOfType is the name of a portable type without its numbers.
func kindOfType(typ string) string {
	name, _, _ := strings.Cut(typ, "(")
	return name
}

// tellingLiteral is a value of the table as a literal of a dialect.
func tellingLiteral(typ, value string, f flavor.Flavor) string {
	switch kindOfType(typ) {
	case "boolean":
		return boolLiteral(value == "true", f.Dialect)
	case "binary":
		if f.Dialect == flavor.Postgres {
			return `'\x` + value[2:] + "::bytea"
		}
	case "uuid":
		if f.Dialect == flavor.SQLite || f.Dialect == flavor.MySQL {
			return strings.ReplaceAll(value, "-", "")
		}
	}
	if f.Dialect.MySQLFamily() {
		return strings.ReplaceAll(value, `\`, `\\`)
	}
	return value
}

// asText is an expression that reads a column as text, with nothing left out.
func asText(column, typ string, f flavor.Flavor) string {
	binary := kindOfType(typ) == "binary"
	switch {
	case f.Dialect == flavor.Postgres && binary:
		return "encode(" + column + ", 'hex')"
	case f.Dialect == flavor.Postgres:
		return column + "::text"
	case f.Dialect == flavor.SQLite:
		return "typeof(" + column + ") || ' ' || CASE typeof(" + column + ") WHEN 'blob' THEN lower(hex(" + column + ")) WHEN 'real' THEN printf('%!.17g', " + column + ") ELSE " + column + " END"
	case binary:
		return "lower(hex(" + column + "))"
	case kindOfType(typ) == "float":
		return "CONCAT(" + column + ", ' ', CAST(" + column + " AS DOUBLE))"
	}
	return "CAST(" + column + " AS CHAR)"
}

// sameMeaning reports whether a value of one type, as asText reads it, is that
// of another: whether one of the ways to read both gives the same.
func sameMeaning(fromType, from, toType, to string, f flavor.Flavor) bool {
	a, b := meaningsOf(fromType, from, f), meaningsOf(toType, to, f)
	for way, x := range a {
		if y, ok := b[way]; ok && x == y {
			return true
		}
	}
	return false
}

// storageClass is the kind of value that SQLite has stored, and the value.
func storageClass(kind, text string) (value string, bytes, misplaced bool) {
	class, value, _ := strings.Cut(text, " ")
	number := class == "integer" || class == "real"
	switch kind {
	case "smallint", "integer", "bigint", "boolean", "float", "double", "numeric":
		misplaced = !number
	case "binary":
		misplaced = class != "blob"
	case "json":
		misplaced = class == "blob"
	default:
		misplaced = class != "text"
	}
	return value, class == "blob", misplaced
}

// meaningsOf are the ways to read a value: as text, number, bytes and so on. A
// value that its column's type does not have, as SQLite lets be, has no meaning.
func meaningsOf(typ, text string, f flavor.Flavor) map[string]string {
	kind, out := kindOfType(typ), map[string]string{}
	if kind == "uuid" && (f.Dialect == flavor.SQLite || f.Dialect == flavor.MySQL) {
		kind = "char" // as it is there
	}
	if f.Dialect == flavor.SQLite {
		value, bytes, misplaced := storageClass(kind, text)
		if misplaced {
			return out
		}
		text = value
		if bytes {
			return map[string]string{"bytes": text}
		}
	}
	switch kind {
	case "binary":
		out["bytes"] = text
		if f.Dialect == flavor.Postgres && len(text) == 32 {
			out["uuid"] = text
		}
		return out
	case "string", "char", "text", "mediumtext", "enum":
		out["text"], out["bytes"] = text, hex.EncodeToString([]byte(text))
		if zeros.MatchString(text) {
			return out // a code
		}
	case "boolean":
		out["bool"] = map[string]string{"1": "true", "0": "false", "true": "true", "false": "false"}[text]
	case "json":
		out["text"] = text
		if f.Dialect == flavor.MariaDB { // a text, there
			out["bytes"] = hex.EncodeToString([]byte(text))
		}
	case "float":
		if shown, exact, two := strings.Cut(text, " "); two {
			text = shown
			out["exact"] = rational(exact)
		}
	}
	addNumber(out, text)
	addTime(out, text)
	addJSON(out, kind, text)
	addIdentifier(out, text)
	return out
}

// zeros finds numbers that begin with zeros, which are none.
var zeros = regexp.MustCompile(`^-?0[0-9]+([.][0-9]*)?$`)

func rational(text string) string {
	if n, ok := new(big.Rat).SetString(text); ok {
		return n.RatString()
	}
	return ""
}

// addNumber reads a text as a number, and as a truth value.
func addNumber(out map[string]string, text string) {
	if n := rational(text); n != "" {
		out["number"] = n
		if out["exact"] == "" {
			out["exact"] = n
		}
		if n == "0" || n == "1" {
			out["bool"] = map[string]string{"1": "true", "0": "false"}[n]
		}
	}
	switch strings.ToLower(text) {
	case "true", "t":
		out["bool"] = "true"
	case "false", "f":
		out["bool"] = "false"
	}
}

// addTime reads a text as a time.
func addTime(out map[string]string, text string) {
	for _, layout := range []string{"2006-01-02", "2006-01-02 15:04:05.999999999"} {
		if at, err := time.Parse(layout, text); err == nil {
			out["time"] = at.String()
		}
	}
}

// addJSON reads a text as JSON. Numbers are kept as they are written.
func addJSON(out map[string]string, kind, text string) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if d.Decode(&v) == nil && (kind == "json" || kind != "boolean") {
		again, _ := json.Marshal(v)
		out["json"] = strings.ReplaceAll(string(again), ".0", "")
	}
}

// addIdentifier reads a text as a UUID.
func addIdentifier(out map[string]string, text string) {
	digits := strings.ToLower(strings.ReplaceAll(text, "-", ""))
	if _, err := hex.DecodeString(digits); err == nil && len(digits) == 32 {
		out["uuid"] = digits
	}
}

// mustBeKept are conversions that are not refused, so that a table of refusals
// does not pass: both ways, on the dialects of only if there are any.
var mustBeKept = []struct {
	from, to string
	values   []string
	only     []flavor.Dialect
}{
	{"string(40)", "text", []string{"''", "'ab  '", "'ü'", `'a\\b'`, `'\x4142'`}, nil},
	{"text", "string(40)", []string{"''", "'ab'", "'ü'", `'\x4142'`, "'12'"}, nil},
	{"string(40)", "char(6)", []string{"'ab'", "'ü'", "'007'"}, nil},
	{"string(40)", "binary", []string{"''", "'ab'", "'ü'", `'a\\b'`, `'\x4142'`, "'ab  '"}, nil},
	{"text", "binary", []string{"''", "'ü'", `'a\\b'`, `'\x4142'`}, nil},
	{"binary", "text", []string{"x'4142'", "x'c3bc'", "x''"}, nil},
	{"binary", "string(40)", []string{"x'4142'", "x'c3bc'"}, nil},
	{"binary(16)", "binary", []string{"x'4142'"}, nil},
	{"smallint", "integer", []string{"-5", "32767"}, nil},
	{"integer", "bigint", []string{"2147483647"}, nil},
	{"bigint", "integer", []string{"0", "1"}, nil},
	{"bigint", "smallint", []string{"0", "1"}, nil},
	{"integer", "string(40)", []string{"-1", "2147483647"}, nil},
	{"string(40)", "integer", []string{"'12'", "'-1'"}, nil},
	{"string(40)", "bigint", []string{"'99999999999'"}, nil},
	{"string(40)", "numeric(12,4)", []string{"'1.5'", "'12'"}, nil},
	{"string(40)", "double", []string{"'1.5'"}, nil},
	{"numeric(12,4)", "string(40)", []string{"1.5", "0.0001"}, nil},
	{"numeric(12,4)", "integer", []string{"1", "-2"}, nil},
	{"integer", "numeric(12,4)", []string{"2", "-1"}, nil},
	{"integer", "double", []string{"2147483647"}, nil},
	{"double", "integer", []string{"3", "1"}, nil},
	{"float", "double", []string{"1.5", "3"}, nil},
	{"double", "float", []string{"1.5", "3"}, nil},
	{"boolean", "integer", []string{"true", "false"}, nil},
	{"boolean", "smallint", []string{"true", "false"}, nil},
	{"boolean", "bigint", []string{"true", "false"}, nil},
	{"integer", "boolean", []string{"0", "1"}, nil},
	{"bigint", "boolean", []string{"0", "1"}, nil},
	{"boolean", "string(40)", []string{"true", "false"}, nil},
	{"date", "datetime", []string{"'2020-01-02'"}, nil},
	{"datetime", "date", []string{"'2020-01-02 00:00:00'"}, nil},
	{"datetime", "string(40)", []string{"'2020-01-02 03:04:05'"}, nil},
	{"string(40)", "datetime", []string{"'2020-01-02 03:04:05'"}, nil},
	{"string(40)", "date", []string{"'2020-01-02'"}, nil},
	{"date", "string(40)", []string{"'2020-01-02'"}, nil},
	{"json", "text", []string{`'{"a": 1}'`, `'"ü"'`, "'null'", "'[1, 2]'"}, nil},
	{"text", "json", []string{`'{"a": 1}'`, "'12'"}, nil},
	{"uuid", "string(40)", []string{"'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"}, nil},
	{"string(40)", "uuid", []string{"'a0eebc999c0b4ef8bb6d6bb9bd380a11'"}, nil},
	{"uuid", "binary", []string{"'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"}, []flavor.Dialect{flavor.Postgres, flavor.SQLite, flavor.MySQL}},
	{"binary(16)", "uuid", []string{"x'a0eebc999c0b4ef8bb6d6bb9bd380a11'"}, []flavor.Dialect{flavor.Postgres}},
	{"enum(a, b)", "enum(b, a, '1', '')", []string{"'a'", "'b'"}, nil},
	{"enum(b, a, '1', '')", "enum(a, b)", []string{"'a'", "'b'"}, nil},
	{"enum(a, b)", "string(40)", []string{"'a'", "'b'"}, nil},
	{"string(40)", "enum(a, b)", []string{"'a'"}, nil},
	{"char(6)", "string(40)", []string{"'ab'", "'ü'", "''"}, nil},
}
