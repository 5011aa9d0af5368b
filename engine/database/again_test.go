package database_test

import (
	"context"
	"testing"
	"time"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// A read that stands alone outlasts a lock that is held for longer than it
// waits by itself; in a transaction, and for a caller who tries again by himself,
// it ends.
func TestReadOutlastsLock(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		e.Watches(t) // to lock a table
		db := open(t, e.URL, database.Options{})
		s, other := session(t, db), session(t, db)
		exec(t, s, "CREATE TABLE t (id INTEGER)")
		exec(t, s, "INSERT INTO t VALUES (7)")
		lock, unlock := map[flavor.Dialect]string{flavor.SQLite: "BEGIN EXCLUSIVE", flavor.Postgres: "BEGIN; LOCK TABLE t"}[e.Dialect], "COMMIT"
		wait, held := 50*time.Millisecond, 600*time.Millisecond
		if e.Dialect.MySQLFamily() {
			lock, unlock, wait, held = "LOCK TABLES t WRITE", "UNLOCK TABLES", time.Second, 2500*time.Millisecond
		}
		ctx := context.Background()
		if err := s.SetLockTimeout(ctx, wait); err != nil {
			t.Fatal(err)
		}
		exec(t, other, lock)
		_, err := database.Number(database.WithoutLockRetries(ctx), s, "SELECT id FROM t")
		wantClass(t, err, database.LockTimeout)
		freed := make(chan error, 1)
		time.AfterFunc(held, func() {
			_, err := other.ExecContext(ctx, unlock)
			freed <- err
		})
		began := time.Now()
		n, err := database.Number(ctx, s, "SELECT id FROM t")
		if n != 7 || err != nil || time.Since(began) < held {
			t.Errorf("read %d after %s: %v", n, time.Since(began), err)
		}
		if err := <-freed; err != nil {
			t.Fatal(err)
		}
	})
}
