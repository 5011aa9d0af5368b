package schema

import (
	"strings"

	"manage/engine/plan"
)

// sqliteLock is what every change of a SQLite database takes: there is one
// writer at a time, and others wait until its transaction ends (SQLite, "File
// Locking And Concurrency").
const sqliteLock = "database"

// sqlite renders for SQLite, where there is nothing to choose. A rebuild, and
// an index, take the longer the more rows there are.
func (c *form) sqlite() ([]plan.Statement, error) {
	out, err := c.op.Render(c.schema)
	if err != nil {
		return nil, err
	}
	_, plain := c.op.(*SQL)
	if plain {
		return out, nil
	}
	copied := len(Rebuilt(out)) > 0
	for i := range out {
		st := &out[i]
		k := plan.Brief(sqliteLock)
		switch {
		case copied && strings.HasPrefix(st.SQL, "INSERT INTO "):
			k.Rewrites, k.Blocks = true, plan.BlocksWriters
		case copied && strings.HasPrefix(st.SQL, "PRAGMA "):
			k = free
		case strings.HasPrefix(st.SQL, "CREATE ") && strings.Contains(st.SQL, "INDEX ") && !creates(c.op):
			k.Blocks = plan.BlocksWriters
		}
		if !st.Data {
			k.On(st)
		}
	}
	return out, nil
}

// creates reports whether an operation makes a table, which has no rows yet.
func creates(o Operation) bool {
	_, ok := o.(*CreateTable)
	return ok
}
