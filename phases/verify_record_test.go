package phases

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/ledger"
	"manage/migrations/catalog"
	"manage/schema"
)

// shopSQL makes a schema with one object of each kind in plain SQL.
const shopSQL = `-- revision: base01
-- branch: trunk

-- +up mysql
CREATE TABLE shops (id int NOT NULL PRIMARY KEY, name varchar(40));
CREATE TABLE goods (id int NOT NULL PRIMARY KEY, shop int, name varchar(40) NOT NULL, price int DEFAULT 0,
  CONSTRAINT uq_name UNIQUE (name), KEY ix_price (price), CONSTRAINT fk_shop FOREIGN KEY (shop) REFERENCES shops (id), CONSTRAINT ck_price CHECK (price >= 0));
CREATE VIEW cheap AS SELECT id FROM goods WHERE price < 5;
CREATE TRIGGER tr_goods BEFORE INSERT ON goods FOR EACH ROW SET NEW.price = 1;
CREATE FUNCTION twice(x int) RETURNS int DETERMINISTIC RETURN x * 2;
-- +up postgres
CREATE TABLE shops (id int NOT NULL PRIMARY KEY, name varchar(40));
CREATE TABLE goods (id int NOT NULL PRIMARY KEY, shop int, name varchar(40) NOT NULL, price int DEFAULT 0,
  CONSTRAINT uq_name UNIQUE (name), CONSTRAINT fk_shop FOREIGN KEY (shop) REFERENCES shops (id), CONSTRAINT ck_price CHECK (price >= 0));
CREATE INDEX ix_price ON goods (price);
CREATE VIEW cheap AS SELECT id FROM goods WHERE price < 5;
CREATE FUNCTION tr_goods() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.price = 1; RETURN NEW; END $$;
CREATE TRIGGER tr_goods BEFORE INSERT ON goods FOR EACH ROW EXECUTE FUNCTION tr_goods();
CREATE FUNCTION twice(x int) RETURNS int LANGUAGE sql AS 'SELECT x * 2';
CREATE SEQUENCE numbers;
CREATE TYPE mood AS ENUM ('sad', 'ok');
DO $$ BEGIN EXECUTE 'CREATE TABLE hidden (id int NOT NULL PRIMARY KEY, word text)'; END $$;
-- +up sqlite
CREATE TABLE shops (id int NOT NULL PRIMARY KEY, name varchar(40));
CREATE TABLE goods (id int NOT NULL PRIMARY KEY, shop int, name varchar(40) NOT NULL, price int DEFAULT 0,
  CONSTRAINT uq_name UNIQUE (name), CONSTRAINT fk_shop FOREIGN KEY (shop) REFERENCES shops (id), CONSTRAINT ck_price CHECK (price >= 0));
CREATE INDEX ix_price ON goods (price);
CREATE VIEW cheap AS SELECT id FROM goods WHERE price < 5;
CREATE TRIGGER tr_goods AFTER INSERT ON goods BEGIN UPDATE goods SET price = 1 WHERE id = NEW.id; END;
`

// shop loads the catalog: plain SQL first, then a portable revision, then plain
// SQL inside of one that is not.
func shop(t testing.TB) *catalog.Catalog { return shopWith(t, nil) }

