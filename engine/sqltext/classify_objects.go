package sqltext

import (
	"strings"

	"manage/engine/flavor"
)

// create reads what stands behind CREATE.
func (c *classifier) create() {
	c.m = Meaning{Verb: Create, Known: true}
	e := Effect{Verb: Create}
	temporary := false
	for {
		switch {
		case c.accept("OR"):
			e.Guarded = c.accept("REPLACE")
			continue
		case c.accept("TEMP", "TEMPORARY"):
			temporary = true
			continue
		case c.accept("UNIQUE", "FULLTEXT", "SPATIAL", "UNLOGGED", "GLOBAL", "LOCAL", "CONSTRAINT", "RECURSIVE",
			"MATERIALIZED", "VIRTUAL", "AGGREGATE", "FOREIGN", "TRUSTED", "PROCEDURAL", "HASH"):
			continue
		case c.accept("ALGORITHM"):
			c.acceptMark('=')
			c.advance()
			continue
		case c.accept("SQL"): // SQL SECURITY DEFINER
			c.advance()
			c.advance()
			continue
		case c.accept("DEFINER"):
			c.definer()
			continue
		}
		break
	}
	e.Kind = c.kind()
	c.created(e, temporary)
}

// definer moves over = user@host.
func (c *classifier) definer() {
	c.acceptMark('=')
	c.advance()
	c.skipParens()
	if c.acceptMark('@') {
		c.name()
	}
}

// kind reads the word for the kind of object; "" if there is none.
func (c *classifier) kind() Kind {
	k := Kind(strings.ToLower(c.upper))
	if k == "database" || k == "schema" && c.dialect.MySQLFamily() {
		k = "database"
	}
	if c.upper != "" {
		c.advance()
	}
	return k
}

// created reads the rest of CREATE.
func (c *classifier) created(e Effect, temporary bool) {
	if e.Kind == KindIndex && c.accept("CONCURRENTLY") {
		c.m.NoTransaction = true
	}
	e.Guarded = c.guard() || e.Guarded
	if e.Kind != KindIndex || !c.is("ON") {
		e.Name = c.name()
	}
	switch e.Kind {
	case KindIndex, KindTrigger:
		if c.skipTo(false, "ON") {
			c.advance()
			c.accept("ONLY")
			e.Table = c.name()
		}
	case KindType:
		if c.accept("AS") && c.is("ENUM") {
			e.Kind = KindEnum
		}
	case "database", "tablespace", "subscription":
		c.m.NoTransaction = c.dialect == flavor.Postgres
	case "":
		c.m.Known = false
		return
	}
	if temporary && e.Kind != KindTrigger {
		c.m.Session = true
		return
	}
	c.add(e)
}

// drop reads what stands behind DROP: one kind, one or more names.
func (c *classifier) drop() {
	c.m = Meaning{Verb: Drop, Known: true}
	for c.accept("TEMPORARY", "TEMP", "MATERIALIZED", "FOREIGN", "TRUSTED", "PROCEDURAL") {
	}
	e := Effect{Verb: Drop, Kind: c.kind()}
	if e.Kind == "" || e.Kind == "owned" {
		c.m.Known = false
		return
	}
	c.m.NoTransaction = e.Kind == KindIndex && c.accept("CONCURRENTLY")
	switch e.Kind {
	case "database", "tablespace", "subscription":
		c.m.NoTransaction = c.dialect == flavor.Postgres
	}
	e.Guarded = c.guard()
	first := len(c.m.Effects)
	for {
		e.Name = c.name()
		c.skipParens()
		c.add(e)
		if !c.acceptMark(',') {
			break
		}
	}
	if c.accept("ON") {
		table := c.name()
		for i := first; i < len(c.m.Effects); i++ {
			c.m.Effects[i].Table = table
		}
	}
	// What else CASCADE takes along is not in the words.
	c.m.Known = !c.is("CASCADE") || c.dialect != flavor.Postgres
}

// alter reads what stands behind ALTER.
func (c *classifier) alter() {
	c.m = Meaning{Verb: Alter, Known: true}
	for c.accept("ONLINE", "IGNORE", "FOREIGN", "MATERIALIZED") {
	}
	if c.accept("DEFINER") {
		c.definer()
	}
	if c.accept("TABLE") {
		c.alterTable()
		return
	}
	e := Effect{Verb: Alter, Kind: c.kind(), Guarded: c.guard()}
	if e.Kind == "" || e.Kind == "system" {
		c.m = Meaning{Verb: Alter, NoTransaction: e.Kind == "system"}
		return
	}
	e.Name = c.name()
	c.skipParens()
	switch {
	case e.Kind == KindType && c.accept("ADD"):
		c.addValue(e)
		return
	case c.accept("RENAME"):
		c.renamed(e)
		return
	case e.Kind == "database":
		c.m.NoTransaction = c.dialect == flavor.Postgres && c.skipTo(false, "TABLESPACE")
	}
	c.m.Known = false
	c.add(e)
}

// addValue reads ALTER TYPE … ADD VALUE: before PostgreSQL 12 it refuses a
// transaction, since then the value cannot be used in the same one.
func (c *classifier) addValue(e Effect) {
	if !c.accept("VALUE") {
		c.m.Known = false
		c.add(e)
		return
	}
	c.m.NoTransaction = true
	guarded := c.guard()
	c.add(Effect{Verb: Create, Kind: KindEnumValue, Table: e.Name, Name: c.name(), Guarded: guarded})
}

// renamed reads what stands behind ALTER … RENAME of anything but a table.
func (c *classifier) renamed(e Effect) {
	e.Verb = Rename
	switch {
	case e.Kind == KindType && c.accept("VALUE"):
		e.Kind, e.Table, e.Name = KindEnumValue, e.Name, c.name()
	case c.accept("COLUMN", "ATTRIBUTE"):
		e.Kind, e.Table, e.Name = KindColumn, e.Name, c.name()
	}
	c.accept("TO")
	e.NewName = c.name()
	c.m.Verb = Rename
	c.add(e)
}

// renameTables reads RENAME TABLE a TO b, c TO d of MySQL and MariaDB.
func (c *classifier) renameTables() {
	c.m = Meaning{Verb: Rename, Known: c.accept("TABLE", "TABLES")}
	guarded := c.guard()
	for c.m.Known {
		e := Effect{Verb: Rename, Kind: KindTable, Name: c.name(), Guarded: guarded}
		c.accept("TO")
		e.NewName = c.name()
		c.add(e)
		if !c.acceptMark(',') {
			return
		}
	}
}
