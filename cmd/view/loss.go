package view

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"manage/engine/plan"
	"manage/phases"
)

// LossDocument is what a step takes away together with what is in it.
type LossDocument struct {
	Step      string  `json:"step"`
	Kind      string  `json:"kind"` // table, column, rows, values, enum value or unknown
	Table     *string `json:"table"`
	Column    *string `json:"column"`
	Where     *string `json:"where"` // the condition for the rows
	Enum      *string `json:"enum"`
	Value     *string `json:"value"`     // of the enumeration
	Statement *string `json:"statement"` // plain SQL that it was read from
	Remade    bool    `json:"remade"`    // the step makes another table of the name
	Rows      *int64  `json:"rows"`      // or values; null if they were not counted
	TableRows *int64  `json:"table_rows"`
	Bytes     *int64  `json:"bytes"`
}

// lossesOf are the losses of a plan as documents.
func lossesOf(pl plan.Plan) []LossDocument {
	var all []LossDocument
	for _, l := range pl.Losses {
		d := LossDocument{Step: l.Step, Kind: string(l.Kind), Table: optional(l.Table), Column: optional(l.Column), Where: optional(l.Where),
			Enum: optional(l.Enum), Value: optional(l.Value), Statement: optional(l.SQL), Remade: l.Remade}
		if l.Counted {
			d.Rows = &l.Rows
		}
		if l.TableRows > 0 {
			d.TableRows = &l.TableRows
		}
		if l.Bytes > 0 {
			d.Bytes = &l.Bytes
		}
		all = append(all, d)
	}
	return all
}

// lossesBefore are the losses of one step, a line each.
func lossesBefore(pl plan.Plan, step string) []string {
	var all []string
	for _, l := range pl.Losses {
		if l.Step == step {
			all = append(all, "removes "+oneLine(lost(l)))
		}
	}
	return all
}

// Removes shows what a command is about to remove, before somebody is asked.
func Removes(w io.Writer, r phases.Removal) {
	var l lines
	if r.Again {
		l.add("The database has changed since the last question.")
	}
	if len(r.Revisions) > 0 {
		l.add("Going back takes away %s:", joined(r.Revisions))
	} else {
		l.add("%s removes permanently:", capital(r.Command))
	}
	for _, loss := range r.Losses {
		l.add("  %s (%s)", oneLine(lost(loss)), loss.Step)
	}
	if len(r.Losses) == 0 {
		l.add("  no table and no column")
	}
	comparisons(&l, r)
	for _, e := range r.SideEffects {
		l.add("  %s", oneLine(e.String()))
	}
	for _, id := range r.NotUndone {
		l.add("  The rows that %s moved stay as they are.", id)
	}
	io.WriteString(w, l.String())
}

// comparisons says which rows are compared before they are lost.
func comparisons(l *lines, r phases.Removal) {
	for _, c := range r.Checks {
		l.add("  %s.", capital(rowCheck(c)))
	}
	for _, id := range r.Begun {
		l.add("  The rows of %s were compared before it began.", id)
	}
	data := slices.ContainsFunc(r.Losses, func(loss plan.Loss) bool { return loss.Kind == plan.LossTable || loss.Kind == plan.LossColumn })
	switch {
	case len(r.Revisions) > 0 || len(r.Checks)+len(r.Begun) > 0 || !data:
	case r.Skipped:
		l.add("  No rows are compared before, because of --verify-rows none.")
	default:
		l.add("  No rows are compared before: nothing is known to have been made of what goes.")
	}
}

// lost is one loss in words.
func lost(l plan.Loss) string {
	switch l.Kind {
	case plan.LossTable:
		if l.Remade {
			return fmt.Sprintf("table %s%s, and makes another of that name: what that keeps is not known", l.Table, inIt(l, "row"))
		}
		return "table " + l.Table + inIt(l, "row")
	case plan.LossColumn:
		return fmt.Sprintf("column %s.%s%s", l.Table, l.Column, inIt(l, "value"))
	case plan.LossRows:
		if l.SQL != "" && !l.Counted {
			return fmt.Sprintf("rows of table %s%s, by: %s", l.Table, ofTable(l), l.SQL)
		}
		return fmt.Sprintf("%s of table %s%s", some(l, "row"), l.Table, uncounted(l))
	case plan.LossValues:
		return fmt.Sprintf("%s of column %s.%s%s", some(l, "value"), l.Table, l.Column, uncounted(l))
	case plan.LossEnumValue:
		of := "the type " + l.Enum
		if l.Enum == "" {
			of = "column " + l.Table + "." + l.Column
		}
		text := fmt.Sprintf("value '%s' of %s", l.Value, of)
		if l.Counted {
			text += ", which " + count(l.Rows, "row") + map[bool]string{true: " has", false: " have"}[l.Rows == 1]
		}
		return text
	}
	return "what this statement removes, which is not known: " + l.SQL
}

// inIt is what a table or column holds.
func inIt(l plan.Loss, noun string) string {
	size := ""
	if l.Bytes > 0 && !(l.Counted && l.Rows == 0) {
		size = ", about " + bytesInWords(l.Bytes)
	}
	if l.Counted {
		return " with " + count(l.Rows, noun) + size
	}
	return ofTable(l) + size + uncounted(l)
}

// ofTable is about how many rows a table has.
func ofTable(l plan.Loss) string {
	if l.TableRows == 0 {
		return ""
	}
	return fmt.Sprintf(" (table of about %s)", count(l.TableRows, "row"))
}

// uncounted says that a loss was not counted.
func uncounted(l plan.Loss) string {
	if l.Counted {
		return ""
	}
	return ", not counted"
}

// some is a number of rows or values, or that there are some.
func some(l plan.Loss, noun string) string {
	if l.Counted {
		return count(l.Rows, noun)
	}
	return noun + "s"
}

// bytesInWords is a size as people read it.
func bytesInWords(n int64) string {
	size, unit := float64(n), "bytes"
	for _, next := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if size < 1024 {
			break
		}
		size, unit = size/1024, next
	}
	if size >= 10 || size == float64(int64(size)) {
		return fmt.Sprintf("%.0f %s", size, unit)
	}
	return fmt.Sprintf("%.1f %s", size, unit)
}

// capital begins a sentence.
func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
