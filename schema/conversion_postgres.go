package schema

import (
	"fmt"
	"strings"
)

// postgres converts on PostgreSQL. A cast that is written cuts texts off
// without a word, and a cast that the server finds by itself does so with
// blanks; both round numbers (manual, "Character Types" and "Numeric Types").
func (k converter) postgres(known bool) conversion {
	if !known {
		return conversion{using: k.postgresOther()}
	}
	return conversion{using: k.with(k.postgresUsing()), kept: k.with(k.postgresKept())}
}

// postgresUsing is the expression behind USING; "" where the server has an
// assignment cast that keeps what postgresKept lets pass.
func (k converter) postgresUsing() string {
	a, b, cast := k.from, k.to, "::"+k.target
	switch {
	case b.is(textValues) && a.is(byteValues):
		return "convert_from(@, 'UTF8')"
	case b.is(byteValues) && a.is(textValues):
		return "convert_to(@::text, 'UTF8')"
	case b.is(byteValues) && a.is(uuidValues):
		return "uuid_send(@)"
	case b.is(uuidValues) && a.is(byteValues):
		return "encode(@, 'hex')::uuid"
	case b.is(byteValues):
		return "convert_to(@::text, 'UTF8')" // of no value, see postgresKept
	case b.is(textValues), a.number() && b.number(), a.is(timeValues, dateValues) && b.is(timeValues, dateValues):
		return ""
	case a.number() && b.is(boolValues):
		return "@ <> 0"
	case a.is(boolValues) && b.number():
		if b.name == "integer" {
			return "@" + cast
		}
		return "@::integer" + cast
	case a.is(textValues) && !a.fixed():
		return "@" + cast
	}
	return "@::text" + cast
}

// postgresKept is the condition on values that are kept.
func (k converter) postgresKept() string {
	a, b := k.from, k.to
	switch {
	case b.is(textValues):
		return k.postgresTexts()
	case a.is(textValues):
		return k.postgresReads()
	case a.number() && b.number():
		return k.postgresNumbers()
	case a.number() && b.is(boolValues):
		return "@ IN (0, 1)"
	case a.is(boolValues) && b.number(), a.is(dateValues) && b.is(timeValues), a.is(uuidValues) && b.is(byteValues):
		return ""
	case a.is(byteValues) && b.is(byteValues), a.is(uuidValues) && b.is(uuidValues), a.is(jsonValues) && b.is(jsonValues):
		return ""
	case a.is(byteValues) && b.is(uuidValues):
		return "octet_length(@) = 16"
	case a.is(timeValues) && b.is(dateValues):
		return "@ = @::date"
	case a.is(timeValues) && b.is(timeValues):
		return fmt.Sprintf("@ = @::timestamp(%d)", b.scale)
	case a.is(enumValues) && b.is(enumValues):
		return "@::text IN (" + quotedList(b.enum) + ")"
	}
	return noValues
}

// postgresTexts is the condition for a change to text.
func (k converter) postgresTexts() string {
	text := "@::text"
	var kept []string
	switch a := k.from; {
	case a.is(byteValues):
		text = "convert_from(@, 'UTF8')"
	case a.is(singleValues):
		kept = append(kept, "@::text::real = @")
	case a.is(doubleValues):
		kept = append(kept, "@::text::double precision = @")
	}
	if k.shorter() {
		kept = append(kept, fmt.Sprintf("char_length(%s) <= %d", text, k.to.size))
	}
	if k.to.fixed() && !k.from.fixed() {
		kept = append(kept, text+" = rtrim("+text+", ' ')")
	}
	return allOf(kept...)
}

// Texts that are taken for numbers and times. A number that begins with zeros
// is a code and would lose them.
const (
	numberText   = `^[-+]?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?$`
	dateText     = `^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T]00:00(:00([.]0+)?)?)?$`
	datetimeText = `^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?)?$`
)

// postgresReads is the condition for a change from text to what it says. What
// is no such value at all is the server's error.
func (k converter) postgresReads() string {
	text := "@"
	if k.from.fixed() {
		text = "@::text"
	}
	number := text + " ~ '" + numberText + "'"
	switch b := k.to; b.class {
	case intValues:
		return number
	case decimalValues:
		if b.size == 0 {
			return number
		}
		return fmt.Sprintf("%s AND %s::numeric = round(%[2]s::numeric, %d)", number, text, b.scale)
	case singleValues, doubleValues:
		return number + " AND " + text + "::numeric = " + text + "::" + k.target + "::numeric"
	case boolValues:
		return "lower(" + text + ") IN ('true', 'false', 't', 'f', 'yes', 'no', 'on', 'off', '1', '0')"
	case timeValues:
		return text + " ~ '" + datetimeText + "' AND " + text + "::timestamp = " + text + "::" + k.target
	case dateValues:
		return text + " ~ '" + dateText + "'"
	case enumValues:
		return text + " IN (" + quotedList(b.enum) + ")"
	case byteValues, jsonValues, uuidValues:
		return ""
	}
	return noValues
}

// postgresNumbers is the condition for a change from number to number. What is
// out of range is the server's error.
func (k converter) postgresNumbers() string {
	a, b := k.from, k.to
	switch {
	case a.is(intValues) && b.is(intValues):
		return k.inRange()
	case a.is(intValues) && b.is(decimalValues), a.is(singleValues) && b.is(doubleValues):
		return ""
	case a.is(intValues) && b.is(doubleValues) && a.name != "bigint", a.name == "smallint":
		return ""
	case a.is(intValues):
		return "@::" + k.target + "::numeric = @"
	case b.is(intValues):
		return "@ = trunc(@)"
	case a.is(decimalValues) && b.is(decimalValues):
		if b.size == 0 || a.size > 0 && b.scale >= a.scale && b.size-b.scale >= a.size-a.scale {
			return ""
		}
		return fmt.Sprintf("@ = round(@, %d)", b.scale)
	case a.is(decimalValues):
		return "@::" + k.target + "::numeric = @"
	}
	return "@::" + k.target + "::" + a.text + " = @"
}

// postgresOther converts from or to a type that no portable type has. Times
// with a zone are instants, and those without are in UTC.
func (k converter) postgresOther() string {
	zone := func(t valueType) bool { return strings.HasSuffix(t.text, "with time zone") && t.name == "timestamp" }
	plain := func(t valueType) bool { return t.is(timeValues) }
	if zone(k.from) && plain(k.to) || plain(k.from) && zone(k.to) {
		return k.with("@ AT TIME ZONE 'UTC'")
	}
	if !needsUsing(k.from.text, k.to.text) {
		return ""
	}
	return k.column + throughText(k.from.text, k.to.text) + "::" + k.target
}

// quotedList is texts as literals with commas between.
func quotedList(texts []string) string {
	quoted := make([]string, len(texts))
	for i, t := range texts {
		quoted[i] = quoteText(t)
	}
	return strings.Join(quoted, ", ")
}
