package sqltext

import "strings"

// sqliteBody follows a statement as sqlite3_complete() does: only CREATE
// TRIGGER holds semicolons, and it ends at a semicolon, END, a semicolon. No
// END of a CASE can stand there.
type sqliteBody struct {
	state sqliteState
	begin int
}

type sqliteState uint8

const (
	sqliteStart   sqliteState = iota // nothing but EXPLAIN [QUERY PLAN] yet
	sqliteCreate                     // CREATE [TEMP]
	sqlitePlain                      // a semicolon ends it
	sqliteTrigger                    // in a trigger
	sqliteSemi                       // behind a semicolon in a trigger
	sqliteEnd                        // behind the END after it
)

func (b *sqliteBody) reset(pos int) { b.state, b.begin = sqliteStart, pos }

func (b *sqliteBody) word(text string, _ int) {
	switch b.state {
	case sqliteStart:
		switch keyword(text) {
		case "CREATE":
			b.state = sqliteCreate
		case "EXPLAIN", "QUERY", "PLAN":
		default:
			b.state = sqlitePlain
		}
	case sqliteCreate:
		switch keyword(text) {
		case "TRIGGER":
			b.state = sqliteTrigger
		case "TEMP", "TEMPORARY":
		default:
			b.state = sqlitePlain
		}
	case sqliteSemi:
		b.state = sqliteTrigger
		if strings.EqualFold(text, "END") {
			b.state = sqliteEnd
		}
	case sqliteEnd:
		b.state = sqliteTrigger
	}
}

func (b *sqliteBody) mark(byte, int) {
	switch b.state {
	case sqliteStart, sqliteCreate:
		b.state = sqlitePlain
	case sqliteSemi, sqliteEnd:
		b.state = sqliteTrigger
	}
}

func (b *sqliteBody) semicolon() bool {
	switch b.state {
	case sqliteTrigger:
		b.state = sqliteSemi
	case sqliteSemi:
	default:
		return true
	}
	return false
}

func (b *sqliteBody) open() (string, int) {
	if b.state == sqliteTrigger || b.state == sqliteSemi {
		return "the trigger", b.begin
	}
	return "", 0
}
