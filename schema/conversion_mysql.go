package schema

import (
	"fmt"
	"strings"

	"manage/engine/flavor"
)

// mysqlKept is the condition on values that MODIFY keeps on MySQL and MariaDB,
// in strict mode: there, what is out of range or no such value at all is an
// error; numbers and times are rounded, and blanks cut off, with a note at most
// (manual, "Server SQL Modes" and "Rounding Behavior").
func (k converter) mysqlKept() string {
	a, b := k.from, k.to
	kept := noValues
	switch {
	case b.is(textValues):
		kept = k.mysqlTexts()
	case a.is(textValues):
		kept = k.mysqlReads()
	case a.number() && b.number(), a.is(boolValues) && b.number():
		kept = k.mysqlNumbers()
	case a.number() && b.is(boolValues):
		kept = "@ IN (0, 1)"
	case a.is(dateValues) && b.is(timeValues), a.class == b.class && a.is(jsonValues, uuidValues, dateValues, byteValues, boolValues):
		kept = ""
	case a.is(timeValues) && b.is(dateValues):
		kept = "@ = DATE(@)"
	case a.is(timeValues) && b.is(timeValues):
		kept = ""
		if b.scale < a.scale {
			kept = fmt.Sprintf("MICROSECOND(@) %% %d = 0", pow10(6-b.scale))
		}
	case a.is(enumValues) && b.is(enumValues):
		kept = k.mysqlMembers()
	}
	return k.with(kept)
}

func pow10(n int) int {
	p := 1
	for range n {
		p *= 10
	}
	return p
}

// mysqlTexts is the condition for a change to text. Bytes become the text that
// they are in the column's character set, which must be UTF-8.
func (k converter) mysqlTexts() string {
	a, b := k.from, k.to
	var kept []string
	switch {
	case a.is(singleValues):
		kept = append(kept, k.single("CONCAT(@)")+" = @")
	case a.is(byteValues):
		kept = append(kept, "CONVERT(@ USING utf8mb4) IS NOT NULL")
	}
	text := "CONCAT(@)"
	if a.is(textValues) {
		text = "@"
	}
	if a.is(byteValues) {
		text = "CONVERT(@ USING utf8mb4)"
	}
	if k.shorter() && !strings.HasSuffix(b.name, "text") {
		kept = append(kept, fmt.Sprintf("CHAR_LENGTH(%s) <= %d", text, b.size))
	}
	if most := textBytes(b.name); most > 0 && (!a.is(textValues) || a.size == 0 || 4*a.size > most) && textBytes(a.name) != most {
		kept = append(kept, fmt.Sprintf("LENGTH(%s) <= %d", text, most))
	}
	if b.fixed() && !a.fixed() {
		kept = append(kept, text+" NOT LIKE '% '")
	}
	return allOf(kept...)
}

// textBytes is how many bytes the text types of no given length hold; 0 for
// others and for those that hold all that a statement brings.
func textBytes(name string) int {
	switch name {
	case "tinytext":
		return 255
	case "text":
		return 65535
	case "mediumtext":
		return 16777215
	}
	return 0
}

// single is a value as one of four bytes, where the server has a cast for that;
// NULL elsewhere, so that nothing is taken to be the same.
func (k converter) single(text string) string {
	if k.f.Dialect == flavor.MySQL && k.f.AtLeast(8, 0, 17) || k.f.Dialect == flavor.MariaDB && k.f.AtLeast(10, 5, 0) {
		return "CAST(" + text + " AS FLOAT)"
	}
	return "NULL"
}

// digits is how many digits a number in a text has.
const digitsOf = `CHAR_LENGTH(REPLACE(REPLACE(@, '.', ''), '-', ''))`

