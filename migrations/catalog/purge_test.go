package catalog_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"manage/migrations/catalog"
)

// purgeCatalog is a catalog with this purge.toml.
func purgeCatalog(text string) fstest.MapFS {
	return fstest.MapFS{
		"catalog.toml":       {Data: []byte("name = \"shop\"\n")},
		"versions/root.toml": {Data: []byte("revision = \"root\"\n")},
		"purge.toml":         {Data: []byte(text)},
	}
}

const goodPurge = `group_by     = "shop"
soft_deleted = "deleted <> 0"
live         = { postgres = "NOT deleted", other = "deleted = 0" }
deleted_at   = "deleted_at"

[[kind]]
name  = "shop"
table = "shops"
key   = "id"

[[kind]]
name         = "order"
title        = "Orders"
table        = "orders"
key          = "id"
soft_deleted = "state = 'gone'"
parents = [{ column = "shop_id", kind = "shop", related = true, orphan = true, groups = true }]
with    = [{ table = "lines", column = "order_id" }]

[[sweep]]
name   = "old"
tables = [{ table = "orders", key = "id", deleted_at = "deleted_at" }]
`

func TestPurgeRules(t *testing.T) {
	c, err := catalog.Load(purgeCatalog(goodPurge), catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	shop, order := c.Purge.Kind("shop"), c.Purge.Kind("order")
	if shop == nil || order == nil || c.Purge.Kind("x") != nil || len(c.Purge.Kinds) != 2 || c.Purge.GroupBy != "shop" {
		t.Fatalf("got %+v", c.Purge)
	}
	if shop.Title != "shop" || shop.Single != "shop" || shop.DeletedAt != "deleted_at" || shop.SoftDeleted.All != "deleted <> 0" {
		t.Errorf("shop is %+v", shop)
	}
	if text, _ := shop.Live.For("postgres"); text != "NOT deleted" {
		t.Errorf("live on PostgreSQL is %q", text)
	}
	if order.Title != "Orders" || order.SoftDeleted.All != "state = 'gone'" || len(order.With) != 1 || !order.Parents[0].Groups {
		t.Errorf("order is %+v", order)
	}
	if order.Source.File != "purge.toml" || order.Source.Line != 11 {
		t.Errorf("order stands at %v", order.Source)
	}
	if s := c.Purge.Sweep("old"); s == nil || s.Tables[0].Table != "orders" || c.Purge.Sweep("new") != nil {
		t.Errorf("sweep %+v", s)
	}
}

func TestPurgeProblems(t *testing.T) {
	cases := []struct{ name, old, new, want string }{
		{"unknown key", "key   = \"id\"", "kay   = \"id\"", `purge.toml:9: the key "kay" of kind is not known; did you mean "key"?`},
		{"no key", "key   = \"id\"\n", "\n", "purge.toml:6: kind.key is missing"},
		{"parent behind", `kind = "shop"`, `kind = "shoop"`, `purge.toml:17: the parent "shoop" is no kind that stands before this one`},
		{"twice", `name         = "order"`, `name         = "shop"`, `purge.toml:12: the kind "shop" is described twice`},
		{"group", `group_by     = "shop"`, `group_by     = "ship"`, `purge.toml:1: group_by may not be "ship"`},
		{"live", "live         = { postgres = \"NOT deleted\", other = \"deleted = 0\" }\n", "", "kind.live is missing"},
		{"wrong type", `related = true`, `related = "yes"`, "kind.parents.related must be true or false"},
		{"sweep without tables", `tables = [{ table = "orders", key = "id", deleted_at = "deleted_at" }]`, "", "sweep.tables is missing"},
		{"half an owner", `deleted_at = "deleted_at" }]`, `deleted_at = "deleted_at", owner = "shops" }]`, "sweep.tables.column is missing"},
		{"with", `{ table = "lines", column = "order_id" }`, `{ table = "lines" }`, "purge.toml:18: kind.with.column is missing"},
		{"no dialect's text", `other = "deleted = 0"`, `mysql = "deleted = 0"`, "purge.toml:3:"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(goodPurge, c.old) {
				t.Fatalf("no %q to change", c.old)
			}
			_, err := catalog.Load(purgeCatalog(strings.Replace(goodPurge, c.old, c.new, 1)), catalog.Options{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
