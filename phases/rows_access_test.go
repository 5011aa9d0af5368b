package phases

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/run"
	"manage/migrations/catalog"
	"manage/phases/backfill"
	"manage/phases/rowaccess"
)

// stock is a catalog that moves the price of goods, with a step, a guard or an
// operation put into it.
func stock(t *testing.T, contract string, more ...string) *catalog.Catalog {
	files := map[string]string{
		"catalog.toml": "name = \"stock\"",
		"versions/open01_goods.toml": `
revision = "open01"
branch = "trunk"
[[up]]
create_table = { name = "goods", columns = [ { name = "id", type = "integer", nullable = false }, { name = "price", type = "integer" } ], primary_key = ["id"] }
[[up]]
create_table = { name = "others", columns = [ { name = "id", type = "integer", nullable = false }, { name = "rate", type = "integer" } ], primary_key = ["id"] }`,
		"versions/art_expand01_cents.toml": `
revision = "art_expand01"
revises = "open01"
[[up]]
add_column = { table = "goods", name = "cents", type = "integer" }`,
		"versions/art_migrate01_cents.toml": `
migration = "art_migrate01"
depends_on = "art_expand01"
before = "art_contract01"
pending = "SELECT 1 FROM goods WHERE cents IS NULL"
[[step]]
table = "goods"
key = ["id"]
where = "cents IS NULL"
set = { cents = "price * 100" }`,
		"versions/art_contract01_price.toml": "revision = \"art_contract01\"\nrevises = \"open01\"\ndepends_on = [\"art_expand01\", \"art_migrate01\"]\n" + contract,
	}
	for i := 0; i+1 < len(more); i += 2 {
		files[more[i]] = more[i+1]
	}
	return loaded(t, files)
}

const (
	noOldPrice = "[[up]]\ndrop_column = { table = \"goods\", name = \"price\" }"
	tenGoods   = "INSERT INTO goods (id, price) VALUES (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6), (7, 7), (8, 8), (9, 9), (10, 10)"
)

// stockMoves is the step of stock with other texts.
func stockMoves(pending, set string) []string {
	return []string{"versions/art_migrate01_cents.toml", fmt.Sprintf(`
migration = "art_migrate01"
depends_on = "art_expand01"
before = "art_contract01"
pending = %q
[[step]]
table = "goods"
key = ["id"]
where = "cents IS NULL"
set = { cents = %q }`, pending, set)}
}

// unsafe runs a command that must be refused because rows cannot be relied on,
// with certain words, and changes nothing.
func unsafe(t *testing.T, db enginetest.Database, s *Service, name, version string, want ...string) {
	t.Helper()
	before := enginetest.TakeSnapshot(t, db).Without("manage_lease")
	_, err := command(s, name, version)
	var e *rowaccess.Unsafe
	if !errors.As(err, &e) {
		t.Errorf("%s: %v", name, err)
		return
	}
	for _, w := range want {
		if text := e.Error() + "\n" + e.Advice(); !strings.Contains(text, w) {
			t.Errorf("%s: %q does not say %q", name, text, w)
		}
	}
	if diff := enginetest.CompareSnapshots(before, enginetest.TakeSnapshot(t, db).Without("manage_lease")); diff != "" {
		t.Errorf("%s changed something:\n%s", name, diff)
	}
}

