package phases

import (
	"context"
	"errors"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/plan"
	"manage/migrations/catalog"
)

// shed is a catalog of which only the contract revision alters a table, and that
// has no triggers.
func shed(t *testing.T) *catalog.Catalog {
	return loaded(t, map[string]string{
		"catalog.toml": `name = "shed"`,
		"versions/open01_tools.toml": `
revision = "open01"
branch = "trunk"
message = "tools"
[[up]]
[up.create_table]
name = "tools"
columns = [ { name = "id", type = "integer", nullable = false }, { name = "old", type = "integer" } ]
primary_key = ["id"]`,
		"versions/art_expand01_shelves.toml": `
revision = "art_expand01"
revises = "open01"
branch = "expand"
message = "shelves"
[[up]]
[up.create_table]
name = "shelves"
columns = [ { name = "id", type = "integer", nullable = false } ]
primary_key = ["id"]`,
		"versions/art_contract01_old.toml": `
revision = "art_contract01"
revises = "open01"
depends_on = ["art_expand01"]
branch = "contract"
message = "without the old"
[[up]]
drop_column = { table = "tools", name = "old" }`,
	})
}

// refusedAsNotReady runs a command that must find the database not ready, for
// the reasons that are given, and change nothing.
func refusedAsNotReady(t *testing.T, db enginetest.Database, run func(context.Context, Request) (Result, error), want ...string) {
	t.Helper()
	before := schemaOf(t, db)
	_, err := run(t.Context(), Request{AllowBlocking: true})
	var not *NotReady
	if !errors.As(err, &not) {
		t.Fatalf("error %v", err)
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
	unchanged(t, db, before)
}

// unchanged checks that the schema is as it was before, and that no revision was
// begun since the first.
func unchanged(t *testing.T, db enginetest.Database, before *enginetest.Snapshot) {
	t.Helper()
	if diff := enginetest.CompareSnapshots(before, schemaOf(t, db)); diff != "" {
		t.Error(diff)
	}
	if n := db.Strings(t, "SELECT count(*) FROM manage_journal WHERE revision <> 'open01'"); n[0] != "0" {
		t.Errorf("%s attempts were begun", n[0])
	}
}

// On MySQL and MariaDB rights come from the database, a pattern, single tables
// or a role. One that only a contract revision needs is missed before anything
// is changed, and a user who has all that are needed is not refused.
func TestRightsByEveryWay(t *testing.T) {
	const all = "SELECT, INSERT, UPDATE, DELETE, CREATE"
	ways := map[string]func(exec func(string), db, user, words string){
		"database": func(exec func(string), db, user, words string) {
			exec("GRANT " + words + " ON `" + strings.ReplaceAll(db, "_", `\_`) + "`.* TO " + user)
		},
		"pattern": func(exec func(string), db, user, words string) {
			exec("GRANT " + words + " ON `" + strings.ReplaceAll(db[:len(db)-1], "_", `\_`) + "%`.* TO " + user)
		},
		"tables": func(exec func(string), db, user, words string) {
			for _, table := range []string{"tools", "shelves", "manage_journal", "manage_lease", "manage_version_shed"} {
				exec("GRANT CREATE, " + words + " ON " + db + "." + table + " TO " + user)
			}
		},
		"role": func(exec func(string), db, user, words string) {
			exec("GRANT " + words + " ON " + db + ".* TO r" + db)
		},
	}
	enginetest.Each(t, func(t *testing.T, server enginetest.Database) {
		if !server.Dialect.MySQLFamily() {
			return
		}
		for way, grant := range ways {
			t.Run(way, func(t *testing.T) {
				db := enginetest.New(t, server.Dialect)
				must(t, service(t, shed(t), db), "sync", "open01")
				exec := func(query string) { db.Exec(t, query) }
				user := "'g" + db.Name + "'@'%'"
				exec("CREATE USER " + user + " IDENTIFIED BY 'x'")
				t.Cleanup(func() { exec("DROP USER " + user) })
				if way == "role" {
					exec("CREATE ROLE r" + db.Name)
					t.Cleanup(func() { exec("DROP ROLE r" + db.Name) })
					exec("GRANT r" + db.Name + " TO " + user)
					exec("GRANT SELECT ON " + db.Name + ".* TO " + user)
				}
				grant(exec, db.Name, user, all)
				connect := func() *Service {
					s := as(t, db, "g"+db.Name, "x")
					s.Catalog = shed(t)
					return s
				}
				s := connect()
				if way == "role" {
					refusedAsNotReady(t, db, s.Sync, "lacks the right ALTER", "the role r"+db.Name+" of the user is not active")
					exec(map[bool]string{
						true:  "SET DEFAULT ROLE r" + db.Name + " FOR " + user,
						false: "SET DEFAULT ROLE r" + db.Name + " TO " + user,
					}[db.Dialect == flavor.MariaDB])
					s = connect()
				}
				where := map[bool]string{true: " on the table tools", false: " on the database " + db.Name}[way == "tables"]
				refusedAsNotReady(t, db, s.Sync, "lacks the right ALTER"+where)
				grant(exec, db.Name, user, "ALTER")
				s = connect()
				must(t, s, "sync", "")
			})
		}
	})
}

// On PostgreSQL tables have owners, and rights can be taken from them. What a
// data migration and a contract revision need is missed with the rest.
func TestRightsOnPostgres(t *testing.T) {
	db := enginetest.New(t, flavor.Postgres)
	must(t, service(t, inn(t), db), "sync", "open01")
	user := "g" + db.Name
	db.Exec(t, "CREATE ROLE "+user+" LOGIN PASSWORD 'x'; GRANT USAGE, CREATE ON SCHEMA public TO "+user+"; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "+user)
	t.Cleanup(func() { db.Exec(t, "DROP OWNED BY "+user+"; DROP ROLE "+user) })
	s := as(t, db, user, "x")
	refusedAsNotReady(t, db, s.Sync, "not the owner of guests, rooms, and", "lacks the right REFERENCES on guests, rooms")
	db.Exec(t, "ALTER TABLE guests OWNER TO "+user+"; REVOKE UPDATE ON guests FROM "+user)
	refusedAsNotReady(t, db, s.Sync, "not the owner of rooms, and", "lacks the right UPDATE on guests", "lacks the right REFERENCES on rooms")
	db.Exec(t, "GRANT UPDATE ON guests TO "+user+"; ALTER TABLE rooms OWNER TO "+user+"; REVOKE CREATE ON SCHEMA public FROM "+user+", public")
	refusedAsNotReady(t, db, s.Sync, "may not create anything in the schema public")
	db.Exec(t, "GRANT CREATE ON SCHEMA public TO "+user)
	must(t, s, "sync", "")
}

// Who makes nothing needs no right to make anything.
func TestRightsOfADataMigration(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if db.Dialect == flavor.SQLite {
			return // has no users
		}
		admin := service(t, inn(t), db)
		must(t, admin, "sync", "open01")
		db.Exec(t, "INSERT INTO guests (name, vip) VALUES ('ann', "+map[bool]string{true: "false", false: "0"}[db.Dialect == flavor.Postgres]+")")
		must(t, admin, "expand", "austin_expand01")
		must(t, admin, "migrate", "austin")
		db.Exec(t, "UPDATE guests SET full_name = NULL")
		user := "g" + db.Name
		if db.Dialect == flavor.Postgres {
			db.Exec(t, "CREATE ROLE "+user+" LOGIN PASSWORD 'x'; REVOKE CREATE ON SCHEMA public FROM public; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "+user)
			t.Cleanup(func() { db.Exec(t, "DROP OWNED BY "+user+"; DROP ROLE "+user) })
		} else {
			// Without TRIGGER, MySQL shows no triggers, and the bridge seems to
			// be missing.
			db.Exec(t, "CREATE USER "+user+" IDENTIFIED BY 'x'; GRANT SELECT, INSERT, UPDATE, DELETE, TRIGGER ON `"+strings.ReplaceAll(db.Name, "_", `\_`)+"`.* TO "+user)
			t.Cleanup(func() { db.Exec(t, "DROP USER "+user) })
		}
		must(t, as(t, db, user, "x"), "migrate", "austin")
		if n := db.Strings(t, "SELECT count(*) FROM guests WHERE full_name IS NULL"); n[0] != "0" {
			t.Errorf("%s rows are left", n[0])
		}
	})
}

