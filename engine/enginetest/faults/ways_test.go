package faults

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"manage/engine/flavor"
)

// chain is a way through a catalog that is broken at one point after another.
type chain struct {
	name    string
	catalog string
	before  []command // undisturbed
	rows    []string  // statements that are executed after that
	then    []command // undisturbed too, after the rows
	broken  []command
	faults  []fault
	// pooled lets the broken runs come through a pooler.
	pooled bool
	// few is true for a way with so few points that a full run takes all of
	// them, and a sample one of some.
	few bool
}

// chains are the ways that are broken: the image service's catalog and one that
// uses every operation, from nothing, in one go, step by step while a service
// runs, and back; of full runs many more.
func chains(d flavor.Dialect) []chain {
	image := chain{catalog: "glance", before: []command{{"upgrade", "liberty"}}, rows: imageRows(d)}
	every := chain{catalog: "testdata/all", before: []command{{"upgrade", "base01"}}, rows: everyRows()}
	ways := []chain{{name: "glance from nothing", catalog: "glance", broken: []command{{"sync", ""}}}}
	for _, c := range []chain{image, every} {
		name := filepath.Base(c.catalog)
		c.name, c.broken = name+" in one go", []command{{"sync", ""}}
		ways = append(ways, c)
		c.name, c.broken = name+" step by step", []command{{"expand", ""}, {"migrate", ""}, {"contract", ""}}
		ways = append(ways, c)
	}
	back := every
	back.name, back.then, back.broken = "all and back", []command{{"sync", ""}}, []command{{"downgrade", "one_expand01"}}
	ways = append(ways, back)
	ways = append(ways,
		chain{name: "watcher created", catalog: "watcher", broken: []command{{"create_schema", ""}}, few: true},
		chain{name: "plain base in one go", catalog: "testdata/plain", broken: []command{{"sync", ""}}, few: true},
		chain{name: "plain base step by step", catalog: "testdata/plain", before: []command{{"upgrade", "open01"}}, rows: plainRows(),
			broken: []command{{"expand", ""}, {"migrate", ""}, {"contract", ""}}, few: true})
	for i := range ways {
		ways[i].faults = faultsOn(d, death, sent, loss, cut)
	}
	if *all {
		ways = append(ways, more(d, image, every)...)
	}
	return ways
}

// faultsOn are those of the faults that a dialect can have: SQLite has no
// connection to break.
func faultsOn(d flavor.Dialect, faults ...fault) []fault {
	return slices.DeleteFunc(faults, func(f fault) bool { return d == flavor.SQLite && f.onWire() })
}

// more are the ways of full runs only: the other catalogs, a database that
// nobody has put under control yet, a large schema in one go, and those on which
// who comes next cannot tell whether the process before is dead.
func more(d flavor.Dialect, image, every chain) []chain {
	var ways []chain
	for _, name := range []string{"watcher", "solum", "mogan"} {
		ways = append(ways, chain{name: name + " from nothing", catalog: name, broken: []command{{"upgrade", ""}}, faults: faultsOn(d, death, loss, cut)})
	}
	found := image
	found.name, found.faults = "glance found", faultsOn(d, death, cut)
	found.rows = append([]string{"DROP TABLE alembic_version", "DROP TABLE manage_journal", "DROP TABLE manage_lease"}, image.rows...)
	found.broken = []command{{"sync", ""}}
	created := chain{name: "glance created", catalog: "glance", broken: []command{{"create_schema", ""}}, faults: faultsOn(d, death, sent, loss, cut)}
	unseen := every
	unseen.name, unseen.faults = "all from another container", []fault{away}
	unseen.broken = []command{{"expand", ""}, {"migrate", ""}, {"contract", ""}}
	ways = append(ways, found, created, unseen)
	if d == flavor.Postgres {
		unseen.name, unseen.pooled = "all through a pooler", true
		ways = append(ways, unseen)
	}
	return ways
}

// wayNamed is one of the chains.
func wayNamed(t *testing.T, d flavor.Dialect, name string) chain {
	t.Helper()
	for _, c := range chains(d) {
		if c.name == name {
			return c
		}
	}
	t.Fatalf("no chain %s", name)
	return chain{}
}

// imageRows fill the tables of the image service.
func imageRows(d flavor.Dialect) []string {
	yes, no := "1", "0"
	if d == flavor.Postgres {
		yes, no = "true", "false"
	}
	var all []string
	for i := range 60 {
		public := no
		if i%3 == 0 {
			public = yes
		}
		at := "'2016-01-01 00:00:00'"
		all = append(all, fmt.Sprintf("INSERT INTO images (id, status, is_public, created_at, deleted, min_disk, min_ram, protected) VALUES ('i%03d', 'active', %s, %s, %s, 0, 0, %s)",
			i, public, at, no, no))
		if i%5 == 0 {
			all = append(all, fmt.Sprintf("INSERT INTO image_members (image_id, member, can_share, created_at, deleted, status) VALUES ('i%03d', 'm', %s, %s, %s, 'accepted')", i, no, at, no))
		}
		if i%7 == 0 {
			all = append(all, fmt.Sprintf(`INSERT INTO image_locations (image_id, value, created_at, deleted, meta_data, status) VALUES ('i%03d', 'file:///x', %s, %s, '{"backend": "file"}', 'active')`, i, at, no))
		}
	}
	return all
}

// everyRows fill the tables of the catalog with every operation.
func everyRows() []string {
	var all []string
	for i := range 40 {
		all = append(all, fmt.Sprintf("INSERT INTO guests (id, name, email, age, vip) VALUES (%d, 'guest %d', 'g%d@example.org', %d, '%d')", i+1, i, i, 20+i, i%2))
		all = append(all, fmt.Sprintf("INSERT INTO rooms (id, label, guest_id) VALUES (%d, 'room %d', %d)", i+1, i, i+1))
	}
	return all
}

// plainRows fill the tables that plain SQL made.
func plainRows() []string {
	var all []string
	for i := range 40 {
		all = append(all, fmt.Sprintf("INSERT INTO parcels (id, label, grams) VALUES (%d, 'parcel %d', %d)", i+1, i, 100*i),
			fmt.Sprintf("INSERT INTO stops (id, parcel_id, place) VALUES (%d, %d, 'place %d')", i+1, i+1, i%7))
	}
	return all
}
