package phases

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/engine/enginetest"
	"manage/migrations/catalog"
)

// pricedTwice is a catalog with a bridge of sync_columns.
func pricedTwice(t *testing.T) *catalog.Catalog {
	return loaded(t, map[string]string{
		"catalog.toml": `name = "joined"`,
		"versions/open01_goods.toml": `
revision = "open01"
branch = "trunk"
message = "goods"
[[up]]
create_table = { name = "goods", columns = [ { name = "id", type = "integer", nullable = false }, { name = "price", type = "integer" } ], primary_key = ["id"] }`,
		"versions/art_expand01_cents.toml": `
revision = "art_expand01"
revises = "open01"
branch = "expand"
message = "cents"
[[up]]
add_column = { table = "goods", name = "cents", type = "integer" }
[[up]]
sync_columns = { name = "cents", table = "goods", old = "price", new = "cents", to_new = "{old} * 100", to_old = "{new} / 100" }`,
		"versions/art_contract01_price.toml": `
revision = "art_contract01"
revises = "open01"
branch = "contract"
depends_on = ["art_expand01"]
message = "no price"
[[up]]
unsync_columns = { name = "cents" }
[[up]]
drop_column = { table = "goods", name = "price" }`,
	})
}

// bridgeTriggers checks which triggers a database has.
func bridgeTriggers(t *testing.T, db enginetest.Database, when string, want ...string) {
	t.Helper()
	var names []string
	for _, tr := range enginetest.TakeSnapshot(t, db).Triggers {
		names = append(names, tr.Name)
	}
	slices.Sort(names)
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("%s, the triggers are (-want +got):\n%s", when, diff)
	}
}

// TestSyncColumnsCycle: an online expansion makes the triggers, contract and
// offline runs leave none, downgrade undoes, and a broken bridge is mended.
func TestSyncColumnsCycle(t *testing.T) {
	both := []string{"cents_sync_insert", "cents_sync_update"}
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, pricedTwice(t), db)
		must(t, s, "upgrade", "open01")
		must(t, s, "expand", "")
		bridgeTriggers(t, db, "after expand", both...)
		db.Exec(t, "INSERT INTO goods (id, price) VALUES (1, 7)")

		drop := "DROP TRIGGER cents_sync_update"
		if db.Dialect == "postgres" {
			drop += " ON goods"
		}
		db.Exec(t, drop)
		must(t, s, "expand", "")
		bridgeTriggers(t, db, "after one was lost and expand run again", both...)

		db.Exec(t, drop)
		must(t, s, "sync", "art_expand01")
		bridgeTriggers(t, db, "after an offline run")
		must(t, s, "expand", "")
		bridgeTriggers(t, db, "online again", both...)

		must(t, s, "contract", "")
		bridgeTriggers(t, db, "after contract")
		verified(t, s, "after contract")

		back(t, s)
		bridgeTriggers(t, db, "after downgrade")
		must(t, s, "sync", "")
		bridgeTriggers(t, db, "after sync")
		verified(t, s, "after sync")
	})
}

// TestSyncColumnsGoBack: a downgrade from between the releases takes the
// triggers before the column.
func TestSyncColumnsGoBack(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, pricedTwice(t), db)
		must(t, s, "upgrade", "open01")
		must(t, s, "expand", "")
		back(t, s)
		bridgeTriggers(t, db, "after downgrade")
		verified(t, s, "after downgrade")
		db.Exec(t, "INSERT INTO goods (id, price) VALUES (1, 7)")
	})
}

// verified checks that the schema is what the catalog says.
func verified(t *testing.T, s *Service, when string) {
	t.Helper()
	v, err := s.Verify(t.Context())
	if err != nil || len(v.Differences) > 0 {
		t.Errorf("%s: verify finds %v, %v", when, v.Differences, err)
	}
}

// back takes a database back to the trunk.
func back(t *testing.T, s *Service) {
	t.Helper()
	if _, err := s.Downgrade(t.Context(), Request{Version: "open01"}); err != nil {
		t.Fatal(err)
	}
}
