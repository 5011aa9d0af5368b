package schema

import "strings"

// sqlite converts on SQLite, where a column takes any value and turns those
// that it takes for numbers into numbers, of which it keeps 15 digits (SQLite,
// "Datatypes", "Type Affinity"). The other servers' rules hold for what a value
// must be to belong to the new type, so that a catalog means the same on all.
// Lengths are not kept to.
func (k converter) sqlite() conversion {
	a, b := k.from, k.to
	c := conversion{kept: noValues}
	switch {
	case a.class == b.class:
		return conversion{}
	case b.is(textValues) && a.is(byteValues):
		c.using, c.kept = "CAST(@ AS TEXT)", sqliteUTF8
	case b.is(textValues):
		c.kept = "typeof(@) <> 'real' OR CAST(CAST(@ AS TEXT) AS REAL) = @"
	case a.is(textValues):
		c = k.sqliteReads()
	case a.number() && b.number():
		c.kept = k.sqliteNumbers()
	case a.number() && b.is(boolValues):
		c.kept = "@ IN (0, 1)"
	case a.is(boolValues) && b.number():
		c.kept = ""
	case a.is(dateValues) && b.is(timeValues):
		c.using, c.kept = sqliteMidnight, "typeof(@) = 'text'"
	case a.is(timeValues) && b.is(dateValues):
		c.using, c.kept = "substr(@, 1, 10)", "typeof(@) = 'text' AND "+sqliteDate
	}
	return conversion{using: k.with(c.using), kept: k.with(c.kept)}
}

const (
	// sqliteNumber is true of a text that is the same when SQLite has made a
	// number of it, but for zeros at its end.
	sqliteNumber = "rtrim(CASE WHEN instr(@, '.') > 0 THEN rtrim(@, '0') ELSE @ END, '.') = " +
		"CASE WHEN typeof(CAST(@ AS NUMERIC)) = 'real' THEN rtrim(rtrim(CAST(CAST(@ AS NUMERIC) AS TEXT), '0'), '.') ELSE CAST(CAST(@ AS NUMERIC) AS TEXT) END"
	// sqliteMidnight makes a time of a date.
	sqliteMidnight = "CASE WHEN length(@) = 10 THEN @ || ' 00:00:00' ELSE @ END"
	// sqliteTime is true of a text that is a time, or a date.
	sqliteTime = "substr(@, 1, 10) GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND datetime(@) IS NOT NULL" +
		" AND (length(@) = 10 OR substr(@, 11) GLOB '[ T][0-9][0-9]:[0-9][0-9]*' AND substr(@, 12) NOT GLOB '*[^0-9:.]*')"
	// sqliteDate is true of a time, or a date, that is the beginning of a day.
	sqliteDate = sqliteTime + " AND rtrim(substr(@, 12), '0:.') = ''"
	// sqliteUTF8 is true of bytes that are text: each character is the bytes
	// that it was read from. SQLite takes others as well, and gives them back
	// as something else.
	sqliteUTF8 = "instr(@, x'00') = 0 AND (CAST(@ AS TEXT) NOT GLOB '*[^' || char(1) || '-' || char(127) || ']*' OR NOT EXISTS (" +
		"WITH RECURSIVE each (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM each WHERE n < length(CAST(@ AS TEXT))) SELECT 1 FROM each" +
		" WHERE hex(substr(CAST(@ AS TEXT), n, 1)) <> hex(char(unicode(substr(CAST(@ AS TEXT), n, 1))))))"
)

// sqliteReads converts a text to what it says.
func (k converter) sqliteReads() conversion {
	number := "typeof(@) = 'text' AND " + sqliteNumber
	switch k.to.class {
	case intValues:
		return conversion{kept: "typeof(@) = 'text' AND CAST(CAST(@ AS INTEGER) AS TEXT) = @"}
	case decimalValues:
		return conversion{kept: number}
	case doubleValues:
		return conversion{kept: strings.ReplaceAll(number, "NUMERIC", "REAL")}
	case boolValues:
		return conversion{kept: "@ IN ('0', '1')"}
	case timeValues:
		return conversion{using: sqliteMidnight, kept: "typeof(@) = 'text' AND " + sqliteTime}
	case dateValues:
		return conversion{using: "substr(@, 1, 10)", kept: "typeof(@) = 'text' AND " + sqliteDate}
	case jsonValues: // a number in it is one of SQLite's from then on
		return conversion{kept: "json_valid(@) AND (json_type(@) NOT IN ('integer', 'real') OR " + number + ")"}
	case byteValues:
		return conversion{using: "CAST(@ AS BLOB)", kept: "typeof(@) IN ('text', 'blob')"}
	}
	return conversion{kept: noValues}
}

// sqliteNumbers is the condition for a change from number to number: whole
// numbers are whole, and doubles have 53 bits.
func (k converter) sqliteNumbers() string {
	switch a, b := k.from, k.to; {
	case b.is(intValues):
		return "@ = CAST(@ AS INTEGER)"
	case b.is(doubleValues) && a.is(intValues, decimalValues):
		return "typeof(@) <> 'integer' OR @ BETWEEN -9007199254740992 AND 9007199254740992"
	}
	return ""
}