// An offline run drops the bridge that an online one may have made. Where it was
// never made nothing is dropped, as MariaDB with a binary log lets only SUPER do
// that: so a user with all rights on the database is enough. A script for a
// database that is not known keeps the statements.
func TestRightsWithoutABridge(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if !db.Dialect.MySQLFamily() {
			return
		}
		must(t, service(t, bridged(t), db), "sync", "open01")
		user := "'g" + db.Name + "'@'%'"
		db.Exec(t, "CREATE USER "+user+" IDENTIFIED BY 'x'")
		t.Cleanup(func() { db.Exec(t, "DROP USER "+user) })
		db.Exec(t, "GRANT ALL ON "+db.Name+".* TO "+user)
		s := as(t, db, "g"+db.Name, "x")
		s.Catalog = bridged(t)
		offline, err := s.PlanOffline("sync", s.DB.Flavor(), []string{"open01"}, Request{})
		if err != nil || triggerDrops(offline) != 2 {
			t.Errorf("offline: %v, %d drops", err, triggerDrops(offline))
		}
		live, err := s.Plan(t.Context(), "sync", Request{})
		if err != nil || triggerDrops(live) != 0 {
			t.Errorf("live: %v, %d drops", err, triggerDrops(live))
		}
		must(t, s, "sync", "")
		if diff := db.Strings(t, "SHOW COLUMNS FROM guests LIKE 'name'"); len(diff) != 0 {
			t.Errorf("left: %v", diff)
		}
	})
}

