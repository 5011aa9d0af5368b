package phases

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/migrations/catalog"
	"manage/phases/purge"
)

// guestbook is a catalog of one cycle, with a bridge, a guard, a foreign key and
// what a purge removes.
func guestbook(t *testing.T) *catalog.Catalog {
	return loaded(t, map[string]string{
		"catalog.toml": "name = \"book\"\n[[guard]]\nphase = \"contract\"\nname = \"none left\"\nquery = \"SELECT id FROM guests WHERE id < 0\"\nmessage = \"wait\"\n",
		"models.toml": `
[[table]]
name = "guests"
columns = [ { name = "id", type = "integer", nullable = false } ]
primary_key = ["id"]`,
		"purge.toml": `
soft_deleted = "gone = 1"
live = "gone = 0"
deleted_at = "gone_at"
[[kind]]
name = "guest"
single = "Guest"
title = "Guests"
table = "guests"
key = "id"`,
		"versions/open01_guests.toml": `
revision = "open01"
branch = "trunk"
[[up]]
create_table = { name = "guests", columns = [ { name = "id", type = "integer", nullable = false }, { name = "name", type = "string(20)" }, { name = "gone", type = "integer" }, { name = "gone_at", type = "datetime" } ], primary_key = ["id"] }
[[up]]
create_table = { name = "notes", columns = [ { name = "id", type = "integer", nullable = false } ], primary_key = ["id"] }`,
		"versions/art_expand01_names.toml": `
revision = "art_expand01"
revises = "open01"
[[up]]
add_column = { table = "guests", name = "full_name", type = "string(20)" }
[[up]]
create_table = { name = "stays", columns = [ { name = "id", type = "integer", nullable = false }, { name = "guest", type = "integer" } ], primary_key = ["id"] }
[[up]]
add_foreign_key = { table = "stays", name = "stays_guest", columns = ["guest"], ref_table = "guests", ref_columns = ["id"] }
[[up]]
add_index = { table = "guests", name = "guests_gone", columns = ["gone"] }
[[up]]
sql = { text = "CREATE INDEX stays_both ON stays (id, guest)", down = "SELECT 1" }
[[up]]
insert_rows = { table = "stays", rows = [ { id = 1 } ] }
[[up]]
sync_columns = { name = "names", table = "guests", old = "name", new = "full_name", to_new = "{old}", to_old = "{new}" }`,
		"versions/art_migrate01_names.toml": `
migration = "art_migrate01"
depends_on = "art_expand01"
before = "art_contract01"
pending = "SELECT 1 FROM guests WHERE full_name IS NULL"
[[step]]
table = "guests"
key = ["id"]
where = "full_name IS NULL"
set = { full_name = "name" }`,
		"versions/art_contract01_names.toml": `
revision = "art_contract01"
revises = "open01"
depends_on = ["art_expand01", "art_migrate01"]
[[up]]
unsync_columns = { name = "names", table = "guests" }
[[up]]
drop_column = { table = "guests", name = "name" }
[[up]]
drop_table = { name = "notes" }`,
	})
}

// commandsOfRights run each command of the page, after what others did before.
var commandsOfRights = map[string]struct {
	before []string
	run    func(t *testing.T, s *Service) error
}{
	"version": {[]string{"expand"}, looking}, "check": {[]string{"expand"}, looking}, "status": {[]string{"expand"}, looking}, "history": {[]string{"expand"}, looking},
	"heads": {[]string{"expand"}, looking}, "graph": {[]string{"expand"}, looking}, "wait": {[]string{"expand"}, looking},
	"plan": {[]string{"expand"}, func(t *testing.T, s *Service) error {
		_, err := s.Plan(t.Context(), "sync", Request{})
		return err
	}},
	"verify": {[]string{"expand"}, func(t *testing.T, s *Service) error {
		v, err := s.Verify(t.Context())
		if err == nil && len(v.Differences) > 0 {
			err = fmt.Errorf("differences: %v", v.Differences)
		}
		return err
	}},
	"expand":   {nil, running("expand")},
	"contract": {[]string{"expand", "migrate"}, running("contract")},
	"sync":     {nil, running("sync")},
	"upgrade":  {nil, running("upgrade")},
	"migrate":  {[]string{"expand"}, running("migrate")},
	"stamp":    {nil, func(t *testing.T, s *Service) error { _, err := command(s, "stamp", "open01"); return err }},
	"downgrade": {[]string{"expand"}, func(t *testing.T, s *Service) error {
		_, err := s.Downgrade(t.Context(), Request{Version: "open01"})
		return err
	}},
	"create_schema": {[]string{"nothing"}, func(t *testing.T, s *Service) error { _, err := s.CreateSchema(t.Context()); return err }},
	"purge": {[]string{"expand"}, func(t *testing.T, s *Service) error {
		p := purge.Service{Catalog: s.Catalog, DB: s.DB}
		sel, err := p.Look(t.Context(), purge.Request{})
		if err == nil {
			_, err = p.Delete(t.Context(), sel)
		}
		return err
	}},
}