// shopWith is shop with more files.
func shopWith(t testing.TB, more map[string]string) *catalog.Catalog {
	t.Helper()
	files := fstest.MapFS{
		"catalog.toml":        {Data: []byte(`name = "shop"`)},
		"versions/base01.sql": {Data: []byte(shopSQL)},
		"versions/size02.toml": {Data: []byte(`revision = "size02"
revises = "base01"
branch = "trunk"
[[up]]
add_column = { table = "goods", name = "size", type = "integer" }
[[up]]
create_table = { name = "crates", columns = [{ name = "id", type = "integer", nullable = false }], primary_key = ["id"] }
`)},
		"versions/more03.toml": {Data: []byte(`revision = "more03"
revises = "size02"
branch = "trunk"
[[up]]
sql = { text = "CREATE TABLE extra (id int NOT NULL PRIMARY KEY, word varchar(9)); CREATE INDEX ix_word ON extra (word)" }
`)},
		"versions/more04.toml": {Data: []byte(`revision = "more04"
revises = "more03"
branch = "trunk"
[[up]]
add_column = { table = "extra", name = "n", type = "integer" }
`)},
	}
	for name, text := range more {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	c, err := catalog.Load(files, catalog.Options{Scratch: Scratch})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// changesByHand are changes that somebody makes, each with what verify says of it.
var changesByHand = []struct {
	name string
	on   []flavor.Dialect // all if empty
	sql  map[flavor.Dialect]string
	want string
}{
	{"a table is dropped", nil, same("DROP TABLE extra"), "table extra is missing"},
	{"a portable table is dropped", nil, same("DROP TABLE crates"), "table crates is missing"},
	{"a hidden table is dropped", []flavor.Dialect{flavor.Postgres}, same("DROP TABLE hidden"), "table hidden is missing"},
	{"a column of a hidden table is dropped", []flavor.Dialect{flavor.Postgres}, same("ALTER TABLE hidden DROP COLUMN word"), "column word is missing"},
	{"a column is dropped", nil, same("ALTER TABLE shops DROP COLUMN name"), "column name is missing"},
	{"a column is added", nil, same("ALTER TABLE shops ADD COLUMN hotfix int"), "column hotfix"},
	{"a column is renamed", nil, same("ALTER TABLE shops RENAME COLUMN name TO title"), "column name is missing"},
	{"a portable column is dropped", nil, same("ALTER TABLE goods DROP COLUMN size"), "column size is missing"},
	{"a type is changed", servers, map[flavor.Dialect]string{flavor.Postgres: "ALTER TABLE shops ALTER COLUMN name TYPE varchar(300)", flavor.MySQL: "ALTER TABLE shops MODIFY name varchar(300)"}, "column name"},
	{"a column takes nulls", servers, map[flavor.Dialect]string{flavor.Postgres: "ALTER TABLE goods ALTER COLUMN name DROP NOT NULL", flavor.MySQL: "ALTER TABLE goods MODIFY name varchar(40)"}, "column name"},
	{"a default is changed", servers, same("ALTER TABLE goods ALTER COLUMN price SET DEFAULT 7"), "column price"},
	{"an index is dropped", nil, map[flavor.Dialect]string{flavor.Postgres: "DROP INDEX ix_price", flavor.SQLite: "DROP INDEX ix_price", flavor.MySQL: "DROP INDEX ix_price ON goods"}, "index ix_price is missing"},
	{"an index is added", nil, same("CREATE INDEX ix_more ON goods (price, shop)"), "index ix_more"},
	{"an index is another", servers, map[flavor.Dialect]string{flavor.Postgres: "DROP INDEX ix_price; CREATE INDEX ix_price ON goods (price, name)", flavor.MySQL: "ALTER TABLE goods DROP INDEX ix_price, ADD INDEX ix_price (price, name)"}, "index ix_price"},
	{"a unique constraint is dropped", servers, map[flavor.Dialect]string{flavor.Postgres: "ALTER TABLE goods DROP CONSTRAINT uq_name", flavor.MySQL: "ALTER TABLE goods DROP INDEX uq_name"}, "unique uq_name is missing"},
	{"a foreign key is dropped", servers, map[flavor.Dialect]string{flavor.Postgres: "ALTER TABLE goods DROP CONSTRAINT fk_shop", flavor.MySQL: "ALTER TABLE goods DROP FOREIGN KEY fk_shop"}, "foreign key fk_shop is missing"},
	{"a check is dropped", servers, same("ALTER TABLE goods DROP CONSTRAINT ck_price"), "check ck_price is missing"},
	{"a view is dropped", nil, same("DROP VIEW cheap"), "view cheap is missing"},
	{"a view is changed", servers, same("CREATE OR REPLACE VIEW cheap AS SELECT id FROM goods WHERE price < 7"), "view cheap"},
	{"a trigger is dropped", nil, map[flavor.Dialect]string{flavor.Postgres: "DROP TRIGGER tr_goods ON goods", flavor.SQLite: "DROP TRIGGER tr_goods", flavor.MySQL: "DROP TRIGGER tr_goods"}, "trigger tr_goods is missing"},
	{"a trigger is changed", []flavor.Dialect{flavor.MySQL, flavor.MariaDB, flavor.SQLite}, map[flavor.Dialect]string{
		flavor.SQLite: "DROP TRIGGER tr_goods; CREATE TRIGGER tr_goods AFTER INSERT ON goods BEGIN SELECT 1; END",
		flavor.MySQL:  "DROP TRIGGER tr_goods; CREATE TRIGGER tr_goods BEFORE INSERT ON goods FOR EACH ROW SET NEW.price = 2"}, "trigger tr_goods"},
	{"a function is dropped", servers, same("DROP FUNCTION twice"), "function twice"},
	{"a function is changed", servers, map[flavor.Dialect]string{flavor.Postgres: "CREATE OR REPLACE FUNCTION twice(x int) RETURNS int LANGUAGE sql AS 'SELECT x * 3'",
		flavor.MySQL: "DROP FUNCTION twice; CREATE FUNCTION twice(x int) RETURNS int DETERMINISTIC RETURN x * 3"}, "function twice"},
	{"a sequence is dropped", []flavor.Dialect{flavor.Postgres}, same("DROP SEQUENCE numbers"), "sequence numbers is missing"},
	{"an enumeration grows", []flavor.Dialect{flavor.Postgres}, same("ALTER TYPE mood ADD VALUE 'fine'"), "enum mood"},
}

var servers = []flavor.Dialect{flavor.Postgres, flavor.MySQL, flavor.MariaDB}

// same is one statement for all dialects.
func same(sql string) map[flavor.Dialect]string {
	return map[flavor.Dialect]string{flavor.SQLite: sql, flavor.Postgres: sql, flavor.MySQL: sql}
}

// forDialect is the statement of a dialect; MariaDB takes MySQL's.
func forDialect(sql map[flavor.Dialect]string, d flavor.Dialect) string {
	if d == flavor.MariaDB {
		d = flavor.MySQL
	}
	return sql[d]
}

// findings are the lines of verify's differences.
func findings(v Verification) []string {
	var lines []string
	for _, f := range v.Differences {
		lines = append(lines, f.Difference.String())
	}
	return lines
}

// verification verifies.
func verification(t testing.TB, s *Service) Verification {
	t.Helper()
	v, err := s.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestVerifyWhatPlainSQLMade: whatever somebody changes by hand in a schema that
// plain SQL made, verify finds it; and nothing else.
func TestVerifyWhatPlainSQLMade(t *testing.T) {
	for _, change := range changesByHand {
		t.Run(change.name, func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				if len(change.on) > 0 && !slices.Contains(change.on, db.Dialect) {
					return
				}
				s := service(t, shop(t), db)
				must(t, s, "upgrade", "")
				if v := verification(t, s); len(v.Differences)+len(v.Open)+len(v.NotCompared) > 0 || len(v.Compared) == 0 {
					t.Fatalf("before: %v, open %v, not compared %v, compared %v", findings(v), v.Open, v.NotCompared, v.Compared)
				}
				for _, sql := range strings.Split(forDialect(change.sql, db.Dialect), "; CREATE") {
					if sql != "" && sql[0] == ' ' {
						sql = "CREATE" + sql
					}
					db.Exec(t, sql)
				}
				v := verification(t, s)
				if got := strings.Join(findings(v), "\n"); !strings.Contains(got, change.want) {
					t.Errorf("it finds %q, want %q", got, change.want)
				}
				if len(v.Open)+len(v.NotCompared) > 0 {
					t.Errorf("open %v, not compared %v", v.Open, v.NotCompared)
				}
				repaired(t, s, db, v, change.name)
			})
		})
	}
}

