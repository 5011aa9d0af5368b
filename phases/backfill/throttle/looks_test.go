package throttle_test

import (
	"errors"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/phases/backfill"
	"manage/phases/backfill/throttle"
)

// A named query holds a data migration up while it returns a row.
func TestQueries(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		fill(t, e)
		e.Exec(t, "CREATE TABLE jobs (id INTEGER PRIMARY KEY)")
		e.Exec(t, "INSERT INTO jobs VALUES (1)")
		query := throttle.Query{Name: "jobs", SQL: "SELECT id FROM jobs"}
		said := query
		said.Message = "jobs are waiting"
		if reason := becomes(t, begin(t, e.URL, throttle.Options{Queries: []throttle.Query{query}}), "jobs"); reason != "the query jobs returns a row" {
			t.Errorf("the reason is %q", reason)
		}
		m := move(t, e, backfill.Options{Throttle: begin(t, e.URL, throttle.Options{Queries: []throttle.Query{said}})})
		m.pauses(t, "jobs are waiting")
		m.stands(t)
		e.Exec(t, "DELETE FROM jobs")
		m.ends(t)
	})
}

// A query that does not work is refused at the start; one that ceases to is
// said once, and holds nothing up.
func TestQueryFails(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		e.Exec(t, "CREATE TABLE jobs (id INTEGER PRIMARY KEY)")
		query := throttle.Query{Name: "jobs", SQL: "SELECT id FROM nowhere", Place: throttle.Place{File: "manage.toml", Line: 3}}
		_, err := begin(t, e.URL, throttle.Options{Queries: []throttle.Query{query}}).Reason(t.Context())
		var bad *throttle.Misconfigured
		if !errors.As(err, &bad) || !strings.HasPrefix(err.Error(), "manage.toml:3: [[throttle]] the query of jobs does not work: ") {
			t.Fatalf("error %v", err)
		}
		var notes []string
		query.SQL = "SELECT id FROM jobs"
		th := begin(t, e.URL, throttle.Options{Queries: []throttle.Query{query}, Note: func(text string) { notes = append(notes, text) }})
		becomes(t, th, "")
		e.Exec(t, "DROP TABLE jobs")
		eventually(t, "a note", func() bool { becomes(t, th, ""); return len(notes) > 0 })
		e.Exec(t, "CREATE TABLE jobs (id INTEGER PRIMARY KEY)")
		e.Exec(t, "INSERT INTO jobs VALUES (1)")
		becomes(t, th, "the query jobs returns a row")
		if len(notes) != 1 || !strings.Contains(notes[0], "holds nothing up") {
			t.Errorf("notes %q", notes)
		}
	})
}

// A query can write nothing, whatever it says.
func TestQueryWrites(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		e.Exec(t, "CREATE TABLE jobs (id INTEGER PRIMARY KEY)")
		e.Exec(t, "INSERT INTO jobs VALUES (1)")
		for _, query := range []string{"DELETE FROM jobs", "INSERT INTO jobs VALUES (2)", "DROP TABLE jobs", "DELETE FROM jobs RETURNING id"} {
			_, err := begin(t, e.URL, throttle.Options{Queries: []throttle.Query{{Name: "jobs", SQL: query}}}).Reason(t.Context())
			var bad *throttle.Misconfigured
			if !errors.As(err, &bad) {
				t.Errorf("%s: error %v", query, err)
			}
		}
		if rows := e.Strings(t, "SELECT id FROM jobs"); len(rows) != 1 || rows[0] != "1" {
			t.Errorf("there is %q", rows)
		}
	})
}

// Sessions at work count, idle ones do not.
func TestLoad(t *testing.T) {
	for _, d := range startable() {
		sleep := "SLEEP(600)"
		if d == flavor.Postgres {
			sleep = "pg_sleep(600)"
		}
		t.Run(string(d), func(t *testing.T) {
			e := enginetest.Private(t, d, enginetest.Options{}).New(t)
			fill(t, e)
			th := begin(t, e.URL, throttle.Options{MaxLoad: 3})
			becomes(t, th, "")
			for range 5 {
				go func() { _, _ = e.SQL().ExecContext(t.Context(), "SELECT "+sleep) }()
			}
			becomes(t, th, "sessions are at work on the server (limit 3)")
			m := move(t, e, backfill.Options{Throttle: th})
			m.pauses(t, "sessions are at work")
			m.stands(t)
			wake(t, e, sleep)
			m.ends(t)
		})
	}
}

// wake ends the statements that sleep.
func wake(t testing.TB, e enginetest.Database, sleeping string) {
	t.Helper()
	if e.Dialect == flavor.Postgres {
		e.Exec(t, "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE '%"+sleeping+"%' AND pid <> pg_backend_pid()")
		return
	}
	for _, id := range e.Strings(t, "SELECT id FROM information_schema.processlist WHERE info LIKE '%"+sleeping+"%' AND id <> CONNECTION_ID()") {
		_, _ = e.SQL().Exec("KILL QUERY " + id)
	}
}

// A query over rows that a policy hides would hold nothing up.
func TestQueryOfHiddenRows(t *testing.T) {
	e := enginetest.New(t, flavor.Postgres)
	e.Exec(t, "CREATE TABLE jobs (id integer); INSERT INTO jobs VALUES (1)")
	url := e.PlainOwner(t)
	e.HideRows(t, "jobs")
	query := throttle.Query{Name: "jobs", SQL: "SELECT id FROM jobs", Place: throttle.Place{File: "manage.toml", Line: 3}}
	_, err := begin(t, url, throttle.Options{Queries: []throttle.Query{query}}).Reason(t.Context())
	var bad *throttle.Misconfigured
	if !errors.As(err, &bad) || bad.Line != 3 || !strings.Contains(bad.Problem, "hide rows of the table jobs") || !strings.Contains(bad.Hint, "NO FORCE ROW LEVEL SECURITY") {
		t.Errorf("got %v", err)
	}
}
