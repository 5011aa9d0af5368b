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
	Skipped   *string `json:"skipped"` // why it is not made; null if it is
}

// rowChecks are the comparisons before a step as documents.
func rowChecks(checks []plan.RowCheck) []RowCheckDocument {
	var all []RowCheckDocument
	for _, c := range checks {
		all = append(all, RowCheckDocument{Migration: c.By, Compares: c.What, File: c.File, Line: c.Line, Skipped: optional(c.Skipped)})
	}
	return all
}

// rowCheck is a comparison in a line of a plan.
func rowCheck(c plan.RowCheck) string {
	if c.Skipped != "" {
		return fmt.Sprintf("not compared before: %s: %s (%s:%d)", c.What, c.Skipped, c.File, c.Line)
	}
	return fmt.Sprintf("rows are compared before: %s (%s:%d)", c.What, c.File, c.Line)
}

// notCompared says that rows are not compared, and why.
func notCompared(e phases.NotCompared) string {
	return fmt.Sprintf("Rows are not compared before %s: %s: %s (%s:%d).", e.Step, e.Check.What, e.Check.Skipped, e.Check.File, e.Check.Line)
}