// repaired runs the statements that verify gives, in their order, and verifies
// again. What no statement repairs has a note that says so.
func repaired(t *testing.T, s *Service, db enginetest.Database, v Verification, name string) {
	t.Helper()
	var sent []string
	hopeless := 0
	for _, r := range v.Repairs {
		if len(r.Statements) == 0 {
			hopeless += len(r.Differences)
			if !strings.HasPrefix(r.Note, "no statement: ") {
				t.Errorf("%v has neither a statement nor a reason", r.Differences)
			}
		}
		for _, sql := range r.Statements {
			sent = append(sent, sql)
			db.Exec(t, sql) // what only an administrator could break needs one
		}
	}
	if total := len(v.Differences); hopeless > 0 && !strings.Contains(name, "function") && !strings.Contains(name, "sequence") {
		t.Errorf("%d of %d differences have no statement: %+v", hopeless, total, v.Repairs)
	}
	again, err := s.Verify(t.Context())
	if err != nil || len(again.Differences) != hopeless {
		t.Errorf("after the repair: %q, %v; sent were\n%s", findings(again), err, strings.Join(sent, "\n"))
	}
}

// TestRecordDoesNotTakeDriftOver: what somebody changed by hand before a run is
// found after it too; what the run itself changed is not; and what others keep in
// the database is theirs.
func TestRecordDoesNotTakeDriftOver(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, shop(t), db)
		must(t, s, "upgrade", "size02")
		db.Exec(t, "CREATE TABLE parcels (id int NOT NULL PRIMARY KEY)")
		db.Exec(t, "ALTER TABLE shops ADD COLUMN hotfix int")
		db.Exec(t, "ALTER TABLE shops DROP COLUMN name")
		db.Exec(t, "DROP TABLE crates")
		must(t, s, "upgrade", "")
		db.Exec(t, "ALTER TABLE parcels ADD COLUMN weight int")
		v := verification(t, s)
		want := []string{"table crates is missing", "table shops: unexpected column hotfix", "table shops: column name is missing"}
		if got := findings(v); len(got) != len(want) || !strings.HasPrefix(got[0], want[0]) || !strings.Contains(strings.Join(got, "\n"), want[1]) || !strings.Contains(strings.Join(got, "\n"), want[2]) {
			t.Errorf("found %q, want %q", got, want)
		}
		if !slices.Contains(v.Unmanaged, "table parcels") {
			t.Errorf("unmanaged are %v", v.Unmanaged)
		}
	})
}