// TestHiddenRows: the tables' owner, subject to its own policies, is refused
// wherever rows are asked, moved, compared or changed; rows that are hidden
// would be lost, or taken for done.
func TestHiddenRows(t *testing.T) {
	force := "ALTER TABLE %[1]s ENABLE ROW LEVEL SECURITY; ALTER TABLE %[1]s FORCE ROW LEVEL SECURITY; CREATE POLICY few ON %[1]s USING (false)"
	for name, tt := range map[string]struct {
		catalog *catalog.Catalog
		first   string // what is run before the policy
		table   string // the table with it
		command string
		want    string
	}{
		"pending":                 {stock(t, noOldPrice), "expand", "goods", "migrate", "the pending query of art_migrate01"},
		"pending before contract": {stock(t, noOldPrice), "expand", "goods", "contract", "the pending query of art_migrate01"},
		"all in one":              {stock(t, noOldPrice), "", "goods", "sync", "needed by the pending query of art_migrate01, art_migrate01"},
		"comparison":              {stock(t, noOldPrice, stockMoves("SELECT 1 FROM others WHERE rate IS NULL", "price * 100")...), "expand", "goods", "contract", "the comparison of rows before art_contract01"},
		"another table":           {stock(t, noOldPrice, stockMoves("SELECT 1 FROM goods WHERE cents IS NULL", "price * coalesce((SELECT rate FROM others WHERE others.id = goods.id), 1)")...), "expand", "others", "migrate", "the table others"},
		"in a list":               {stock(t, noOldPrice, stockMoves("SELECT 1 FROM goods WHERE cents IS NULL AND id IN (SELECT o.id FROM public.others AS o)", "price")...), "expand", "others", "migrate", "the table others"},
		"guard":                   {stock(t, noOldPrice, "catalog.toml", "name = \"stock\"\n[[guard]]\nphase = \"expand\"\nname = \"quiet\"\nquery = \"SELECT id FROM others\"\nmessage = \"wait\"\n"), "", "others", "expand", `guard "quiet"`},
		"insert_rows":             {stock(t, "[[up]]\ninsert_rows = { table = \"others\", rows = [ { id = 1 } ] }"), "", "others", "sync", "art_contract01"},
		"update_rows":             {stock(t, "[[up]]\nupdate_rows = { table = \"others\", set = { rate = \"1\" }, where = \"1 = 1\" }"), "", "others", "sync", "art_contract01"},
		"delete_rows":             {stock(t, "[[up]]\ndelete_rows = { table = \"others\", where = \"1 = 1\" }"), "", "others", "sync", "art_contract01"},
		"after a rename":          {stock(t, "[[up]]\nrename_table = { from = \"others\", to = \"rates\" }\n[[up]]\ndelete_rows = { table = \"rates\", where = \"1 = 1\" }"), "", "others", "sync", "art_contract01"},
		"plain SQL":               {stock(t, "[[up]]\nsql = { text = \"DELETE FROM others WHERE rate = 1\" }"), "", "others", "sync", "art_contract01"},
		"a table of a query":      {stock(t, "[[up]]\nsql = { text = \"CREATE TABLE copied AS SELECT * FROM others\" }"), "", "others", "sync", "art_contract01"},
		"the journal":             {stock(t, noOldPrice), "expand", "manage_journal", "migrate", ""},
	} {
		t.Run(name, func(t *testing.T) {
			db := enginetest.New(t, flavor.Postgres)
			user := "o" + db.Name
			db.Exec(t, "CREATE ROLE "+user+" LOGIN PASSWORD 'x'; GRANT ALL ON SCHEMA public TO "+user)
			t.Cleanup(func() { db.Exec(t, "DROP OWNED BY "+user+" CASCADE; DROP ROLE "+user) })
			s := as(t, db, user, "x")
			s.Catalog = tt.catalog
			must(t, s, "upgrade", "open01")
			db.Exec(t, tenGoods)
			if tt.first != "" {
				must(t, s, tt.first, "")
			}
			db.Exec(t, fmt.Sprintf(force, tt.table))
			if tt.table == "manage_journal" {
				if _, err := command(s, tt.command, ""); err == nil || !strings.Contains(err.Error(), "row-level security") {
					t.Errorf("the error is %v", err)
				}
				return
			}
			unsafe(t, db, s, tt.command, "", tt.want, "row-level security", "role "+user, "(policy few)", "NO FORCE ROW LEVEL SECURITY")
			db.Exec(t, "ALTER ROLE "+user+" BYPASSRLS")
			s = as(t, db, user, "x")
			s.Catalog = tt.catalog
			if name == "pending before contract" {
				must(t, s, "migrate", "")
			}
			if name == "comparison" {
				db.Exec(t, "UPDATE goods SET cents = price * 100")
			}
			if name != "guard" {
				must(t, s, tt.command, "")
			}
			if got := db.Strings(t, "SELECT count(*) FROM goods"); got[0] != "10" {
				t.Errorf("%s rows are left", got[0])
			}
		})
	}
}

