package schema

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"manage/engine/flavor"
)

func TestParseType(t *testing.T) {
	for _, tc := range []struct {
		text string
		want Type
	}{
		{"string(36)", Type{Name: "string", Length: 36}},
		{" String ( 36 ) ", Type{Name: "string", Length: 36}},
		{"CHAR(2)", Type{Name: "char", Length: 2}},
		{"Text", Type{Name: "text"}},
		{"text(2048)", Type{Name: "text", Length: 2048}},
		{"BIGINT", Type{Name: "bigint"}},
		{"float", Type{Name: "float"}},
		{"float(25)", Type{Name: "float", Length: 25}},
		{"numeric", Type{Name: "numeric"}},
		{"numeric(10)", Type{Name: "numeric", Precision: 10}},
		{"Numeric(10, 2)", Type{Name: "numeric", Precision: 10, Scale: 2}},
		{"binary(16)", Type{Name: "binary", Length: 16}},
		{"ENUM(a, B)", Type{Name: "enum", Values: []string{"a", "B"}}},
		{`enum('a, b', "c""d", e f)`, Type{Name: "enum", Values: []string{"a, b", `c"d`, "e f"}}},
		{`enum('it''s')`, Type{Name: "enum", Values: []string{"it's"}}},
		{`enum('')`, Type{Name: "enum", Values: []string{""}}},
	} {
		got, err := ParseType(tc.text)
		if err != nil {
			t.Errorf("ParseType(%q): %v", tc.text, err)
		} else if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("ParseType(%q): %s", tc.text, diff)
		}
	}
}

func TestParseTypeErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                "a type is missing",
		"string":          "needs a length",
		"string()":        `"" is not a number`,
		"string(0)":       "at least 1",
		"string(-1)":      "is not a number",
		"string(36":       "not closed",
		"text(0)":         "at least 1",
		"text(3,4)":       "too many numbers",
		"mediumtext(3)":   "too many numbers",
		"varchar(36)":     "write string(n)",
		"decimal(1,2)":    "write numeric(p,s)",
		"colour":          "types are string(n)",
		"numeric(2,3)":    "scale is greater",
		"float(54)":       "at most 53",
		"enum":            "needs values",
		"enum()":          "needs values",
		"enum(a,,b)":      "a value is missing",
		"enum(a,)":        "a value is missing",
		"enum(a, a)":      "stands twice",
		"enum('a":         "not closed",
		"enum('a' 'b')":   "a comma is missing",
		"enum('a, b)":     "a quote is not closed",
		"numeric(1,2,3)":  "too many numbers",
		"string(+3)":      "is not a number",
		"string(1e3)":     "is not a number",
		"integer default": "is not a type",
	} {
		_, err := ParseType(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseType(%q) = %v, want an error with %q", text, err, want)
		}
	}
}

