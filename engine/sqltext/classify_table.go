package sqltext

import "manage/engine/flavor"

// alterTable reads what stands behind ALTER TABLE: clauses with commas between
// them.
func (c *classifier) alterTable() {
	table, guarded := c.alteredTable()
	for !c.atEnd() && !c.isMark(';') {
		c.clause(Effect{Verb: Alter, Table: table, Guarded: guarded})
		if !c.skipTo(true) {
			break
		}
		c.acceptMark(',')
	}
	if len(c.m.Effects) == 1 {
		c.m.Verb = c.m.Effects[0].verbOfStatement()
	}
}

// verbOfStatement is Alter, but for a table that gets another name.
func (e Effect) verbOfStatement() Verb {
	if e.Kind == KindTable && e.Verb == Rename {
		return Rename
	}
	return Alter
}

// clause reads one clause up to where its effect is known.
func (c *classifier) clause(e Effect) {
	switch {
	case c.accept("ADD"):
		e.Verb = Create
		c.addClause(e)
	case c.accept("DROP"):
		e.Verb = Drop
		c.dropClause(e)
	case c.accept("MODIFY"):
		c.column(e)
		c.again()
	case c.accept("CHANGE"):
		c.changeClause(e)
		c.again()
	case c.accept("ALTER"):
		c.alterClause(e)
		c.again()
	case c.accept("RENAME"):
		c.renameClause(e)
	case c.accept("VALIDATE"):
		c.accept("CONSTRAINT")
		e.Kind, e.Name, e.Again = KindConstraint, c.name(), true
		c.add(e)
	case c.is("ALGORITHM", "LOCK", "FORCE"):
		// How, not what.
	default:
		c.m.NoTransaction = c.m.NoTransaction || c.is("DETACH") && c.skipTo(true, "CONCURRENTLY")
		c.wholeTable(e)
	}
}

// again notes whether the change of a column that was read last can be made
// again: not if it adds a constraint, or makes the new values of the old ones.
func (c *classifier) again() {
	last := &c.m.Effects[len(c.m.Effects)-1]
	if last.Verb != Alter || last.Kind != KindColumn {
		return
	}
	c.skipTo(true, "USING", "PRIMARY", "UNIQUE", "KEY", "CHECK", "REFERENCES", "GENERATED", "IDENTITY", "EXPRESSION")
	last.Again = c.atEnd() || c.isMark(',') || c.isMark(';')
}

// wholeTable records a clause that is about the table, in a way that is not
// looked at.
func (c *classifier) wholeTable(e Effect) {
	e.Verb, e.Kind, e.Name, e.Table = Alter, KindTable, e.Table, ""
	c.m.Known = false
	c.add(e)
}

// column reads [COLUMN] [IF [NOT] EXISTS] name.
func (c *classifier) column(e Effect) {
	c.accept("COLUMN")
	e.Guarded = c.guard() || e.Guarded
	e.Kind, e.Name = KindColumn, c.name()
	c.add(e)
}

func (c *classifier) addClause(e Effect) {
	if c.is("COLUMN") {
		c.advance()
		if !c.isMark('(') {
			c.column(e)
			return
		}
	}
	if c.isMark('(') && c.dialect.MySQLFamily() {
		c.addList(e)
		return
	}
	c.addOne(e)
}

// addList reads (a INT, b INT) of MySQL and MariaDB.
func (c *classifier) addList(e Effect) {
	c.advance()
	for !c.atEnd() && !c.isMark(')') {
		c.addOne(e)
		for !c.atEnd() && !c.isMark(',') && !c.isMark(')') {
			if c.isMark('(') {
				c.skipParens()
			} else {
				c.advance()
			}
		}
		c.acceptMark(',')
	}
	c.acceptMark(')')
}

