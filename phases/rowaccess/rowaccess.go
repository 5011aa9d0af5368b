// Package rowaccess finds out, before rows are read or changed, whether the
// session sees all rows of their tables, and whether what it changes is in one
// transaction with the record of it. A server that hides rows, or that cannot
// take a change back, says nothing of it: a data migration that finds no row is
// taken for complete, and one that is interrupted changes rows twice.
//
// What functions read, and what programs and Go functions touch, cannot be told
// from words. There the session's setting row_security = off makes PostgreSQL
// refuse instead of hiding rows.
package rowaccess

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/quote"
	"manage/engine/sqltext"
)

// Use is a table, or view, whose rows a command reads or changes.
type Use struct {
	Schema  string // "" for where unqualified names lead
	Table   string // as the server keeps it
	Written bool
	By      string // who needs the rows, as in "the pending query of a01"
	// Common is true if the name may be that of a common table expression.
	Common bool
	// Engine is the storage engine that the table will have by then, because a
	// statement before says so; "" for the one that it has.
	Engine string
	// Freed is true if a statement before takes row-level security off the table.
	Freed bool
}

// Of lists the uses of a statement, a query or a condition.
func Of(by, sql string, d flavor.Dialect) []Use {
	var all []Use
	for _, t := range sqltext.Tables(sql, d) {
		all = append(all, Use{Schema: t.Schema, Table: t.Name, Written: t.Written, By: by, Common: t.Common})
	}
	return all
}

// Problem is one table whose rows cannot be relied on.
type Problem struct {
	Table  string
	Text   string // what is wrong, one sentence without a full stop
	Advice string // what to do, one sentence
}

// Unsafe is work over rows that are not all visible, or not in a transaction.
// It was refused before it began.
type Unsafe struct{ Problems []Problem }

func (e *Unsafe) Error() string {
	texts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		texts[i] = p.Text
	}
	return strings.Join(texts, "; ")
}

// Advice is what to do, each sentence once.
func (e *Unsafe) Advice() string {
	var all []string
	for _, p := range e.Problems {
		if p.Advice != "" && !slices.Contains(all, p.Advice) {
			all = append(all, p.Advice)
		}
	}
	return strings.Join(all, "\n")
}

// Check refuses uses of rows that cannot be relied on, with an *Unsafe. Other
// errors are those of its queries. Tables that are not there are no problem of
// its.
func Check(ctx context.Context, q database.Querier, d flavor.Dialect, uses []Use) error {
	if len(uses) == 0 {
		return nil
	}
	var found []Problem
	var err error
	switch {
	case d == flavor.Postgres:
		found, err = postgresProblems(ctx, q, uses)
	case d.MySQLFamily():
		found, err = mysqlProblems(ctx, q, d, uses)
	}
	if err == nil && len(found) > 0 {
		err = &Unsafe{Problems: found}
	}
	return err
}

// by lists who uses a table, each once.
func by(uses []Use) string {
	var all []string
	for _, u := range uses {
		if !slices.Contains(all, u.By) {
			all = append(all, u.By)
		}
	}
	return strings.Join(all, ", ")
}

// ident writes a name as a person would: in quotes only where it needs them.
func ident(name string, d flavor.Dialect) string {
	if plainName.MatchString(name) {
		return name
	}
	return quote.Ident(name, d)
}

var plainName = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

// readTexts reads the rows of a query whose columns are texts that are not NULL.
func readTexts(ctx context.Context, q database.Querier, query string) ([][]string, error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var all [][]string
	for rows.Next() {
		line := make([]string, len(columns))
		into := make([]any, len(columns))
		for i := range line {
			into[i] = &line[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		all = append(all, line)
	}
	return all, rows.Err()
}
