package catalog

import (
	"slices"
	"strings"
	"unicode/utf8"

	"manage/engine/flavor"
	"manage/engine/sqltext"
)

// dumps are what programs that dump a database write around its tables, and a
// revision has by itself or cannot have: those scripts are taken as they are.
type dumps struct {
	script script
	r      *report
	made   map[string]bool // tables that the script makes
	locked bool            // tables of it are locked
	wraps  map[int]bool    // the statements that begin and end a transaction around all
	manual bool            // autocommit is off
	plain  bool            // the script is in ASCII
}

func (s script) dumps(pieces []sqltext.Statement, r *report) *dumps {
	return &dumps{script: s, r: r, made: map[string]bool{}, wraps: s.wraps(pieces),
		plain: strings.IndexFunc(s.text, func(c rune) bool { return c >= utf8.RuneSelf }) < 0}
}

// wraps finds the BEGIN before, and the COMMIT after, all that a script does
// beside setting its session: what sqlite3's .dump writes. Where the server
// commits each change of the schema anyway it is as good as not there; around
// changes of rows alone it is not.
func (s script) wraps(pieces []sqltext.Statement) map[int]bool {
	begin, end, changes := -1, -1, false
	for i, p := range pieces {
		if p.Role != sqltext.Query {
			continue
		}
		switch m := sqltext.Classify(p.SQL, s.dialect); {
		case m.Verb == sqltext.Transaction && begin < 0 && end < 0 && sqltext.Begins(p.SQL, s.dialect):
			begin = i
		case m.Verb == sqltext.Transaction && begin >= 0 && end < 0 && sqltext.Commits(p.SQL, s.dialect):
			end = i
		case m.Verb == sqltext.Transaction:
			return nil
		case (begin < 0 || end >= 0) && !m.Session:
			return nil
		default:
			changes = changes || !m.Data && !m.Session
		}
	}
	if end < 0 || s.noTransaction || s.dialect.MySQLFamily() && !changes {
		return nil
	}
	return map[int]bool{begin: true, end: true}
}

// command reports whether a command of the database's client means nothing to
// a revision: pg_dump's own, against text that reaches psql in names.
func (d *dumps) command(text string) bool {
	text = strings.TrimSpace(text)
	line := text[strings.LastIndexByte(text, '\n')+1:] // after comments
	word, _, _ := strings.Cut(line, " ")
	return isDelimiter(text) || d.script.dialect == flavor.Postgres && (word == `\restrict` || word == `\unrestrict`)
}

// left reports whether a statement is left out, and records why it cannot be
// in a revision.
func (d *dumps) left(i int, sql string, m sqltext.Meaning, line int) bool {
	for _, e := range m.Effects {
		if e.Kind == sqltext.KindTable && e.Verb == sqltext.Create {
			d.made[e.Name] = true
		}
	}
	if tables, locks, unlocks := sqltext.Locked(sql, d.script.dialect); locks || unlocks {
		if locks && slices.ContainsFunc(tables, func(t string) bool { return !d.made[t] }) {
			d.r.add(line, "LOCK TABLES keeps a run from recording what it has done: leave it out; each statement locks what it changes (mysqldump does without it with --skip-add-locks)")
		}
		return true // nobody else uses what the script has just made
	}
	if m.Verb == sqltext.Transaction && !d.wraps[i] && !(d.manual && sqltext.Commits(sql, d.script.dialect)) {
		d.r.add(line, "a revision does not begin or end transactions itself: leave this out, or say no-transaction for statements that each stand alone")
	}
	if m.Verb == sqltext.Transaction {
		return true
	}
	all := sqltext.Assignments(sql, d.script.dialect)
	for _, a := range all {
		d.check(a, line)
	}
	return d.autocommit(all, line)
}

// autocommit reports whether a statement only switches autocommit off, or on
// again: each statement is recorded with what it has changed, or after it.
func (d *dumps) autocommit(all []sqltext.Assignment, line int) bool {
	at := slices.IndexFunc(all, func(a sqltext.Assignment) bool { return a.Name == "autocommit" })
	if at < 0 || !d.script.dialect.MySQLFamily() {
		return false
	}
	off := slices.Contains([]string{"0", "off", "false"}, strings.ToLower(all[at].Value))
	if off && len(all) > 1 {
		d.r.add(line, "a revision does not begin or end transactions itself: leave autocommit out")
	}
	d.manual = d.manual || off
	return len(all) == 1
}

// check records a setting that no revision may have.
func (d *dumps) check(a sqltext.Assignment, line int) {
	value := strings.ToLower(a.Value)
	variable := strings.HasPrefix(value, "@") // what was set before
	switch {
	case d.script.dialect == flavor.Postgres && (a.Name == "client_encoding" || a.Name == "names"):
		if !slices.Contains([]string{"utf8", "utf-8", "unicode", "default"}, value) {
			d.r.add(line, "the files of a catalog are in UTF-8: write SET client_encoding = 'UTF8', or leave it out")
		}
	case !d.script.dialect.MySQLFamily():
	case a.Name == "timestamp" && value != "default" && !variable:
		d.r.add(line, "SET timestamp stops the clock by which a run holds its lease: leave it out, and write the time as a value")
	case (a.Name == "names" || a.Name == "character_set_client") && !d.plain && !variable && !slices.Contains(utf8Names, firstWord(value)):
		d.r.add(line, "the files of a catalog are in UTF-8: write SET NAMES utf8mb4, or leave it out")
	}
}

// firstWord is the first word of a value, without quotes.
func firstWord(value string) string {
	word, _, _ := strings.Cut(value, " ")
	return strings.Trim(word, `'"`)
}

// utf8Names are the character sets in which UTF-8 is read as what it says.
var utf8Names = []string{"utf8", "utf8mb3", "utf8mb4", "binary", "default"}
