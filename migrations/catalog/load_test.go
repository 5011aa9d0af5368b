package catalog_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"manage/engine/flavor"
	"manage/engine/revision"
	"manage/migrations/catalog"
	"manage/schema"
)

const everything = `
-- catalog.toml --
name = "shop"
title = "Shop service"
version_table = "alembic_version"
dialects = ["sqlite", "mysql"]
downgrade = "refused"
downgrade_reason = "There is no way back."
releases = ["one", "two"]

[aliases]
first = "root"

[legacy]
table = "migrate_version"
column = "version"
versions = { 7 = "root" }

[[guard]]
phase = "contract"
name = "old nodes"
query = { other = "SELECT 1 WHERE 0" }
message = "there are old nodes"

[[known_difference]]
table = "goods"
kind = "changed"
column = { name = "price", type = "bigint" }
dialects = ["mysql"]
why = "another tool"
-- versions/.hidden.toml --
this is not read
-- versions/notes.txt --
nor is this
-- versions/root_of_all.toml --
revision = "root"
message = "the goods"

[[up]]
create_table = { name = "goods", columns = [ { name = "id", type = "integer" } ] }

[[up]]
dialects = ["sqlite"]
when = "offline"
sql = { text = "SELECT 1; SELECT 2", down = "SELECT 3" }

[[down]]
drop_table = { name = "goods" }
-- versions/one_expand01_price.sql --
-- Prices came late.
-- revision: one_expand01
-- revises: root
-- branch: expand
-- release: one
-- message: add price
-- transaction: false

-- +up mysql no-transaction
ALTER TABLE goods ADD COLUMN price INT; -- in cents
UPDATE goods SET price = 0;
-- +up sqlite online
ALTER TABLE goods ADD COLUMN price INTEGER;
-- +down
ALTER TABLE goods DROP COLUMN price;
-- versions/one_contract01.toml --
revision = "one_contract01"
revises = "root"
depends_on = ["one_expand01", "one_migrate01"]
transaction = false
up = [
  { sql = { text = "SELECT 1" } },
]
-- versions/one_migrate01_prices.toml --
migration = "one_migrate01"
depends_on = "one_expand01"
before = "one_contract01"
message = "prices"
pending = "SELECT 1 FROM goods WHERE price IS NULL"

[[step]]
table = "goods"
key = ["id"]
where = "price IS NULL"
[step.set]
price = "0"
colour = { sqlite = "'red'", other = "'blue'" }

[[step]]
table = "goods"
key = ["id"]
statements = ["INSERT INTO log SELECT id FROM goods WHERE {range}"]
-- move.py --
-- versions/two_migrate01.toml --
migration = "two_migrate01"
depends_on = "one_expand01"
[program]
command = ["./move.py", "--fast"]
-- versions/two_migrate02.toml --
migration = "two_migrate02"
depends_on = "one_expand01"
[hook]
name = "shop.move"
-- models.toml --
[[enum]]
name = "colour"
values = ["red"]

[[table]]
name = "goods"
renamed_from = "items"
columns = [ { name = "id", type = "integer", renamed_from = "number" } ]
`

