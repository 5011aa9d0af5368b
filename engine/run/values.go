package run

import (
	"context"
	"fmt"

	"manage/engine/database"
	"manage/engine/plan"
)

// ValuesLost is returned when a column's change of type would lose or change
// values that rows hold. The change was not made.
type ValuesLost struct {
	Check plan.ValueCheck
	Rows  int64
	// Err is the server's word for a value that is none of the new type at all;
	// nil if the rows could be counted.
	Err error
}

func (e *ValuesLost) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("a value in column %s of %s cannot become %s: %v", e.Check.Column, e.Check.Table, e.Check.To, e.Err)
	}
	if e.Check.Numbers {
		return fmt.Sprintf("column %s of %s cannot become %s: its sequence has given a greater number", e.Check.Column, e.Check.Table, e.Check.To)
	}
	return fmt.Sprintf("column %[2]s of %[1]s: the change from %[3]s to %[4]s would lose or change the value of %[5]s", e.Check.Table, e.Check.Column, e.Check.From, e.Check.To, counted(e.Rows))
}

// Unwrap is the server's error, if there is one.
func (e *ValuesLost) Unwrap() error { return e.Err }

// keepsValues asks whether a statement keeps the values that it converts.
func (e *execution) keepsValues(ctx context.Context, st plan.Statement) error {
	for _, check := range st.Values {
		if check.Lock != "" && e.h.session.InTransaction() {
			if _, err := e.h.session.ExecContext(ctx, check.Lock); err != nil {
				return err
			}
		}
		if err := AskValues(ctx, e.h.session, check); err != nil {
			return err
		}
	}
	return nil
}

// AskValues is a *ValuesLost if there are rows whose value would not be kept.
func AskValues(ctx context.Context, q database.Querier, check plan.ValueCheck) error {
	rows, err := database.Number(ctx, q, check.Query)
	if err == nil && rows > 0 {
		return &ValuesLost{Check: check, Rows: rows}
	}
	if err != nil && database.ClassOf(err) == database.Other {
		return &ValuesLost{Check: check, Err: err}
	}
	return err
}

func counted(rows int64) string {
	if rows == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", rows)
}
