package backfill_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/revision"
	"manage/engine/run"
	"manage/migrations/catalog"
	"manage/phases/backfill"
	"manage/schema"
)

// step is a step of a table's statements.
func step(table string, statements ...string) catalog.MigrationStep {
	st := catalog.MigrationStep{Table: table, Key: []string{"id"}, Source: revision.Source{File: "one_migrate01.toml", Line: 9}}
	for _, s := range statements {
		st.Statements = append(st.Statements, schema.Text{All: s})
	}
	return st
}

// kindCase is a kind of statement in a batch, on the table that fill makes with
// 1000 rows.
type kindCase struct {
	name  string
	make  []string // statements before
	m     *catalog.Migration
	check string // a query, and its only value after
	want  string
}

func kindCases(d flavor.Dialect) []kindCase {
	upsert := "INSERT INTO copies (id, a) SELECT id, a FROM items WHERE {range} ON CONFLICT (id) DO UPDATE SET a = excluded.a"
	if d == flavor.SQLite { // a conflict clause behind SELECT needs a WHERE, which there is
		upsert = "INSERT INTO copies (id, a) SELECT id, a FROM items WHERE {range} ON CONFLICT (id) DO UPDATE SET a = excluded.a"
	}
	if d.MySQLFamily() {
		upsert = "INSERT INTO copies (id, a) SELECT id, a FROM items WHERE {range} ON DUPLICATE KEY UPDATE a = VALUES(a)"
	}
	missing := "SELECT 1 FROM items i WHERE NOT EXISTS (SELECT 1 FROM copies c WHERE c.id = i.id AND c.a = i.a)"
	copies := "CREATE TABLE copies (id INTEGER NOT NULL PRIMARY KEY, a INTEGER, times INTEGER DEFAULT 0)"
	update := catalog.MigrationStep{Table: "items", Key: []string{"id"}, Where: schema.Text{All: "b IS NULL"},
		Set: map[string]schema.Text{"b": {All: "a"}}, SetOrder: []string{"b"}}
	return []kindCase{
		{"update", nil, migration("SELECT 1 FROM items WHERE b IS NULL", update), "SELECT count(*) FROM items WHERE b = a", "1000"},
		{"insert from select", []string{copies},
			migration("SELECT 1 FROM items WHERE id NOT IN (SELECT id FROM copies)", step("items", "INSERT INTO copies (id, a) SELECT id, a FROM items WHERE {range}")),
			"SELECT count(*) FROM copies c JOIN items i ON i.id = c.id AND i.a = c.a", "1000"},
		{"upsert", []string{copies, "INSERT INTO copies (id, a) VALUES (7, 0), (500, 0), (2000, 0)"}, migration(missing, step("items", upsert)),
			"SELECT count(*) FROM copies c JOIN items i ON i.id = c.id AND i.a = c.a", "1000"},
		{"delete", nil, migration("SELECT 1 FROM items WHERE id % 3 = 0", step("items", "DELETE FROM items WHERE {range} AND id % 3 = 0")),
			"SELECT count(*) FROM items WHERE id % 3 <> 0", "667"},
		{"delete everything", nil, migration("SELECT 1 FROM items", step("items", "DELETE FROM items WHERE {range}")), "SELECT count(*) FROM items", "0"},
		{"several statements", []string{copies},
			migration("SELECT 1 FROM items", step("items", "INSERT INTO copies (id, a) SELECT id, a FROM items WHERE {range}", "DELETE FROM items WHERE {range}")),
			"SELECT count(*) FROM copies WHERE a = id * 7", "1000"},
		{"several steps", []string{copies},
			migration("SELECT 1 FROM items WHERE b IS NULL", update, step("items", "INSERT INTO copies (id, a) SELECT id, b FROM items WHERE {range}"),
				step("copies", "UPDATE copies SET times = times + 1 WHERE {range}")),
			"SELECT count(*) FROM copies WHERE a = id * 7 AND times = 1", "1000"},
	}
}

// Each kind of statement does its rows once, with one worker and with several.
func TestKinds(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		for _, c := range kindCases(d) {
			for _, workers := range []int{1, 3} {
				t.Run(fmt.Sprintf("%s/%s/%d", d, c.name, workers), func(t *testing.T) {
					e := enginetest.New(t, d)
					fill(t, e, 1000)
					for _, s := range c.make {
						e.Exec(t, s)
					}
					held := acquire(t, runner(t, e))
					_, err := backfill.Run(t.Context(), held, c.m, backfill.Fixed(backfill.Options{Workers: workers}, 64))
					must(t, err)
					equal(t, "rows", e.Strings(t, c.check), []string{c.want})
				})
			}
		}
	}
}

var errKilled = errors.New("killed")

// dies ends a run at its nth fault point.
type dies struct{ left atomic.Int64 }

func (d *dies) At(p run.Point) error {
	if p.Place != run.AfterRelease && p.Place != run.BeforeRelease && d.left.Add(-1) < 0 {
		return errKilled
	}
	return nil
}

