package sqltext

import (
	"slices"
	"strings"

	"manage/engine/flavor"
)

// state is what a statement has to do with its session. What a session keeps
// goes by keys: "set x" for a setting, "@x" for a variable, "temp x" for a
// temporary table, "prepared x", "lock x", "attach x", and "last" and "rows"
// for what the statement before has told (LAST_INSERT_ID(), ROW_COUNT()).
type state struct {
	// defines are the keys that it gives a new meaning, adds those that it adds
	// to, and ends those that mean nothing after it.
	defines, adds, ends []string
	// uses are the keys that it reads. That of settings and locks is not said:
	// every statement does.
	uses []string
	// words are the names in it, which may be those of temporary tables. Of
	// these it changes target, and drops are gone after it.
	words  []string
	target string
	drops  []string
	// only is true if it changes the session and nothing else, so that it can be
	// sent again.
	only bool
	// path is where it has names without a schema looked for from then on.
	path string
	// settings is true if it reads settings of the session.
	settings bool
	// reads is true if what it leaves in the session depends on rows, the schema
	// or the moment.
	reads bool
	// commits is true if it ends a transaction, or may: it can share none.
	commits bool
}

// implicit reports whether every statement depends on what a key keeps.
func implicit(key string) bool {
	return strings.HasPrefix(key, "set ") || strings.HasPrefix(key, "lock ") || strings.HasPrefix(key, "attach ")
}

// stateOf reads what a statement has to do with its session.
func stateOf(sql string, d flavor.Dialect) state {
	k := Classify(sql, d)
	s := state{commits: d.MySQLFamily() && !k.Data || k.NoTransaction}
	w := readWords(sql, d)
	s.uses, s.words = w.uses, w.names
	s.reads, s.settings = w.reads, w.system
	p := newReader(sql, d, rulesOf(d))
	s.path = w.path
	switch {
	case p.accept("SET"):
		for _, a := range Assignments(sql, d) {
			if a.Name == "search_path" {
				s.path = firstOfPath(a.Value)
			}
		}
		s.set(p, w)
	case p.is("RESET", "USE", "PRAGMA", "ATTACH", "DETACH", "DISCARD", "UNLISTEN", "LISTEN"):
		s.command(p)
	case p.accept("PREPARE"):
		s.only, s.commits = true, false
		s.defines = append(s.defines, "prepared "+strings.ToLower(p.name()))
	case p.accept("DEALLOCATE"), k.Verb == Drop && p.accept("DROP") && p.is("PREPARE"):
		p.accept("PREPARE")
		s.only, s.commits = true, false
		s.ends = append(s.ends, "prepared "+strings.ToLower(p.name()))
	case p.accept("EXECUTE"):
		s.commits = true
		s.uses = append(s.uses, "prepared "+strings.ToLower(p.name()))
	case k.Session && (k.Verb == Create || k.Verb == Select):
		s.temporary(p, d)
	case k.Verb == Select:
		s.query(w, d)
	default:
		s.rows(k, w)
	}
	return s
}

// rows are statements that change rows or the schema.
func (s *state) rows(k Meaning, w stateWords) {
	// What a variable is given beside the change of rows cannot be had again.
	s.defines = append(s.defines, w.assigned...)
	s.target = strings.ToLower(k.Table)
	switch k.Verb {
	case Insert, Update, Delete, Merge:
		s.defines = append(s.defines, "last", "rows")
	case Alter, Create:
		if len(k.Effects) > 0 && k.Effects[0].Kind != KindTable {
			s.target = strings.ToLower(k.Effects[0].Table)
		}
	case Drop:
		for _, e := range k.Effects {
			if e.Kind == KindTable || e.Kind == KindView {
				s.drops = append(s.drops, strings.ToLower(e.Name))
			}
		}
		if len(s.words) > 1 && s.words[1] == "temporary" {
			s.only, s.commits = true, false
		}
	}
}

// query is a SELECT, or what else only reads.
func (s *state) query(w stateWords, d flavor.Dialect) {
	s.defines = append(s.defines, w.assigned...)
	s.defines = append(s.defines, w.locks...)
	s.ends = append(s.ends, w.unlocks...)
	s.commits = false
	switch {
	case len(w.settings) > 0:
		s.defines = append(s.defines, w.settings...)
		s.only, s.reads = true, false
	case len(w.locks)+len(w.unlocks) > 0:
		s.only, s.reads = true, false
	case len(w.assigned) > 0:
		s.only, s.reads = true, true
	case !w.reads || d == flavor.SQLite:
		s.only = true
	}
}

