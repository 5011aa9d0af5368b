package faults

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"manage/engine/enginetest"
)

// purgedRows are so many that a purge of a table is several batches.
const purgedRows = 800

// purgedTables are the tables that deletedRows fill, those that refer to others
// first.
var purgedTables = []string{"action_plans", "audits", "strategies", "goals"}

// deletedRows fill tables of the optimization service, of which half are
// soft-deleted.
func deletedRows(t *testing.T, db enginetest.Database) {
	t.Helper()
	for _, table := range purgedTables {
		db.Exec(t, "DELETE FROM "+table)
	}
	insert := func(into string, row func(i, deleted int) string) {
		for at := 0; at < purgedRows; at += 400 {
			var values []string
			for i := at + 1; i <= at+400; i++ {
				values = append(values, row(i, i%2*i))
			}
			db.Exec(t, "INSERT INTO "+into+" VALUES "+strings.Join(values, ", "))
		}
	}
	insert("goals (id, uuid, name, display_name, efficacy_specification, deleted)", func(i, deleted int) string {
		return fmt.Sprintf("(%d, 'g%d', 'g%d', 'd', '[]', %d)", i, i, i, deleted)
	})
	insert("strategies (id, uuid, name, display_name, goal_id, deleted)", func(i, deleted int) string {
		return fmt.Sprintf("(%d, 's%d', 's%d', 'd', %d, %d)", i, i, i, i, deleted)
	})
	insert("audits (id, uuid, goal_id, auto_trigger, deleted)", func(i, deleted int) string {
		return fmt.Sprintf("(%d, 'a%d', %d, false, %d)", i, i, i, deleted)
	})
	insert("action_plans (id, uuid, audit_id, strategy_id, deleted)", func(i, deleted int) string {
		return fmt.Sprintf("(%d, 'p%d', %d, %d, %d)", i, i, i, i, deleted)
	})
}

// leftRows is what of these rows is there.
func leftRows(t *testing.T, db enginetest.Database) string {
	t.Helper()
	var all []string
	for _, table := range purgedTables {
		rows := db.Strings(t, "SELECT count(*) FROM "+table+" WHERE deleted = 0")
		gone := db.Strings(t, "SELECT count(*) FROM "+table+" WHERE deleted <> 0")
		all = append(all, fmt.Sprintf("%s %s+%s", table, rows[0], gone[0]))
	}
	return strings.Join(all, ", ")
}

// A purge that is killed, at each of its points in turn, leaves the rows that
// stay, and another purge removes the rest. Each kill hits a purge of all rows.
func TestPurgeKilledAtEveryPoint(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		k := task{URL: db.URL, Catalog: "watcher", Commands: []command{{"upgrade", ""}}}
		if r, _ := runTask(t, k); r.Error != "" {
			t.Fatal(r.Error)
		}
		k.Commands = []command{{"purge", ""}}
		deletedRows(t, db)
		if r, _ := runTask(t, k); r.Error != "" {
			t.Fatal(r.Error)
		}
		want, kills := leftRows(t, db), 0
		if parts := strings.Count(want, fmt.Sprintf("%d+0", purgedRows/2)); parts != len(purgedTables) {
			t.Fatalf("an undisturbed purge leaves %s", want)
		}
		for _, f := range faultsOn(db.Dialect, death, sent) {
			for n := 1; ; n += stride(9) {
				deletedRows(t, db)
				broken := k
				broken.Fault, broken.Stride, broken.Seen = f, n, filepath.Join(t.TempDir(), "seen")
				r, killed := runTask(t, broken)
				if !killed && r.Error != "" {
					t.Fatalf("point %d: %s", n, r.Error)
				}
				if !killed {
					break // has no more points
				}
				kills++
				points := pointsIn(broken.Seen)
				if r, _ := runTask(t, k); r.Error != "" {
					t.Fatalf("after %s at %s: %s", f, points[len(points)-1], r.Error)
				}
				if got := leftRows(t, db); got != want {
					t.Fatalf("after %s at %s are left %s, want %s", f, points[len(points)-1], got, want)
				}
			}
		}
		t.Logf("%d processes killed", kills)
		if kills < 3 || *all && kills < 20 {
			t.Errorf("only %d processes were killed", kills)
		}
	})
}
