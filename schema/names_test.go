package schema

import (
	"fmt"
	"strings"
	"testing"

	"manage/engine/enginetest"
	"manage/engine/flavor"
)

// alike are two names that differ in their last letter only.
func alike(length int) (string, string) {
	base := strings.Repeat("x", length-1)
	return base + "1", base + "2"
}

// makes renders operations, runs them and compares.
func makes(t *testing.T, s *Schema, db enginetest.Database, text string) {
	t.Helper()
	execute(t, db, fold(t, s, forDialect(parse(t, text), db.Dialect)))
	sameAsServer(t, text, s, db)
}

// TestLongNamesOfFunctions: the functions of triggers whose names are alike in
// what PostgreSQL keeps are not each other's, and neither are those whose
// tables' and triggers' names are alike only when they are joined.
func TestLongNamesOfFunctions(t *testing.T) {
	one, two := alike(50)
	db := enginetest.New(t, flavor.Postgres)
	s := inspected(t, db)
	table := strings.Repeat("t", 20)
	for _, name := range []string{table, "a", "a_b"} {
		makes(t, s, db, fmt.Sprintf("[[up]]\ncreate_table = { name = %q, columns = [ { name = \"n\", type = \"integer\" }, { name = \"m\", type = \"text\" } ] }", name))
	}
	trigger := func(table, name, note string) {
		makes(t, s, db, fmt.Sprintf("[[up]]\ncreate_trigger = { name = %q, table = %q, timing = \"before\", event = \"insert\", body = \"BEGIN NEW.m := concat(NEW.m, '%s '); RETURN NEW; END\" }", name, table, note))
	}
	trigger(table, one, "one")
	trigger(table, two, "two")
	trigger("a", "b_c", "three")
	trigger("a_b", "c", "four")
	for table, want := range map[string]string{table: "one two ", "a": "three ", "a_b": "four "} {
		db.Exec(t, "INSERT INTO "+table+" (n) VALUES (1)")
		equal(t, "what the triggers of "+table+" wrote", contents(t, db, "SELECT m FROM "+table), want+"\n")
	}
	for _, drop := range [][2]string{{table, one}, {"a", "b_c"}} {
		makes(t, s, db, fmt.Sprintf("[[up]]\ndrop_trigger = { name = %q, table = %q }", drop[1], drop[0]))
	}
	equal(t, "functions", contents(t, db, "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"), "2\n")
	makes(t, s, db, fmt.Sprintf("[[up]]\nrename_table = { from = %q, to = \"short\" }\n[[up]]\ndrop_trigger = { name = %q, table = \"short\" }\n[[up]]\ndrop_table = { name = \"a_b\" }", table, two))
	equal(t, "functions", contents(t, db, "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"), "0\n")
}

