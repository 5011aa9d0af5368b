package phases

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/revision"
	"manage/migrations/catalog"
)

// guarded is a catalog with a guard before each phase, on tables that come with
// different phases, and with a pending query.
func guarded(t *testing.T, query, pending string) *catalog.Catalog {
	guard := func(phase, query string) string {
		return fmt.Sprintf("\n[[guard]]\nphase = %q\nname = \"%s guard\"\nmessage = \"wait\"\nquery = %q\n", phase, phase, query)
	}
	return loaded(t, map[string]string{
		"catalog.toml": "name = \"guarded\"" + guard("expand", "SELECT host FROM nodes WHERE phase = 'expand'") +
			guard("migrate", "SELECT host, phase FROM nodes WHERE phase = 'migrate'") + guard("contract", query),
		"versions/open01_goods.toml": goodsFile,
		"versions/art_expand01_cents.toml": `
revision = "art_expand01"
revises = "open01"
[[up]]
create_table = { name = "nodes", columns = [ { name = "host", type = "string(20)" }, { name = "phase", type = "string(20)" } ], if_not_exists = true }
[[up]]
add_column = { table = "goods", name = "cents", type = "integer" }`,
		"versions/art_migrate01_cents.toml": fmt.Sprintf(`
migration = "art_migrate01"
depends_on = "art_expand01"
before = "art_contract01"
pending = %q
[[step]]
table = "goods"
key = ["id"]
where = "cents IS NULL"
[step.set]
cents = "price * 100"`, pending),
		"versions/art_contract01_price.toml": `
revision = "art_contract01"
revises = "open01"
[[up]]
drop_column = { table = "goods", name = "price" }`,
	})
}

// TestGuards: each phase is refused while its guard's query returns rows, alone
// and within sync; a table that is still to come has none.
func TestGuards(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, guarded(t, "SELECT host FROM nodes WHERE phase = 'contract'", "SELECT 1 FROM goods WHERE cents IS NULL"), db)
		must(t, s, "upgrade", "open01")
		db.Exec(t, "INSERT INTO goods (id, price) VALUES (1, 7)")
		db.Exec(t, "CREATE TABLE nodes (host VARCHAR(20), phase VARCHAR(20))")
		stages := []revision.Stage{revision.OnTrunk, revision.Expanded, revision.Migrated}
		rows := []string{"open01", "art_expand01", "art_expand01"}
		for i, phase := range []string{"expand", "migrate", "contract"} {
			db.Exec(t, "DELETE FROM nodes")
			db.Exec(t, fmt.Sprintf("INSERT INTO nodes (host, phase) VALUES ('a', '%[1]s'), (NULL, '%[1]s')", phase))
			for _, way := range []string{phase, "sync"} {
				if r := refused(t, s, way, ""); !strings.Contains(r.Reason, phase+" guard") || !strings.Contains(r.Reason, "wait (a") && !strings.Contains(r.Reason, ", a)") {
					t.Errorf("%s: %s", way, r.Reason)
				}
				at(t, s, stages[i], rows[i])
			}
			db.Exec(t, "DELETE FROM nodes")
			must(t, s, phase, "")
		}
		at(t, s, revision.Current, "art_contract01")

		empty := service(t, s.Catalog, enginetest.New(t, db.Dialect))
		must(t, empty, "sync", "")
	})
}

// TestBadQueries: a query that the server rejects is named with its place, and
// never passes for one without rows.
func TestBadQueries(t *testing.T) {
	const good, pending = "SELECT host FROM nodes WHERE phase = 'x'", "SELECT 1 FROM goods WHERE cents IS NULL"
	for name, tt := range map[string]struct{ query, pending, what, file string }{
		"no such table":       {"SELECT host FROM hosts", pending, "guard \"contract guard\"", "catalog.toml"},
		"no such column":      {"SELECT name FROM nodes", pending, "guard \"contract guard\"", "catalog.toml"},
		"no query":            {"SELEC host FROM nodes", pending, "guard \"contract guard\"", "catalog.toml"},
		"pending, no column":  {good, "SELECT 1 FROM goods WHERE cent IS NULL", "pending query of art_migrate01", "versions/art_migrate01_cents.toml"},
		"pending, alias":      {good, "SELECT 1 FROM goods g WHERE g.cent IS NULL", "pending query of art_migrate01", "versions/art_migrate01_cents.toml"},
		"pending, no table":   {good, "SELECT 1 FROM good WHERE cents IS NULL", "pending query of art_migrate01", "versions/art_migrate01_cents.toml"},
		"pending is no query": {good, "SELECT 1 FROM goods WHERE cents IS IS NULL", "pending query of art_migrate01", "versions/art_migrate01_cents.toml"},
	} {
		t.Run(name, func(t *testing.T) {
			enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
				s := service(t, guarded(t, tt.query, tt.pending), db)
				must(t, s, "upgrade", "open01")
				db.Exec(t, "INSERT INTO goods (id, price) VALUES (1, 7)")
				_, err := command(s, "sync", "")
				var bad *BadQuery
				if !errors.As(err, &bad) || !strings.Contains(bad.What, tt.what) || bad.Source.File != tt.file || bad.Source.Line == 0 {
					t.Fatalf("got %#v, %v", bad, err)
				}
				if got := db.Strings(t, "SELECT price FROM goods"); strings.Join(got, "") != "7" {
					t.Errorf("prices are %v", got)
				}
			})
		})
	}
}
