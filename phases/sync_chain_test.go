package phases

import (
	"slices"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/migrations/catalog"
)

// pricedThrice is a catalog of two releases, of which the second goes on with
// the column of the first. The names of their pairs are in no order that helps.
func pricedThrice(t *testing.T, first, second string) *catalog.Catalog {
	named := strings.NewReplacer("FIRST", first, "SECOND", second)
	files := map[string]string{
		"catalog.toml":               `name = "joined"`,
		"versions/open01_goods.toml": goodsFile,
		"versions/art_expand01_cents.toml": centsFile + `
[[up]]
sync_columns = { name = "FIRST", table = "goods", old = "price", new = "cents", to_new = "{old} * 100", to_old = { mysql = "{new} DIV 100", other = "{new} / 100" } }`,
		"versions/bay_expand01_mills.toml": `
revision = "bay_expand01"
revises = "art_expand01"
[[up]]
add_column = { table = "goods", name = "mills", type = "integer" }
[[up]]
sync_columns = { name = "SECOND", table = "goods", old = "cents", new = "mills", to_new = "{old} * 10", to_old = { mysql = "{new} DIV 10", other = "{new} / 10" } }`,
		"versions/art_contract01_price.toml": `
revision = "art_contract01"
revises = "open01"
depends_on = ["art_expand01"]
[[up]]
unsync_columns = { name = "FIRST" }
[[up]]
drop_column = { table = "goods", name = "price" }`,
		"versions/bay_contract01_cents.toml": `
revision = "bay_contract01"
revises = "art_contract01"
depends_on = ["bay_expand01"]
[[up]]
unsync_columns = { name = "SECOND" }
[[up]]
drop_column = { table = "goods", name = "cents" }`,
	}
	for name, text := range files {
		files[name] = named.Replace(text)
	}
	return loaded(t, files)
}

// TestSyncColumnsChain: what is written at one end of two pairs that share a
// column reaches the other, in whichever order the server calls the triggers;
// and the end of one pair leaves the other whole.
func TestSyncColumnsChain(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		orders := [][2]string{{"a", "b"}}
		if db.Dialect == flavor.Postgres { // calls them by name
			orders = append(orders, [2]string{"b", "a"})
		}
		for _, names := range orders {
			db := enginetest.New(t, db.Dialect)
			s := service(t, pricedThrice(t, names[0], names[1]), db)
			first, second := []string{names[0] + "_sync_insert", names[0] + "_sync_update"}, []string{names[1] + "_sync_insert", names[1] + "_sync_update"}
			more := []string{names[1] + "_sync_more_i", names[1] + "_sync_more_u"}
			if db.Dialect == flavor.SQLite {
				more = nil
			}
			all := sorted(first, second, more)
			must(t, s, "upgrade", "open01")
			must(t, s, "expand", "")
			bridgeTriggers(t, db, "after expand", all...)
			chained(t, db, "after expand")

			drop := "DROP TRIGGER " + first[1]
			if db.Dialect == flavor.Postgres {
				drop += " ON goods"
			}
			db.Exec(t, drop)
			must(t, s, "expand", "")
			bridgeTriggers(t, db, "mended", all...)
			chained(t, db, "mended")
			verified(t, s, "mended")

			must(t, s, "sync", "bay_expand01")
			bridgeTriggers(t, db, "offline")
			must(t, s, "expand", "")
			bridgeTriggers(t, db, "online again", all...)
			must(t, s, "contract", "art_contract01")
			bridgeTriggers(t, db, "after the first contract", sorted(second)...)
			db.Exec(t, "UPDATE goods SET mills = 70 WHERE id = 1")
			if got := db.Strings(t, "SELECT cents FROM goods WHERE id = 1"); got[0] != "7" {
				t.Errorf("after the first contract, cents are %v", got)
			}
			verified(t, s, "after the first contract")
			back(t, s)
			must(t, s, "expand", "")
			bridgeTriggers(t, db, "after it was taken back", all...)
			back(t, s)
			bridgeTriggers(t, db, "taken back from between")
		}
	})
}

func sorted(lists ...[]string) []string {
	all := slices.Concat(lists...)
	slices.Sort(all)
	return all
}

// TestSyncColumnsRenamed: the triggers of a table that was renamed meanwhile go,
// so that the new release can write.
func TestSyncColumnsRenamed(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, loaded(t, map[string]string{
			"catalog.toml":               `name = "joined"`,
			"versions/open01_goods.toml": goodsFile,
			"versions/art_expand01_cents.toml": centsFile + `
[[up]]
sync_columns = { name = "cents", table = "goods", old = "price", new = "cents", to_new = "{old} * 100", to_old = "{new} / 100" }`,
			"versions/art_contract01_price.toml": `
revision = "art_contract01"
revises = "open01"
depends_on = ["art_expand01"]
[[up]]
rename_table = { from = "goods", to = "wares" }
[[up]]
unsync_columns = { name = "cents" }
[[up]]
drop_column = { table = "wares", name = "price" }`,
		}), db)
		must(t, s, "upgrade", "open01")
		must(t, s, "expand", "")
		must(t, s, "contract", "")
		bridgeTriggers(t, db, "after contract")
		db.Exec(t, "INSERT INTO wares (id, cents) VALUES (1, 5)")
		verified(t, s, "after contract")
	})
}

// chained writes at each place of a chain, and looks at the others.
func chained(t *testing.T, db enginetest.Database, when string) {
	t.Helper()
	db.Exec(t, "DELETE FROM goods")
	for _, c := range []struct{ statement, want string }{
		{"INSERT INTO goods (id, price) VALUES (1, 5), (2, NULL)", "5 -, 500 -, 5000 -"},
		{"INSERT INTO goods (id, mills) VALUES (3, 6000)", "5 - 6, 500 - 600, 5000 - 6000"},
		{"UPDATE goods SET mills = 2000 WHERE id < 3", "2 2 6, 200 200 600, 2000 2000 6000"},
		{"UPDATE goods SET price = price + 1", "3 3 7, 300 300 700, 3000 3000 7000"},
		{"UPDATE goods SET cents = 101 WHERE id = 1", "1 3 7, 101 300 700, 1010 3000 7000"},
		{"UPDATE goods SET price = 2, mills = 2000 WHERE id = 1", "2 3 7, 200 300 700, 2000 3000 7000"},
		{"UPDATE goods SET mills = NULL WHERE id = 2", "2 - 7, 200 - 700, 2000 - 7000"},
	} {
		db.Exec(t, c.statement)
		var columns []string
		for _, column := range []string{"price", "cents", "mills"} {
			columns = append(columns, strings.Join(db.Strings(t, "SELECT COALESCE("+column+", -1) FROM goods ORDER BY id"), " "))
		}
		if got := strings.ReplaceAll(strings.Join(columns, ", "), "-1", "-"); got != c.want {
			t.Errorf("%s, %s leaves %s, want %s", when, c.statement, got, c.want)
		}
	}
}
