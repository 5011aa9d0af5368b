package purge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"manage/engine/enginetest"
	"manage/engine/enginetest/fixtures"
	"manage/engine/flavor"
	"manage/migrations/catalog"
)

// shelves is a catalog of its own: folders within folders, files in folders, and
// pages that go with their file.
const shelves = `soft_deleted = "gone = 'yes'"
live         = "gone = 'no'"
deleted_at   = "gone_at"
[[kind]]
name  = "folder"
table = "folders"
key   = "id"
uuid  = "id"
[[kind]]
name    = "file"
table   = "files"
key     = "id"
parents = [{ column = "folder_id", kind = "folder", related = true, orphan = true }]
with    = [{ table = "pages", column = "file_id" }]
`

var shelfTables = []string{
	"CREATE TABLE folders (id varchar(36) PRIMARY KEY, parent_id varchar(36), gone varchar(5), gone_at timestamp NULL, FOREIGN KEY (parent_id) REFERENCES folders (id))",
	"CREATE TABLE files (id integer PRIMARY KEY, volume integer NOT NULL, number integer NOT NULL, folder_id varchar(36), gone varchar(5), gone_at timestamp NULL, UNIQUE (volume, number), FOREIGN KEY (folder_id) REFERENCES folders (id))",
	"CREATE TABLE pages (id integer PRIMARY KEY, file_id integer NOT NULL, FOREIGN KEY (file_id) REFERENCES files (id))",
}

// shelved is a database with the tables of shelves.
func shelved(t *testing.T, db enginetest.Database) *Service {
	t.Helper()
	return ruled(t, db, shelves, shelfTables...)
}

// ruled is a database with some tables, and rules for them.
func ruled(t *testing.T, db enginetest.Database, rules string, tables ...string) *Service {
	t.Helper()
	c, err := catalog.Load(fstest.MapFS{
		"catalog.toml":       {Data: []byte("name = \"shelves\"\n")},
		"versions/root.toml": {Data: []byte("revision = \"root\"\n")},
		"purge.toml":         {Data: []byte(rules)},
	}, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range tables {
		db.Exec(t, statement)
	}
	return &Service{Catalog: c, DB: fixtures.DB(t, db.URL)}
}

// purged looks, refuses what is in the way, and purges.
func purged(s *Service, req Request) (Counts, error) {
	ctx := context.Background()
	sel, err := s.Look(ctx, req)
	if err == nil {
		err = s.InTheWay(ctx, sel)
	}
	if err != nil {
		return nil, err
	}
	return s.Delete(ctx, sel)
}

// A table may refer to itself: the leaves go first, however deep.
func TestSelfReferences(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := shelved(t, db)
		for i := 1; i <= 40; i++ {
			up, gone := fmt.Sprintf("'f%02d'", i/2), "yes"
			if i == 1 {
				up = "'f01'" // refers to itself
			}
			db.Exec(t, fmt.Sprintf("INSERT INTO folders VALUES ('f%02d', %s, '%s', NULL)", i, up, gone))
		}
		db.Exec(t, "INSERT INTO folders VALUES ('kept', NULL, 'no', NULL), ('null', NULL, NULL, NULL)")
		done, err := purged(s, Request{})
		if err != nil || done.Total() != 40 {
			t.Fatalf("%d are gone: %v", done.Total(), err)
		}
		if got := db.Strings(t, "SELECT id FROM folders ORDER BY id"); !slices.Equal(got, []string{"kept", "null"}) {
			t.Errorf("%v stay", got)
		}
	})
}

// A live row of the same table is in the way like any other.
func TestSelfReferenceInTheWay(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := shelved(t, db)
		db.Exec(t, "INSERT INTO folders VALUES ('a', NULL, 'yes', NULL), ('b', 'a', 'no', NULL)")
		_, err := purged(s, Request{})
		var b *Blocked
		want := InTheWay{Table: "folders", Row: "id b", Columns: "parent_id", RefTable: "folders", RefRow: "id a"}
		if !errors.As(err, &b) || len(b.Rows) != 1 || b.Rows[0] != want {
			t.Fatalf("got %v", err)
		}
	})
}

