package phases

import (
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// An operation behind plain SQL, in the same revision, meets what that left: a
// table that is rebuilt reads from no view that was dropped, and keeps the
// index and the column that were made.
func TestRebuildBehindPlainSQL(t *testing.T) {
	c := loaded(t, map[string]string{
		"catalog.toml": `name = "shed"`,
		"versions/open01_tools.toml": `
revision = "open01"
branch = "trunk"
message = "tools"
[[up]]
create_table = { name = "tools", columns = [ { name = "id", type = "integer", nullable = false }, { name = "name", type = "string(20)" }, { name = "old", type = "integer" } ], primary_key = ["id"], indexes = [ { name = "ix_gone", columns = ["name"] } ] }
[[up]]
sql = { text = "CREATE VIEW worn AS SELECT old FROM tools" }`,
		"versions/open02_new.toml": `
revision = "open02"
revises = "open01"
branch = "trunk"
message = "no worn tools"
[[up]]
sql = { text = "DROP VIEW worn; DROP INDEX ix_gone; CREATE INDEX ix_name ON tools (name, id); ALTER TABLE tools ADD COLUMN weight int" }
[[up]]
drop_column = { table = "tools", name = "old" }
[[up]]
alter_column = { table = "tools", name = "name", type = "text" }`,
	})
	for _, steps := range [][]string{{""}, {"open01", ""}} {
		db := enginetest.New(t, flavor.SQLite)
		s := service(t, c, db)
		for _, to := range steps {
			must(t, s, "upgrade", to)
		}
		names := db.Strings(t, "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_master WHERE name IN ('worn', 'ix_gone', 'ix_name') UNION SELECT name FROM pragma_table_info('tools') ORDER BY 1)")
		if names[0] != "id ix_name name weight" {
			t.Errorf("after upgrades to %q there are %s", steps, names[0])
		}
	}
}
