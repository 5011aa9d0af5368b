package phases

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/fstest"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/run"
	"manage/migrations/catalog"
	"manage/schema"
)

// house is a catalog whose expansion takes more than one statement for each of
// its operations while the service runs, on PostgreSQL.
func house(t testing.TB) *catalog.Catalog {
	return loaded(t, map[string]string{
		"catalog.toml": `name = "house"`,
		"versions/open01_rooms.toml": `
revision = "open01"
branch = "trunk"
message = "rooms"
[[up]]
[up.create_table]
name = "rooms"
columns = [
  { name = "id", type = "integer", nullable = false },
  { name = "name", type = "string(20)" },
  { name = "floor", type = "integer" },
  { name = "beside", type = "integer" },
]
primary_key = ["id"]`,
		"versions/art_expand01_locks.toml": `
revision = "art_expand01"
revises = "open01"
branch = "expand"
message = "all that takes several statements"
[[up]]
add_index = { table = "rooms", name = "ix_floor", columns = ["floor"] }
[[up]]
add_unique = { table = "rooms", name = "uq_name", columns = ["name"] }
[[up]]
add_unique = { table = "rooms", columns = ["floor", "name"] }
[[up]]
add_foreign_key = { table = "rooms", columns = ["beside"], ref_table = "rooms", ref_columns = ["id"] }
[[up]]
alter_column = { table = "rooms", name = "floor", nullable = false, default = 1 }
[[up]]
add_check = { table = "rooms", name = "ck_floor", expr = "floor > 0" }
[[up]]
add_column = { table = "rooms", name = "note", type = "string(20)" }
[[up]]
drop_index = { table = "rooms", name = "ix_floor" }`,
	})
}

// Files that several catalogs begin with: a table, and a column beside its price.
const (
	goodsFile = `
revision = "open01"
branch = "trunk"
[[up]]
create_table = { name = "goods", columns = [ { name = "id", type = "integer", nullable = false }, { name = "price", type = "integer" } ], primary_key = ["id"] }`
	centsFile = `
revision = "art_expand01"
revises = "open01"
[[up]]
add_column = { table = "goods", name = "cents", type = "integer" }`
)