// TestNamesOfEarlierReleases: what was made when names were only cut is found.
func TestNamesOfEarlierReleases(t *testing.T) {
	db := enginetest.New(t, flavor.Postgres)
	table, trigger := strings.Repeat("t", 40), strings.Repeat("g", 40)
	function := (table + "_" + trigger)[:63]
	db.Exec(t, fmt.Sprintf(`CREATE TABLE %[1]s (n integer, %[2]s integer);
		CREATE FUNCTION %[3]s() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
		CREATE TRIGGER %[2]s BEFORE INSERT ON %[1]s FOR EACH ROW EXECUTE FUNCTION %[3]s();
		ALTER TABLE %[1]s ADD CONSTRAINT %[4]s CHECK (%[2]s IS NOT NULL) NOT VALID`, table, trigger, function, (table + "_" + trigger + "_is_set")[:63]))
	s := inspected(t, db)
	alter := forDialect(parse(t, fmt.Sprintf("[[up]]\nalter_column = { table = %q, name = %q, nullable = false }", table, trigger)), flavor.Postgres)[0]
	statements, err := Statements(alter, s, Form{Online: true, Begun: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range statements {
		db.Exec(t, st.SQL)
	}
	equal(t, "checks left", contents(t, db, "SELECT count(*) FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace"), "0\n")
	s = inspected(t, db)
	makes(t, s, db, fmt.Sprintf("[[up]]\ndrop_trigger = { name = %q, table = %q }", trigger, table))
	equal(t, "functions left", contents(t, db, "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"), "0\n")
}

// TestLongNamesOnline: columns whose names are alike in what PostgreSQL keeps
// are set NOT NULL by checks of their own.
func TestLongNamesOnline(t *testing.T) {
	one, two := alike(60)
	db := enginetest.New(t, flavor.Postgres)
	db.Exec(t, fmt.Sprintf("CREATE TABLE goods (%s integer, %s integer)", one, two))
	s := inspected(t, db)
	var names []string
	for _, column := range []string{one, two} {
		op := forDialect(parse(t, fmt.Sprintf("[[up]]\nalter_column = { table = \"goods\", name = %q, nullable = false }", column)), flavor.Postgres)[0]
		statements, err := Statements(op, s, Form{Online: true})
		if err != nil || len(statements) != 4 {
			t.Fatalf("%d statements, %v", len(statements), err)
		}
		names = append(names, statements[0].Effect.Name)
		db.Exec(t, statements[0].SQL) // the other one comes while this is under way
	}
	if names[0] == names[1] || len(names[0]) > 63 {
		t.Errorf("the checks are called %q", names)
	}
}

// TestLongNamesOfTypes: a value goes from a type with the longest name.
func TestLongNamesOfTypes(t *testing.T) {
	db := enginetest.New(t, flavor.Postgres)
	s := inspected(t, db)
	name := strings.Repeat("e", 63)
	makes(t, s, db, fmt.Sprintf("[[up]]\ncreate_enum = { name = %[1]q, values = [\"a\", \"b\"] }\n[[up]]\ncreate_table = { name = \"t\", columns = [ { name = \"v\", type = \"enum(a, b)\", type_name = %[1]q } ] }\n[[up]]\ndrop_enum_value = { name = %[1]q, value = \"b\" }", name))
}

// TestLongNamesOfTables: where a server would choose a name for a constraint
// that is longer than it takes, one is given; bridges have names that fit.
func TestLongNamesOfTables(t *testing.T) {
	enginetest.Each(t, func(t *testing.T, db enginetest.Database) {
		s := inspected(t, db)
		table := strings.Repeat("t", 63)
		makes(t, s, db, fmt.Sprintf(`
[[up]]
create_table = { name = "u", columns = [ { name = "id", type = "integer", nullable = false } ], primary_key = ["id"] }
[[up]]
create_table = { name = %[1]q, columns = [ { name = "id", type = "integer", nullable = false }, { name = "a", type = "integer" }, { name = "b", type = "integer" } ], primary_key = ["id"], unique = [ { columns = ["a"] } ], foreign_keys = [ { columns = ["a"], ref_table = "u", ref_columns = ["id"] }, { columns = ["b"], ref_table = "u", ref_columns = ["id"] } ], checks = [ { expr = "a > 0" }, { expr = "b > 0" } ] }
[[up]]
add_check = { table = %[1]q, expr = "a > b" }
[[up]]
add_foreign_key = { table = %[1]q, columns = ["id"], ref_table = "u", ref_columns = ["id"] }
[[up]]
sync_columns = { name = %[2]q, table = %[1]q, old = "a", new = "b", to_new = "{old}", to_old = "{new}" }
[[up]]
sync_columns = { name = "%[2]s2", table = %[1]q, old = "b", new = "id", to_new = "{old}", to_old = "{new}" }`, table, strings.Repeat("s", 60)))
		makes(t, s, db, fmt.Sprintf(`
[[up]]
unsync_columns = { name = %[2]q, table = %[1]q }
[[up]]
drop_foreign_key = { table = %[1]q, columns = ["b"] }
[[up]]
drop_check = { table = %[1]q, expr = "b > 0" }`, table, strings.Repeat("s", 60)))
		equal(t, "triggers left", fmt.Sprint(len(s.Triggers)), "2")
	})
}
