package run

import (
	"context"
	"strings"

	"manage/engine/database"
	"manage/engine/flavor"
)

// countForeignKeys remembers how many rows of the step's tables refer to
// nothing, once, before its first statement.
func (e *execution) countForeignKeys(ctx context.Context) error {
	if e.done > 0 || !e.checksForeignKeys() {
		return nil
	}
	var err error
	e.broken, err = e.brokenReferences(ctx)
	return err
}

// checkForeignKeys fails if there are more of them now. SQLite does not check
// foreign keys while a table is rebuilt, because they are off then ("Making
// Other Kinds Of Table Schema Changes", step 10, asks for this check).
func (e *execution) checkForeignKeys(ctx context.Context) error {
	if !e.checksForeignKeys() {
		return nil
	}
	now, err := e.brokenReferences(ctx)
	if err == nil && now > e.broken {
		return &ForeignKeysBroken{Step: e.step.ID, Tables: e.step.ForeignKeyCheck, Before: e.broken, After: now, Kept: !e.step.Transaction}
	}
	return err
}

func (e *execution) checksForeignKeys() bool {
	return len(e.step.ForeignKeyCheck) > 0 && e.h.session.Flavor().Dialect == flavor.SQLite
}

// brokenReferences counts the rows of the step's tables that refer to nothing.
// A table that is not there has none.
func (e *execution) brokenReferences(ctx context.Context) (int64, error) {
	names := make([]string, len(e.step.ForeignKeyCheck))
	for i, n := range e.step.ForeignKeyCheck {
		names[i] = e.h.session.QuoteLiteral(n)
	}
	return database.Number(ctx, e.h.session, "SELECT count(*) FROM sqlite_master AS m, pragma_foreign_key_check(m.name)"+
		" WHERE m.type = 'table' AND m.name COLLATE NOCASE IN ("+strings.Join(names, ", ")+")")
}