// A kill at any batch repeats nothing and skips nothing: the statement adds to
// its rows, so that each row tells how often it was changed. A rerun may have
// another number of workers.
func TestKilled(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		for round := range 4 {
			e.Exec(t, "DROP TABLE IF EXISTS items")
			e.Exec(t, "DROP TABLE IF EXISTS manage_backfill")
			fill(t, e, 2000)
			e.Exec(t, "UPDATE items SET b = 0")
			m := migration("SELECT 1 FROM items WHERE b = 0", step("items", "UPDATE items SET b = b + 1 WHERE {range}"),
				step("items", "UPDATE items SET b = b + 10 WHERE {range}"))
			for tries := 0; ; tries++ {
				if tries > 100 {
					t.Fatal("it does not come to an end")
				}
				r := runner(t, e)
				faults := &dies{}
				faults.left.Store(rand.Int64N(60))
				if tries < 20 {
					r.Faults = faults
				}
				err := killedRun(t, r, m, backfill.Fixed(backfill.Options{Workers: 1 + (round+tries)%4}, 50))
				if err == nil {
					break
				}
				if !errors.Is(err, errKilled) {
					t.Fatal(err)
				}
				if all := e.Strings(t, "SELECT DISTINCT b FROM items"); len(all) == 1 && all[0] == "11" {
					break // nothing is pending any more, so it is not run again
				}
			}
			equal(t, "how often rows were changed", e.Strings(t, "SELECT DISTINCT b FROM items"), []string{"11"})
		}
	})
}

// killedRun runs a data migration in a process that may die: what it holds is
// dropped, as the server does when a process is gone.
func killedRun(t *testing.T, r *run.Runner, m *catalog.Migration, o backfill.Options) error {
	t.Helper()
	r.Options.LeaseTTL = 1 // nobody waits for the dead
	held, err := r.Acquire(t.Context(), "migrate")
	if err != nil {
		return err
	}
	_, err = backfill.Run(t.Context(), held, m, o)
	r.Faults = nil
	if releaseErr := held.Release(context.WithoutCancel(t.Context())); err == nil {
		err = releaseErr
	}
	return err
}

// What the server rejects is found before the first batch.
func TestRejected(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		fill(t, e, 10)
		held := acquire(t, runner(t, e))
		first := step("items", "UPDATE items SET b = 1 WHERE {range}")
		for _, bad := range []string{"UPDATE items SET nothing = 1 WHERE {range}", "UPDATE items SET b = nosuch(a) WHERE {range}", "UPDTE items",
			"INSERT INTO items (id, a) SELECT i.id, i.a FROM items i JOIN items j ON i.id = j.id"} {
			_, err := backfill.Run(t.Context(), held, migration("SELECT 1 FROM items", first, step("items", bad+" WHERE {range}")), backfill.Options{})
			var rejected *backfill.Rejected
			if !errors.As(err, &rejected) || rejected.Step != 2 || rejected.Range != "" || !strings.HasPrefix(err.Error(), "one_migrate01.toml:9: the server refuses step 2") {
				t.Errorf("%s: error %v", bad, err)
			}
		}
		equal(t, "rows changed", e.Strings(t, "SELECT count(*) FROM items WHERE b = 1"), []string{"0"})
		if e.Dialect == flavor.SQLite {
			return // divides by zero
		}
		_, err := backfill.Run(t.Context(), held, migration("SELECT 1 FROM items", step("items", "UPDATE items SET b = a / (id - 7) WHERE {range}")), backfill.Fixed(backfill.Options{}, 2))
		var rejected *backfill.Rejected
		if !errors.As(err, &rejected) || rejected.Range == "" {
			t.Errorf("error %v", err)
		}
		if p := progress(t, held); p.Rows != 6 {
			t.Errorf("progress %+v", p)
		}
		if e.Dialect != flavor.Postgres {
			return // divides by zero where it only reads
		}
		e.Exec(t, "DELETE FROM manage_backfill")
		m := copying()
		m.Steps[0].Where = schema.Text{All: "b IS NULL AND a / (id - 7) >= 0"}
		_, err = backfill.Run(t.Context(), held, m, backfill.Options{})
		if !errors.As(err, &rejected) || !strings.Contains(rejected.Statement, "a / (id - 7)") {
			t.Errorf("error %v", err)
		}
	})
}

