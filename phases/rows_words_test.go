package phases

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
	"manage/migrations/catalog"
	"manage/phases/backfill/compare"
)

// functionWords are names of functions that give another value each time, on one
// server or another, and of functions, types and units that are columns as well.
var functionWords = []string{"uuid", "now", "random", "rand", "nextval", "sysdate", "curdate", "unixepoch", "last_insert_id",
	"gen_random_uuid", "timeofday", "date", "time", "year", "left_part", "text", "day", "lower", "datetime", "changes", "age"}

// wordy is a catalog whose steps read columns with such names: as they are, in
// quotes, qualified, beside a type or a function of that name, in a condition.
func wordy(t *testing.T) *catalog.Catalog {
	var columns, added, steps, drops strings.Builder
	for i, word := range functionWords {
		fmt.Fprintf(&columns, ", { name = %q, type = \"string(40)\" }", word)
		fmt.Fprintf(&added, "[[up]]\nadd_column = { table = \"things\", name = \"new%d\", type = \"text\" }\n", i)
		fmt.Fprintf(&drops, "[[up]]\ndrop_column = { table = \"things\", name = %q }\n", word)
		// Every form is a value of the column; how it is written goes around.
		form := []string{
			`{ mysql = "{m}", other = "{}" }`, `{ mysql = "{m}", other = '"{}"' }`, `"things.{}"`, `{ mysql = "lower({m})", other = "lower({})" }`,
			`{ mysql = "CAST({m} AS char(40)) /* {}() */", other = "CAST({} AS varchar(40)) /* {}() */" }`,
			`{ mysql = "CASE WHEN {m} = '{}()' THEN {m} ELSE {m} END -- {}()\n", other = "CASE WHEN {} = '{}()' THEN {} ELSE {} END -- {}()\n" }`,
			`{ mysql = "(SELECT things.{} AS {})", other = "(SELECT x.{} FROM (SELECT things.{} AS {}) AS x)" }`,
		}[i%7]
		form = strings.NewReplacer("{m}", "`"+word+"`", "{}", word).Replace(form)
		fmt.Fprintf(&steps, "[[step]]\ntable = \"things\"\nkey = [\"id\"]\nwhere = \"new%d IS NULL\"\nset = { new%d = %s }\n", i, i, form)
	}
	return loaded(t, map[string]string{
		"catalog.toml": `name = "words"`,
		"versions/open01_things.toml": "revision = \"open01\"\nbranch = \"trunk\"\n[[up]]\ncreate_table = { name = \"things\", columns = [ { name = \"id\", type = \"integer\", nullable = false }" +
			columns.String() + " ], primary_key = [\"id\"] }",
		"versions/art_expand01_new.toml": "revision = \"art_expand01\"\nrevises = \"open01\"\n" + added.String(),
		"versions/art_migrate01_new.toml": "migration = \"art_migrate01\"\ndepends_on = \"art_expand01\"\nbefore = \"art_contract01\"\npending = \"SELECT 1 FROM things WHERE new0 IS NULL\"\n" +
			steps.String(),
		"versions/art_contract01_old.toml": "revision = \"art_contract01\"\nrevises = \"open01\"\n" + drops.String(),
	})
}

// A column whose name is also that of a function is a column: what the old
// release wrote into it after the data migration is found before it goes.
func TestColumnsWithNamesOfFunctionsAreCompared(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := service(t, wordy(t), db)
		must(t, s, "upgrade", "open01")
		quote := func(word string) string {
			if db.Dialect.MySQLFamily() {
				return "`" + word + "`"
			}
			return `"` + word + `"`
		}
		var names, values []string
		for _, word := range functionWords {
			names, values = append(names, quote(word)), append(values, "'old'")
		}
		db.Exec(t, fmt.Sprintf("INSERT INTO things (id, %s) VALUES (1, %s)", strings.Join(names, ", "), strings.Join(values, ", ")))
		must(t, s, "expand", "")
		must(t, s, "migrate", "")
		p, err := s.Plan(t.Context(), "contract", Request{})
		if err != nil || len(p.Steps[0].Checks) != len(functionWords) {
			t.Fatalf("%d comparisons, %v", len(p.Steps[0].Checks), err)
		}
		for i, word := range functionWords {
			if why := p.Steps[0].Checks[i].Skipped; why != "" {
				t.Errorf("%s is not compared: %s", word, why)
			}
			db.Exec(t, fmt.Sprintf("UPDATE things SET %s = 'newer'", quote(word)))
			_, err := command(s, "contract", "")
			var differ *compare.Differ
			if !errors.As(err, &differ) || !strings.Contains(differ.Error(), fmt.Sprintf("things.new%d", i)) {
				t.Errorf("contract after %s was changed: %v", word, err)
			}
			db.Exec(t, fmt.Sprintf("UPDATE things SET %s = 'old'", quote(word)))
		}
		must(t, s, "contract", "")
	})
}

// What is called is not compared: the server gives another value each time.
func TestCallsAreNotCompared(t *testing.T) {
	for d, exprs := range map[flavor.Dialect][]string{
		flavor.SQLite:   {"coalesce(price, random())", "coalesce(price, CURRENT_TIMESTAMP)", "price || datetime('now')", "price || current_date"},
		flavor.Postgres: {"coalesce(price, now()::text)", "coalesce(price, CURRENT_TIMESTAMP::text)", "price || gen_random_uuid()", "price || timestamp 'now'", "price || pg_catalog.random()"},
		flavor.MariaDB:  {"coalesce(price, uuid())", "concat(price, CURRENT_TIMESTAMP)", "concat(price, now(6))", "concat(price, utc_date)", "concat(price, @x)"},
		flavor.MySQL:    {"coalesce(price, uuid ())", "concat(price, LOCALTIME)", "concat(price, rand())", "concat(price, unix_timestamp())"},
	} {
		for _, expr := range exprs {
			c := priced(t, fmt.Sprintf("where = \"owner IS NULL\"\n[step.set]\nowner = %q", expr), noPrice)
			p, err := (&Service{Catalog: c}).PlanOffline("contract", flavor.Default(d), []string{"art_expand01"}, Request{})
			if err != nil {
				t.Fatal(err)
			}
			if checks := p.Steps[0].Checks; len(checks) != 1 || !strings.Contains(checks[0].Skipped, "gives another value each time") {
				t.Errorf("%s: %s: %+v", d, expr, checks)
			}
		}
	}
}
