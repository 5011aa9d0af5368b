package phases

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/run"
)

// plainBase makes, in plain SQL, the tables that the operations of onPlain
// change; one of them is renamed by SQL, too, and there is SQL whose effect no
// words tell.
const plainBase = `-- revision: base01
-- branch: trunk

-- +up mysql
CREATE TABLE p (id int NOT NULL PRIMARY KEY);
CREATE TABLE first (id int NOT NULL PRIMARY KEY, a int, b varchar(40), c int, d varchar(9), e int, f int, g int, h int,
  CONSTRAINT uq_t_d UNIQUE (d), KEY ix_t_c (c), CONSTRAINT fk_t_e FOREIGN KEY (e) REFERENCES p (id), CONSTRAINT ck_t_f CHECK (f > 0));
RENAME TABLE first TO t;
CREATE TABLE gone (id int NOT NULL PRIMARY KEY);
CREATE TABLE u (id int NOT NULL PRIMARY KEY);
CREATE TRIGGER tr_old BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1;
-- +up postgres
CREATE TABLE p (id int NOT NULL PRIMARY KEY);
CREATE TABLE first (id int NOT NULL PRIMARY KEY, a int, b varchar(40), c int, d varchar(9), e int, f int, g int, h int,
  CONSTRAINT uq_t_d UNIQUE (d), CONSTRAINT fk_t_e FOREIGN KEY (e) REFERENCES p (id), CONSTRAINT ck_t_f CHECK (f > 0));
CREATE INDEX ix_t_c ON first (c);
ALTER TABLE first RENAME TO t;
DO $$ BEGIN EXECUTE 'CREATE TABLE gone (id int NOT NULL PRIMARY KEY)'; END $$;
CREATE TABLE u (id int NOT NULL PRIMARY KEY);
CREATE FUNCTION tr_old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.a = 1; RETURN NEW; END $$;
CREATE TRIGGER tr_old BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tr_old();
-- +up sqlite
CREATE TABLE p (id int NOT NULL PRIMARY KEY);
CREATE TABLE first (id int NOT NULL PRIMARY KEY, a int, b varchar(40), c int, d varchar(9), e int, f int, g int, h int,
  CONSTRAINT uq_t_d UNIQUE (d), CONSTRAINT fk_t_e FOREIGN KEY (e) REFERENCES p (id), CONSTRAINT ck_t_f CHECK (f > 0));
CREATE INDEX ix_t_c ON first (c);
ALTER TABLE first RENAME TO t;
CREATE TABLE gone (id int NOT NULL PRIMARY KEY);
CREATE TABLE u (id int NOT NULL PRIMARY KEY);
CREATE TRIGGER tr_old AFTER INSERT ON t BEGIN UPDATE t SET a = 1 WHERE id = NEW.id; END;
`