// What refers to rows that go with an object is in the way, and so is what
// refers to an object by something else than its key.
func TestReferencesToOtherColumns(t *testing.T) {
	cases := []struct {
		name, table string
		row         string
		want        InTheWay
	}{
		{"to a page", "CREATE TABLE marks (id integer PRIMARY KEY, page_id integer, FOREIGN KEY (page_id) REFERENCES pages (id))",
			"INSERT INTO marks VALUES (3, 71)", InTheWay{"marks", "id 3", "page_id", "pages", "id 71"}},
		{"to a page, which would be followed", "CREATE TABLE marks (id integer PRIMARY KEY, page_id integer, FOREIGN KEY (page_id) REFERENCES pages (id) ON DELETE CASCADE)",
			"INSERT INTO marks VALUES (3, 71)", InTheWay{"marks", "id 3", "page_id", "pages", "id 71"}},
		{"composite", "CREATE TABLE loans (who varchar(9), day integer, volume integer, number integer, PRIMARY KEY (who, day), FOREIGN KEY (volume, number) REFERENCES files (volume, number))",
			"INSERT INTO loans VALUES ('ann', 2, 5, 6)", InTheWay{"loans", "who ann, day 2", "volume, number", "files", "volume 5, number 6"}},
		{"of rows without a key", "CREATE TABLE hints (file_id integer, FOREIGN KEY (file_id) REFERENCES files (id))",
			"INSERT INTO hints VALUES (7)", InTheWay{"hints", "", "file_id", "files", "id 7"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				s := shelved(t, db)
				db.Exec(t, "INSERT INTO folders VALUES ('a', NULL, 'no', NULL)")
				db.Exec(t, "INSERT INTO files VALUES (7, 5, 6, 'a', 'yes', NULL), (8, 5, 7, 'a', 'yes', NULL)")
				db.Exec(t, "INSERT INTO pages VALUES (71, 7), (81, 8)")
				db.Exec(t, c.table)
				db.Exec(t, c.row)
				_, err := purged(s, Request{})
				var b *Blocked
				want := c.want
				if want.Row == "" && db.Dialect == flavor.SQLite {
					want.Row = "rowid 1" // where every row has a key
				}
				if !errors.As(err, &b) || len(b.Rows) != 1 || b.Rows[0] != want {
					t.Fatalf("got %v", err)
				}
				// Deleting all the same takes what nothing refers to, and its pages.
				sel, err := s.Look(context.Background(), Request{})
				if err != nil {
					t.Fatal(err)
				}
				if done, err := s.Delete(context.Background(), sel); err != nil || done.Total() != 1 {
					t.Errorf("%d are gone: %v", done.Total(), err)
				}
				if got := db.Strings(t, "SELECT id FROM pages"); !slices.Equal(got, []string{"71"}) {
					t.Errorf("pages %v stay", got)
				}
			})
		})
	}
}

// Another service's table counts though it is in a schema of its own.
func TestOtherSchemasAreInTheWay(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		if d == flavor.SQLite {
			continue // has one schema
		}
		for _, action := range []string{"NO ACTION", "CASCADE"} {
			t.Run(string(d)+" "+action, func(t *testing.T) {
				db := enginetest.New(t, d)
				s := shelved(t, db)
				other := "other_" + strings.ToLower(strings.ReplaceAll(s.DB.Schema(), "-", "_"))
				db.Exec(t, "CREATE SCHEMA "+other)
				db.Reads(t, other)
				t.Cleanup(func() {
					db.Exec(t, map[bool]string{true: "DROP SCHEMA " + other, false: "DROP SCHEMA " + other + " CASCADE"}[d.MySQLFamily()])
				})
				db.Exec(t, "CREATE TABLE "+other+".notes (a integer, b integer, folder_id varchar(36), PRIMARY KEY (a, b), FOREIGN KEY (folder_id) REFERENCES "+
					s.DB.Schema()+".folders (id) ON DELETE "+action+")")
				db.Exec(t, "INSERT INTO folders VALUES ('a', NULL, 'yes', NULL), ('b', NULL, 'yes', NULL)")
				db.Exec(t, "INSERT INTO "+other+".notes VALUES (1, 2, 'b')")
				_, err := purged(s, Request{})
				var b *Blocked
				want := InTheWay{Table: other + ".notes", Row: "a 1, b 2", Columns: "folder_id", RefTable: "folders", RefRow: "id b"}
				if !errors.As(err, &b) || len(b.Rows) != 1 || b.Rows[0] != want {
					t.Fatalf("got %v", err)
				}
				sel, err := s.Look(context.Background(), Request{})
				if err != nil {
					t.Fatal(err)
				}
				if done, err := s.Delete(context.Background(), sel); err != nil || done.Total() != 1 {
					t.Errorf("%d are gone: %v", done.Total(), err)
				}
				if got := db.Strings(t, "SELECT COUNT(*) FROM "+other+".notes WHERE folder_id = 'b'"); got[0] != "1" {
					t.Error("the note is gone")
				}
			})
		}
	}
}