// A revision that takes the policies off, changes rows and puts them on again is
// no reason to refuse.
func TestHiddenRowsAreFreed(t *testing.T) {
	db := enginetest.New(t, flavor.Postgres)
	user := "o" + db.Name
	db.Exec(t, "CREATE ROLE "+user+" LOGIN PASSWORD 'x'; GRANT ALL ON SCHEMA public TO "+user)
	t.Cleanup(func() { db.Exec(t, "DROP OWNED BY "+user+" CASCADE; DROP ROLE "+user) })
	s := as(t, db, user, "x")
	s.Catalog = stock(t, `[[up]]
sql = { text = "ALTER TABLE others NO FORCE ROW LEVEL SECURITY; UPDATE others SET rate = 2; ALTER TABLE others FORCE ROW LEVEL SECURITY" }`)
	must(t, s, "upgrade", "open01")
	db.Exec(t, "INSERT INTO others VALUES (1, 1); ALTER TABLE others ENABLE ROW LEVEL SECURITY; ALTER TABLE others FORCE ROW LEVEL SECURITY")
	must(t, s, "sync", "")
	if got := db.Strings(t, "SELECT rate FROM others"); got[0] != "2" {
		t.Errorf("the rate is %v", got)
	}
}

// TestRowsWithoutTransactions: on MySQL and MariaDB rows of tables without
// transactions are neither moved nor changed, as a run that is killed would change
// them twice.
func TestRowsWithoutTransactions(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if !db.Dialect.MySQLFamily() {
			return
		}
		operations := map[string]string{
			"insert_rows":                   "[[up]]\ninsert_rows = { table = \"others\", rows = [ { id = 1 } ] }",
			"update_rows":                   "[[up]]\nupdate_rows = { table = \"others\", set = { rate = \"rate + 1\" }, where = \"1 = 1\" }",
			"delete_rows":                   "[[up]]\ndelete_rows = { table = \"others\", where = \"1 = 1\" }",
			"plain SQL":                     "[[up]]\nsql = { text = \"UPDATE others SET rate = rate + 1\" }",
			"a table that the SQL makes":    "[[up]]\nsql = { text = \"CREATE TABLE made (id int) ENGINE = MyISAM; INSERT INTO made VALUES (1)\" }",
			"a table that the SQL converts": "[[up]]\nsql = { text = \"ALTER TABLE goods ENGINE = MyISAM; UPDATE goods SET price = 1\" }",
		}
		for _, engine := range []string{"MyISAM", "MEMORY", "Aria", "CSV", "ARCHIVE", "BLACKHOLE"} {
			if len(db.Strings(t, "SELECT engine FROM information_schema.engines WHERE support IN ('YES', 'DEFAULT') AND engine = '"+engine+"'")) == 0 {
				continue
			}
			t.Run(engine, func(t *testing.T) {
				db := enginetest.New(t, db.Dialect)
				s := service(t, stock(t, noOldPrice), db)
				must(t, s, "upgrade", "open01")
				db.Exec(t, "DROP TABLE goods; CREATE TABLE goods (id int NOT NULL, price int NOT NULL) ENGINE = "+engine)
				if engine == "MyISAM" || engine == "MEMORY" || engine == "Aria" {
					db.Exec(t, "DROP TABLE goods; CREATE TABLE goods (id int NOT NULL PRIMARY KEY, price int) ENGINE = "+engine)
				}
				db.Exec(t, tenGoods)
				unsafe(t, db, s, "sync", "", "the table goods has the storage engine "+engine, "ALTER TABLE goods ENGINE = InnoDB", "art_migrate01")
			})
		}
		for name, operation := range operations {
			t.Run(name, func(t *testing.T) {
				db := enginetest.New(t, db.Dialect)
				s := service(t, stock(t, operation), db)
				must(t, s, "upgrade", "open01")
				db.Exec(t, "ALTER TABLE others ENGINE = MyISAM; INSERT INTO others VALUES (7, 7)")
				unsafe(t, db, s, "sync", "", "has the storage engine MyISAM", "art_contract01")
			})
		}
		t.Run("a table that is converted before", func(t *testing.T) {
			db := enginetest.New(t, db.Dialect)
			s := service(t, stock(t, "[[up]]\nsql = { text = \"ALTER TABLE others ENGINE = InnoDB; UPDATE others SET rate = rate + 1\" }"), db)
			must(t, s, "upgrade", "open01")
			db.Exec(t, "ALTER TABLE others ENGINE = MyISAM; INSERT INTO others VALUES (7, 7)")
			must(t, s, "sync", "")
		})
		t.Run("the record", func(t *testing.T) {
			for _, book := range []string{"manage_journal", "manage_version_stock", "manage_lease", "manage_backfill"} {
				db := enginetest.New(t, db.Dialect)
				s := service(t, stock(t, noOldPrice), db)
				must(t, s, "upgrade", "open01")
				db.Exec(t, "INSERT INTO goods (id, price) VALUES (1, 1)")
				must(t, s, "expand", "")
				must(t, s, "migrate", "")
				engine := "MyISAM"
				if book == "manage_backfill" { // its key is too long for MyISAM
					if engine = "Aria"; db.Dialect == flavor.MySQL {
						continue
					}
				}
				db.Exec(t, "ALTER TABLE "+book+" ENGINE = "+engine+"; UPDATE goods SET cents = NULL")
				unsafe(t, db, s, "migrate", "", "the table "+book+" has the storage engine "+engine)
			}
		})
	})
}

