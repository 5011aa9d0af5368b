package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"manage/engine/flavor"
	"manage/engine/plan"
)

// setType finds the portable type that most servers' types come from, and says
// the others by dialect.
func (p *porter) setType(def *ColumnDef, table string, has []columnOn) {
	def.TypeName = p.enumName(table, has)
	best, most := Type{}, -1
	for _, c := range has {
		for _, t := range c.candidates() {
			if n := agreeing(t, def, has); n > most {
				best, most = t, n
			}
		}
	}
	if most < 0 {
		best = nearestType(has[0].Type)
	}
	def.Type = typeWords(best)
	for _, c := range has {
		if c.is(best, def) {
			continue
		}
		t := Type{Name: "sql", Values: []string{c.Type}}
		if own := c.candidates(); len(own) > 0 {
			if t = own[0]; typeWords(t) == def.Type {
				continue // another spelling of it, such as SQLite's INT
			}
		} else {
			p.leave(Unportable{Kind: plan.KindColumn, Table: table, Name: def.Name, What: c.Type, Written: def.Type})
		}
		if def.TypeOn == nil {
			def.TypeOn = map[string]string{}
		}
		def.TypeOn[string(c.dialect())] = typeWords(t)
	}
	def.TypeOn = p.shorten(def.TypeOn, def.Type)
	if best.Name != "enum" {
		def.TypeName = ""
	}
}

// shorten makes types by dialect read the same for MySQL and MariaDB: one key
// if they agree, and MariaDB's own where "mysql" would serve it wrongly.
func (p *porter) shorten(on map[string]string, all string) map[string]string {
	mysql, ok := on["mysql"]
	if !ok {
		return on
	}
	for _, s := range p.on {
		if s.Flavor.Dialect != flavor.MariaDB {
			continue
		}
		switch own, differs := on["mariadb"]; {
		case !differs:
			on["mariadb"] = all
		case own == mysql:
			delete(on, "mariadb")
		}
	}
	return on
}

// typeWords is a type as people write it: an enum without quotes where its
// values need none.
func typeWords(t Type) string {
	if t.Name == "enum" {
		words := "enum(" + strings.Join(t.Values, ", ") + ")"
		if again, err := ParseType(words); err == nil && slices.Equal(again.Values, t.Values) {
			return words
		}
	}
	return t.String()
}

// agreeing counts the servers whose type a portable type gives.
func agreeing(t Type, def *ColumnDef, has []columnOn) int {
	n := 0
	for _, c := range has {
		if c.is(t, def) {
			n++
		}
	}
	return n
}

// is reports whether a portable type gives the column's type on its server.
func (c columnOn) is(t Type, def *ColumnDef) bool {
	f := c.s.Flavor
	if def.Autoincrement && f.Dialect == flavor.SQLite && c.Type == "INTEGER" {
		return slices.Contains([]string{"integer", "bigint", "smallint"}, t.Name)
	}
	if f.Dialect == flavor.MariaDB && (t.Name == "json") != c.json() {
		return false
	}
	return SQLType(t, f, def.TypeName) == c.Type
}

// json reports whether MariaDB checks that a column is JSON, which is what its
// type JSON is.
func (c columnOn) json() bool {
	check := c.t.columnCheck(c.Column.Name, c.dialect())
	return check != nil && isJSONCheck(check, c.Column.Name)
}

func isJSONCheck(check *Check, column string) bool {
	return sameExpr(check.Expr, "json_valid("+quoteIdent(column, flavor.MariaDB)+")")
}

// enumName is the name of a column's enumeration type: PostgreSQL's, or, where
// no server has names for them, one of table and column.
func (p *porter) enumName(table string, has []columnOn) string {
	for _, c := range has {
		if c.s.Flavor.NamedEnums() {
			if c.s.Enums[c.Type] != nil {
				return c.Type
			}
			return ""
		}
	}
	for _, c := range has {
		if values, ok := enumMembers(c.Type, c.dialect()); ok {
			name := flavor.Fit(table + "_" + c.Column.Name)
			p.enums = append(p.enums, CreateEnum{Name: name, Values: values})
			return name
		}
	}
	return ""
}

// candidates are the portable types that may stand behind a server's type, the
// likeliest first; none if no portable type gives it.
func (c columnOn) candidates() []Type {
	var words []string
	switch d := c.dialect(); {
	case d == flavor.Postgres:
		if e := c.s.Enums[c.Type]; e != nil {
			return []Type{{Name: "enum", Values: slices.Clone(e.Values)}}
		}
		words = postgresCandidates(c.Type)
	case c.json():
		words = []string{"json"}
	case d.MySQLFamily():
		if values, ok := enumMembers(c.Type, d); ok {
			return []Type{{Name: "enum", Values: values}}
		}
		words = mysqlCandidates(c.Type)
	default:
		words = sqliteCandidates(c.Type)
	}
	var types []Type
	for _, w := range words {
		if t, err := ParseType(w); err == nil {
			types = append(types, t)
		}
	}
	return types
}

