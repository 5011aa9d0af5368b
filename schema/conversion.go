package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// This file says what becomes of the values of a column that is given another
// type. A value is kept if it is the same text, number, time, truth value,
// sequence of bytes or identifier afterwards. Servers change many that are not,
// without a word: they round, cut, pad and reinterpret. So each conversion
// comes with a condition on the rows, and the change of type is refused while a
// row does not meet it. Where two types have no values in common, or it is not
// known which, the condition is that the column holds none at all.
//
// Types that no portable type has on a server are converted as that server
// does, because whoever wrote them knows the server.

// valueClass groups the types of servers by what their values are.
type valueClass string

const (
	textValues    valueClass = "text"
	enumValues    valueClass = "enum"
	intValues     valueClass = "int"
	decimalValues valueClass = "decimal"
	singleValues  valueClass = "single" // floating point of 4 bytes
	doubleValues  valueClass = "double" // of 8 bytes
	boolValues    valueClass = "bool"
	timeValues    valueClass = "datetime"
	dateValues    valueClass = "date"
	jsonValues    valueClass = "json"
	byteValues    valueClass = "bytes"
	uuidValues    valueClass = "uuid"
	otherValues   valueClass = "" // what no portable type has
)

// valueType is a server's type as far as it says what values there are.
type valueType struct {
	class valueClass
	name  string // the type's name, in lower case
	size  int    // characters, bytes or digits; 0 for no limit
	scale int    // digits after the point, of seconds for times
	enum  []string
	text  string // as the server has it
}

func (t valueType) is(classes ...valueClass) bool { return slices.Contains(classes, t.class) }

// number reports whether the values are numbers other than truth values.
func (t valueType) number() bool {
	return t.is(intValues, decimalValues, singleValues, doubleValues)
}

// portableClasses are the names of types, in lower case, by their class. Those
// of SQLite are by their words: what they are called there says all.
var portableClasses = map[string]valueClass{
	"varchar": textValues, "character varying": textValues, "char": textValues, "character": textValues,
	"text": textValues, "tinytext": textValues, "mediumtext": textValues, "longtext": textValues,
	"tinyint": intValues, "smallint": intValues, "mediumint": intValues, "int": intValues, "integer": intValues, "bigint": intValues,
	"numeric": decimalValues, "decimal": decimalValues,
	"real": singleValues, "float": singleValues, "double": doubleValues, "double precision": doubleValues,
	"boolean": boolValues, "datetime": timeValues, "timestamp": timeValues, "date": dateValues, "json": jsonValues,
	"bytea": byteValues, "blob": byteValues, "tinyblob": byteValues, "mediumblob": byteValues, "longblob": byteValues, "varbinary": byteValues,
	"uuid": uuidValues, "enum": enumValues,
}

// valueTypeOf reads a server's type.
func (s *Schema) valueTypeOf(text string) valueType {
	if e := s.Enums[text]; e != nil {
		return valueType{class: enumValues, name: "enum", enum: e.Values, text: text}
	}
	bare, _ := cutCompressed(text)
	name, size, rest := cutServerType(bare)
	t := valueType{name: strings.ToLower(name), text: text}
	t.class = portableClasses[t.name]
	if t.class == enumValues {
		t.enum, _ = enumMembers(text, s.Flavor.Dialect)
		return t
	}
	first, second, _ := strings.Cut(size, ",")
	t.size, _ = strconv.Atoi(strings.TrimSpace(first))
	t.scale, _ = strconv.Atoi(strings.TrimSpace(second))
	switch d := s.Flavor.Dialect; {
	case strings.HasSuffix(text, "[]"), strings.Contains(rest, "with time zone"):
		t.class = otherValues
	case t.is(timeValues):
		t.size, t.scale = 0, t.size
		if d == flavor.Postgres && size == "" {
			t.scale = 6
		}
	case d == flavor.SQLite && t.is(singleValues):
		t.class = doubleValues
	case d.MySQLFamily() && t.name == "tinyint" && t.size == 1:
		t.class = boolValues
	}
	return t
}

// conversion is how a column's values become those of another type.
type conversion struct {
	// using is the expression that gives a row's new value; "" where the server
	// is left to find it.
	using string
	// kept is true of the rows whose value is kept; "" if all of any column are.
	kept string
}

// inRange is the condition that whole numbers are in the range of a smaller
// type; "" if it is none.
func (k converter) inRange() string {
	a, b := wholeNumbers[k.from.name], wholeNumbers[k.to.name]
	if a == 0 || b == 0 || strings.Contains(k.from.text+k.to.text, "unsigned") || a <= b {
		return ""
	}
	return fmt.Sprintf("@ BETWEEN -%d AND %d", b+1, b)
}

// noValues is the condition for a conversion that keeps no value.
const noValues = "FALSE"

// conversionOf is how column c becomes one of another type.
func (s *Schema) conversionOf(c *Column, to string) conversion {
	k := converter{f: s.Flavor, column: quoteIdent(c.Name, s.Flavor.Dialect), from: s.valueTypeOf(c.Type), to: s.valueTypeOf(to)}
	if c.Type == to || c.generated() { // what is computed is computed again
		return conversion{}
	}
	known := k.from.class != otherValues && k.to.class != otherValues
	switch d := s.Flavor.Dialect; {
	case d == flavor.Postgres:
		k.target = postgresTypeText(to, s)
		return k.postgres(known)
	case !known:
		return conversion{}
	case d.MySQLFamily():
		return conversion{kept: k.mysqlKept()}
	}
	return k.sqlite()
}

// converter is one conversion while it is worked out.
type converter struct {
	f        flavor.Flavor
	column   string // quoted
	target   string // the new type, as it is written
	from, to valueType
}

// with puts the column for each @ of a text.
func (k converter) with(text string) string { return strings.ReplaceAll(text, "@", k.column) }

// shorter reports whether a text may be too long for the new type.
func (k converter) shorter() bool {
	return k.to.size > 0 && (k.from.size == 0 || k.from.size > k.to.size || !k.from.is(textValues))
}

// fixed reports whether a type fills texts up with blanks, so that those at
// their end are no part of the value.
func (t valueType) fixed() bool { return t.name == "char" || t.name == "character" }

// allOf joins conditions; "" stands for one that always holds.
func allOf(conditions ...string) string {
	conditions = slices.DeleteFunc(conditions, func(c string) bool { return c == "" })
	return strings.Join(conditions, " AND ")
}

// valueChecks are asked before a column's type changes; none if every value is
// kept.
func (s *Schema) valueChecks(table string, from, to *Column) []plan.ValueCheck {
	c := s.conversionOf(from, to.Type)
	if c.kept == "" {
		return nil
	}
	d := s.Flavor.Dialect
	query := "SELECT count(*) FROM " + quoteIdent(table, d) + " WHERE " + quoteIdent(from.Name, d) + " IS NOT NULL"
	if c.kept != noValues {
		query += " AND (" + c.kept + ") IS NOT TRUE"
	}
	check := plan.ValueCheck{Table: table, Column: from.Name, From: from.Type, To: to.Type, Query: query}
	if d == flavor.Postgres {
		check.Lock = "LOCK TABLE " + quoteIdent(table, d) + " IN " + accessExclusive + " MODE"
		return append([]plan.ValueCheck{check}, sequenceCheck(table, from, to)...)
	}
	return []plan.ValueCheck{check}
}
