package purge

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/enginetest/fixtures"
	"manage/engine/flavor"
	"manage/phases/rowaccess"
)

// unsafe is the text of a refusal because rows cannot be relied on.
func unsafe(t *testing.T, err error) string {
	t.Helper()
	var e *rowaccess.Unsafe
	if !errors.As(err, &e) {
		t.Errorf("got %v", err)
		return ""
	}
	return e.Error()
}

// Rows that a policy hides would stay, or be in the way unseen: those that are
// removed, their parents, and those that refer to them.
func TestHiddenRows(t *testing.T) {
	for _, table := range []string{"goals", "audits", "strategies", "notes"} {
		db := enginetest.New(t, flavor.Postgres)
		created(t, fixtures.Catalog(t, "watcher"), db)
		db.Exec(t, manyGoals(3))
		db.Exec(t, "CREATE TABLE notes (id integer PRIMARY KEY, goal_id integer REFERENCES goals (id))")
		url := db.PlainOwner(t)
		db.HideRows(t, table)
		s := &Service{Catalog: fixtures.Catalog(t, "watcher"), DB: fixtures.DB(t, url)}
		if _, err := s.Look(context.Background(), Request{}); !strings.Contains(unsafe(t, err), "row-level security may hide rows of the table "+table) {
			t.Errorf("%s: %v", table, err)
		}
	}
}

// A sweep is refused before its first table for any of its tables.
func TestSweepOfHiddenRows(t *testing.T) {
	db := enginetest.New(t, flavor.Postgres)
	created(t, fixtures.Catalog(t, "glance"), db)
	db.Exec(t, `INSERT INTO tasks (id, type, status, owner, created_at, updated_at, deleted, deleted_at) VALUES ('t1', 'import', 'success', 'o', '2020-01-01', '2020-01-01', true, '2020-01-01 00:00:00'); INSERT INTO task_info (task_id) VALUES ('t1')`)
	url := db.PlainOwner(t)
	db.HideRows(t, "image_members")
	s := &Service{Catalog: fixtures.Catalog(t, "glance"), DB: fixtures.DB(t, url)}
	err := s.Sweep(context.Background(), SweepRequest{Sweep: "purge", Before: time.Now(), Limit: -1})
	if !strings.Contains(unsafe(t, err), "rows of the table image_members") {
		t.Errorf("got %v", err)
	}
	if got := db.Strings(t, "SELECT count(*) FROM task_info"); got[0] != "1" {
		t.Errorf("%s rows are left", got[0])
	}
}

// Rows of tables without transactions are not removed.
func TestRowsWithoutTransactions(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if !db.Dialect.MySQLFamily() {
			return
		}
		s := created(t, fixtures.Catalog(t, "watcher"), db)
		db.Exec(t, "SET FOREIGN_KEY_CHECKS = 0; DROP TABLE audits; CREATE TABLE audits (id int PRIMARY KEY, uuid varchar(36), name varchar(63), goal_id int, strategy_id int, deleted int, deleted_at datetime) ENGINE = MyISAM; INSERT INTO audits (id, deleted) VALUES (1, 1); SET FOREIGN_KEY_CHECKS = 1")
		if _, err := s.Look(context.Background(), Request{}); !strings.Contains(unsafe(t, err), "the table audits has the storage engine MyISAM") {
			t.Errorf("got %v", err)
		}
	})
}
