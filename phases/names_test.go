package phases

import (
	"fmt"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/revision"
)

// TestLongVersionTable: the table of the versions may have the longest name
// that a server takes; that of its primary key is not the same.
func TestLongVersionTable(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		c := loaded(t, map[string]string{
			"catalog.toml":           fmt.Sprintf("name = \"long\"\nversion_table = %q", strings.Repeat("v", 63)),
			"versions/a01_goods.sql": "-- revision: a01\n-- message: goods\n-- +up\nCREATE TABLE goods (id integer);\n",
		})
		s := service(t, c, db)
		must(t, s, "upgrade", "")
		at(t, s, revision.Current, "a01")
	})
}
