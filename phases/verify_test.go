package phases

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/engine/run"
	"manage/migrations/catalog"
	"manage/schema"
)

// verify looks at a database and fails for what differs.
func verify(t testing.TB, s *Service, at string) Verification {
	t.Helper()
	v, err := s.Verify(context.Background())
	if err != nil {
		t.Fatalf("%s: %v", at, err)
	}
	for _, f := range v.Differences {
		t.Errorf("%s: %s", at, f.Difference)
	}
	return v
}

// museum is a catalog with everything that a table can have.
func museum(t testing.TB) *catalog.Catalog {
	return loaded(t, map[string]string{
		"catalog.toml": `name = "museum"`,
		"versions/open01_rooms.toml": `
revision = "open01"
branch = "trunk"
message = "rooms"
[[up]]
[up.create_table]
name = "rooms"
columns = [
  { name = "id", type = "integer", nullable = false },
  { name = "name", type = "string(20)", nullable = false },
]
primary_key = ["id"]
unique = [ { name = "uq_rooms_name", columns = ["name"] } ]`,
		"versions/open02_works.toml": `
revision = "open02"
revises = "open01"
branch = "trunk"
message = "works"
[[up]]
create_enum = { name = "kind", values = ["picture", "bust"] }
[[up]]
[up.create_table]
name = "works"
columns = [
  { name = "id", type = "integer", nullable = false },
  { name = "title", type = "string(80)" },
  { name = "room", type = "integer" },
  { name = "year", type = "integer", default = 1900 },
  { name = "lent", type = "boolean", nullable = false, default = false },
  { name = "kind", type = "enum(picture, bust)", type_name = "kind" },
]
primary_key = ["id"]
indexes = [ { name = "ix_works_title", columns = ["title"] } ]
foreign_keys = [ { name = "fk_works_room", columns = ["room"], ref_table = "rooms", ref_columns = ["id"] } ]
checks = [ { name = "ck_works_year", expr = "year > 0" } ]`,
		"versions/open03_plain.toml": `
revision = "open03"
revises = "open02"
branch = "trunk"
message = "where it came from"
[[up]]
add_column = { table = "works", name = "origin", type = "text" }`,
	})
}

// handmade is a change by hand, and the object that is then another one.
type handmade struct {
	op          schema.Operation
	kind        plan.ObjectKind
	table, name string
	revision    string
}

func handmadeChanges() []handmade {
	yes, no := true, false
	return []handmade{
		{&schema.DropIndex{Table: "works", Name: "ix_works_title"}, plan.KindIndex, "works", "ix_works_title", "open02"},
		{&schema.AddIndex{Table: "works", IndexDef: schema.IndexDef{Name: "ix_mine", Columns: []string{"year"}}}, plan.KindIndex, "works", "ix_mine", ""},
		{&schema.AddColumn{Table: "rooms", ColumnDef: schema.ColumnDef{Name: "mine", Type: "integer"}}, plan.KindColumn, "rooms", "mine", ""},
		{&schema.DropColumn{Table: "works", Name: "origin"}, plan.KindColumn, "works", "origin", "open03"},
		{&schema.AlterColumn{Table: "works", Name: "year", Type: "bigint"}, plan.KindColumn, "works", "year", "open02"},
		{&schema.AlterColumn{Table: "works", Name: "title", Type: "string(81)"}, plan.KindColumn, "works", "title", "open02"},
		{&schema.AlterColumn{Table: "works", Name: "year", DefaultSQL: schema.Text{All: "1901"}}, plan.KindColumn, "works", "year", "open02"},
		{&schema.AlterColumn{Table: "works", Name: "year", Nullable: &no}, plan.KindColumn, "works", "year", "open02"},
		{&schema.AlterColumn{Table: "works", Name: "lent", Nullable: &yes}, plan.KindColumn, "works", "lent", "open02"},
		{&schema.DropUnique{Table: "rooms", Name: "uq_rooms_name"}, plan.KindUnique, "rooms", "uq_rooms_name", "open01"},
		{&schema.AddUnique{Table: "works", UniqueDef: schema.UniqueDef{Name: "uq_mine", Columns: []string{"title"}}}, plan.KindUnique, "works", "uq_mine", ""},
		{&schema.DropForeignKey{Table: "works", Name: "fk_works_room"}, plan.KindForeignKey, "works", "fk_works_room", "open02"},
		{&schema.DropCheck{Table: "works", Name: "ck_works_year"}, plan.KindCheck, "works", "ck_works_year", "open02"},
		{&schema.AddCheck{Table: "rooms", CheckDef: schema.CheckDef{Name: "ck_mine", Expr: schema.Text{All: "id > 7"}}}, plan.KindCheck, "rooms", "ck_mine", ""},
		{&schema.DropTable{Name: "works"}, plan.KindTable, "works", "", "open02"},
	}
}