// Who does not see triggers cannot tell that one is missing.
func TestRightsWithoutSeeingTriggers(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		if !db.Dialect.MySQLFamily() {
			return
		}
		must(t, service(t, bridged(t), db), "sync", "open01")
		user := "'g" + db.Name + "'@'%'"
		db.Exec(t, "CREATE USER "+user+" IDENTIFIED BY 'x'")
		t.Cleanup(func() { db.Exec(t, "DROP USER "+user) })
		db.Exec(t, "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER ON "+db.Name+".* TO "+user)
		s := as(t, db, "g"+db.Name, "x")
		s.Catalog = bridged(t)
		refusedAsNotReady(t, db, s.Sync, "lacks the right TRIGGER")
	})
}

// triggerDrops counts the statements of a plan that drop triggers.
func triggerDrops(p plan.Plan) (n int) {
	for _, step := range p.Steps {
		for _, st := range step.Statements {
			if strings.HasPrefix(st.SQL, "DROP TRIGGER") {
				n++
			}
		}
	}
	return n
}

// bridged is a catalog in which two columns are kept alike during an upgrade
// beside a running service.
func bridged(t *testing.T) *catalog.Catalog {
	return loaded(t, map[string]string{
		"catalog.toml": `name = "bridged"`,
		"versions/open01_guests.toml": `
revision = "open01"
branch = "trunk"
message = "guests"
[[up]]
[up.create_table]
name = "guests"
columns = [ { name = "id", type = "integer", nullable = false }, { name = "name", type = "string(20)" } ]
primary_key = ["id"]`,
		"versions/art_expand01_names.toml": `
revision = "art_expand01"
revises = "open01"
branch = "expand"
message = "names"
[[up]]
add_column = { table = "guests", name = "full_name", type = "string(20)" }
[[up]]
sync_columns = { name = "names", table = "guests", old = "name", new = "full_name", to_new = "{old}", to_old = "{new}" }`,
		"versions/art_contract01_names.toml": `
revision = "art_contract01"
revises = "open01"
depends_on = ["art_expand01"]
branch = "contract"
message = "without the old"
[[up]]
unsync_columns = { name = "names", table = "guests" }
[[up]]
drop_column = { table = "guests", name = "name" }`,
	})
}