// TestRecordAfterDeath: wherever a run dies, the next one records what both have
// done and nothing that somebody did before. In between verify says what it
// cannot tell, and never that all is well.
func TestRecordAfterDeath(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if db.Dialect == flavor.SQLite {
			return // no record: plain SQL is tried out
		}
		for n := 0; ; n += 3 {
			db := enginetest.New(t, db.Dialect)
			s := service(t, shop(t), db)
			must(t, s, "upgrade", "size02")
			db.Exec(t, "ALTER TABLE shops ADD COLUMN hotfix int")
			more := afterDeath(t, s, "upgrade", "", n)
			for _, f := range findings(verification(t, s)) {
				if !strings.Contains(f, "hotfix") {
					t.Errorf("after a death at %d: %s", n, f)
				}
			}
			must(t, s, "upgrade", "")
			v := verification(t, s)
			if got := findings(v); len(got) != 1 || !strings.Contains(got[0], "hotfix") || len(v.NotCompared) > 0 {
				t.Errorf("after a death at %d and a run: %q, not compared %v", n, got, v.NotCompared)
			}
			if !more {
				return
			}
		}
	})
}

// TestVerifyWithoutRecord: where another release or another tool ran, what plain
// SQL made is not known. Its words are, and what they make must be there; all
// else is counted as not compared.
func TestVerifyWithoutRecord(t *testing.T) {
	for name, forget := range map[string]func(*testing.T, *Service, enginetest.Database){
		"an older release made it": func(t *testing.T, _ *Service, db enginetest.Database) { db.Exec(t, "DROP TABLE manage_schema") },
		"another tool went on": func(t *testing.T, _ *Service, db enginetest.Database) {
			db.Exec(t, "UPDATE manage_version_shop SET version_num = 'more03'")
		},
	} {
		t.Run(name, func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				if db.Dialect == flavor.SQLite {
					return
				}
				s := service(t, shop(t), db)
				must(t, s, "upgrade", "")
				if strings.Contains(name, "another tool") {
					db.Exec(t, "ALTER TABLE extra DROP COLUMN n")
				}
				forget(t, s, db)
				v := verification(t, s)
				if len(v.Differences) > 0 || len(v.NotCompared) < 3 || !strings.Contains(v.NotCompared[0].Why, "record") {
					t.Errorf("differences %v, not compared %v", findings(v), v.NotCompared)
				}
				db.Exec(t, "DROP TABLE extra")
				db.Exec(t, "DROP VIEW cheap")
				want := []string{"view cheap is missing", "table extra is missing"}
				if got := findings(verification(t, s)); !slices.Equal(got, want) {
					t.Errorf("found %q, want %q", got, want)
				}
			})
		})
	}
}

