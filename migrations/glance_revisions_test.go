package migrations_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/engine/revision"
)

// describe lists all that a snapshot holds, one object a line, so that two of
// them can be subtracted.
func describe(s *enginetest.Snapshot) []string {
	var all []string
	for name, t := range s.Tables {
		for _, c := range t.Columns {
			line := fmt.Sprintf("%s.%s %s", name, c.Name, c.Type)
			if !c.Nullable {
				line += " not null"
			}
			if c.Default != nil && *c.Default != "NULL" && !strings.HasPrefix(*c.Default, "nextval") {
				line += " default " + *c.Default
			}
			all = append(all, line)
		}
		for _, i := range t.Indexes {
			all = append(all, fmt.Sprintf("%s index %s (%s)", name, i.Name, strings.Join(i.Columns, " ")))
		}
		for _, u := range t.UniqueConstraints {
			all = append(all, fmt.Sprintf("%s unique (%s)", name, strings.Join(u.Columns, " ")))
		}
		for _, f := range t.ForeignKeys {
			all = append(all, fmt.Sprintf("%s (%s) references %s", name, strings.Join(f.Columns, " "), f.RefTable))
		}
		for _, c := range t.Checks {
			all = append(all, fmt.Sprintf("%s check %s", name, c.Expression))
		}
		if t.PrimaryKey != nil {
			all = append(all, fmt.Sprintf("%s primary key (%s)", name, strings.Join(t.PrimaryKey.Columns, " ")))
		}
	}
	for _, e := range s.Types {
		all = append(all, "type "+e.Name+" "+strings.Join(e.Values, " "))
	}
	slices.Sort(all)
	return all
}

// change is what a revision takes away and adds, "-" and "+" before each.
func change(before, after []string) []string {
	var lines []string
	for _, line := range before {
		if !slices.Contains(after, line) {
			lines = append(lines, "-"+line)
		}
	}
	for _, line := range after {
		if !slices.Contains(before, line) {
			lines = append(lines, "+"+line)
		}
	}
	return lines
}

// changes are what the revisions do that do anything, beside liberty and those
// that drop tables, which are held against recorded snapshots alone. Types are
// those of SQLite.
var changes = map[string][]string{
	"mitaka01": {"+images index created_at_image_idx (created_at)", "+images index updated_at_image_idx (updated_at)"},
	"ocata_expand01": {
		"-images check deleted IN (0, 1)", "-images check is_public IN (0, 1)", "-images check protected IN (0, 1)",
		"-images.is_public BOOLEAN not null", "+images index visibility_image_idx (visibility)",
		"+images.is_public BOOLEAN", "+images.visibility VARCHAR(9)"},
	"ocata_contract01": {
		"-images index ix_images_is_public (is_public)", "-images.is_public BOOLEAN", "-images.visibility VARCHAR(9)",
		"+images.visibility VARCHAR(9) not null default 'shared'"},
	"rocky_expand01": {"+images index os_hidden_image_idx (os_hidden)", "+images.os_hidden BOOLEAN not null default 0"},
	"rocky_expand02": {"+images index os_hash_value_image_idx (os_hash_value)", "+images.os_hash_algo VARCHAR(64)", "+images.os_hash_value VARCHAR(128)"},
	"wallaby_expand01": {"+tasks index ix_tasks_image_id (image_id)", "+tasks.image_id VARCHAR(36)",
		"+tasks.request_id VARCHAR(64)", "+tasks.user_id VARCHAR(64)"},
	"2024_1_expand01": {
		"+cached_images (node_reference_id) references node_reference", "+cached_images primary key (id)",
		"+cached_images unique (image_id node_reference_id)", "+cached_images.checksum VARCHAR(32)",
		"+cached_images.hits INTEGER not null", "+cached_images.id INTEGER not null",
		"+cached_images.image_id VARCHAR(36) not null", "+cached_images.last_accessed DATETIME not null",
		"+cached_images.last_modified DATETIME not null", "+cached_images.node_reference_id INTEGER not null",
		"+cached_images.size BIGINT not null", "+node_reference primary key (node_reference_id)",
		"+node_reference unique (node_reference_url)", "+node_reference.node_reference_id INTEGER not null",
		"+node_reference.node_reference_url VARCHAR(255) not null"},
}

// respell are the words of other servers for the types of SQLite.
var respell = map[flavor.Dialect][]string{
	flavor.Postgres: {"VARCHAR(9)", "image_visibility", "VARCHAR", "character varying", "DATETIME", "timestamp without time zone",
		"BOOLEAN", "boolean", "INTEGER", "integer", "BIGINT", "bigint", "default 0", "default false"},
	flavor.MariaDB: {"VARCHAR(9)", "enum('private','public','shared','community')", "VARCHAR", "varchar", "DATETIME", "datetime",
		"BOOLEAN", "tinyint(1)", "INTEGER", "int(11)", "BIGINT", "bigint(20)"},
	flavor.MySQL: {"VARCHAR(9)", "enum('private','public','shared','community')", "VARCHAR", "varchar", "DATETIME", "datetime",
		"BOOLEAN", "tinyint(1)", "INTEGER", "int", "BIGINT", "bigint", "default 'shared'", "default shared"},
}

