package database_test

import (
	"testing"
	"time"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// kill ends a session from another one, as an administrator does.
func kill(t *testing.T, by database.Session, id string) {
	t.Helper()
	if by.Flavor().Dialect == flavor.Postgres {
		texts(t, by, "SELECT pg_terminate_backend("+id+")::text")
	} else {
		exec(t, by, "KILL "+id)
	}
	// The server ends the session in its own time.
	for range 100 {
		query := "SELECT 1 FROM pg_stat_activity WHERE pid = " + id
		if by.Flavor().Dialect != flavor.Postgres {
			query = "SELECT 1 FROM information_schema.processlist WHERE id = " + id
		}
		if len(texts(t, by, query)) == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("the session is still there")
}

// TestKilledSession: a statement on a dead connection is not sent again on
// another one, and the transaction is not taken for committed.
func TestKilledSession(t *testing.T) {
	eachServer(t, func(t *testing.T, e enginetest.Database) {
		db := open(t, e.URL, database.Options{})
		s, other := session(t, db), session(t, db)
		exec(t, s, "CREATE TABLE t (id INTEGER PRIMARY KEY)")
		if err := s.Begin(t.Context()); err != nil {
			t.Fatal(err)
		}
		exec(t, s, "INSERT INTO t VALUES (1)")
		kill(t, other, s.ServerID())

		_, err := s.ExecContext(t.Context(), "INSERT INTO t VALUES (2)")
		wantClass(t, err, database.ConnectionLost)
		_, err = s.QueryContext(t.Context(), "SELECT id FROM t")
		wantClass(t, err, database.ConnectionLost)
		wantClass(t, s.Commit(t.Context()), database.ConnectionLost)
		if err := s.Rollback(t.Context()); err != nil {
			t.Errorf("Rollback of a lost transaction: %v", err)
		}
		if s.InTransaction() {
			t.Error("in a transaction after Rollback")
		}
		if got := len(texts(t, other, "SELECT id FROM t")); got != 0 {
			t.Errorf("%d rows, want 0", got)
		}
	})
}

// TestKilledInStatement: the connection breaks while a statement runs.
func TestKilledInStatement(t *testing.T) {
	eachServer(t, func(t *testing.T, e enginetest.Database) {
		db := open(t, e.URL, database.Options{})
		s, other := session(t, db), session(t, db)
		failed := make(chan error, 1)
		query := "SELECT SLEEP(20)"
		if e.Dialect == flavor.Postgres {
			query = "SELECT pg_sleep(20)"
		}
		go func() {
			_, err := s.ExecContext(t.Context(), query)
			failed <- err
		}()
		time.Sleep(200 * time.Millisecond)
		kill(t, other, s.ServerID())
		select {
		case err := <-failed:
			wantClass(t, err, database.ConnectionLost)
		case <-time.After(10 * time.Second):
			t.Fatal("the statement goes on")
		}
	})
}

// TestLostWhileReading: rows that stop coming say why.
func TestLostWhileReading(t *testing.T) {
	eachServer(t, func(t *testing.T, e enginetest.Database) {
		db := open(t, e.URL, database.Options{})
		s, other := session(t, db), session(t, db)
		query := "SELECT a.seq, REPEAT('x', 1000) FROM seq_1_to_1000000 a"
		switch e.Dialect {
		case flavor.Postgres:
			query = "SELECT i, repeat('x', 1000) FROM generate_series(1, 1000000) i"
		case flavor.MySQL:
			query = "SELECT a.help_topic_id, REPEAT('x', 1000) FROM mysql.help_topic a, mysql.help_topic b, mysql.help_topic c"
		}
		rows, err := s.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		rows.Next()
		kill(t, other, s.ServerID())
		for rows.Next() {
		}
		if got := database.ClassOf(rows.Err()); got != database.ConnectionLost {
			t.Errorf("%v is of class %s", rows.Err(), got)
		}
	})
}

// TestDeadlock: two transactions wait for each other; the victim's Commit does
// not pretend that anything was kept.
func TestDeadlock(t *testing.T) {
	eachServer(t, func(t *testing.T, e enginetest.Database) {
		db := open(t, e.URL, database.Options{})
		one, two := session(t, db), session(t, db)
		exec(t, one, "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)")
		exec(t, one, "INSERT INTO t VALUES (1, 0), (2, 0)")
		for i, s := range []database.Session{one, two} {
			if err := s.Begin(t.Context()); err != nil {
				t.Fatal(err)
			}
			exec(t, s, "UPDATE t SET a = 1 WHERE id = ?", i+1)
		}
		failed := make(chan error, 1)
		go func() {
			_, err := one.ExecContext(t.Context(), "UPDATE t SET a = 1 WHERE id = 2")
			failed <- err
		}()
		time.Sleep(100 * time.Millisecond)
		_, err := two.ExecContext(t.Context(), "UPDATE t SET a = 1 WHERE id = 1")
		victim := two
		if err == nil {
			victim, err = one, <-failed
		}
		wantClass(t, err, database.Deadlock)
		wantClass(t, victim.Commit(t.Context()), database.Deadlock)
		if err := victim.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

// TestLockTimeoutInTransaction: where the server can, the limit lasts as long
// as the transaction.
func TestLockTimeoutInTransaction(t *testing.T) {
	e := enginetest.New(t, flavor.Postgres)
	s := session(t, open(t, e.URL, database.Options{}))
	show := func() string { return texts(t, s, "SHOW lock_timeout")[0] }
	for range 2 {
		if err := s.Begin(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.SetLockTimeout(t.Context(), 1500*time.Millisecond); err != nil {
				t.Fatal(err)
			}
		}
		if got := show(); got != "1500ms" {
			t.Errorf("in the transaction the limit is %s", got)
		}
		if err := s.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := show(); got != "0" {
			t.Errorf("after the transaction the limit is %s", got)
		}
	}
	exec(t, s, "SET lock_timeout = 7")
	if err := s.SetLockTimeout(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if got := show(); got != "0" {
		t.Errorf("the server's own limit is %s", got)
	}
}

// A commit that need not wait for the disk is so for one transaction only, also
// where something was sent in it already, and changes nothing elsewhere.
func TestLazyCommit(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		s := session(t, open(t, e.URL, database.Options{}))
		exec(t, s, "CREATE TABLE lazy (n integer)")
		for _, begun := range []bool{false, true} {
			if err := s.Begin(t.Context()); err != nil {
				t.Fatal(err)
			}
			if begun {
				exec(t, s, "INSERT INTO lazy VALUES (1)")
			}
			if err := s.LazyCommit(t.Context()); err != nil {
				t.Fatal(err)
			}
			exec(t, s, "INSERT INTO lazy VALUES (2)")
			if e.Dialect == flavor.Postgres {
				if got := texts(t, s, "SHOW synchronous_commit")[0]; got != "off" {
					t.Errorf("in the transaction synchronous_commit is %s", got)
				}
			}
			if err := s.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			if e.Dialect == flavor.Postgres {
				if got := texts(t, s, "SHOW synchronous_commit")[0]; got != "on" {
					t.Errorf("after the transaction synchronous_commit is %s", got)
				}
			}
		}
		if got := texts(t, s, "SELECT COUNT(*) FROM lazy")[0]; got != "3" {
			t.Errorf("%s rows, want 3", got)
		}
	})
}