func postgresCandidates(typ string) []string {
	name, size, rest := cutServerType(typ)
	switch name {
	case "character varying":
		return sized("string", size)
	case "character":
		return sized("char", size)
	case "numeric":
		return sized("numeric", size)
	case "timestamp":
		if size == "" && rest == "without time zone" {
			return []string{"datetime"}
		}
	}
	switch typ {
	case "text", "integer", "bigint", "smallint", "boolean", "date", "json", "uuid":
		return []string{typ}
	case "timestamp without time zone":
		return []string{"datetime"}
	case "double precision":
		return []string{"float", "double"}
	case "real":
		return []string{"float(24)"}
	case "bytea":
		return []string{"binary"}
	}
	return nil
}

func mysqlCandidates(typ string) []string {
	switch name, size, rest := cutServerType(typ); {
	case rest != "":
		return nil
	case name == "varchar":
		return sized("string", size)
	case name == "char" && size == "32":
		return []string{"char(32)", "uuid"}
	case name == "char":
		return sized("char", size)
	case name == "decimal" && size == "10,0":
		return []string{"numeric", "numeric(10,0)"}
	case name == "decimal":
		return sized("numeric", size)
	}
	return map[string][]string{
		"text": {"text"}, "mediumtext": {"mediumtext"}, "tinytext": {"text(63)"}, "longtext": {"text(4194304)"},
		"int": {"integer"}, "bigint": {"bigint"}, "smallint": {"smallint"}, "tinyint(1)": {"boolean"},
		"float": {"float"}, "double": {"double", "float(53)"}, "datetime": {"datetime"}, "date": {"date"}, "json": {"json"}, "uuid": {"uuid"},
		"blob": {"binary"}, "tinyblob": {"binary(255)"}, "mediumblob": {"binary(65536)"}, "longblob": {"binary(16777216)"},
	}[typ]
}

func sqliteCandidates(typ string) []string {
	switch name, size, _ := cutServerType(strings.ToLower(typ)); name {
	case "varchar":
		return sized("string", size)
	case "char":
		if size == "32" {
			return []string{"char(32)", "uuid"}
		}
		return sized("char", size)
	case "text":
		if size != "" {
			return sized("text", size)
		}
		return []string{"text", "mediumtext"}
	case "numeric":
		return sized("numeric", size)
	case "blob":
		return []string{"binary"}
	case "int":
		return []string{"integer"}
	case "integer", "bigint", "smallint", "boolean", "float", "double", "datetime", "date", "json":
		return []string{name}
	}
	return nil
}

// sized is a portable type with the numbers of a server's.
func sized(name, size string) []string {
	if size == "" {
		return []string{name}
	}
	return []string{fmt.Sprintf("%s(%s)", name, size)}
}

// nearestType is the portable type for other servers than the one whose type
// has no portable form.
func nearestType(typ string) Type {
	name, size, rest := cutServerType(strings.ToLower(typ))
	n, _ := strconv.Atoi(size)
	word, known := map[string]string{
		"jsonb": "json", "timestamp": "datetime", "datetime": "datetime", "time": "string(32)", "inet": "string(45)", "cidr": "string(45)",
		"macaddr": "string(17)", "year": "smallint", "tinyint": "smallint", "mediumint": "integer", "real": "double", "decimal": "numeric",
		"varbinary": "binary", "binary": "binary", "bit": "bigint", "money": "numeric(19,2)", "interval": "string(64)",
	}[name]
	switch {
	case strings.Contains(rest, "unsigned") && name == "int", strings.Contains(rest, "unsigned") && name == "bigint":
		word, known = "bigint", true
	case strings.Contains(rest, "unsigned") && name != "":
		word, known = "integer", true
	case strings.Contains(typ, "varchar"), strings.Contains(typ, "nvarchar"), name == "character varying":
		word, known = "string(255)", true
		if n > 0 {
			word = fmt.Sprintf("string(%d)", n)
		}
	case strings.Contains(name, "int"):
		word, known = "integer", true
	}
	if !known {
		word = "text"
	}
	t, err := ParseType(word)
	if err != nil {
		return Type{Name: "text"}
	}
	return t
}
