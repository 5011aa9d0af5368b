package cmd

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// halfMoved is a database in the middle of a data migration of evilCatalog's:
// all tables of ours have rows. It returns the file's content.
func halfMoved(t testing.TB, p Program) []byte {
	t.Helper()
	e := enginetest.New(t, flavor.SQLite)
	call := func(want int, words ...string) {
		if code, out, errs := callMain(t, p, append([]string{"--connection", e.URL}, words...)...); code != want {
			t.Fatalf("%q: exit %d\n%s%s", words, code, out, errs)
		}
	}
	call(0, "db", "upgrade", "open01")
	e.Exec(t, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) INSERT INTO nodes (id, host, rack) SELECT i, 'h' || i, i FROM n")
	e.Exec(t, "CREATE TABLE canary (id INTEGER)")
	e.Exec(t, "INSERT INTO canary VALUES (1)")
	call(0, "db", "expand")
	call(8, "db", "migrate", "--max-rows", "60")
	if n := e.Strings(t, "SELECT count(*) FROM manage_backfill WHERE finished IS NULL AND position LIKE '%after%'"); n[0] != "1" {
		t.Fatalf("%s positions", n[0])
	}
	content, err := os.ReadFile(e.Name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// storedColumns are all columns of the tables of ours.
var storedColumns = []struct{ table, columns string }{
	{"manage_journal", "catalog id revision phase direction checksum total done sent_operation sent_part confirmed who started finished error outline"},
	{"manage_backfill", "catalog migration key_range position rows_done estimate started updated finished batch_rows waiting speed_milli"},
	{"manage_lease", "catalog holder server_session token doing acquired beat expires"},
	{"alembic_version", "version_num"},
}

// storedIn stores a value in all rows of a column, and runs what reads it: no
// command crashes, reading changes nothing, nothing that is stored is executed,
// and a data migration that says it is done has moved all rows.
func storedIn(t *testing.T, p Program, content []byte, table, column string, value any) {
	t.Helper()
	e := enginetest.New(t, flavor.SQLite)
	if err := os.WriteFile(e.Name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := e.SQL().Exec("UPDATE OR REPLACE "+table+" SET "+column+" = ?", value); err != nil {
		t.Skip(err) // it is too large, or the key of two rows
	}
	before, err := os.ReadFile(e.Name)
	if err != nil {
		t.Fatal(err)
	}
	what := fmt.Sprintf("%s.%s = %.100q", table, column, fmt.Sprint(value))
	call := func(words string) (int, string) {
		code, out, errs := callMain(t, p, append([]string{"--connection", e.URL, "--wait=0s", "--lock-retries=0"}, strings.Fields(words)...)...)
		shows(t, what+": "+words, out)
		shows(t, what+": "+words, errs)
		return code, errs
	}
	for _, words := range []string{"db version", "db check", "db status", "db history", "db lease", "db verify", "db plan", "db plan contract", "db check -o json"} {
		call(words)
	}
	if after, err := os.ReadFile(e.Name); err != nil || !slices.Equal(before, after) {
		t.Errorf("%s: reading changed the database (%v)", what, err)
	}
	code, errs := call("db migrate")
	if left := e.Strings(t, "SELECT count(*) FROM nodes WHERE zone IS NULL OR zone <> rack")[0]; code == 0 && left != "0" {
		t.Errorf("%s: migrate says it is done, and %s rows are not moved", what, left)
	}
	if code != 0 && strings.Contains(errs, "syntax error") {
		t.Errorf("%s: what is stored came to the server as SQL: %s", what, errs)
	}
	call("db sync")
	if got := e.Strings(t, "SELECT id FROM canary"); len(got) != 1 || got[0] != "1" {
		t.Errorf("%s: what is stored was executed", what)
	}
}

// hostileValues are stored in each column.
func hostileValues() []any {
	return []any{"n:1); DELETE FROM canary; --", `{"step":0,"after":["n:1); DELETE FROM canary; --"],"until":["n:(SELECT 200)"]}`, "'; DELETE FROM canary; --", int64(-1), int64(1) << 62, []byte{0xff, 0x00}, evil}
}

// Whatever stands in a column of ours, nothing is executed and nothing is taken
// for what it is not.
func TestStoredValuesAreData(t *testing.T) {
	p := Program{Catalogs: []Catalog{evilCatalog("inn")}, Environ: []string{"HOME=" + filepath.Join(t.TempDir())}}
	content := halfMoved(t, p)
	for _, place := range storedColumns {
		for column := range strings.FieldsSeq(place.columns) {
			for _, value := range hostileValues() {
				storedIn(t, p, content, place.table, column, value)
			}
		}
	}
}

// FuzzStoredValues is TestStoredValuesAreData with anything at all.
func FuzzStoredValues(f *testing.F) {
	p := Program{Catalogs: []Catalog{evilCatalog("inn")}, Environ: []string{"HOME=" + f.TempDir()}}
	content := halfMoved(f, p)
	for i := range 8 {
		f.Add(uint(i), uint(i), []byte(`{"step":0,"after":["n:5"]}`), int64(i), uint(i))
	}
	f.Fuzz(func(t *testing.T, table, column uint, text []byte, n int64, kind uint) {
		place := storedColumns[table%uint(len(storedColumns))]
		columns := strings.Fields(place.columns)
		value := []any{string(text), text, n, float64(n) / 3, nil}[kind%5]
		storedIn(t, p, content, place.table, columns[column%uint(len(columns))], value)
	})
}
