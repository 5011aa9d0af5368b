package database_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"manage/engine/database"
)

// ls is what lies in a folder.
func ls(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

// made is a SQLite file with one table, made through the package itself.
func made(t *testing.T, more ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "x.db")
	db := open(t, "sqlite:///"+file, database.Options{})
	s := session(t, db)
	for _, query := range append([]string{"CREATE TABLE t (id INTEGER)", "INSERT INTO t VALUES (1)"}, more...) {
		exec(t, s, query)
	}
	s.Close()
	db.Close()
	return file
}

func TestSQLitePaths(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.Mkdir("sub", 0o755); err != nil {
		t.Fatal(err)
	}
	for raw, file := range map[string]string{
		"sqlite:///a.db":                           "a.db",
		"sqlite:///sub/b.db":                       "sub/b.db",
		"sqlite:///" + dir + "/c.db":               "c.db",
		"sqlite:////" + dir + "/d.db":              "d.db",
		"sqlite:///./sub/../e.db":                  "e.db",
		"sqlite:///f g#%3F.db":                     "f g#%3F.db",
		"h.db":                                     "h.db",
		"sqlite:///file:i.db?uri=true":             "i.db",
		"sqlite:///file:" + dir + "/j.db?uri=true": "j.db",
		"sqlite:///file:k%20l.db?mode=rwc":         "k l.db",
		"file:m.db":                                "m.db",
		"file://" + dir + "/n.db":                  "n.db",
	} {
		t.Run(raw, func(t *testing.T) {
			exec(t, session(t, open(t, raw, database.Options{})), "CREATE TABLE t (id INTEGER)")
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s made %q, not %s", raw, ls(t, "."), file)
			}
		})
	}
}

// TestSQLiteMemory: all sessions see one database, two databases are two, and
// nothing is left on disk.
func TestSQLiteMemory(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, raw := range []string{"sqlite://", "sqlite:///", "sqlite:///:memory:", ":memory:", "sqlite:///file:x?mode=memory&cache=shared"} {
		one, two := open(t, raw, database.Options{}), open(t, raw, database.Options{})
		s := session(t, one)
		exec(t, s, "CREATE TABLE t (id INTEGER)")
		s.Close()
		texts(t, session(t, one), "SELECT id FROM t")
		_, err := session(t, two).QueryContext(t.Context(), "SELECT id FROM t")
		wantClass(t, err, database.MissingTable)
	}
	if got := ls(t, "."); got != "" {
		t.Errorf("left on disk: %s", got)
	}
}

// TestSQLiteReadOnly: what only reads changes no byte and leaves no file.
func TestSQLiteReadOnly(t *testing.T) {
	for name, file := range map[string]string{"rollback journal": made(t), "write-ahead log": made(t, "PRAGMA journal_mode = WAL", "INSERT INTO t VALUES (2)")} {
		t.Run(name, func(t *testing.T) {
			before, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			db := open(t, "sqlite:///"+file, database.Options{ReadOnly: true})
			s := session(t, db)
			if got := texts(t, s, "SELECT id FROM t"); len(got) == 0 || db.Missing() {
				t.Errorf("read %q, missing %v", got, db.Missing())
			}
			for _, query := range []string{"INSERT INTO t VALUES (3)", "CREATE TABLE u (id INTEGER)"} {
				_, err := s.ExecContext(t.Context(), query)
				wantClass(t, err, database.ReadOnly)
			}
			s.Close()
			db.Close()
			after, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(before, after) || ls(t, filepath.Dir(file)) != "x.db" {
				t.Errorf("the file has changed: %v; the folder holds %s", !slices.Equal(before, after), ls(t, filepath.Dir(file)))
			}
		})
	}
}

func TestSQLiteMissing(t *testing.T) {
	dir := t.TempDir()
	for _, raw := range []string{"sqlite:///" + dir + "/x.db", "sqlite:///" + dir + "/no/x.db"} {
		db := open(t, raw, database.Options{ReadOnly: true})
		s := session(t, db)
		if got := texts(t, s, "SELECT name FROM sqlite_master"); len(got) != 0 || !db.Missing() {
			t.Errorf("read %q, missing %v", got, db.Missing())
		}
		_, err := s.ExecContext(t.Context(), "CREATE TABLE t (id INTEGER)")
		wantClass(t, err, database.ReadOnly)
	}
	if got := ls(t, dir); got != "" {
		t.Errorf("left on disk: %s", got)
	}
}

func TestSQLiteRefused(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("this is no database ", 100)), 0o644); err != nil {
		t.Fatal(err)
	}
	for raw, want := range map[string]struct {
		class   database.Class
		message string
	}{
		"sqlite:///" + dir + "/no/such/x.db":       {database.NoDatabase, "the directory " + dir + "/no/such of the SQLite file x.db does not exist"},
		"sqlite:///" + dir:                         {database.BadURL, dir + " is a directory, not a SQLite file"},
		"sqlite:///" + text:                        {database.NoDatabase, "the file " + text + " is not a SQLite database"},
		"sqlite:///x.db?charset=utf8":              {database.BadURL, `the SQLite URL has the option "charset", which is not known`},
		"sqlite:///x.db?timeout=soon":              {database.BadURL, "the option timeout of the SQLite URL is not a number of seconds"},
		"sqlite:///file://host/x.db":               {database.BadURL, "a SQLite URI names no host: write file:/dir/file.db"},
		"sqlite:///file:%zz.db":                    {database.BadURL, "the path in the SQLite URI has a % that begins no escape: write it as %25"},
		"sqlite:///" + text + "/x.db":              {database.Denied, "the SQLite file " + text + "/x.db cannot be opened: not a directory"},
		"sqlite:///" + made(t) + "?mode=dangerous": {database.Other, "no such access mode: dangerous"},
	} {
		for _, readOnly := range []bool{false, true} {
			if readOnly && (want.class == database.Other || strings.Contains(raw, "/no/such")) {
				continue // read-only has its own mode, and finds a file missing
			}
			e := openError(t, raw, database.Options{ReadOnly: readOnly, MaxRetries: -1, RetryInterval: time.Minute}, want.class)
			if e.Message != want.message {
				t.Errorf("%s: message %q, want %q", raw, e.Message, want.message)
			}
		}
	}
	short := filepath.Join(dir, "short.db")
	if err := os.WriteFile(short, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	openError(t, short, database.Options{}, database.NoDatabase)
	openError(t, "sqlite:///x.db", database.Options{Schema: "images"}, database.BadURL)
}

