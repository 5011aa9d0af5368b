package purge

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/enginetest/fixtures"
	"manage/engine/flavor"
	"manage/engine/run"
	"manage/phases/backfill"
)

// manyGoals is the SQL for n soft-deleted goals, with an audit each.
func manyGoals(n int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, "INSERT INTO goals (id, uuid, name, display_name, efficacy_specification, deleted) VALUES (%d, 'g%d', 'g%d', 'd', '[]', %d);\n", i, i, i, i)
		fmt.Fprintf(&b, "INSERT INTO audits (id, uuid, goal_id, auto_trigger, deleted) VALUES (%d, 'a%d', %d, false, %d);\n", i, i, i, i)
	}
	return b.String()
}

// A purge that is stopped has removed whole batches, children first, and another
// one removes the rest.
func TestInterrupted(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		t.Run(string(d), func(t *testing.T) {
			db := enginetest.New(t, d)
			s := created(t, fixtures.Catalog(t, "watcher"), db)
			db.Exec(t, manyGoals(1500))
			ctx, cancel := context.WithCancel(context.Background())
			s.Events = func(e any) {
				if _, ok := e.(backfill.Batched); ok {
					cancel()
				}
			}
			sel, err := s.Look(ctx, Request{})
			if err != nil {
				t.Fatal(err)
			}
			done, err := s.Delete(ctx, sel)
			var stopped *run.Interrupted
			if !errors.As(err, &stopped) || !stopped.Began {
				t.Fatalf("got %v, want an interruption in the middle", err)
			}
			left := remaining(t, db)
			if done.Total() != 1000 || len(left["audits"]) != 500 || len(left["goals"]) != 1500 {
				t.Errorf("%d are gone; %d audits and %d goals stay", done.Total(), len(left["audits"]), len(left["goals"]))
			}
			if sel, err = s.Look(context.Background(), Request{}); err != nil {
				t.Fatal(err)
			}
			if done, err = s.Delete(context.Background(), sel); err != nil || done.Total() != 2000 {
				t.Errorf("the second purge removed %d: %v", done.Total(), err)
			}
		})
	}
}

// What something comes to refer to while a purge runs stays.
func TestNewReferenceStays(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		t.Run(string(d), func(t *testing.T) {
			db := enginetest.New(t, d)
			s := created(t, fixtures.Catalog(t, "watcher"), db)
			db.Exec(t, manyGoals(5))
			once := false
			s.Events = func(e any) {
				if _, ok := e.(backfill.Batched); ok && !once { // the audits are gone
					once = true
					db.Exec(t, "INSERT INTO audits (id, uuid, goal_id, auto_trigger, deleted) VALUES (9, 'new', 3, false, 0)")
					db.Exec(t, "UPDATE goals SET deleted = 0 WHERE id = 4")
				}
			}
			sel, err := s.Look(context.Background(), Request{})
			if err != nil {
				t.Fatal(err)
			}
			if got := sel.Counts().Total(); got != 10 {
				t.Fatalf("%d are selected", got)
			}
			done, err := s.Delete(context.Background(), sel)
			if err != nil || done.Total() != 8 {
				t.Errorf("%d are gone: %v", done.Total(), err)
			}
			left := remaining(t, db)
			if fmt.Sprint(left["goals"], left["audits"]) != "[3 4] [9]" {
				t.Errorf("goals %v and audits %v stay", left["goals"], left["audits"])
			}
		})
	}
}

// A table that no catalog knows counts, whatever its foreign key would do.
func TestForeignTablesAreInTheWay(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		for _, action := range []string{"NO ACTION", "CASCADE", "SET NULL"} {
			t.Run(string(d)+" "+action, func(t *testing.T) {
				db := enginetest.New(t, d)
				s := created(t, fixtures.Catalog(t, "watcher"), db)
				db.Exec(t, manyGoals(20))
				db.Exec(t, "CREATE TABLE notes (a integer, b integer, goal_id integer, PRIMARY KEY (a, b), FOREIGN KEY (goal_id) REFERENCES goals (id) ON DELETE "+action+")")
				for i := 1; i <= 12; i++ {
					db.Exec(t, fmt.Sprintf("INSERT INTO notes VALUES (1, %d, %d)", i, i))
				}
				sel, err := s.Look(context.Background(), Request{})
				if err != nil {
					t.Fatal(err)
				}
				var b *Blocked
				if err := s.InTheWay(context.Background(), sel); !errors.As(err, &b) {
					t.Fatalf("got %v", err)
				}
				want := InTheWay{Table: "notes", Row: "a 1, b 1", Columns: "goal_id", RefTable: "goals", RefRow: "id 1"}
				if len(b.Rows) != mostInTheWay || !b.More || b.Rows[0] != want {
					t.Errorf("got %+v", b)
				}
				// Deleting all the same takes only what nothing refers to.
				if _, err := s.Delete(context.Background(), sel); err != nil {
					t.Fatal(err)
				}
				if got := db.Strings(t, "SELECT COUNT(*) FROM notes WHERE goal_id IS NOT NULL"); got[0] != "12" {
					t.Errorf("%s notes are whole", got[0])
				}
				if got := remaining(t, db)["goals"]; len(got) != 12 {
					t.Errorf("goals %v stay", got)
				}
			})
		}
	}
}