func TestParseTypeReadsItsOwnText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfNDistinct(rapid.String(), 1, 5, rapid.ID[string]).Draw(t, "values")
		want := Type{Name: "enum", Values: values}
		got, err := ParseType(want.String())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func FuzzParseType(f *testing.F) {
	for _, s := range []string{"string(36)", "enum(a, 'b')", "numeric(3,2)", "enum(\"", "float()"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, err := ParseType(text)
		if err != nil {
			return
		}
		second, err := ParseType(first.String())
		if err != nil {
			t.Fatalf("%q is read, but its own text %q is not: %v", text, first.String(), err)
		}
		if diff := cmp.Diff(first, second); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestSQLType(t *testing.T) {
	for _, tc := range []struct{ portable, sqlite, postgres, mysql, mariadb string }{
		{"string(36)", "VARCHAR(36)", "character varying(36)", "varchar(36)", "varchar(36)"},
		{"char(2)", "CHAR(2)", "character(2)", "char(2)", "char(2)"},
		{"text", "TEXT", "text", "text", "text"},
		{"text(63)", "TEXT(63)", "text", "tinytext", "tinytext"},
		{"text(2048)", "TEXT(2048)", "text", "text", "text"},
		{"text(16383)", "TEXT(16383)", "text", "text", "text"},
		{"text(65535)", "TEXT(65535)", "text", "mediumtext", "mediumtext"},
		{"text(5000000)", "TEXT(5000000)", "text", "longtext", "longtext"},
		{"mediumtext", "TEXT", "text", "mediumtext", "mediumtext"},
		{"integer", "INTEGER", "integer", "int", "int"},
		{"bigint", "BIGINT", "bigint", "bigint", "bigint"},
		{"smallint", "SMALLINT", "smallint", "smallint", "smallint"},
		{"boolean", "BOOLEAN", "boolean", "tinyint(1)", "tinyint(1)"},
		{"float", "FLOAT", "double precision", "float", "float"},
		{"float(24)", "FLOAT", "real", "float", "float"},
		{"float(25)", "FLOAT", "double precision", "double", "double"},
		{"double", "DOUBLE", "double precision", "double", "double"},
		{"numeric", "NUMERIC", "numeric", "decimal(10,0)", "decimal(10,0)"},
		{"numeric(8,2)", "NUMERIC(8, 2)", "numeric(8,2)", "decimal(8,2)", "decimal(8,2)"},
		{"datetime", "DATETIME", "timestamp without time zone", "datetime", "datetime"},
		{"date", "DATE", "date", "date", "date"},
		{"json", "JSON", "json", "json", "longtext"},
		{"binary", "BLOB", "bytea", "blob", "blob"},
		{"binary(16)", "BLOB", "bytea", "tinyblob", "tinyblob"},
		{"binary(70000)", "BLOB", "bytea", "mediumblob", "mediumblob"},
		{"uuid", "CHAR(32)", "uuid", "char(32)", "uuid"},
		{"enum(a, bcd)", "VARCHAR(3)", "kind", "enum('a','bcd')", "enum('a','bcd')"},
	} {
		p, err := ParseType(tc.portable)
		if err != nil {
			t.Fatal(err)
		}
		for d, want := range map[flavor.Dialect]string{
			flavor.SQLite: tc.sqlite, flavor.Postgres: tc.postgres, flavor.MySQL: tc.mysql, flavor.MariaDB: tc.mariadb,
		} {
			got := SQLType(p, flavor.Default(d), "kind")
			if got != want {
				t.Errorf("%s on %s is %q, want %q", tc.portable, d, got, want)
			}
			if again := CanonicalType(got, flavor.Default(d)); again != want {
				t.Errorf("the canonical form of %q on %s is %q", got, d, again)
			}
		}
	}
	old := flavor.Flavor{Dialect: flavor.MariaDB, Major: 10, Minor: 6}
	if got := SQLType(Type{Name: "uuid"}, old, ""); got != "char(32)" {
		t.Errorf("uuid before MariaDB 10.7 is %q", got)
	}
}

func TestCanonicalType(t *testing.T) {
	for _, tc := range []struct {
		d         flavor.Dialect
		raw, want string
	}{
		{flavor.MariaDB, "int(11)", "int"},
		{flavor.MariaDB, "bigint(20)", "bigint"},
		{flavor.MariaDB, "bigint(20) unsigned", "bigint unsigned"},
		{flavor.MariaDB, "tinyint(1)", "tinyint(1)"},
		{flavor.MariaDB, "tinyint(4)", "tinyint"},
		{flavor.MariaDB, "int(5) unsigned zerofill", "int(5) unsigned zerofill"},
		{flavor.MariaDB, "BOOLEAN", "tinyint(1)"},
		{flavor.MariaDB, "ENUM( 'a', 'B c' )", "enum('a','B c')"},
		{flavor.MariaDB, "set('a','B')", "set('a','B')"},
		{flavor.MariaDB, "decimal(10, 2)", "decimal(10,2)"},
		{flavor.MariaDB, "NUMERIC", "decimal(10,0)"},
		{flavor.MySQL, "INTEGER", "int"},
		{flavor.MySQL, "double precision", "double"},
		{flavor.MySQL, "datetime(6)", "datetime(6)"},
		{flavor.Postgres, "varchar(36)", "character varying(36)"},
		{flavor.Postgres, "int4", "integer"},
		{flavor.Postgres, "BIGSERIAL", "bigint"},
		{flavor.Postgres, "timestamp", "timestamp without time zone"},
		{flavor.Postgres, "timestamp(3)", "timestamp(3) without time zone"},
		{flavor.Postgres, "timestamptz", "timestamp with time zone"},
		{flavor.Postgres, "timestamp with time zone", "timestamp with time zone"},
		{flavor.Postgres, "char", "character(1)"},
		{flavor.Postgres, "numeric(8)", "numeric(8,0)"},
		{flavor.Postgres, "int4[]", "integer[]"},
		{flavor.Postgres, "float(10)", "real"},
		{flavor.Postgres, "image_visibility", "image_visibility"},
		{flavor.Postgres, "Mixed", "Mixed"},
		{flavor.Postgres, `"odd name"`, `odd name`},
		{flavor.Postgres, `"S"."T"`, `"S"."T"`},
		{flavor.SQLite, "varchar( 36 )", "VARCHAR(36)"},
		{flavor.SQLite, "numeric(8,2)", "NUMERIC(8, 2)"},
		{flavor.SQLite, "double   precision", "DOUBLE PRECISION"},
		{flavor.SQLite, "", ""},
	} {
		if got := CanonicalType(tc.raw, flavor.Default(tc.d)); got != tc.want {
			t.Errorf("CanonicalType(%q) on %s is %q, want %q", tc.raw, tc.d, got, tc.want)
		}
	}
}