// mysqlReads is the condition for a change from text to what it says.
func (k converter) mysqlReads() string {
	number := func(fraction string) string {
		return "@ REGEXP '^-?(0|[1-9][0-9]*)" + fraction + "$'"
	}
	switch b := k.to; b.class {
	case intValues:
		return number("")
	case decimalValues:
		if b.scale == 0 {
			return number("([.]0*)?")
		}
		return number(fmt.Sprintf("([.][0-9]{1,%d}0*)?", b.scale))
	case singleValues:
		return number("([.][0-9]+)?") + " AND " + digitsOf + " <= 6"
	case doubleValues:
		return number("([.][0-9]+)?") + " AND (" + digitsOf + " <= 15 OR CONCAT(@ + 0e0) = @)"
	case boolValues:
		return "@ REGEXP '^[01]$'"
	case timeValues:
		fraction := "([.]0+)?"
		if b.scale > 0 {
			fraction = fmt.Sprintf("([.][0-9]{1,%d}0*)?", b.scale)
		}
		return "@ REGEXP '^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}" + fraction + ")?)?$'"
	case dateValues:
		return "@ REGEXP '" + dateText + "'"
	case enumValues:
		return k.mysqlMembers()
	case jsonValues: // MySQL keeps numbers as doubles
		return "JSON_VALID(@) AND @ NOT REGEXP '[0-9.]{17,}'"
	case byteValues: // in the column's character set, of which UTF-8 is meant
		return allOf("LENGTH(@) = LENGTH(CONVERT(@ USING utf8mb4))", k.bytesFit())
	case uuidValues:
		return ""
	}
	return noValues
}

// bytesFit is the condition that a text is not longer than a type for bytes
// holds.
func (k converter) bytesFit() string {
	most := k.to.size
	if k.to.name != "varbinary" {
		most = textBytes(strings.Replace(k.to.name, "blob", "text", 1))
	}
	if k.to.name == "blob" {
		most = 65535
	}
	if most == 0 {
		return ""
	}
	return fmt.Sprintf("LENGTH(@) <= %d", most)
}

// mysqlMembers is the condition that a text is one of an enum's, by its bytes:
// MODIFY compares by the collation, and takes digits for a number in the list.
func (k converter) mysqlMembers() string {
	var members []string
	for _, v := range k.to.enum {
		members = append(members, "CAST(CONVERT("+quoteLiteral(v, k.f.Dialect)+" USING utf8mb4) AS BINARY)")
	}
	return "CAST(CONVERT(@ USING utf8mb4) AS BINARY) IN (" + strings.Join(members, ", ") + ")"
}

// significant is the condition that a number has no more than so many digits
// between its first and its last that is no zero.
func significant(digits int) string {
	return fmt.Sprintf("(@ = 0 OR @ = ROUND(@, %d - FLOOR(LOG10(ABS(@)))))", digits-1)
}

// mysqlNumbers is the condition for a change from number to number. A FLOAT is
// shown with six digits.
func (k converter) mysqlNumbers() string {
	a, b := k.from, k.to
	whole := a.is(intValues, boolValues)
	switch {
	case a.is(intValues) && b.is(intValues):
		return k.inRange()
	case whole && b.is(intValues, decimalValues), a.is(singleValues) && b.is(doubleValues), a.is(boolValues):
		return ""
	case whole && b.is(doubleValues):
		if a.name == "bigint" {
			return "ABS(CAST(@ AS DECIMAL(20))) <= 9007199254740992"
		}
		return ""
	case whole && b.is(singleValues):
		return "@ BETWEEN -999999 AND 999999"
	case b.is(singleValues) && a.is(doubleValues):
		return significant(6) + " AND " + k.single("@") + " = @"
	case b.is(singleValues):
		return significant(6)
	case b.is(intValues) && a.is(decimalValues):
		return "@ = TRUNCATE(@, 0)"
	case b.is(intValues):
		return "@ = TRUNCATE(@, 0) AND ABS(@) < 9223372036854775807" // MariaDB does not say what is beyond
	case a.is(decimalValues) && b.is(decimalValues):
		if b.scale >= a.scale {
			return ""
		}
		return fmt.Sprintf("@ = ROUND(@, %d)", b.scale)
	case a.is(decimalValues):
		return fmt.Sprintf("CAST(@ + 0e0 AS DECIMAL(%d,%d)) = @", a.size, a.scale)
	case a.is(singleValues):
		return fmt.Sprintf("CAST(CONCAT(@) AS DECIMAL(%d,%d)) + 0e0 = CONCAT(@) + 0e0", b.size, b.scale)
	}
	return fmt.Sprintf("CAST(@ AS DECIMAL(%d,%d)) + 0e0 = @", b.size, b.scale)
}
