package phases

import (
	"context"
	"slices"

	"manage/engine/database"
	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/schema"
)

// This file is about what depends on the type of a column. PostgreSQL keeps
// what depends on a column as a tree in which the type stands, so that it
// refuses another type for most of it (ATExecAlterColumnType in its source
// lists them); it writes indexes and constraints anew, from a text in which
// constants are still of the old type. Other servers look when it is used.

// retypes notes that the plan gives a column another type, which is told from
// the live schema.
func (w *walk) retypes(op *schema.AlterColumn) {
	if live, column, ok := w.column(op.Table, op.Name); ok && w.d == flavor.Postgres {
		w.touched = append(w.touched, touch{step: w.step, table: live, column: column, does: retypes, nowTable: op.Table, nowColumn: op.Name, op: op})
	}
}

// dropsValue notes that the plan makes an enumeration anew.
func (w *walk) dropsValue(op *schema.DropEnumValue) {
	if w.d == flavor.Postgres {
		w.touched = append(w.touched, touch{step: w.step, table: op.Name, does: revalues})
	}
}

// settleTypes tells of the notes of retypes and dropsValue what they do to the
// live schema.
func (w *walk) settleTypes(live *schema.Schema) {
	var settled []touch
	for _, t := range w.touched {
		switch t.does {
		case retypes:
			changes, unlike := live.Retypes(t.table, t.column, t.op)
			if t.unlike = unlike; changes {
				settled = append(settled, t)
			}
		case revalues:
			settled = append(settled, t)
			for _, c := range live.ColumnsOf(t.table) {
				settled = append(settled, touch{step: t.step, table: c.Table, column: c.Column, does: revalues})
			}
		default:
			settled = append(settled, t)
		}
	}
	w.touched = settled
}

// typeDependents are the objects that depend on the enumerations of which the
// plan removes values.
func (w *walk) typeDependents(ctx context.Context, sess database.Session, live *schema.Schema, name string) ([]schema.Dependent, error) {
	var all []schema.Dependent
	for _, t := range w.touched {
		if t.does != revalues || t.column != "" {
			continue
		}
		found, err := schema.TypeDependents(ctx, sess, live, name, t.table)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// refusing are the objects for which PostgreSQL refuses another type for a
// column that they use.
var refusing = []string{"view", "materialized view", "rule", "policy", "trigger", "function", "procedure", "publication", "generated column", "partitioning"}

// retyped is the outcome for what depends on a column that is given another
// type, or on an enumeration that is made anew.
func (t touch) retyped(d schema.Dependent, w *walk) plan.Outcome {
	switch {
	case d.Table != t.table, d.Column != t.column && !(d.Column == "" && d.Kind == "column" && t.does == retypes):
		return ""
	case t.column == "":
		return plan.Refuses // of an enumeration
	case d.Kind == "column" && d.Column == "": // of the table's row type
		return plan.Refuses
	case d.Kind == "generated column" && d.Name == t.column && d.On == t.table:
		return "" // the column itself
	case slices.Contains(refusing, d.Kind):
		return plan.Refuses
	case t.unlike && (d.Kind == "check constraint" || d.Kind == "index" && d.Computed):
		return plan.Refuses
	}
	return ""
}
