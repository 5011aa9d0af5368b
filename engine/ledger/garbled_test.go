package ledger_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/ledger"
)

// filled is a SQLite database with one row in each table of the books.
func filled(t *testing.T) (enginetest.Database, ledger.Store) {
	t.Helper()
	e := enginetest.New(t, flavor.SQLite)
	s, token := ready(t, func(catalog string) ledger.Store {
		return ledger.NewSQL(open(t, e), catalog, "alembic_version")
	})
	_, err := s.Start(t.Context(), token, example)
	must(t, err)
	must(t, s.SaveProgress(t.Context(), token, ledger.Progress{Migration: "m"}))
	must(t, s.SetRows(t.Context(), token, []string{"a"}))
	return e, s
}

// read reads all of the books.
func read(t *testing.T, s ledger.Store) error {
	_, err := s.Attempts(t.Context())
	_, err2 := s.Progress(t.Context())
	_, err3 := s.Lease(t.Context())
	_, _, err4 := s.Rows(t.Context())
	return errors.Join(err, err2, err3, err4)
}

// What this tool never writes is an error that names the table and what is in
// it, and never a guess.
func TestGarbled(t *testing.T) {
	tests := []struct{ table, column, value string }{
		{"manage_journal", "phase", "'sideways'"},
		{"manage_journal", "direction", "'left'"},
		{"manage_journal", "total", "-1"},
		{"manage_journal", "total", "'many'"},
		{"manage_journal", "done", "4"},
		{"manage_journal", "done", "-1"},
		{"manage_journal", "sent_operation", "-1"},
		{"manage_journal", "sent_part", "-2"},
		{"manage_journal", "confirmed", "'maybe'"},
		{"manage_journal", "id", "0"},
		{"manage_journal", "started", "'yesterday'"},
		{"manage_journal", "started", "12"},
		{"manage_journal", "finished", "x'00'"},
		{"manage_backfill", "rows_done", "-1"},
		{"manage_backfill", "estimate", "'lots'"},
		{"manage_backfill", "started", "''"},
		{"manage_backfill", "updated", "'2026-13-01 00:00:00'"},
		{"manage_backfill", "finished", "'never'"},
		{"manage_lease", "token", "-3"},
		{"manage_lease", "token", "'abc'"},
		{"manage_lease", "acquired", "'?'"},
		{"manage_lease", "beat", "1.5"},
		{"manage_lease", "expires", "'later'"},
	}
	for _, test := range tests {
		t.Run(test.table+" "+test.column+" "+test.value, func(t *testing.T) {
			e, s := filled(t)
			e.Exec(t, fmt.Sprintf("UPDATE %s SET %s = %s", test.table, test.column, test.value))
			err := read(t, s)
			var garbled *ledger.Garbled
			if !errors.As(err, &garbled) || garbled.Table != test.table || !strings.Contains(err.Error(), test.table) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// Every column of every table has values that are refused, with the row named:
// bytes that are no text, zero bytes, values of another kind, and such that are
// too long or too large.
func TestEveryColumnIsRead(t *testing.T) {
	long := "'" + strings.Repeat("x", 70_000) + "'"
	kinds := map[string][]string{
		"text":   {"x'ff'", "CAST(x'ff' AS TEXT)", "CAST(x'610062' AS TEXT)", "x'00'", long},
		"number": {"-1", "9223372036854775807", "1.5", "'one'", "''", "x'00'", "'1 OR 1=1'", "'0x10'", "1e300"},
		"flag":   {"2", "-1", "'yes'", "x'01'"},
		"time":   {"''", "'now'", "0", "1.5", "x'00'", "'infinity'", "'0000-00-00 00:00:00'", "'99999-01-01 00:00:00'", "'2026-01-01 00:00:00; DROP TABLE x'"},
	}
	columns := map[string]map[string]string{
		"manage_journal": {"id": "number", "revision": "text", "phase": "text", "direction": "text", "checksum": "text", "total": "number", "done": "number",
			"sent_operation": "number", "sent_part": "number", "confirmed": "flag", "who": "text", "started": "time", "finished": "time", "error": "text", "outline": "text"},
		"manage_backfill": {"migration": "text", "key_range": "text", "position": "text", "rows_done": "number", "estimate": "number", "started": "time", "updated": "time",
			"finished": "time", "batch_rows": "number", "waiting": "text", "speed_milli": "number"},
		"manage_lease":    {"holder": "text", "server_session": "text", "token": "number", "doing": "text", "acquired": "time", "beat": "time", "expires": "time"},
		"alembic_version": {"version_num": "text"},
	}
	nullable := []string{"finished", "outline", "batch_rows", "waiting", "speed_milli"}
	negative := []string{"estimate"} // -1 is what no server could tell
	e, s := filled(t)
	for table, named := range columns {
		for _, column := range e.Strings(t, "SELECT name FROM pragma_table_info('"+table+"')") {
			kind := named[column]
			if kind == "" {
				if column != "catalog" {
					t.Errorf("%s.%s is not tested", table, column)
				}
				continue
			}
			for _, value := range kinds[kind] {
				if value == "-1" && slices.Contains(negative, column) {
					value = "-2"
				}
				kept := table + "_kept"
				e.Exec(t, "CREATE TEMP TABLE "+kept+" AS SELECT * FROM "+table)
				e.Exec(t, fmt.Sprintf("UPDATE %s SET %s = %s", table, column, value))
				err := read(t, s)
				var garbled *ledger.Garbled
				if !errors.As(err, &garbled) || garbled.Table != table || garbled.Column != column || len(err.Error()) > 1000 {
					t.Errorf("%s.%s = %.60s: %.300v", table, column, value, err)
				} else if table != "alembic_version" && !strings.Contains(garbled.Row, "catalog = '") {
					t.Errorf("%s.%s = %.60s: the row is %q", table, column, value, garbled.Row)
				}
				e.Exec(t, "DELETE FROM "+table)
				e.Exec(t, "INSERT INTO "+table+" SELECT * FROM "+kept)
				e.Exec(t, "DROP TABLE "+kept)
			}
			if slices.Contains(nullable, column) {
				e.Exec(t, fmt.Sprintf("UPDATE %s SET %s = NULL", table, column))
			}
		}
		if err := read(t, s); err != nil {
			t.Errorf("%s with its own values: %v", table, err)
		}
	}
}

// FuzzGarbled writes anything at all into any column of the books, which
// SQLite allows: reading them is an error or not, but never a panic.
func FuzzGarbled(f *testing.F) {
	f.Add(0, 3, "x", int64(0), true)
	f.Add(1, 2, "", int64(-1), false)
	f.Add(2, 7, "\x00", int64(1)<<62, true)
	f.Fuzz(func(t *testing.T, table, column int, text string, n int64, asText bool) {
		e, s := filled(t)
		name := append(ledger.Tables(), "alembic_version")[uint(table)%4]
		columns := e.Strings(t, "SELECT name FROM pragma_table_info('"+name+"')")
		target := columns[uint(column)%uint(len(columns))]
		var value any = n
		if asText {
			value = text
		}
		_, err := e.SQL().Exec("UPDATE "+name+" SET "+target+" = ?", value)
		must(t, err)
		if err := read(t, s); err != nil {
			var garbled *ledger.Garbled
			if !errors.As(err, &garbled) {
				t.Errorf("%s.%s = %v: error %v is not about a garbled row", name, target, value, err)
			}
		}
	})
}