func looking(t *testing.T, s *Service) error {
	_, err := s.Status(t.Context())
	if err == nil {
		_, err = s.History(t.Context())
	}
	if err == nil {
		var states []GuardState
		states, err = s.Guards(t.Context(), plan.Contract)
		for _, st := range states {
			err = errors.Join(err, st.Err)
		}
	}
	return err
}

func running(name string) func(t *testing.T, s *Service) error {
	return func(_ *testing.T, s *Service) error { _, err := command(s, name, ""); return err }
}

var inBackticks = regexp.MustCompile("`([^`]+)`")

// rightsOfPage reads a table of the page below a heading: for each command, the
// rights of each further column.
func rightsOfPage(t *testing.T, heading string) map[string][][]string {
	t.Helper()
	page, err := os.ReadFile("../docs/reference/rights.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(page), "\n## "+heading+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	if !found {
		t.Fatalf("there is no %s", heading)
	}
	all := map[string][][]string{}
	for line := range strings.Lines(section) {
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		var rights [][]string
		for _, cell := range cells[1:] {
			cell, _, _ = strings.Cut(cell, ", and what its")
			var words []string
			for _, w := range inBackticks.FindAllStringSubmatch(cell, -1) {
				words = append(words, w[1])
			}
			if strings.TrimSpace(cell) == "owner" {
				words = []string{"owner"}
			}
			rights = append(rights, words)
		}
		for _, c := range inBackticks.FindAllStringSubmatch(cells[0], -1) {
			all[c[1]] = rights
		}
	}
	if len(all) != len(commandsOfRights) {
		t.Fatalf("%s: %d commands have rights, %d are tried", heading, len(all), len(commandsOfRights))
	}
	return all
}

// Each command runs with the rights that the page asks for, and no others.
func TestRightsOfThePage(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		if d == flavor.SQLite {
			continue
		}
		heading := map[bool]string{true: "MariaDB and MySQL", false: "PostgreSQL"}[d.MySQLFamily()]
		for name, rights := range rightsOfPage(t, heading) {
			t.Run(string(d)+"/"+name, func(t *testing.T) {
				db := enginetest.New(t, d)
				before := commandsOfRights[name].before
				admin := service(t, guestbook(t), db)
				if !slices.Contains(before, "nothing") {
					must(t, admin, "upgrade", "open01")
					db.Exec(t, "INSERT INTO guests (id, name, gone) VALUES (1, 'ann', 0), (2, 'bob', 1)")
					for _, c := range before {
						must(t, admin, c, "")
					}
					db.Exec(t, map[bool]string{true: "UPDATE guests SET full_name = NULL", false: "SELECT 1"}[name == "migrate"])
				}
				s := withRights(t, db, rights)
				if err := commandsOfRights[name].run(t, s); err != nil && !needsSuper(d, err) {
					t.Error(err)
				}
			})
		}
	}
}

// needsSuper reports whether the server has a binary log and trusts nobody, which
// the page says.
func needsSuper(d flavor.Dialect, err error) bool {
	return d == flavor.MySQL && strings.Contains(err.Error(), "log_bin_trust_function_creators")
}

