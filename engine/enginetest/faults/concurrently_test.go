package faults

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// builds are the ways to have an index built beside the service: by name of the
// way, what a revision says, in the file's form.
var builds = map[string]struct{ file, text, index string }{
	"an index": {"toml", `[[up]]
add_index = { table = "goods", name = "goods_kind_idx", columns = ["kind"] }`, "goods_kind_idx"},
	"a unique index": {"toml", `[[up]]
add_index = { table = "goods", name = "goods_kind_idx", columns = ["kind"], unique = true }`, "goods_kind_idx"},
	"a unique constraint": {"toml", `[[up]]
add_unique = { table = "goods", name = "goods_kind_key", columns = ["kind"] }`, "goods_kind_key"},
	"plain SQL": {"sql", `-- +up no-transaction
CREATE UNIQUE INDEX CONCURRENTLY goods_kind_idx ON goods (kind);`, "goods_kind_idx"},
	"plain SQL, if it is missing": {"sql", `-- +up no-transaction
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS goods_kind_idx ON goods (kind);`, "goods_kind_idx"},
}

// buildCatalog writes a catalog whose expansion builds an index.
func buildCatalog(t *testing.T, name string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	b, header := builds[name], "revision = \"art_expand01\"\nrevises = \"open01\"\nbranch = \"expand\"\n"
	if b.file == "sql" {
		header = "-- revision: art_expand01\n-- revises: open01\n-- branch: expand\n"
	}
	for file, text := range map[string]string{
		"catalog.toml": `name = "built"`,
		"versions/open01_goods.toml": `revision = "open01"
branch = "trunk"
[[up]]
create_table = { name = "goods", columns = [ { name = "id", type = "integer", nullable = false }, { name = "kind", type = "string(20)" } ], primary_key = ["id"] }`,
		"versions/art_expand01_index." + b.file: header + b.text,
		"versions/art_contract01_nothing.sql":   "-- revision: art_contract01\n-- revises: open01\n-- branch: contract\n-- depends_on: art_expand01\n-- +up\nSELECT 1;",
	} {
		if err := os.MkdirAll(filepath.Join(dir, "versions"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// obstacle is what makes a build fail, until it is taken away.
type obstacle func(t *testing.T, db enginetest.Database) (remove func())

var obstacles = map[string]obstacle{
	"a duplicate": func(t *testing.T, db enginetest.Database) func() {
		db.Exec(t, "UPDATE goods SET kind = 'k1' WHERE id IN (1, 2)")
		return func() { db.Exec(t, "UPDATE goods SET kind = 'k2' WHERE id = 2") }
	},
	"somebody who cancels it": func(t *testing.T, db enginetest.Database) func() {
		conn := transaction(t, db)
		stop := whileBuilding(t, db, func() {
			db.Strings(t, "SELECT pg_cancel_backend(pid)::text FROM pg_stat_activity WHERE "+building)
			time.Sleep(time.Second) // what it left may be dropped already, which waits as well
			rolledBack(t, conn)
		})
		return func() { stop(); rolledBack(t, conn) }
	},
	"a deadlock": func(t *testing.T, db enginetest.Database) func() {
		conn := transaction(t, db)
		stop := whileBuilding(t, db, func() {
			// The build waits for this transaction, which asks for a lock that the
			// build has. One of them is ended; the build is tried again.
			_, _ = conn.ExecContext(context.Background(), "LOCK TABLE goods IN SHARE UPDATE EXCLUSIVE MODE")
			rolledBack(t, conn)
		})
		return func() { stop(); rolledBack(t, conn) }
	},
	"a limit of the database's": func(t *testing.T, db enginetest.Database) func() {
		conn := transaction(t, db)
		db.Exec(t, "ALTER DATABASE "+quoted(db, db.Name)+" SET statement_timeout = '500ms'")
		// Sessions that set their own limit get through once the transaction is over.
		timer := time.AfterFunc(4*time.Second, func() { rolledBack(t, conn) })
		return func() {
			timer.Stop()
			rolledBack(t, conn)
			db.Exec(t, "ALTER DATABASE "+quoted(db, db.Name)+" RESET statement_timeout")
		}
	},
}

// building are the sessions that build an index in this database.
const building = "datname = current_database() AND state = 'active' AND query ~* '^create (unique )?index concurrently' AND wait_event_type = 'Lock'"

// transaction has written a row, so that a build waits for its end.
func transaction(t *testing.T, db enginetest.Database) *sql.Conn {
	t.Helper()
	conn, err := db.SQL().Conn(context.Background())
	if err == nil {
		t.Cleanup(func() { conn.Close() })
		_, err = conn.ExecContext(context.Background(), "BEGIN; UPDATE goods SET kind = kind WHERE id = 3")
	}
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// rolledBack ends it; what the server has ended already is no error.
func rolledBack(t *testing.T, conn *sql.Conn) {
	_, _ = conn.ExecContext(context.Background(), "ROLLBACK")
}

// whileBuilding does something once, when an index is being built.
func whileBuilding(t *testing.T, db enginetest.Database, do func()) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan bool)
	go func() {
		defer close(ended)
		for ctx.Err() == nil {
			var n int
			if err := db.SQL().QueryRowContext(ctx, "SELECT count(*) FROM pg_stat_activity WHERE "+building).Scan(&n); err == nil && n > 0 {
				do()
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	return func() { cancel(); <-ended }
}

// A build that the server ends, for whatever reason, leaves an index that is not
// valid. Nothing is recorded as done then, and once what was in the way is gone
// the same command builds the index anew: on the first failure and on each later
// one.
func TestIndexBuildsThatFail(t *testing.T) {
	for build, b := range builds {
		for name, in := range obstacles {
			if !*all && (strings.Contains(build, "constraint") || name == "a limit of the database's") && name != "a duplicate" {
				continue
			}
			if name == "a duplicate" && build == "an index" {
				continue // takes them
			}
			t.Run(build+", "+name, func(t *testing.T) {
				t.Parallel()
				db := enginetest.New(t, flavor.Postgres)
				k := task{URL: db.URL, Catalog: buildCatalog(t, build), Commands: []command{{"upgrade", "open01"}}}
				if r, _ := runTask(t, k); r.Error != "" {
					t.Fatal(r.Error)
				}
				for i := 1; i <= 50; i++ {
					db.Exec(t, fmt.Sprintf("INSERT INTO goods VALUES (%d, 'k%d')", i, i))
				}
				k.Commands = []command{{"expand", ""}}
				for try := range 2 {
					remove := in(t, db)
					r, _ := runTask(t, k)
					applied := db.Strings(t, "SELECT count(*) FROM manage_journal WHERE revision = 'art_expand01' AND error = '' AND finished IS NOT NULL")[0] != "0"
					valid := db.Strings(t, "SELECT count(*) FROM pg_index WHERE indexrelid = to_regclass('"+b.index+"') AND indisvalid")[0] != "0"
					if applied != valid || applied != (r.Error == "") {
						t.Fatalf("try %d: recorded %t, valid %t, error %q", try, applied, valid, r.Error)
					}
					if r.Error == "" && name != "a limit of the database's" && name != "a deadlock" {
						t.Errorf("try %d: the build did not fail", try)
					}
					remove()
				}
				if r, _ := runTask(t, k); r.Error != "" {
					t.Fatalf("with nothing in the way: %s", r.Error)
				}
				got := db.Strings(t, "SELECT relname || ' ' || indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE indrelid = 'goods'::regclass ORDER BY 1")
				if want := b.index + " true|goods_pkey true"; strings.Join(got, "|") != want {
					t.Errorf("the indexes are %v, want %s", got, want)
				}
			})
		}
	}
}