// A pending query that never becomes empty is noticed, at once where its
// condition tells, and after some passes where it does not.
func TestStuck(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, e enginetest.Database) {
		fill(t, e, 1000)
		held := acquire(t, runner(t, e))
		first := []string{"items: id = 1", "items: id = 2", "items: id = 3", "items: id = 4", "items: id = 5"}
		all := catalog.MigrationStep{Table: "items", Key: []string{"id"}, Set: map[string]schema.Text{"b": {All: "1"}}, SetOrder: []string{"b"}}
		if e.Dialect == flavor.Postgres {
			for i := range first {
				first[i] = strings.Replace(first[i], "= ", "= '", 1) + "'"
			}
		}
		same := catalog.MigrationStep{Table: "items", Key: []string{"id"}, Where: schema.Text{All: "b IS NULL"},
			Set: map[string]schema.Text{"b": {All: "NULL"}}, SetOrder: []string{"b"}}
		for _, c := range []struct {
			pending string
			steps   catalog.MigrationStep
			reason  string
			sample  []string
			rows    int64
		}{
			{"SELECT 1 FROM items WHERE b  is NULL", same, "3 batches changed none of their rows so that they are done", first, 200},
			{"SELECT 1 FROM items WHERE COALESCE(b, 0) = 0", same, "it went over all rows 3 times", first, 4000},
			{"SELECT 1 FROM items", step("items", "DELETE FROM items WHERE {range} AND id < 0"), "it went over all rows 3 times", first, 0},
			{"SELECT i.id FROM items i WHERE i.id > 0;", all, "it went over all rows 3 times", first, 4000},
			{"SELECT x.id FROM items AS x JOIN items y ON x.id = y.id LIMIT 1", all, "it went over all rows 3 times", first, 4000},
			{"SELECT 1 FROM items ORDER BY id", step("items", "DELETE FROM items WHERE {range} AND id < 0"), "it went over all rows 3 times", nil, 0},
		} {
			rows, err := backfill.Run(t.Context(), held, migration(c.pending, c.steps), backfill.Fixed(backfill.Options{}, 100))
			var stuck *backfill.Stuck
			if !errors.As(err, &stuck) || stuck.Reason != c.reason || stuck.Pending != c.pending || rows != c.rows {
				t.Errorf("%s: %d rows, error %v", c.pending, rows, err)
				continue
			}
			equal(t, "sample", stuck.Sample, c.sample)
			e.Exec(t, "DELETE FROM manage_backfill")
		}
	})
}

// Several workers leave a row for each range, which add up.
func TestWorkers(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		if d == flavor.SQLite {
			continue // always one
		}
		t.Run(string(d), func(t *testing.T) {
			e := enginetest.New(t, d)
			fill(t, e, 4000)
			held := acquire(t, runner(t, e))
			var last backfill.Batched
			o := backfill.Fixed(backfill.Options{Workers: 3, MaxRows: 1500, Events: func(ev any) {
				if b, ok := ev.(backfill.Batched); ok {
					last = b
				}
			}}, 100)
			rows, err := backfill.Run(t.Context(), held, copying(), o)
			var halted *backfill.Halted
			if !errors.As(err, &halted) || rows < 1500 || rows > 2000 || last.Rows != rows || last.Estimate != 4000 {
				t.Fatalf("%d rows, error %v, %+v", rows, err, last)
			}
			o.MaxRows, o.Workers = 0, 2
			more, err := backfill.Run(t.Context(), held, copying(), o)
			if err != nil || rows+more != 4000 || last.Rows != 4000 {
				t.Fatalf("%d and %d rows, error %v, %+v", rows, more, err, last)
			}
			all, err := held.Store().Progress(t.Context())
			must(t, err)
			var sum int64
			for _, p := range all {
				if sum += p.Rows; p.Finished == nil {
					t.Errorf("%+v", p)
				}
			}
			if len(all) < 4 || sum != 4000 {
				t.Errorf("%d ranges, %d rows", len(all), sum)
			}
			e.Exec(t, "UPDATE items SET b = NULL WHERE id > 3990")
			again, err := backfill.Run(t.Context(), held, copying(), o)
			if err != nil || again != 10 {
				t.Fatalf("again: %d rows, error %v", again, err)
			}
			all, err = held.Store().Progress(t.Context())
			must(t, err)
			sum = 0
			for _, p := range all {
				sum += p.Rows
			}
			if sum != 10 {
				t.Errorf("again: the books say %d rows", sum)
			}
		})
	}
}

// An error in one worker stops the others, and what they did stays.
func TestWorkersFail(t *testing.T) {
	e := enginetest.New(t, flavor.Postgres)
	fill(t, e, 4000)
	held := acquire(t, runner(t, e))
	m := migration("SELECT 1 FROM items WHERE b IS NULL", step("items", "UPDATE items SET b = a / (id - 2900) WHERE {range}"))
	o := backfill.Fixed(backfill.Options{Workers: 4}, 100)
	rows, err := backfill.Run(t.Context(), held, m, o)
	var rejected *backfill.Rejected
	if !errors.As(err, &rejected) {
		t.Fatalf("error %v", err)
	}
	equal(t, "what is done", e.Strings(t, "SELECT count(*) FROM items WHERE b IS NOT NULL"), []string{fmt.Sprint(rows)})
	var books int64
	all, err := held.Store().Progress(t.Context())
	must(t, err)
	for _, p := range all {
		books += p.Rows
	}
	if books != rows {
		t.Errorf("the books say %d rows, it was %d", books, rows)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stopped *run.Interrupted
	if _, err := backfill.Run(ctx, held, copying(), o); !errors.As(err, &stopped) {
		t.Errorf("error %v", err)
	}
}
