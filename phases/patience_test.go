package phases

import (
	"context"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/run"
)

// While a transaction of the service goes on, an index that is built beside it
// waits in one go, however short the limit on locks is, and others write.
func TestIndexIsBuiltBesideALongTransaction(t *testing.T) {
	s, db := newHouse(t, flavor.Postgres)
	s.Run = run.Options{LockTimeout: 200 * time.Millisecond, LockRetries: 150}
	retried := 0
	s.Events = func(e any) {
		if _, ok := e.(run.Retrying); ok {
			retried++
		}
	}
	ctx := context.Background()
	tx, err := db.SQL().BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(ctx, "UPDATE rooms SET beside = 1 WHERE id = 1"); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := expandHouse(s)
		done <- err
	}()
	until(t, db, "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'")
	db.Exec(t, "INSERT INTO rooms (id, name, floor) VALUES (2, 'red', 2)")
	until(t, db, "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%' AND now() - query_start > interval '500 milliseconds'")
	if retried > 0 {
		t.Errorf("the index was begun %d times again", retried)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	whole(t, "the transaction", s)
	if got := db.Strings(t, "SELECT name FROM rooms ORDER BY id"); len(got) != 2 {
		t.Errorf("the rooms are %v", got)
	}
}

// until waits until a query finds a row.
func until(t *testing.T, db enginetest.Database, query string) {
	t.Helper()
	for range 600 {
		if len(db.Strings(t, query)) > 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("nothing comes of %s", query)
}
