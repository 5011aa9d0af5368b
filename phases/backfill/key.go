package backfill

import (
	"database/sql"
	"encoding/hex"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"manage/engine/database"
	"manage/engine/flavor"
)

// kind is how the values of a key column are read and written, so that what is
// written compares with the column as the value itself does.
type kind int

const (
	byDriver kind = iota // by what the driver returns
	asText               // the server's own text of it, quoted
	number               // digits, not quoted
	double               // a number whose text has to be that of a double
	ordinal              // what is sorted by its number: ENUM, SET, BIT
	stringy              // text as it is
	binary               // bytes, in hexadecimal
	original             // SQLite: whatever is there, in its storage class
	moment               // DATE and DATETIME of the MySQL family: text, but for the one of zeros
	instant              // TIMESTAMP of the MySQL family, as seconds since 1970: its text depends on the session's time zone
)

// mysqlKinds are the kinds of the MySQL family's column types.
var mysqlKinds = map[string]kind{
	"tinyint": number, "smallint": number, "mediumint": number, "int": number, "bigint": number, "year": number, "decimal": number,
	"float": double, "double": double, "bit": ordinal, "enum": ordinal, "set": ordinal,
	"char": stringy, "varchar": stringy, "tinytext": stringy, "text": stringy, "mediumtext": stringy, "longtext": stringy,
	"binary": binary, "varbinary": binary, "tinyblob": binary, "blob": binary, "mediumblob": binary, "longblob": binary,
	"date": moment, "datetime": moment, "timestamp": instant,
}

// kindOf is the kind of a column's type in lower case.
func kindOf(d flavor.Dialect, columnType string) kind {
	switch d {
	case flavor.Postgres:
		return asText
	case flavor.SQLite:
		return original
	}
	if k, ok := mysqlKinds[columnType]; ok {
		return k
	}
	return asText
}

// read is the expression that reads a column of this kind. It is never the bare
// column: some drivers make something else of a value by its column's type.
func (k kind) read(column string, d flavor.Dialect) string {
	switch k {
	case asText:
		if d == flavor.Postgres {
			return column + "::text"
		}
		return "CAST(" + column + " AS CHAR)"
	case number, moment:
		return "CAST(" + column + " AS CHAR)"
	case double:
		return column + " + 0e0" // MySQL's CAST rounds what is longer than 22 characters
	case ordinal:
		return "CAST(" + column + " + 0 AS CHAR)"
	case binary:
		return "HEX(" + column + ")"
	case original:
		return "+" + column
	case instant:
		return "CAST(UNIX_TIMESTAMP(" + column + ") AS CHAR)"
	}
	return column
}

// value is a position value: what was read, with a letter for how it is written
// again (see Literal).
func (k kind) value(v any) (string, error) {
	switch k {
	case number, double, ordinal:
		return "n:" + textOf(v), noNull(v)
	case moment:
		if text := textOf(v); strings.Trim(text, "0-:. ") == "" { // refused as text by a strict server that holds it
			return "n:0", noNull(v)
		}
		return "s:" + textOf(v), noNull(v)
	case asText, stringy:
		return "s:" + textOf(v), noNull(v)
	case binary:
		return "x:" + strings.ToLower(textOf(v)), noNull(v)
	case instant:
		return "u:" + textOf(v), noNull(v)
	}
	return driverValue(v)
}

func noNull(v any) error {
	if v == nil {
		return fmt.Errorf("a key column holds NULL: name a key that never does")
	}
	return nil
}

func textOf(v any) string {
	if b, ok := v.([]byte); ok {
		return string(b)
	}
	return fmt.Sprint(v)
}

