package sqltext

import "manage/engine/flavor"

// rules are what differs between the dialects below the level of statements:
// which characters quote, and what is a comment.
type rules struct {
	hash       bool // # starts a comment
	dashSpace  bool // -- is a comment only with white space behind it
	nested     bool // comments nest
	backslash  bool // a backslash escapes in '' and ""
	backticks  bool // `name`
	brackets   bool // [name]
	escape     bool // E'' strings, in which a backslash escapes
	dollar     bool // $tag$ … $tag$
	executable bool // /*! … */ is read as SQL, /*+ … */ is a hint
	mariadb    bool // /*M! … */ is read as SQL as well
}

// Sources: SQLite, "The Tokenizer" (tokenize.c) and sqlite3_complete();
// PostgreSQL manual 4.1 and psqlscan.l; MySQL manual, "Comments", "String
// Literals" and "Schema Object Names"; MariaDB, "Comment Syntax".
var (
	sqliteRules   = rules{backticks: true, brackets: true}
	postgresRules = rules{nested: true, escape: true, dollar: true}
	mysqlRules    = rules{hash: true, dashSpace: true, backslash: true, backticks: true, executable: true}
	mariadbRules  = rules{hash: true, dashSpace: true, backslash: true, backticks: true, executable: true, mariadb: true}
)

// rulesOf returns nil for a dialect that is not known.
func rulesOf(d flavor.Dialect) *rules {
	switch d {
	case flavor.SQLite:
		return &sqliteRules
	case flavor.Postgres:
		return &postgresRules
	case flavor.MySQL:
		return &mysqlRules
	case flavor.MariaDB:
		return &mariadbRules
	}
	return nil
}

// class sorts bytes into the few groups that the lexer tells apart. All bytes
// of multi-byte characters count as letters, as on all four servers.
type class uint8

const (
	classOther class = iota
	classSpace
	classWord
	classQuote
)

var classes = makeClasses()

func makeClasses() (t [256]class) {
	for _, c := range " \t\n\r\f\v" {
		t[c] = classSpace
	}
	for c := 0; c < 256; c++ {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c >= 0x80:
			t[c] = classWord
		}
	}
	t['\''], t['"'] = classQuote, classQuote
	return t
}