// TestRecordOfAStamp: a database that is stamped, and one that an older release
// made, is recorded as it is found; what changes after that is found.
func TestRecordOfAStamp(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if db.Dialect == flavor.SQLite {
			return
		}
		s := service(t, shop(t), db)
		must(t, s, "upgrade", "more03")
		for _, table := range []string{"manage_schema", "manage_journal", "manage_lease", "manage_version_shop"} {
			db.Exec(t, "DROP TABLE "+table)
		}
		must(t, s, "stamp", "more03")
		v := verification(t, s)
		if len(v.Differences) > 0 || v.Since != "more03" {
			t.Errorf("after the stamp: %v, since %q", findings(v), v.Since)
		}
		must(t, s, "upgrade", "")
		db.Exec(t, "ALTER TABLE shops DROP COLUMN name")
		db.Exec(t, "ALTER TABLE extra DROP COLUMN n")
		if got := strings.Join(findings(verification(t, s)), "\n"); !strings.Contains(got, "table shops: column name is missing") || !strings.Contains(got, "table extra: column n is missing") {
			t.Errorf("found %q", got)
		}
	})
}

// TestWrongStampBehindPlainSQL: a stamp records what is there, but the words of
// plain SQL say what is not.
func TestWrongStampBehindPlainSQL(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, shop(t), db)
		must(t, s, "upgrade", "size02")
		must(t, s, "stamp", "more03")
		if got := findings(verification(t, s)); !slices.ContainsFunc(got, func(f string) bool { return strings.HasPrefix(f, "table extra is missing") }) {
			t.Errorf("found %q", got)
		}
	})
}

// TestRecordThatMakesNoSense: a record that somebody else wrote is an error for
// verify, which says so, and never the end of other work.
func TestRecordThatMakesNoSense(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if db.Dialect == flavor.SQLite {
			return
		}
		for _, text := range []string{"", "x", "H4sIAAAAAAAA/w==", mustEncode(t, schemaRecord{Objects: []schema.Object{{Kind: "column", Table: "nowhere", Name: "x", Definition: []byte("{}")}}})} {
			db := enginetest.New(t, db.Dialect)
			s := service(t, shop(t), db)
			must(t, s, "upgrade", "more03")
			db.Exec(t, "UPDATE manage_schema SET record = '"+text+"'")
			_, err := s.Verify(t.Context())
			var garbled *ledger.Garbled
			if !errors.As(err, &garbled) || garbled.Table != "manage_schema" {
				t.Errorf("%q: %v", text, err)
			}
			must(t, s, "upgrade", "")
			if v := verification(t, s); len(v.Differences) > 0 || v.Since != "more03" {
				t.Errorf("%q: then %v, since %q", text, findings(v), v.Since)
			}
		}
	})
}