// byHand runs operations on a database as somebody would who changes it by
// hand.
func byHand(t *rapid.T, db enginetest.Database, s *Service, ops ...schema.Operation) {
	t.Helper()
	conn, err := db.SQL().Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, op := range ops {
		live, err := schema.Inspect(context.Background(), conn, db.Flavor, s.DB.Schema())
		if err != nil {
			t.Fatal(err)
		}
		statements, err := schema.Statements(op, live, schema.Form{})
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range statements {
			if _, err := conn.ExecContext(context.Background(), st.SQL); err != nil {
				t.Fatalf("%s: %v", st.SQL, err)
			}
		}
	}
}

// After any change by hand exactly the object is named that was changed, with
// the revision that made it, and nothing once it is taken back.
func TestVerifyNamesWhatWasChangedByHand(t *testing.T) {
	fewer(t, "60")
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, museum(t), db)
		must(t, s, "upgrade", "")
		verify(t, s, "as upgraded")
		rapid.Check(t, func(rt *rapid.T) {
			h := rapid.SampledFrom(handmadeChanges()).Draw(rt, "change")
			live, err := schema.Inspect(context.Background(), db.SQL(), db.Flavor, s.DB.Schema())
			if err != nil {
				rt.Fatal(err)
			}
			back, err := h.op.Inverse(live)
			if err != nil {
				rt.Fatal(err)
			}
			byHand(rt, db, s, h.op)
			v, err := s.Verify(context.Background())
			if err != nil {
				rt.Fatal(err)
			}
			if len(v.Differences) != 1 || len(v.Open)+len(v.Known)+len(v.Unmanaged) > 0 {
				rt.Fatalf("%#v: %+v", h.op, v)
			}
			if f := v.Differences[0]; f.Kind != h.kind || f.Table != h.table || f.Name != h.name || f.Revision != h.revision || f.Why != "" {
				rt.Fatalf("%#v is told as %+v", h.op, f)
			}
			repair(rt, db, v.Repairs, func() { byHand(rt, db, s, back...) })
			if v, err := s.Verify(context.Background()); err != nil || len(v.Differences) > 0 {
				rt.Fatalf("taken back: %v, %v", v.Differences, err)
			}
		})
	})
}

// repair runs the statements that verify gives, or takes a change back in another
// way where there are none.
func repair(t *rapid.T, db enginetest.Database, repairs []schema.Repair, otherwise func()) {
	for _, r := range repairs {
		if len(r.Statements) == 0 {
			otherwise()
			return
		}
	}
	for _, r := range repairs {
		for _, sql := range r.Statements {
			if _, err := db.SQL().Exec(sql); err != nil {
				t.Fatalf("repair of %v: %s: %v", r.Differences, sql, err)
			}
		}
	}
}

// handmadeState is a statement that leaves an object where it is and takes its
// effect from it, and what is said of that.
type handmadeState struct {
	dialect         flavor.Dialect
	statement, want string
}