// onPlain are the operations on these tables, in an order in which they fit.
var onPlain = []string{
	`add_column = { table = "t", name = "n", type = "integer" }`,
	`add_column = { table = "t", name = "m", type = "string(9)", nullable = false, default = "x" }`,
	`drop_column = { table = "t", name = "g" }`,
	`rename_column = { table = "t", from = "h", to = "hh" }`,
	`alter_column = { table = "t", name = "b", type = "string(60)" }`,
	`alter_column = { table = "t", name = "b", nullable = false }`,
	`alter_column = { table = "t", name = "a", default = 7 }`,
	`add_index = { table = "t", name = "ix_t_b", columns = ["b"] }`,
	`drop_index = { table = "t", name = "ix_t_c" }`,
	`add_unique = { table = "t", name = "uq_t_hh", columns = ["hh"] }`,
	`add_unique = { table = "t", columns = ["n"] }`,
	`drop_unique = { table = "t", columns = ["n"] }`,
	`drop_unique = { table = "t", name = "uq_t_d" }`,
	`drop_unique = { table = "t", name = "uq_t_hh" }`,
	`add_foreign_key = { table = "t", name = "fk_t_c", columns = ["c"], ref_table = "p", ref_columns = ["id"] }`,
	`add_foreign_key = { table = "t", columns = ["n"], ref_table = "p", ref_columns = ["id"] }`,
	`drop_foreign_key = { table = "t", columns = ["n"] }`,
	`drop_foreign_key = { table = "t", name = "fk_t_e" }`,
	`add_check = { table = "t", name = "ck_t_a", expr = "a > 0" }`,
	`add_check = { table = "t", expr = "c > 0" }`,
	`drop_check = { table = "t", expr = "c > 0" }`,
	`drop_check = { table = "t", name = "ck_t_f" }`,
	`create_trigger = { name = "tr_new", table = "t", timing = "before", event = "insert", body = { mysql = "SET NEW.c = 2", postgres = "BEGIN NEW.c = 2; RETURN NEW; END", sqlite = "SELECT 1;" } }`,
	`drop_trigger = { name = "tr_new", table = "t" }`,
	`drop_trigger = { name = "tr_old", table = "t" }`,
	`insert_rows = { table = "p", rows = [{ id = 1 }] }`,
	`update_rows = { table = "p", set = { id = 2 }, where = "id = 1" }`,
	`create_table = { name = "made", columns = [{ name = "id", type = "integer", nullable = false }, { name = "p", type = "integer" }], primary_key = ["id"], foreign_keys = [{ name = "fk_made", columns = ["p"], ref_table = "p", ref_columns = ["id"] }], indexes = [{ name = "ix_made", columns = ["id", "p"] }] }`,
	`rename_table = { from = "u", to = "v" }`,
	`drop_table = { name = "gone" }`,
	`add_column = { table = "v", name = "n", type = "integer" }`,
}

// plainCatalog is base01 with a revision for each operation of onPlain, or with
// one for all.
func plainCatalog(t *testing.T, together, transaction bool) map[string]string {
	t.Helper()
	files := map[string]string{"catalog.toml": `name = "plain"`, "versions/base01.sql": plainBase}
	head := "transaction = false\nbranch = \"trunk\"\n"
	if transaction {
		head = "branch = \"trunk\"\n"
	}
	text := "revision = \"all01\"\nrevises = \"base01\"\n" + head
	last := "base01"
	for i, op := range onPlain {
		if id := fmt.Sprintf("op%02d", i+1); !together {
			files["versions/"+id+".toml"] = "revision = \"" + id + "\"\nrevises = \"" + last + "\"\n" + head + "[[up]]\n" + op + "\n"
			last = id
		}
		text += "[[up]]\n" + op + "\n"
	}
	if together {
		files["versions/all01.toml"] = text
	}
	return files
}

// TestDeathOnPlainTables: whatever portable operation changes a table that plain
// SQL made, and at whatever place of whatever statement the process dies, the
// rerun goes on: the journal says what was under way, whoever made the table.
func TestDeathOnPlainTables(t *testing.T) {
	for _, kind := range []struct {
		name                          string
		together, transaction, online bool
		places                        []run.Place
	}{
		{"one by one", false, true, false, []run.Place{run.AfterStatement}},
		{"together", true, true, false, []run.Place{run.AfterStatement, run.AfterMark}},
		{"one by one without transaction", false, false, false, []run.Place{run.AfterStatement}},
		{"together without transaction", true, false, false, []run.Place{run.BeforeStatement, run.AfterStatement}},
		{"online", true, false, true, []run.Place{run.AfterStatement}},
	} {
		t.Run(kind.name, func(t *testing.T) {
			files := plainCatalog(t, kind.together, kind.transaction)
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				if db.Dialect.MySQLFamily() && !kind.transaction {
					return // no other than with transactions
				}
				c := loaded(t, files)
				sync := func(s *Service) error {
					if kind.online {
						_, err := s.Upgrade(t.Context(), Request{Online: true, AllowBlocking: true})
						return err
					}
					_, err := command(s, "upgrade", "")
					return err
				}
				if err := sync(service(t, c, db)); err != nil {
					t.Fatal(err)
				}
				want := schemaOf(t, db)
				for _, place := range kind.places {
					if kind.transaction && db.Flavor.TransactionalDDL() && place != run.AfterStatement {
						continue // all is one transaction
					}
					db := enginetest.New(t, db.Dialect)
					s := service(t, c, db)
					must(t, s, "upgrade", "base01")
					deaths := diesAtEach(t, s, place, sync)
					if deaths == 0 {
						t.Errorf("%s: it never died", place)
					}
					if diff := enginetest.CompareSnapshots(want, schemaOf(t, db)); diff != "" {
						t.Errorf("after deaths at each %s:\n%s", place, diff)
					}
				}
			})
		})
	}
}