func TestRoots(t *testing.T) {
	db := enginetest.New(t, "sqlite")
	s := created(t, fixtures.Catalog(t, "watcher"), db)
	const uuid = "c7fde805-ec99-408d-9b5b-5fab8f4d3e27"
	db.Exec(t, "INSERT INTO goals (id, uuid, name, display_name, efficacy_specification, deleted) VALUES (1, '"+uuid+"', 'a', 'd', '[]', 1), (2, 'x', '"+uuid+"', 'd', '[]', 2), (3, 'y', 'a', 'd', '[]', 0), (4, 'z', 'n', 'd', '[]', NULL)")
	cases := []struct {
		root Root
		want string // of the error; "" if it is found
	}{
		{Root{"goal", uuid}, ""},
		{Root{"goal", "a"}, "Goal a was found 2 times"},
		{Root{"goal", "x"}, "Goal x could not be found"},
		{Root{"goal", "n"}, "The Goal resource n is not soft deleted"},
		{Root{"action", "name"}, "Action name could not be found"},
		{Root{"gaol", "a"}, `there is no kind "gaol"`},
		{Root{"goal", "'; DROP TABLE goals; --"}, "Goal '; DROP TABLE goals; -- could not be found"},
	}
	for _, c := range cases {
		sel, err := s.Look(context.Background(), Request{Root: &c.root, ExcludeOrphans: true})
		switch {
		case c.want == "" && (err != nil || sel.Counts().Total() != 1):
			t.Errorf("%v: %v", c.root, err)
		case c.want != "" && (err == nil || err.Error() != c.want):
			t.Errorf("%v: got %v, want %s", c.root, err, c.want)
		}
	}
}

// A sweep is told table by table, and stops at the one with rows in the way.
func TestSweep(t *testing.T) {
	db := enginetest.New(t, "sqlite")
	s := created(t, fixtures.Catalog(t, "glance"), db)
	db.Exec(t, `INSERT INTO tasks (id, type, status, owner, created_at, updated_at, deleted, deleted_at) VALUES ('t1', 'import', 'success', 'o', '2020-01-01', '2020-01-01', 0, '2020-01-01 00:00:00');
CREATE TABLE audit_log (id integer PRIMARY KEY, task_id varchar(36) REFERENCES tasks (id));
INSERT INTO audit_log VALUES (5, 't1'); INSERT INTO task_info (task_id) VALUES ('t1')`)
	var heard []string
	s.Events = func(e any) {
		switch e := e.(type) {
		case Sweeping:
			heard = append(heard, "> "+e.Table)
		case Swept:
			heard = append(heard, fmt.Sprintf("%s %d", e.Table, e.Rows))
		}
	}
	err := s.Sweep(context.Background(), SweepRequest{Sweep: "purge", Before: time.Now(), Limit: -1})
	var b *Blocked
	if !errors.As(err, &b) || b.Rows[0].Table != "audit_log" {
		t.Errorf("got %v", err)
	}
	want := "> task_info, task_info 1, > image_properties, image_properties 0, > image_tags, image_tags 0, " +
		"> image_locations, image_locations 0, > image_members, image_members 0, > tasks"
	if got := strings.Join(heard, ", "); got != want {
		t.Errorf("heard %s\nwant  %s", got, want)
	}
	if err := s.Sweep(context.Background(), SweepRequest{Sweep: "nosuch"}); err == nil {
		t.Error("a purge of no name was run")
	}
}

// A sweep takes the oldest, and looks for what refers to them, also where the
// time of deletion is that of another table's row.
func TestSweepOfTheOldest(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := created(t, fixtures.Catalog(t, "glance"), db)
		deleted := "true"
		if db.Dialect == flavor.SQLite {
			deleted = "1"
		}
		for i := 1; i <= 3; i++ {
			db.Exec(t, fmt.Sprintf("INSERT INTO tasks (id, type, status, owner, created_at, updated_at, deleted, deleted_at) VALUES ('t%d', 'import', 'success', 'o', '2020-01-01', '2020-01-01', %s, '2020-01-0%d 00:00:00')", i, deleted, 4-i))
			db.Exec(t, fmt.Sprintf("INSERT INTO task_info (task_id) VALUES ('t%d')", i))
		}
		notes := "CREATE TABLE notes (id integer PRIMARY KEY, task_id varchar(36), FOREIGN KEY (task_id) REFERENCES task_info (task_id))"
		if db.Dialect.MySQLFamily() {
			notes += " DEFAULT CHARSET utf8mb3" // as the service's own tables
		}
		db.Exec(t, notes)
		db.Exec(t, "INSERT INTO notes VALUES (5, 't2')")
		sweep := func(limit int64) error {
			return s.Sweep(context.Background(), SweepRequest{Sweep: "purge", Before: time.Now(), Limit: limit})
		}
		if err := sweep(1); err != nil {
			t.Fatal(err)
		}
		if got := db.Strings(t, "SELECT id FROM tasks ORDER BY id"); fmt.Sprint(got) != "[t1 t2]" {
			t.Errorf("tasks %v stay", got)
		}
		want := InTheWay{Table: "notes", Row: "id 5", Columns: "task_id", RefTable: "task_info", RefRow: "task_id t2"}
		for _, limit := range []int64{1, -1} {
			var b *Blocked
			if err := sweep(limit); !errors.As(err, &b) || len(b.Rows) != 1 || b.Rows[0] != want {
				t.Errorf("with the limit %d: %v", limit, err)
			}
		}
		if got := db.Strings(t, "SELECT task_id FROM task_info ORDER BY task_id"); fmt.Sprint(got) != "[t1 t2]" {
			t.Errorf("task_info %v stay", got)
		}
	})
}
