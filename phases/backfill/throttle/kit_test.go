package throttle_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"manage/engine/database"
	"manage/engine/enginetest"
	"manage/engine/enginetest/fixtures"
	"manage/engine/revision"
	"manage/engine/run"
	"manage/migrations/catalog"
	"manage/phases/backfill"
	"manage/phases/backfill/throttle"
	"manage/schema"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// eventually waits for something that takes a while.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

func parse(t testing.TB, raw string) *database.URL {
	t.Helper()
	u, err := database.ParseURL(raw)
	must(t, err)
	return u
}

// begin makes a throttle of a database, and closes it when the test ends.
func begin(t testing.TB, raw string, o throttle.Options) *throttle.Throttle {
	t.Helper()
	th := throttle.New(fixtures.DB(t, raw), o)
	t.Cleanup(th.Close)
	return th
}

// becomes asks until the reason holds something; "" is no reason.
func becomes(t testing.TB, th *throttle.Throttle, part string) string {
	t.Helper()
	last := ""
	eventually(t, "the reason "+part, func() bool {
		var err error
		last, err = th.Reason(t.Context())
		must(t, err)
		return strings.Contains(last, part) && (part != "" || last == "")
	})
	if strings.Contains(last, enginetest.Password) {
		t.Errorf("a password is in %q", last)
	}
	return last
}

// moving is a data migration under way, which copies one column to another in
// batches of few rows.
type moving struct {
	e      enginetest.Database
	paused chan string // each reason
	ended  chan error
	mu     sync.Mutex
	last   string
}

// rowsToMove are enough for several batches.
const rowsToMove = 5000

// fill makes the table of the migration.
func fill(t testing.TB, e enginetest.Database) {
	t.Helper()
	e.Exec(t, "CREATE TABLE items (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, b INTEGER)")
	for from := 0; from < rowsToMove; from += 1000 {
		var all []string
		for id := from; id < from+1000; id++ {
			all = append(all, fmt.Sprintf("(%d, %d)", id, id*7))
		}
		e.Exec(t, "INSERT INTO items (id, a) VALUES "+strings.Join(all, ", "))
	}
}

// move begins the migration.
func move(t testing.TB, e enginetest.Database, o backfill.Options) *moving {
	t.Helper()
	return moveWith(t, e, o, "")
}

// moveWith begins it with one more statement in each batch; "" for none. Others
// may hear its events too.
func moveWith(t testing.TB, e enginetest.Database, o backfill.Options, slow string, hear ...func(any)) *moving {
	t.Helper()
	r := &run.Runner{DB: fixtures.DB(t, e.URL), Catalog: "c", VersionTable: "alembic_version"}
	held, err := r.Acquire(t.Context(), "migrate")
	must(t, err)
	m := &moving{e: e, paused: make(chan string, 1000), ended: make(chan error, 1)}
	o.Events = func(ev any) {
		for _, f := range hear {
			f(ev)
		}
		if p, ok := ev.(backfill.Paused); ok {
			m.mu.Lock()
			m.last = p.Reason
			m.mu.Unlock()
			m.paused <- p.Reason
		}
	}
	step := catalog.MigrationStep{Table: "items", Key: []string{"id"}, Where: schema.Text{All: "b IS NULL"},
		Set: map[string]schema.Text{"b": {All: "a"}}, SetOrder: []string{"b"}}
	if slow != "" {
		step = catalog.MigrationStep{Table: "items", Key: []string{"id"},
			Statements: []schema.Text{{All: "UPDATE items SET b = a WHERE b IS NULL AND {range}"}, {All: slow}}}
	}
	mig := &catalog.Migration{Migration: revision.Migration{ID: "one_migrate01"},
		Pending: schema.Text{All: "SELECT 1 FROM items WHERE b IS NULL LIMIT 1"}, Steps: []catalog.MigrationStep{step}}
	go func() {
		_, err := backfill.Run(t.Context(), held, mig, o)
		_ = held.Release(context.WithoutCancel(t.Context()))
		m.ended <- err
	}()
	return m
}

// pauses waits for a pause whose reason holds something.
func (m *moving) pauses(t testing.TB, part string) {
	t.Helper()
	deadline := time.After(60 * time.Second)
	for {
		select {
		case reason := <-m.paused:
			if strings.Contains(reason, part) && reason != "" {
				return
			}
		case err := <-m.ended:
			t.Fatalf("it ended without a pause for %q: %v", part, err)
		case <-deadline:
			t.Fatalf("no pause for %q within a minute", part)
		}
	}
}

// stands checks that nothing is moved.
func (m *moving) stands(t testing.TB) {
	t.Helper()
	before := m.e.Strings(t, "SELECT count(*) FROM items WHERE b IS NULL")[0]
	time.Sleep(500 * time.Millisecond)
	after := m.e.Strings(t, "SELECT count(*) FROM items WHERE b IS NULL")[0]
	if before != after || before == "0" {
		t.Errorf("%s rows were to be moved, %s half a second later", before, after)
	}
}

// ends waits until all is moved.
func (m *moving) ends(t testing.TB) {
	t.Helper()
	select {
	case err := <-m.ended:
		must(t, err)
	case <-time.After(60 * time.Second):
		t.Fatal("it does not end")
	}
	if left := m.e.Strings(t, "SELECT count(*) FROM items WHERE b IS NULL OR b <> a")[0]; left != "0" {
		t.Errorf("%s rows are not moved", left)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.last != "" {
		t.Errorf("the pause for %q was never over", m.last)
	}
}
