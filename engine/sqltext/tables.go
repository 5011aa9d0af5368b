package sqltext

import "manage/engine/flavor"

// TableName is a table, or view, that a statement reads or writes.
type TableName struct {
	Schema  string // "" if the name is not qualified
	Name    string // as the server keeps it
	Written bool
	// Common is true if a common table expression of the statement has the name.
	Common bool
}

// Tables lists the tables whose rows a query, a condition or a statement about
// rows reads or writes, those of its subqueries among them. What functions,
// triggers and views read besides is not said. Common table expressions are
// listed, too: a table may have their name.
func Tables(sql string, d flavor.Dialect) []TableName {
	t := tableReader{e: partsOf(sql, d), levels: []level{{}}}
	for t.i < len(t.e) {
		t.next()
	}
	for i, f := range t.found {
		t.found[i].Common = f.Schema == "" && !f.Written && t.e.common(f.Name)
	}
	return t.found
}

// common reports whether a common table expression has a name.
func (e expression) common(name string) bool {
	for i, t := range e {
		if t.name != name || !e.word(i-1, "WITH", "RECURSIVE") && !e.mark(i-1, ",") {
			continue
		}
		if e.mark(i+1, "(") {
			i = e.closing(i + 1)
		}
		if e.word(i+1, "AS") && (e.mark(i+2, "(") || e.word(i+2, "NOT", "MATERIALIZED")) {
			return true
		}
	}
	return false
}

// tableReader goes over a statement.
type tableReader struct {
	e      expression
	i      int
	levels []level // one for each parenthesis that is open, and the statement
	found  []TableName
}

// level is what is known inside of one parenthesis.
type level struct {
	query     bool // a verb was read, so that FROM is that of a query
	deletes   bool
	list      bool // in a list of tables
	expecting bool // a table comes next
	written   bool // ... and is written to
}

func (t *tableReader) level() *level { return &t.levels[len(t.levels)-1] }

// next reads a part, or a table.
func (t *tableReader) next() {
	e, l := t.e, t.level()
	switch {
	case e.mark(t.i, "("):
		inner := level{query: l.expecting, list: l.expecting, expecting: l.expecting}
		l.expecting = false
		t.levels = append(t.levels, inner)
	case e.mark(t.i, ")"):
		if len(t.levels) > 1 {
			t.levels = t.levels[:len(t.levels)-1]
		}
	case e.mark(t.i, ";"):
		t.levels = []level{{}}
	case e.mark(t.i, ","):
		l.expecting = l.list
	case l.expecting && t.skips():
		return
	case l.expecting && e.at(t.i).name != "" && !e.word(t.i, "SELECT", "WITH", "VALUES"):
		t.table()
		return
	case e.at(t.i).word == "":
		l.expecting = false // a variable, a file
	default:
		t.keyword()
	}
	t.i++
}

// skips moves over what may stand before a table.
func (t *tableReader) skips() bool {
	switch {
	case t.e.word(t.i, "OR"): // SQLite: UPDATE OR IGNORE t
		t.i += 2
	case t.e.word(t.i, "ONLY", "LATERAL", "LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED", "QUICK", "IGNORE", "TABLE", "INTO", "FROM"):
		t.i++
	default:
		return false
	}
	return true
}

// table reads a table that was expected. What a parenthesis follows is a
// function, unless rows are put into it.
func (t *tableReader) table() {
	l, n := t.level(), t.e.nameAt(t.i)
	last := t.i + n - 1
	name := TableName{Name: t.e[last].name, Written: l.written}
	if n > 2 {
		name.Schema = t.e[last-2].name
	}
	l.expecting = false
	if t.e.mark(last+1, "(") && !l.written || t.e.word(t.i, "OUTFILE", "DUMPFILE") {
		t.i = last + 1
		return
	}
	t.found = append(t.found, name)
	t.i = last + 1
}