func handmadeStates() []handmadeState {
	return []handmadeState{
		{flavor.Postgres, "ALTER TABLE guests DISABLE TRIGGER guests_name_insert", "table guests: trigger guests_name_insert: expected before insert, found before insert, switched off"},
		{flavor.Postgres, "ALTER TABLE guests ENABLE REPLICA TRIGGER guests_name_insert", "table guests: trigger guests_name_insert: expected before insert, found before insert, switched off"},
		{flavor.Postgres, "CREATE OR REPLACE FUNCTION guests_guests_name_insert() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'", "table guests: trigger guests_name_insert: expected as the catalog has it, found changed in its body"},
		{flavor.Postgres, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'guests_name_idx'::regclass", "table guests: index guests_name_idx: expected (name), found (name) invalid"},
		{flavor.Postgres, "ALTER TABLE rooms DROP CONSTRAINT rooms_guest_id_fkey, ADD CONSTRAINT rooms_guest_id_fkey FOREIGN KEY (guest_id) REFERENCES guests NOT VALID", "table rooms: foreign key rooms_guest_id_fkey: expected validated, found not validated"},
		{flavor.Postgres, "ALTER TABLE rooms DISABLE TRIGGER ALL", "table rooms: foreign key rooms_guest_id_fkey: expected enforced, found not enforced"},
		{flavor.Postgres, `ALTER TABLE rooms ALTER COLUMN name TYPE varchar(40) COLLATE "C"`, "table rooms: column name: expected varchar(40) not null, found varchar(40) not null collate C"},
		{flavor.MySQL, "ALTER TABLE guests ALTER INDEX guests_name_idx INVISIBLE", "table guests: index guests_name_idx: expected (name), found (name) hidden from queries"},
		{flavor.MariaDB, "ALTER TABLE guests ALTER INDEX guests_name_idx IGNORED", "table guests: index guests_name_idx: expected (name), found (name) hidden from queries"},
		{flavor.MySQL, "ALTER TABLE rooms ALTER INDEX rooms_name_key INVISIBLE", "table rooms: unique rooms_name_key: expected used by queries, found hidden from queries"},
		{flavor.MariaDB, "ALTER TABLE rooms ALTER INDEX rooms_name_key IGNORED", "table rooms: unique rooms_name_key: expected used by queries, found hidden from queries"},
		{flavor.MySQL, "ALTER TABLE rooms MODIFY name varchar(40) CHARACTER SET latin1 NOT NULL", "table rooms: column name: expected varchar(40) not null, found varchar(40) not null collate latin1_swedish_ci"},
		{flavor.MariaDB, "ALTER TABLE rooms MODIFY name varchar(40) CHARACTER SET latin1 NOT NULL", "table rooms: column name: expected varchar(40) not null, found varchar(40) not null collate latin1_swedish_ci"},
	}
}

// An object may be there, and not be in effect.
func TestVerifyStates(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, server enginetest.Database) {
		for _, h := range handmadeStates() {
			if h.dialect != server.Dialect {
				continue
			}
			db := enginetest.New(t, h.dialect)
			s := service(t, inn(t), db)
			must(t, s, "sync", "open01")
			must(t, s, "expand", "austin_expand01")
			verify(t, s, "before")
			db.Exec(t, h.statement)
			saysOnly(t, s, h.statement, h.want)
			repaired(t, s, db, verification(t, s), h.statement)
		}
	})
}

// saysOnly fails unless verify says just this one difference.
func saysOnly(t *testing.T, s *Service, statement, want string) {
	t.Helper()
	v, err := s.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(said(v.Differences)); got != "["+want+"]" {
		t.Errorf("%s\nis told as %s\nwant         %s", statement, got, want)
	}
}

