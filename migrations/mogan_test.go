package migrations_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"manage/engine/enginetest"
	"manage/engine/enginetest/fixtures"
	"manage/engine/flavor"
)

// TestMoganEnums are columns of a type of their own on PostgreSQL, where the
// original never got that far, and lists of words elsewhere.
func TestMoganEnums(t *testing.T) {
	c := fixtures.Catalog(t, "mogan")
	for name, want := range map[string][4]string{ // in the order of flavor.Dialects
		"servers.locked_by": {"VARCHAR(5)", "servers0locked_by", "enum('admin','owner')", "enum('admin','owner')"},
		"key_pairs.type":    {"VARCHAR(4)", "keypair_types", "enum('ssh','x509')", "enum('ssh','x509')"},
	} {
		table, col, _ := strings.Cut(name, ".")
		for i, d := range flavor.Dialects() {
			if got := column(t, c, d, table, col); got.Type != want[i] || got.Default != nil {
				t.Errorf("%s on %s is %s, default %v, want %s", name, d, got.Type, got.Default, want[i])
			}
		}
	}
}

// TestMoganTables holds what no column shows: the tables, their numbered keys,
// their options on MySQL, and the types on PostgreSQL.
func TestMoganTables(t *testing.T) {
	numbered := map[string]bool{"server_nics": false, "server_tags": false}
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := siteOf(t, db, fixtures.Catalog(t, "mogan"))
		s.upTo(t, "91941bf1ebc9")
		snap := enginetest.TakeSnapshot(t, db)
		if len(snap.Tables) != 15 {
			t.Errorf("there are %d tables", len(snap.Tables))
		}
		for name, table := range snap.Tables {
			want, exception := numbered[name]
			want = want || !exception
			got := false
			for _, c := range table.Columns {
				got = got || c.Autoincrement || db.Dialect == flavor.SQLite && c.Name == "id" && c.Type == "INTEGER"
			}
			if got != want {
				t.Errorf("%s is numbered: %v, want %v", name, got, want)
			}
			if db.Dialect.MySQLFamily() && (table.Options["engine"] != "InnoDB" || !strings.HasPrefix(table.Options["collation"], "utf8mb3_")) {
				t.Errorf("%s has the options %v", name, table.Options)
			}
		}
		var types []enginetest.SnapType
		if db.Dialect == flavor.Postgres {
			types = []enginetest.SnapType{{Name: "keypair_types", Values: []string{"ssh", "x509"}}, {Name: "servers0locked_by", Values: []string{"admin", "owner"}}}
		}
		if diff := cmp.Diff(types, append([]enginetest.SnapType(nil), snap.Types...)); diff != "" {
			t.Errorf("types (-want +got):\n%s", diff)
		}
	})
}