func mustEncode(t *testing.T, r schemaRecord) string {
	t.Helper()
	text, err := r.encode()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestPlainSQLInTheSameRevision: what plain SQL makes cannot be used by an
// operation after it in the same revision. That is said; it is not left undone
// without a word.
func TestPlainSQLInTheSameRevision(t *testing.T) {
	c := loaded(t, map[string]string{
		"catalog.toml": `name = "shop"`,
		"versions/r1.toml": `revision = "r1"
branch = "trunk"
[[up]]
sql = { text = "CREATE TABLE extra (id int NOT NULL PRIMARY KEY)" }
[[up]]
add_column = { table = "extra", name = "n", type = "integer" }
`})
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if db.Dialect == flavor.SQLite {
			return
		}
		r := refused(t, service(t, c, db), "upgrade", "")
		if !strings.Contains(r.Reason, "versions/r1.toml:5") || !strings.Contains(r.Hint, "a revision of its own") {
			t.Errorf("%s\n%s", r.Reason, r.Hint)
		}
	})
}

// TestRecordAndRevisionsThatFindItDone: what was done by hand, and by a revision
// after it that found nothing to do, is as the revisions mean it.
func TestRecordAndRevisionsThatFindItDone(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"portable": {"versions/more05.toml": `revision = "more05"
revises = "more04"
branch = "trunk"
[[up]]
add_column = { table = "shops", name = "hotfix", type = "integer", if_not_exists = true }
[[up]]
drop_column = { table = "goods", name = "size", if_exists = true }
[[up]]
drop_table = { name = "crates", if_exists = true }
`},
		"plain": {"versions/more05.sql": `-- revision: more05
-- revises: more04
-- branch: trunk

-- +up mariadb
ALTER TABLE shops ADD COLUMN IF NOT EXISTS hotfix int;
ALTER TABLE goods DROP COLUMN IF EXISTS size;
DROP TABLE IF EXISTS crates;
-- +up postgres
ALTER TABLE shops ADD COLUMN IF NOT EXISTS hotfix int;
ALTER TABLE goods DROP COLUMN IF EXISTS size;
DROP TABLE IF EXISTS crates;
-- +up sqlite mysql
SELECT 1;
`}} {
		t.Run(name, func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				if db.Dialect != flavor.Postgres && db.Dialect != flavor.MariaDB && name == "plain" || db.Dialect == flavor.SQLite {
					return // has no such words, or no record
				}
				s := service(t, shop(t), db)
				must(t, s, "upgrade", "")
				db.Exec(t, "ALTER TABLE shops ADD COLUMN hotfix int")
				db.Exec(t, "ALTER TABLE goods DROP COLUMN size")
				db.Exec(t, "DROP TABLE crates")
				if got := findings(verification(t, s)); len(got) != 3 {
					t.Errorf("found %q", got)
				}
				s.Catalog = shopWith(t, files)
				must(t, s, "upgrade", "")
				if v := verification(t, s); len(v.Differences)+len(v.NotCompared) > 0 {
					t.Errorf("after the revision: %q, not compared %v", findings(v), v.NotCompared)
				}
			})
		})
	}
}

// TestStampAcceptsWhatIsThere: to record the version again says that what is there
// is right.
func TestStampAcceptsWhatIsThere(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if db.Dialect == flavor.SQLite {
			return
		}
		s := service(t, shop(t), db)
		must(t, s, "upgrade", "")
		db.Exec(t, "ALTER TABLE shops ADD COLUMN hotfix int")
		must(t, s, "stamp", "more04")
		if v := verification(t, s); len(v.Differences) > 0 || v.Since != "more04" {
			t.Errorf("%q, since %q", findings(v), v.Since)
		}
	})
}
