package sqltext

import (
	"strings"

	"manage/engine/flavor"
)

// never are the words that are no column where they are bare: they are reserved
// on every server.
var never = wordsOf(`AND AS BETWEEN CASE DISTINCT ELSE EXISTS FROM GROUP HAVING IN IS JOIN LIKE NOT NULL ON OR ORDER SELECT
	THEN UNION USING WHEN WHERE`)

// units are what an interval of MySQL and MariaDB is counted in, and what their
// functions of time are told.
var units = wordsOf(`MICROSECOND SECOND MINUTE HOUR DAY WEEK MONTH QUARTER YEAR SECOND_MICROSECOND MINUTE_MICROSECOND
	MINUTE_SECOND HOUR_MICROSECOND HOUR_SECOND HOUR_MINUTE DAY_MICROSECOND DAY_SECOND DAY_MINUTE DAY_HOUR YEAR_MONTH`)

// Columns lists the names in an expression that may be those of columns, without
// what qualifies them. Functions that are called, types, aliases, collations,
// units of time and keywords are none, whatever columns there are.
func Columns(expr string, d flavor.Dialect) []string {
	c := columnReader{e: partsOf(expr, d), dialect: d}
	var all []string
	for c.i < len(c.e) {
		if n := c.passes(); n > 0 {
			c.i += n
			continue
		}
		if t := c.e[c.i]; t.name != "" && c.column(t) {
			all = append(all, t.name)
		}
		c.i++
	}
	return all
}

// columnReader goes over an expression.
type columnReader struct {
	e       expression
	dialect flavor.Dialect
	i       int
	cases   int // CASEs that are open
}

// column reports whether the name at i may be a column's.
func (c *columnReader) column(t part) bool {
	e, i := c.e, c.i
	switch {
	case e.mark(i+1, "."): // it qualifies
		return false
	case e.mark(i-1, "."):
		return !e.calls(i)
	case e.mark(i+1, "("):
		return false
	case t.word == "CASE":
		c.cases++
		return false
	case t.word == "END" && c.cases > 0 && !e.word(i-1, "THEN", "ELSE", "CASE"):
		c.cases--
		return false
	case never[t.word], t.word == "INTERVAL" && c.dialect.MySQLFamily():
		return false
	case e.mark(i+1, "=") && e.mark(i+2, ">"): // an argument by its name
		return false
	case e.at(i+1).str && t.word != "": // the type of a constant, or its character set
		return c.dialect.MySQLFamily() && !c.introduces(t)
	}
	return !c.unit(t)
}

// introduces reports whether a word before a string on MySQL and MariaDB belongs
// to it.
func (c *columnReader) introduces(t part) bool {
	switch t.word {
	case "DATE", "TIME", "TIMESTAMP", "N", "X", "B":
		return true
	}
	return strings.HasPrefix(t.word, "_")
}

// unit reports whether the word at i is a unit of time.
func (c *columnReader) unit(t part) bool {
	e, i := c.e, c.i
	switch {
	case !units[t.word] || c.dialect == flavor.SQLite:
		return false
	case c.dialect == flavor.Postgres:
		return e.at(i-1).str && e.word(i-2, "INTERVAL")
	}
	if e.mark(i-1, "(") && e.mark(i+1, ",") && e.word(i-2, "TIMESTAMPADD", "TIMESTAMPDIFF", "DATE_ADD", "DATE_DIFF") {
		return true
	}
	before := e.at(i - 1) // it follows the operand that INTERVAL has
	return before.text == ")" || before.str || before.quoted || before.word != "" && !operandFollows[before.word] && !never[before.word] ||
		before.text != "" && before.text[0] >= '0' && before.text[0] <= '9'
}

// passes is how many parts at i belong to something that names no column; 0 if
// none does.
func (c *columnReader) passes() int {
	e, i := c.e, c.i
	switch {
	case e.cast(i):
		return 2 + e.typeAt(i+2)
	case e.word(i, "AS") && e.inCast(i):
		return e.castEnd(i) - i
	case e.mark(i, ",") && e.argumentOf(i, "CONVERT") && c.dialect.MySQLFamily():
		return e.castEnd(i) - i
	case e.word(i, "AS"):
		return 1 + e.nameAt(i+1)
	case e.word(i, "COLLATE"), e.word(i, "USING") && e.argumentOf(i, "CONVERT"):
		return 1 + e.nameAt(i+1)
	case e.word(i, "AT") && e.word(i+1, "TIME") && e.word(i+2, "ZONE"):
		return 3
	case e.word(i, "EXTRACT") && e.mark(i+1, "(") && e.word(i+3, "FROM"):
		return 4
	case e.word(i, "ORDER", "GROUP", "PARTITION") && e.word(i+1, "BY"):
		return 2
	case e.word(i, "TRIM") && e.mark(i+1, "(") && e.word(i+2, "LEADING", "TRAILING", "BOTH"):
		return 3
	}
	return 0
}

// nameAt is how many parts the qualified name at i has.
func (e expression) nameAt(i int) int {
	if e.at(i).name == "" {
		return 0
	}
	n := 1
	for e.mark(i+n, ".") && e.at(i+n+1).name != "" {
		n += 2
	}
	return n
}

// typeAt is how many parts the type at i has, which no parenthesis encloses:
// that of PostgreSQL's :: is the only one.
func (e expression) typeAt(i int) int {
	n := e.nameAt(i)
	switch {
	case e.word(i, "DOUBLE") && e.word(i+1, "PRECISION"), e.word(i, "CHARACTER", "CHAR", "BIT", "NATIONAL") && e.word(i+1, "VARYING", "CHARACTER", "CHAR"):
		n = 2
	}
	if e.mark(i+n, "(") {
		n = e.closing(i+n) + 1 - i
	}
	if e.word(i, "TIME", "TIMESTAMP") && e.word(i+n, "WITH", "WITHOUT") && e.word(i+n+1, "TIME") && e.word(i+n+2, "ZONE") {
		n += 3
	}
	return n
}

// inCast reports whether the AS at i stands before the type of a CAST.
func (e expression) inCast(i int) bool {
	return e.argumentOf(i, "CAST", "TRY_CAST", "TREAT", "JSON_VALUE", "XMLSERIALIZE")
}

// castEnd is where the parenthesis around i ends.
func (e expression) castEnd(i int) int {
	for ; i < len(e) && !e.mark(i, ")"); i++ {
		if e.mark(i, "(") {
			i = e.closing(i)
		}
	}
	return i
}