// addOne reads a column, constraint or index that is added.
func (c *classifier) addOne(e Effect) {
	if c.accept("CONSTRAINT") {
		e.Guarded = c.guard() || e.Guarded
		if !c.is("PRIMARY", "UNIQUE", "FOREIGN", "CHECK") {
			e.Name = c.name()
		}
	}
	mysql := c.dialect.MySQLFamily()
	switch {
	case c.accept("PRIMARY"):
		e.Kind = KindPrimaryKey
	case c.accept("UNIQUE"):
		e.Kind = KindUnique
		c.accept("INDEX", "KEY")
		c.indexName(&e, mysql)
	case c.accept("FOREIGN"):
		e.Kind = KindForeignKey
		c.accept("KEY")
		c.indexName(&e, mysql)
	case c.accept("CHECK"):
		e.Kind = KindCheck
	case c.accept("EXCLUDE"):
		e.Kind = KindConstraint
	case mysql && c.is("INDEX", "KEY", "FULLTEXT", "SPATIAL"):
		for c.accept("INDEX", "KEY", "FULLTEXT", "SPATIAL") {
		}
		e.Kind = KindIndex
		c.indexName(&e, mysql)
	case mysql && c.is("PARTITION", "PERIOD", "SYSTEM"):
		c.wholeTable(e)
		return
	default:
		c.column(e)
		return
	}
	c.add(e)
}

// indexName reads the name that MySQL and MariaDB let stand between the kind
// and the columns. A name behind CONSTRAINT goes before it, except that the
// server gives both to nothing but an index.
func (c *classifier) indexName(e *Effect, mysql bool) {
	if !mysql {
		return
	}
	e.Guarded = c.guard() || e.Guarded
	if c.isMark('(') || c.is("USING") {
		return
	}
	if name := c.name(); e.Name == "" {
		e.Name = name
	}
}

func (c *classifier) dropClause(e Effect) {
	mysql := c.dialect.MySQLFamily()
	switch {
	case c.accept("CONSTRAINT"):
		e.Kind = KindConstraint
	case mysql && c.accept("INDEX", "KEY"):
		e.Kind = KindIndex
	case mysql && c.accept("FOREIGN"):
		c.accept("KEY")
		e.Kind = KindForeignKey
	case mysql && c.accept("PRIMARY"):
		c.accept("KEY")
		e.Kind = KindPrimaryKey
		c.add(e)
		return
	case c.dialect == flavor.MySQL && c.accept("CHECK"):
		e.Kind = KindCheck
	case mysql && c.is("PARTITION", "PERIOD", "SYSTEM"):
		c.wholeTable(e)
		return
	default:
		c.column(e)
		c.cascade()
		return
	}
	e.Guarded = c.guard() || e.Guarded
	e.Name = c.name()
	c.add(e)
	c.cascade()
}

// cascade notes that PostgreSQL's CASCADE removes more than is named.
func (c *classifier) cascade() {
	if c.dialect == flavor.Postgres && c.is("CASCADE") {
		c.m.Known = false
	}
}

func (c *classifier) changeClause(e Effect) {
	c.accept("COLUMN")
	e.Guarded = c.guard() || e.Guarded
	e.Kind, e.Name = KindColumn, c.name()
	if name := c.name(); name != e.Name {
		e.Verb, e.NewName = Rename, name
	}
	c.add(e)
}

func (c *classifier) alterClause(e Effect) {
	switch {
	case c.accept("CONSTRAINT"):
		e.Kind = KindConstraint
	case c.dialect.MySQLFamily() && c.accept("INDEX"):
		e.Kind = KindIndex
	case c.dialect == flavor.MySQL && c.accept("CHECK"):
		e.Kind = KindCheck
	default:
		c.column(e)
		return
	}
	e.Guarded = c.guard() || e.Guarded
	e.Name = c.name()
	c.add(e)
}

// renameClause reads RENAME [TO] table, and RENAME COLUMN, INDEX, CONSTRAINT a
// TO b. Without a word for the kind two names are columns, and one a table.
func (c *classifier) renameClause(e Effect) {
	e.Verb = Rename
	switch {
	case c.accept("TO", "AS"):
		c.newTable(e, c.name())
		return
	case c.accept("COLUMN"):
		e.Kind = KindColumn
		e.Guarded = c.guard() || e.Guarded
	case c.dialect.MySQLFamily() && c.accept("INDEX", "KEY"):
		e.Kind = KindIndex
		e.Guarded = c.guard() || e.Guarded
	case c.dialect == flavor.Postgres && c.accept("CONSTRAINT"):
		e.Kind = KindConstraint
	default:
		e.Kind = KindColumn
	}
	e.Name = c.name()
	if !c.accept("TO") {
		c.newTable(e, e.Name)
		return
	}
	e.NewName = c.name()
	c.add(e)
}

func (c *classifier) newTable(e Effect, name string) {
	e.Kind, e.Name, e.NewName, e.Table = KindTable, e.Table, name, ""
	c.add(e)
}