// TestSQLiteURIModes: what a URI says of itself holds.
func TestSQLiteURIModes(t *testing.T) {
	file := made(t)
	s := session(t, open(t, "sqlite:///file:"+file+"?mode=ro&uri=true", database.Options{}))
	_, err := s.ExecContext(t.Context(), "INSERT INTO t VALUES (2)")
	wantClass(t, err, database.ReadOnly)
	if !open(t, "sqlite:///file:"+file+".no?mode=ro", database.Options{}).Missing() {
		t.Error("a missing file is not missing")
	}
}

// TestSQLiteSettings: schema work runs without enforced foreign keys, and a
// busy file is waited for as the URL says.
func TestSQLiteSettings(t *testing.T) {
	s := session(t, open(t, "sqlite:///"+made(t)+"?timeout=1.5", database.Options{}))
	for pragma, want := range map[string]string{"foreign_keys": "0", "busy_timeout": "1500", "journal_mode": "delete"} {
		if got := texts(t, s, "PRAGMA "+pragma); fmt.Sprint(got) != "["+want+"]" {
			t.Errorf("%s is %s, want %s", pragma, got, want)
		}
	}
	if err := s.SetLockTimeout(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if got := texts(t, s, "PRAGMA busy_timeout"); got[0] != "1500" {
		t.Errorf("its own limit is %s", got)
	}
}

// TestSQLiteWriteLock: Begin takes the write lock at once.
func TestSQLiteWriteLock(t *testing.T) {
	db := open(t, "sqlite:///"+made(t), database.Options{})
	one, two := session(t, db), session(t, db)
	if err := one.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := two.SetLockTimeout(t.Context(), time.Millisecond); err != nil {
		t.Fatal(err)
	}
	wantClass(t, two.Begin(t.Context()), database.LockTimeout)
	if two.InTransaction() {
		t.Error("in a transaction that did not begin")
	}
	if err := one.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := two.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestSQLiteReadsLiveLog: what a running service has not yet moved from its log
// to the file is read too.
func TestSQLiteReadsLiveLog(t *testing.T) {
	file := made(t, "PRAGMA journal_mode = WAL")
	writer := session(t, open(t, "sqlite:///"+file, database.Options{}))
	exec(t, writer, "INSERT INTO t VALUES (2)")
	before := ls(t, filepath.Dir(file))
	db := open(t, "sqlite:///"+file, database.Options{ReadOnly: true})
	s := session(t, db)
	if got := len(texts(t, s, "SELECT id FROM t")); got != 2 {
		t.Errorf("%d rows, want 2", got)
	}
	s.Close()
	db.Close()
	if after := ls(t, filepath.Dir(file)); after != before {
		t.Errorf("the folder held %s, and now %s", before, after)
	}
}

// TestSQLiteHalfWritten: a file whose writer was killed is left as it is by
// what only reads, and recovered by what may write.
func TestSQLiteHalfWritten(t *testing.T) {
	file := made(t)
	writer := session(t, open(t, "sqlite:///"+file, database.Options{}))
	exec(t, writer, "PRAGMA cache_size = 1")
	if err := writer.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	// More than the cache holds, so that pages reach the file before the commit.
	exec(t, writer, "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i FROM n")
	// What a kill would leave behind is what lies there now.
	dir := t.TempDir()
	for _, suffix := range []string{"", "-journal"} {
		content, err := os.ReadFile(file + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "x.db"+suffix), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	left := "sqlite:///" + dir + "/x.db"
	if e := openError(t, left, database.Options{ReadOnly: true}, database.ReadOnly); e.Hint == "" {
		t.Error("there is no hint")
	}
	if got := ls(t, dir); got != "x.db x.db-journal" {
		t.Errorf("the folder holds %s", got)
	}
	if got := texts(t, session(t, open(t, left, database.Options{})), "SELECT count(*) FROM t"); got[0] != "1" {
		t.Errorf("%s rows after recovery, want 1", got[0])
	}
}

// TestSQLiteEndsTransaction: after a failure that ends the transaction, Commit
// says so, Rollback has nothing left to do, and the session goes on.
func TestSQLiteEndsTransaction(t *testing.T) {
	s := session(t, open(t, "sqlite:///"+made(t)+"?plugin=dbcounter", database.Options{}))
	if err := s.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	exec(t, s, "INSERT INTO t VALUES (2)")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := s.ExecContext(ctx, "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n")
	wantClass(t, err, database.Interrupted)
	wantClass(t, s.Commit(t.Context()), database.Other)
	if err := s.Rollback(t.Context()); err != nil || s.InTransaction() {
		t.Errorf("Rollback: %v, in a transaction: %v", err, s.InTransaction())
	}
	if got := len(texts(t, s, "SELECT id FROM t")); got != 1 {
		t.Errorf("%d rows, want 1", got)
	}
}
