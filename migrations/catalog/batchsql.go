package catalog

import (
	"strings"

	"manage/engine/flavor"
	"manage/engine/sqltext"
	"manage/schema"
)

// checkReads looks whether a query only reads: commands ask it that change
// nothing, status, check and plan. row is when it is to return one. What cannot
// be read is for the server to judge.
func (d *decoder) checkReads(key string, query schema.Text, dialects []flavor.Dialect, row string) {
	d.eachText(key, query, dialects, func(m sqltext.Meaning, _ flavor.Dialect) string {
		if m.Verb == sqltext.Select || m.Verb == sqltext.Other {
			return ""
		}
		return "must only read, as commands ask it that change nothing: write a SELECT that returns a row " + row
	})
}

// checkStatements looks whether the statements of a step leave their batch in
// its one transaction.
func (w *worker) checkStatements(statements []schema.Text) {
	for _, s := range statements {
		w.eachText("statements", s, w.dialects, func(m sqltext.Meaning, d flavor.Dialect) string {
			switch {
			case m.Verb == sqltext.Transaction:
				return "must not begin or end a transaction: each batch is one, with the position that it reached"
			case d.MySQLFamily() && !m.Session && len(m.Effects) > 0, d.MySQLFamily() && m.Verb == sqltext.Truncate:
				return "must not change the schema: " + d.Title() + " ends the transaction of the batch there; make it a revision"
			}
			return ""
		})
	}
}

// eachText hands what a text does on each of the dialects to judge, and records
// what that finds wrong, once.
func (d *decoder) eachText(key string, t schema.Text, dialects []flavor.Dialect, judge func(sqltext.Meaning, flavor.Dialect) string) {
	for _, dialect := range dialects {
		text, ok := t.For(dialect)
		if !ok {
			continue
		}
		pieces, err := sqltext.Split(strings.ReplaceAll(text, RangePlaceholder, "(1 = 1)"), dialect)
		if err != nil {
			return
		}
		for _, p := range pieces {
			if p.Role != sqltext.Query {
				continue
			}
			if wrong := judge(sqltext.Classify(p.SQL, dialect), dialect); wrong != "" {
				d.at(key, func() { d.fail("%s %s", key, wrong) })
				return
			}
		}
	}
}
