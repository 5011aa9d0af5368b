package compare

import (
	"fmt"
	"strings"

	"manage/engine/plan"
	"manage/phases/backfill"
)

// counting is the query for how many rows of a range of keys are compared, and
// how many of them differ.
func counting(q backfill.Quoter, c plan.RowCheck, after, last []any) string {
	return fmt.Sprintf("SELECT COUNT(*), COUNT(CASE WHEN (%s) THEN NULL ELSE 1 END) FROM %s WHERE %s",
		c.Agrees, q.QuoteIdent(c.Table), within(q, c, after, last))
}

// Query is one that a person can look at the rows with that differ.
func Query(q backfill.Quoter, c plan.RowCheck) string {
	conditions := differs(c)
	if c.Where != "" {
		conditions = "(" + c.Where + ") AND " + conditions
	}
	shown := append(append([]string{}, c.Key...), c.Columns...)
	return fmt.Sprintf("SELECT %s FROM %s WHERE %s", strings.Join(idents(q, shown), ", "), q.QuoteIdent(c.Table), conditions)
}

// differs is the condition for a row that does not agree, be it that the
// condition for those that do cannot be told.
func differs(c plan.RowCheck) string {
	return "CASE WHEN (" + c.Agrees + ") THEN 0 ELSE 1 END = 1"
}

// within is the condition for the rows of a range that are compared.
func within(q backfill.Quoter, c plan.RowCheck, after, last []any) string {
	conditions := backfill.KeyRange(q, c.Key, after, last)
	if c.Where != "" {
		conditions += " AND (" + c.Where + ")"
	}
	return conditions
}

func idents(q backfill.Quoter, names []string) []string {
	var quoted []string
	for _, n := range names {
		quoted = append(quoted, q.QuoteIdent(n))
	}
	return quoted
}