// driverValue goes by the type in which the driver returns a value.
func driverValue(v any) (string, error) {
	switch v := v.(type) {
	case int64:
		return "n:" + strconv.FormatInt(v, 10), nil
	case uint64:
		return "n:" + strconv.FormatUint(v, 10), nil
	case float64:
		switch { // SQLite has no other way to write them
		case math.IsInf(v, 1):
			return "n:9e999", nil
		case math.IsInf(v, -1):
			return "n:-9e999", nil
		}
		return "n:" + strconv.FormatFloat(v, 'e', -1, 64), nil
	case []byte:
		return "x:" + hex.EncodeToString(v), nil
	case time.Time:
		return "s:" + v.Format("2006-01-02 15:04:05.999999"), nil
	case string:
		if strings.ContainsRune(v, 0) || !utf8.ValidString(v) {
			return "t:" + hex.EncodeToString([]byte(v)), nil
		}
		return "s:" + v, nil
	case nil:
		return "", noNull(nil)
	}
	return "s:" + fmt.Sprint(v), nil
}

// holds reports whether a position value is one that value or driverValue write
// for a column of this kind.
func (k kind) holds(v string) bool {
	letter, text, ok := strings.Cut(v, ":")
	if !ok || !wellFormed(letter, text) {
		return false
	}
	switch k {
	case number, double, ordinal:
		return letter == "n"
	case moment:
		return letter == "n" && text == "0" || letter == "s" && momentText.MatchString(text)
	case asText, stringy:
		return letter == "s"
	case binary:
		return letter == "x"
	case instant:
		return letter == "u"
	}
	return letter != "u"
}

// What stands behind the letters of position values.
var (
	numberText  = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,4})?$`)
	hexText     = regexp.MustCompile(`^([0-9a-f]{2})*$`)
	secondsText = regexp.MustCompile(`^[0-9]+(\.[0-9]{1,6})?$`)
	momentText  = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?)?$`)
)

// wellFormed reports whether a text is what its letter says.
func wellFormed(letter, text string) bool {
	switch letter {
	case "n":
		return numberText.MatchString(text)
	case "x", "t":
		return hexText.MatchString(text)
	case "u":
		return secondsText.MatchString(text)
	}
	return letter == "s"
}

// Literal writes a key's value, as ScanKey read it, for a statement: behind
// "n:" the digits of a number, behind "x:" bytes and behind "t:" text in
// hexadecimal digits, behind "u:" seconds since 1970, behind "s:" text. Whatever
// is none of these is text: no value, wherever it comes from, is SQL.
func Literal(q Quoter, v any) string {
	s := fmt.Sprint(v)
	letter, text, _ := strings.Cut(s, ":")
	if !wellFormed(letter, text) {
		return q.QuoteLiteral(s)
	}
	switch letter {
	case "n":
		return text
	case "x":
		if dialectOf(q) == flavor.Postgres {
			return `'\x` + text + "'::bytea"
		}
		return "X'" + text + "'"
	case "u":
		return "FROM_UNIXTIME(" + text + ")"
	case "t":
		return "CAST(X'" + text + "' AS TEXT)"
	}
	return q.QuoteLiteral(text)
}

// dialectOf is the dialect of a session; "" where there is none to ask.
func dialectOf(q Quoter) flavor.Dialect {
	if s, ok := q.(interface{ Flavor() flavor.Flavor }); ok {
		return s.Flavor().Dialect
	}
	return ""
}

// ScanKey reads one key as position values, going by what the driver returns.
func ScanKey(rows *sql.Rows, columns int) ([]any, error) {
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	kinds := make([]kind, columns)
	for i, t := range types {
		if name := t.DatabaseTypeName(); !strings.Contains(name, "BINARY") && !strings.Contains(name, "BLOB") && name != "BYTEA" {
			kinds[i] = unnamed
		}
	}
	return scan(rows, kinds)
}

// unnamed is text that the driver returns as bytes.
const unnamed kind = -1

// scan reads one key of columns of these kinds.
func scan(rows *sql.Rows, kinds []kind) ([]any, error) {
	values, targets := make([]any, len(kinds)), make([]any, len(kinds))
	for i := range values {
		targets[i] = &values[i]
	}
	if err := rows.Scan(targets...); err != nil {
		return nil, err
	}
	for i, v := range values {
		if b, ok := v.([]byte); ok && kinds[i] == unnamed {
			v = string(b)
		}
		text, err := kinds[i].value(v)
		if err != nil {
			return nil, err
		}
		values[i] = text
	}
	return values, nil
}

var _ Quoter = database.Session(nil)
