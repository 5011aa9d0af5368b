package phases

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/revision"
	"manage/migrations/catalog"
)

// chain is a catalog of four releases, each of which moves on what the one
// before has moved, and removes where it was.
func chain(t testing.TB) *catalog.Catalog {
	files := map[string]string{
		"catalog.toml": `name = "chain"
releases = ["open", "art", "bee", "cat", "dog"]`,
		"versions/open01_goods.toml": `
revision = "open01"
branch = "trunk"
release = "open"
[[up]]
create_table = { name = "goods", columns = [ { name = "id", type = "integer", nullable = false }, { name = "price", type = "integer" } ], primary_key = ["id"] }`,
	}
	add := func(release, parents, expand, migrate, contract string) {
		before, after, _ := strings.Cut(parents, " ")
		files["versions/"+release+"_expand01_x.toml"] = "revision = \"" + release + "_expand01\"\nrevises = \"" + before + "\"\n[[up]]\n" + expand
		files["versions/"+release+"_migrate01_x.toml"] = "migration = \"" + release + "_migrate01\"\ndepends_on = \"" + release + "_expand01\"\nbefore = \"" + release + "_contract01\"\n" + migrate
		files["versions/"+release+"_contract01_x.toml"] = "revision = \"" + release + "_contract01\"\nrevises = \"" + after + "\"\ndepends_on = [\"" + release + "_expand01\"]\n[[up]]\n" + contract
	}
	step := "[[step]]\ntable = \"goods\"\nkey = [\"id\"]\n"
	add("art", "open01 open01", `add_column = { table = "goods", name = "cents", type = "integer" }`,
		"pending = \"SELECT 1 FROM goods WHERE cents IS NULL AND price IS NOT NULL\"\n"+step+"where = \"cents IS NULL\"\n[step.set]\ncents = \"price * 100\"",
		`drop_column = { table = "goods", name = "price" }`)
	add("bee", "art_expand01 art_contract01", `add_column = { table = "goods", name = "mills", type = "integer" }`,
		"pending = \"SELECT 1 FROM goods WHERE mills IS NULL AND cents IS NOT NULL\"\n"+step+"where = \"mills IS NULL\"\n[step.set]\nmills = \"cents * 10\"",
		`drop_column = { table = "goods", name = "cents" }`)
	add("cat", "bee_expand01 bee_contract01", `create_table = { name = "prices", columns = [ { name = "goods_id", type = "integer", nullable = false }, { name = "mills", type = "integer" } ], primary_key = ["goods_id"] }`,
		"pending = \"SELECT 1 FROM goods WHERE mills IS NOT NULL AND id NOT IN (SELECT goods_id FROM prices)\"\n"+step+
			"verify = \"mills = (SELECT p.mills FROM prices p WHERE p.goods_id = goods.id)\"\n"+
			"statements = [\"INSERT INTO prices (goods_id, mills) SELECT id, mills FROM goods WHERE {range} AND mills IS NOT NULL AND id NOT IN (SELECT goods_id FROM prices)\"]",
		`drop_column = { table = "goods", name = "mills" }`)
	add("dog", "cat_expand01 cat_contract01", `add_column = { table = "goods", name = "worth", type = "integer" }`,
		"pending = \"SELECT 1 FROM goods WHERE worth IS NULL AND id IN (SELECT goods_id FROM prices)\"\n"+step+
			"where = \"worth IS NULL\"\n[step.set]\nworth = \"(SELECT p.mills FROM prices p WHERE p.goods_id = goods.id)\"",
		`drop_table = { name = "prices" }`)
	return loaded(t, files)
}

// stocked is a database of the chain's first release, with rows.
func stocked(t testing.TB, c *catalog.Catalog, db enginetest.Database) *Service {
	s := service(t, c, db)
	must(t, s, "upgrade", "open01")
	db.Exec(t, "INSERT INTO goods (id, price) VALUES (1, 1), (2, 20), (3, NULL), (4, 4)")
	return s
}