// What a revision says of a table's options is held against the table, and a
// check that is switched off is told.
func TestVerifyTableOptions(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if !db.Dialect.MySQLFamily() {
			return // has no such options
		}
		s := service(t, loaded(t, map[string]string{
			"catalog.toml": `name = "shop"`,
			"versions/open01_goods.toml": `
revision = "open01"
branch = "trunk"
message = "goods"
[[up]]
[up.create_table]
name = "goods"
columns = [ { name = "id", type = "integer", nullable = false }, { name = "name", type = "string(20)" } ]
primary_key = ["id"]
checks = [ { name = "ck_goods", expr = "id > 0" } ]
options = { mysql = { engine = "InnoDB", charset = "utf8" } }`,
		}), db)
		must(t, s, "upgrade", "")
		verify(t, s, "before")
		db.Exec(t, "ALTER TABLE goods CONVERT TO CHARACTER SET latin1")
		saysOnly(t, s, "latin1", "table goods: expected in utf8, found in latin1")
		repaired(t, s, db, verification(t, s), "latin1")
		db.Exec(t, "ALTER TABLE goods ENGINE = MyISAM")
		saysOnly(t, s, "MyISAM", "table goods: expected kept by InnoDB, found kept by MyISAM")
		repaired(t, s, db, verification(t, s), "MyISAM")
		if db.Dialect == flavor.MySQL {
			db.Exec(t, "ALTER TABLE goods ALTER CHECK ck_goods NOT ENFORCED")
			saysOnly(t, s, "not enforced", "table goods: check ck_goods: expected enforced, found not enforced")
			repaired(t, s, db, verification(t, s), "not enforced")
		}
	})
}

func said(found []Finding) []string {
	var out []string
	for _, f := range found {
		out = append(out, f.String())
	}
	return out
}

// What belongs to others is listed and is no difference; what a revision has
// removed and is there again is one.
func TestVerifyListsWhatIsNotManaged(t *testing.T) {
	functions := map[bool][]string{
		false: {"CREATE VIEW busy AS SELECT id FROM rooms", "CREATE TABLE parcels (id INTEGER NOT NULL PRIMARY KEY)"},
		true:  {"CREATE VIEW busy AS SELECT id FROM rooms", "CREATE TABLE parcels (id INTEGER NOT NULL PRIMARY KEY)", "CREATE PROCEDURE tidy() BEGIN DELETE FROM rooms; END"},
	}
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, inn(t), db)
		must(t, s, "sync", "open01")
		must(t, s, "expand", "austin_expand01")
		for _, statement := range functions[db.Dialect.MySQLFamily()] {
			db.Exec(t, statement)
		}
		want := "table parcels, view busy"
		switch {
		case db.Dialect == flavor.Postgres:
			db.Exec(t, "CREATE SEQUENCE tickets; CREATE DOMAIN mark AS integer; CREATE TYPE mood AS ENUM ('x'); CREATE FUNCTION other() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
			db.Exec(t, "CREATE TRIGGER audit BEFORE UPDATE ON rooms FOR EACH ROW EXECUTE FUNCTION other()")
			want = "domain mark, function other, sequence tickets, table parcels, trigger audit of table rooms, type mood, view busy"
		case db.Dialect.MySQLFamily():
			db.Exec(t, "CREATE TRIGGER audit BEFORE UPDATE ON rooms FOR EACH ROW SET NEW.name = NEW.name")
			want = "procedure tidy, table parcels, trigger audit of table rooms, view busy"
		}
		v := verify(t, s, "beside others")
		if got := strings.Join(v.Unmanaged, ", "); got != want {
			t.Errorf("not managed are %s\nwant %s", got, want)
		}
	})
}

// Behind plain SQL, what it makes and removes by name, and a table that it makes
// anew, is as the run that did it recorded it; what somebody else did is a
// difference.
func TestVerifyBehindPlainSQL(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, inn(t), db)
		must(t, s, "sync", "")
		if v := verify(t, s, "after sync"); len(v.Open) > 0 {
			t.Errorf("open are %+v", v.Open)
		}
		integer := map[flavor.Dialect]string{flavor.SQLite: "INTEGER", flavor.Postgres: "integer", flavor.MySQL: "int", flavor.MariaDB: "int"}[db.Dialect]
		db.Exec(t, "ALTER TABLE guests ADD COLUMN shoe_size INTEGER")
		saysOnly(t, s, "beside", "table guests: unexpected column shoe_size ("+integer+")")
		db.Exec(t, "ALTER TABLE guests DROP COLUMN shoe_size")
		db.Exec(t, "ALTER TABLE rooms ADD COLUMN beds INTEGER")
		saysOnly(t, s, "in its table", "table rooms: unexpected column beds ("+integer+")")
	})
}

