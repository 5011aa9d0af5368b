package view

import (
	"fmt"

	"manage/engine/plan"
	"manage/phases"
)

// RowCheckDocument is a comparison of rows that a plan makes before a step.
type RowCheckDocument struct {
	Migration string  `json:"migration"` // or the revision that joins two columns
	Compares  string  `json:"compares"`
	File      string  `json:"file"`
	Line      int     `json:"line"`
	Sampled   bool    `json:"sampled"` // only a part of the rows is compared
	Skipped   *string `json:"skipped"` // why it is not made; null if it is
}

// rowChecks are the comparisons before a step as documents.
func rowChecks(checks []plan.RowCheck) []RowCheckDocument {
	var all []RowCheckDocument
	for _, c := range checks {
		all = append(all, RowCheckDocument{Migration: c.By, Compares: c.What, File: c.File, Line: c.Line, Sampled: c.Sampled && c.Skipped == "", Skipped: optional(c.Skipped)})
	}
	return all
}

// rowCheck is a comparison in a line of a plan.
func rowCheck(c plan.RowCheck) string {
	if c.Skipped != "" {
		return fmt.Sprintf("not compared before: %s: %s (%s:%d)", c.What, c.Skipped, c.File, c.Line)
	}
	rows := "rows are"
	if c.Sampled {
		rows = "a sample of the rows is"
	}
	return fmt.Sprintf("%s compared before: %s (%s:%d)", rows, c.What, c.File, c.Line)
}

// ComparedRows is a comparison of rows that was made, without finding a
// difference.
type ComparedRows struct {
	Migration string `json:"migration"` // or the revision that joins two columns
	Compares  string `json:"compares"`
	Rows      int64  `json:"rows"`
	Sampled   bool   `json:"sampled"` // they are a part of the rows
}

// comparedRows are the comparisons of a result as documents.
func comparedRows(r phases.Result) []ComparedRows {
	all := []ComparedRows{}
	for _, c := range r.Compared {
		all = append(all, ComparedRows{Migration: c.Check.By, Compares: c.Check.What, Rows: c.Rows, Sampled: c.Check.Sampled})
	}
	return all
}

// sampled says that of some rows only a sample was compared; "" if all were.
func sampled(c phases.Compared) string {
	if !c.Check.Sampled {
		return ""
	}
	return fmt.Sprintf("Only a sample of the rows was compared: %s of %s, comparing %s.", count(c.Rows, "row"), c.Check.Table, c.Check.What)
}

// notCompared says that rows are not compared, and why.
func notCompared(e phases.NotCompared) string {
	return fmt.Sprintf("Rows are not compared before %s: %s: %s (%s:%d).", e.Step, e.Check.What, e.Check.Skipped, e.Check.File, e.Check.Line)
}