// What a row is may be said by a flag of any type.
func TestFlags(t *testing.T) {
	cases := []struct{ typ, deleted, live, neither, soft string }{
		{"boolean", "TRUE", "FALSE", "NULL", "deleted"},
		{"integer", "7", "0", "NULL", "deleted <> 0"},
		{"varchar(36)", "'x'", "'False'", "NULL", "deleted <> 'False'"},
	}
	for _, c := range cases {
		t.Run(c.typ, func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				rules := fmt.Sprintf("soft_deleted = \"%s\"\nlive = \"NOT (%s)\"\ndeleted_at = \"at\"\n[[kind]]\nname = \"thing\"\ntable = \"things\"\nkey = \"id\"\n"+
					"[[kind]]\nname = \"part\"\ntable = \"parts\"\nkey = \"id\"\nparents = [{ column = \"thing_id\", kind = \"thing\", related = true, orphan = true }]\n", c.soft, c.soft)
				s := ruled(t, db, rules,
					"CREATE TABLE things (id integer PRIMARY KEY, deleted "+c.typ+", at timestamp NULL)",
					"CREATE TABLE parts (id integer PRIMARY KEY, thing_id integer, deleted "+c.typ+", at timestamp NULL)")
				db.Exec(t, fmt.Sprintf("INSERT INTO things VALUES (1, %s, NULL), (2, %s, NULL), (3, %s, NULL)", c.deleted, c.live, c.neither))
				db.Exec(t, fmt.Sprintf("INSERT INTO parts VALUES (1, 1, %[1]s, NULL), (2, 1, %[2]s, NULL), (3, 2, %[1]s, NULL), (4, 2, %[2]s, NULL), (5, 2, %[3]s, NULL), (6, 3, %[2]s, NULL)", c.deleted, c.live, c.neither))
				done, err := purged(s, Request{})
				if err != nil || fmt.Sprint(done[0].N, done[1].N) != "1 4" {
					t.Fatalf("got %v, %v", done, err)
				}
				if got := fmt.Sprint(ids(t, db, "things"), ids(t, db, "parts")); got != "[2 3] [4 5]" {
					t.Errorf("%s stay", got)
				}
			})
		})
	}
}

// A column that purge.toml names and the table does not have is found before
// anything is selected by it.
func TestMisnamedColumns(t *testing.T) {
	cases := []struct{ old, new, want string }{
		{`"gone_at"`, `"gone_on"`, "purge.toml:4: the table folders has no column gone_on"},
		{`uuid  = "id"`, `uuid  = "uuid"`, "purge.toml:4: the table folders has no column uuid"},
		{`column = "folder_id"`, `column = "folder"`, "purge.toml:9: the table files has no column folder"},
		{`column = "file_id"`, `column = "file"`, "purge.toml:9: the table pages has no column file"},
		{`table = "pages"`, `table = "sheets"`, "tables that a purge looks at are not there: sheets"},
	}
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		shelved(t, db)
		for _, c := range cases {
			s := ruled(t, db, strings.Replace(shelves, c.old, c.new, 1))
			if _, err := s.Look(context.Background(), Request{}); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		}
	})
}
