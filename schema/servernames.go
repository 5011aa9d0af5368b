package schema

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"manage/engine/flavor"
)

// This file gives constraints and indexes that were left without a name the
// one that the server gives them, so that a computed schema reads as the
// inspected one does. SQLite leaves them without.

// nameUnique is the name of an unnamed unique constraint.
func (s *Schema) nameUnique(t *Table, columns []string) string {
	switch d := s.Flavor.Dialect; {
	case d == flavor.Postgres:
		return s.postgresName(t, strings.Join(columns, "_"), "key")
	case d.MySQLFamily():
		return t.keyName(columns[0], d)
	}
	return ""
}

// nameForeignKey is the name of an unnamed foreign key.
func (s *Schema) nameForeignKey(t *Table, columns []string) string {
	switch d := s.Flavor.Dialect; {
	case d == flavor.Postgres:
		return s.postgresName(t, strings.Join(columns, "_"), "fkey")
	case d.MySQLFamily():
		// InnoDB numbers on from the highest number in use.
		highest := 0
		for _, f := range t.ForeignKeys {
			highest = max(highest, numberAfter(f.Name, t.Name+"_ibfk_"))
		}
		return t.numbered("_ibfk_", highest+1, d)
	}
	return ""
}

// nameCheck is the name of an unnamed check of a table.
func (s *Schema) nameCheck(t *Table, expr string) string {
	switch s.Flavor.Dialect {
	case flavor.Postgres:
		return s.postgresName(t, t.onlyColumn(expr), "check")
	case flavor.MySQL:
		highest := 0
		for _, c := range t.Checks {
			highest = max(highest, numberAfter(c.Name, t.Name+"_chk_"))
		}
		return t.numbered("_chk_", highest+1, flavor.MySQL)
	case flavor.MariaDB:
		for n := 1; ; n++ {
			name := "CONSTRAINT_" + strconv.Itoa(n)
			if !t.hasConstraint(name, flavor.MariaDB) {
				return name
			}
		}
	}
	return ""
}

// numbered is the name that MySQL gives a constraint of the table. Where that
// would be longer than the server takes, it refuses the statement, so a name of
// our own is given (explicit).
func (t *Table) numbered(label string, n int, d flavor.Dialect) string {
	for ; ; n++ {
		suffix := label + strconv.Itoa(n)
		if utf8.RuneCountInString(t.Name+suffix) <= flavor.MySQLName {
			return t.Name + suffix
		}
		if name := flavor.FitBefore(t.Name, suffix); !t.hasConstraint(name, d) {
			return name
		}
	}
}

// explicit is the name that a statement must give to a constraint without one:
// where the server would choose one that it does not take itself; else "".
func (t *Table) explicit(chosen string, d flavor.Dialect) string {
	for _, label := range []string{"_ibfk_", "_chk_"} {
		if at := strings.LastIndex(chosen, label); at >= 0 && d.MySQLFamily() && chosen[:at] != t.Name {
			return chosen
		}
	}
	return ""
}

// namePrimaryKey is the name of an unnamed primary key.
func (s *Schema) namePrimaryKey(t *Table) string {
	if s.Flavor.Dialect == flavor.Postgres {
		return s.postgresName(t, "", "pkey")
	}
	return ""
}

// numberAfter is the number that name ends with behind prefix, 0 if it is not
// of that form.
func numberAfter(name, prefix string) int {
	rest, ok := strings.CutPrefix(name, prefix)
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(rest)
	if err != nil {
		return 0
	}
	return n
}

// keyName is MySQL's name for an unnamed key: its first column, with _2, _3
// and so on if that is taken (manual, "CREATE TABLE").
func (t *Table) keyName(column string, d flavor.Dialect) string {
	name := column
	for n := 2; strings.EqualFold(name, "PRIMARY") || t.index(name, d) != nil || t.unique(name, d) != nil; n++ {
		name = fmt.Sprintf("%s_%d", column, n)
	}
	return name
}

// onlyColumn is the column of t that expr mentions if there is exactly one,
// else "". PostgreSQL names a check after it.
func (t *Table) onlyColumn(expr string) string {
	found := ""
	for _, c := range t.columnsIn(expr) {
		if found != "" {
			return ""
		}
		found = c
	}
	return found
}

// columnsIn lists the columns of t that expr mentions.
func (t *Table) columnsIn(expr string) []string {
	var names []string
	for _, c := range t.Columns {
		if mentions(expr, c.Name) {
			names = append(names, c.Name)
		}
	}
	return names
}

// postgresName builds a name as PostgreSQL does (makeObjectName and
// ChooseRelationName in indexcmds.c): table, columns and label joined by
// underscores, cut to 63 bytes at the longer of the first two, and with a
// number behind the label while the name is taken.
func (s *Schema) postgresName(t *Table, columns, label string) string {
	for n := 0; ; n++ {
		suffix := label
		if n > 0 {
			suffix += strconv.Itoa(n)
		}
		name := postgresObjectName(t.Name, columns, suffix)
		if !s.postgresTaken(t, name, label) {
			return name
		}
	}
}

func postgresObjectName(first, second, label string) string {
	room := 63 - len(label) - 1
	if second != "" {
		room--
	}
	for len(first)+len(second) > room {
		if len(first) > len(second) {
			first = cutByte(first)
		} else {
			second = cutByte(second)
		}
	}
	if second != "" {
		first += "_" + second
	}
	return first + "_" + label
}

// cutByte drops the last byte of text, and what is left of its character.
func cutByte(text string) string {
	text = text[:len(text)-1]
	for len(text) > 0 && !utf8.ValidString(text) {
		text = text[:len(text)-1]
	}
	return text
}

// postgresTaken reports whether a name is in use: names of indexes among all
// relations of the schema, names of other constraints among those of the
// table.
func (s *Schema) postgresTaken(t *Table, name, label string) bool {
	if t.hasConstraint(name, flavor.Postgres) {
		return true
	}
	if label != "key" && label != "pkey" {
		return false
	}
	if s.Tables[name] != nil {
		return true
	}
	for _, o := range s.Tables {
		if o.index(name, flavor.Postgres) != nil || o.unique(name, flavor.Postgres) != nil ||
			o.PrimaryKey != nil && o.PrimaryKey.Name == name {
			return true
		}
	}
	return false
}
