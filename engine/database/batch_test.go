package database_test

import (
	"testing"
	"time"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// What begins a transaction may travel with its first statement. Whatever that
// statement is, and however it fails, nothing runs outside of the transaction.
func TestFirstStatementOfTransaction(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		s := session(t, open(t, e.URL, database.Options{}))
		exec(t, s, "CREATE TABLE a (id INTEGER PRIMARY KEY)")
		begin := func() {
			t.Helper()
			if err := s.Begin(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := s.SetLockTimeout(t.Context(), time.Second); err != nil {
				t.Fatal(err)
			}
		}
		end := func(f func() error) {
			t.Helper()
			if err := f(); err != nil {
				t.Fatal(err)
			}
			if s.InTransaction() {
				t.Error("the transaction is still open")
			}
		}
		commit := func() error { return s.Commit(t.Context()) }
		rollback := func() error { return s.Rollback(t.Context()) }

		begin()
		end(commit) // nothing at all
		begin()
		end(rollback)
		begin()
		if n := exec(t, s, "INSERT INTO a VALUES (1)"); n != 1 {
			t.Errorf("%d rows affected", n)
		}
		end(commit)
		begin()
		exec(t, s, "INSERT INTO a VALUES (?)", 2) // with arguments
		end(commit)
		begin()
		if got := texts(t, s, "SELECT id FROM a ORDER BY id"); len(got) != 2 { // a query
			t.Errorf("rows %v", got)
		}
		exec(t, s, "INSERT INTO a VALUES (3)")
		end(rollback)
		if got := texts(t, s, "SELECT id FROM a ORDER BY id"); len(got) != 2 {
			t.Errorf("rows %v", got)
		}
	})
}

// A first statement that PostgreSQL does not understand opens no transaction
// there; what follows must not run as if there were none.
func TestFirstStatementNotUnderstood(t *testing.T) {
	e := enginetest.New(t, flavor.Postgres)
	s := session(t, open(t, e.URL, database.Options{}))
	exec(t, s, "CREATE TABLE a (id INTEGER PRIMARY KEY)")
	for _, bad := range []string{"CREATE TABEL b", "INSERT INTO nowhere VALUES (1)"} {
		if err := s.Begin(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.ExecContext(t.Context(), bad); err == nil {
			t.Fatalf("%s: no error", bad)
		}
		if _, err := s.ExecContext(t.Context(), "INSERT INTO a VALUES (1)"); err == nil {
			t.Error("a further statement ran")
		}
		if _, err := s.QueryContext(t.Context(), "SELECT 1"); err == nil {
			t.Error("a query ran")
		}
		if err := s.Commit(t.Context()); err == nil {
			t.Error("it was committed")
		}
		if err := s.Rollback(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if got := texts(t, s, "SELECT id FROM a"); len(got) != 0 {
		t.Errorf("rows %v", got)
	}
}
