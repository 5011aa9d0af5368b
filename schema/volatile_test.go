package schema

import (
	"testing"

	"manage/engine/flavor"
)

// A default is taken to give each row its own value if it calls what is not known
// to give one for all, however the call is written; words that call nothing do
// not count.
func TestVolatileDefaults(t *testing.T) {
	for _, tt := range []struct {
		d    flavor.Dialect
		text string
		want bool
	}{
		{flavor.Postgres, "now()", false}, {flavor.Postgres, "pg_catalog.now()", false}, {flavor.Postgres, "CURRENT_TIMESTAMP", false}, {flavor.Postgres, "'random()'", false},
		{flavor.Postgres, "gen_random_uuid()", true}, {flavor.Postgres, `"random" ()`, true}, {flavor.Postgres, `"My"."f"(1)`, true}, {flavor.Postgres, "app.now()", true},
		{flavor.Postgres, "1 /* random() */", false}, {flavor.Postgres, "random /* */ ()", true}, {flavor.Postgres, "'a'::character varying(9)", false}, {flavor.Postgres, "(1) IN (2)", false},
		{flavor.MariaDB, "nextval(`db`.`s`)", true}, {flavor.MariaDB, "NEXT VALUE FOR s", true}, {flavor.MariaDB, "(uuid())", true}, {flavor.MariaDB, "`f`(1)", true}, {flavor.MariaDB, `"uuid()"`, false},
		{flavor.MySQL, "(rand())", true}, {flavor.MySQL, "(1)", false},
	} {
		if got := volatile(tt.text, tt.d); got != tt.want {
			t.Errorf("%s: %s: %t", tt.d, tt.text, got)
		}
	}
}
