package backfill

import (
	"fmt"
	"strings"

	"manage/engine/flavor"
)

// Quoter writes names and text as the server reads them.
type Quoter interface {
	QuoteIdent(string) string
	QuoteLiteral(string) string
}

// KeyRange is the condition that a key lies behind after and not behind last,
// in the server's own order. A nil bound is no bound.
func KeyRange(q Quoter, key []string, after, last []any) string {
	var parts []string
	if after != nil {
		parts = append(parts, compare(q, key, after, ">", ">"))
	}
	if last != nil {
		parts = append(parts, compare(q, key, last, "<", "<="))
	}
	return strings.Join(parts, " AND ")
}

// AtLeast is the condition for the rows from a key on, itself among them.
func AtLeast(q Quoter, key []string, first []any) string { return compare(q, key, first, ">", ">=") }

// compare writes `key op bound` for a key of any number of columns: strict for
// all columns but the last one, which takes the operator end. PostgreSQL and
// SQLite search an index by row values; MySQL and MariaDB do by conditions on
// one column each, the first of which is said once more for those that see
// through no OR.
func compare(q Quoter, key []string, bound []any, strict, end string) string {
	switch d := dialectOf(q); {
	case len(key) == 1:
	case d == flavor.Postgres || d == flavor.SQLite:
		return rowValue(q, key, bound, end)
	default:
		return fmt.Sprintf("(%s %s= %s AND %s)", q.QuoteIdent(key[0]), strict, Literal(q, bound[0]), byColumn(q, key, bound, strict, end))
	}
	return byColumn(q, key, bound, strict, end)
}

func rowValue(q Quoter, key []string, bound []any, end string) string {
	names, values := make([]string, len(key)), make([]string, len(key))
	for i := range key {
		names[i], values[i] = q.QuoteIdent(key[i]), Literal(q, bound[i])
	}
	return fmt.Sprintf("(%s) %s (%s)", strings.Join(names, ", "), end, strings.Join(values, ", "))
}

func byColumn(q Quoter, key []string, bound []any, strict, end string) string {
	head, value := q.QuoteIdent(key[0]), Literal(q, bound[0])
	if len(key) == 1 {
		return head + " " + end + " " + value
	}
	rest := byColumn(q, key[1:], bound[1:], strict, end)
	return fmt.Sprintf("(%s %s %s OR (%s = %s AND %s))", head, strict, value, head, value, rest)
}
