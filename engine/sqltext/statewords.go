package sqltext

import (
	"strings"

	"manage/engine/flavor"
)

// stateWords is what the words of a statement tell of its session.
type stateWords struct {
	uses     []string // variables, and what the statement before has told
	assigned []string // variables that a query gives a value
	locks    []string // taken by a function, and given back
	unlocks  []string
	settings []string // of set_config()
	names    []string // words and quoted names, in small letters
	path     string   // that a set_config() gives the search path
	system   bool     // there is an @@x among them
	// reads is true if the statement has a query in it, or calls what may give
	// another answer next time.
	reads bool
}

// readWords reads them.
func readWords(sql string, d flavor.Dialect) stateWords {
	var w stateWords
	p := newReader(sql, d, rulesOf(d))
	first := true
	into, last := false, token{}
	for !p.atEnd() {
		before := last
		last = p.tok
		switch {
		case p.isMark('@') && d.MySQLFamily() && !joined(before, p.tok):
			w.variable(p, into)
			first = false
			continue
		case p.tok.kind == kindWord, p.tok.kind == kindQuoted && p.lex.src[p.tok.start] != '\'':
			into = p.is("INTO")
			w.word(p, first, before, d)
			first = false
			continue
		}
		into = into && p.isMark(',')
		p.advance()
	}
	return w
}

// joined reports whether a sign follows a word or a quote with nothing between,
// as the @ of an account does.
func joined(before, sign token) bool {
	return (before.kind == kindWord || before.kind == kindQuoted) && before.end == sign.start
}

// variable reads @x; @@x is a setting, of which a server has the value again.
func (w *stateWords) variable(p *reader, into bool) {
	p.advance()
	if p.acceptMark('@') {
		w.system = true
		p.name()
		return
	}
	key := "@" + strings.ToLower(p.name())
	if p.isMark(':') {
		p.advance()
		if p.isMark('=') {
			w.assigned = append(w.assigned, key)
		}
	} else if into {
		w.assigned = append(w.assigned, key)
		return
	}
	w.uses = append(w.uses, key)
}

// word reads a word, and the parenthesis behind it if it is a call that means
// something to the session.
func (w *stateWords) word(p *reader, first bool, before token, d flavor.Dialect) {
	upper, quoted := p.upper, p.tok.kind == kindQuoted
	name := strings.ToLower(p.unquoted())
	w.names = append(w.names, name)
	p.advance()
	switch {
	case quoted:
	case upper == "SELECT" && !first: // a query within
		w.reads = true
	case upper == "CURRENT_TIMESTAMP", upper == "CURRENT_DATE", upper == "CURRENT_TIME", upper == "LOCALTIME", upper == "LOCALTIMESTAMP", upper == "UTC_TIMESTAMP":
		w.reads = true
	}
	if !p.isMark('(') {
		return
	}
	call := p.lex.src[p.tok.start:]
	args := strings.ToLower(strings.TrimSpace(call[:parenthesis(call)]))
	switch name {
	case "get_lock", "pg_advisory_lock", "pg_advisory_lock_shared", "pg_try_advisory_lock", "pg_try_advisory_lock_shared":
		w.locks = append(w.locks, "lock "+lockArgument(args))
	case "release_lock", "pg_advisory_unlock", "pg_advisory_unlock_shared":
		w.unlocks = append(w.unlocks, "lock "+lockArgument(args))
	case "release_all_locks", "pg_advisory_unlock_all":
		w.unlocks = append(w.unlocks, "lock *")
	case "set_config":
		if setting, ok := lastingConfig(args); ok {
			w.settings = append(w.settings, "set "+setting)
			_, value, _ := strings.Cut(strings.Trim(call[:parenthesis(call)], "()"), ",")
			w.path = firstOfPath(value[:strings.LastIndexByte(value, ',')])
		}
	case "last_insert_id", "lastval", "currval", "last_insert_rowid":
		w.uses = append(w.uses, "last")
		w.reads = true
	case "row_count", "found_rows", "changes":
		w.uses = append(w.uses, "rows")
		w.reads = true
	default:
		if !quoted && !steady[upper] {
			w.reads = true
		}
	}
}

// parenthesis is the length of what stands in parentheses at the beginning.
func parenthesis(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\'':
			if end := closing(text, i+1, '\'', false); end > 0 {
				i = end - 1
			}
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}

// firstOfPath is the first schema of a search path; Nowhere if it is empty.
func firstOfPath(value string) string {
	first, _, _ := strings.Cut(strings.Trim(strings.TrimSpace(value), "'"), ",")
	if first = strings.Trim(strings.TrimSpace(first), `'"`); first == "" {
		return Nowhere
	}
	if strings.EqualFold(first, "default") {
		return ""
	}
	return first
}

// lockArgument is the first argument of a call: what names the lock.
func lockArgument(args string) string {
	first, _, _ := strings.Cut(strings.Trim(args, "()"), ",")
	return strings.TrimSpace(first)
}

// lastingConfig reads the arguments of set_config('name', 'value', false); not
// ok if they are no constants, or if the setting ends with the transaction.
func lastingConfig(args string) (name string, ok bool) {
	parts := strings.Split(strings.Trim(args, "()"), ",")
	if len(parts) < 3 || strings.TrimSpace(parts[len(parts)-1]) != "false" {
		return "", false
	}
	name = strings.TrimSpace(parts[0])
	return strings.Trim(name, "'"), strings.HasPrefix(name, "'")
}

// steady are the words before a parenthesis that give the same answer again:
// keywords, and functions of their arguments alone or of the user.
var steady = words(`VALUES IN AND OR NOT ON AS BY SET THEN ELSE WHEN CASE IS LIKE BETWEEN IF IFNULL NULLIF COALESCE CONCAT CONCAT_WS REPLACE
	UPPER LOWER TRIM LEFT RIGHT SUBSTRING SUBSTRING_INDEX SUBSTR CAST CONVERT DATABASE SCHEMA USER CURRENT_USER VERSION LENGTH CHAR_LENGTH
	LPAD RPAD GREATEST LEAST ABS FLOOR CEIL CEILING ROUND MOD HEX UNHEX QUOTE REPEAT CHAR INSTR LOCATE MD5 SHA1 SHA2 VARCHAR DECIMAL NUMERIC`)
