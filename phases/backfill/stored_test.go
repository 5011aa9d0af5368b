package backfill_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/ledger"
	"manage/phases/backfill"
)

// garbledPositions are none that this package writes for the table of fill: not
// all are evil, and none may be taken for a place to go on from.
var garbledPositions = []string{
	`{"step":0,"after":["n:(select evil())"]}`, `{"step":0,"after":["n:0) OR (1=1"]}`, `{"step":0,"after":["n:1; DELETE FROM canary; --"]}`, `{"step":0,"after":["n:1); DELETE FROM canary; --"]}`,
	`{"step":0,"after":["n:CASE WHEN 1=1 THEN 5 END"]}`, `{"step":0,"after":["n:0x10"]}`, `{"step":0,"after":["n:1_000"]}`, `{"step":0,"after":["n:"]}`, `{"step":0,"after":["n:NaN"]}`, `{"step":0,"after":["n:1e99999"]}`,
	`{"step":0,"after":["x:00'); DELETE FROM canary; --"]}`, `{"step":0,"after":["t:61' AS TEXT)); DELETE FROM canary; --"]}`, `{"step":0,"after":["u:0); DELETE FROM canary; --"]}`, `{"step":0,"after":["x:0"]}`,
	`{"step":0,"after":["q:1"]}`, `{"step":0,"after":["1"]}`, `{"step":0,"after":[""]}`, `{"step":0,"after":[1]}`, `{"step":0,"after":[null]}`, `{"step":0,"after":[true]}`, `{"step":0,"after":[["n:1"]]}`, `{"step":0,"after":[{"n":1}]}`,
	`{"step":0,"after":[]}`, `{"step":0,"after":["n:1","n:2"]}`, `{"step":0,"after":"n:1"}`, `{"step":0,"after":{}}`, `{"step":0,"until":["n:(select evil())"]}`, `{"step":0,"after":["n:1"],"until":["n:9) OR (1=1"]}`,
	`{"step":1,"after":["n:1"]}`, `{"step":2}`, `{"step":99}`, `{"step":-1}`, `{"step":0.5}`, `{"step":"0"}`, `{"step":99999999999999999999}`, `{"step":0,"part":true}`, `{"step":1,"part":true}`, `{"step":0,"part":1}`,
	`{"step":0,"more":1}`, `{"step":0} {}`, `{"step":0}x`, `{`, `x`, `[]`, `null`, `0`, `"{}"`, ` `, `{"step":0,"after":["n:1"]`, strings.Repeat("[", 50_000), `{"step":0,"after":` + strings.Repeat("[", 20_000) + `}`,
}

// What is stored as a position is data: it is never executed, never taken for a
// place to go on from, and the error names its row and what is in it. Once the
// row is gone, the data migration begins again.
func TestStoredPositionsAreData(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		t.Run(string(d), func(t *testing.T) { storedPositions(t, enginetest.New(t, d)) })
	}
}