// withRights is a service for a new account with the rights of a line of the
// page.
func withRights(t *testing.T, db enginetest.Database, rights [][]string) *Service {
	t.Helper()
	user := "p" + db.Name
	own := []string{"manage_journal", "manage_lease", "manage_backfill", "manage_version_book"}
	tables := db.Strings(t, map[bool]string{
		true:  "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()",
		false: "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"}[db.Dialect.MySQLFamily()])
	if db.Dialect.MySQLFamily() {
		db.Exec(t, "CREATE USER "+user+" IDENTIFIED BY 'x'")
		t.Cleanup(func() { db.Exec(t, "DROP USER "+user) })
		grant := func(words []string, on string) {
			db.Exec(t, "GRANT "+strings.Join(words, ", ")+" ON "+on+" TO "+user)
		}
		if slices.Contains(rights[1], "INSERT") {
			grant([]string{"CREATE"}, db.Name+".*") // for the tables of manage
		}
		if slices.Contains(rights[0], "CREATE") {
			grant(append(slices.Clone(rights[0]), rights[1]...), db.Name+".*")
		}
		writes := slices.Contains(rights[1], "INSERT")
		for _, table := range append(tables, own...) {
			switch {
			case !slices.Contains(own, table):
				grant(rights[0], db.Name+"."+table)
			case writes: // with CREATE, a table need not be there yet
				grant(append(slices.Clone(rights[1]), "CREATE"), db.Name+"."+table)
			case slices.Contains(tables, table):
				grant(rights[1], db.Name+"."+table)
			}
		}
	} else {
		db.Exec(t, "CREATE ROLE "+user+" LOGIN PASSWORD 'x'; REVOKE ALL ON SCHEMA public FROM public; GRANT "+strings.Join(rights[0], ", ")+" ON SCHEMA public TO "+user)
		t.Cleanup(func() { db.Exec(t, "DROP OWNED BY "+user+" CASCADE; DROP ROLE "+user) })
		for _, table := range tables {
			words := rights[1]
			if slices.Contains(own, table) {
				words = rights[2]
			}
			if words[0] == "owner" {
				db.Exec(t, "ALTER TABLE "+table+" OWNER TO "+user)
				continue
			}
			db.Exec(t, "GRANT "+strings.Join(words, ", ")+" ON "+table+" TO "+user)
		}
		for _, f := range db.Strings(t, "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace") {
			if rights[1][0] == "owner" {
				db.Exec(t, "ALTER FUNCTION "+f+" OWNER TO "+user)
			}
		}
	}
	s := as(t, db, user, "x")
	s.Catalog = guestbook(t)
	return s
}

// No right on the page is too many: without any one of them sync is refused, and
// nothing is changed.
func TestEachRightOfThePage(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		if !d.MySQLFamily() {
			continue
		}
		rights := rightsOfPage(t, "MariaDB and MySQL")["sync"]
		for i, word := range rights[0] {
			t.Run(string(d)+"/"+word, func(t *testing.T) {
				if d == flavor.MariaDB && word == "REFERENCES" {
					return // MySQL alone asks for it
				}
				db := enginetest.New(t, d)
				must(t, service(t, guestbook(t), db), "upgrade", "open01")
				before := schemaOf(t, db)
				less := [][]string{slices.Delete(slices.Clone(rights[0]), i, i+1), {}}
				for _, w := range rights[1] {
					if w != word {
						less[1] = append(less[1], w)
					}
				}
				if _, err := command(withRights(t, db, less), "sync", ""); err == nil {
					t.Error("it was not refused")
				}
				unchanged(t, db, before)
			})
		}
	}
}

var wantsRights = regexp.MustCompile("denied (for|to user .* for)|the user lacks the right|only the owner may alter it|cannot run before the data migration")

// Who may read only some columns of a table sees no row of the others: each
// command that needs them is refused, and changes nothing.
func TestRightsOnColumns(t *testing.T) {
	for _, d := range enginetest.Dialects() {
		if d == flavor.SQLite {
			continue
		}
		for _, columns := range []string{"", "(id)", "(id, name)", "(id, full_name)"} {
			t.Run(string(d)+"/"+columns, func(t *testing.T) {
				db := enginetest.New(t, d)
				admin := service(t, guestbook(t), db)
				must(t, admin, "upgrade", "open01")
				db.Exec(t, "INSERT INTO guests (id, name, gone) VALUES (1, 'ann', 0), (2, 'bob', 1)")
				must(t, admin, "expand", "")
				db.Exec(t, "UPDATE guests SET full_name = NULL")
				heading := map[bool]string{true: "MariaDB and MySQL", false: "PostgreSQL"}[d.MySQLFamily()]
				s := withRights(t, db, rightsOfPage(t, heading)["migrate"])
				user, on := "p"+db.Name, map[bool]string{true: db.Name + ".guests", false: "guests"}[d.MySQLFamily()]
				db.Exec(t, "REVOKE SELECT ON "+on+" FROM "+user)
				if columns != "" {
					db.Exec(t, "GRANT SELECT "+columns+" ON "+on+" TO "+user)
				}
				s = as(t, db, user, "x")
				s.Catalog = guestbook(t)
				before := enginetest.TakeSnapshot(t, db)
				for _, name := range []string{"migrate", "contract", "sync"} {
					_, err := command(s, name, "")
					if err == nil || !wantsRights.MatchString(err.Error()) {
						t.Errorf("%s: %v", name, err)
					}
				}
				if diff := enginetest.CompareSnapshots(before, enginetest.TakeSnapshot(t, db)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}