// arrived checks that everything is at the end, with the rows.
func arrived(t testing.TB, s *Service, db enginetest.Database) {
	t.Helper()
	at(t, s, revision.Current, "dog_contract01")
	if got := strings.Join(db.Strings(t, "SELECT COALESCE(worth, 0) FROM goods ORDER BY id"), " "); got != "1000 20000 0 4000" {
		t.Errorf("worth %s", got)
	}
}

// TestSkipLevel: over several releases, each data migration runs after its
// expansion and before its contraction, in the order of the releases.
func TestSkipLevel(t *testing.T) {
	all := "art_migrate01 bee_migrate01 cat_migrate01 dog_migrate01"
	ways := map[string]struct{ way, migrated []string }{
		"sync":               {[]string{"sync"}, []string{all}},
		"upgrade":            {[]string{"upgrade"}, []string{all}},
		"online":             {[]string{"expand", "migrate", "contract"}, []string{"", all, ""}},
		"release by release": {[]string{"sync art", "sync bee", "sync cat", "sync dog"}, strings.Fields(all)},
		"two and two":        {[]string{"expand bee", "migrate bee", "contract bee", "expand", "migrate", "contract"}, []string{"", "art_migrate01 bee_migrate01", "", "", "cat_migrate01 dog_migrate01", ""}},
		"expanded far":       {[]string{"expand", "migrate art", "contract art", "migrate cat", "contract bee", "sync"}, []string{"", "art_migrate01", "", "bee_migrate01 cat_migrate01", "", "dog_migrate01"}},
		"one more":           {[]string{"expand", "sync bee", "upgrade +1", "sync"}, []string{"", "art_migrate01 bee_migrate01", "cat_migrate01", "dog_migrate01"}},
		"begun online":       {[]string{"expand cat", "sync art", "sync"}, []string{"", "art_migrate01", "bee_migrate01 cat_migrate01 dog_migrate01"}},
	}
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		c := chain(t)
		for name, tt := range ways {
			t.Run(name, func(t *testing.T) {
				db := enginetest.New(t, db.Dialect)
				s := stocked(t, c, db)
				for i, step := range tt.way {
					cmd, version, _ := strings.Cut(step, " ")
					var ran []string
					for _, m := range must(t, s, cmd, version).Migrated {
						ran = append(ran, m.ID)
					}
					if got := strings.Join(ran, " "); got != tt.migrated[i] {
						t.Errorf("%s moved rows with %q, want %q", step, got, tt.migrated[i])
					}
				}
				arrived(t, s, db)
			})
		}
	})
}

// TestAnyWayLosesNothing: whatever is asked for in whatever order, what is not
// allowed is refused, and all rows arrive.
func TestAnyWayLosesNothing(t *testing.T) {
	c := chain(t)
	versions := []string{"", "art", "bee", "cat", "dog", "art_expand01", "bee_contract01", "cat_expand01", "+1"}
	fewer(t, "25")
	rapid.Check(t, func(rt *rapid.T) {
		db := enginetest.New(t, flavor.SQLite)
		s := stocked(t, c, db)
		var trail []string
		for range rapid.IntRange(1, 8).Draw(rt, "steps") {
			cmd := rapid.SampledFrom([]string{"expand", "migrate", "contract", "sync", "upgrade"}).Draw(rt, "command")
			version := rapid.SampledFrom(versions).Draw(rt, "version")
			trail = append(trail, cmd+" "+version)
			_, err := command(s, cmd, version)
			if err != nil && !expected(err) {
				rt.Fatalf("%v: %v", trail, err)
			}
			if n := len(db.Strings(t, "SELECT id FROM goods")); n != 4 {
				rt.Fatalf("%v: %d rows", trail, n)
			}
		}
		if _, err := command(s, "sync", ""); err != nil {
			rt.Fatalf("%v, then sync: %v", trail, err)
		}
		got := db.Strings(t, "SELECT COALESCE(worth, 0) FROM goods ORDER BY id")
		if !slices.Equal(got, []string{"1000", "20000", "0", "4000"}) {
			rt.Fatalf("%v: worth %v", trail, got)
		}
	})
}
