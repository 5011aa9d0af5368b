package catalog_test

import (
	"testing"
)

// checksum is that of a revision called root with the given text.
func checksum(t *testing.T, file, text string) string {
	t.Helper()
	return load(t, "-- catalog.toml --\nname = \"shop\"\n-- versions/"+file+" --\n"+text).Revisions["root"].Checksum
}

// The checksums of applied revisions stand in journals: they may never change.
func TestGoldenChecksums(t *testing.T) {
	cases := []struct{ name, file, text, want string }{
		{"empty", "root.toml", "revision = \"root\"\n", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"operations", "root.toml", `revision = "root"
[[up]]
create_table = { name = "goods", columns = [ { name = "id", type = "integer", nullable = false }, { name = "kind", type = "enum(a, b)", default = "a" } ], primary_key = ["id"] }
[[up]]
dialects = ["sqlite", "mysql"]
add_check = { table = "goods", expr = "id > 0" }
[[up]]
when = "online"
create_trigger = { name = "t", table = "goods", timing = "after", event = "insert", body = { other = "SELECT 1;", postgres = "BEGIN RETURN NEW; END" } }
[[up]]
insert_rows = { table = "goods", rows = [ { id = 1, kind = "a" } ] }
[[up]]
update_rows = { table = "goods", set = { kind = "'b'" }, where = "id = 1" }
`, "d1ee7bfd36d4e7447bd404a37935dccdaf9719b5357ca211c3b6bd850453bc1a"},
		{"sql", "root.sql", "-- revision: root\n-- +up sqlite\nCREATE TABLE goods (id INTEGER);\n-- +up postgres mysql\nCREATE TABLE goods (id INT);\n", "e6ad41df081cfc0a70db4ff0e9bbb52f8b883b7ecaaf7d04f10b29d64e09336d"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := checksum(t, c.file, c.text); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// Files in one list mean the same and have one checksum; lists differ.
func TestChecksumsFollowMeaning(t *testing.T) {
	type file struct{ name, text string }
	lists := [][]file{
		{
			{"root.toml", "revision = \"root\"\n[[up]]\nadd_index = { table = \"t\", name = \"i\", columns = [\"a\"] }\n"},
			{"root_of_all.toml", "# a remark\nmessage = \"words\"\nrelease = \"one\"\nrevision = \"root\"\n\n[[up]] # more\n[up.add_index]\ncolumns = [\n  \"a\",\n]\nname = 'i'\ntable = \"t\"\n"},
			{"root.toml", "revision = \"root\"\nup = [ { add_index = { table = \"t\", name = \"i\", columns = [\"a\"], unique = false } } ]\n[[down]]\ndrop_index = { table = \"t\", name = \"i\" }\n"},
		},
		{{"root.toml", "revision = \"root\"\n[[up]]\nadd_index = { table = \"t\", name = \"i\", columns = [\"a\"], unique = true }\n"}},
		{{"root.toml", "revision = \"root\"\n[[up]]\nadd_index = { table = \"t\", name = \"i\", columns = [\"b\"] }\n"}},
		{{"root.toml", "revision = \"root\"\n[[up]]\nwhen = \"online\"\nadd_index = { table = \"t\", name = \"i\", columns = [\"a\"] }\n"}},
		{{"root.toml", "revision = \"root\"\n[[up]]\ndialects = [\"sqlite\"]\nadd_index = { table = \"t\", name = \"i\", columns = [\"a\"] }\n"}},
		{
			{"root.toml", "revision = \"root\"\n[[up]]\nadd_column = { table = \"t\", name = \"c\", type = \"string(3)\" }\n"},
			{"root.toml", "revision = \"root\"\n[[up]]\nadd_column = { table = \"t\", name = \"c\", type = \"String( 3 )\", nullable = true }\n"},
		},
		{{"root.toml", "revision = \"root\"\n[[up]]\nadd_column = { table = \"t\", name = \"c\", type = \"string(3)\", nullable = false }\n"}},
		{{"root.toml", "revision = \"root\"\n[[up]]\nadd_column = { table = \"t\", name = \"c\", type = \"string(3)\", default = 0 }\n"}},
		{{"root.toml", "revision = \"root\"\n[[up]]\nadd_column = { table = \"t\", name = \"c\", type = \"string(3)\", default = \"0\" }\n"}},
		{{"root.toml", "revision = \"root\"\n[[up]]\nadd_column = { table = \"t\", name = \"c\", type = \"string(3)\", default = \"\" }\n"}},
		{{"root.toml", "revision = \"root\"\n[[up]]\nalter_column = { table = \"t\", name = \"c\", nullable = true }\n"}},
		{{"root.toml", "revision = \"root\"\n[[up]]\nalter_column = { table = \"t\", name = \"c\", nullable = false }\n"}},
		{
			{"root.sql", "-- revision: root\n-- +up\nCREATE TABLE t (id INTEGER); CREATE INDEX i ON t (id);\n"},
			{"root_of_all.sql", "-- A remark.\n-- message: words\n-- revision: root\n\n-- +up\n-- more\nCREATE  TABLE t (\n  id INTEGER\n);\n\nCREATE INDEX i ON t /* here */ (id);\n-- +down\nDROP TABLE t;\n"},
		},
		{{"root.sql", "-- revision: root\n-- +up\nCREATE TABLE t (id INTEGER); CREATE INDEX j ON t (id);\n"}},
		{{"root.sql", "-- revision: root\n-- +up\nCREATE TABLE t (id INTEGER);\n"}},
		{{"root.sql", "-- revision: root\n-- +up no-transaction\nCREATE TABLE t (id INTEGER);\n"}},
		{{"root.sql", "-- revision: root\n-- +up offline\nCREATE TABLE t (id INTEGER);\n"}},
	}
	seen := map[string]file{}
	for _, list := range lists {
		first := checksum(t, list[0].name, list[0].text)
		for _, f := range list[1:] {
			if got := checksum(t, f.name, f.text); got != first {
				t.Errorf("these mean the same:\n%s\n%s", list[0].text, f.text)
			}
		}
		if other, ok := seen[first]; ok {
			t.Errorf("these do not mean the same:\n%s\n%s", other.text, list[0].text)
		}
		seen[first] = list[0]
	}
}

// A data migration has a checksum of its own.
func TestMigrationChecksums(t *testing.T) {
	of := func(step string) string {
		c := load(t, "-- catalog.toml --\nname = \"shop\"\n-- versions/one_expand01.toml --\nrevision = \"one_expand01\"\nbranch = \"expand\"\nrevises = \"root\"\n-- versions/root.toml --\nrevision = \"root\"\n-- versions/one_migrate01.toml --\nmigration = \"one_migrate01\"\ndepends_on = \"one_expand01\"\npending = \"SELECT 1\"\n[[step]]\ntable = \"t\"\nkey = [\"id\"]\n"+step)
		return c.Migrations["one_migrate01"].Checksum
	}
	first := of("where = \"a IS NULL\"\nset = { a = \"1\" }\n")
	if of("# a remark\nset = { a = \"1\" }\nwhere = \"a  IS\\nNULL\"\n") != first {
		t.Error("layout changes the checksum")
	}
	for _, other := range []string{"where = \"a IS NULL\"\nset = { a = \"2\" }\n", "where = \"b IS NULL\"\nset = { a = \"1\" }\n", "where = \"a IS NULL\"\nset = { b = \"1\" }\n"} {
		if of(other) == first {
			t.Errorf("%q does not change the checksum", other)
		}
	}
}
