package sqltext_test

import (
	"context"
	"database/sql"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/sqltext"
)

var update = flag.Bool("update", false, "write the dumps in testdata anew, from their sources")

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// runPieces runs a script as Split cuts it, one statement at a time on one
// connection. Lines for the client are left out.
func runPieces(t *testing.T, db enginetest.Database, script string) {
	t.Helper()
	ctx := context.Background()
	conn, err := db.SQL().Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	all, err := sqltext.Split(script, db.Dialect)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		switch s.Role {
		case sqltext.Query:
			_, err = conn.ExecContext(ctx, s.SQL)
		case sqltext.Copy:
			err = copyRows(ctx, conn, s)
		}
		if err != nil {
			t.Fatalf("line %d: %v\n%s", s.Line, err, s.SQL)
		}
	}
}

// copyRows does what psql does with the rows behind a COPY statement.
func copyRows(ctx context.Context, conn *sql.Conn, s sqltext.Statement) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	st, err := tx.PrepareContext(ctx, s.SQL)
	if err != nil {
		return err
	}
	for _, line := range strings.Split(strings.TrimSuffix(s.Data, "\n"), "\n") {
		if s.Data == "" {
			break
		}
		var row []any
		for _, field := range strings.Split(line, "\t") {
			if field == `\N` {
				row = append(row, nil)
			} else {
				row = append(row, copyEscapes.Replace(field))
			}
		}
		if _, err := st.ExecContext(ctx, row...); err != nil {
			return err
		}
	}
	if _, err := st.ExecContext(ctx); err != nil {
		return err
	}
	if err := st.Close(); err != nil {
		return err
	}
	return tx.Commit()
}

var copyEscapes = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\t`, "\t", `\r`, "\r")

// A script gives the same database whether the server's own client cuts it or
// Split does. The scripts are those of testdata and the dumps made of them.
func TestCutsAsTheClient(t *testing.T) {
	for _, d := range []flavor.Dialect{flavor.SQLite, flavor.Postgres, flavor.MariaDB} {
		t.Run(string(d), func(t *testing.T) {
			fresh := func(t testing.TB) enginetest.Database { return enginetest.New(t, d) }
			if d == flavor.Postgres { // pg_dump refuses servers that are newer than itself
				fresh = enginetest.Private(t, d, enginetest.Options{Packaged: true}).New
			}
			source := fresh(t)
			runClient(t, source, read(t, string(d)+"_source.sql"))
			want := dump(t, source)
			if *update {
				name := filepath.Join("testdata", string(d)+"_dump.sql")
				if err := os.WriteFile(name, []byte(rawDump(t, source)), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			for _, script := range []string{"source", "dump"} {
				t.Run(script, func(t *testing.T) {
					text := read(t, string(d)+"_"+script+".sql")
					ours, theirs := fresh(t), fresh(t)
					runPieces(t, ours, text)
					runClient(t, theirs, text)
					got := dump(t, ours)
					if diff := cmp.Diff(dump(t, theirs), got); diff != "" {
						t.Errorf("client (-) and Split (+) made different databases:\n%s", diff)
					}
					if script == "source" && got != want {
						t.Errorf("not what the source gives:\n%s", cmp.Diff(want, got))
					}
				})
			}
		})
	}
}

// What is in the dumps of testdata: so many pieces of each role, and so many
// objects of each kind made. Every statement must be understood.
func TestDumpCounts(t *testing.T) {
	cases := []struct {
		file string
		d    flavor.Dialect
		want map[string]int
	}{
		{"sqlite_dump.sql", flavor.SQLite, map[string]int{
			"create index":   1,
			"create table":   3,
			"create trigger": 2,
			"create view":    1,
			"delete":         1,
			"insert":         7,
			"nothing":        1,
			"set":            1,
			"transaction":    2,
		}},
		{"postgres_dump.sql", flavor.Postgres, map[string]int{
			"alter column":       1,
			"alter sequence":     1,
			"command":            2,
			"comment":            1,
			"create enum":        1,
			"create function":    2,
			"create index":       1,
			"create primary key": 1,
			"create procedure":   1,
			"create rule":        1,
			"create sequence":    1,
			"create table":       3,
			"create trigger":     1,
			"create view":        2,
			"insert":             3,
			"maintain":           1,
			"nothing":            1,
			"rows":               10,
			"select":             2,
			"set":                11,
		}},
		{"mariadb_dump.sql", flavor.MariaDB, map[string]int{
			"alter table":      6,
			"command":          14,
			"create event":     1,
			"create function":  2,
			"create procedure": 1,
			"create table":     3,
			"create trigger":   3,
			"create view":      2,
			"drop event":       1,
			"drop function":    2,
			"drop procedure":   1,
			"drop table":       4,
			"drop view":        2,
			"insert":           3,
			"nothing":          1,
			"set":              134,
		}},
		{"mariadb_dump.sql", flavor.MySQL, map[string]int{
			"alter table":      6,
			"command":          14,
			"create event":     1,
			"create function":  2,
			"create procedure": 1,
			"create table":     3,
			"create trigger":   3,
			"create view":      2,
			"drop event":       1,
			"drop function":    2,
			"drop procedure":   1,
			"drop table":       4,
			"drop view":        2,
			"insert":           3,
			"nothing":          1,
			"set":              134,
		}},
	}
	for _, c := range cases {
		t.Run(string(c.d), func(t *testing.T) {
			all, err := sqltext.Split(read(t, c.file), c.d)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, count(t, all, c.d)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func count(t *testing.T, all []sqltext.Statement, d flavor.Dialect) map[string]int {
	t.Helper()
	got := map[string]int{}
	for _, s := range all {
		switch s.Role {
		case sqltext.Nothing:
			got["nothing"]++
			continue
		case sqltext.Command:
			got["command"]++
			continue
		case sqltext.Copy:
			got["rows"] += strings.Count(s.Data, "\n")
		}
		m := sqltext.Classify(s.SQL, d)
		if m.Verb == sqltext.Other {
			t.Errorf("line %d: not understood: %s", s.Line, s.SQL)
		}
		if len(m.Effects) == 0 {
			got[string(m.Verb)]++
		}
		for _, e := range m.Effects {
			got[string(e.Verb)+" "+string(e.Kind)]++
		}
	}
	return got
}
