package sqlite

import (
	"errors"
	"strconv"
	"strings"
	"time"

	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"manage/engine/database/backend"
)

// Classify is backend.Backend's. The codes are those of "Result and Error
// Codes" in SQLite's manual; the general SQLITE_ERROR is told apart by its text.
func (Backend) Classify(err error) *backend.Error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return nil
	}
	known := &backend.Error{Code: strconv.Itoa(e.Code()), Message: words(e.Error()), Err: err}
	if halfWritten(e.Code()) {
		known.Class, known.Message = backend.ReadOnly, "a writer of the SQLite file was interrupted, and a command that only reads may not undo what it left"
		known.Hint = "run the command that was interrupted again, or open the file with any program that may write to it: that recovers it"
		return known
	}
	known.Class, known.Hint = classOfCode(e.Code(), e.Error())
	return known
}

// halfWritten reports whether the file waits for somebody who may write to roll
// back what an interrupted writer left.
func halfWritten(code int) bool {
	switch code {
	case sqlite3.SQLITE_READONLY_ROLLBACK, sqlite3.SQLITE_READONLY_RECOVERY:
		return true
	}
	return false
}

// tries says how often a lone read is sent that ended with an error: who writes
// again and again may keep a reader out for longer than it waits by itself, as
// SQLite does not queue them ("File Locking And Concurrency", SQLite manual).
func tries(err error) backend.Tries {
	var e *sqlite.Error
	if errors.As(err, &e) && (e.Code()&0xff == sqlite3.SQLITE_BUSY || e.Code()&0xff == sqlite3.SQLITE_LOCKED) {
		return backend.Tries{Number: 1000, Within: 30 * time.Second, Lock: true}
	}
	return backend.Tries{}
}

func classOfCode(code int, text string) (backend.Class, string) {
	switch code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return backend.Duplicate, ""
	case sqlite3.SQLITE_READONLY_CANTINIT, sqlite3.SQLITE_READONLY_DIRECTORY:
		return backend.ReadOnly, "the directory of the file must be writable too"
	}
	switch code & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return backend.LockTimeout, "another process is writing to the file"
	case sqlite3.SQLITE_READONLY:
		return backend.ReadOnly, "check the rights of the file and of its directory"
	case sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_CANTOPEN:
		return backend.Denied, "check the rights of the file and of its directory"
	case sqlite3.SQLITE_FULL:
		return backend.DiskFull, "make room on the disk"
	case sqlite3.SQLITE_INTERRUPT:
		return backend.Interrupted, ""
	case sqlite3.SQLITE_CONSTRAINT:
		return backend.ConstraintFailed, ""
	case sqlite3.SQLITE_NOTADB:
		return backend.NoDatabase, "the file is not a SQLite database: check the path in the connection URL"
	case sqlite3.SQLITE_ERROR:
		return classOfText(text), ""
	}
	return backend.Other, ""
}

// classOfText knows the messages of SQLITE_ERROR.
func classOfText(text string) backend.Class {
	for _, known := range []struct {
		part  string
		class backend.Class
	}{
		{"no such table", backend.MissingTable},
		{"no such view", backend.MissingTable},
		{"no such trigger", backend.MissingTable},
		{"no such column", backend.MissingColumn},
		{"no such index", backend.MissingColumn},
		{"has no column named", backend.MissingColumn},
		{"already exists", backend.AlreadyExists},
		{"duplicate column name", backend.AlreadyExists},
		{"there is already", backend.AlreadyExists},
		{"syntax error", backend.Syntax},
		{"incomplete input", backend.Syntax},
		{"unrecognized token", backend.Syntax},
	} {
		if strings.Contains(text, known.part) {
			return known.class
		}
	}
	return backend.Other
}

// words is the message without what the driver puts around it: the name of the
// code before it, its number behind it.
func words(text string) string {
	if i := strings.LastIndex(text, " ("); i > 0 && strings.HasSuffix(text, ")") {
		text = text[:i]
	}
	for _, prefix := range []string{"SQL logic error: ", "constraint failed: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return text
}
