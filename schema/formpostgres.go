package schema

import (
	"cmp"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// This file renders for PostgreSQL. While a service uses the database, what
// reads a whole table is done under a lock that lets others write (PostgreSQL
// manual, "Explicit Locking"):
//
//   - an index is built, and dropped, CONCURRENTLY ("CREATE INDEX", "Building
//     Indexes Concurrently");
//   - a unique constraint is made of an index that was built so ("ALTER
//     TABLE", "ADD table_constraint_using_index");
//   - a foreign key or check comes NOT VALID, which looks at no row, and is
//     validated in a statement of its own ("ALTER TABLE", Notes);
//   - a column is set NOT NULL once a valid check proves that it has no nulls,
//     which spares the look at the rows (the same, "SET NOT NULL", from
//     PostgreSQL 12 on).
//
// The parts of such an operation have fixed numbers, which the short form
// shares: a run that one form began can be gone on with in the other.
const (
	partLeftover = 0 // drop an index that is not valid
	partBuild    = 1 // build the index
	partAttach   = 2 // make it a constraint

	partAdd      = 0 // add a constraint, NOT VALID online
	partValidate = 1
	partMain     = 2 // what the operation does at last
)

// The table locks of PostgreSQL that are named here.
const (
	accessExclusive      = "ACCESS EXCLUSIVE"
	shareRowExclusive    = "SHARE ROW EXCLUSIVE"
	shareLock            = "SHARE"
	shareUpdateExclusive = "SHARE UPDATE EXCLUSIVE"
)

// postgres renders for PostgreSQL.
func (c *form) postgres() ([]plan.Statement, error) {
	switch o := c.op.(type) {
	case *AddIndex:
		return c.addIndex(o)
	case *DropIndex:
		return c.dropIndex()
	case *AddUnique:
		return c.addUnique(o)
	case *AddForeignKey:
		return c.addForeignKey(o)
	case *AddCheck:
		return c.addCheck(o)
	case *AlterColumn:
		return c.alterColumn(o)
	case *SQL:
		return o.Render(c.schema)
	}
	out, err := c.op.Render(c.schema)
	for i := range out {
		if !out[i].Data {
			c.postgresCost(out[i].SQL).On(&out[i])
		}
	}
	return out, err
}

// addIndex builds an index, and drops one before that an interrupted run left.
func (c *form) addIndex(o *AddIndex) ([]plan.Statement, error) {
	out, err := o.Render(c.schema)
	if err != nil || len(out) == 0 {
		return out, err
	}
	x, _ := o.IndexDef.index(flavor.Postgres)
	if o.live != nil {
		x = o.live.clone()
	}
	out[0].Position.Part = partBuild
	switch one, why := c.ofPartitions(c.left.shell); {
	case one:
		out, err = c.partitioned(x, false, c.left.shell)
		return append(c.dropLeftover(), out...), err
	case why != "":
		plan.Cost{Lock: shareLock, Blocks: plan.BlocksWriters}.On(&out[0])
		c.atOnce(out, why)
		return append(c.dropLeftover(), out...), nil
	}
	c.build(&out[0])
	return append(c.dropLeftover(), out...), nil
}

// build says what building an index costs, and builds it so that others can
// write meanwhile if anybody uses the table.
func (c *form) build(st *plan.Statement) {
	plan.Cost{Lock: shareLock, Blocks: plan.BlocksWriters}.On(st)
	if c.online {
		concurrently(st)
	}
}

// concurrently makes CREATE INDEX and DROP INDEX let others write meanwhile.
func concurrently(st *plan.Statement) {
	st.SQL = strings.Replace(st.SQL, "INDEX ", "INDEX CONCURRENTLY ", 1)
	st.NoTransaction, st.Patient = true, true
	plan.Brief(shareUpdateExclusive).On(st)
}

// dropLeftover drops the index that is not valid, if there is one.
func (c *form) dropLeftover() []plan.Statement {
	x := c.left.invalid
	if x == nil {
		return nil
	}
	return c.dropping(x)
}

// dropping drops an index that is in the way.
func (c *form) dropping(x *Index) []plan.Statement {
	st := plan.Statement{SQL: "DROP INDEX " + quoteIdent(x.Name, flavor.Postgres), Effect: indexEffect(c.table, x, false)}
	st.Position.Part = partLeftover
	plan.Brief(accessExclusive).On(&st)
	if c.online && !x.Partitioned() {
		concurrently(&st)
	}
	return []plan.Statement{st}
}

// dropIndex drops an index.
func (c *form) dropIndex() ([]plan.Statement, error) {
	out, err := c.op.Render(c.schema)
	t := c.schema.Table(c.table)
	for i := range out {
		plan.Brief(accessExclusive).On(&out[i])
		if c.online && !(t != nil && t.Partitioned) { // "cannot drop partitioned index concurrently"
			concurrently(&out[i])
		}
	}
	return out, err
}

// addUnique adds a unique constraint.
func (c *form) addUnique(o *AddUnique) ([]plan.Statement, error) {
	out, err := o.Render(c.schema)
	if err != nil || len(out) == 0 {
		return nil, err
	}
	main := &out[0]
	main.Position.Part = partAttach
	switch one, why := c.ofPartitions(c.left.shell); {
	case one:
		k := &Key{Name: main.Effect.Name, Columns: o.Columns}
		return c.partitioned(k.index(), true, c.left.shell)
	case why != "":
		plan.Cost{Lock: accessExclusive, Blocks: plan.BlocksAll}.On(main)
		c.atOnce(out, why)
		return out, nil
	}
	if !c.online && c.left.index == nil {
		plan.Cost{Lock: accessExclusive, Blocks: plan.BlocksAll}.On(main)
		return append(c.dropLeftover(), out...), nil
	}
	name := main.Effect.Name
	x := (&Key{Name: name, Columns: o.Columns}).index()
	main.SQL = "ALTER TABLE " + quoteIdent(c.table, flavor.Postgres) + " ADD CONSTRAINT " + quoteIdent(name, flavor.Postgres) +
		" UNIQUE USING INDEX " + quoteIdent(name, flavor.Postgres)
	plan.Brief(accessExclusive).On(main)
	if c.left.index != nil {
		return out, nil
	}
	built := plan.Statement{
		SQL: "CREATE UNIQUE INDEX " + quoteIdent(name, flavor.Postgres) + " ON " + quoteIdent(c.table, flavor.Postgres) +
			" (" + quoteIdents(o.Columns, flavor.Postgres) + ")",
		Effect: indexEffect(c.table, x, true),
	}
	built.Position.Part = partBuild
	c.build(&built)
	return append(c.dropLeftover(), built, *main), nil
}

// addForeignKey adds a foreign key. The lock is taken on both tables.
func (c *form) addForeignKey(o *AddForeignKey) ([]plan.Statement, error) {
	out, err := o.Render(c.schema)
	if err != nil || len(out) == 0 {
		return nil, err
	}
	if c.online || c.left.parts {
		named := *o
		named.Name = out[0].Effect.Name
		if out, err = named.Render(c.schema); err != nil {
			return nil, err
		}
	}
	cost := plan.Cost{Lock: shareRowExclusive, Blocks: plan.BlocksWriters}
	t := c.schema.Table(c.table)
	if !t.Partitioned || c.schema.Flavor.AtLeast(18, 0, 0) {
		return c.proved(out, cost), nil
	}
	one, why := c.ofPartitions(c.left.parts)
	if one && c.schema.Flavor.AtLeast(12, 0, 0) {
		return c.partitionedForeignKey(o, out)
	}
	cost.On(&out[0])
	out[0].Position.Part = partAdd
	if c.online {
		c.atOnce(out, cmp.Or(why, "PostgreSQL 11 cannot add the foreign key to its partitions before"))
	}
	return out, nil
}

// addCheck adds a check.
func (c *form) addCheck(o *AddCheck) ([]plan.Statement, error) {
	out, err := o.Render(c.schema)
	if err != nil || len(out) == 0 {
		return nil, err
	}
	if c.online && o.Name == "" {
		named := *o
		named.Name = out[0].Effect.Name
		if out, err = named.Render(c.schema); err != nil {
			return nil, err
		}
	}
	return c.proved(out, plan.Cost{Lock: accessExclusive, Blocks: plan.BlocksAll}), nil
}

// proved adds a constraint at once, which looks at all rows under the lock, or
// without a look and with one after.
func (c *form) proved(out []plan.Statement, atOnce plan.Cost) []plan.Statement {
	add := &out[0]
	add.Position.Part = partAdd
	atOnce.On(add)
	validate := c.validate(add.Effect)
	switch {
	case c.left.unproved:
		return []plan.Statement{validate}
	case c.online:
		add.SQL += " NOT VALID"
		plan.Brief(atOnce.Lock).On(add)
		return []plan.Statement{*add, validate}
	}
	return out
}

// validate looks whether the rows that were there before agree with a
// constraint. It is on its own, as the lock under which the constraint was
// added must be given back before.
func (c *form) validate(e *plan.Effect) plan.Statement {
	proven := *e
	proven.Definition = ValidDefinition
	st := plan.Statement{
		SQL:           "ALTER TABLE " + quoteIdent(c.table, flavor.Postgres) + " VALIDATE CONSTRAINT " + quoteIdent(e.Name, flavor.Postgres),
		Effect:        &proven,
		NoTransaction: true,
		Patient:       true,
	}
	st.Position.Part = partValidate
	plan.Brief(shareUpdateExclusive).On(&st)
	return st
}

// ValidDefinition is the definition, in an effect, of a constraint that all rows agree with.
const ValidDefinition = "validated"

// alterColumn changes a column.
func (c *form) alterColumn(o *AlterColumn) ([]plan.Statement, error) {
	out, err := o.Render(c.schema)
	if err != nil {
		return nil, err
	}
	_, from, err := c.schema.needColumn(o.Kind(), o.Table, o.Name)
	if err != nil {
		return nil, err
	}
	after := c.schema.scratch(o.Table)
	if err := o.Apply(after); err != nil {
		return nil, err
	}
	to := after.Table(o.Table).column(o.Name, flavor.Postgres)
	k := columnCost(from, to)
	for i := range out {
		out[i].Position.Part = partMain + i
		k.On(&out[i])
	}
	scans := from.Nullable && !to.Nullable && !k.Rewrites
	inTheWay := c.left.set == nil && c.schema.Table(c.table).hasConstraint(setCheckName(c.table, to.Name), flavor.Postgres)
	staged := c.online && scans && c.schema.Flavor.AtLeast(12, 0, 0) && !inTheWay
	if !staged && c.left.set == nil {
		return out, nil
	}
	return c.setNotNull(out, to.Name), nil
}

// setNotNull puts around the statements that set a column NOT NULL those that
// prove it to have no nulls, as far as they are not done yet.
func (c *form) setNotNull(main []plan.Statement, column string) []plan.Statement {
	table := quoteIdent(c.table, flavor.Postgres)
	name := setCheckName(c.table, column)
	if c.left.set != nil {
		name = c.left.set.Name
	}
	there := &plan.Effect{Kind: plan.KindCheck, Table: c.table, Name: name, Present: true}
	add := plan.Statement{SQL: "ALTER TABLE " + table + " ADD CONSTRAINT " + quoteIdent(name, flavor.Postgres) +
		" CHECK (" + quoteIdent(column, flavor.Postgres) + " IS NOT NULL) NOT VALID", Effect: there}
	gone := plan.Statement{SQL: "ALTER TABLE " + table + " DROP CONSTRAINT " + quoteIdent(name, flavor.Postgres),
		Effect: &plan.Effect{Kind: plan.KindCheck, Table: c.table, Name: name}}
	gone.Position.Part = partMain + len(main)
	plan.Brief(accessExclusive).On(&add)
	plan.Brief(accessExclusive).On(&gone)
	var out []plan.Statement
	if c.left.set == nil {
		out = append(out, add)
	}
	if c.left.set == nil || c.left.set.NotValid {
		out = append(out, c.validate(there))
	}
	for _, st := range main {
		plan.Brief(accessExclusive).On(&st)
		out = append(out, st)
	}
	return append(out, gone)
}
