// Package flavor answers questions about database servers with one value.
//
// A Flavor is a vendor and a version. Code that must differ between servers
// asks a predicate here instead of comparing names, so that a server's quirk
// is written down once, beside its source. The package is pure: it never talks
// to a server.
package flavor

import (
	"fmt"
	"regexp"
	"strconv"
)

// Dialect names a family of SQL spoken by a server. The values are the words
// used in catalogs (`dialects = ["sqlite", …]`) and in outputs.
type Dialect string

// The dialects that manage knows.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
	MySQL    Dialect = "mysql"
	MariaDB  Dialect = "mariadb"
)

// Dialects lists all known dialects, in the order in which they are shown.
func Dialects() []Dialect { return []Dialect{SQLite, Postgres, MySQL, MariaDB} }

// Known reports whether d is one of Dialects.
func (d Dialect) Known() bool {
	switch d {
	case SQLite, Postgres, MySQL, MariaDB:
		return true
	}
	return false
}

// MySQLFamily reports whether d is MySQL or MariaDB.
func (d Dialect) MySQLFamily() bool { return d == MySQL || d == MariaDB }

// Title is the name a person would use, such as "PostgreSQL".
func (d Dialect) Title() string {
	switch d {
	case SQLite:
		return "SQLite"
	case Postgres:
		return "PostgreSQL"
	case MySQL:
		return "MySQL"
	case MariaDB:
		return "MariaDB"
	}
	return string(d)
}

// Pick chooses the value for d from values keyed by dialect name: the
// dialect's own key, then "mysql" for MariaDB, then "other". It reports false
// if none of them is there.
func Pick[T any](values map[string]T, d Dialect) (T, bool) {
	if v, ok := values[string(d)]; ok {
		return v, true
	}
	if d == MariaDB {
		if v, ok := values[string(MySQL)]; ok {
			return v, true
		}
	}
	v, ok := values["other"]
	return v, ok
}

// Serves reports whether a thing marked for the dialects in names is meant for
// d. No names means all dialects; "mysql" serves MariaDB unless "mariadb" is
// named as well, in which case both are served anyway.
func Serves(names []string, d Dialect) bool {
	if len(names) == 0 {
		return true
	}
	for _, n := range names {
		if n == string(d) || (d == MariaDB && n == string(MySQL)) {
			return true
		}
	}
	return false
}

// Flavor is a server's vendor and version.
type Flavor struct {
	Dialect             Dialect
	Major, Minor, Patch int
	// Galera is true for a node of a Galera cluster.
	Galera bool
	// ShortKeys is true if the server makes tables whose indexed columns have at
	// most 767 bytes, unless the table says otherwise: innodb_default_row_format
	// is not dynamic (manuals, "InnoDB Row Formats").
	ShortKeys bool
	// FoldsTables is true if the names of tables are compared without case: on
	// MySQL and MariaDB as lower_case_table_names says.
	FoldsTables bool
}

// Default is the flavor assumed where no server is at hand, as in
// `plan --dialect`: the oldest version that manage supports.
func Default(d Dialect) Flavor {
	switch d {
	case SQLite:
		return Flavor{Dialect: d, Major: 3, Minor: 40}
	case Postgres:
		return Flavor{Dialect: d, Major: 15}
	case MySQL:
		return Flavor{Dialect: d, Major: 8, Minor: 4}
	case MariaDB:
		return Flavor{Dialect: d, Major: 10, Minor: 11}
	}
	return Flavor{Dialect: d}
}

var versionPattern = regexp.MustCompile(`(\d+)\.(\d+)(?:\.(\d+))?`)

// Parse reads the version out of what a server says of itself, such as
// "10.11.19-MariaDB-0+deb12u1" or "15.18 (Debian …)". Text without a version
// yields the dialect's Default.
func Parse(d Dialect, version string) Flavor {
	m := versionPattern.FindStringSubmatch(version)
	if m == nil {
		return Default(d)
	}
	f := Flavor{Dialect: d}
	f.Major, _ = strconv.Atoi(m[1])
	f.Minor, _ = strconv.Atoi(m[2])
	f.Patch, _ = strconv.Atoi(m[3])
	return f
}

// String is the flavor as text, such as "mariadb 10.11.19".
func (f Flavor) String() string {
	return fmt.Sprintf("%s %d.%d.%d", f.Dialect, f.Major, f.Minor, f.Patch)
}

// AtLeast reports whether the version is major.minor.patch or newer.
func (f Flavor) AtLeast(major, minor, patch int) bool {
	if f.Major != major {
		return f.Major > major
	}
	if f.Minor != minor {
		return f.Minor > minor
	}
	return f.Patch >= patch
}

// TransactionalDDL reports whether DDL can be rolled back. MySQL and MariaDB
// commit before and after each DDL statement (MySQL manual, "Statements That
// Cause an Implicit Commit").
func (f Flavor) TransactionalDDL() bool { return !f.Dialect.MySQLFamily() }

// NamedEnums reports whether enumerations are types of their own, with a name.
func (f Flavor) NamedEnums() bool { return f.Dialect == Postgres }

// InstantDDL reports whether columns come and go without the rows being
// touched (ALGORITHM=INSTANT): MariaDB from 10.4 on ("InnoDB Online DDL
// Operations with the INSTANT Alter Algorithm"), MySQL from 8.0.29 on ("Online
// DDL Operations", Column Operations).
func (f Flavor) InstantDDL() bool {
	return f.Dialect == MariaDB && f.AtLeast(10, 4, 0) || f.Dialect == MySQL && f.AtLeast(8, 0, 29)
}

// NoCopyDDL reports whether ALGORITHM=NOCOPY is known: any way but one that
// rebuilds the table (MariaDB, "InnoDB Online DDL Overview", 10.3.7).
func (f Flavor) NoCopyDDL() bool { return f.Dialect == MariaDB && f.AtLeast(10, 3, 7) }

// SaysReplica reports whether the server calls what replicates another a
// replica, as in SHOW REPLICA STATUS: MySQL from 8.0.22 on (release notes), which
// later dropped the older word.
func (f Flavor) SaysReplica() bool { return f.Dialect == MySQL && f.AtLeast(8, 0, 22) }

// TransactionTimeout reports whether a transaction can have a limit of time:
// PostgreSQL from 17 on (release notes).
func (f Flavor) TransactionTimeout() bool { return f.Dialect == Postgres && f.AtLeast(17, 0, 0) }
