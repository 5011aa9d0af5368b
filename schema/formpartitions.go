package schema

import (
	"slices"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// This file renders for partitioned tables of PostgreSQL, which has no form
// that builds or validates across partitions while others write: CREATE INDEX
// CONCURRENTLY and, before PostgreSQL 18, a foreign key NOT VALID are refused
// for them. So the object is made of the partitions' own, one after the other
// (manual, "CREATE INDEX", "Building Indexes Concurrently"; "ALTER INDEX",
// ATTACH PARTITION):
//
//   - an index is made for the table alone (ON ONLY), which is not valid yet,
//     then built in each partition and attached; with the last one it is valid;
//   - a unique constraint likewise: an index that belongs to a constraint takes
//     only such in the partitions;
//   - a foreign key is added to each partition and validated there; adding it to
//     the table then finds it in all of them, and looks at no row.
//
// What is there of it, from an interrupted run or because a partition was added
// meanwhile, is gone on with: the statements are what is missing. They have one
// number, so that the journal's place holds whatever partitions come and go.

// attach makes an index of a partition a part of that of its table. Sent again,
// it does nothing.
func attach(child *Table, name, to string) plan.Statement {
	st := plan.Statement{SQL: "ALTER INDEX " + quoteIdent(to, flavor.Postgres) + " ATTACH PARTITION " + quoteIdent(name, flavor.Postgres),
		Effect: &plan.Effect{Kind: plan.KindAttached, Table: child.Name, Name: name, Present: true, Definition: to}}
	plan.Brief(accessExclusive).On(&st)
	return st
}

// staged is an index or a unique constraint of a partitioned table while it is
// put together.
type staged struct {
	*form
	index      *Index // as it is on the table
	constraint bool
	out        []plan.Statement
}

// add adds a statement.
func (g *staged) add(st plan.Statement) {
	st.Position.Part = partBuild
	g.out = append(g.out, st)
}

// shell makes the index, or the constraint, of a partitioned table alone.
func (g *staged) shell(t *Table, name string) error {
	x := g.index.clone()
	x.Name, x.Text = name, ""
	table := quoteIdent(t.Name, flavor.Postgres)
	st := plan.Statement{SQL: "ALTER TABLE ONLY " + table + " ADD CONSTRAINT " + quoteIdent(name, flavor.Postgres) +
		" UNIQUE (" + quoteIdents(x.columnNames(), flavor.Postgres) + ")"}
	if !g.constraint {
		out, err := renderAddIndex(g.schema, t, x)
		if err != nil {
			return err
		}
		st.SQL = strings.Replace(out[0].SQL, " ON "+table, " ON ONLY "+table, 1)
	}
	st.Effect = &plan.Effect{Kind: plan.KindShell, Table: t.Name, Name: name, Present: true}
	plan.Brief(shareLock).On(&st)
	if g.constraint {
		plan.Brief(accessExclusive).On(&st)
	}
	g.add(st)
	return nil
}

// below builds what is missing below a table whose index is called name.
func (g *staged) below(nodes []*node, name string) error {
	for _, n := range nodes {
		own, attached := n.part(name)
		if own == "" {
			own = g.schema.partName(n.Table, g.index.Name)
		}
		var err error
		switch {
		case n.Partitioned:
			if !n.hasShell(own) {
				err = g.shell(n.Table, own)
			}
			if err == nil {
				err = g.below(n.children, own)
			}
		case !attached:
			err = g.leaf(n.Table, own)
		}
		if err != nil {
			return err
		}
		if !attached {
			g.add(attach(n.Table, own, name))
		}
	}
	return nil
}

// leaf builds the index in one partition, and makes it a constraint.
func (g *staged) leaf(t *Table, name string) error {
	made := t.unique(name, flavor.Postgres) != nil
	x := t.index(name, flavor.Postgres)
	if x != nil && !x.Valid {
		for _, st := range g.dropping(x) {
			st.Effect = indexEffect(t.Name, x, false)
			g.add(st)
		}
		x = nil
	}
	if x == nil && !made {
		build := g.index.clone()
		build.Name, build.Text = name, ""
		out, err := renderAddIndex(g.schema, t, build)
		if err != nil {
			return err
		}
		g.build(&out[0])
		g.add(out[0])
	}
	if g.constraint && !made {
		st := plan.Statement{SQL: "ALTER TABLE " + quoteIdent(t.Name, flavor.Postgres) + " ADD CONSTRAINT " + quoteIdent(name, flavor.Postgres) +
			" UNIQUE USING INDEX " + quoteIdent(name, flavor.Postgres),
			Effect: &plan.Effect{Kind: plan.KindUnique, Table: t.Name, Name: name, Present: true}}
		plan.Brief(accessExclusive).On(&st)
		g.add(st)
	}
	return nil
}

// part is the index or constraint of a partition that is a part of one of its
// table; "" if there is none.
func (t *Table) part(of string) (name string, attached bool) {
	for _, x := range t.Indexes {
		if x.Parent == of {
			return x.Name, true
		}
	}
	for _, k := range t.Uniques {
		if k.Parent == of {
			return k.Name, true
		}
	}
	return "", false
}

// hasShell reports whether a partitioned table has an index or a constraint of a
// name, valid or not.
func (t *Table) hasShell(name string) bool {
	return t.index(name, flavor.Postgres) != nil || t.unique(name, flavor.Postgres) != nil
}

// partName is the name of the index of a partition. The names of indexes belong
// to the schema.
func (s *Schema) partName(t *Table, index string) string {
	whole := t.Name + "_" + index
	name := flavor.Fit(whole)
	if owner := s.indexOwner(name, t); owner != nil && owner != t && owner.Name != t.Name {
		name = flavor.Signed(whole, t.Name+"\x00"+index, "")
	}
	return name
}

// partitioned puts an index or unique constraint of a partitioned table together.
// there is true if the table has it already, and not yet all of its partitions.
func (c *form) partitioned(x *Index, constraint, there bool) ([]plan.Statement, error) {
	t := c.schema.Table(c.table)
	nodes, why := c.schema.tree(t)
	if why != "" {
		return nil, &ImpossibleError{Reason: "what is begun on the partitions of table " + t.Name + " cannot be completed: " + why}
	}
	g := &staged{form: c, index: x, constraint: constraint}
	if !there {
		if err := g.shell(t, x.Name); err != nil {
			return nil, err
		}
	}
	err := g.below(nodes, x.Name)
	return g.out, err
}

// atOnce says that a form for partitioned tables blocks, where they cannot be
// changed one by one.
func (c *form) atOnce(out []plan.Statement, why string) {
	for i := range out {
		if out[i].Blocks == plan.BlocksWriters || out[i].Blocks == plan.BlocksAll {
			out[i].Instead = "do it with the service stopped: the table is partitioned, and " + why
		}
	}
}

// ofPartitions reports whether the operation is to be done partition by
// partition: the service runs, or a run beside it began so. why says what keeps
// it from that.
func (c *form) ofPartitions(begun bool) (one bool, why string) {
	t := c.schema.Table(c.table)
	if t == nil || !t.Partitioned || !c.online && !begun {
		return false, ""
	}
	if _, why = c.schema.tree(t); why != "" {
		return false, why
	}
	return true, ""
}

// partitionedForeignKey adds a foreign key to each partition before the table.
func (c *form) partitionedForeignKey(o *AddForeignKey, out []plan.Statement) ([]plan.Statement, error) {
	nodes, _ := c.schema.tree(c.schema.Table(c.table))
	var all []plan.Statement
	for _, leaf := range leaves(nodes) {
		named := *o
		named.Table, named.Name = leaf.Name, out[0].Effect.Name
		part := &form{op: &named, table: leaf.Name, schema: c.schema, online: c.online, allowed: c.allowed}
		there := slices.IndexFunc(leaf.ForeignKeys, func(f *ForeignKey) bool { return f.Name == named.Name })
		if there >= 0 && !leaf.ForeignKeys[there].NotValid {
			continue
		}
		if there >= 0 {
			e := &plan.Effect{Kind: plan.KindForeignKey, Table: leaf.Name, Name: named.Name, Present: true}
			all = append(all, part.validate(e))
			continue
		}
		one, err := named.Render(c.schema)
		if err != nil {
			return nil, err
		}
		all = append(all, part.proved(one, plan.Cost{Lock: shareRowExclusive, Blocks: plan.BlocksWriters})...)
	}
	main := out[0]
	plan.Brief(shareRowExclusive).On(&main)
	all = append(all, main)
	for i := range all {
		all[i].Position.Part = partAdd
		all[i].NoTransaction = true // each gives its locks back before the next
	}
	return all, nil
}
