package phases

import (
	"os"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// dumped is a catalog that begins with what a program has dumped. Its next
// revisions are portable and in SQL, and use what the dump has made.
func dumped(t *testing.T, d flavor.Dialect, file string) map[string]string {
	t.Helper()
	text, err := os.ReadFile("testdata/dumps/" + file)
	if err != nil {
		t.Fatal(err)
	}
	table := "b"
	if d == flavor.SQLite {
		table = "a"
	}
	return map[string]string{
		"catalog.toml":       "name = \"dumped\"\ndialects = [\"" + string(d) + "\"]",
		"versions/first.sql": "-- revision: first\n-- branch: trunk\n-- +up\n" + string(text),
		"versions/next.toml": "revision = \"next\"\nrevises = \"first\"\nbranch = \"trunk\"\n[[up]]\nadd_column = { table = \"" + table + "\", name = \"more\", type = \"string(20)\" }\n",
		"versions/last.sql":  "-- revision: last\n-- revises: next\n-- branch: trunk\n-- +up\nUPDATE " + table + " SET more = 'x\\\\y';\n",
	}
}

// dumps are what programs write, by the dialect.
var dumps = map[flavor.Dialect][]string{
	flavor.Postgres: {"postgres15.sql", "postgres18.sql"},
	flavor.MariaDB:  {"mariadb.sql"},
	flavor.MySQL:    {"mysql.sql"},
	flavor.SQLite:   {"sqlite.sql"},
}

// What pg_dump, mariadb-dump, mysqldump and sqlite3 write is a revision, as it
// is: with their settings, transactions, locks and commands.
func TestDumpIsARevision(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, _ enginetest.Database) {
		d := dialectOf(t)
		for _, file := range dumps[d] {
			db := enginetest.New(t, d).AsAdmin() // it says whose its tables are
			s := service(t, loaded(t, dumped(t, d, file)), db)
			if rows := must(t, s, "sync", "").After.Rows; strings.Join(rows, " ") != "last" {
				t.Errorf("%s: version rows %q", file, rows)
			}
			if got := db.Strings(t, "SELECT version_num FROM manage_version_dumped"); len(got) != 1 || got[0] != "last" {
				t.Errorf("%s: the version table says %q", file, got)
			}
			if got := db.Strings(t, "SELECT count(*) FROM manage_journal WHERE error <> '' OR finished IS NULL"); got[0] != "0" {
				t.Errorf("%s: %s attempts did not succeed", file, got[0])
			}
			if d != flavor.Postgres { // a dump of the schema alone
				want := map[flavor.Dialect]string{flavor.SQLite: "o'b\nc"}[d]
				if want == "" {
					want = `o'b\n;`
				}
				if got := db.Strings(t, "SELECT name FROM a ORDER BY id"); !strings.HasPrefix(got[0]+";", want) {
					t.Errorf("%s: the row has %q, want %q", file, got[0], want)
				}
			}
			if again := must(t, s, "sync", ""); len(again.Applied) != 0 {
				t.Errorf("%s: there is more to do: %v", file, again.Applied)
			}
		}
	})
}

// dialectOf is the dialect that a subtest of enginetest.Each is for.
func dialectOf(t *testing.T) flavor.Dialect {
	_, name, _ := strings.Cut(t.Name(), "/")
	return flavor.Dialect(name)
}
