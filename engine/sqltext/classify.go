package sqltext

import (
	"strings"

	"manage/engine/flavor"
)

// Classify says what a single statement does, as far as its words tell; of
// text with more than one statement only the first is looked at. It does not
// check the statement: what a server would refuse may be given any meaning.
func Classify(sql string, d flavor.Dialect) Meaning {
	r := rulesOf(d)
	if r == nil {
		return Meaning{Verb: Other}
	}
	p := newReader(sql, d, r)
	c := classifier{reader: p}
	c.statement()
	c.m.Schemas = p.schemas
	return c.m
}

type classifier struct {
	*reader
	m Meaning
}

func (c *classifier) statement() {
	switch {
	case c.accept("CREATE"):
		c.create()
	case c.accept("DROP"):
		c.drop()
	case c.accept("ALTER"):
		c.alter()
	case c.is("RENAME") && c.dialect.MySQLFamily():
		c.advance()
		c.renameTables()
	case c.rows(), c.session(), c.maintenance():
	case c.accept("GRANT", "REVOKE"):
		c.m = Meaning{Verb: Grant, Known: true}
	case c.accept("COMMENT", "SECURITY"):
		c.m = Meaning{Verb: Comment, Known: true}
	default:
		c.m = Meaning{Verb: Other}
	}
}

func (c *classifier) add(e Effect) { c.m.Effects = append(c.m.Effects, e) }

// rows reads statements about rows.
func (c *classifier) rows() bool {
	switch {
	case c.is("WITH"):
		c.with()
	case c.accept("INSERT", "REPLACE"):
		c.modifiers()
		c.accept("INTO")
		c.m = Meaning{Verb: Insert, Table: c.name(), Data: true, Known: true}
	case c.accept("UPDATE"):
		c.update()
	case c.accept("DELETE"):
		c.delete()
	case c.accept("TRUNCATE"):
		// On MySQL and MariaDB it commits, like DDL.
		c.accept("TABLE")
		c.accept("ONLY")
		c.m = Meaning{Verb: Truncate, Table: c.name(), Data: !c.dialect.MySQLFamily(), Known: true}
	case c.is("SELECT") || c.isMark('('):
		c.query()
	case c.is("VALUES", "TABLE", "SHOW", "EXPLAIN", "DESCRIBE", "DESC"):
		c.m = Meaning{Verb: Select, Data: true, Known: !c.is("EXPLAIN")}
	case c.accept("MERGE"):
		c.accept("INTO")
		c.m = Meaning{Verb: Merge, Table: c.name(), Data: true, Known: true}
	case c.accept("COPY"):
		c.copy()
	case c.is("LOAD"):
		c.m = Meaning{Verb: Insert, Data: true, Known: true}
		if c.skipTo(false, "TABLE") {
			c.advance()
			c.m.Table = c.name()
		}
	default:
		return false
	}
	return true
}

// modifiers moves over what may stand between the verb and the table.
func (c *classifier) modifiers() {
	for {
		switch {
		case c.accept("LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED", "QUICK", "IGNORE", "ONLY"):
		case c.accept("OR"): // SQLite: OR IGNORE and the like
			c.advance()
		default:
			return
		}
	}
}

// delete reads DELETE FROM table. DELETE a, b FROM … of MySQL names several.
func (c *classifier) delete() {
	c.m = Meaning{Verb: Delete, Data: true, Known: true}
	c.modifiers()
	if c.accept("FROM") {
		c.modifiers()
		c.m.Table = c.name()
	}
}

func (c *classifier) update() {
	c.modifiers()
	c.m = Meaning{Verb: Update, Table: c.name(), Data: true, Known: true}
	if c.isMark(',') || c.is("JOIN", "INNER", "LEFT", "RIGHT", "CROSS", "STRAIGHT_JOIN", "NATURAL") {
		c.m.Table = "" // several tables
	}
}

// query reads a SELECT. On PostgreSQL SELECT … INTO makes a table.
func (c *classifier) query() {
	c.m = Meaning{Verb: Select, Data: true, Known: true}
	if c.dialect != flavor.Postgres || !c.skipToInto() {
		return
	}
	temporary := c.accept("TEMP", "TEMPORARY")
	c.accept("UNLOGGED")
	c.accept("TABLE")
	c.m = Meaning{Verb: Create, Known: true, Session: temporary}
	if !temporary {
		c.add(Effect{Verb: Create, Kind: KindTable, Name: c.name()})
	}
}

// skipToInto moves behind the INTO of a SELECT. Behind a point and behind AS the
// word is a name.
func (c *classifier) skipToInto() bool {
	for {
		before := *c.reader
		if !c.skipTo(false, "INTO") {
			return false
		}
		name := before.namesNext()
		if c.advance(); !name {
			return true
		}
	}
}

// namesNext reports whether the INTO that comes next outside of parentheses is a
// name.
func (p *reader) namesNext() bool {
	name := false
	for !p.atEnd() && !p.is("INTO") {
		if p.isMark('(') {
			p.skipParens()
			name = false
			continue
		}
		name = p.isMark('.') || p.is("AS")
		p.advance()
	}
	return name
}