func TestSettings(t *testing.T) {
	c := load(t, everything)
	got := *c
	got.Graph, got.Revisions, got.Migrations, got.Models = nil, nil, nil, nil
	want := catalog.Catalog{
		Name: "shop", Title: "Shop service", VersionTable: "alembic_version",
		Dialects:        []flavor.Dialect{flavor.SQLite, flavor.MySQL},
		DowngradeReason: "There is no way back.",
		Releases:        []string{"one", "two"},
		Aliases:         map[string]string{"first": "root"},
		Legacy:          &catalog.Legacy{Table: "migrate_version", Column: "version", Versions: map[string]string{"7": "root"}},
		Guards: []catalog.Guard{{Phase: "contract", Name: "old nodes",
			Query:   schema.Text{By: map[string]string{"other": "SELECT 1 WHERE 0"}},
			Message: "there are old nodes", Source: revision.Source{File: "catalog.toml", Line: 17}}},
		KnownDifferences: []schema.KnownDifference{{Table: "goods", Kind: schema.Changed, Why: "another tool",
			Column: &schema.ColumnDef{Name: "price", Type: "bigint"}, Dialects: []string{"mysql"}}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(schema.ColumnDef{})); diff != "" {
		t.Errorf("settings differ (-want +got):\n%s", diff)
	}
}

// What catalog.toml leaves out has defaults.
func TestSettingsDefaults(t *testing.T) {
	c := load(t, "-- catalog.toml --\nname = \"shop\"\n-- versions/root.toml --\nrevision = \"root\"\n")
	if c.Title != "shop" || c.VersionTable != "manage_version_shop" || !c.Downgrade || len(c.Dialects) != 4 || c.Legacy != nil || c.Models != nil {
		t.Errorf("got %+v", c)
	}
}

func TestTOMLRevision(t *testing.T) {
	r := load(t, everything).Revisions["root"]
	if r.Message != "the goods" || !r.Transaction || !r.HasDown || r.SQL || r.Branch != revision.Trunk || len(r.Checksum) != 64 {
		t.Errorf("got %+v", r)
	}
	if len(r.Up) != 2 || len(r.Down) != 1 {
		t.Fatalf("got %d operations and %d back", len(r.Up), len(r.Down))
	}
	plain := r.Up[1]
	want := catalog.Change{
		Op: &schema.SQL{
			Text: schema.Text{All: "SELECT 1; SELECT 2"}, Down: schema.Text{All: "SELECT 3"},
			Statements:     map[flavor.Dialect][]schema.SQLStatement{flavor.SQLite: {{SQL: "SELECT 1", Data: true}, {SQL: "SELECT 2", Data: true}}},
			DownStatements: map[flavor.Dialect][]schema.SQLStatement{flavor.SQLite: {{SQL: "SELECT 3", Data: true}}},
		},
		Dialects: []string{"sqlite"}, When: catalog.Offline,
		Source: revision.Source{File: "versions/root_of_all.toml", Line: 7},
	}
	if diff := cmp.Diff(want, plain); diff != "" {
		t.Errorf("the second operation differs (-want +got):\n%s", diff)
	}
	if !plain.Serves(flavor.SQLite) || plain.Serves(flavor.MySQL) || plain.RunsIn(true) || !plain.RunsIn(false) {
		t.Error("the second operation is for offline runs on SQLite only")
	}
	if kind, line := r.Down[0].Op.Kind(), r.Down[0].Source.Line; kind != "drop_table" || line != 12 {
		t.Errorf("the way back is %s at line %d", kind, line)
	}
}

// Operations may be written as inline tables, too.
func TestInlineOperations(t *testing.T) {
	r := load(t, everything).Revisions["one_contract01"]
	if r.Transaction || r.Branch != revision.Contract || r.Release != "one" {
		t.Errorf("got %+v", r)
	}
	if len(r.Up) != 1 || r.Up[0].Source.Line != 6 {
		t.Errorf("got %+v", r.Up)
	}
}

func TestSQLRevision(t *testing.T) {
	r := load(t, everything).Revisions["one_expand01"]
	if !r.SQL || r.Transaction || !r.HasDown || r.Parent != "root" || r.Message != "add price" || r.Source.Line != 2 {
		t.Errorf("got %+v", r)
	}
	if len(r.Up) != 2 || len(r.Down) != 1 {
		t.Fatalf("got %d sections and %d back", len(r.Up), len(r.Down))
	}
	mysql := r.Up[0].Op.(*schema.SQL).Statements
	want := []schema.SQLStatement{
		{SQL: "ALTER TABLE goods ADD COLUMN price INT", NoTransaction: true, Line: 10},
		{SQL: "UPDATE goods SET price = 0", Data: true, NoTransaction: true, Line: 11},
	}
	// MariaDB is served by what is for MySQL.
	for _, d := range []flavor.Dialect{flavor.MySQL, flavor.MariaDB} {
		if diff := cmp.Diff(want, mysql[d]); diff != "" {
			t.Errorf("statements for %s differ (-want +got):\n%s", d, diff)
		}
	}
	if len(mysql) != 2 || !r.Up[0].NoTransaction || r.Up[0].Source.Line != 9 {
		t.Errorf("got %+v", r.Up[0])
	}
	if sqlite := r.Up[1]; sqlite.When != catalog.Online || sqlite.Serves(flavor.MariaDB) || len(sqlite.Op.(*schema.SQL).Statements[flavor.SQLite]) != 1 {
		t.Errorf("got %+v", sqlite)
	}
}

// A section for MariaDB by name takes the place of the one for MySQL.
func TestSectionsForMariaDB(t *testing.T) {
	r := load(t, `
-- catalog.toml --
name = "shop"
-- versions/root.sql --
-- revision: root
-- +up
SELECT 1;
-- +up mysql
SELECT 2;
-- +up mariadb
SELECT 3;
`).Revisions["root"]
	got := map[flavor.Dialect][]string{}
	for _, d := range flavor.Dialects() {
		for _, c := range r.Up {
			if c.Serves(d) {
				for _, s := range c.Op.(*schema.SQL).Statements[d] {
					got[d] = append(got[d], s.SQL)
				}
			}
		}
	}
	want := map[flavor.Dialect][]string{
		flavor.SQLite: {"SELECT 1"}, flavor.Postgres: {"SELECT 1"},
		flavor.MySQL: {"SELECT 1", "SELECT 2"}, flavor.MariaDB: {"SELECT 1", "SELECT 3"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("statements differ (-want +got):\n%s", diff)
	}
}

// A revision speaks the dialects that it has SQL for, whichever the catalog
// asks for; portable operations are for all.
func TestSpeaks(t *testing.T) {
	c := load(t, `
-- catalog.toml --
name = "shop"
dialects = ["postgres"]
-- versions/root.toml --
revision = "root"
[[up]]
drop_table = { name = "t", if_exists = true }
-- versions/one_expand01.sql --
-- revision: one_expand01
-- revises: root
-- +up postgres mysql
SELECT 1;
-- versions/one_expand02.sql --
-- revision: one_expand02
-- revises: one_expand01
-- +up
SELECT 1;
-- versions/one_expand03.sql --
-- revision: one_expand03
-- revises: one_expand02
-- +up
SELECT $$ it's $$;
-- versions/one_expand04.toml --
revision = "one_expand04"
revises = "one_expand03"
[[up]]
sql = { text = { postgres = "SELECT 1", mysql = "SELECT 2" } }
[[up]]
dialects = ["sqlite"]
sql = { text = "SELECT 3" }
`)
	want := map[string][]flavor.Dialect{
		"root":         flavor.Dialects(),
		"one_expand01": {flavor.Postgres, flavor.MySQL, flavor.MariaDB},
		"one_expand02": flavor.Dialects(),
		"one_expand03": {flavor.Postgres},
		"one_expand04": {flavor.Postgres, flavor.MySQL, flavor.MariaDB},
	}
	for id, dialects := range want {
		for _, d := range flavor.Dialects() {
			if got, want := c.Revisions[id].Speaks(d), slices.Contains(dialects, d); got != want {
				t.Errorf("%s on %s: got %t, want %t", id, d, got, want)
			}
		}
	}
}

func TestMigrations(t *testing.T) {
	c := load(t, everything)
	m := *c.Migrations["one_migrate01"]
	m.Checksum = ""
	at := func(line int) revision.Source {
		return revision.Source{File: "versions/one_migrate01_prices.toml", Line: line}
	}
	want := catalog.Migration{
		Migration: revision.Migration{ID: "one_migrate01", DependsOn: []string{"one_expand01"}, Before: "one_contract01", Release: "one", Source: at(1)},
		Message:   "prices",
		Pending:   schema.Text{All: "SELECT 1 FROM goods WHERE price IS NULL"},
		Steps: []catalog.MigrationStep{
			{Table: "goods", Key: []string{"id"}, Where: schema.Text{All: "price IS NULL"},
				Set: map[string]schema.Text{"price": {All: "0"},
					"colour": {By: map[string]string{"sqlite": "'red'", "other": "'blue'"}}},
				SetOrder: []string{"price", "colour"}, Source: at(7)},
			{Table: "goods", Key: []string{"id"}, SetOrder: nil, Source: at(15),
				Statements: []schema.Text{{All: "INSERT INTO log SELECT id FROM goods WHERE {range}"}}},
		},
	}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Errorf("the data migration differs (-want +got):\n%s", diff)
	}
	if p := c.Migrations["two_migrate01"]; !slices.Equal(p.Program, []string{"./move.py", "--fast"}) || p.Hook != "" || p.Release != "two" {
		t.Errorf("got %+v", p)
	}
	if h := c.Migrations["two_migrate02"]; h.Hook != "shop.move" || h.Program != nil {
		t.Errorf("got %+v", h)
	}
}

func TestModels(t *testing.T) {
	m := load(t, everything).Models
	if m == nil || len(m.Enums) != 1 || len(m.Tables) != 1 {
		t.Fatalf("got %+v", m)
	}
	table := m.Tables[0]
	if table.Name != "goods" || table.RenamedFrom != "items" || table.Columns[0].RenamedFrom != "number" || table.Source.Line != 5 {
		t.Errorf("got %+v", table)
	}
}

// A directory on disk and an embedded tree are the same, but for Dir.
func TestLoadFromDisk(t *testing.T) {
	dir := onDisk(t, map[string]string{"catalog.toml": "name = \"shop\"\n", "versions/root.toml": "revision = \"root\"\n", "lint.toml": "later\n"})
	c, err := catalog.Load(os.DirFS(dir), catalog.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if c.Dir != dir || c.Revisions["root"].Source.File != filepath.ToSlash(dir)+"/versions/root.toml" {
		t.Errorf("got %q and %q", c.Dir, c.Revisions["root"].Source.File)
	}
}

// refusing is a file tree in which one file cannot be read.
type refusing struct {
	fstest.MapFS
	name string
}

func (r refusing) Open(name string) (fs.File, error) {
	if name == r.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return r.MapFS.Open(name)
}

func (r refusing) ReadFile(name string) ([]byte, error) {
	if name == r.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return r.MapFS.ReadFile(name)
}

func (r refusing) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == r.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return r.MapFS.ReadDir(name)
}

// What cannot be read is said in one sentence, with the file.
func TestUnreadable(t *testing.T) {
	files := map[string]string{"catalog.toml": "name = \"shop\"\n", "versions/root.toml": "revision = \"root\"\n"}
	file := filepath.Join(onDisk(t, files), "catalog.toml")
	missing := filepath.Join(t.TempDir(), "none")
	cases := []struct {
		name string
		fsys fs.FS
		opts catalog.Options
		want string
	}{
		{"settings", refusing{inMemory(files), "catalog.toml"}, catalog.Options{Prefix: "db"}, "db/catalog.toml: the file cannot be read: permission denied"},
		{"revision", refusing{inMemory(files), "versions/root.toml"}, catalog.Options{Prefix: "db"}, "db/versions/root.toml: the file cannot be read: permission denied"},
		{"versions", refusing{inMemory(files), "versions"}, catalog.Options{Prefix: "db"}, "db/versions: the directory cannot be read: permission denied"},
		{"empty", fstest.MapFS{}, catalog.Options{}, ".: there is no catalog.toml in this directory, so it is not a catalog"},
		{"file", os.DirFS(file), catalog.Options{Dir: file}, file + ": this is not a directory: name the one that holds catalog.toml"},
		{"missing", os.DirFS(missing), catalog.Options{Dir: missing}, missing + ": there is no such directory: name the one that holds catalog.toml"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			_, err := catalog.Load(tc.fsys, tc.opts)
			var problems revision.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("got %v, want revision.Problems", err)
			}
			if got := strings.TrimSpace(err.Error()); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}