// bearingOf is asked with statements of each class.
func TestBearingOfPlainSQL(t *testing.T) {
	column := func(name, want, have string) schema.Difference {
		return schema.Difference{Kind: plan.KindColumn, Table: "rooms", Name: name, Want: want, Have: have}
	}
	index := schema.Difference{Kind: plan.KindIndex, Table: "rooms", Name: "ix_beds", Have: "(beds)"}
	for _, tt := range []struct {
		sql  string
		d    schema.Difference
		want bearing
	}{
		{"ALTER TABLE rooms ADD COLUMN beds int", column("beds", "", "int"), intended},
		{"ALTER TABLE rooms ADD COLUMN beds int", column("bath", "", "int"), none},
		{"ALTER TABLE rooms ADD COLUMN beds int", column("beds", "int", ""), unclear},
		{"ALTER TABLE rooms DROP COLUMN beds", column("beds", "int", ""), intended},
		{"ALTER TABLE rooms RENAME COLUMN beds TO bunks", column("beds", "int", ""), intended},
		{"ALTER TABLE rooms RENAME COLUMN beds TO bunks", column("bunks", "", "int"), intended},
		{"ALTER TABLE rooms RENAME TO halls", column("beds", "int", "bigint"), unclear},
		{"ALTER TABLE guests ADD COLUMN beds int", column("beds", "", "int"), none},
		{"CREATE INDEX ix_beds ON rooms (beds)", index, intended},
		{"CREATE INDEX ix_bath ON rooms (bath)", index, none},
		{"ALTER TABLE rooms ADD COLUMN beds int UNIQUE", schema.Difference{Kind: plan.KindUnique, Table: "rooms", Name: "rooms_beds_key", Have: "(beds)"}, unclear},
		{"ALTER TABLE rooms ADD CONSTRAINT fk FOREIGN KEY (guest) REFERENCES guests (id)", index, unclear},
		{"ALTER TABLE rooms DROP COLUMN beds", schema.Difference{Kind: plan.KindIndex, Table: "rooms", Name: "ix_beds", Want: "(beds)"}, intended},
		{"DROP INDEX ix_beds", schema.Difference{Kind: plan.KindIndex, Table: "rooms", Name: "ix_beds", Want: "(beds)"}, intended},
		{"DO $$ BEGIN PERFORM alter_rooms(); END $$", column("beds", "", "int"), unclear},
		{"ANALYZE rooms", column("beds", "", "int"), none},
	} {
		if got := bearingOf(tt.sql, flavor.Postgres, tt.d); got != tt.want {
			t.Errorf("%s and %s: %d, want %d", tt.sql, tt.d, got, tt.want)
		}
	}
}

// A database without a version is refused.
func TestVerifyWithoutAVersion(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, inn(t), db)
		refuses := func() {
			_, err := s.Verify(t.Context())
			var r *Refused
			if !errors.As(err, &r) || r.Next != "sync" {
				t.Errorf("got %v, want a refusal", err)
			}
		}
		refuses()
		must(t, s, "sync", "open01")
		forget(t, db)
		refuses()
	})
}

// After a death at any point of a run nothing is taken for a change by hand,
// and nothing is open once the run is finished.
func TestVerifyAfterDeathAnywhere(t *testing.T) {
	death := errors.New("the process dies here")
	for name, c := range map[string]*catalog.Catalog{"inn": inn(t), "house": house(t)} {
		t.Run(name, func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				for i := 0; ; i += 3 {
					fresh := enginetest.New(t, db.Dialect)
					s, seen := service(t, c, fresh), 0
					must(t, s, "sync", "open01")
					var at string
					s.Faults = faults(func(p run.Point) error {
						if seen++; seen == i+1 {
							at = p.String()
							return death
						}
						return nil
					})
					_, err := s.Expand(t.Context(), Request{AllowBlocking: true})
					v := verify(t, s, "after "+at)
					for _, f := range v.Open {
						if f.Why == "" || len(v.Half) == 0 {
							t.Errorf("after %s, open is %+v", at, f)
						}
					}
					if at == "" {
						if err != nil || len(v.Open)+len(v.Half) > 0 {
							t.Errorf("finished: %v, %v", err, v.Open)
						}
						return
					}
				}
			})
		})
	}
}

