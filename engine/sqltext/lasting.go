package sqltext

import (
	"strings"

	"manage/engine/flavor"
)

// Lasting reports whether a statement, of which k is the meaning, may leave
// something in its session that later statements meet: a setting, a variable, a
// temporary table, a lock. It is false only for statements that are known not
// to: of those that change rows, functions and triggers may do what a server
// gives them to do, so that only plain ones count.
func Lasting(sql string, k Meaning, d flavor.Dialect) bool {
	if !k.Known || k.Session {
		return true
	}
	switch k.Verb {
	case Create, Drop, Alter, Rename, Grant, Comment:
		return strings.Contains(sql, "@") && d.MySQLFamily() && k.Verb != Grant
	case Insert, Update, Delete, Truncate, Merge:
		return d != flavor.SQLite && !plainRows(sql, d)
	case Maintain:
		return d == flavor.Postgres
	}
	return true
}

// plainRows reports whether a statement that changes rows calls nothing but
// what every server has, and reads no variable.
func plainRows(sql string, d flavor.Dialect) bool {
	r := rulesOf(d)
	p := newReader(sql, d, r)
	word, table := "", false // table: its list of columns may come next
	for !p.atEnd() {
		switch {
		case p.isMark('@'), p.isMark('(') && !table && !called(word), p.is("CALL", "PROCEDURE", "EXECUTE"):
			return false
		case p.is("INTO", "INSERT", "REPLACE"):
			table = true
		case p.tok.kind == kindMark && !p.isMark('.'):
			table = false
		}
		word = p.upper
		p.advance()
	}
	return true
}

// called reports whether a parenthesis behind a word is known to do no harm: it
// follows a keyword or a sign, or a function that keeps nothing.
func called(word string) bool { return word == "" || harmless[word] }

// harmless are the words that may stand before a parenthesis.
var harmless = words(`VALUES IN AND OR NOT ON USING AS BY SELECT WHERE FROM SET THEN ELSE WHEN CASE EXISTS ANY ALL SOME BETWEEN
	LIKE IS UNION INTERSECT EXCEPT HAVING LIMIT OFFSET INTO OVER FILTER DISTINCT RETURNING JOIN WITH
	IF IFNULL NULLIF COALESCE CONCAT CONCAT_WS REPLACE UPPER LOWER TRIM LEFT RIGHT SUBSTRING SUBSTRING_INDEX SUBSTR CAST CONVERT
	DATABASE SCHEMA USER CURRENT_USER VERSION LENGTH CHAR_LENGTH LPAD RPAD GREATEST LEAST ABS FLOOR CEIL CEILING ROUND MOD
	HEX UNHEX QUOTE REPEAT CHAR INSTR LOCATE COUNT SUM MIN MAX AVG NOW CURRENT_TIMESTAMP UTC_TIMESTAMP UUID
	VARCHAR DECIMAL NUMERIC GEN_RANDOM_UUID MD5 SHA1 SHA2 DATE_ADD DATE_SUB DATE FROM_UNIXTIME UNIX_TIMESTAMP`)

func words(list string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(list) {
		all[w] = true
	}
	return all
}