// loaded is a catalog of these files.
func loaded(t testing.TB, texts map[string]string) *catalog.Catalog {
	t.Helper()
	files := fstest.MapFS{}
	for name, text := range texts {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	c, err := catalog.Load(files, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// newHouse is a database with the trunk of house and a row.
func newHouse(t *testing.T, d flavor.Dialect) (*Service, enginetest.Database) {
	db := enginetest.New(t, d)
	s := service(t, house(t), db)
	must(t, s, "upgrade", "open01")
	db.Exec(t, "INSERT INTO rooms (id, name, floor) VALUES (1, 'blue', 1)")
	return s, db
}

// expandHouse expands with all that blocks.
func expandHouse(s *Service) (Result, error) {
	return s.Expand(context.Background(), Request{AllowBlocking: true})
}

// whole holds what half done work leaves against nothing: constraints that are
// not validated, indexes that are not valid, checks that prove a NOT NULL.
func whole(t *testing.T, after string, s *Service) {
	t.Helper()
	sess, err := s.DB.Reader(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer sess.Close()
	live, err := s.inspect(context.Background(), sess)
	if err != nil {
		t.Fatal(err)
	}
	rooms := live.Table("rooms")
	for _, x := range rooms.Indexes {
		if !x.Valid {
			t.Errorf("after %s: index %s is not valid", after, x.Name)
		}
	}
	for _, f := range rooms.ForeignKeys {
		if f.NotValid {
			t.Errorf("after %s: foreign key %s is not validated", after, f.Name)
		}
	}
	for _, c := range rooms.Checks {
		if c.NotValid {
			t.Errorf("after %s: check %s is not validated", after, c.Name)
		}
	}
}

// Online work that is killed at any point is gone on with, by the same command
// or by one that does not run online, and ends where an undisturbed run does.
func TestExpandAfterDeathAnywhere(t *testing.T) {
	death := errors.New("the process dies here")
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if db.Dialect == flavor.SQLite {
			return // one transaction
		}
		var points []run.Point
		s, undisturbed := newHouse(t, db.Dialect)
		s.Faults = faults(func(p run.Point) error {
			points = append(points, p)
			return nil
		})
		if _, err := expandHouse(s); err != nil {
			t.Fatal(err)
		}
		want := schemaOf(t, undisturbed)
		for _, again := range []string{"expand", "sync"} {
			for i, point := range points {
				if point.Place != run.AfterStatement && (again == "sync" || point.Place != run.AfterMark) {
					continue // package run tries each
				}
				s, db := newHouse(t, db.Dialect)
				seen := 0
				s.Faults = faults(func(run.Point) error {
					if seen++; seen == i+1 {
						return death
					}
					return nil
				})
				if _, err := expandHouse(s); !errors.Is(err, death) {
					t.Fatalf("at %s: %v", point, err)
				}
				s.Faults = nil
				var err error
				if again == "sync" {
					_, err = s.Sync(context.Background(), Request{})
				} else {
					_, err = expandHouse(s)
				}
				if err != nil {
					t.Fatalf("%s after %s: %v", again, point, err)
				}
				whole(t, point.String(), s)
				if diff := enginetest.CompareSnapshots(want, schemaOf(t, db)); diff != "" {
					t.Fatalf("%s after %s:\n%s", again, point, diff)
				}
			}
		}
	})
}

// What means something in one transaction only has one, also where the revision
// asks for none: the rebuild of a SQLite table is never left half done.
func TestRebuildIsNeverHalfDone(t *testing.T) {
	death := errors.New("the process dies here")
	c := loaded(t, map[string]string{
		"catalog.toml": `name = "shed"`,
		"versions/open01_tools.toml": `
revision = "open01"
branch = "trunk"
message = "tools"
[[up]]
create_table = { name = "tools", columns = [ { name = "id", type = "integer", nullable = false }, { name = "name", type = "string(20)" }, { name = "old", type = "integer" } ], primary_key = ["id"] }`,
		"versions/open02_new.toml": `
revision = "open02"
revises = "open01"
branch = "trunk"
message = "two rebuilds"
transaction = false
[[up]]
drop_column = { table = "tools", name = "old" }
[[up]]
alter_column = { table = "tools", name = "name", type = "text" }`,
	})
	begun := func() (*Service, enginetest.Database) {
		db := enginetest.New(t, flavor.SQLite)
		s := service(t, c, db)
		must(t, s, "upgrade", "open01")
		db.Exec(t, "INSERT INTO tools (id, name, old) VALUES (1, 'saw', 7)")
		return s, db
	}
	var points []run.Point
	s, db := begun()
	s.Faults = faults(func(p run.Point) error { points = append(points, p); return nil })
	must(t, s, "upgrade", "")
	want := schemaOf(t, db)
	for i, point := range points {
		if point.Step == "" {
			continue
		}
		s, db := begun()
		seen := 0
		s.Faults = faults(func(run.Point) error {
			if seen++; seen == i+1 {
				return death
			}
			return nil
		})
		if _, err := command(s, "upgrade", ""); !errors.Is(err, death) {
			t.Fatalf("at %s: %v", point, err)
		}
		s.Faults = nil
		if _, err := command(s, "upgrade", ""); err != nil {
			t.Fatalf("after %s: %v", point, err)
		}
		if diff := enginetest.CompareSnapshots(want, schemaOf(t, db)); diff != "" {
			t.Fatalf("after %s:\n%s", point, diff)
		}
		if names := db.Strings(t, "SELECT name FROM tools"); len(names) != 1 || names[0] != "saw" {
			t.Fatalf("after %s: the rows are %v", point, names)
		}
	}
}

// A rerun online goes on with what an offline run began, where that is not one
// transaction.
func TestOnlineFormsShareTheirParts(t *testing.T) {
	s := schema.New(flavor.Default(flavor.Postgres))
	for _, c := range house(t).Revisions["open01"].Up {
		if err := c.Op.Apply(s); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range house(t).Revisions["art_expand01"].Up {
		parts := map[string]int{}
		for _, online := range []bool{false, true} {
			statements, err := schema.Statements(c.Op, s, schema.Form{Online: online})
			if err != nil {
				t.Fatal(err)
			}
			for i, st := range statements {
				if i > 0 && !statements[i-1].Position.Before(st.Position) {
					t.Errorf("%s: part %d comes before part %d", c.Op.Kind(), statements[i-1].Position.Part, st.Position.Part)
				}
				if st.Effect != nil && st.Effect.Definition != "validated" {
					key := fmt.Sprint(st.Effect.Kind, st.Effect.Name, st.Effect.Present)
					if n, ok := parts[key]; ok && n != st.Position.Part {
						t.Errorf("%s: %s is part %d online and part %d offline", c.Op.Kind(), key, st.Position.Part, n)
					}
					parts[key] = max(parts[key], st.Position.Part)
				}
			}
		}
		if err := c.Op.Apply(s); err != nil {
			t.Fatal(err)
		}
	}
}