// A table that loses its transactions during the run is looked at when the turn
// of its data migration comes.
func TestRowsWithoutTransactionsMeanwhile(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if !db.Dialect.MySQLFamily() {
			return
		}
		s := service(t, stock(t, noOldPrice), db)
		must(t, s, "upgrade", "open01")
		db.Exec(t, tenGoods)
		s.Faults = faults(func(p run.Point) error { // as if another session did it
			if p.Step == "art_expand01" && p.Place == run.AfterStatement {
				db.Exec(t, "ALTER TABLE goods ENGINE = MyISAM")
			}
			return nil
		})
		_, err := command(s, "sync", "")
		var e *rowaccess.Unsafe
		if !errors.As(err, &e) {
			t.Fatalf("the error is %v", err)
		}
		if got := db.Strings(t, "SELECT count(*) FROM goods WHERE cents IS NULL"); got[0] != "10" {
			t.Errorf("%s of 10 rows are as they were", got[0])
		}
	})
}

// A virtual table of SQLite has no key that could cut it into batches, so its rows
// are moved by nobody; what plain SQL does to it is in the revision's transaction.
func TestVirtualTables(t *testing.T) {
	db := enginetest.New(t, flavor.SQLite)
	s := service(t, stock(t, "[[up]]\nsql = { text = \"INSERT INTO words (word) VALUES ('kept')\" }", "versions/art_migrate01_cents.toml", `
migration = "art_migrate01"
depends_on = "art_expand01"
before = "art_contract01"
pending = "SELECT 1 FROM words WHERE word = 'old'"
[[step]]
table = "words"
key = ["rowid"]
where = "word = 'old'"
set = { word = "'new'" }`), db)
	must(t, s, "upgrade", "open01")
	db.Exec(t, "CREATE VIRTUAL TABLE words USING fts5 (word); INSERT INTO words VALUES ('old')")
	must(t, s, "expand", "")
	_, err := command(s, "migrate", "")
	var bad *backfill.BadKey
	if !errors.As(err, &bad) || bad.Table != "words" {
		t.Errorf("the error is %v", err)
	}
	db.Exec(t, "UPDATE words SET word = 'done'")
	died := errors.New("the process dies here")
	s.Faults = faults(func(p run.Point) error {
		if p.Step == "art_contract01" && p.Place == run.AfterStatement {
			return died
		}
		return nil
	})
	if _, err := command(s, "contract", ""); !errors.Is(err, died) {
		t.Fatalf("the error is %v", err)
	}
	s.Faults = nil
	must(t, s, "contract", "")
	if got := strings.Join(db.Strings(t, "SELECT word FROM words"), " "); got != "done kept" {
		t.Errorf("the words are %s", got)
	}
}
