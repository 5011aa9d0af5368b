package sqltext

import (
	"strings"

	"manage/engine/flavor"
)

// Assignment is a setting of the session and the text of the value that a
// statement gives it.
type Assignment struct{ Name, Value string }

// Assignments are the settings of the session that a SET, or a PRAGMA, gives a
// value, with their names in small letters; variables are not among them. NAMES
// is one of the settings. A value is as it is written, without the quotes around
// all of it.
func Assignments(sql string, d flavor.Dialect) []Assignment {
	p := newReader(sql, d, rulesOf(d))
	switch {
	case p.accept("PRAGMA"):
		return []Assignment{p.value(strings.ToLower(p.name()))}
	case !p.accept("SET"):
		return nil
	case d == flavor.Postgres:
		if p.accept("LOCAL") || p.accept("SESSION") && p.is("CHARACTERISTICS", "AUTHORIZATION") {
			return nil
		}
		return []Assignment{p.value(settingName(p))}
	case p.is("STATEMENT", "PASSWORD"):
		return nil
	}
	var all []Assignment
	for !p.atEnd() {
		key, lasting := assigned(p)
		a := p.value(strings.TrimPrefix(key, "set "))
		if strings.HasPrefix(key, "set ") && !lasting {
			all = append(all, a)
		}
		p.acceptMark(',')
	}
	return all
}

// value reads the value of a setting, up to a comma.
func (p *reader) value(name string) Assignment {
	if !p.accept("TO", "SET") {
		p.acceptMark(':')
		p.acceptMark('=')
	}
	start, end := p.tok.start, p.tok.start
	for !p.atEnd() && !p.isMark(',') {
		if p.isMark('(') {
			p.skipParens()
		} else {
			end = p.tok.end
			p.advance()
			continue
		}
		end = p.tok.start
	}
	return Assignment{name, strings.Trim(strings.TrimSpace(p.lex.src[start:end]), `'"`)}
}

// Locked are the tables that a LOCK TABLES of MySQL or MariaDB names, and
// whether the statement is one, or an UNLOCK TABLES.
func Locked(sql string, d flavor.Dialect) (tables []string, locks, unlocks bool) {
	p := newReader(sql, d, rulesOf(d))
	switch {
	case !d.MySQLFamily():
		return nil, false, false
	case p.accept("UNLOCK"):
		return nil, false, p.is("TABLE", "TABLES")
	case !p.accept("LOCK") || !p.accept("TABLE", "TABLES"):
		return nil, false, false
	}
	for !p.atEnd() {
		tables = append(tables, p.name())
		p.skipTo(true)
		p.acceptMark(',')
	}
	return tables, true, false
}

// Begins reports whether a statement begins a transaction.
func Begins(sql string, d flavor.Dialect) bool {
	p := newReader(sql, d, rulesOf(d))
	return p.accept("BEGIN") || p.accept("START") && p.is("TRANSACTION")
}

// Commits reports whether a statement ends a transaction and keeps what it did.
func Commits(sql string, d flavor.Dialect) bool {
	p := newReader(sql, d, rulesOf(d))
	return p.is("COMMIT", "END")
}