// The same on the way back, where the file says it.
func TestDeathOnTheWayBackOnPlainTables(t *testing.T) {
	files := map[string]string{"catalog.toml": `name = "plain"`, "versions/base01.sql": plainBase, "versions/all01.toml": `revision = "all01"
revises = "base01"
branch = "trunk"
transaction = false
`}
	back := map[string]string{
		`add_column = { table = "t", name = "n", type = "integer" }`:                                                              `drop_column = { table = "t", name = "n" }`,
		`rename_column = { table = "t", from = "h", to = "hh" }`:                                                                  `rename_column = { table = "t", from = "hh", to = "h" }`,
		`add_index = { table = "t", name = "ix_t_b", columns = ["b"] }`:                                                           `drop_index = { table = "t", name = "ix_t_b" }`,
		`drop_index = { table = "t", name = "ix_t_c" }`:                                                                           `add_index = { table = "t", name = "ix_t_c", columns = ["c"] }`,
		`drop_unique = { table = "t", name = "uq_t_d" }`:                                                                          `add_unique = { table = "t", name = "uq_t_d", columns = ["d"] }`,
		`add_foreign_key = { table = "t", name = "fk_t_g", columns = ["g"], ref_table = "p", ref_columns = ["id"] }`:              `drop_foreign_key = { table = "t", name = "fk_t_g" }`,
		`add_check = { table = "t", name = "ck_t_a", expr = "a > 0" }`:                                                            `drop_check = { table = "t", name = "ck_t_a" }`,
		`rename_table = { from = "u", to = "v" }`:                                                                                 `rename_table = { from = "v", to = "u" }`,
		`create_table = { name = "made", columns = [{ name = "id", type = "integer", nullable = false }], primary_key = ["id"] }`: `drop_table = { name = "made" }`,
	}
	up := slices.Sorted(maps.Keys(back))
	for _, op := range up {
		files["versions/all01.toml"] += "[[up]]\n" + op + "\n"
	}
	for _, op := range slices.Backward(up) {
		files["versions/all01.toml"] += "[[down]]\n" + back[op] + "\n"
	}
	c := loaded(t, files)
	downgrade := func(s *Service) error {
		_, err := s.Downgrade(t.Context(), Request{Version: "base01"})
		return err
	}
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		undisturbed := service(t, c, db)
		must(t, undisturbed, "upgrade", "")
		if err := downgrade(undisturbed); err != nil {
			t.Fatal(err)
		}
		want := schemaOf(t, db)
		for _, place := range []run.Place{run.BeforeStatement, run.AfterStatement} {
			db := enginetest.New(t, db.Dialect)
			s := service(t, c, db)
			must(t, s, "upgrade", "")
			deaths := diesAtEach(t, s, place, downgrade)
			if deaths == 0 {
				t.Errorf("%s: it died %d times", place, deaths)
			}
			if diff := enginetest.CompareSnapshots(want, schemaOf(t, db)); diff != "" {
				t.Errorf("after deaths at each %s:\n%s", place, diff)
			}
		}
	})
}

// diesAtEach runs a command again and again until it ends: it dies at each
// point of a place that it passes, once. It returns how often that was.
func diesAtEach(t *testing.T, s *Service, place run.Place, command func(*Service) error) int {
	t.Helper()
	death, seen, last := errors.New("the process dies here"), map[run.Point]bool{}, ""
	s.Faults = faults(func(p run.Point) error {
		if p.Place != place || seen[p] {
			return nil
		}
		seen[p], last = true, p.String()
		return death
	})
	defer func() { s.Faults = nil }()
	for range 500 {
		err := command(s)
		if err == nil {
			return len(seen)
		}
		if !errors.Is(err, death) {
			t.Fatalf("after a death at %s: %v", last, err)
		}
	}
	t.Fatalf("it does not end: %s", last)
	return 0
}