// keyword reads a word that begins or ends a list of tables.
func (t *tableReader) keyword() {
	e, l, i := t.e, t.level(), t.i
	begins := i == 0 || e.mark(i-1, "(") || e.mark(i-1, ")") || e.mark(i-1, ";") ||
		e.word(i-1, "BEGIN", "THEN", "ELSE", "DO", "LOOP", "REPEAT", "AS", "EXPLAIN", "ANALYZE", "ROW")
	switch {
	case e.mark(i-1, "."):
	case e.word(i, "SELECT"):
		*l = level{query: true}
	case e.word(i, "DELETE") && begins:
		*l = level{query: true, deletes: true}
	case e.word(i, "FROM") && l.query && !e.word(i-1, "DISTINCT"):
		*l = level{query: true, list: true, expecting: true, written: l.deletes}
	case e.word(i, "UPDATE") && begins && !e.word(i+1, "SET"):
		*l = level{query: true, list: true, expecting: true, written: true}
	case e.word(i, "INTO"), e.word(i, "INSERT", "REPLACE") && begins && !e.mark(i+1, "("),
		e.word(i, "TRUNCATE", "COPY") && begins && !e.mark(i+1, "("):
		*l = level{query: l.query, expecting: true, written: true}
	case e.word(i, "MERGE") && begins:
		l.query, l.list = true, true
	case e.word(i, "USING") && !e.mark(i+1, "(") && (l.list || l.query && !l.expecting && e.mergeTarget(i)):
		*l = level{query: true, list: true, expecting: true}
	case e.word(i, "JOIN", "STRAIGHT_JOIN") && l.list:
		l.expecting = true
	case e.word(i, "TABLE") && (begins || e.word(i-1, "UNION", "ALL", "EXCEPT", "INTERSECT")):
		l.expecting = true
	case e.word(i, "WHERE", "SET", "GROUP", "ORDER", "HAVING", "LIMIT", "UNION", "EXCEPT", "INTERSECT", "WINDOW", "RETURNING", "VALUES", "FOR"):
		l.list, l.expecting = false, false
	}
}

// mergeTarget reports whether the USING at i is that of a MERGE.
func (e expression) mergeTarget(i int) bool {
	for i--; i >= 0; i-- {
		if e.word(i, "MERGE") {
			return true
		}
	}
	return false
}

// Assigned lists the columns that an UPDATE sets.
func Assigned(sql string, d flavor.Dialect) []string {
	e := expression(partsOf(sql, d))
	i, sets, opens := 0, false, false
	var all []string
	for ; i < len(e); i++ {
		switch {
		case e.word(i, "SET"):
			sets, opens = true, true
		case !sets:
		case e.word(i, "WHERE", "FROM", "ORDER", "LIMIT", "RETURNING"):
			return all
		case e.mark(i, ","):
			opens = true
		case e.mark(i, "("):
			end := e.closing(i)
			for j := i + 1; opens && e.mark(end+1, "=") && j < end; j++ {
				if e.at(j).name != "" {
					all = append(all, e[j].name)
				}
			}
			i, opens = end, false
		case opens && e.at(i).name != "" && e.mark(i+1, "="):
			all, opens = append(all, e[i].name), false
		}
	}
	return all
}

// Engine is the storage engine that a CREATE TABLE or ALTER TABLE of MySQL or
// MariaDB gives its table, as it is written; "" if it gives none.
func Engine(sql string, d flavor.Dialect) string {
	if !d.MySQLFamily() {
		return ""
	}
	e := expression(partsOf(sql, d))
	for i := 0; i < len(e); i++ {
		switch {
		case e.mark(i, "("):
			i = e.closing(i)
		case e.word(i, "ENGINE") && e.mark(i+1, "="):
			return unquote(e.at(i + 2))
		case e.word(i, "ENGINE"):
			return unquote(e.at(i + 1))
		}
	}
	return ""
}

func unquote(t part) string {
	if t.str {
		return t.value()
	}
	return t.name
}

// FreesRows reports whether an ALTER TABLE of PostgreSQL takes row-level
// security off its table, for all or for its owner.
func FreesRows(sql string, d flavor.Dialect) bool {
	e := expression(partsOf(sql, d))
	for i := range e {
		if d == flavor.Postgres && e.word(i, "ROW") && e.word(i+1, "LEVEL") && e.word(i+2, "SECURITY") &&
			(e.word(i-1, "DISABLE") || e.word(i-1, "FORCE") && e.word(i-2, "NO")) {
			return true
		}
	}
	return false
}
