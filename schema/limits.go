package schema

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"manage/engine/flavor"
)

// Named is what a text of a catalog is the name of, as far as servers make a
// difference.
type Named int

// The kinds of names.
const (
	NameOfObject     Named = iota // a column, an index, a trigger, a type
	NameOfTable                   // which is the name of a file on MySQL and MariaDB
	NameOfConstraint              // which may end in a space there
	NameOfValue                   // a value of an enumeration, in a column's type
	NameOfType                    // a type of PostgreSQL, or a value of one
	NameOfNothing                 // a comment
)

// The limits of MySQL and MariaDB, in characters (MySQL manual, "Identifier
// Length Limits", "The ENUM Type", "Limits on Table Column Count"), and for the
// file of a table, which has up to four characters after its name, in bytes.
const (
	mysqlValue   = 255
	mysqlComment = 1024
	mysqlFile    = 251
)

// Fault says why a server does not take a name as it is written; "" if it does.
// PostgreSQL cuts one that is too long, so that it names something else.
func (n Named) Fault(text string, d flavor.Dialect) string {
	characters := utf8.RuneCountInString(text)
	switch {
	case strings.ContainsRune(text, 0):
		return "holds the character NUL, which no server takes"
	case d == flavor.Postgres && n != NameOfNothing && len(text) > flavor.PostgresName:
		return fmt.Sprintf("has %d bytes; PostgreSQL takes %d", len(text), flavor.PostgresName)
	case !d.MySQLFamily(), n == NameOfType:
		return ""
	case n == NameOfNothing && characters > mysqlComment:
		return fmt.Sprintf("has %d characters; MySQL and MariaDB take %d", characters, mysqlComment)
	case n == NameOfNothing:
		return ""
	case n == NameOfValue && d == flavor.MySQL && characters > mysqlValue:
		return fmt.Sprintf("has %d characters; MySQL takes %d", characters, mysqlValue)
	case n == NameOfValue && strings.HasSuffix(text, " "):
		return "ends in a space, which MySQL and MariaDB remove"
	case n == NameOfValue:
		return ""
	}
	return n.mysqlFault(text, characters)
}

// mysqlFault is Fault for identifiers on MySQL and MariaDB (MySQL manual,
// "Schema Object Names").
func (n Named) mysqlFault(text string, characters int) string {
	switch {
	case characters > flavor.MySQLName:
		return fmt.Sprintf("has %d characters; MySQL and MariaDB take %d", characters, flavor.MySQLName)
	case strings.HasSuffix(text, " ") && n != NameOfConstraint:
		return "ends in a space, which MySQL and MariaDB do not take"
	case strings.ContainsFunc(text, func(r rune) bool { return r > 0xFFFF }):
		return "holds a character above U+FFFF, which MySQL and MariaDB do not take"
	case n == NameOfTable && fileLength(text) > mysqlFile:
		return fmt.Sprintf("is %d bytes long as the name of a file, as MySQL and MariaDB write it; they take %d", fileLength(text), mysqlFile)
	}
	return ""
}

// fileLength is at least how long the name of a table's file is: what is no
// Latin letter, digit or underscore becomes @ and two characters, or, from far
// scripts, four (MySQL manual, "Mapping of Identifiers to File Names").
func fileLength(name string) int {
	length := 0
	for _, r := range name {
		switch {
		case r < 0x80 && wordByte(byte(r)):
			length++
		case r >= 0x2E80:
			length += 5
		default:
			length += 3
		}
	}
	return length
}

// The limits of keys: columns (MySQL manual, "CREATE INDEX"; PostgreSQL manual,
// "Limits"), and bytes of an InnoDB key ("InnoDB Limits").
const (
	mysqlKeyParts    = 16
	mariadbKeyParts  = 32
	postgresKeyParts = 32
	innodbKey        = 3072
)

// KeyFaults are the keys of an operation that a server does not take: of too
// many columns, or too long, where the operation alone tells.
func KeyFaults(op Operation, d flavor.Dialect) []string {
	switch op := op.(type) {
	case *CreateTable:
		return op.keyFaults(d)
	case *AddIndex:
		return tooMany("index "+op.Name, op.Columns, d)
	case *AddUnique:
		return tooMany("unique "+op.Name, op.Columns, d)
	}
	return nil
}

func (o *CreateTable) keyFaults(d flavor.Dialect) []string {
	faults := tooMany("primary_key", o.PrimaryKey, d)
	if why := o.tooLong("primary_key", o.PrimaryKey, Lengths{}, d); why != "" {
		faults = append(faults, why)
	}
	for _, u := range o.Unique {
		what := strings.TrimSpace("unique " + u.Name)
		faults = append(faults, tooMany(what, u.Columns, d)...)
		if why := o.tooLong(what, u.Columns, Lengths{}, d); why != "" && d == flavor.MySQL {
			faults = append(faults, why) // MariaDB makes a hash of it
		}
	}
	for _, x := range o.Indexes {
		what := "index " + x.Name
		faults = append(faults, tooMany(what, x.Columns, d)...)
		if why := o.tooLong(what, x.Columns, x.Length, d); why != "" && (d == flavor.MySQL || len(x.Columns) > 1) {
			faults = append(faults, why) // MariaDB shortens one of a single column
		}
	}
	return faults
}

// tooMany says that a key has more columns than a server takes.
func tooMany(what string, columns []string, d flavor.Dialect) []string {
	most := map[flavor.Dialect]int{flavor.MySQL: mysqlKeyParts, flavor.MariaDB: mariadbKeyParts, flavor.Postgres: postgresKeyParts}[d]
	if most == 0 || len(columns) <= most {
		return nil
	}
	return []string{fmt.Sprintf("%s has %d columns; %s takes %d", what, len(columns), d.Title(), most)}
}

// tooLong says that a key is longer than InnoDB takes; "" if it is not, or that
// depends on the server's character set.
func (o *CreateTable) tooLong(what string, columns []string, prefix Lengths, d flavor.Dialect) string {
	if !d.MySQLFamily() {
		return ""
	}
	options, _ := flavor.Pick(o.Options, d)
	size, total := charBytes(options.Charset, options.Collation), 0
	for _, name := range columns {
		for _, c := range o.Columns {
			if c.Name != name {
				continue
			}
			t, err := typeFor(c.Type, c.TypeOn, d)
			length, isPrefix := t.Length, prefix.of(name) > 0
			if isPrefix {
				length = prefix.of(name)
			}
			switch {
			case err != nil:
			case t.Name == "string", t.Name == "char", isPrefix && (t.Name == "text" || t.Name == "mediumtext"):
				total += length * size
			case t.Name == "binary":
				total += length
			}
		}
	}
	if total <= innodbKey {
		return ""
	}
	return fmt.Sprintf("%s has %d bytes at the most; InnoDB takes %d: give the index a shorter length", what, total, innodbKey)
}

// charBytes is how many bytes a character of a set can take, the least that it
// can be where the set is not said.
func charBytes(charset, collation string) int {
	if charset == "" {
		charset = charsetOf(collation)
	}
	switch strings.ToLower(charset) {
	case "utf8mb4", "utf32", "utf16":
		return 4
	case "utf8mb3", "utf8":
		return 3
	case "ucs2":
		return 2
	}
	return 1
}
