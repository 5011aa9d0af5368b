package phases

import (
	"slices"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/migrations/catalog"
)

// late is a catalog whose second release moves what the first one removes.
func late(t testing.TB) *catalog.Catalog {
	return loaded(t, map[string]string{
		"catalog.toml":                     `name = "late"`,
		"versions/open01_goods.toml":       goodsFile,
		"versions/art_expand01_cents.toml": centsFile,
		"versions/art_contract01_price.toml": `
revision = "art_contract01"
revises = "open01"
depends_on = ["art_expand01"]
[[up]]
drop_column = { table = "goods", name = "price" }`,
		"versions/bay_expand01_mills.toml": `
revision = "bay_expand01"
revises = "art_expand01"
[[up]]
add_column = { table = "goods", name = "mills", type = "integer" }`,
		"versions/bay_migrate01_mills.toml": `
migration = "bay_migrate01"
depends_on = "bay_expand01"
before = "bay_contract01"
pending = "SELECT 1 FROM goods WHERE mills IS NULL AND price IS NOT NULL"
[[step]]
table = "goods"
key = ["id"]
where = "mills IS NULL"
[step.set]
mills = "price * 1000"`,
		"versions/bay_contract01_cents.toml": `
revision = "bay_contract01"
revises = "art_contract01"
depends_on = ["bay_expand01"]
[[up]]
drop_column = { table = "goods", name = "cents" }`,
	})
}

// TestLateMigrationIsSaid: a data migration that finds nothing because an earlier
// release has removed what it reads is no longer due, which is said once; on a
// jump over both releases it runs.
func TestLateMigrationIsSaid(t *testing.T) {
	const said = "bay_migrate01 moves nothing: its pending query (versions/bay_migrate01_mills.toml:2) speaks of price, which was removed before."
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		for _, way := range []string{"sync bay", "expand, migrate, contract", "sync"} {
			db := enginetest.New(t, db.Dialect)
			s := service(t, late(t), db)
			must(t, s, "upgrade", "open01")
			db.Exec(t, "INSERT INTO goods (id, price) VALUES (1, 7)")
			jump := way == "sync"
			if !jump {
				must(t, s, "sync", "art")
			}
			var told []string
			s.Events = func(e any) {
				if w, ok := e.(Warned); ok && strings.Contains(w.Text, "moves nothing") {
					told = append(told, w.Text)
				}
			}
			for _, step := range strings.Split(way, ", ") {
				command, version, _ := strings.Cut(step, " ")
				told = nil
				result := must(t, s, command, version)
				if len(result.Migrated) > 0 != jump {
					t.Errorf("%s: moved rows with %v", step, result.Migrated)
				}
				want := []string{said}
				if jump {
					want = nil
				}
				if !slices.Equal(told, want) {
					t.Errorf("%s told %q, want %q", step, told, want)
				}
			}
			if got := db.Strings(t, "SELECT COALESCE(mills, 0) FROM goods")[0]; got != map[bool]string{true: "7000", false: "0"}[jump] {
				t.Errorf("%s: mills are %s", way, got)
			}
		}
	})
}