// expected is what a revision changes on a dialect.
func expected(d flavor.Dialect, id string) []string {
	var lines []string
	for _, line := range changes[id] {
		if strings.HasPrefix(line, "-images check") && d != flavor.SQLite {
			continue
		}
		if id == "2024_1_expand01" && d != flavor.SQLite {
			for _, column := range []string{"cached_images.id", "cached_images.node_reference_id", "node_reference.node_reference_id"} {
				line = strings.Replace(line, "+"+column+" INTEGER", "+"+column+" BIGINT", 1)
			}
		}
		line = strings.NewReplacer(respell[d]...).Replace(line)
		if d == flavor.Postgres {
			line = strings.Replace(line, "default 'shared'", "default 'shared'::image_visibility", 1)
		}
		lines = append(lines, line)
	}
	switch {
	case id == "ocata_expand01" && d == flavor.Postgres:
		lines = append(lines, "+type image_visibility private public shared community")
	case id == "ocata_contract01" && d == flavor.MySQL:
		lines = append(lines, "-images check (`is_public` in (0,1))")
	case id == "ocata_contract01" && d == flavor.MariaDB:
		lines = append(lines, "-images check `is_public` in (0,1)")
	case id == "2024_1_expand01" && d != flavor.SQLite: // a unique constraint is seen as an index, too
		lines = append(lines,
			"+cached_images index ix_cached_images_image_id_node_reference_id (image_id node_reference_id)",
			"+node_reference index uq_node_reference_node_reference_url (node_reference_url)")
	}
	if id == "2024_1_expand01" && d.MySQLFamily() { // where it is seen as nothing else
		lines = append(lines, "+cached_images index node_reference_id (node_reference_id)")
		lines = slices.DeleteFunc(lines, func(l string) bool { return strings.Contains(l, " unique (") })
	}
	slices.Sort(lines)
	return lines
}

// TestEveryRevision applies the 29 revisions one by one, release by release,
// and looks after each at what it changed. Most change nothing.
func TestEveryRevision(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := newSite(t, db, false)
		s.upTo(t, "liberty")
		before := describe(enginetest.TakeSnapshot(t, db))
		count := 1
		for _, id := range s.catalog.Graph.Reading() {
			if _, ok := s.catalog.Revisions[id]; !ok || s.applied.Has(id) {
				continue
			}
			count++
			s.upTo(t, id)
			after := describe(enginetest.TakeSnapshot(t, db))
			got := change(before, after)
			if id == "pike_contract01" {
				got = slices.DeleteFunc(got, func(l string) bool { return strings.HasPrefix(l, "-artifact") })
			}
			slices.Sort(got)
			if diff := cmp.Diff(expected(db.Dialect, id), got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s changed (-want +got):\n%s", id, diff)
			}
			before = after
		}
		if count != 29 {
			t.Errorf("there are %d revisions, not 29", count)
		}
	})
}

// TestOrdersMeet holds that the newest schema is the same release by release
// and phase by phase, and is what the catalog says without a server.
func TestOrdersMeet(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		byPhase := newSite(t, db, false)
		byPhase.upTo(t, "2024_1_expand01")
		byPhase.upTo(t, "2024_1_contract01")
		other := enginetest.New(t, db.Dialect)
		byRelease := newSite(t, other, false)
		for _, id := range byRelease.catalog.Graph.Reading() {
			if _, ok := byRelease.catalog.Revisions[id]; ok {
				byRelease.upTo(t, id)
			}
		}
		if diff := enginetest.CompareSnapshots(enginetest.TakeSnapshot(t, db), enginetest.TakeSnapshot(t, other)); diff != "" {
			t.Errorf("the orders lead apart (-by phase +by release):\n%s", diff)
		}
		tables := slices.Sorted(maps.Keys(byPhase.state.Tables))
		if diff := cmp.Diff(slices.Sorted(maps.Keys(enginetest.TakeSnapshot(t, db).Tables)), tables); diff != "" || len(tables) != 15 {
			t.Errorf("%d tables by the catalog; they differ (-database +catalog):\n%s", len(tables), diff)
		}
	})
}

// TestGlanceGraph holds the catalog's graph against the facts: two heads, each
// contract revision behind the expand revision of its number, names that older
// databases hold, and releases that have the heads of the one before.
func TestGlanceGraph(t *testing.T) {
	c := glance(t)
	if h := c.Graph.Heads(); h != (revision.Heads{Trunk: "mitaka02", Expand: "2024_1_expand01", Contract: "2024_1_contract01"}) {
		t.Errorf("heads are %+v", h)
	}
	for id, r := range c.Revisions {
		if r.Branch != revision.Contract {
			continue
		}
		if want := strings.Replace(id, "contract", "expand", 1); !slices.Contains(r.DependsOn, want) {
			t.Errorf("%s depends on %v, not on %s", id, r.DependsOn, want)
		}
	}
	targets := map[string]string{
		"ocata01": "ocata_expand01 ocata_contract01", "pike01": "pike_expand01 pike_contract01",
		"liberty_initial": "liberty", "contract": "ocata_expand01 ocata_contract01", "expand": "ocata_expand01",
		"newton": "mitaka02", "ocata": "ocata_expand01 ocata_contract01", "stein": "rocky_expand02 rocky_contract02",
		"victoria": "ussuri_expand01 ussuri_contract01", "2023_2": "2023_1_expand01 2023_1_contract01",
		"2026_2": "2024_1_expand01 2024_1_contract01", "42": "liberty", "44": "mitaka02", "45": "ocata_expand01 ocata_contract01",
	}
	for word, want := range targets {
		target, err := c.Graph.Target(word, revision.Scope{})
		if err != nil {
			t.Errorf("%s: %v", word, err)
			continue
		}
		if got := strings.Join(c.Graph.Version(target.Set).IDs(), " "); got != want {
			t.Errorf("%s means %s, want %s", word, got, want)
		}
	}
	if _, err := c.Graph.Target("41", revision.Scope{}); err == nil {
		t.Error("the number 41 of the older scheme is older than liberty, and yet it means something")
	}
}