// temporary is CREATE TEMPORARY …, or SELECT … INTO TEMPORARY.
func (s *state) temporary(p *reader, d flavor.Dialect) {
	s.only, s.commits = true, false
	s.reads = slices.ContainsFunc(s.words, func(w string) bool { return w == "select" || w == "values" || w == "table" && d == flavor.Postgres })
	if p.accept("SELECT") {
		p.skipTo(false, "INTO")
	}
	p.advance()
	for p.accept("OR", "REPLACE", "TEMP", "TEMPORARY", "LOCAL", "GLOBAL", "UNLOGGED", "TABLE", "VIEW", "SEQUENCE", "RECURSIVE") {
	}
	p.guard()
	s.defines = append(s.defines, "temp "+strings.ToLower(p.name()))
}

// command is a statement about the session that is no SET.
func (s *state) command(p *reader) {
	s.only, s.commits, s.reads = true, false, false
	verb := p.upper
	p.advance()
	switch verb {
	case "USE":
		s.defines, s.path = []string{"set database"}, p.name()
	case "PRAGMA":
		name := "set pragma " + strings.ToLower(p.name())
		if p.isMark('=') || p.isMark('(') {
			s.defines = []string{name}
		}
	case "ATTACH":
		if p.skipTo(false, "AS") {
			p.advance()
		}
		s.defines = []string{"attach " + strings.ToLower(p.name())}
	case "DETACH":
		p.accept("DATABASE")
		s.ends = []string{"attach " + strings.ToLower(p.name())}
	case "LISTEN":
		s.defines = []string{"lock listen " + p.name()}
	case "UNLISTEN":
		s.ends = []string{"lock listen " + p.name()}
	case "RESET":
		s.defines = []string{"set " + settingName(p)}
	}
}

// set reads a SET behind its first word.
func (s *state) set(p *reader, w stateWords) {
	if p.is("GLOBAL", "PERSIST", "PERSIST_ONLY", "PASSWORD", "STATEMENT") && p.dialect.MySQLFamily() {
		s.commits = true // lasts beyond the session, or is a statement of any kind
		return
	}
	s.only, s.commits = true, false
	if p.dialect == flavor.Postgres {
		if p.accept("LOCAL") || p.is("CONSTRAINTS", "TRANSACTION") {
			return // ends with the transaction
		}
		p.accept("SESSION")
		s.defines = append(s.defines, "set "+settingName(p))
		return
	}
	for !p.atEnd() {
		key, lasting := assigned(p)
		// The variable that gets a value is among those that are read.
		if at := slices.Index(s.uses, key); at >= 0 {
			s.uses = slices.Delete(slices.Clone(s.uses), at, at+1)
		}
		if lasting {
			s.only, s.commits = false, true
		} else if key != "" {
			s.defines = append(s.defines, key)
		}
		p.skipTo(true)
		p.acceptMark(',')
	}
}

// settingName is the name of a setting in PostgreSQL's SET and RESET.
func settingName(p *reader) string {
	switch {
	case p.accept("CHARACTERISTICS"):
		return "characteristics"
	case p.is("AUTHORIZATION"), p.accept("SESSION") && p.is("AUTHORIZATION"):
		return "session authorization"
	case p.accept("TIME"):
		return "timezone"
	}
	name := strings.ToLower(p.lex.text(p.tok))
	p.advance()
	for p.acceptMark('.') {
		name += "." + strings.ToLower(p.lex.text(p.tok))
		p.advance()
	}
	return name
}

// assigned is the key that one part of MySQL's SET gives a value; lasting if
// that outlives the session.
func assigned(p *reader) (key string, lasting bool) {
	switch {
	case p.accept("NAMES", "CHARSET"):
		return "set names", false
	case p.accept("CHARACTER"):
		return "set names", false
	case p.accept("ROLE"):
		return "set role", false
	case p.accept("TRANSACTION"):
		return "", false // the next one only
	case p.accept("GLOBAL", "PERSIST", "PERSIST_ONLY"):
		return "", true
	}
	p.accept("SESSION", "LOCAL")
	if p.accept("TRANSACTION") {
		return "set transaction", false
	}
	if !p.acceptMark('@') {
		return "set " + strings.ToLower(p.name()), false
	}
	if !p.acceptMark('@') {
		return "@" + strings.ToLower(p.name()), false
	}
	if p.is("GLOBAL", "PERSIST", "PERSIST_ONLY") {
		return "", true
	}
	return "set " + strings.ToLower(p.name()), false
}
