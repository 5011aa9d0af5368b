package schema

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"manage/engine/flavor"
)

// SQLType is the type that t has on a server, in that server's canonical
// spelling (see Column.Type). The mapping is the one that SQLAlchemy's generic
// types have. typeName is the name of an enum's type on PostgreSQL, and is not
// used otherwise.
//
// Three types ask for a word: `uuid` is char(32) where the server has no such
// type, MariaDB has it from 10.7 on; `binary(n)` is the smallest of MySQL's
// blob types that holds n bytes, and `text(n)` the smallest of its text types
// that holds n characters of four bytes, as utf8mb4 has them (manual, "The
// BLOB and TEXT Types"). PostgreSQL has no text with a length, and SQLite keeps
// the word without heeding it.
func SQLType(t Type, f flavor.Flavor, typeName string) string {
	switch {
	case t.Name == "sql":
		return CanonicalType(t.Values[0], f)
	case f.Dialect == flavor.Postgres:
		return postgresType(t, typeName)
	case f.Dialect.MySQLFamily():
		return mysqlType(t, f)
	}
	return sqliteType(t)
}

func postgresType(t Type, typeName string) string {
	switch t.Name {
	case "string":
		return fmt.Sprintf("character varying(%d)", t.Length)
	case "char":
		return fmt.Sprintf("character(%d)", t.Length)
	case "text", "mediumtext":
		return "text"
	case "float":
		// "float(1) to float(24) select real" (manual, "Floating-Point Types").
		if t.Length > 0 && t.Length <= 24 {
			return "real"
		}
		return "double precision"
	case "double":
		return "double precision"
	case "numeric":
		if t.Precision > 0 {
			return fmt.Sprintf("numeric(%d,%d)", t.Precision, t.Scale)
		}
	case "datetime":
		return "timestamp without time zone"
	case "binary":
		return "bytea"
	case "enum":
		return typeName
	}
	return t.Name
}

func mysqlType(t Type, f flavor.Flavor) string {
	switch t.Name {
	case "string":
		return fmt.Sprintf("varchar(%d)", t.Length)
	case "char":
		return fmt.Sprintf("char(%d)", t.Length)
	case "text":
		return textType(t.Length)
	case "integer":
		return "int"
	case "boolean":
		return "tinyint(1)"
	case "float":
		// A precision above 24 makes a double (manual, "Floating-Point Types").
		if t.Length > 24 {
			return "double"
		}
		return "float"
	case "numeric":
		if t.Precision > 0 {
			return fmt.Sprintf("decimal(%d,%d)", t.Precision, t.Scale)
		}
		return "decimal(10,0)"
	case "json":
		if f.Dialect == flavor.MariaDB {
			return "longtext" // with a json_valid check, see jsonCheck
		}
	case "binary":
		return blobType(t.Length)
	case "uuid":
		if f.Dialect == flavor.MariaDB && f.AtLeast(10, 7, 0) {
			return "uuid"
		}
		return "char(32)"
	case "enum":
		return enumType(t.Values)
	}
	return t.Name
}

// enumType is MySQL's enum(…) with its values quoted as the server shows them.
func enumType(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = quoteLiteral(v, flavor.MySQL)
	}
	return "enum(" + strings.Join(quoted, ",") + ")"
}

// blobType is the type that MySQL gives a BLOB of a length in bytes.
func blobType(length int) string { return sizePrefix(length) + "blob" }

// textType is the type that MySQL gives a TEXT of a length in characters, in a
// character set of up to four bytes each.
func textType(length int) string { return sizePrefix(4*length) + "text" }

// sizePrefix is what stands before the name of the smallest BLOB or TEXT type
// that holds so many bytes; 0 stands for no length given.
func sizePrefix(bytes int) string {
	switch {
	case bytes == 0:
		return ""
	case bytes < 1<<8:
		return "tiny"
	case bytes < 1<<16:
		return ""
	case bytes < 1<<24:
		return "medium"
	}
	return "long"
}

func sqliteType(t Type) string {
	switch t.Name {
	case "string":
		return fmt.Sprintf("VARCHAR(%d)", t.Length)
	case "char":
		return fmt.Sprintf("CHAR(%d)", t.Length)
	case "text":
		if t.Length > 0 {
			return fmt.Sprintf("TEXT(%d)", t.Length)
		}
	case "mediumtext":
		return "TEXT"
	case "float":
		return "FLOAT"
	case "numeric":
		if t.Precision > 0 {
			return fmt.Sprintf("NUMERIC(%d, %d)", t.Precision, t.Scale)
		}
	case "binary":
		return "BLOB"
	case "uuid":
		return "CHAR(32)"
	case "enum":
		return fmt.Sprintf("VARCHAR(%d)", longest(t.Values))
	}
	return strings.ToUpper(t.Name)
}

// longest is the number of characters of the longest value.
func longest(values []string) int {
	n := 0
	for _, v := range values {
		n = max(n, utf8.RuneCountInString(v))
	}
	return n
}