// A file that was changed since is named.
func TestVerifyNamesChangedFiles(t *testing.T) {
	db := enginetest.New(t, flavor.SQLite)
	c := museum(t)
	s := service(t, c, db)
	must(t, s, "upgrade", "")
	c.Revisions["open03"].Checksum = "another"
	if v := verify(t, s, "changed"); !slices.Equal(v.Changed, []string{"open03"}) {
		t.Errorf("changed are %v", v.Changed)
	}
}

// On MySQL and MariaDB one who may only select sees neither triggers nor
// references. That is said, and they are not taken for missing.
func TestVerifyAsOneWhoMayOnlySelect(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if !db.Dialect.MySQLFamily() {
			return
		}
		c := inn(t)
		s := service(t, c, db)
		must(t, s, "sync", "open01")
		must(t, s, "expand", "austin_expand01")
		reader := db
		reader.URL = db.Reader(t)
		db.Exec(t, fmt.Sprintf("REVOKE SHOW VIEW, TRIGGER ON %s.* FROM 'r%s'@'%%'", db.Name, db.Name))
		db.Exec(t, fmt.Sprintf("GRANT ALL PRIVILEGES ON elsewhere.* TO 'r%s'@'%%'", db.Name))
		v := verify(t, service(t, c, reader), "as a reader")
		if !slices.Contains(v.Unseen, plan.KindTrigger) {
			t.Errorf("unseen are %v", v.Unseen)
		}
		db.Exec(t, "ALTER TABLE guests ADD COLUMN shoe_size INTEGER")
		if v, err := service(t, c, reader).Verify(t.Context()); err != nil || len(v.Differences) != 1 {
			t.Errorf("found are %v, %v", v.Differences, err)
		}
	})
}

// Every command that goes on from an applied revision refuses a changed file,
// names it, and goes on when it is accepted.
func TestChangedFilesAreAcceptedByName(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		c := inn(t)
		s := service(t, c, db)
		must(t, s, "sync", "open01")
		for i, step := range []struct {
			version string
			run     func(context.Context, Request) (Result, error)
		}{
			{"austin", s.Expand}, {"austin", s.Migrate}, {"austin", s.Contract}, {"bexar_expand01", s.Upgrade}, {"", s.Sync},
		} {
			if i == 1 {
				db.Exec(t, no(db, oldGuest))
			}
			c.Revisions["open01"].Checksum = fmt.Sprint("changed ", i)
			_, err := step.run(t.Context(), Request{Version: step.version, AllowBlocking: true})
			var changed *Changed
			if !errors.As(err, &changed) || !strings.HasSuffix(err.Error(), "open01 ("+c.Revisions["open01"].Source.File+")") {
				t.Fatalf("step %d: %v", i, err)
			}
			r, err := s.Status(t.Context())
			if err != nil || r.Exit != 6 || len(r.Problems) != 1 || r.Problems[0].Message != changed.Error() {
				t.Errorf("step %d: check says %+v, %v", i, r.Problems, err)
			}
			if _, err := step.run(t.Context(), Request{Version: step.version, AllowBlocking: true, Accept: []string{"open01"}}); err != nil {
				t.Fatalf("step %d, accepted: %v", i, err)
			}
			if r, err := s.Status(t.Context()); err != nil || len(r.Problems) > 0 {
				t.Errorf("step %d, accepted: %+v, %v", i, r.Problems, err)
			}
		}
	})
}
