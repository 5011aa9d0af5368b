package sqlite

import (
	"errors"
	"testing"

	sqlite3 "modernc.org/sqlite/lib"

	"manage/engine/database/backend"
)

func TestClassOfCode(t *testing.T) {
	for _, c := range []struct {
		code int
		text string
		want backend.Class
	}{
		{sqlite3.SQLITE_CONSTRAINT_UNIQUE, "", backend.Duplicate},
		{sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, "", backend.Duplicate},
		{sqlite3.SQLITE_CONSTRAINT_NOTNULL, "", backend.ConstraintFailed},
		{sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY, "", backend.ConstraintFailed},
		{sqlite3.SQLITE_CONSTRAINT_TRIGGER, "", backend.ConstraintFailed},
		{sqlite3.SQLITE_BUSY, "", backend.LockTimeout},
		{sqlite3.SQLITE_BUSY_SNAPSHOT, "", backend.LockTimeout},
		{sqlite3.SQLITE_LOCKED_SHAREDCACHE, "", backend.LockTimeout},
		{sqlite3.SQLITE_READONLY_DBMOVED, "", backend.ReadOnly},
		{sqlite3.SQLITE_READONLY_DIRECTORY, "", backend.ReadOnly},
		{sqlite3.SQLITE_PERM, "", backend.Denied},
		{sqlite3.SQLITE_CANTOPEN_ISDIR, "", backend.Denied},
		{sqlite3.SQLITE_FULL, "", backend.DiskFull},
		{sqlite3.SQLITE_INTERRUPT, "", backend.Interrupted},
		{sqlite3.SQLITE_NOTADB, "", backend.NoDatabase},
		{sqlite3.SQLITE_IOERR_READ, "", backend.Other},
		{sqlite3.SQLITE_CORRUPT, "", backend.Other},
		{sqlite3.SQLITE_ERROR, "no such table: t", backend.MissingTable},
		{sqlite3.SQLITE_ERROR, "no such column: c", backend.MissingColumn},
		{sqlite3.SQLITE_ERROR, "index i already exists", backend.AlreadyExists},
		{sqlite3.SQLITE_ERROR, "near \"x\": syntax error", backend.Syntax},
		{sqlite3.SQLITE_ERROR, "something else", backend.Other},
	} {
		if got, _ := classOfCode(c.code, c.text); got != c.want {
			t.Errorf("code %d, %q is %s, want %s", c.code, c.text, got, c.want)
		}
	}
}

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"SQL logic error: no such table: t (1)":                    "no such table: t",
		"constraint failed: UNIQUE constraint failed: t.id (1555)": "UNIQUE constraint failed: t.id",
		"database is locked (5) (SQLITE_BUSY)":                     "database is locked (5)",
		"attempt to write a readonly database (8)":                 "attempt to write a readonly database",
		"SQL logic error: near \"(\": syntax error (1)":            "near \"(\": syntax error",
	} {
		if got := words(text); got != want {
			t.Errorf("%q is told as %q, want %q", text, got, want)
		}
	}
}

func TestForeignError(t *testing.T) {
	if e := (Backend{}).Classify(errors.New("mine")); e != nil {
		t.Errorf("an error of nobody's is %+v", e)
	}
}