// with reads the statement behind common table expressions. Those of
// PostgreSQL can change rows themselves, also below a SELECT, so that no single
// table is named.
func (c *classifier) with() {
	c.advance()
	ahead := *c.reader
	c.commonNames()
	if !c.skipTo(false, "SELECT", "INSERT", "REPLACE", "UPDATE", "DELETE", "MERGE", "VALUES", "TABLE") || !c.rows() {
		c.m = Meaning{Verb: Select, Data: true, Known: true}
	}
	if c.dialect != flavor.Postgres {
		return
	}
	c.m.Table = ""
	if verb := ahead.changesWithin(); verb != "" && c.m.Verb == Select {
		c.m.Verb = verb
	}
}

// commonNames moves over the common table expressions of a WITH, whose names may
// be words that begin a statement.
func (p *reader) commonNames() {
	p.accept("RECURSIVE")
	for {
		back := *p
		p.name()
		p.skipParens()
		if !p.accept("AS") {
			*p = back
			return
		}
		p.accept("NOT")
		p.accept("MATERIALIZED")
		p.skipParens()
		if !p.acceptMark(',') {
			return
		}
	}
}

// changesWithin is the first verb that changes rows in parentheses ahead; ""
// if there is none.
func (p *reader) changesWithin() Verb {
	for !p.atEnd() {
		if !p.acceptMark('(') {
			p.advance()
			continue
		}
		switch { // the words are names, too
		case p.accept("DELETE") && p.is("FROM"):
			return Delete
		case p.accept("INSERT") && p.is("INTO"):
			return Insert
		case p.accept("MERGE") && p.is("INTO"):
			return Merge
		case p.accept("UPDATE") && (p.tok.kind == kindWord || p.tok.kind == kindQuoted):
			return Update
		}
	}
	return ""
}

func (c *classifier) copy() {
	if c.isMark('(') {
		c.m = Meaning{Verb: Select, Data: true, Known: true}
		return
	}
	table := c.name()
	c.m = Meaning{Verb: Select, Data: true, Known: true}
	if c.skipTo(false, "FROM", "TO") && c.is("FROM") {
		c.m.Verb, c.m.Table = Insert, table
	}
}

// session reads statements about the session and its transactions.
func (c *classifier) session() bool {
	switch {
	case c.is("BEGIN", "START", "COMMIT", "ROLLBACK", "END", "ABORT", "SAVEPOINT", "RELEASE", "XA"):
		c.transaction()
	case c.accept("SET"):
		c.set()
	case c.accept("RESET", "USE"):
		c.m = Meaning{Verb: Set, Session: true, Known: true}
	case c.accept("PRAGMA"):
		c.pragma()
	case c.accept("LOCK", "UNLOCK"):
		c.m = Meaning{Verb: Set, Session: true, Known: true}
	default:
		return false
	}
	return true
}

// transaction reads what begins and ends transactions. A BEGIN with more than
// an option behind it is a block of code.
func (c *classifier) transaction() {
	begin := c.accept("BEGIN")
	c.m = Meaning{Verb: Transaction, Known: true, NoTransaction: true}
	if begin && c.is("NOT") {
		c.m = Meaning{Verb: Other}
	}
}

// set reads SET. GLOBAL and PERSIST outlive the session.
func (c *classifier) set() {
	c.m = Meaning{Verb: Set, Session: true, Known: true}
	if c.is("GLOBAL", "PERSIST", "PERSIST_ONLY", "PASSWORD") && c.dialect.MySQLFamily() {
		c.m.Session = false
	}
}

// pragma reads PRAGMA. Some do nothing inside a transaction (foreign_keys) or
// fail there (synchronous, journal_mode).
func (c *classifier) pragma() {
	name := strings.ToLower(c.name())
	c.m = Meaning{Verb: Set, Session: true, Known: true}
	switch name {
	case "foreign_keys", "journal_mode", "synchronous", "temp_store", "wal_checkpoint":
		c.m.NoTransaction = true
	}
	switch name {
	case "journal_mode", "user_version", "application_id", "auto_vacuum", "encoding", "page_size", "schema_version":
		c.m.Session = false // kept in the file
	case "writable_schema":
		c.m.Known = false
	}
}

// maintenance reads statements that leave rows and schema as they are.
func (c *classifier) maintenance() bool {
	switch {
	case c.accept("VACUUM"):
		c.m = Meaning{Verb: Maintain, Known: true, NoTransaction: true}
	case c.is("ANALYZE", "ANALYSE", "OPTIMIZE", "CHECK", "REPAIR", "FLUSH", "CHECKPOINT", "DISCARD"):
		c.m = Meaning{Verb: Maintain, Known: true, NoTransaction: c.is("DISCARD")}
	case c.accept("REINDEX"):
		c.m = Meaning{Verb: Maintain, Known: true}
		if c.dialect == flavor.Postgres {
			c.m.NoTransaction = c.reindexAlone()
		}
	case c.accept("CLUSTER"):
		c.m = Meaning{Verb: Maintain, Known: true, NoTransaction: c.atEnd() || c.is("VERBOSE") || c.isMark('(') || c.isMark(';')}
	case c.accept("REFRESH"):
		c.m = Meaning{Verb: Maintain, Known: true}
	case c.accept("ATTACH", "DETACH"):
		c.m = Meaning{Verb: Set, Session: true, Known: true, NoTransaction: true}
	default:
		return false
	}
	return true
}

// reindexAlone reports whether a REINDEX refuses a transaction: if it is
// concurrent, or goes over more than one table's indexes.
func (c *classifier) reindexAlone() bool {
	for !c.atEnd() {
		if c.is("CONCURRENTLY", "DATABASE", "SYSTEM", "SCHEMA") {
			return true
		}
		c.advance()
	}
	return false
}
