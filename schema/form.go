package schema

import (
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// Form says for what database a change is rendered.
type Form struct {
	// Online is true while a service uses the database.
	Online bool
	// Blocking allows statements that keep writers waiting, online.
	Blocking bool
	// Unused reports whether nobody uses a table yet; nil if all are used.
	Unused func(table string) bool
	// Begun is true if an earlier, interrupted run may have done the operation,
	// or a part of it: what there is of it is gone on with.
	Begun bool
	// Before computes the schema before such an operation as the catalog knows
	// it, for where the live one shows its effect already; nil if it does not.
	Before func() *Schema
}

// Statements renders an operation on s, the schema before it, in the form that
// suits the database, and says what each statement costs. It does not change s.
func Statements(o Operation, s *Schema, f Form) ([]plan.Statement, error) {
	out, left, err := statements(o, s, f)
	if !f.Begun || err == nil && (left != leftovers{} || !unnamed(o)) {
		return out, err
	}
	for _, before := range f.starts(o, s) {
		if from, _, fails := statements(o, before, f); fails == nil {
			return from, nil
		}
	}
	return out, err
}

// starts are the schemas that an operation may have started from, the one that
// tells more first: what the catalog knows, where it knows all of the schema,
// and what the live one tells. What has no name is named by the server after
// what is there, so there the live one comes first.
func (f Form) starts(o Operation, s *Schema) []*Schema {
	all := []*Schema{undone(o, s)}
	if f.Before == nil {
		return all
	}
	before := f.Before()
	switch {
	case before == nil:
	case before.Opaque || unnamed(o):
		all = append(all, before)
	default:
		all = append([]*Schema{before}, all...)
	}
	return all
}

// unnamed reports whether an operation adds something without a name, and so
// fits a schema that has it already.
func unnamed(o Operation) bool {
	switch o := o.(type) {
	case *AddUnique:
		return o.Name == ""
	case *AddForeignKey:
		return o.Name == ""
	case *AddCheck:
		return o.Name == ""
	}
	return false
}

// statements renders an operation on one schema, and says what it found half
// done there.
func statements(o Operation, s *Schema, f Form) ([]plan.Statement, leftovers, error) {
	c := form{op: o, table: tableOf(o), allowed: f.Blocking}
	c.unused = f.Unused != nil && f.Unused(c.table)
	c.online = f.Online && !c.unused
	c.schema = s.scratch(c.table)
	c.left = clearLeftovers(o, c.schema, f.Begun)
	var out []plan.Statement
	var err error
	switch d := s.Flavor.Dialect; {
	case d == flavor.Postgres:
		out, err = c.postgres()
	case d.MySQLFamily():
		out, err = c.mysql()
	default:
		out, err = c.sqlite()
	}
	for i := range out {
		c.settle(&out[i])
	}
	return out, c.left, err
}

// form is one operation while it is rendered.
type form struct {
	op     Operation
	table  string  // that the operation changes
	schema *Schema // before the operation, without what is left
	left   leftovers
	online bool
	unused bool
	// allowed is Form.Blocking.
	allowed bool
}

// settle completes what is said of a statement: what changes rows has a cost of
// its own, where nobody uses the table nobody waits, and what may block needs no
// advice.
func (c *form) settle(st *plan.Statement) {
	if st.Data && st.Lock == "" {
		rowsCost(c.schema.Flavor.Dialect, st.SQL).On(st)
	}
	if c.unused && st.Blocks != "" {
		st.Blocks = plan.BlocksNone
	}
	if !c.online || c.allowed {
		st.Instead = ""
	}
}

// free is the cost of what locks no table.
var free = plan.Brief("none")

// rowsCost is the cost of a statement that changes rows: the rows that it has
// changed, or deleted, are locked to the end of its transaction. On SQLite it
// is the whole database.
func rowsCost(d flavor.Dialect, sql string) plan.Cost {
	c := plan.Cost{Lock: "rows", Blocks: plan.BlocksWriters}
	switch verb, _, _ := strings.Cut(strings.TrimSpace(sql), " "); {
	case d == flavor.SQLite:
		c.Lock = sqliteLock
	case strings.EqualFold(verb, "INSERT") || strings.EqualFold(verb, "SELECT"):
		c.Blocks = plan.BlocksNone
	}
	return c
}

// tableOf is the table that an operation changes; "" if it changes none that
// was there before.
func tableOf(o Operation) string {
	switch o := o.(type) {
	case *DropTable:
		return o.Name
	case *RenameTable:
		return o.From
	case *AddColumn:
		return o.Table
	case *DropColumn:
		return o.Table
	case *RenameColumn:
		return o.Table
	case *AlterColumn:
		return o.Table
	case *AddIndex:
		return o.Table
	case *DropIndex:
		return o.Table
	case *AddUnique:
		return o.Table
	case *DropUnique:
		return o.Table
	case *AddForeignKey:
		return o.Table
	case *DropForeignKey:
		return o.Table
	case *AddCheck:
		return o.Table
	case *DropCheck:
		return o.Table
	case *CreateTrigger:
		return o.Table
	case *DropTrigger:
		return o.Table
	case *SyncColumns:
		return o.Table
	case *UnsyncColumns:
		return o.Table
	case *InsertRows:
		return o.Table
	case *UpdateRows:
		return o.Table
	case *DeleteRows:
		return o.Table
	}
	return ""
}
