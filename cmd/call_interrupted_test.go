package cmd

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// goods is a catalog with a data migration and something to do in each phase.
func goods() Catalog {
	return Catalog{Name: "goods", Files: fstest.MapFS{
		"catalog.toml": {Data: []byte("name = \"goods\"\n")},
		"models.toml": {Data: []byte(`
[[table]]
name = "goods"
columns = [{ name = "id", type = "integer", nullable = false }, { name = "cents", type = "integer" }, { name = "gone", type = "datetime" }]
primary_key = ["id"]
[[table]]
name = "shelves"
columns = [{ name = "id", type = "integer", nullable = false }, { name = "width", type = "integer" }]
primary_key = ["id"]
`)},
		"purge.toml": {Data: []byte("deleted_at = \"gone\"\nsoft_deleted = \"gone IS NOT NULL\"\nlive = \"gone IS NULL\"\n[[kind]]\nname = \"good\"\ntable = \"goods\"\nkey = \"id\"\n")},
		"versions/open01_goods.toml": {Data: []byte(`revision = "open01"
branch = "trunk"
[[up]]
create_table = { name = "goods", columns = [{ name = "id", type = "integer", nullable = false }, { name = "price", type = "integer" }, { name = "gone", type = "datetime" }], primary_key = ["id"] }
[[up]]
create_table = { name = "shelves", columns = [{ name = "id", type = "integer", nullable = false }], primary_key = ["id"] }
`)},
		"versions/art_expand01_cents.toml": {Data: []byte(`revision = "art_expand01"
revises = "open01"
[[up]]
add_column = { table = "goods", name = "cents", type = "integer" }
`)},
		"versions/art_expand02_width.toml": {Data: []byte(`revision = "art_expand02"
revises = "art_expand01"
[[up]]
add_column = { table = "shelves", name = "width", type = "integer" }
`)},
		"versions/art_migrate01_cents.toml": {Data: []byte(`migration = "art_migrate01"
depends_on = "art_expand01"
before = "art_contract01"
pending = "SELECT 1 FROM goods WHERE cents IS NULL"
[[step]]
table = "goods"
key = ["id"]
where = "cents IS NULL"
[step.set]
cents = "price * 100"
`)},
		"versions/art_contract01_price.toml": {Data: []byte(`revision = "art_contract01"
revises = "open01"
depends_on = ["art_expand01"]
[[up]]
drop_column = { table = "goods", name = "price" }
`)},
	}}
}

// callInterrupted runs a command that a signal ends after a while.
func callInterrupted(t *testing.T, p Program, after time.Duration, words ...string) (code int, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	p.In, p.Out, p.Err = strings.NewReader(""), &stdout, &stderr
	signals := make(chan os.Signal, 2)
	timer := time.AfterFunc(after, func() { signals <- syscall.SIGINT })
	defer timer.Stop()
	code = untilSecond(signals, abortWait, func(ctx context.Context, began *latch) int {
		return newCall(p, toolFor("manage"), began).run(ctx, words)
	})
	return code, stdout.String() + stderr.String()
}

