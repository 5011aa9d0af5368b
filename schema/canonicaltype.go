package schema

import (
	"regexp"
	"strings"

	"manage/engine/flavor"
)

// CanonicalType is the one spelling that this package keeps of a type which a
// server or a CREATE TABLE statement spells in its own way: `int(11)` and
// `INTEGER` are `int` on MySQL, `varchar(36)` is `character varying(36)` on
// PostgreSQL. SQLite keeps what was written, so there only white space and
// case are settled. Types that this function does not know come back in lower
// case.
func CanonicalType(raw string, f flavor.Flavor) string {
	text := strings.Join(strings.Fields(raw), " ")
	switch {
	case f.Dialect == flavor.Postgres:
		return canonicalPostgres(text)
	case f.Dialect.MySQLFamily():
		return canonicalMySQL(text)
	}
	return canonicalSQLite(text)
}

// typeText cuts "name(inner)rest" into its parts.
var typeText = regexp.MustCompile(`^([^(]+)(?:\(([^)]*)\)([^()]*))?$`)

// typeRest finds what may follow a type's name without parentheses between.
var typeRest = regexp.MustCompile(`(?i)^(.+?) ((?:unsigned|zerofill|signed|with time zone|without time zone).*)$`)

// cutServerType cuts a server's type into its name, the numbers in
// parentheses and what follows.
func cutServerType(text string) (name, size, rest string) {
	if !strings.ContainsAny(text, "( ") {
		return text, "", "" // as most are; comparisons ask for each column
	}
	m := typeText.FindStringSubmatch(text)
	if m == nil {
		return text, "", ""
	}
	name, size, rest = strings.TrimSpace(m[1]), strings.TrimSpace(m[2]), strings.TrimSpace(m[3])
	if r := typeRest.FindStringSubmatch(name); r != nil && size == "" {
		name, rest = r[1], r[2]
	}
	return name, commaSpace.ReplaceAllString(size, ","), rest
}

// commaSpace finds the commas of a type's numbers.
var commaSpace = regexp.MustCompile(`\s*,\s*`)

func canonicalSQLite(text string) string {
	name, size, rest := cutServerType(strings.ToUpper(text))
	return joinType(name, strings.ReplaceAll(size, ",", ", "), rest)
}

func canonicalMySQL(text string) string {
	if bare, found := cutCompressed(text); found {
		return canonicalMySQL(bare) + compressed
	}
	if lower := strings.ToLower(text); strings.HasPrefix(lower, "enum(") || strings.HasPrefix(lower, "enum (") {
		if values, ok := enumMembers(text, flavor.MySQL); ok {
			return enumType(values)
		}
		return text
	} else if strings.HasPrefix(lower, "set(") {
		return "set" + text[3:]
	}
	name, size, rest := cutServerType(strings.ToLower(text))
	switch name {
	case "tinyint", "smallint", "mediumint", "int", "integer", "bigint", "int4", "int8":
		name, size = mysqlInteger(name, size, rest)
	case "bool", "boolean":
		name, size = "tinyint", "1"
	case "numeric", "decimal", "dec", "fixed":
		name, size = "decimal", mysqlDecimal(size)
	case "double precision", "real":
		name = "double"
	case "character varying", "varchar":
		name = "varchar"
	case "character":
		name = "char"
	case "year", "json":
		size = ""
	}
	return joinType(name, size, rest)
}

// cutCompressed cuts off the word, or the comment, by which MariaDB says that a
// column is compressed.
func cutCompressed(text string) (string, bool) {
	m := compressedType.FindStringSubmatch(text)
	if m == nil {
		return text, false
	}
	return m[1], true
}

var compressedType = regexp.MustCompile(`(?i)^(.*\S)\s+(?:/\*M!\d+ COMPRESSED\s*\*/|COMPRESSED)$`)

// mysqlInteger drops the display width, except the one of tinyint(1), which
// tells a boolean, and those that zerofill shows.
func mysqlInteger(name, size, rest string) (string, string) {
	switch name {
	case "integer", "int4":
		name = "int"
	case "int8":
		name = "bigint"
	}
	if strings.Contains(rest, "zerofill") || name == "tinyint" && size == "1" && rest == "" {
		return name, size
	}
	return name, ""
}

// mysqlDecimal fills in what a decimal has when it is not written.
func mysqlDecimal(size string) string {
	switch {
	case size == "":
		return "10,0"
	case !strings.Contains(size, ","):
		return size + ",0"
	}
	return size
}

func canonicalPostgres(text string) string {
	if tokens := lex(text); len(tokens) == 1 && tokens[0].name != "" && text[0] == '"' {
		return tokens[0].name // a type of the user's, by its bare name
	} else if strings.Contains(text, `"`) {
		return text
	}
	array := ""
	for strings.HasSuffix(text, "[]") {
		text, array = strings.TrimSpace(strings.TrimSuffix(text, "[]")), array+"[]"
	}
	name, size, rest := cutServerType(text)
	name, rest = strings.ToLower(name), strings.ToLower(rest)
	long, known := postgresNames[name]
	switch {
	case name == "float":
		return SQLType(floatType(size), flavor.Flavor{Dialect: flavor.Postgres}, "") + array
	case name == "timestamp" || name == "time":
		if rest == "" {
			rest = "without time zone"
		}
	case name == "timestamptz" || name == "timetz":
		name, rest = strings.TrimSuffix(name, "tz"), "with time zone"
	case name == "char" || name == "bpchar" || name == "character":
		if name = "character"; size == "" {
			size = "1"
		}
	case name == "numeric" || name == "decimal":
		if name = "numeric"; size != "" && !strings.Contains(size, ",") {
			size += ",0"
		}
	case known:
		name = long
	default:
		return text + array // the name of a type, whose case matters
	}
	return joinType(name, size, rest) + array
}

// floatType is the portable float with a precision written in a catalog.
func floatType(size string) Type {
	t, err := ParseType("float(" + size + ")")
	if err != nil {
		return Type{Name: "float"}
	}
	return t
}

// postgresNames maps the spellings of PostgreSQL's own types to the one that
// format_type gives (manual, "Data Types").
var postgresNames = map[string]string{
	"varchar": "character varying", "character varying": "character varying",
	"int": "integer", "int4": "integer", "integer": "integer", "serial": "integer",
	"int8": "bigint", "bigint": "bigint", "bigserial": "bigint",
	"int2": "smallint", "smallint": "smallint", "smallserial": "smallint",
	"bool": "boolean", "boolean": "boolean",
	"float8": "double precision", "double precision": "double precision",
	"float4": "real", "real": "real", "text": "text", "bytea": "bytea", "date": "date",
	"json": "json", "jsonb": "jsonb", "uuid": "uuid", "inet": "inet", "interval": "interval",
	"varbit": "bit varying", "bit varying": "bit varying", "bit": "bit",
}

// joinType is the reverse of the cut that typeText makes.
func joinType(name, size, rest string) string {
	if size != "" {
		name += "(" + size + ")"
	}
	if rest != "" {
		name += " " + rest
	}
	return name
}