func storedPositions(t *testing.T, e enginetest.Database) {
	fill(t, e, 20)
	e.Exec(t, "CREATE TABLE canary (id INTEGER)")
	e.Exec(t, "INSERT INTO canary VALUES (1)")
	r := runner(t, e)
	held := acquire(t, r)
	must(t, held.Store().Prepare(t.Context(), ledger.Positions))
	stored := `{"step":0,"after":["n:5"],"until":["n:9"],"part":true}`
	if e.Dialect == flavor.Postgres { // whose own text of a value is kept
		stored = strings.ReplaceAll(stored, "n:", "s:")
	}
	store := func(key, position string) {
		t.Helper()
		e.Exec(t, "DELETE FROM manage_backfill")
		must(t, held.Store().SaveProgress(t.Context(), held.Token(), ledger.Progress{Migration: "one_migrate01", Range: "", Position: `{"step":0}`}))
		must(t, held.Store().SaveProgress(t.Context(), held.Token(), ledger.Progress{Migration: "one_migrate01", Range: key, Position: position}))
	}
	refused := func(what, column, key string) {
		t.Helper()
		rows, err := backfill.Run(t.Context(), held, copying(), backfill.Options{})
		var garbled *ledger.Garbled
		if !errors.As(err, &garbled) || rows != 0 {
			t.Fatalf("%.80s: %d rows, %v", what, rows, err)
		}
		if want := fmt.Sprintf("table manage_backfill, column %s of the row where catalog = 'c' AND migration = 'one_migrate01' AND key_range = '%s'", column, key); !strings.Contains(err.Error(), want) {
			t.Errorf("%.80s: %v", what, err)
		}
	}
	for _, position := range garbledPositions {
		store("", position)
		refused(position, "position", "")
		store("3", position)
		refused(position, "position", "3")
	}
	for _, key := range []string{"x", "0", "-1", "01", " 1", "1;", "9999999999", "+1"} {
		store(key, stored)
		refused(key, "key_range", key)
	}
	equal(t, "the canary", e.Strings(t, "SELECT id FROM canary"), []string{"1"})
	equal(t, "changed rows", e.Strings(t, "SELECT count(*) FROM items WHERE b IS NOT NULL"), []string{"0"})

	// Ranges of which some are missing are no reason to break down.
	e.Exec(t, "DELETE FROM manage_backfill")
	must(t, held.Store().SaveProgress(t.Context(), held.Token(), ledger.Progress{Migration: "one_migrate01", Range: "7", Position: stored}))
	if _, err := backfill.Run(t.Context(), held, copying(), backfill.Options{Workers: 3}); err != nil {
		t.Fatal(err)
	}
	equal(t, "rows left", e.Strings(t, "SELECT count(*) FROM items WHERE b IS NULL"), []string{"0"})
}

// A position whose text only the server can judge is judged before anything is
// done, and each value is of a form that its column's type has.
func TestStoredKeysOfOtherTypes(t *testing.T) {
	for i, test := range []struct{ typ, values, garbled, only string }{
		{"DATE", "('2024-01-01'), ('2024-02-02')", `"s:no date"`, "postgres mysql mariadb"},
		{"DATE", "('2024-01-01')", `"s:2024-01-01'); DELETE FROM items; --"`, "postgres mysql mariadb"},
		{"UUID", "('00000000-0000-0000-0000-000000000001')", `"s:no-uuid"`, "postgres"},
		{"INTEGER", "(1), (2)", `"s:one"`, "postgres mysql mariadb"},
		{"VARBINARY(10)", "(X'61')", `"s:a"`, "mysql mariadb"},
		{"VARBINARY(10)", "(X'61')", `"x:6g"`, "mysql mariadb"},
		{"TIMESTAMP NOT NULL", "('2024-01-01 00:00:00')", `"u:1 OR 1=1"`, "mysql mariadb"},
		{"VARCHAR(20)", "('a'), ('b')", `"n:1"`, "postgres mysql mariadb"},
	} {
		for _, d := range enginetest.Dialects() {
			if !strings.Contains(test.only, string(d)) {
				continue
			}
			t.Run(fmt.Sprint(d, " ", i, " ", test.typ), func(t *testing.T) {
				e := enginetest.New(t, d)
				e.Exec(t, "CREATE TABLE items (id "+test.typ+", a INTEGER, b INTEGER, PRIMARY KEY (id))")
				e.Exec(t, "INSERT INTO items (id) VALUES "+test.values)
				held := acquire(t, runner(t, e))
				must(t, held.Store().Prepare(t.Context(), ledger.Positions))
				must(t, held.Store().SaveProgress(t.Context(), held.Token(), ledger.Progress{Migration: "one_migrate01", Position: `{"step":0,"after":[` + test.garbled + `]}`}))
				_, err := backfill.Run(t.Context(), held, copying(), backfill.Options{})
				var garbled *ledger.Garbled
				if !errors.As(err, &garbled) || garbled.Column != "position" {
					t.Errorf("%v", err)
				}
			})
		}
	}
}