// holding holds locks on a table in a transaction of its own, or on the whole
// of a SQLite database, until the test is over or release is called.
func holding(t *testing.T, db enginetest.Database, table string) (release func()) {
	t.Helper()
	statements := map[flavor.Dialect][]string{
		flavor.SQLite:   {"BEGIN IMMEDIATE"},
		flavor.Postgres: {"BEGIN", "LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE"},
	}[db.Dialect]
	if statements == nil {
		statements = []string{"LOCK TABLES " + table + " WRITE"}
	}
	conn, err := db.SQL().Conn(t.Context())
	for _, st := range statements {
		if err == nil {
			_, err = conn.ExecContext(t.Context(), st)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	done := false
	release = func() {
		if !done {
			end(conn, db.Dialect)
		}
		done = true
	}
	t.Cleanup(release)
	return release
}

// end gives the locks of a connection back.
func end(conn *sql.Conn, d flavor.Dialect) {
	statement := "ROLLBACK"
	if d.MySQLFamily() {
		statement = "UNLOCK TABLES"
	}
	_, _ = conn.ExecContext(context.Background(), statement)
	_ = conn.Close()
}

// A signal that comes while a command waits for the first time, for whatever
// lock, ends it with the code that says that nothing was changed; and nothing
// was.
func TestInterruptedWhileWaiting(t *testing.T) {
	for _, test := range []struct {
		name   string
		before []string // commands
		locked string   // the table
		words  string
	}{
		{"expand waits for its table", []string{"upgrade open01"}, "goods", "expand"},
		{"expand waits for the journal", []string{"upgrade open01"}, "manage_journal", "expand"},
		{"expand waits for the lease", []string{"upgrade open01"}, "manage_lease", "expand"},
		{"expand waits for the version", []string{"upgrade open01"}, "manage_version_goods", "expand"},
		{"sync waits for its table", []string{"upgrade open01"}, "goods", "sync"},
		{"upgrade waits for its table", []string{"upgrade open01"}, "goods", "upgrade --yes"},
		{"migrate waits for its rows", []string{"upgrade open01", "expand"}, "goods", "migrate"},
		{"contract waits for its table", []string{"upgrade open01", "expand"}, "goods", "contract --yes"},
		{"contract waits for the journal", []string{"upgrade open01", "expand"}, "manage_journal", "contract --yes"},
		{"downgrade waits for its table", []string{"upgrade open01", "expand"}, "goods", "downgrade open01 --yes"},
		{"stamp waits for the version", []string{"upgrade open01"}, "manage_version_goods", "stamp art_expand01"},
		{"purge waits for its rows", []string{"upgrade open01"}, "goods", "purge --yes --age-in-days 1"},
		{"verify waits for the version", []string{"upgrade open01"}, "manage_version_goods", "verify"},
		{"check waits for the version", []string{"upgrade open01"}, "manage_version_goods", "check"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel() // they do nothing but wait
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				if db.Dialect == flavor.SQLite && test.words != "expand" && test.words != "migrate" {
					return // whoever locks it there locks all of it, and readers do not wait
				}
				p := Program{Catalogs: []Catalog{goods()}, Environ: []string{"MANAGE_CONNECTION=" + db.URL}}
				for _, words := range test.before {
					if code, _, errs := callMain(t, p, strings.Fields("db "+words)...); code != 0 {
						t.Fatalf("%s: exit %d\n%s", words, code, errs)
					}
				}
				if strings.Contains(test.name, "rows") {
					db.Exec(t, "INSERT INTO goods (id, gone) VALUES (1, '2001-01-01 00:00:00')")
				}
				before := enginetest.TakeSnapshot(t, db)
				release := holding(t, db, test.locked)
				code, said := callInterrupted(t, p, time.Second/2, strings.Fields("db --lock-timeout 300ms "+test.words)...)
				release()
				if code != ExitInterrupted || !strings.Contains(said, "nothing was changed") {
					t.Errorf("exit %d, want %d\n%s", code, ExitInterrupted, said)
				}
				books := []string{"manage_journal", "manage_lease", "manage_backfill"}
				if diff := enginetest.CompareSnapshots(before.Without(books...), enginetest.TakeSnapshot(t, db).Without(books...)); diff != "" {
					t.Errorf("it changed something:\n%s", diff)
				}
			})
		})
	}
}

// A signal behind the first change is told apart from one before it.
func TestInterruptedAfterTheFirstChange(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if db.Dialect == flavor.SQLite {
			return // whoever locks it there locks all of it
		}
		p := Program{Catalogs: []Catalog{goods()}, Environ: []string{"MANAGE_CONNECTION=" + db.URL}}
		if code, _, errs := callMain(t, p, "db", "upgrade", "open01"); code != 0 {
			t.Fatal(errs)
		}
		holding(t, db, "shelves")
		code, said := callInterrupted(t, p, 3*time.Second, "db", "--lock-timeout", "300ms", "expand")
		if code != ExitPartly {
			t.Errorf("exit %d, want %d\n%s", code, ExitPartly, said)
		}
	})
}
