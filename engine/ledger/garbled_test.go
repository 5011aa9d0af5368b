package ledger_test

import (
	"errors"
	"fmt"
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
