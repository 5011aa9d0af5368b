package catalog

import (
	"strings"

	"manage/engine/flavor"
	"manage/engine/sqltext"
	"manage/schema"
)

// checkPending looks whether a pending query only reads: status and check ask it
// too. What cannot be read is for the server to judge.
func (w *worker) checkPending(query schema.Text) {
	w.eachText("pending", query, func(m sqltext.Meaning, _ flavor.Dialect) string {
		if m.Verb == sqltext.Select || m.Verb == sqltext.Other {
			return ""
		}
		return "must only read, as commands ask it that change nothing: write a SELECT that returns a row as long as anything is to be done"
	})
}

// checkStatements looks whether the statements of a step leave their batch in
// its one transaction.
func (w *worker) checkStatements(statements []schema.Text) {
	for _, s := range statements {
		w.eachText("statements", s, func(m sqltext.Meaning, d flavor.Dialect) string {
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

// eachText hands what a text does on each of the catalog's dialects to judge,
// and records what that finds wrong, once.
func (w *worker) eachText(key string, t schema.Text, judge func(sqltext.Meaning, flavor.Dialect) string) {
	for _, d := range w.dialects {
		text, ok := t.For(d)
		if !ok {
			continue
		}
		pieces, err := sqltext.Split(strings.ReplaceAll(text, RangePlaceholder, "(1 = 1)"), d)
		if err != nil {
			return
		}
		for _, p := range pieces {
			if p.Role != sqltext.Query {
				continue
			}
			if wrong := judge(sqltext.Classify(p.SQL, d), d); wrong != "" {
				w.at(key, func() { w.fail("%s %s", key, wrong) })
				return
			}
		}
	}
}
