package sqltext

import (
	"fmt"
	"testing"

	"manage/engine/flavor"
)

func TestOutlined(t *testing.T) {
	for _, c := range []struct{ sql, want string }{
		{"ALTER TABLE IF EXISTS `a b` ADD COLUMN c INT DEFAULT (1, 2), DROP COLUMN /* x, y */ d",
			`a b ["ADD COLUMN c INT DEFAULT (1, 2)" "DROP COLUMN /* x, y */ d"]`},
		{"alter online table s.t wait 5 modify a enum('x, y'), lock=none", `t ["modify a enum('x, y')" "lock=none"]`},
		{"CREATE INDEX i ON t (a, b)", ` []`},
		{"ALTER VIEW v AS SELECT 1", ` []`},
		{"ALTER TABLE t", `t []`},
		{"-- first\nALTER TABLE t FORCE", `t ["FORCE"]`},
	} {
		o, ok := Outlined(c.sql, flavor.MariaDB)
		texts := []string{}
		for _, clause := range o.Clauses {
			texts = append(texts, clause.Text)
		}
		if got := fmt.Sprintf("%s %q", o.Table, texts); !ok || got != c.want {
			t.Errorf("%s: %s, %v; want %s", c.sql, got, ok, c.want)
		}
	}
	for _, sql := range []string{
		"", "-- nothing", "ALTER TABLE t ADD a INT -- why", "ALTER TABLE t ADD a INT # why", "ALTER TABLE t ADD a INT /* why */",
		"ALTER TABLE t /*!50000 ADD a INT */", "ALTER TABLE t ADD a INT; SELECT 1", "ALTER TABLE t ADD a INT COMMENT 'open", "ALTER TABLE t /*M! ADD a INT */",
	} {
		if o, ok := Outlined(sql, flavor.MariaDB); ok {
			t.Errorf("%s: read as %+v", sql, o)
		}
	}
	o, _ := Outlined("ALTER TABLE t ALTER c TYPE numeric (4, 2) USING c::numeric", flavor.Postgres)
	if got := fmt.Sprintf("%q", o.Clauses[0].Words); got != `["ALTER" "C" "TYPE" "NUMERIC" "(4, 2)" "USING" "C" ":" ":" "NUMERIC"]` {
		t.Error(got)
	}
}
